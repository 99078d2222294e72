import VSQLSchema

/// Key bytes from `lower` on and below `upper`.
package struct KeyRange: Hashable, Sendable {
  package var lower: [UInt8]
  /// Nil: no end.
  package var upper: [UInt8]?

  /// Every key that begins with `prefix`, which ends where a column's bytes do.
  package init(prefix: [UInt8]) {
    lower = prefix
    upper = KeyRange.after(prefix)
  }

  package init(lower: [UInt8], upper: [UInt8]?) {
    self.lower = lower
    self.upper = upper
  }

  /// The least bytes above every string that begins with `prefix`; nil: there are none.
  package static func after(_ prefix: [UInt8]) -> [UInt8]? {
    guard let last = prefix.lastIndex(where: { $0 != 0xff }) else { return nil }
    return Array(prefix[..<last]) + [prefix[last] + 1]
  }

  var isEmpty: Bool { upper.map { !lower.lexicographicallyPrecedes($0) } ?? false }
}

/// Entries of an index to look up: a scan gives the rows that have one of these keys, and perhaps others.
package struct KeyLookup: Hashable, Sendable {
  package let index: IndexDefinition
  /// Ascending, none empty, none reaches into the next.
  package let ranges: [KeyRange]
  /// Where whole keys are looked up: those that the ranges are of.
  let keys: KeyProbes?

  /// Keys of all columns of the index.
  package init(_ index: IndexDefinition, keys: [[UInt8]]) {
    self.init(index, keys.map { KeyRange(prefix: $0) }, KeyProbes(keys))
  }

  package init(_ index: IndexDefinition, _ ranges: [KeyRange]) { self.init(index, ranges, nil) }

  private init(_ index: IndexDefinition, _ ranges: [KeyRange], _ keys: KeyProbes?) {
    self.index = index
    self.keys = keys
    var merged: [KeyRange] = []
    for range in ranges.filter({ !$0.isEmpty }).sorted(by: { $0.lower.lexicographicallyPrecedes($1.lower) }) {
      guard let last = merged.last, last.upper.map({ !$0.lexicographicallyPrecedes(range.lower) }) ?? true
      else {
        merged.append(range)
        continue
      }
      guard let end = last.upper else { break }
      let isLonger = range.upper.map { end.lexicographicallyPrecedes($0) } ?? true
      if isLonger { merged[merged.count - 1].upper = range.upper }
    }
    self.ranges = merged
  }
}

extension KeyRun {
  /// The rows whose key lies in one of `lookup`'s ranges, ascending.
  func ordinals(of lookup: KeyLookup) -> [Int] {
    var found: [Int] = []
    for range in lookup.ranges {
      var place = lowerBound(range.lower)
      while place < count, range.upper.map({ keys.compare(place, $0.span) < 0 }) ?? true {
        found.append(Int(ordinals[place]))
        place += 1
      }
    }
    return found.sorted()
  }
}

/// What an index says of one source's rows.
enum KeyFinding {
  /// Reading all of them costs less than finding a part of them.
  case all
  /// None has one of the keys, by the run's filter.
  case ruledOut
  /// Ascending, deleted ones among them.
  case rows([Int])
}

extension RowSource {
  func find(_ lookup: KeyLookup) throws(StorageError) -> KeyFinding {
    let found: [Int]
    switch content {
    case .memory(let chunk):
      if count < Self.fewRows { return .all }
      found = chunk.run(of: lookup.index).ordinals(of: lookup)
    case .segment(let segment):
      guard let ordinals = try segment.ordinals(of: lookup) else { return .ruledOut }
      found = ordinals
    }
    return found.count * Self.manyFraction > count && found.count > Self.fewRows ? .all : .rows(found)
  }

  /// From this share of a segment's rows on, opening single cells costs more than opening whole columns once.
  private static let manyFraction = 8
  private static let fewRows = 64
}
