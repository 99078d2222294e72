/// An event on its way into the chain: its line and its texts, appended to what the WAL frame carries.
struct AuditEntry {
  /// An id and two salts.
  static let randomBytes = 16 + 2 * AuditTexts.saltBytes

  let line: AuditLine
  /// Of the line and of the texts in the frame's bytes.
  let lineRange: Range<Int>
  let textRange: Range<Int>
  /// The chain's after it.
  let head: Digest

  /// - Parameters:
  ///   - timestamp: the text of `atMicroseconds`.
  ///   - previous: the chain's head before it.
  ///   - random: at least `randomBytes` of its own.
  init(
    _ event: AuditEvent, sequence: UInt64, atMicroseconds: Int64, timestamp: [UInt8], previous: Digest,
    random: ArraySlice<UInt8>, _ digester: Digester, to frame: inout ByteWriter
  ) {
    let salts = random.dropFirst(16)
    let resourceSalt = salts.prefix(AuditTexts.saltBytes)
    let detailSalt = salts.dropFirst(AuditTexts.saltBytes).prefix(AuditTexts.saltBytes)
    line = AuditLine(
      sequence: sequence,
      eventID: random.prefix(16).reduce(0) { $0 << 8 | UInt128($1) },
      atMicroseconds: atMicroseconds, event: event,
      resource: digester.hash(resourceSalt, event.resource.utf8),
      detail: event.detail.map { digester.hash(detailSalt, $0.utf8) }, previous: previous)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(384)
    line.append(to: &bytes, timestamp: timestamp)
    head = digester.step(previous, digester.leaf(bytes[...]))
    frame.varint(UInt64(bytes.count))
    let start = frame.bytes.count
    frame.raw(bytes)
    lineRange = start..<frame.bytes.count
    AuditTexts.encode(
      event.resource, event.detail, resourceSalt: resourceSalt, detailSalt: detailSalt, to: &frame)
    textRange = lineRange.upperBound..<frame.bytes.count
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
