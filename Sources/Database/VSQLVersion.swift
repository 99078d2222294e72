/// The library's release.
public enum VSQLVersion {
  /// As `CHANGELOG.md` has it.
  public static let current = "0.1.0"
}
