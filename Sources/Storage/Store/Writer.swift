import VSQLDiagnostics
import VSQLSchema

/// What the one writer owns, under the store's lock: the newest head, the log, and what only writing needs.
struct Writer {
  let site: SegmentSite
  let chain: AuditChain
  let options: StoreOptions
  let guardian: ScanGuard
  let published: PublishedHead
  /// The newest commit, perhaps not yet durable.
  var head: StoreHead {
    didSet { storedSources = nil }
  }
  /// The segments of the partition that a key was last asked of.
  var storedSources: (partition: PartitionKey, sources: [RowSource])?
  /// Unique keys of live rows in memory; those of segments are found in their runs.
  var keys = KeyIndex()
  var nextRowID: RowID
  /// As the newest state file has it; catalog and segments are taken from `head` when the next is written.
  var state: StoreState
  var stateNumber: UInt64
  /// Nil until the first frame after opening or a checkpoint.
  var log: LogWriter?
  var nextLog: UInt64
  /// Logs that the next checkpoint drops, besides `log`.
  var oldLogs: [OldLog] = []
  /// Frames appended so far.
  var position: UInt64 = 0
  /// Where reads leave their events.
  let inbox = EventInbox()
  /// Events of frames since the last checkpoint: the chain itself may be busy with their hashes.
  var logEvents = 0
  /// Events that no frame carries yet.
  var pendingEvents: [AuditEvent] = []
  /// Segments of dropped tables, whose keys the next checkpoint destroys.
  var doomed: [SegmentManifest] = []
  var merges = MergeState()
  /// When the oldest row in memory came, in the clock's microseconds; nil: none is known of.
  var memorySince: Int64?
  /// An index was made that segments have no run of yet: the next checkpoint writes them.
  var lacksRuns = false
  /// After an error that leaves unknown what the disk holds, nothing is written any more.
  var failure: StorageError? {
    didSet { if let failure { inbox.close(failure) } }
  }
  var isClosed = false {
    didSet { if isClosed { inbox.close(Self.closed) } }
  }

  struct OldLog: Hashable, Sendable {
    var number: UInt64
    var slot: SlotID
  }

  var ring: KeyRing { site.keys }
  var device: any Device { site.device }

  func checkUsable() throws(StorageError) {
    if let failure { throw failure }
    if isClosed { throw Self.closed }
  }

  private static let closed = StorageError.limit(what: "the database is closed")

  /// Takes in what reads left since.
  mutating func gatherEvents() { pendingEvents += inbox.takeAll() }
}
