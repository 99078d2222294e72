import VSQLSchema

/// Appends the values of a column's pages to a column.
struct PageDecoder {
  private let type: SQLType
  /// What lies in `arrays` is the sink's at the end.
  private var sink: ColumnSink
  private var arrays = PageArrays()
  private var scratch = [UInt64](repeating: 0, count: SegmentFormat.pageRows)

  /// - Parameter capacity: rows that will come, in all.
  init(type: SQLType, capacity: Int) {
    self.type = type
    sink = ColumnSink(type: type, capacity: 0)
    if case .vector(let shape) = type { arrays.vectors = VectorValues(shape: shape) }
    arrays.reserve(capacity, kind: type.physicalKind)
  }

  consuming func finish() -> Column {
    sink.values = arrays.values(of: type.physicalKind)
    return sink.finish()
  }

  /// The form of a page.
  static func form(_ content: [UInt8]) -> PageForm? { content.first.flatMap { PageForm(rawValue: $0) } }

  /// - Parameters:
  ///   - content: of the page's unit, unpacked; errors name the unit's place.
  ///   - rows: of the page.
  mutating func decode(_ content: inout ByteReader, rows: Int) throws(StorageError) {
    let tag = try content.u8()
    guard let form = PageForm(rawValue: tag) else { throw content.malformed("a page of form \(tag)") }
    var validity: [Bool]?
    var present = rows
    switch try content.u8() {
    case 0: break
    case 1:
      let bits = try content.raw((rows + 7) / 8)
      let list = (0..<rows).map { bits[bits.startIndex + $0 / 8] >> UInt8($0 % 8) & 1 == 0 }
      present = list.count { $0 }
      validity = list
    case let flag: throw content.malformed("a page with NULLs that says \(flag)")
    }
    sink.append(validity: validity, count: rows)
    switch (form, type.physicalKind) {
    case (.bits, .boolean):
      var list = PageArrays().booleans
      swap(&list, &arrays.booleans)
      defer { swap(&list, &arrays.booleans) }
      let bits = try content.raw((present + 7) / 8)
      Self.spread(rows, validity) {
        list.append(bits[bits.startIndex + $0 / 8] >> UInt8($0 % 8) & 1 == 1)
      } absent: {
        list.append(false)
      }
    case (.packed, _), (.deltas, _): try numbers(form, &content, present, rows, validity)
    case (.fixed, _), (.planes, _): try fixed(form, &content, present, rows, validity)
    case (.decimals, .decimal):
      var list = PageArrays().decimals
      swap(&list, &arrays.decimals)
      defer { swap(&list, &arrays.decimals) }
      let bytes = try content.raw(present * 17)
      let span = content.bytes.span
      Self.spread(rows, validity) {
        let at = bytes.startIndex + $0 * 17
        list.append(
          Decimal(unscaled: Int128(bitPattern: span.number(UInt128.self, at: at + 1)), scale: span[at]))
      } absent: {
        list.append(Decimal(unscaled: 0, scale: 0))
      }
    case (.texts, .text):
      var list = PageArrays().texts
      swap(&list, &arrays.texts)
      defer { swap(&list, &arrays.texts) }
      let (lengths, bytes) = try strings(&content, count: present)
      list.bytes.append(contentsOf: bytes)
      guard list.bytes.count <= Int(UInt32.max) else { throw content.malformed("over 4 GiB of text") }
      var end = list.offsets.last ?? 0
      Self.spread(rows, validity) {
        end += UInt32(truncatingIfNeeded: lengths[$0])
        list.offsets.append(end)
      } absent: {
        list.offsets.append(end)
      }
    case (.tabled, .text):
      var list = PageArrays().texts
      swap(&list, &arrays.texts)
      defer { swap(&list, &arrays.texts) }
      try tabled(&content, present, rows, validity, to: &list)
    case (_, _): throw content.malformed("a page of form \(tag) of a \(type) column")
    }
    try content.finish()
  }

  /// Calls `present(i)` for the i-th row that has a value, `absent()` for the others, in the order of the rows.
  @inline(__always)
  private static func spread(_ rows: Int, _ validity: [Bool]?, _ present: (Int) -> Void, absent: () -> Void) {
    guard let validity else {
      for row in 0..<rows { present(row) }
      return
    }
    var next = 0
    for row in 0..<rows {
      if validity[row] {
        present(next)
        next += 1
      } else {
        absent()
      }
    }
  }

  /// Unpacks `count` fields into the scratch.
  private mutating func fields(_ content: inout ByteReader, width: Int, count: Int) throws(StorageError) {
    let bytes = try content.raw((count * width + 7) / 8)
    if scratch.count < count { scratch = Array(repeating: 0, count: count) }
    content.bytes.span.fields(width: width, count: count, from: bytes.startIndex, into: &scratch)
  }

  private mutating func numbers(
    _ form: PageForm, _ content: inout ByteReader, _ present: Int, _ rows: Int,
    _ validity: [Bool]?
  ) throws(StorageError) {
    let packed = try PackedForm(from: &content)
    let first = form == .deltas ? try content.signedVarint() : 0
    let packing = try Packing(from: &content)
    if form == .deltas {
      guard present > 0 else { throw content.malformed("differences of no numbers") }
      try fields(&content, width: packing.width, count: present - 1)
      var sum = first
      for index in 0..<present {
        let code = scratch[index]
        scratch[index] = UInt64(bitPattern: sum)
        sum &+= packing.value(code)
      }
    } else {
      try fields(&content, width: packing.width, count: present)
      for index in 0..<present { scratch[index] = UInt64(bitPattern: packing.value(scratch[index])) }
    }
    switch (type.physicalKind, packed) {
    case (.int64, .integer):
      var list = PageArrays().int64s
      swap(&list, &arrays.int64s)
      defer { swap(&list, &arrays.int64s) }
      if validity == nil {
        list.append(contentsOf: scratch.prefix(present).lazy.map { Int64(bitPattern: $0) })
      } else {
        Self.spread(rows, validity) {
          list.append(Int64(bitPattern: scratch[$0]))
        } absent: {
          list.append(0)
        }
      }
    case (.int32, .integer):
      var list = PageArrays().int32s
      swap(&list, &arrays.int32s)
      defer { swap(&list, &arrays.int32s) }
      var isFine = true
      Self.spread(rows, validity) {
        let number = Int64(bitPattern: scratch[$0])
        isFine = isFine && number == Int64(Int32(truncatingIfNeeded: number))
        list.append(Int32(truncatingIfNeeded: number))
      } absent: {
        list.append(0)
      }
      if !isFine { throw content.malformed("a date out of range") }
    case (.decimal, .decimal(let scale)):
      var list = PageArrays().decimals
      swap(&list, &arrays.decimals)
      defer { swap(&list, &arrays.decimals) }
      Self.spread(rows, validity) {
        list.append(Decimal(unscaled: Int128(Int64(bitPattern: scratch[$0])), scale: scale))
      } absent: {
        list.append(Decimal(unscaled: 0, scale: 0))
      }
    case (.double, .scaledDouble(let scale)):
      var list = PageArrays().doubles
      swap(&list, &arrays.doubles)
      defer { swap(&list, &arrays.doubles) }
      let power = PackedForm.power(scale)
      Self.spread(rows, validity) {
        list.append(Double(Int64(bitPattern: scratch[$0])) / power)
      } absent: {
        list.append(0)
      }
    case (.double, .doubleBits):
      var list = PageArrays().doubles
      swap(&list, &arrays.doubles)
      defer { swap(&list, &arrays.doubles) }
      Self.spread(rows, validity) {
        list.append(Double(bitPattern: scratch[$0]))
      } absent: {
        list.append(0)
      }
    case (_, _): throw content.malformed("packed numbers of a \(type) column")
    }
  }

  private mutating func fixed(
    _ form: PageForm, _ content: inout ByteReader, _ present: Int, _ rows: Int,
    _ validity: [Bool]?
  ) throws(StorageError) {
    func plain(_ bytes: ArraySlice<UInt8>, _ width: Int) -> [UInt8] {
      form == .planes ? Self.joined(Array(bytes), width) : Array(bytes)
    }
    switch type.physicalKind {
    case .int32:
      var list = PageArrays().int32s
      swap(&list, &arrays.int32s)
      defer { swap(&list, &arrays.int32s) }
      let bytes = plain(try content.raw(present * 4), 4).span
      Self.spread(rows, validity) {
        list.append(Int32(bitPattern: bytes.number(UInt32.self, at: $0 * 4)))
      } absent: {
        list.append(0)
      }
    case .int64:
      var list = PageArrays().int64s
      swap(&list, &arrays.int64s)
      defer { swap(&list, &arrays.int64s) }
      let bytes = plain(try content.raw(present * 8), 8).span
      Self.spread(rows, validity) {
        list.append(Int64(bitPattern: bytes.number(UInt64.self, at: $0 * 8)))
      } absent: {
        list.append(0)
      }
    case .double:
      var list = PageArrays().doubles
      swap(&list, &arrays.doubles)
      defer { swap(&list, &arrays.doubles) }
      let bytes = plain(try content.raw(present * 8), 8).span
      Self.spread(rows, validity) {
        list.append(Double(bitPattern: bytes.number(UInt64.self, at: $0 * 8)))
      } absent: {
        list.append(0)
      }
    case .uuid:
      var list = PageArrays().uuids
      swap(&list, &arrays.uuids)
      defer { swap(&list, &arrays.uuids) }
      let bytes = plain(try content.raw(present * 16), 16).span
      Self.spread(rows, validity) {
        list.append(bytes.number(UInt128.self, at: $0 * 16))
      } absent: {
        list.append(0)
      }
    case .vector:
      var list = PageArrays().vectors
      swap(&list, &arrays.vectors)
      defer { swap(&list, &arrays.vectors) }
      let width = list.shape.byteCount
      let element = list.shape.element == .bit ? 1 : width / list.shape.dimension
      let bytes = plain(try content.raw(present * width), element)
      if validity == nil {
        list.bytes.append(contentsOf: bytes)
      } else {
        Self.spread(rows, validity) {
          list.bytes.append(contentsOf: bytes[$0 * width..<($0 + 1) * width])
        } absent: {
          list.bytes.append(contentsOf: repeatElement(0, count: width))
        }
      }
    case .boolean, .decimal, .text: throw content.malformed("plain bytes of a \(type) column")
    }
  }

  private static func joined(_ planes: [UInt8], _ width: Int) -> [UInt8] {
    // Planes of planes of as many rows as bytes: the transposition back.
    PageEncoder.planes(planes, max(1, planes.count / width))
  }

  private mutating func strings(
    _ content: inout ByteReader, count: Int
  ) throws(StorageError) -> (lengths: [UInt64], bytes: ArraySlice<UInt8>) {
    let packing = try Packing(from: &content)
    try fields(&content, width: packing.width, count: count)
    var lengths: [UInt64] = []
    lengths.reserveCapacity(count)
    var sum: UInt64 = 0
    for index in 0..<count {
      let length = UInt64(bitPattern: packing.value(scratch[index]))
      guard length <= UInt64(UInt32.max) else { throw content.malformed("a length over 4 GiB") }
      lengths.append(length)
      sum += length
    }
    return (lengths, try content.raw(Int(min(sum, UInt64(Int64.max)))))
  }

  private mutating func tabled(
    _ content: inout ByteReader, _ present: Int, _ rows: Int, _ validity: [Bool]?, to list: inout TextValues
  ) throws(StorageError) {
    let entries = Int(try content.size(atMost: SegmentFormat.pageRows))
    let (lengths, bytes) = try strings(&content, count: entries)
    let width = Int(try content.u8())
    guard width <= UInt32.bitWidth else { throw content.malformed("codes of \(width) bits") }
    var table = ByteStrings()
    table.reserve(entries, bytes: bytes.count)
    var start = bytes.startIndex
    for length in lengths {
      table.append(bytes[start..<start + Int(length)])
      start += Int(length)
    }
    try fields(&content, width: width, count: present)
    guard scratch.prefix(present).allSatisfy({ $0 < UInt64(entries) }) else {
      throw content.malformed("a code beyond the table")
    }
    let end = list.append(scratch.prefix(present), of: table)
    guard end <= Int(UInt32.max) else { throw content.malformed("over 4 GiB of text") }
    var at = list.offsets.last ?? 0
    Self.spread(rows, validity) {
      at += UInt32(truncatingIfNeeded: table.range(Int(scratch[$0])).count)
      list.offsets.append(at)
    } absent: {
      list.offsets.append(at)
    }
  }
}

/// Values of a column under construction, in the array of its kind. Loops swap it out, so that it is theirs alone: an array in an
/// enum's case that is matched is copied whole when it is appended to.
private struct PageArrays {
  var booleans: [Bool] = []
  var int32s: [Int32] = []
  var int64s: [Int64] = []
  var doubles: [Double] = []
  var decimals: [Decimal] = []
  var uuids: [UInt128] = []
  var texts = TextValues()
  var vectors = VectorValues(shape: VectorShape(dimension: 1, element: .bit))

  mutating func reserve(_ capacity: Int, kind: PhysicalKind) {
    switch kind {
    case .boolean: booleans.reserveCapacity(capacity)
    case .int32: int32s.reserveCapacity(capacity)
    case .int64: int64s.reserveCapacity(capacity)
    case .double: doubles.reserveCapacity(capacity)
    case .decimal: decimals.reserveCapacity(capacity)
    case .uuid: uuids.reserveCapacity(capacity)
    case .text: texts.offsets.reserveCapacity(capacity + 1)
    case .vector: vectors.bytes.reserveCapacity(capacity * vectors.shape.byteCount)
    }
  }

  func values(of kind: PhysicalKind) -> ColumnValues {
    switch kind {
    case .boolean: .booleans(booleans)
    case .int32: .int32s(int32s)
    case .int64: .int64s(int64s)
    case .double: .doubles(doubles)
    case .decimal: .decimals(decimals)
    case .uuid: .uuids(uuids)
    case .text: .texts(texts)
    case .vector: .vectors(vectors)
    }
  }
}
