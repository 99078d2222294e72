import VSQLSchema
import VSQLTrust

/// What `state/N.state` holds: all that is neither rows nor keys, as of the last checkpoint.
struct StoreState: Sendable {
  struct Segment: Sendable {
    var manifest: SegmentManifest
    /// Ordinals, ascending.
    var deleted: [Int]
  }

  /// Where the log ended at a clean close: a damaged frame before it is an error, never a torn tail.
  struct CleanEnd: Hashable, Sendable {
    var log: UInt64
    var offset: UInt64
  }

  /// The head's version.
  var version: UInt64 = 0
  var nextRowID: RowID = 1
  var mainTenant: TenantID
  var owner: ActorID
  var catalog = CatalogState()
  /// By table, tenant and first row id, ascending.
  var segments: [Segment] = []
  /// Logs from this number on are replayed.
  var firstLog: UInt64 = 1
  var cleanEnd: CleanEnd?
  /// How far the audit chain's files reach.
  var audit: AuditState
  /// Rewrites of `keys/ring` so far: an older ring is refused.
  var ringGeneration: UInt64 = 0
  var erasureEpoch: UInt64 = 0
  /// Root keys so far.
  var rootVersion: UInt32 = 1
  /// Keyed pseudonyms of erased entities, ascending.
  var erasures: [ConsentPseudonym] = []
  /// What was begun and must be finished before anything is read.
  var intents: [Intent] = []

  init(mainTenant: TenantID, owner: ActorID, audit: AuditState) {
    self.audit = audit
    self.mainTenant = mainTenant
    self.owner = owner
  }
}

/// Steps that a crash may interrupt; the state names them until they are done.
enum Intent: Hashable, Sendable {
  /// Segments still hold these ordinals of an erased entity.
  case erase(Erase)
  /// Segments are listed with their new files; what could open the old ones is still to be destroyed.
  case purge(Purge)
  /// Blocks of keys of `tenant` are still wrapped under versions before `version`.
  case rotate(tenant: TenantID, version: UInt32, actor: ActorID)

  struct Erase: Hashable, Sendable {
    var tenant: TenantID
    var actor: ActorID
    var pseudonyms: [ConsentPseudonym]
    /// What the audit chain calls the entity.
    var label: String
    var segments: [Part]
  }

  struct Part: Hashable, Sendable {
    var segment: SegmentID
    /// Ascending.
    var ordinals: [Int]
  }

  struct Purge: Hashable, Sendable {
    var erase: Erase
    var slots: [SlotID]
    /// Files of former generations.
    var paths: [String]
    var keysDestroyed: Int
    var indexEntries: Int
  }
}
