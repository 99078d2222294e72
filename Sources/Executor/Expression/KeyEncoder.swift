import VSQLDiagnostics
import VSQLSchema

/// Key columns as one byte string a row, whose order by bytes is the order of the keys, and whose equality is that of the keys.
///
/// Equal are: NULL and NULL, −0 and 0, NaN and NaN, 1.0 and 1.00, the float32 and the float16 of one number. Vectors and numbers of
/// one part have one physical kind and shape in all columns that are compared.
///
/// A part is a byte for NULL, then the value: integers big-endian with the sign turned; floats by their bits, turned below zero;
/// DECIMAL as sign, exponent and 38 digits; bytes with 0 written as 0 255, ended by 0 0. Descending turns the value's bits.
package struct KeyEncoder: Sendable {
  package struct Part: Hashable, Sendable {
    package var isDescending: Bool
    package var nullsFirst: Bool

    package init(isDescending: Bool = false, nullsFirst: Bool = false) {
      self.isDescending = isDescending
      self.nullsFirst = nullsFirst
    }
  }

  package let parts: [Part]

  package init(_ parts: [Part]) { self.parts = parts }

  /// For keys that are only compared for equality.
  package init(partCount: Int) { parts = Array(repeating: Part(), count: partCount) }

  /// The keys of the selected rows, in their order: key i is that of the i-th selected row.
  ///
  /// - Throws: XX000 when there are not as many columns as parts, 54000 past 2³¹ bytes of keys.
  package func encode(
    _ columns: [Column], count: Int, selection: [UInt16]? = nil
  ) throws(Diagnostic) -> EncodedKeys {
    guard columns.count == parts.count else {
      throw Diagnostic(.internalError, "\(columns.count) key columns for \(parts.count) parts")
    }
    let rows = KeyRows(count: count, selection: selection)
    var fixedWidth = 0
    var lengths: [Int]?
    for column in columns {
      if let width = KeyEncoder.width(of: column) {
        fixedWidth += width
      } else {
        let lane = try column.textLane
        var sizes = lengths ?? Array(repeating: 0, count: rows.keyCount)
        KeyBytes.addTextLengths(lane, column, rows, &sizes)
        lengths = sizes
      }
    }
    var offsets: [Int32] = [0]
    offsets.reserveCapacity(rows.keyCount + 1)
    var total = 0
    for key in 0..<rows.keyCount {
      total += fixedWidth + (lengths?[key] ?? 0)
      guard let end = Int32(exactly: total) else {
        throw Diagnostic(.programLimitExceeded, "the keys of one batch are longer than 2 GiB")
      }
      offsets.append(end)
    }
    var keys = EncodedKeys(bytes: Array(repeating: 0, count: total), offsets: offsets, hasNull: nil)
    var cursors = Array(offsets.dropLast())
    for (column, part) in zip(columns, parts) {
      try KeyBytes.write(column, part, rows, into: &keys, cursors: &cursors)
    }
    return keys
  }

  /// Bytes of a part whose width does not depend on the value, the NULL byte included; nil for TEXT and BLOB.
  private static func width(of column: Column) -> Int? {
    switch column.values {
    case .booleans: 2
    case .int32s: 5
    case .int64s, .doubles: 9
    case .uuids: 17
    case .decimals: 19
    case .texts: nil
    case .vectors(let list):
      1 + (list.shape.element == .bit ? list.shape.byteCount : list.shape.dimension * 4)
    }
  }
}

/// The rows that keys are made of.
struct KeyRows: Sendable {
  let keyCount: Int
  let selection: [UInt16]?

  init(count: Int, selection: [UInt16]?) {
    keyCount = selection?.count ?? count
    self.selection = selection
  }

  @inline(__always)
  func row(_ key: Int) -> Int {
    if let selection { Int(selection[key]) } else { key }
  }
}

/// Encoded keys, one after the other: key i is `bytes[offsets[i] ..< offsets[i + 1]]`.
package struct EncodedKeys: Sendable {
  package internal(set) var bytes: [UInt8]
  package internal(set) var offsets: [Int32]
  /// True where a part of the key is NULL; nil: nowhere.
  package internal(set) var hasNull: [Bool]?

  package var count: Int { offsets.count - 1 }

  package func range(_ key: Int) -> Range<Int> { Int(offsets[key])..<Int(offsets[key + 1]) }
}
