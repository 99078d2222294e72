/// The k least candidates seen so far, ties by arrival.
struct NearestHeap {
  struct Candidate {
    /// Orders as the ranking does: `RankKey.bits`.
    var key: UInt64
    /// What the ranking column shows.
    var value: Double
    /// When it arrived: later ones lose ties.
    var arrival: Int
    /// The batch and the row in it.
    var batch: Int
    var row: Int

    static func precedes(_ a: Candidate, _ b: Candidate) -> Bool {
      a.key != b.key ? a.key < b.key : a.arrival < b.arrival
    }
  }

  let capacity: Int
  /// A heap with the last of the k at its root.
  private var items: [Candidate] = []

  init(capacity: Int) {
    self.capacity = capacity
    items.reserveCapacity(min(capacity, 1_024))
  }

  var isFull: Bool { items.count >= capacity }

  /// What a candidate must be below to enter; nil while there is room.
  var threshold: UInt64? { isFull ? items.first?.key : nil }

  /// Takes `candidate` in, which arrived after all others.
  ///
  /// - Returns: whether it entered, and the candidate that had to leave.
  mutating func insert(_ candidate: Candidate) -> (entered: Bool, evicted: Candidate?) {
    if !isFull {
      items.append(candidate)
      siftUp(items.count - 1)
      return (true, nil)
    }
    guard let last = items.first, Candidate.precedes(candidate, last) else { return (false, nil) }
    items[0] = candidate
    siftDown(0)
    return (true, last)
  }

  /// The candidates, the first first.
  func ranked() -> [Candidate] { items.sorted(by: Candidate.precedes) }

  private mutating func siftUp(_ start: Int) {
    var child = start
    while child > 0 {
      let parent = (child - 1) / 2
      guard Candidate.precedes(items[parent], items[child]) else { return }
      items.swapAt(parent, child)
      child = parent
    }
  }

  private mutating func siftDown(_ start: Int) {
    var parent = start
    while true {
      var largest = parent
      for child in (2 * parent + 1)...(2 * parent + 2) where child < items.count {
        if Candidate.precedes(items[largest], items[child]) { largest = child }
      }
      guard largest != parent else { return }
      items.swapAt(parent, largest)
      parent = largest
    }
  }
}

/// A DOUBLE as a number that orders as DOUBLE does in SQL: −0 equals 0, NaN is the greatest.
enum RankKey {
  static func bits(_ value: Double) -> UInt64 {
    let pattern = value.isNaN ? Double.nan.bitPattern : (value == 0 ? 0 : value.bitPattern)
    return pattern >> 63 == 1 ? ~pattern : pattern | 1 << 63
  }

  static func value(_ bits: UInt64) -> Double {
    Double(bitPattern: bits >> 63 == 1 ? bits & ~(1 << 63) : ~bits)
  }
}
