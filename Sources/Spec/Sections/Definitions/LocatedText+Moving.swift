import Diagnostics
import Syntax

extension LocatedText {
  /// The same text, placed at the line that uses it.
  func moved(to span: SourceSpan) -> LocatedText {
    file.name.hasPrefix(Prelude.namePrefix) ? LocatedText(text: text, at: span) : self
  }

  /// Another word at the same place.
  func renamed(_ name: String) -> LocatedText {
    name == text ? self : LocatedText(text: name, at: span)
  }
}
