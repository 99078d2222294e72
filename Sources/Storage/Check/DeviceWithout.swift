/// A device that does not list some names: what is known to be damaged stands in nobody's way. For reading only.
struct DeviceWithout: Device {
  private let inner: any Device
  private let names: Set<String>

  init(_ inner: any Device, names: Set<String>) {
    self.inner = inner
    self.names = names
  }

  func open(_ path: String, _ mode: OpenMode) throws(StorageError) -> any DeviceFile {
    guard case .read = mode else { throw .readOnly }
    return try inner.open(path, mode)
  }

  func exists(_ path: String) throws(StorageError) -> Bool { try inner.exists(path) }

  func list(_ directory: String) throws(StorageError) -> [String] {
    try inner.list(directory).filter { !names.contains($0) }
  }

  func makeDirectory(_ path: String) throws(StorageError) { throw .readOnly }
  func rename(_ from: String, to: String) throws(StorageError) { throw .readOnly }
  func remove(_ path: String) throws(StorageError) { throw .readOnly }
  func syncDirectory(_ path: String) throws(StorageError) { throw .readOnly }
  func lock(_ path: String) throws(StorageError) -> any DeviceLock { throw .readOnly }
}
