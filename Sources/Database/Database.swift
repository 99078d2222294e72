internal import VSQLDiagnostics
internal import VSQLSchema
internal import VSQLStorage

/// An open database: a directory whose every record is sealed under a key of its own, or memory.
///
/// One process writes a directory at a time. Sessions are made from it; each is used by one task at a time.
public final class Database: Sendable {
  let store: Store
  /// Whether nothing can be written.
  public let isReadOnly: Bool
  /// What opening found worth telling, a line each: a cut tail of the log, an erasure that was resumed.
  public let notices: [String]

  /// How to open.
  public struct Options: Sendable {
    /// Whether to make the database when it is not there.
    public var createsWhenAbsent: Bool
    /// Whether to read only; another process may write meanwhile.
    public var isReadOnly: Bool

    /// By default an absent database is made, and opened for writing.
    public init(createsWhenAbsent: Bool = true, isReadOnly: Bool = false) {
      self.createsWhenAbsent = createsWhenAbsent
      self.isReadOnly = isReadOnly
    }
  }

  private init(store: Store, isReadOnly: Bool) {
    self.store = store
    self.isReadOnly = isReadOnly
    notices = store.notices
  }

  /// Opens the database in the directory `path`, or a new one in memory for `:memory:`.
  ///
  /// - Throws: 58P01 when it is absent and may not be made, 55006 when another process writes it, 28P01 for a wrong key,
  ///   28000 when no key can be had, XX001 when a file is damaged, 58030 when the system refuses.
  public static func open(
    _ path: String, key: KeySource = .standard, options: Options = Options()
  ) throws(VSQLError) -> Database {
    try atTheEdge {
      let location: StoreLocation = path == ":memory:" ? .memory : .directory(path)
      let store = try Store.open(
        location, key: key.rootKeySource(inMemory: path == ":memory:"),
        options: StoreOptions(
          isReadOnly: options.isReadOnly, create: options.createsWhenAbsent && !options.isReadOnly,
          hasUpkeep: true))
      return Database(store: store, isReadOnly: options.isReadOnly)
    }
  }

  /// A session of the owner: whoever opens with the root key may ask for it.
  ///
  /// - Parameter tenant: the tenant whose rows it reads and writes; nil: `main`.
  /// - Throws: 42704 when there is no such tenant.
  public func ownerSession(tenant: String? = nil) throws(VSQLError) -> Session {
    try atTheEdge {
      let tenants = store.snapshot(tenant: store.mainTenant).tenants
      let name = tenant ?? "main"
      guard let found = tenants.first(where: { $0.name == name }) else {
        throw Diagnostic(
          .undefinedObject, "tenant \"\(name)\" does not exist",
          label: Suggestion.label(for: name, in: tenants.map(\.name)))
      }
      let session = Session(database: self, tenant: found, actor: store.owner)
      try session.recordOpening()
      return session
    }
  }

  /// Writes what is only in memory to its place and closes the files. Sessions of it must not be used afterwards.
  public func close() throws(VSQLError) { try atTheEdge { try store.close() } }
}

extension KeySource {
  func rootKeySource(inMemory: Bool) -> RootKeySource {
    switch kind {
    case .standard: inMemory ? .inMemory : .file(nil)
    case .file(let path): .file(path)
    case .passphrase(let bytes): .passphrase(bytes)
    case .descriptor(let number): .descriptor(number)
    }
  }
}
