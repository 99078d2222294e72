internal import Synchronization
import VSQLSchema

/// What an opening for writing looks at: enough that no event is put behind a log that was cut, replaced or altered at its end,
/// and never more than one file of events, however long the chain is. VERIFY AUDIT reads the rest.
extension AuditChain {
  /// Checks that every file is there; that the newest log's lines chain, byte for byte, to the head that the sealed state names; that the
  /// log before it ends with the line that they follow; and that the newest texts have the form they should.
  ///
  /// - Throws: `.unchained` with the first event that does not hold, `.missing`, `.malformed`.
  package func checkTail() throws(StorageError) {
    let absorbed = absorbed
    guard absorbed.count > 0 else { return }
    let present = Set(try device.list("audit"))
    for (first, _) in files(absorbed.count) {
      for path in [Self.logPath(first), SaltFile.path(first)]
      where !present.contains(String(path.dropFirst(6))) {
        throw .unchained(path: path, sequence: first, what: "the file is missing")
      }
    }
    if try !leadsToHead(absorbed) { throw try brokenChain(absorbed) }
    // Kept, so that the first absorption need not read them again.
    let first = Self.first(of: absorbed.count)
    let salts = try readSalts(first, absorbed.count + 1 - first)
    state.withLock { $0.salts = (first, salts.slot, salts.byteCount) }
  }

  /// Cuts what lies behind the last event that the state names, durably, and removes files behind the newest: a crash left them before any
  /// state named them, and no log has them. Right after `checkTail` and a replay.
  ///
  /// - Returns: bytes that went.
  package func cutLeftovers() throws(StorageError) -> Int {
    if hasPending { return 0 }
    let (absorbed, salts) = state.withLock { ($0.absorbed, $0.salts) }
    var cut = 0
    if let salts, absorbed.count > 0 {
      cut += try cutBack(Self.logPath(salts.first), to: Int(clamping: absorbed.logBytes))
      cut += try cutBack(SaltFile.path(salts.first), to: salts.byteCount)
    }
    let kept = Set(files(absorbed.count).flatMap { [Self.logPath($0.first), SaltFile.path($0.first)] })
    let leftovers = try device.list("audit").map { "audit/" + $0 }.filter { !kept.contains($0) }
    for path in leftovers {
      cut += try device.open(path, .read).size()
      try device.remove(path)
    }
    if !leftovers.isEmpty { try device.syncDirectory("audit") }
    return cut
  }

  private func cutBack(_ path: String, to size: Int) throws(StorageError) -> Int {
    let file = try device.open(path, .write)
    let over = try file.size() - size
    guard over > 0 else { return 0 }
    try file.truncate(to: size)
    try file.sync()
    return over
  }

  private func leadsToHead(_ absorbed: AuditState) throws(StorageError) -> Bool {
    let first = Self.first(of: absorbed.count)
    let file = try device.open(Self.logPath(first), .read)
    let size = Int(clamping: absorbed.logBytes)
    guard try file.size() >= size else { return false }
    let bytes = try file.read(at: 0, count: size)
    let digester = Digester()
    var lines = bytes[...]
    guard let start = Self.previous(of: lines) else { return false }
    var hash = start
    var count: UInt64 = 0
    while let end = lines.firstIndex(of: UInt8(ascii: "\n")) {
      hash = digester.step(hash, digester.leaf(lines[...end]))
      lines = lines[(end + 1)...]
      count += 1
    }
    // The head commits to every byte hashed here and to what the first line follows.
    guard lines.isEmpty, count == absorbed.count + 1 - first, hash == absorbed.head else { return false }
    return try first == 1 ? start == Self.genesis(ring.database) : lastLine(before: first, leadsTo: start)
  }

  /// Whether the log before the one of `first` ends with the line that leads to `hash`.
  private func lastLine(before first: UInt64, leadsTo hash: Digest) throws(StorageError) -> Bool {
    let file = try device.open(Self.logPath(first - Self.eventsPerFile), .read)
    let size = try file.size()
    // More than a line is long.
    let tail = try file.read(at: max(0, size - 1_024), count: min(size, 1_024))
    guard tail.last == UInt8(ascii: "\n") else { return false }
    let line = tail[((tail.dropLast().lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1)...]
    guard let previous = Self.previous(of: line) else { return false }
    let digester = Digester()
    return digester.step(previous, digester.leaf(line)) == hash
  }

  /// The chain hash that the first of `lines` names, its last field.
  private static func previous(of lines: ArraySlice<UInt8>) -> Digest? {
    guard let end = lines.firstIndex(of: UInt8(ascii: "\n")), end - lines.startIndex >= 64 else { return nil }
    return Digest(hex: lines[(end - 64)..<end])
  }

  /// What is wrong, by a walk over everything: its time does not matter any more.
  private func brokenChain(_ absorbed: AuditState) throws(StorageError) -> StorageError {
    let found = try verify()
    return .unchained(
      path: "audit", sequence: found.firstBadEvent ?? absorbed.count,
      what: found.reason ?? "the newest log does not lead to the head that the state names")
  }
}
