import VSQLSchema

/// Turns the values that a column has in a page into the content of the page's unit: the form that is shortest for them.
struct PageEncoder {
  let zstd: Zstd

  /// - Parameter column: flat, of the page's rows alone.
  /// - Returns: the content, packed.
  func encode(_ column: Column) -> [UInt8] {
    let present = (0..<column.count).filter { !column.isNull($0) }
    var head = ByteWriter(capacity: column.count)
    if present.count == column.count {
      head.u8(0)
    } else {
      head.u8(1)
      head.raw(Self.bitmap(column.count) { column.isNull($0) })
    }
    switch column.values {
    case .booleans(let list):
      return packed(.bits, head, Self.bitmap(present.count) { list[present[$0]] })
    case .texts(let list): return texts(list, present, head)
    case .vectors(let list):
      let width = list.shape.byteCount
      var bytes: [UInt8] = []
      bytes.reserveCapacity(present.count * width)
      for row in present {
        let start = (list.first + row) * width
        bytes.append(list.bytes.span.extracting(start..<start + width))
      }
      return fixed(bytes, width: list.shape.element == .bit ? 1 : width / list.shape.dimension, head)
    case .int32s, .int64s, .doubles, .decimals, .uuids:
      if let numbers = numbers(column, head) { return numbers }
    }
    var bytes = ByteWriter(capacity: present.count * 17)
    switch column.values {
    case .int32s(let list):
      for row in present { bytes.u32(UInt32(bitPattern: list[row])) }
      return fixed(bytes.bytes, width: 4, head)
    case .int64s(let list):
      for row in present { bytes.u64(UInt64(bitPattern: list[row])) }
      return fixed(bytes.bytes, width: 8, head)
    case .doubles(let list):
      for row in present { bytes.u64(list[row].bitPattern) }
      return fixed(bytes.bytes, width: 8, head)
    case .uuids(let list):
      for row in present { bytes.u128(list[row]) }
      return fixed(bytes.bytes, width: 16, head)
    case .decimals(let list):
      for row in present {
        bytes.u8(list[row].scale)
        bytes.u128(UInt128(bitPattern: list[row].unscaled))
      }
      return packed(.decimals, head, bytes.bytes)
    case .booleans, .texts, .vectors: preconditionFailure("these have forms of their own")
    }
  }

  /// Numbers as fields, themselves or their differences.
  private func numbers(_ column: Column, _ head: ByteWriter) -> [UInt8]? {
    guard let numbers = PackedNumbers(0, in: [Batch(columns: [column], count: column.count)]) else {
      return nil
    }
    let values = numbers.values
    let plain = Packing(of: values)
    let deltas = values.count < 2 ? [] : (1..<values.count).map { values[$0] &- values[$0 - 1] }
    var writer = ByteWriter(capacity: 32)
    numbers.form.encode(to: &writer)
    // A first number takes some bytes, and adding up takes time.
    if let first = values.first, let packing = Packing(of: deltas),
      packing.width + 2 <= plain?.width ?? BitField.maxWidth + 2
    {
      writer.signedVarint(first)
      packing.encode(to: &writer)
      writer.raw(Self.fields(deltas.map { packing.code($0) }, width: packing.width))
      return packed(.deltas, head, writer.bytes)
    }
    guard let plain else { return nil }
    plain.encode(to: &writer)
    writer.raw(Self.fields(values.map { plain.code($0) }, width: plain.width))
    return packed(.packed, head, writer.bytes)
  }

  /// Plain, or in byte planes where zstd can do with those.
  private func fixed(_ bytes: [UInt8], width: Int, _ head: ByteWriter) -> [UInt8] {
    if width > 1, !bytes.isEmpty {
      // A part tells whether it is worth the time.
      let sample = bytes.prefix(16_384 / width * width)
      if let frame = zstd.frame(of: Self.planes(Array(sample), width)[...]),
        frame.count * 8 <= sample.count * 7
      {
        return packed(.planes, head, Self.planes(bytes, width))
      }
    }
    return packed(.fixed, head, bytes)
  }

  static func planes(_ bytes: [UInt8], _ width: Int) -> [UInt8] {
    let count = bytes.count / width
    return unsafe [UInt8](unsafeUninitializedCapacity: bytes.count) { out, initialized in
      for plane in 0..<width {
        // Both indexes stay below bytes.count = count · width.
        for index in 0..<count { unsafe out[plane * count + index] = bytes[index * width + plane] }
      }
      initialized = count * width
    }
  }

  private func texts(_ list: TextValues, _ present: [Int], _ head: ByteWriter) -> [UInt8] {
    var builder = ValueTableBuilder()
    let bytes = list.bytes.span
    for row in present {
      let value = bytes.extracting(list.range(row))
      builder.add(value, hash: hashBytes(value))
    }
    let values = builder.values
    var tabled: [UInt8]?
    if values.count * 2 <= present.count {
      var writer = ByteWriter(capacity: values.bytes.count + present.count)
      writer.varint(UInt64(values.count))
      Self.append((0..<values.count).map { values.range($0).count }, values.bytes[...], to: &writer)
      let width = BitField.width(of: UInt64(max(1, values.count) - 1))
      writer.u8(UInt8(width))
      writer.raw(Self.fields(builder.rows.map { UInt64($0) }, width: width))
      tabled = packed(.tabled, head, writer.bytes)
      // So few that no frame of all of them would be shorter.
      if values.count * 8 <= present.count { return tabled ?? [] }
    }
    var writer = ByteWriter(capacity: present.count * 16)
    var content: [UInt8] = []
    for row in present { content.append(bytes.extracting(list.range(row))) }
    Self.append(present.map { list.range($0).count }, content[...], to: &writer)
    let plain = packed(.texts, head, writer.bytes)
    if let tabled, tabled.count <= plain.count { return tabled }
    return plain
  }

  /// Lengths, then the bytes.
  private static func append(_ lengths: [Int], _ bytes: ArraySlice<UInt8>, to writer: inout ByteWriter) {
    let numbers = lengths.map { Int64($0) }
    // Lengths are below 2^32.
    let packing = Packing(of: numbers) ?? Packing(base: 0, step: 1, width: 32)
    packing.encode(to: &writer)
    writer.raw(fields(numbers.map { packing.code($0) }, width: packing.width))
    writer.raw(bytes)
  }

  private static func fields(_ codes: [UInt64], width: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: (codes.count * width + 7) / 8)
    for (index, code) in codes.enumerated() { BitField.set(code, at: index * width, in: &bytes, from: 0) }
    return bytes
  }

  private static func bitmap(_ count: Int, _ isSet: (Int) -> Bool) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: (count + 7) / 8)
    for index in 0..<count where isSet(index) { bytes[index / 8] |= 1 << UInt8(index % 8) }
    return bytes
  }

  /// A frame has to save an eighth: it costs more time than the seal.
  private func packed(_ form: PageForm, _ head: ByteWriter, _ body: [UInt8]) -> [UInt8] {
    var content: [UInt8] = [form.rawValue]
    content.reserveCapacity(1 + head.bytes.count + body.count)
    content += head.bytes
    content += body
    if content.count >= Zstd.leastBytes, let frame = zstd.frame(of: content[...]),
      frame.count * 8 <= content.count * 7
    {
      return [1] + frame
    }
    return [0] + content
  }
}
