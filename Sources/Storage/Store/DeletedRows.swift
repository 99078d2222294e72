/// Which rows of a segment or chunk are deleted, by ordinal: bits in pages, so that a commit copies only what it touches.
package struct DeletedRows: Sendable {
  static let pageRows = 1_024
  /// By page number: 16 words, bit i of word w is the row 64 w + i of the page.
  private var pages: [Int: [UInt64]] = [:]
  package private(set) var count = 0

  package init() {}

  package var isEmpty: Bool { count == 0 }

  package func contains(_ ordinal: Int) -> Bool {
    guard let page = pages[ordinal / Self.pageRows] else { return false }
    let bit = ordinal % Self.pageRows
    return page[bit / 64] >> UInt64(bit % 64) & 1 == 1
  }

  /// - Returns: false when it was deleted before.
  @discardableResult
  package mutating func insert(_ ordinal: Int) -> Bool {
    let bit = ordinal % Self.pageRows
    let isNew =
      (pages[ordinal / Self.pageRows, default: Array(repeating: 0, count: Self.pageRows / 64)][bit / 64]
        >> UInt64(bit % 64)) & 1 == 0
    if isNew {
      pages[ordinal / Self.pageRows, default: Array(repeating: 0, count: Self.pageRows / 64)][bit / 64] |=
        1 << UInt64(bit % 64)
      count += 1
    }
    return isNew
  }

  /// Whether no row of `range` is deleted.
  func leavesWhole(_ range: Range<Int>) -> Bool {
    if isEmpty || range.isEmpty { return true }
    for page in range.lowerBound / Self.pageRows...(range.upperBound - 1) / Self.pageRows
    where pages[page] != nil {
      return false
    }
    return true
  }

  /// Every deleted ordinal, ascending.
  package var ordinals: [Int] {
    var list: [Int] = []
    list.reserveCapacity(count)
    for page in pages.keys.sorted() {
      for (index, word) in (pages[page] ?? []).enumerated() {
        var rest = word
        while rest != 0 {
          list.append(page * Self.pageRows + index * 64 + rest.trailingZeroBitCount)
          rest &= rest - 1
        }
      }
    }
    return list
  }
}
