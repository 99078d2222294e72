/// A number of bytes as settings write it: `512MB`. Units are powers of 1,024, as PostgreSQL has them.
package struct ByteSize: Hashable, Sendable, CustomStringConvertible {
  package let bytes: Int64

  private static let units: [(name: String, bytes: Int64)] = [
    ("TB", 1 << 40), ("GB", 1 << 30), ("MB", 1 << 20), ("kB", 1 << 10), ("B", 1),
  ]

  package init(_ bytes: Int64) { self.bytes = bytes }

  /// Nil: not a number and a unit, or more than 2⁶³ bytes.
  package init?(_ text: String) {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    let unit = text.dropFirst(digits.count).drop(while: \.isWhitespace).lowercased()
    guard let number = Int64(digits), let factor = Self.units.first(where: { $0.name.lowercased() == unit })
    else { return nil }
    let (product, isOver) = number.multipliedReportingOverflow(by: factor.bytes)
    if isOver { return nil }
    bytes = product
  }

  /// In the largest unit that leaves no fraction.
  package var description: String {
    let unit = Self.units.first { bytes >= $0.bytes && bytes % $0.bytes == 0 } ?? ("B", 1)
    return "\(bytes / unit.bytes)\(unit.name)"
  }
}
