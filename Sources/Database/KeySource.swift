internal import VSQLStorage

/// Where the root key comes from. It is never taken from an argument list or the environment.
public struct KeySource: Sendable {
  enum Kind: Sendable {
    case standard
    case file(String)
    case passphrase([UInt8])
    case descriptor(Int32)
  }

  let kind: Kind

  /// A key file under the user's configuration folder (`$XDG_CONFIG_HOME/vsql/keys`, else `$HOME/.config/vsql/keys`), named by
  /// the database's id; made, mode 0600, with a new database.
  public static let standard = KeySource(kind: .standard)
  /// A key file; made, mode 0600, with a new database.
  public static func file(_ path: String) -> KeySource { KeySource(kind: .file(path)) }
  /// A passphrase, stretched by scrypt (RFC 7914).
  public static func passphrase(_ bytes: [UInt8]) -> KeySource { KeySource(kind: .passphrase(bytes)) }
  /// An open descriptor that yields the key: 32 bytes, or 64 hexadecimal digits.
  public static func descriptor(_ number: Int32) -> KeySource { KeySource(kind: .descriptor(number)) }
}
