import VSQLSchema

/// What a page begins with: its form, and which rows have values.
struct PageHead {
  let form: PageForm
  /// Nil: every row has one.
  let validity: [Bool]?
  /// Rows that have one.
  let present: Int

  init(from content: inout ByteReader, rows: Int) throws(StorageError) {
    let tag = try content.u8()
    guard let form = PageForm(rawValue: tag) else { throw content.malformed("a page of form \(tag)") }
    self.form = form
    switch try content.u8() {
    case 0: (validity, present) = (nil, rows)
    case 1:
      let bits = try content.raw((rows + 7) / 8)
      let list = (0..<rows).map { bits[bits.startIndex + $0 / 8] >> UInt8($0 % 8) & 1 == 0 }
      (validity, present) = (list, list.count { $0 })
    case let flag: throw content.malformed("a page with NULLs that says \(flag)")
    }
  }
}

/// Turns the pages of a column back into its values, page after page.
///
/// - Parameter content: below, of the page's unit, unpacked; errors name the unit's place.
struct PageDecoder {
  /// Of the rows so far; nil: each has a value.
  private(set) var validity: [Bool]?
  private var count = 0
  private var scratch = [Int64](repeating: 0, count: SegmentFormat.pageRows)
  private var pieces = TextPieces()

  /// The values of a page, into as many places as it has rows.
  mutating func decode<Value: PagedValue>(
    _ content: inout ByteReader, into out: inout MutableSpan<Value>
  ) throws(StorageError) {
    let head = try PageHead(from: &content, rows: out.count)
    append(head.validity, out.count)
    if scratch.count < out.count { scratch = Array(repeating: 0, count: out.count) }
    try Value.decode(head.form, &content, count: head.present, scratch: &scratch, into: &out)
    try content.finish()
    guard let validity = head.validity else { return }
    // From the last on, so that no value is overwritten before it has moved.
    var next = head.present
    for row in stride(from: validity.count - 1, through: 0, by: -1) {
      if validity[row] {
        next -= 1
        out[row] = out[next]
      } else {
        out[row] = Value.absent
      }
    }
  }

  /// The vectors of a page of `rows` rows, `shape.byteCount` bytes of `out` for each.
  mutating func decode(
    _ content: inout ByteReader, rows: Int, shape: VectorShape, into out: inout MutableSpan<UInt8>
  ) throws(StorageError) {
    let head = try PageHead(from: &content, rows: rows)
    append(head.validity, rows)
    let width = shape.byteCount
    let element = shape.element == .bit ? 1 : width / shape.dimension
    let bytes = try content.raw(head.present * width)
    let values: [UInt8]
    switch head.form {
    case .fixed: values = Array(bytes)
    // Planes of planes of as many rows as bytes: the transposition back.
    case .planes: values = PageEncoder.planes(Array(bytes), max(1, bytes.count / element))
    case .bits, .packed, .deltas, .decimals, .texts, .tabled:
      throw content.malformed("a page of form \(head.form.rawValue) of a vector column")
    }
    try content.finish()
    var next = 0
    for row in 0..<rows {
      let isThere = head.validity?[row] ?? true
      for index in 0..<width { out[row * width + index] = isThere ? values[next * width + index] : 0 }
      if isThere { next += 1 }
    }
  }

  /// Appends the texts of a page of `rows` rows.
  mutating func decode(
    _ content: inout ByteReader, rows: Int, to list: inout TextValues
  ) throws(StorageError) {
    let head = try PageHead(from: &content, rows: rows)
    append(head.validity, rows)
    if scratch.count < rows { scratch = Array(repeating: 0, count: rows) }
    pieces.removeAll()
    switch head.form {
    case .texts:
      var at = try lengths(&content, count: head.present)
      if head.validity == nil {
        let (lengths, bytes) = (
          scratch.span.extracting(0..<rows), content.bytes.span.extracting(at..<content.offset)
        )
        guard list.append(lengths: lengths, of: bytes) else { throw content.malformed("over 4 GiB of text") }
        return try content.finish()
      }
      spread(head.validity, rows) { pieces, length in
        pieces.append(at, Int(length))
        at += Int(length)
      }
    case .tabled:
      let starts = try tabled(&content, head)
      if head.validity == nil {
        guard list.append(scratch.span.extracting(0..<rows), starts: starts, of: content.bytes.span) else {
          throw content.malformed("over 4 GiB of text")
        }
        return try content.finish()
      }
      spread(head.validity, rows) { pieces, code in
        pieces.append(starts[Int(code)], starts[Int(code) + 1] - starts[Int(code)])
      }
    case .bits, .packed, .deltas, .fixed, .planes, .decimals:
      throw content.malformed("a page of form \(head.form.rawValue) of a text column")
    }
    try content.finish()
    guard pieces.append(to: &list, first: content.bytes.span, second: [UInt8]().span) else {
      throw content.malformed("over 4 GiB of text")
    }
  }

  private mutating func append(_ run: [Bool]?, _ rows: Int) {
    if let run {
      if validity == nil { validity = Array(repeating: true, count: count) }
      validity?.append(contentsOf: run)
    } else if validity != nil {
      validity?.append(contentsOf: repeatElement(true, count: rows))
    }
    count += rows
  }

  /// Reads `count` lengths into the scratch, and passes the bytes that they are of.
  ///
  /// - Returns: where those begin in the page.
  private mutating func lengths(_ content: inout ByteReader, count: Int) throws(StorageError) -> Int {
    let numbers = try PageNumbers(lengths: &content, count: count)
    var list = scratch.mutableSpan
    numbers.unpack(content.bytes.span, into: &list)
    var sum = 0
    for index in 0..<count {
      guard 0...Int64(Int32.max) ~= list[index] else { throw content.malformed("a length over 2 GiB") }
      sum += Int(list[index])
    }
    return try content.raw(sum).startIndex
  }

  /// Reads the codes into the scratch.
  ///
  /// - Returns: where the table's entries begin in the page, and where the last ends.
  private mutating func tabled(_ content: inout ByteReader, _ head: PageHead) throws(StorageError) -> [Int] {
    let entries = Int(try content.size(atMost: SegmentFormat.pageRows))
    var starts = [try lengths(&content, count: entries)]
    starts.reserveCapacity(entries + 1)
    for index in 0..<entries { starts.append(starts[index] + Int(scratch[index])) }
    let width = Int(try content.u8())
    guard width <= UInt32.bitWidth else { throw content.malformed("codes of \(width) bits") }
    let codes = try PageNumbers(codes: &content, count: head.present, width: width)
    var list = scratch.mutableSpan
    codes.unpack(content.bytes.span, into: &list)
    for index in 0..<head.present {
      guard list[index] < Int64(entries) else { throw content.malformed("a code beyond the table") }
    }
    return starts
  }

  /// Calls `present` with the pieces and the scratch's next number for each row that has a value; the others get an empty piece.
  @inline(__always)
  private mutating func spread(
    _ validity: [Bool]?, _ rows: Int, _ present: (inout TextPieces, Int64) -> Void
  ) {
    var next = 0
    for row in 0..<rows {
      if validity?[row] ?? true {
        present(&pieces, scratch[next])
        next += 1
      } else {
        pieces.append(0, 0)
      }
    }
  }
}
