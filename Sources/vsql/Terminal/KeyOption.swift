internal import VSQL

extension OpenOptions.Key {
  /// Where the root key comes from; a passphrase is asked for here.
  ///
  /// - Parameter isNew: a database is being made, so that a passphrase is asked twice.
  func source(isNew: Bool) throws(VSQLError) -> KeySource {
    switch self {
    case .standard: return .standard
    case .file(let path): return .file(path)
    case .descriptor(let number): return .descriptor(number)
    case .passphrase:
      switch Passphrase.ask(isNew: isNew) {
      case .typed(let bytes): return .passphrase(bytes)
      case .interrupted: throw VSQLError(sqlState: "57014", message: "no passphrase was given", hint: nil)
      case .nothing:
        throw VSQLError(
          sqlState: "28000", message: "no passphrase was given", hint: "It is asked on the terminal.")
      }
    }
  }
}
