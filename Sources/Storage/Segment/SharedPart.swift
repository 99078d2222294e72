/// The codes of a record that come first, as their columns share the segment's dictionary, compressed as one: varint bytes of the zstd
/// block, 0 where there is none and the codes follow as they are; else varint size of the codes, the block.
struct SharedPart {
  let zstd: Zstd
  let dictionary: ZstdCompressionDictionary

  /// Appends the part that `codes` are; the shorter of both forms.
  func append(_ codes: ArraySlice<UInt8>, to record: inout RowBytes) {
    guard let block = zstd.block(of: codes, dictionary),
      Self.bytes(block.count, codes.count) < codes.count + 1
    else {
      Self.appendPlain(codes, to: &record)
      return
    }
    record.varint(UInt64(block.count))
    record.varint(UInt64(codes.count))
    record.bytes.append(contentsOf: block)
  }

  static func appendPlain(_ codes: ArraySlice<UInt8>, to record: inout RowBytes) {
    record.bytes.append(0)
    record.bytes.append(contentsOf: codes)
  }

  private static func bytes(_ block: Int, _ codes: Int) -> Int {
    func varint(_ value: Int) -> Int { value < 0x80 ? 1 : value < 0x4000 ? 2 : 3 }
    return varint(block) + varint(codes) + block
  }
}

extension RecordLayout {
  /// Records with all codes as they are, for `RecordDecoder`; an empty one stays empty.
  ///
  /// - Parameter out: empty.
  /// - Returns: the index of a record whose part is none; nil: all are.
  func expand(
    _ records: RowBytes, _ zstd: Zstd, _ dictionary: ZstdDecompressionDictionary, into out: inout RowBytes
  ) -> Int? {
    out.bytes.reserveCapacity(2 * records.bytes.count)
    out.ends.reserveCapacity(records.count)
    let bytes = records.bytes.span
    for index in 0..<records.count {
      let range = records.range(index)
      if !range.isEmpty {
        guard range.count > headBytes else { return index }
        var cursor = range.lowerBound + headBytes
        out.bytes.append(bytes.extracting(range.lowerBound..<cursor))
        guard let block = Self.size(bytes, &cursor, range.upperBound) else { return index }
        if block > 0 {
          guard let size = Self.size(bytes, &cursor, range.upperBound), block <= range.upperBound - cursor,
            zstd.unblock(
              bytes.extracting(cursor..<cursor + block), size: size, dictionary, appendingTo: &out.bytes)
          else { return index }
          cursor += block
        }
        out.bytes.append(bytes.extracting(cursor..<range.upperBound))
      }
      out.ends.append(out.bytes.count)
    }
    return nil
  }

  /// A varint of three bytes at most.
  private static func size(_ bytes: Span<UInt8>, _ cursor: inout Int, _ end: Int) -> Int? {
    var value = 0
    for shift in [0, 7, 14] {
      guard cursor < end else { return nil }
      let byte = bytes[cursor]
      cursor += 1
      value |= Int(byte & 0x7f) << shift
      if byte < 0x80 { return value }
    }
    return nil
  }
}
