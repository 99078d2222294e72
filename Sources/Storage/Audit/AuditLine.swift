import VSQLSchema

/// The canonical line of an event: ten fields between tabs, ended by a newline.
///
/// `seq, event_id, at, tenant, actor, action, resource commitment, outcome, detail commitment or -, prev`
struct AuditLine: Hashable, Sendable {
  let sequence: UInt64
  /// As the 32 digits say it.
  let eventID: UInt128
  let atMicroseconds: Int64
  let tenant: TenantID
  let actor: ActorID
  let action: AuditAction
  let resource: Digest
  let outcome: AuditOutcome
  let detail: Digest?
  /// The chain hash before this event.
  let previous: Digest

  /// The line as `AuditRun` writes it.
  var bytes: [UInt8] {
    var line = Array(String(sequence).utf8)
    line.append(Self.tab)
    Hex.append(UInt64(truncatingIfNeeded: eventID >> 64), to: &line)
    Hex.append(UInt64(truncatingIfNeeded: eventID), to: &line)
    line.append(Self.tab)
    Timestamp.append(microseconds: atMicroseconds, to: &line)
    line.append(Self.tab)
    Hex.append(tenant.raw, to: &line)
    line.append(Self.tab)
    Hex.append(actor.raw, to: &line)
    line.append(Self.tab)
    line += action.rawValue.utf8
    line.append(Self.tab)
    resource.appendHex(to: &line)
    line.append(Self.tab)
    line += outcome.rawValue.utf8
    line.append(Self.tab)
    if let detail { detail.appendHex(to: &line) } else { line.append(UInt8(ascii: "-")) }
    line.append(Self.tab)
    previous.appendHex(to: &line)
    line.append(UInt8(ascii: "\n"))
    return line
  }

  init(
    sequence: UInt64, eventID: UInt128, atMicroseconds: Int64, event: AuditEvent, resource: Digest,
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

  /// Nil unless `line`, with its newline, is what `bytes` would write: one event has one line, without upper case digits or
  /// leading zeros.
  init?(_ line: ArraySlice<UInt8>) {
    guard line.last == UInt8(ascii: "\n") else { return nil }
    let fields = line.dropLast().split(separator: Self.tab, omittingEmptySubsequences: false)
    guard fields.count == 10,
      let sequence = Self.decimal(fields[0]),
      fields[1].count == 32, let high = Self.hexadecimal(fields[1].prefix(16)),
      let low = Self.hexadecimal(fields[1].suffix(16)),
      let at = Timestamp.microseconds(fields[2]),
      let tenant = Self.hexadecimal(fields[3]), let actor = Self.hexadecimal(fields[4]),
      let action = AuditAction(rawValue: String(decoding: fields[5], as: UTF8.self)),
      let resource = Digest(hex: fields[6]),
      let outcome = AuditOutcome(rawValue: String(decoding: fields[7], as: UTF8.self)),
      let previous = Digest(hex: fields[9])
    else { return nil }
    var detail: Digest?
    if fields[8] != [UInt8(ascii: "-")] {
      guard let digest = Digest(hex: fields[8]) else { return nil }
      detail = digest
    }
    self.init(
      sequence: sequence, eventID: UInt128(high) << 64 | UInt128(low), atMicroseconds: at,
      event: AuditEvent(
        tenant: TenantID(tenant), actor: ActorID(actor), action: action, resource: "", outcome: outcome),
      resource: resource, detail: detail, previous: previous)
  }

  static let tab = UInt8(ascii: "\t")

  private static func hexadecimal(_ field: ArraySlice<UInt8>) -> UInt64? {
    guard field.count == 16 else { return nil }
    var value: UInt64 = 0
    for digit in field {
      let digit = Hex.value(digit)
      if digit > 15 { return nil }
      value = value << 4 | UInt64(digit)
    }
    return value
  }

  private static func decimal(_ field: ArraySlice<UInt8>) -> UInt64? {
    guard let first = field.first, first != UInt8(ascii: "0") else { return nil }
    var value: UInt64 = 0
    for digit in field {
      guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return nil }
      let (shifted, over) = value.multipliedReportingOverflow(by: 10)
      let (sum, overflow) = shifted.addingReportingOverflow(UInt64(digit - UInt8(ascii: "0")))
      if over || overflow { return nil }
      value = sum
    }
    return value
  }
}

extension UInt128 {
  /// 32 digits.
  var hex: String {
    var text: [UInt8] = []
    Hex.append(UInt64(truncatingIfNeeded: self >> 64), to: &text)
    Hex.append(UInt64(truncatingIfNeeded: self), to: &text)
    return String(decoding: text, as: UTF8.self)
  }
}
