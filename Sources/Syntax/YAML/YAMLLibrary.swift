import CYAML

/// libyaml as it is at run time.
public enum YAMLLibrary {
  /// `LibYAML 0.2.5`.
  public static var text: String {
    "LibYAML " + (yaml_get_version_string().map { String(cString: $0) } ?? "")
  }
}
