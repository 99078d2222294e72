import VSQLSchema

/// A flat column's values among the bytes of rows (`RowCodec`).
extension Column {
  /// Adds to each row's size what its value takes.
  func addRowBytes(to sizes: inout [Int]) {
    switch values {
    case .booleans: add(to: &sizes) { _ in 1 }
    case .int32s(let list): add(to: &sizes) { Self.varintBytes(Int64(list[$0])) }
    case .int64s(let list): add(to: &sizes) { Self.varintBytes(list[$0]) }
    case .doubles: add(to: &sizes) { _ in 8 }
    case .decimals: add(to: &sizes) { _ in 17 }
    case .uuids: add(to: &sizes) { _ in 16 }
    case .texts(let list):
      add(to: &sizes) { row in
        let length = list.range(row).count
        return Self.varintBytes(UInt64(length)) + length
      }
    case .vectors(let list): add(to: &sizes) { _ in list.shape.byteCount }
    }
  }

  /// Writes each row's value at its cursor, and moves that behind it.
  func writeRows(to bytes: inout [UInt8], _ cursors: inout [Int]) {
    switch values {
    case .booleans(let list): write(&bytes, &cursors) { $1.put(list[$0] ? 1 : 0, at: &$2) }
    case .int32s(let list): write(&bytes, &cursors) { $1.putSigned(Int64(list[$0]), at: &$2) }
    case .int64s(let list): write(&bytes, &cursors) { $1.putSigned(list[$0], at: &$2) }
    case .doubles(let list): write(&bytes, &cursors) { $1.putInteger(list[$0].bitPattern, at: &$2) }
    case .decimals(let list):
      write(&bytes, &cursors) {
        $1.put(list[$0].scale, at: &$2)
        $1.putInteger(UInt128(bitPattern: list[$0].unscaled), at: &$2)
      }
    case .uuids(let list): write(&bytes, &cursors) { $1.putInteger(list[$0], at: &$2) }
    case .texts(let list):
      write(&bytes, &cursors) {
        let range = list.range($0)
        $1.putVarint(UInt64(range.count), at: &$2)
        $1.putBytes(list.bytes[range], at: &$2)
      }
    case .vectors(let list):
      let width = list.shape.byteCount
      write(&bytes, &cursors) {
        let start = (list.first + $0) * width
        $1.putBytes(list.bytes[start..<start + width], at: &$2)
      }
    }
  }

  @inline(__always) private func add(to sizes: inout [Int], _ size: (Int) -> Int) {
    if let validity {
      for row in sizes.indices { sizes[row] += validity[row] ? 1 + size(row) : 1 }
    } else {
      for row in sizes.indices { sizes[row] += 1 + size(row) }
    }
  }

  @inline(__always) private func write(
    _ bytes: inout [UInt8], _ cursors: inout [Int], _ body: (Int, inout [UInt8], inout Int) -> Void
  ) {
    for row in cursors.indices {
      var place = cursors[row]
      let isThere = validity?[row] ?? true
      bytes.put(isThere ? 1 : 0, at: &place)
      if isThere { body(row, &bytes, &place) }
      cursors[row] = place
    }
  }

  @inline(__always) private static func varintBytes(_ value: Int64) -> Int {
    varintBytes(UInt64(bitPattern: (value << 1) ^ (value >> 63)))
  }

  @inline(__always) private static func varintBytes(_ value: UInt64) -> Int {
    (max(1, UInt64.bitWidth - value.leadingZeroBitCount) + 6) / 7
  }
}

/// Writing at a place that moves on, into room that is there.
extension [UInt8] {
  @inline(__always) fileprivate mutating func put(_ value: UInt8, at place: inout Int) {
    self[place] = value
    place += 1
  }

  @inline(__always) fileprivate mutating func putVarint(_ value: UInt64, at place: inout Int) {
    var rest = value
    while rest >= 0x80 {
      put(UInt8(truncatingIfNeeded: rest) | 0x80, at: &place)
      rest >>= 7
    }
    put(UInt8(truncatingIfNeeded: rest), at: &place)
  }

  @inline(__always) fileprivate mutating func putSigned(_ value: Int64, at place: inout Int) {
    putVarint(UInt64(bitPattern: (value << 1) ^ (value >> 63)), at: &place)
  }

  @inline(__always) fileprivate mutating func putInteger<T: FixedWidthInteger>(
    _ value: T, at place: inout Int
  ) {
    for byte in 0..<T.bitWidth / 8 { put(UInt8(truncatingIfNeeded: value >> T(8 * byte)), at: &place) }
  }

  fileprivate mutating func putBytes(_ bytes: ArraySlice<UInt8>, at place: inout Int) {
    replaceSubrange(place..<place + bytes.count, with: bytes)
    place += bytes.count
  }
}
