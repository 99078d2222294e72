/// The library's release.
public enum VSQLVersion {
  public static let current = "0.1.0"
}
