import VSQLSchema
import VSQLTrust

/// One pass over everything that lies in a database's directory, against the keys and against each other.
///
/// It reads the device alone and needs no open store, so that it also tells what is wrong with a database that does not open.
struct DatabaseCheck {
  let device: any Device
  let root: KeyBox
  let options: StoreOptions
  let notes: CheckNotes

  func run() throws {
    guard let (header, previous) = try checkHeader() else { return }
    guard let ring = try checkKeys(header, previous) else { return }
    guard
      let (state, number) = try notes.attempt({ () throws(StorageError) in
        try StateFile.read(ring: ring, device: device)
      })
    else { return }
    notes.counts.units += 1
    try count(StateFile.path(number))
    try StateCheck(state: state, path: StateFile.path(number), ring: ring, notes: notes).run()
    notes.totalBytes = state.segments.reduce(0) { $0 + $1.manifest.sizeBytes }

    let site = SegmentSite(device: device, keys: ring)
    let chain = AuditChain.open(device: device, ring: ring, state: state.audit)
    let (segments, head) = try checkLogs(state, site, chain)
    for segment in segments {
      notes.counts.records += segment.liveRows
      try SegmentCheck(
        site: site, manifest: segment.manifest, table: segment.table,
        isBeingErased: state.isErasing(segment.manifest.id), notes: notes
      ).run()
    }
    // Rows that do not open have no keys to compare.
    if let head, notes.findings.isEmpty { try KeyCheck(head: head, notes: notes).run() }
    try checkAudit(chain)
    try checkHistory(ring)
  }

  // MARK: Header and keys

  /// The header, and during a root rotation the former root key.
  private func checkHeader() throws -> (DatabaseHeader, KeyBox?)? {
    let path = DatabaseHeader.path
    guard let bytes = try notes.attempt({ () throws(StorageError) in try device.readAll(path) }),
      let header = try notes.attempt({ () throws(StorageError) in try DatabaseHeader(decoding: bytes) })
    else { return nil }
    try notes.readFile(path, bytes: bytes.count)
    _ = try notes.attempt { () throws(StorageError) in try DatabaseHeader.verify(bytes, root: root) }
    let previous = try notes.attempt { () throws(StorageError) in try header.openPreviousRoot(root) }
    return (header, previous ?? nil)
  }

  private func checkKeys(_ header: DatabaseHeader, _ previous: KeyBox?) throws -> KeyRing? {
    let roots = [root] + (previous.map { [$0] } ?? [])
    let opened = try KeyRing.openEach(
      device: device, database: header.database, roots: roots, note: notes.note)
    notes.counts.units += opened.count
    for path in opened { try count(path) }
    // A KEK that does not open is left out: what it wraps is told where it lies.
    guard opened.contains(KeyRing.ringPath) else { return nil }
    return try notes.attempt { () throws(StorageError) in
      try KeyRing.open(
        device: DeviceWithout(device, names: damagedKeys(opened)), database: header.database, root: root,
        previousRoot: previous, randomness: options.randomness, clock: options.clock)
    }
  }

  private func damagedKeys(_ opened: [String]) throws(StorageError) -> Set<String> {
    Set(try device.list("keys").filter { !opened.contains("keys/" + $0) })
  }

  private func count(_ path: String) throws {
    guard
      let bytes = try notes.attempt({ () throws(StorageError) in try device.open(path, .read).size() })
    else { return }
    try notes.readFile(path, bytes: bytes)
  }

  // MARK: Log

  private struct NamedSegment {
    let manifest: SegmentManifest
    let table: TableDefinition
    let liveRows: Int
  }

  /// Every frame of every log; the segments that state and logs name together, and what they say; nil: not all of it can be read.
  private func checkLogs(
    _ state: StoreState, _ site: SegmentSite, _ chain: AuditChain
  ) throws -> ([NamedSegment], StoreHead?) {
    let before = notes.findings.count
    let numbers = try device.list(LogFormat.directory).compactMap { LogFormat.number(of: $0) }
      .filter { $0 >= state.firstLog }.sorted()
    for number in numbers { try checkLog(number, isLast: number == numbers.last, state, site) }
    var head: StoreHead?
    if notes.findings.count == before {
      do {
        var recovery = try Recovery(state, site: site, chain: chain)
        try recovery.replay()
        head = recovery.head
      } catch let error as StorageError {
        try notes.note(error)
      }
    }
    guard let head else {
      let named = state.segments.compactMap { segment in
        state.catalog.table(segment.manifest.table).map {
          NamedSegment(
            manifest: segment.manifest, table: $0, liveRows: segment.manifest.rowCount - segment.deleted.count
          )
        }
      }
      return (named, nil)
    }
    notes.counts.records += head.partitions.values.reduce(0) { sum, partition in
      sum + partition.sources.reduce(0) { $0 + ($1.isMemory ? $1.liveCount : 0) }
    }
    try checkOrder(head, path: "state")
    let named = head.segments.map { reader, deleted in
      NamedSegment(
        manifest: reader.manifest, table: reader.table, liveRows: reader.rowCount - deleted.count)
    }
    return (named, head)
  }

  private func checkLog(_ number: UInt64, isLast: Bool, _ state: StoreState, _ site: SegmentSite) throws {
    let path = LogFormat.path(number)
    try count(path)
    var reader: LogReader
    do throws(StorageError) {
      reader = try LogReader(number: number, main: state.mainTenant, ring: site.keys, device: device)
    } catch {
      // A file that a crash left before its header was whole.
      if isLast, state.cleanEnd?.log != number,
        (try? LogReader.sizeWithoutFrames(path, device)) ?? nil != nil
      {
        return
      }
      return try notes.note(error)
    }
    notes.counts.units += 1
    var tables = Dictionary(state.catalog.tables.map { ($0.id, $0.types) }) { $1 }
    let sealer = Sealer()
    do {
      while let frame = try reader.next() {
        for case .createTable(let table) in frame.manifest.catalog { tables[table.id] = table.types }
        let rows = try frame.rows(types: { tables[$0] }, ring: site.keys, sealer: sealer)
        notes.counts.units += 1 + rows.reduce(0) { $0 + $1.1.reduce(0) { $0 + $1.count } }
      }
      _ = try reader.end()
    } catch let error as StorageError {
      try notes.note(error)
    }
  }

  /// Sources of one partition hold ascending ranges of row ids that do not meet.
  private func checkOrder(_ head: StoreHead, path: String) throws {
    for partition in head.partitions.values {
      for (before, after) in zip(partition.sources, partition.sources.dropFirst())
      where before.lastRowID >= after.firstRowID {
        try notes.note(
          .malformed(path: path, offset: 0, what: "row \(after.firstRowID) follows row \(before.lastRowID)"))
      }
    }
  }

  // MARK: Audit and history

  private func checkAudit(_ chain: AuditChain) throws {
    var walk = AuditWalk(chain: chain)
    try walk.run()
    notes.counts.events += Int(clamping: walk.verification.events)
    let unopened = Set(walk.faults.filter { $0.error != nil }.map(\.path))
    let faults = walk.faults.filter { !$0.isLeftover }
    for fault in faults.sorted(by: { ($0.path, $0.sequence) < ($1.path, $1.sequence) }) {
      // That texts are missing follows from what did not open.
      if fault.error == nil, fault.offset == nil, unopened.contains(fault.path) { continue }
      if let error = fault.error {
        try notes.note(error)
      } else if let offset = fault.offset {
        try notes.note(
          .malformed(path: fault.path, offset: offset, what: "event \(fault.sequence): \(fault.reason)"))
      } else {
        try notes.note(.unchained(path: fault.path, sequence: fault.sequence, what: fault.reason))
      }
    }
    for (first, events) in chain.files(chain.absorbed.count) {
      for path in [AuditChain.logPath(first), SaltFile.path(first)] where try device.exists(path) {
        try count(path)
      }
      notes.counts.units += Int(clamping: events)
    }
  }

  private func checkHistory(_ ring: KeyRing) throws {
    guard try device.exists(HistoryFile.path) else { return }
    let statements = try notes.attempt { () throws(StorageError) in
      try HistoryFile.read(ring: ring, device: device)
    }
    try count(HistoryFile.path)
    if statements != nil { notes.counts.units += 1 }
  }
}

extension StoreState {
  /// Whether an intent names the segment.
  func isErasing(_ segment: SegmentID) -> Bool {
    intents.contains { intent in
      switch intent {
      case .erase(let erase): erase.segments.contains { $0.segment == segment }
      case .purge(let purge): purge.erase.segments.contains { $0.segment == segment }
      case .rotate: false
      }
    }
  }
}
