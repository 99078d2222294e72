/// Where the cells of one column group lie in the `.seg` file: one after the other, in order.
struct CellTable: Hashable, Sendable {
  enum Lengths: Hashable, Sendable {
    /// Every cell has as many bytes.
    case fixed(Int)
    /// By row: bytes from the group's start to the cell's end.
    case ends([Int])
  }

  /// The group's first byte in the file.
  var start: Int
  /// Cells: of each row, or of each page.
  var count: Int
  var lengths: Lengths

  /// The cell of a row, or of a page, in the file: empty where the row has none (a NULL of a group of its own).
  func range(_ row: Int) -> Range<Int> {
    switch lengths {
    case .fixed(let bytes): start + row * bytes..<start + (row + 1) * bytes
    case .ends(let ends): start + (row == 0 ? 0 : ends[row - 1])..<start + ends[row]
    }
  }

  /// The cells of `rows`, which follow each other in the file.
  func range(_ rows: Range<Int>) -> Range<Int> {
    rows.isEmpty ? start..<start : range(rows.lowerBound).lowerBound..<range(rows.upperBound - 1).upperBound
  }

  /// Where the cells of `rows` begin, and where the last ends: bytes from the first one's begin, over the first `rows.count + 1`
  /// places of `bounds`, which grows where it is too small.
  func bounds(_ rows: Range<Int>, into bounds: inout [Int]) {
    if bounds.count <= rows.count { bounds = Array(repeating: 0, count: rows.count + 1) }
    switch lengths {
    case .fixed(let bytes): for index in 0...rows.count { bounds[index] = index * bytes }
    case .ends(let ends):
      let first = rows.lowerBound == 0 ? 0 : ends[rows.lowerBound - 1]
      bounds[0] = 0
      for index in 0..<rows.count { bounds[index + 1] = ends[rows.lowerBound + index] - first }
    }
  }

  /// Of all cells.
  var sizeBytes: Int { range(0..<count).count }

  func encode(to writer: inout ByteWriter) {
    writer.varint(UInt64(start))
    switch lengths {
    case .fixed(let bytes):
      writer.u8(0)
      writer.varint(UInt64(bytes))
    case .ends(let ends):
      writer.u8(1)
      var last = 0
      for end in ends {
        writer.varint(UInt64(end - last))
        last = end
      }
    }
  }

  /// - Parameter limit: the file's bytes; a cell beyond is malformed.
  init(from reader: inout ByteReader, count: Int, limit: Int) throws(StorageError) {
    self.count = count
    start = try reader.size(atMost: limit)
    switch try reader.u8() {
    case 0: lengths = .fixed(try reader.size(atMost: limit / max(1, count)))
    case 1:
      var ends: [Int] = []
      ends.reserveCapacity(count)
      var last = 0
      for _ in 0..<count {
        last += try reader.size(atMost: limit - last)
        ends.append(last)
      }
      lengths = .ends(ends)
    case let tag: throw reader.malformed("cell table form \(tag)")
    }
    guard range(0..<count).upperBound <= limit else {
      throw reader.malformed("cells beyond the file's end")
    }
  }

  init(start: Int, count: Int, lengths: Lengths) {
    self.start = start
    self.count = count
    self.lengths = lengths
  }
}
