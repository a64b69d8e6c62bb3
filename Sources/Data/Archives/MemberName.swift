/// The name of an archive's member.
///
/// Of one that is not UTF-8, as older tools write names, every byte is a character of its own: with one sign for all that is
/// unknown, two folders would be one class, and a picture would have another's label.
func memberName(_ bytes: some Collection<UInt8>) -> String {
  String(validating: bytes, as: UTF8.self)
    ?? String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
}
