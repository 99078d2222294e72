/// Where a database lies.
package enum StoreLocation: Sendable {
  case directory(String)
  /// A new database that ends with the process.
  case memory
  case device(any Device)

  /// In memory: a new one at every call.
  var device: any Device {
    switch self {
    case .directory(let path): FileDevice(directory: path)
    case .memory: MemoryDevice()
    case .device(let device): device
    }
  }
}

package struct StoreOptions: Sendable {
  package var isReadOnly: Bool
  /// Whether to make the database when it is absent.
  package var create: Bool
  package var clock: any Clock
  package var randomness: any Randomness
  /// Plain bytes in memory from which a commit flushes to segments.
  package var flushBytes: Int
  /// Plain bytes of one table in one commit from which the commit writes a segment itself.
  package var directSegmentBytes: Int

  /// Bytes of cells that a checkpoint merges at most, while commits wait; more is for a thread of the store's own, or for VACUUM.
  package var checkpointMergeBytes: Int
  /// Whether a thread of the store's own merges segments, and flushes what was in memory for `flushSeconds`.
  package var hasUpkeep: Bool
  package var flushSeconds: Int
  /// Plain bytes of opened columns and operators; nil: half of the machine's memory.
  package var memoryLimitBytes: Int?
  /// What an operator may hold whatever the limit says.
  package var operatorMinimumBytes: Int

  package init(
    isReadOnly: Bool = false, create: Bool = true, clock: any Clock = SystemClock(),
    randomness: any Randomness = SystemRandomness(),
    flushBytes: Int = 16 << 20,
    directSegmentBytes: Int = 4 << 20,
    checkpointMergeBytes: Int = 4 << 20,
    hasUpkeep: Bool = false,
    flushSeconds: Int = 60,
    memoryLimitBytes: Int? = nil,
    operatorMinimumBytes: Int = 4 << 20
  ) {
    self.isReadOnly = isReadOnly
    self.create = create
    self.clock = clock
    self.randomness = randomness
    self.flushBytes = flushBytes
    self.directSegmentBytes = directSegmentBytes
    self.checkpointMergeBytes = checkpointMergeBytes
    self.hasUpkeep = hasUpkeep
    self.flushSeconds = flushSeconds
    self.memoryLimitBytes = memoryLimitBytes
    self.operatorMinimumBytes = operatorMinimumBytes
  }
}
