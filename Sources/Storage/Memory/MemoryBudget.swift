internal import Synchronization

/// The one accountant of a database's plain memory: opened columns, and what operators of running statements hold.
///
/// Opened columns fill what operators leave, and go when room is wanted: first what is cheapest to open again for its
/// size (GreedyDual-Size; Cao and Irani, USENIX Symposium on Internet Technologies and Systems 1997). What a scan has
/// itself used is not given up for the rest of the same scan, so that a table larger than the limit keeps a part open
/// instead of pushing each page out before its next use.
package final class MemoryBudget: Sendable {
  /// Whose opened columns.
  struct Key: Hashable, Sendable {
    /// A number of the holder's own (`newHolder`).
    var holder: UInt64
    /// The column group.
    var group: Int
  }

  /// What the budget tells a holder to do.
  protocol Holder: AnyObject, Sendable {
    /// Lets the opened columns of `group` go.
    func evict(group: Int)
  }

  struct Entry {
    weak var holder: (any Holder)?
    var sizeBytes: Int
    /// To open it again.
    var costNanoseconds: Int
    var priority: Double
    var user: UInt64
  }

  struct State {
    var limitBytes: Int
    var columnBytes = 0
    var reservedBytes = 0
    var entries: [Key: Entry] = [:]
    /// The priority of what went last: whatever is used later stands above it.
    var floor = 0.0
    var evictions = 0
  }

  /// What an operator may hold whatever the limit says: fewer rows than that are not worth a file.
  package let operatorMinimumBytes: Int
  private let state: Mutex<State>
  private let standardBytes: Int
  private let numbers = Atomic<UInt64>(1)

  /// - Parameter limitBytes: nil: half of the machine's memory.
  package init(limitBytes: Int? = nil, operatorMinimumBytes: Int = 4 << 20) {
    self.operatorMinimumBytes = operatorMinimumBytes
    // In whole MiB, which reads better.
    standardBytes = limitBytes ?? max(64, (PhysicalMemory.sizeBytes / 2) >> 20) << 20
    state = Mutex(State(limitBytes: standardBytes))
  }

  /// Back to the limit that the database was opened with.
  package func resetLimit() { limitBytes = standardBytes }

  /// What `memory_limit` says. A lower one takes effect at once on columns, and on operators as they grow.
  package var limitBytes: Int {
    get { state.withLock { $0.limitBytes } }
    set {
      let victims = state.withLock { state in
        state.limitBytes = newValue
        return state.room(for: 0, sparing: nil) ?? state.everything()
      }
      evict(victims)
    }
  }

  /// Plain bytes of opened columns.
  package var columnBytes: Int { state.withLock { $0.columnBytes } }
  /// Bytes that operators hold.
  package var reservedBytes: Int { state.withLock { $0.reservedBytes } }
  /// Opened columns given up so far, by group and segment.
  package var evictions: Int { state.withLock { $0.evictions } }

  func newHolder() -> UInt64 { numbers.add(1, ordering: .relaxed).oldValue }
  /// A number for one scan.
  func newUser() -> UInt64 { numbers.add(1, ordering: .relaxed).oldValue }

  // MARK: Opened columns

  /// Whether the columns of a group may be opened whole and kept; what must go for them goes.
  ///
  /// - Parameters:
  ///   - sizeBytes: as estimated; `settle` says the true size.
  ///   - user: whose columns are spared.
  func admit(
    _ key: Key, of holder: any Holder, sizeBytes: Int, costNanoseconds: Int, user: UInt64
  ) -> Bool {
    let victims = state.withLock { state -> [(any Holder, Int)]? in
      guard let victims = state.room(for: sizeBytes, sparing: user) else { return nil }
      let entry = Entry(
        holder: holder, sizeBytes: sizeBytes, costNanoseconds: costNanoseconds,
        priority: state.priority(costNanoseconds, sizeBytes), user: user)
      if let former = state.entries.updateValue(entry, forKey: key) { state.columnBytes -= former.sizeBytes }
      state.columnBytes += sizeBytes
      return victims
    }
    guard let victims else { return false }
    evict(victims)
    return true
  }

  /// The size that opening found. False: the group was given up meanwhile, and must not be kept.
  func settle(_ key: Key, sizeBytes: Int) -> Bool {
    let victims = state.withLock { state -> [(any Holder, Int)]? in
      guard var entry = state.entries[key] else { return nil }
      state.columnBytes += sizeBytes - entry.sizeBytes
      entry.sizeBytes = sizeBytes
      entry.priority = state.priority(entry.costNanoseconds, sizeBytes)
      state.entries[key] = entry
      return state.room(for: 0, sparing: nil) ?? []
    }
    guard let victims else { return false }
    evict(victims)
    return state.withLock { $0.entries[key] != nil }
  }

  /// Opened columns are used again.
  func touch(_ key: Key, user: UInt64) {
    state.withLock { state in
      guard var entry = state.entries[key], entry.user != user else { return }
      entry.user = user
      entry.priority = state.priority(entry.costNanoseconds, entry.sizeBytes)
      state.entries[key] = entry
    }
  }

  /// The columns are not open any more.
  func forget(_ key: Key) { state.withLock { _ = $0.remove(key) } }

  // MARK: Operators

  /// Takes `bytes` for an operator; opened columns go for it. False: the limit does not allow it, nothing was taken.
  package func reserve(_ bytes: Int) -> Bool {
    let victims = state.withLock { state -> [(any Holder, Int)]? in
      guard let victims = state.room(for: bytes, sparing: nil) else { return nil }
      state.reservedBytes += bytes
      return victims
    }
    guard let victims else { return false }
    evict(victims)
    return true
  }

  /// Takes `bytes` that the operator cannot do without, over the limit if need be.
  package func reserveMinimum(_ bytes: Int) {
    if reserve(bytes) { return }
    state.withLock { $0.reservedBytes += bytes }
  }

  package func release(_ bytes: Int) { state.withLock { $0.reservedBytes -= bytes } }

  private func evict(_ victims: [(any Holder, Int)]) {
    for (holder, group) in victims { holder.evict(group: group) }
  }
}

extension MemoryBudget.State {
  func priority(_ costNanoseconds: Int, _ sizeBytes: Int) -> Double {
    floor + Double(costNanoseconds) / Double(max(1, sizeBytes))
  }

  /// Takes entries out until `bytes` more fit; nil, and nothing taken out, where they cannot.
  mutating func room(for bytes: Int, sparing user: UInt64?) -> [(any MemoryBudget.Holder, Int)]? {
    var missing = columnBytes + reservedBytes + bytes - limitBytes
    if missing <= 0 { return [] }
    var victims: [MemoryBudget.Key] = []
    let candidates = entries.filter { $0.value.user != user }.sorted {
      ($0.value.priority, $0.key.holder, $0.key.group) < ($1.value.priority, $1.key.holder, $1.key.group)
    }
    for (key, entry) in candidates where missing > 0 {
      victims.append(key)
      missing -= entry.sizeBytes
    }
    guard missing <= 0 else { return nil }
    return take(victims)
  }

  mutating func everything() -> [(any MemoryBudget.Holder, Int)] { take(Array(entries.keys)) }

  private mutating func take(_ victims: [MemoryBudget.Key]) -> [(any MemoryBudget.Holder, Int)] {
    var taken: [(any MemoryBudget.Holder, Int)] = []
    for key in victims {
      guard let entry = remove(key) else { continue }
      floor = max(floor, entry.priority)
      evictions += 1
      if let holder = entry.holder { taken.append((holder, key.group)) }
    }
    return taken
  }

  mutating func remove(_ key: MemoryBudget.Key) -> MemoryBudget.Entry? {
    let entry = entries.removeValue(forKey: key)
    columnBytes -= entry?.sizeBytes ?? 0
    return entry
  }
}
