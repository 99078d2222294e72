/// Where the root key comes from.
package enum RootKeySource: Sendable {
  /// Nil: a file named by the database's id under the user's configuration folder.
  case file(String?)
  case passphrase([UInt8])
  case descriptor(Int32)
  /// Random, for a database in memory.
  case inMemory
}
