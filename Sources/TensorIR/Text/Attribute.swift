/// A parameter of an operation as the text form shows it.
public struct Attribute: Sendable {
  /// What a parameter may be.
  public enum Value: Sendable, Hashable {
    case word(String)
    case integer(Int)
    case number(Double)
    case integers([Int])
    case words([String])

    /// `sum`, `3`, `0.2`, `[0, 1]`; numbers in shortest round-trip form.
    public var text: String {
      switch self {
      case .word(let w): w
      case .integer(let i): String(i)
      case .number(let d): d.description
      case .integers(let list): "[" + list.map(String.init).joined(separator: ", ") + "]"
      case .words(let list): "[" + list.joined(separator: ", ") + "]"
      }
    }
  }

  /// The word before the `=`.
  public let name: String
  /// What stands behind it.
  public let value: Value

  public init(_ name: String, _ value: Value) {
    self.name = name
    self.value = value
  }
}

/// Hands out the parameters that the text form lists and reports those nobody asked for.
public struct AttributeReader {
  private var raw: [String: String]

  /// Makes a reader of `name = text` pairs.
  public init(_ raw: [String: String]) { self.raw = raw }

  private mutating func take(_ name: String) throws(TypeError) -> String {
    guard let text = raw.removeValue(forKey: name) else { throw TypeError("lacks '\(name)'") }
    return text
  }

  /// The word of a parameter.
  public mutating func word(_ name: String) throws(TypeError) -> String { try take(name) }

  /// The whole number of a parameter.
  public mutating func integer(_ name: String) throws(TypeError) -> Int {
    let text = try take(name)
    guard let value = Int(text) else { throw TypeError("'\(name)' is no integer: \(text)") }
    return value
  }

  /// The number of a parameter.
  public mutating func number(_ name: String) throws(TypeError) -> Double {
    let text = try take(name)
    guard let value = Double(text) else { throw TypeError("'\(name)' is no number: \(text)") }
    return value
  }

  /// The number, or `fallback` where none is written.
  public mutating func number(_ name: String, or fallback: Double) throws(TypeError) -> Double {
    raw[name] == nil ? fallback : try number(name)
  }

  /// Whether a parameter is `true`.
  public mutating func flag(_ name: String) throws(TypeError) -> Bool {
    let text = try take(name)
    guard let value = Bool(text) else {
      throw TypeError("'\(name)' is \(text), not true or false")
    }
    return value
  }

  /// The words of a list, `[a, b]`.
  public mutating func words(_ name: String) throws(TypeError) -> [String] {
    let text = try take(name)
    guard text.hasPrefix("["), text.hasSuffix("]") else { throw TypeError("'\(name)' is no list") }
    return text.dropFirst().dropLast().split(separator: ",").map { part in
      String(part.drop { $0 == " " })
    }
  }

  /// The whole numbers of a list, `[0, 1]`.
  public mutating func integers(_ name: String) throws(TypeError) -> [Int] {
    var list: [Int] = []
    for word in try words(name) {
      guard let value = Int(word) else { throw TypeError("'\(name)' holds no integer: \(word)") }
      list.append(value)
    }
    return list
  }

  /// One of the cases of a string enumeration.
  public mutating func choice<C: RawRepresentable & CaseIterable>(
    _ name: String, of type: C.Type
  ) throws(TypeError) -> C where C.RawValue == String {
    let text = try take(name)
    guard let value = C(rawValue: text) else {
      let all = C.allCases.map(\.rawValue).joined(separator: ", ")
      throw TypeError("'\(name)' is \(text), not one of \(all)")
    }
    return value
  }

  /// - Throws: `TypeError` when a parameter is left that the operation does not have.
  public func finish() throws(TypeError) {
    if let name = raw.keys.min() { throw TypeError("has no attribute '\(name)'") }
  }
}
