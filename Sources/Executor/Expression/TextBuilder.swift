import VSQLDiagnostics
import VSQLSchema

/// Builds the byte strings of a column for ascending rows; rows that are passed over become empty.
struct TextBuilder {
  /// What the row under way and those before it have written.
  var bytes: [UInt8] = []
  private var offsets: [UInt32] = [0]

  init(rows: Int) { offsets.reserveCapacity(rows + 1) }

  /// Ends `row`, whose bytes were appended since the last call.
  ///
  /// - Throws: 54000 past 1 GiB, far under what offsets of 32 bits hold.
  mutating func end(row: Int) throws(Diagnostic) {
    guard bytes.count <= TextBuilder.maxBytes else { throw TextBuilder.tooLong }
    let start = offsets[offsets.count - 1]
    while offsets.count <= row { offsets.append(start) }
    offsets.append(UInt32(truncatingIfNeeded: bytes.count))
  }

  static let maxBytes = 1 << 30

  static var tooLong: Diagnostic {
    Diagnostic(.programLimitExceeded, "the texts of one batch are longer than 1 GiB")
  }

  consuming func finish(rows: Int) -> ColumnValues {
    let end = offsets[offsets.count - 1]
    while offsets.count <= rows { offsets.append(end) }
    return .texts(TextValues(offsets: offsets, bytes: bytes))
  }
}

extension StrictArguments {
  /// A column of texts, each written by `body` into the builder's bytes.
  @inline(__always)
  func texts(
    _ type: SQLType, _ body: (Int, inout [UInt8]) throws(Diagnostic) -> Void
  ) throws(Diagnostic) -> Column {
    var builder = TextBuilder(rows: extent.count)
    try extent.forEachSelected(validity) { row throws(Diagnostic) in
      try body(row, &builder.bytes)
      try builder.end(row: row)
    }
    return column(type, builder.finish(rows: extent.count))
  }
}
