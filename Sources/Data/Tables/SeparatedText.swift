import Diagnostics

/// The records of a text in comma- or tab-separated form (RFC 4180): fields in quotes may hold separators, line breaks
/// and doubled quotes.
package struct SeparatedText {
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
      let begin = place
      var isEnd = false
      while !isEnd {
        let start = line
        var field: [UInt8] = []
        if place < bytes.count, bytes[place] == quote {
          place += 1
          while true {
            guard place < bytes.count else {
              throw Self.fault(name, "the quote that opens in line \(start) never closes")
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
        record.fields.append(try Self.text(field, line: start, name))
        isEnd = place == bytes.count || bytes[place] != separator
        if !isEnd { place += 1 }
      }
      // An empty field in quotes is a record of tables of one column alone.
      let isRecord = record.fields != [""] || records.first.map { $0.fields.count == 1 } ?? true
      if place > begin, isRecord { records.append(record) }
      if place < bytes.count, bytes[place] == 13 { place += 1 }
      if place < bytes.count, bytes[place] == 10 { place += 1 }
      line += 1
    }
  }

  /// A text as a field: in quotes where it holds what separates fields or records. (RFC 4180.)
  package static func field(_ text: String, _ separator: Character) -> String {
    // By scalars: a comma with an accent on it is another character, but readers see a comma.
    let needsQuotes = text.unicodeScalars.contains {
      Character($0) == separator || $0 == "\"" || Character($0).isNewline
    }
    guard needsQuotes else { return text }
    var doubled = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if scalar == "\"" { doubled.append(scalar) }
      doubled.append(scalar)
    }
    return "\"\(String(doubled))\""
  }

  /// The text of a field that begins in `line`.
  ///
  /// Categories that differ only in bytes which are no text would be taken for one.
  private static func text(
    _ field: [UInt8], line: Int, _ name: String
  ) throws(Diagnostic) -> String {
    guard !field.contains(0) else {
      throw fault(
        name, "a field in line \(line) holds a byte 0, which is no text",
        hint: "mend it; a file in UTF-16 is converted by: iconv -f utf16 -t utf8 OLD > NEW")
    }
    guard let text = String(validating: field, as: UTF8.self) else {
      throw fault(
        name, "a field in line \(line) is not UTF-8",
        hint: "convert the file, for example: iconv -f latin1 -t utf8 OLD > NEW")
    }
    return text
  }

  static func fault(
    _ name: String, _ reason: String, hint: String = "mend the file"
  ) -> Diagnostic {
    Diagnostic(.error, "the table \(quoted(name)) cannot be used: \(reason)", hint: hint)
  }
}
