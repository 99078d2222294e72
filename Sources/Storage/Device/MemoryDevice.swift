internal import Synchronization

/// Files in memory: `:memory:` databases, and tests, which see what a crash would leave.
///
/// A file's bytes are durable once `sync` returned, its name once `syncDirectory` did; each file keeps what its last
/// writes replaced until then.
package final class MemoryDevice: Device {
  private struct State {
    var files: [String: MemoryFile] = [:]
    /// The names that a crash leaves.
    var durable: [String: MemoryFile] = [:]
    var directories: Set<String> = [""]
    var isLocked = false
  }

  private let state: Mutex<State>

  package init() { state = Mutex(State()) }

  /// A device with these files, all durable.
  package init(files: [String: [UInt8]]) {
    var state = State()
    for (path, bytes) in files {
      let file = MemoryFile(bytes)
      state.files[path] = file
      state.durable[path] = file
      var parts = path.split(separator: "/").dropLast()
      while !parts.isEmpty {
        state.directories.insert(parts.joined(separator: "/"))
        parts = parts.dropLast()
      }
    }
    self.state = Mutex(state)
  }

  /// Every file as it reads now.
  package func snapshotFiles() -> [String: [UInt8]] { state.withLock { $0.files.mapValues { $0.bytes } } }

  /// What a crash now would leave if nothing reached the disk but what was synced.
  package func durableFiles() -> [String: [UInt8]] {
    state.withLock { $0.durable.mapValues { $0.durableBytes } }
  }

  /// What a crash now might leave: of what was not synced, some names and some sectors are as they were and others as they are, so that writes
  /// are lost, come out of their order and are torn. The same for the same `seed` and history.
  package func crashedFiles(seed: UInt64) -> [String: [UInt8]] {
    var choice = SplitMix(state: seed)
    return state.withLock { state in
      var left: [String: [UInt8]] = [:]
      for name in Set(state.files.keys).union(state.durable.keys).sorted() {
        let isNew = choice.next() & 1 == 1
        guard let file = isNew ? state.files[name] : state.durable[name] else { continue }
        left[name] = file.crashedBytes(&choice)
      }
      return left
    }
  }

  /// Flips bit `bit` (0 to 7) of byte `offset`, durably. False: there is no such byte.
  @discardableResult
  package func flip(_ path: String, offset: Int, bit: Int) -> Bool {
    guard let file = state.withLock({ $0.files[path] }) else { return false }
    return file.flip(offset, bit)
  }

  package func open(_ path: String, _ mode: OpenMode) throws(StorageError) -> any DeviceFile {
    let directory = Self.directory(of: path)
    let found = state.withLock { state -> Result<MemoryFile, StorageError> in
      switch (state.files[path], mode) {
      case (.some, .create):
        return .failure(.system(operation: "open", path: path, errno: SystemCall.fileExists))
      case (.some(let file), .read), (.some(let file), .write), (.some(let file), .createOrOpen):
        return .success(file)
      case (nil, .read), (nil, .write): return .failure(.missing(path: path))
      case (nil, .create), (nil, .createOrOpen):
        guard state.directories.contains(directory) else { return .failure(.missing(path: path)) }
        let file = MemoryFile([])
        state.files[path] = file
        return .success(file)
      }
    }
    return OpenFile(path: path, file: try found.get(), isWritable: mode != .read)
  }

  package func exists(_ path: String) throws(StorageError) -> Bool {
    state.withLock { $0.files[path] != nil || $0.directories.contains(path) }
  }

  package func list(_ directory: String) throws(StorageError) -> [String] {
    let prefix = directory.isEmpty ? "" : directory + "/"
    return state.withLock { state in
      let paths = Array(state.files.keys) + state.directories.filter { !$0.isEmpty }
      let names = paths.filter { $0.hasPrefix(prefix) && !$0.dropFirst(prefix.count).contains("/") }
      return names.map { String($0.dropFirst(prefix.count)) }.sorted()
    }
  }

  package func makeDirectory(_ path: String) throws(StorageError) {
    let parts = path.split(separator: "/")
    state.withLock { state in
      for count in 0...parts.count { state.directories.insert(parts.prefix(count).joined(separator: "/")) }
    }
  }

  package func rename(_ from: String, to: String) throws(StorageError) {
    let moved = state.withLock { state in
      guard let file = state.files.removeValue(forKey: from) else { return false }
      state.files[to] = file
      return true
    }
    if !moved { throw .missing(path: from) }
  }

  package func remove(_ path: String) throws(StorageError) {
    state.withLock { _ = $0.files.removeValue(forKey: path) }
  }

  package func syncDirectory(_ path: String) throws(StorageError) {
    state.withLock { state in
      for name in state.durable.keys where Self.directory(of: name) == path && state.files[name] == nil {
        state.durable[name] = nil
      }
      for (name, file) in state.files where Self.directory(of: name) == path { state.durable[name] = file }
    }
  }

  package func lock(_ path: String) throws(StorageError) -> any DeviceLock {
    let taken = state.withLock { state in
      if state.isLocked { return false }
      state.isLocked = true
      if state.files[path] == nil { state.files[path] = MemoryFile([]) }
      return true
    }
    if !taken { throw .locked(path: "memory") }
    return Lock(device: self)
  }

  private static func directory(of path: String) -> String {
    path.split(separator: "/").dropLast().joined(separator: "/")
  }

  private final class Lock: DeviceLock {
    private let device: MemoryDevice

    init(device: MemoryDevice) { self.device = device }

    deinit { device.state.withLock { $0.isLocked = false } }
  }

  private final class OpenFile: DeviceFile {
    let path: String
    private let file: MemoryFile
    private let isWritable: Bool

    init(path: String, file: MemoryFile, isWritable: Bool) {
      self.path = path
      self.file = file
      self.isWritable = isWritable
    }

    func size() throws(StorageError) -> Int { file.size }

    func read(at offset: Int, count: Int) throws(StorageError) -> [UInt8] {
      guard offset >= 0, count >= 0, let bytes = file.read(offset, count) else {
        throw .malformed(path: path, offset: file.size, what: "the file ends before byte \(offset)+\(count)")
      }
      return bytes
    }

    func write(_ bytes: [UInt8], at offset: Int) throws(StorageError) {
      try checkWritable()
      file.write(bytes, offset)
    }

    func truncate(to size: Int) throws(StorageError) {
      try checkWritable()
      file.resize(size)
    }

    func preallocate(to size: Int) throws(StorageError) {
      try checkWritable()
      if size > file.size { file.resize(size) }
    }

    func punch(_ ranges: [Range<Int>]) throws(StorageError) {
      try checkWritable()
      for range in ranges.map({ $0.clamped(to: 0..<file.size) }) where !range.isEmpty {
        file.write([UInt8](repeating: 0, count: range.count), range.lowerBound)
      }
      file.sync()
    }

    func sync() throws(StorageError) { file.sync() }

    private func checkWritable() throws(StorageError) { if !isWritable { throw .readOnly } }
  }
}

/// Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA 2014.
struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
    return z ^ z >> 31
  }
}
