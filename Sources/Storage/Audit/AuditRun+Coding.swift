import VSQLSchema

/// Events as the log's frames carry them.
///
/// Since format 2: their number and, if there are any, the chain hash before (32), the first sequence (varint), when (8), the acts (a
/// varint count; each: tenant, actor (8 each), counted action, outcome and resource, 1 and the counted detail or 0), then for each
/// event its act's place (varint), id (16), salt (16) and, where there is a detail, its salt (16). Lines follow from that.
extension AuditRun {
  static func encode(
    _ acts: AuditActs, random: [UInt8], first: UInt64, atMicroseconds: Int64, previous: Digest
  ) -> [UInt8] {
    var writer = ByteWriter(capacity: 64 + acts.list.count * 96 + acts.places.count * 2 + random.count)
    writer.varint(UInt64(acts.places.count))
    if acts.places.isEmpty { return writer.bytes }
    writer.raw(previous.bytes)
    writer.varint(first)
    writer.u64(UInt64(bitPattern: atMicroseconds))
    writer.varint(UInt64(acts.list.count))
    for act in acts.list.map(\.event) {
      writer.u64(act.tenant.raw)
      writer.u64(act.actor.raw)
      writer.string(act.action.rawValue)
      writer.string(act.outcome.rawValue)
      writer.string(act.resource)
      writer.u8(act.detail == nil ? 0 : 1)
      if let detail = act.detail { writer.string(detail) }
    }
    var drawn = 0
    for (index, place) in acts.places.enumerated() {
      let bytes = acts.randomBytes(index)
      writer.varint(UInt64(place))
      writer.raw(random[drawn..<drawn + bytes])
      drawn += bytes
    }
    return writer.bytes
  }

  /// Reads what a frame carries; nil: no event.
  init?(from reader: inout ByteReader, _ digester: Digester) throws(StorageError) {
    if reader.format == .first {
      try self.init(lines: &reader, digester)
      return
    }
    // An event takes at least its act's place, its id and a salt.
    let count = try reader.count(ofAtLeast: 33)
    if count == 0 { return nil }
    let previous = try reader.digest()
    let first = try reader.varint()
    guard first > 0, first <= UInt64(Int64.max) else { throw reader.malformed("an event's sequence") }
    let at = Int64(bitPattern: try reader.u64())
    var acts: [AuditEvent] = []
    for _ in 0..<(try reader.count(ofAtLeast: 20)) { acts.append(try Self.act(&reader)) }
    var places: [Int] = []
    var random: [UInt8] = []
    places.reserveCapacity(count)
    random.reserveCapacity(32 * count)
    for _ in 0..<count {
      let place = try reader.varint()
      guard place < UInt64(acts.count) else { throw reader.malformed("an event of no act") }
      places.append(Int(place))
      random += try reader.raw(16 + (acts[Int(place)].detail == nil ? 1 : 2) * AuditTexts.saltBytes)
    }
    self.init(
      AuditActs(list: acts, places: places), random: random, first: first, atMicroseconds: at,
      previous: previous, digester)
  }

  private static func act(_ reader: inout ByteReader) throws(StorageError) -> AuditEvent {
    let (tenant, actor) = (TenantID(try reader.u64()), ActorID(try reader.u64()))
    guard let action = AuditAction(rawValue: try reader.string()),
      let outcome = AuditOutcome(rawValue: try reader.string())
    else { throw reader.malformed("an unknown action or outcome") }
    let resource = try reader.string()
    let detail: String?
    switch try reader.u8() {
    case 0: detail = nil
    case 1: detail = try reader.string()
    default: throw reader.malformed("a detail that is neither there nor absent")
    }
    return AuditEvent(
      tenant: tenant, actor: actor, action: action, resource: resource, outcome: outcome, detail: detail)
  }

  /// Format 1: a varint count, then each event's counted line and its texts.
  private init?(lines reader: inout ByteReader, _ digester: Digester) throws(StorageError) {
    var run: AuditRun?
    for _ in 0..<(try reader.count(ofAtLeast: 100)) {
      let bytes = try reader.counted()
      guard let line = AuditLine(bytes) else { throw reader.malformed("not an audit event") }
      let start = reader.offset
      _ = try AuditTexts(from: &reader)
      let head = digester.step(line.previous, digester.leaf(bytes))
      if run == nil {
        run = AuditRun(first: line.sequence, atMicroseconds: line.atMicroseconds, head: line.previous)
      }
      guard let before = run, line.sequence == before.first + UInt64(before.count),
        line.previous == before.head
      else { throw reader.malformed("an event that does not follow the one before") }
      run?.append(line, bytes, texts: reader.bytes[start..<reader.offset], head: head)
    }
    guard let run else { return nil }
    self = run
  }
}
