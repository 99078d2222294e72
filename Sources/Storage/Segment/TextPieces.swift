import VSQLSchema

/// Where the texts of some rows lie: each a run of bytes of one of two buffers.
struct TextPieces {
  private struct Piece {
    var start: Int
    var count: Int
    var isSecond: Bool
  }

  private var pieces: [Piece] = []
  /// Bytes of all.
  private var sum = 0
  /// The furthest that pieces reach into the buffers.
  private var ends = (first: 0, second: 0)

  mutating func removeAll() {
    pieces.removeAll(keepingCapacity: true)
    (sum, ends) = (0, (0, 0))
  }

  /// - Parameters:
  ///   - start: at least 0, as `count`.
  ///   - isSecond: of which buffer.
  @inline(__always)
  mutating func append(_ start: Int, _ count: Int, isSecond: Bool = false) {
    precondition(start >= 0 && count >= 0, "a piece is a range of bytes")
    pieces.append(Piece(start: start, count: count, isSecond: isSecond))
    sum += count
    if isSecond {
      ends.second = max(ends.second, start + count)
    } else {
      ends.first = max(ends.first, start + count)
    }
  }

  /// Appends the texts to `list`.
  ///
  /// - Returns: false, and nothing appended: a piece is not within its buffer, or there would be over 4 GiB.
  func append(to list: inout TextValues, first: Span<UInt8>, second: Span<UInt8>) -> Bool {
    guard list.hasRoom(sum), ends.first <= first.count, ends.second <= second.count else { return false }
    // Every piece lies within its buffer, as was looked at.
    unsafe first.withUnsafeBytes { first in
      unsafe second.withUnsafeBytes { second in
        unsafe list.append(pieces.count, bytes: sum) { index in
          let piece = pieces[index]
          return unsafe TextValues.Source(
            bytes: piece.isSecond ? second : first, start: piece.start, count: piece.count)
        }
      }
    }
    return true
  }
}

extension TextValues {
  /// Whether `more` bytes still have offsets of 32 bits.
  func hasRoom(_ more: Int) -> Bool { more <= Int(UInt32.max) - bytes.count }

  /// A text that lies within `bytes`.
  @unsafe fileprivate struct Source {
    let bytes: UnsafeRawBufferPointer
    let start: Int
    let count: Int
  }

  /// Appends the entries `codes` of a table, all of which it has.
  ///
  /// - Parameters:
  ///   - starts: of the entries in `bytes`, and the end of the last.
  /// - Returns: false, and nothing appended: there would be over 4 GiB.
  mutating func append(_ codes: Span<Int64>, starts: [Int], of bytes: Span<UInt8>) -> Bool {
    precondition(starts.first ?? 0 >= 0 && starts.last ?? 0 <= bytes.count, "the table lies within its bytes")
    var sum = 0
    for index in codes.indices { sum += starts[Int(codes[index]) + 1] - starts[Int(codes[index])] }
    guard hasRoom(sum) else { return false }
    // Starts ascend, so every entry lies within `bytes`.
    unsafe bytes.withUnsafeBytes { bytes in
      unsafe append(codes.count, bytes: sum) { index in
        let code = Int(codes[index])
        return unsafe Source(bytes: bytes, start: starts[code], count: starts[code + 1] - starts[code])
      }
    }
    return true
  }

  /// Appends texts that follow each other, of such lengths.
  ///
  /// - Returns: false, and nothing appended: there would be over 4 GiB.
  mutating func append(lengths: Span<Int64>, of bytes: Span<UInt8>) -> Bool {
    guard hasRoom(bytes.count) else { return false }
    var end = self.bytes.count
    self.bytes.append(bytes: bytes)
    offsets.append(addingCapacity: lengths.count) { out in
      for index in lengths.indices {
        end += Int(lengths[index])
        out.append(UInt32(truncatingIfNeeded: end))
      }
    }
    return end == self.bytes.count
  }

  /// Appends `count` texts of `sum` bytes in all.
  ///
  /// Up to 16 bytes are copied as 16 whatever the length, where the source has as many, and the next text overwrites what was too much.
  @inline(__always)
  fileprivate mutating func append(_ count: Int, bytes sum: Int, _ source: (Int) -> Source) {
    let step = 16
    let old = bytes.count
    offsets.append(addingCapacity: count) { ends in
      bytes.append(addingCapacity: sum + step) { room in
        unsafe room.withUnsafeMutableBufferPointer { room, filled in
          guard let start = room.baseAddress else { return }
          // The room is what was added: it begins where the old bytes end.
          let base = UnsafeMutableRawPointer(start)
          var at = 0
          for index in 0..<count {
            let text = unsafe source(index)
            precondition(unsafe text.count <= sum - at, "no more bytes than the sum")
            // A text lies within its source; what is written begins at most `sum` bytes on, and the room has a step more.
            if unsafe text.count <= step, unsafe text.start + step <= text.bytes.count {
              let word = unsafe text.bytes.loadUnaligned(fromByteOffset: text.start, as: SIMD16<UInt8>.self)
              unsafe base.storeBytes(of: word, toByteOffset: at, as: SIMD16<UInt8>.self)
            } else if unsafe text.count > 0, let bytes = unsafe text.bytes.baseAddress {
              unsafe (base + at).copyMemory(from: bytes + text.start, byteCount: text.count)
            }
            unsafe at += text.count
            ends.append(UInt32(truncatingIfNeeded: old + at))
          }
          filled = at
        }
      }
    }
    precondition(bytes.count == old + sum, "as many bytes as the texts have")
  }
}
