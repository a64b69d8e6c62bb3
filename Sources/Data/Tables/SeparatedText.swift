import Diagnostics

/// The records of a text in comma- or tab-separated form (RFC 4180): fields in quotes may hold separators, line breaks
/// and doubled quotes.
struct SeparatedText {
  /// One record, and the line that it begins in, from 1.
  struct Record {
    var fields: [String]
    var line: Int
  }

  private(set) var records: [Record] = []

  /// Reads `bytes`, of the file that messages call `name`; empty lines are passed over.
  init(_ bytes: [UInt8], separator: UInt8, name: String) throws(Diagnostic) {
    let quote = UInt8(ascii: "\"")
    var place = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
    var line = 1
    while place < bytes.count {
      var record = Record(fields: [], line: line)
      var isEnd = false
      while !isEnd {
        var field: [UInt8] = []
        if place < bytes.count, bytes[place] == quote {
          let opened = line
          place += 1
          while true {
            guard place < bytes.count else {
              throw Self.fault(name, "the quote that opens in line \(opened) never closes")
            }
            let byte = bytes[place]
            place += 1
            if byte == quote {
              guard place < bytes.count, bytes[place] == quote else { break }
              place += 1
            }
            if byte == 10 { line += 1 }
            field.append(byte)
          }
          guard place == bytes.count || [separator, 10, 13].contains(bytes[place]) else {
            throw Self.fault(name, "text follows a closing quote in line \(line)")
          }
        } else {
          while place < bytes.count, ![separator, 10, 13].contains(bytes[place]) {
            field.append(bytes[place])
            place += 1
          }
        }
        record.fields.append(String(decoding: field, as: UTF8.self))
        isEnd = place == bytes.count || bytes[place] != separator
        if !isEnd { place += 1 }
      }
      if place < bytes.count, bytes[place] == 13 { place += 1 }
      if place < bytes.count, bytes[place] == 10 { place += 1 }
      line += 1
      if record.fields != [""] { records.append(record) }
    }
  }

  static func fault(_ name: String, _ reason: String) -> Diagnostic {
    Diagnostic(
      .error, "the table \(quoted(name)) cannot be used: \(reason)", hint: "mend the file")
  }
}
