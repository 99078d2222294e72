import VSQLSchema

/// Lines made and chained, some hundred thousand a second: no array a line, each hash over bytes where they lie.
extension AuditRun {
  /// Chains events.
  ///
  /// - Parameters:
  ///   - random: for each event its id (16 bytes) and salts (16 each: of the resource, and of the detail where there is one).
  ///   - previous: the chain's head before them.
  init(
    _ acts: AuditActs, random: [UInt8], first: UInt64, atMicroseconds: Int64, previous: Digest,
    _ digester: Digester
  ) {
    precondition(random.count == acts.randomBytes, "each event has an id and salts of its own")
    let forms = AuditForms(acts.list.map(\.event), atMicroseconds: atMicroseconds)
    var (head, sequence, drawn) = (previous, first, 0)
    var lineEnds: [Int] = []
    var (texts, textEnds): ([UInt8], [Int]) = ([], [])
    var tenants: [TenantID] = []
    lineEnds.reserveCapacity(acts.places.count)
    textEnds.reserveCapacity(acts.places.count)
    tenants.reserveCapacity(acts.places.count)
    let (lineBytes, textBytes) = acts.places.reduce((0, 0)) { sum, place in
      (sum.0 + forms.list[place].longestLine, sum.1 + forms.list[place].textBytes)
    }
    texts.reserveCapacity(textBytes)
    let lines = unsafe [UInt8](unsafeUninitializedCapacity: lineBytes) { buffer, filled in
      unsafe forms.pieces.withUnsafeBytes { pieces in
        unsafe random.withUnsafeBytes { random in
          guard let ids = random.baseAddress, let target = buffer.baseAddress else { return }
          for place in acts.places {
            let form = forms.list[place]
            let id = unsafe ids + drawn
            let resourceSalt = unsafe UnsafeRawBufferPointer(start: id + 16, count: AuditTexts.saltBytes)
            let detailSalt = unsafe UnsafeRawBufferPointer(
              start: id + 16 + AuditTexts.saltBytes, count: AuditTexts.saltBytes)
            drawn += 16 + (form.detail == nil ? 1 : 2) * AuditTexts.saltBytes
            // `longestLine` is what the writes below take at most.
            var line = unsafe LineWriter(target: target + filled)
            line.decimal(sequence)
            line.tab()
            unsafe line.hex(id, bytes: 16)
            unsafe line.copy(pieces, form.middle)
            line.hex(
              unsafe digester.hash(resourceSalt, UnsafeRawBufferPointer(rebasing: pieces[form.resource])))
            unsafe line.copy(pieces, form.outcome)
            if let detail = form.detail {
              line.hex(unsafe digester.hash(detailSalt, UnsafeRawBufferPointer(rebasing: pieces[detail])))
            } else {
              line.byte(UInt8(ascii: "-"))
            }
            line.tab()
            line.hex(head)
            line.byte(UInt8(ascii: "\n"))
            let bytes = unsafe UnsafeRawBufferPointer(
              rebasing: UnsafeRawBufferPointer(buffer)[filled..<filled + line.count])
            head = digester.step(head, unsafe digester.hash(bytes, prefix: 0))
            filled += line.count
            lineEnds.append(filled)
            texts.append(form.detail == nil ? 1 : 2)
            unsafe texts.append(contentsOf: resourceSalt)
            unsafe texts.append(contentsOf: pieces[form.countedResource])
            if let counted = form.countedDetail {
              unsafe texts.append(contentsOf: detailSalt)
              unsafe texts.append(contentsOf: pieces[counted])
            }
            textEnds.append(texts.count)
            tenants.append(form.tenant)
            sequence += 1
          }
        }
      }
    }
    self.init(
      first: first, atMicroseconds: atMicroseconds, lines: lines, lineEnds: lineEnds, texts: texts,
      textEnds: textEnds, tenants: tenants, head: head)
  }
}

/// The parts of lines and texts that events of one act share, all in one buffer.
private struct AuditForms {
  /// Ranges of `pieces`.
  struct Form {
    let tenant: TenantID
    /// From the tab after the id up to the resource: time, tenant, actor, action.
    let middle: Range<Int>
    /// The outcome between its tabs.
    let outcome: Range<Int>
    /// With its length before it, as it is sealed; and without, as it is committed to.
    let countedResource: Range<Int>
    let resource: Range<Int>
    let countedDetail: Range<Int>?
    let detail: Range<Int>?

    /// Sequence, id, two commitments, the hash before, tabs and newline, besides the pieces.
    var longestLine: Int { 20 + 1 + 32 + middle.count + 64 + outcome.count + 64 + 1 + 64 + 1 }
    var textBytes: Int { 1 + 32 + countedResource.count + (countedDetail?.count ?? 0) }
  }

  private(set) var pieces: [UInt8] = []
  private(set) var list: [Form] = []

  init(_ acts: [AuditEvent], atMicroseconds: Int64) {
    list.reserveCapacity(acts.count)
    for act in acts {
      let middle = piece { bytes in
        bytes.append(AuditLine.tab)
        Timestamp.append(microseconds: atMicroseconds, to: &bytes)
        bytes.append(AuditLine.tab)
        Hex.append(act.tenant.raw, to: &bytes)
        bytes.append(AuditLine.tab)
        Hex.append(act.actor.raw, to: &bytes)
        bytes.append(AuditLine.tab)
        bytes += act.action.rawValue.utf8
        bytes.append(AuditLine.tab)
      }
      let outcome = piece { bytes in
        bytes.append(AuditLine.tab)
        bytes += act.outcome.rawValue.utf8
        bytes.append(AuditLine.tab)
      }
      let (countedResource, resource) = counted(act.resource)
      let detail = act.detail.map { counted($0) }
      list.append(
        Form(
          tenant: act.tenant, middle: middle, outcome: outcome, countedResource: countedResource,
          resource: resource, countedDetail: detail?.counted, detail: detail?.text))
    }
  }

  private mutating func piece(_ body: (inout [UInt8]) -> Void) -> Range<Int> {
    let start = pieces.count
    body(&pieces)
    return start..<pieces.count
  }

  private mutating func counted(_ text: String) -> (counted: Range<Int>, text: Range<Int>) {
    var writer = ByteWriter(capacity: 10)
    writer.varint(UInt64(text.utf8.count))
    let start = pieces.count
    pieces += writer.bytes
    let content = pieces.count
    pieces += text.utf8
    return (start..<pieces.count, content..<pieces.count)
  }
}

/// Writes a line's bytes one after the other; the caller has made room for all of them.
@safe private struct LineWriter {
  private let target: UnsafeMutablePointer<UInt8>
  private(set) var count = 0

  init(target: UnsafeMutablePointer<UInt8>) { unsafe self.target = target }

  @inline(__always) mutating func byte(_ value: UInt8) {
    unsafe target[count] = value
    count += 1
  }

  @inline(__always) mutating func tab() { byte(AuditLine.tab) }

  @inline(__always) mutating func copy(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
    guard let base = bytes.baseAddress else { return }
    unsafe UnsafeMutableRawPointer(target + count).copyMemory(
      from: base + range.lowerBound, byteCount: range.count)
    count += range.count
  }

  mutating func decimal(_ value: UInt64) {
    var (digits, rest) = (1, value)
    while rest >= 10 {
      rest /= 10
      digits += 1
    }
    rest = value
    for place in (0..<digits).reversed() {
      unsafe target[count + place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
    count += digits
  }

  /// A multiple of 8 bytes.
  @inline(__always) mutating func hex(_ source: UnsafeRawPointer, bytes: Int) {
    for offset in stride(from: 0, to: bytes, by: 8) {
      let word = unsafe UInt64(bigEndian: (source + offset).loadUnaligned(as: UInt64.self))
      unsafe Hex.write(word, to: UnsafeMutableRawPointer(target + count))
      count += 16
    }
  }

  @inline(__always) mutating func hex(_ digest: Digest) {
    unsafe digest.withBytes { bytes in
      if let base = bytes.baseAddress { unsafe hex(base, bytes: Digest.byteCount) }
    }
  }
}
