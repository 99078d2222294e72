internal import Synchronization
import VSQLSchema

/// Writing the chain's files.
extension AuditChain {
  static func logPath(_ first: UInt64) -> String { "audit/\(SegmentID(first).hex).log" }

  /// The first sequence in the file of event `sequence` (from 1).
  static func first(of sequence: UInt64) -> UInt64 { (sequence - 1) / eventsPerFile * eventsPerFile + 1 }

  /// Writes what is pending to the files, durable on return; then put `absorbed` into the state, and only then may the WAL
  /// files that carried the events go. What is pending must be durable in the WAL by now, and nobody else may absorb, forget or
  /// roll back meanwhile: the store's writer does.
  @discardableResult
  package func absorb() throws(StorageError) -> AuditState {
    if !hasPending { return absorbed }
    return try changing { () throws(StorageError) in try absorbPending() }
  }

  private func absorbPending() throws(StorageError) -> AuditState {
    let sealer = Sealer()
    while true {
      let (absorbed, pending, salts) = state.withLock { state in
        state.settle()
        return (state.absorbed, state.pending, state.salts)
      }
      guard let lead = pending.first else { return absorbed }
      let first = Self.first(of: lead.first)
      let batch = Self.batch(of: pending, before: first + Self.eventsPerFile)
      let count = batch.reduce(0) { $0 + $1.count }
      let file =
        if let salts, salts.first == first { salts } else {
          try openSalts(first, holding: absorbed.count + 1 - first)
        }
      let saltBytes = try appendSalts(batch, file, sealer)
      let logBytes = try appendLog(batch, first, at: lead.first == first ? 0 : Int(absorbed.logBytes))
      state.withLock { state in
        state.absorbed = AuditState(
          count: state.absorbed.count + UInt64(count), head: batch.last?.head ?? absorbed.head,
          logBytes: UInt64(logBytes))
        state.dropFirst(count)
        state.salts = (first, file.slot, saltBytes)
      }
    }
  }

  /// The runs of events whose sequence lies below `limit`, the last of them perhaps a part.
  private static func batch(of pending: ArraySlice<AuditRun>, before limit: UInt64) -> [AuditRun] {
    var batch: [AuditRun] = []
    for run in pending {
      if run.first >= limit { break }
      batch.append(run.prefix(Int(limit - run.first)))
    }
    return batch
  }

  /// The log first cut back to what the state names: the rest is from a crash, and the WAL has it.
  private func appendLog(_ batch: [AuditRun], _ first: UInt64, at offset: Int) throws(StorageError)
    -> Int
  {
    let path = Self.logPath(first)
    let isNew = try !device.exists(path)
    let file = try device.open(path, .createOrOpen)
    let size = try file.size()
    guard size >= offset else {
      throw .malformed(path: path, offset: size, what: "the audit log is shorter than the state says")
    }
    if size > offset { try file.truncate(to: offset) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(batch.reduce(0) { $0 + $1.lines.count })
    for run in batch { bytes += run.lines }
    try file.write(bytes, at: offset)
    try file.sync()
    if isNew { try device.syncDirectory("audit") }
    return offset + bytes.count
  }

  private func appendSalts(
    _ batch: [AuditRun], _ file: (first: UInt64, slot: SlotID, byteCount: Int), _ sealer: Sealer
  ) throws(StorageError) -> Int {
    var tenants: [TenantID: [(sequence: UInt64, texts: ArraySlice<UInt8>)]] = [:]
    for run in batch {
      for index in 0..<run.count {
        tenants[run.tenants[index], default: []].append((run.first + UInt64(index), run.text(index)))
      }
    }
    var bytes: [UInt8] = []
    for (tenant, events) in tenants.sorted(by: { $0.key < $1.key }) {
      var rest = events[...]
      while !rest.isEmpty {
        let part = Array(rest.prefix(KeyBlock.capacity))
        let group = try SaltFile.seal(
          part, tenant: tenant, first: file.first, slot: file.slot, ring: ring, sealer: sealer)
        bytes += group.bytes
        rest = rest.dropFirst(KeyBlock.capacity)
      }
    }
    let salts = try device.open(SaltFile.path(file.first), .write)
    if try salts.size() > file.byteCount { try salts.truncate(to: file.byteCount) }
    try salts.write(bytes, at: file.byteCount)
    try salts.sync()
    return file.byteCount + bytes.count
  }

  /// The salt file that begins at `first` and holds `count` events; made when there are none.
  private func openSalts(
    _ first: UInt64, holding count: UInt64
  ) throws(StorageError) -> (first: UInt64, slot: SlotID, byteCount: Int) {
    if count > 0 {
      let file = try readSalts(first, count)
      return (first, file.slot, file.byteCount)
    }
    let slot = ring.newSlot()
    try ring.commitRing()
    try device.replace(SaltFile.path(first), with: SaltFile(first: first, slot: slot).header)
    return (first, slot, SaltFile.headerBytes)
  }

  func readSalts(_ first: UInt64, _ count: UInt64) throws(StorageError) -> SaltFile {
    try SaltFile(
      decoding: try device.readAll(SaltFile.path(first)), first: first, count: Int(clamping: count))
  }

  /// Each file's first sequence and how many events of it are absorbed.
  func files(_ count: UInt64) -> [(first: UInt64, count: UInt64)] {
    stride(from: 1, through: count, by: Int(Self.eventsPerFile)).map { first in
      (first, min(Self.eventsPerFile, count + 1 - first))
    }
  }
}

extension AuditChain.State {
  /// Forgets the first `count` pending events: the files have them.
  fileprivate mutating func dropFirst(_ count: Int) {
    pendingCount -= UInt64(count)
    var rest = count
    while rest > 0, let run = pending.popFirst() {
      if run.count > rest { pending.insert(run.dropFirst(rest), at: pending.startIndex) }
      rest -= min(rest, run.count)
    }
    // Nothing of the events stays in memory.
    if pending.isEmpty { pending = [] }
  }
}
