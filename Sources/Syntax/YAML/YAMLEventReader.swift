import CYAML
import Diagnostics

/// An event of libyaml's parser with places in bytes.
enum YAMLEvent {
  enum Style { case plain, singleQuoted, doubleQuoted, literal, folded }

  case scalar(value: [UInt8], style: Style, anchor: String?, tag: String?)
  case alias(String)
  case sequenceStart(anchor: String?, tag: String?, isFlow: Bool)
  case sequenceEnd
  case mappingStart(anchor: String?, tag: String?, isFlow: Bool)
  case mappingEnd
  case documentStart
  case documentEnd
  case streamEnd
}

/// What libyaml found wrong, in its own words.
struct YAMLProblem: Error {
  var context: String?
  var contextOffset: Int
  var problem: String
  var offset: Int
}

/// Pulls events out of libyaml, which reads a byte range of a source file.
final class YAMLEventReader {
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private let input: UnsafeMutableBufferPointer<UInt8>
  /// Where the text starts within the file.
  private let base: Int
  /// Byte offset of each character; nil where all are one byte long.
  ///
  /// libyaml's marks count characters.
  private let characterOffsets: [Int]?

  init(file: SourceFile, range: Range<Int>) {
    var start = range.lowerBound
    if file.bytes[range].starts(with: [0xEF, 0xBB, 0xBF]) { start += 3 }
    let bytes = file.bytes[start..<range.upperBound]
    base = start
    input = .allocate(capacity: max(1, bytes.count))
    _ = input.initialize(from: bytes)
    characterOffsets =
      bytes.allSatisfy { $0 < 0x80 }
      ? nil : bytes.indices.filter { bytes[$0] & 0xC0 != 0x80 }.map { $0 - start } + [bytes.count]
    parser = .allocate(capacity: 1)
    guard yaml_parser_initialize(parser) != 0 else {
      preconditionFailure("libyaml could not allocate its parser")
    }
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    yaml_parser_set_input_string(parser, input.baseAddress, bytes.count)
  }

  deinit {
    yaml_parser_delete(parser)
    parser.deallocate()
    input.deallocate()
  }

  /// The next event and its byte range in the file.
  ///
  /// - Throws: `YAMLProblem` where the text is not YAML; nothing may be read after it.
  func next() throws(YAMLProblem) -> (event: YAMLEvent, start: Int, end: Int) {
    while true {
      var event = yaml_event_t()
      guard yaml_parser_parse(parser, &event) != 0 else { throw problem() }
      defer { yaml_event_delete(&event) }
      guard let translated = Self.translate(event) else { continue }
      return (translated, offset(of: event.start_mark), offset(of: event.end_mark))
    }
  }

  private func offset(of mark: yaml_mark_t) -> Int {
    let index = Int(clamping: mark.index)
    guard let characterOffsets else { return base + index }
    return base + characterOffsets[min(index, characterOffsets.count - 1)]
  }

  private func problem() -> YAMLProblem {
    let text = parser.pointee.problem.map { String(cString: $0) } ?? "not YAML"
    let isReaderError = parser.pointee.error == YAML_READER_ERROR
    return YAMLProblem(
      context: parser.pointee.context.map { String(cString: $0) },
      contextOffset: offset(of: parser.pointee.context_mark), problem: text,
      offset: isReaderError
        ? base + Int(clamping: parser.pointee.problem_offset)
        : offset(of: parser.pointee.problem_mark))
  }

  /// nil for the start of the stream, which says nothing.
  private static func translate(_ event: yaml_event_t) -> YAMLEvent? {
    func string(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
      pointer.map { String(cString: $0) }
    }
    let data = event.data
    switch event.type {
    case YAML_SCALAR_EVENT:
      let value = UnsafeBufferPointer(start: data.scalar.value, count: data.scalar.length)
      return .scalar(
        value: Array(value), style: style(data.scalar.style), anchor: string(data.scalar.anchor),
        tag: string(data.scalar.tag))
    case YAML_ALIAS_EVENT: return .alias(string(data.alias.anchor) ?? "")
    case YAML_SEQUENCE_START_EVENT:
      return .sequenceStart(
        anchor: string(data.sequence_start.anchor), tag: string(data.sequence_start.tag),
        isFlow: data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE)
    case YAML_SEQUENCE_END_EVENT: return .sequenceEnd
    case YAML_MAPPING_START_EVENT:
      return .mappingStart(
        anchor: string(data.mapping_start.anchor), tag: string(data.mapping_start.tag),
        isFlow: data.mapping_start.style == YAML_FLOW_MAPPING_STYLE)
    case YAML_MAPPING_END_EVENT: return .mappingEnd
    case YAML_DOCUMENT_START_EVENT: return .documentStart
    case YAML_DOCUMENT_END_EVENT: return .documentEnd
    case YAML_STREAM_END_EVENT: return .streamEnd
    default: return nil
    }
  }

  private static func style(_ style: yaml_scalar_style_t) -> YAMLEvent.Style {
    switch style {
    case YAML_SINGLE_QUOTED_SCALAR_STYLE: .singleQuoted
    case YAML_DOUBLE_QUOTED_SCALAR_STYLE: .doubleQuoted
    case YAML_LITERAL_SCALAR_STYLE: .literal
    case YAML_FOLDED_SCALAR_STYLE: .folded
    default: .plain
    }
  }
}
