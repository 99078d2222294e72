/// The associated data of many units that differ in group and ordinal only, patched in place: no array a cell.
package struct AssociatedData: Sendable {
  package static let byteCount = 54
  static let groupOffset = 42
  static let ordinalOffset = 46

  package private(set) var bytes: [UInt8]

  package init(_ place: UnitPlace) {
    bytes = place.associatedData
    precondition(bytes.count == Self.byteCount, "a place takes 54 bytes")
  }

  /// Column group.
  package mutating func set(group: UInt32) {
    for index in 0..<4 {
      bytes[Self.groupOffset + index] = UInt8(truncatingIfNeeded: group >> UInt32(8 * index))
    }
  }

  /// Ordinal.
  package mutating func set(ordinal: UInt64) {
    for index in 0..<8 {
      bytes[Self.ordinalOffset + index] = UInt8(truncatingIfNeeded: ordinal >> UInt64(8 * index))
    }
  }
}
