import VSQLSchema

/// The canonical line of an event: ten fields between tabs, ended by a newline.
///
/// `seq, event_id, at, tenant, actor, action, resource commitment, outcome, detail commitment or -, prev`
struct AuditLine: Hashable, Sendable {
  let sequence: UInt64
  let eventID: [UInt8]
  let atMicroseconds: Int64
  let tenant: TenantID
  let actor: ActorID
  let action: AuditAction
  let resource: Digest
  let outcome: AuditOutcome
  let detail: Digest?
  /// The chain hash before this event.
  let previous: Digest

  var bytes: [UInt8] {
    var line: [UInt8] = []
    line.reserveCapacity(360)
    line += String(sequence).utf8
    Self.field(eventID, &line)
    line.append(Self.tab)
    line += Timestamp.text(microseconds: atMicroseconds)
    Self.field(bigEndian: tenant.raw, &line)
    Self.field(bigEndian: actor.raw, &line)
    line.append(Self.tab)
    line += action.rawValue.utf8
    Self.field(resource.bytes, &line)
    line.append(Self.tab)
    line += outcome.rawValue.utf8
    if let detail {
      Self.field(detail.bytes, &line)
    } else {
      line += [Self.tab, UInt8(ascii: "-")]
    }
    Self.field(previous.bytes, &line)
    line.append(UInt8(ascii: "\n"))
    return line
  }

  init(
    sequence: UInt64, eventID: [UInt8], atMicroseconds: Int64, event: AuditEvent, resource: Digest,
    detail: Digest?,
    previous: Digest
  ) {
    self.sequence = sequence
    self.eventID = eventID
    self.atMicroseconds = atMicroseconds
    tenant = event.tenant
    actor = event.actor
    action = event.action
    self.resource = resource
    outcome = event.outcome
    self.detail = detail
    self.previous = previous
  }

  /// Nil unless `line` (with its newline) is exactly what `bytes` would write.
  init?(_ line: ArraySlice<UInt8>) {
    guard line.last == UInt8(ascii: "\n") else { return nil }
    let fields = line.dropLast().split(separator: Self.tab, omittingEmptySubsequences: false)
    guard fields.count == 10,
      let sequence = UInt64(String(decoding: fields[0], as: UTF8.self)),
      let eventID = Hex.bytes(fields[1]), eventID.count == 16,
      let at = Timestamp.microseconds(fields[2]),
      let tenant = Self.bigEndian(fields[3]), let actor = Self.bigEndian(fields[4]),
      let action = AuditAction(rawValue: String(decoding: fields[5], as: UTF8.self)),
      let resource = Hex.bytes(fields[6]).flatMap({ Digest(bytes: $0) }),
      let outcome = AuditOutcome(rawValue: String(decoding: fields[7], as: UTF8.self)),
      let previous = Hex.bytes(fields[9]).flatMap({ Digest(bytes: $0) })
    else { return nil }
    var detail: Digest?
    if fields[8] != [UInt8(ascii: "-")] {
      guard let digest = Hex.bytes(fields[8]).flatMap({ Digest(bytes: $0) }) else { return nil }
      detail = digest
    }
    self.init(
      sequence: sequence, eventID: eventID, atMicroseconds: at,
      event: AuditEvent(
        tenant: TenantID(tenant), actor: ActorID(actor), action: action, resource: "", outcome: outcome),
      resource: resource, detail: detail, previous: previous)
    // One event has one line: no upper case digits, no leading zeros.
    guard bytes[...] == line else { return nil }
  }

  private static let tab = UInt8(ascii: "\t")
  private static let digits = Array("0123456789abcdef".utf8)

  private static func field(_ content: [UInt8], _ line: inout [UInt8]) {
    line.append(tab)
    for byte in content {
      line.append(digits[Int(byte >> 4)])
      line.append(digits[Int(byte & 15)])
    }
  }

  private static func field(bigEndian value: UInt64, _ line: inout [UInt8]) {
    field((0..<8).map { UInt8(truncatingIfNeeded: value >> UInt64(56 - 8 * $0)) }, &line)
  }

  private static func bigEndian(_ field: ArraySlice<UInt8>) -> UInt64? {
    guard field.count == 16, let bytes = Hex.bytes(field) else { return nil }
    return bytes.reduce(0) { $0 << 8 | UInt64($1) }
  }
}
