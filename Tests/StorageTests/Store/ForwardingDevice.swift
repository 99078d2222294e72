import VSQLStorage

/// A device that is a memory device but for what it says itself.
protocol ForwardingDevice: Device {
  var memory: MemoryDevice { get }
}

extension ForwardingDevice {
  func open(_ path: String, _ mode: OpenMode) throws(StorageError) -> any DeviceFile {
    try memory.open(path, mode)
  }
  func exists(_ path: String) throws(StorageError) -> Bool { try memory.exists(path) }
  func list(_ directory: String) throws(StorageError) -> [String] { try memory.list(directory) }
  func makeDirectory(_ path: String) throws(StorageError) { try memory.makeDirectory(path) }
  func rename(_ from: String, to: String) throws(StorageError) { try memory.rename(from, to: to) }
  func remove(_ path: String) throws(StorageError) { try memory.remove(path) }
  func syncDirectory(_ path: String) throws(StorageError) { try memory.syncDirectory(path) }
  func lock(_ path: String) throws(StorageError) -> any DeviceLock { try memory.lock(path) }
}
