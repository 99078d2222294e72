/// A backup's files under the names that they have in the database. For reading only.
struct BackupDevice: Device {
  private let inner: any Device
  private let header: MemoryDevice
  private let stored: [String: String]

  init(_ backup: OpenedBackup) {
    inner = backup.device
    header = MemoryDevice(files: [DatabaseHeader.path: backup.file.header])
    stored = Dictionary(backup.file.entries.map { ($0.path, $0.storedPath) }) { $1 }
  }

  func open(_ path: String, _ mode: OpenMode) throws(StorageError) -> any DeviceFile {
    guard case .read = mode else { throw .readOnly }
    if path == DatabaseHeader.path { return try header.open(path, mode) }
    guard let stored = stored[path] else { throw .missing(path: path) }
    return try inner.open(stored, mode)
  }

  func exists(_ path: String) throws(StorageError) -> Bool {
    path == DatabaseHeader.path || stored[path] != nil
  }

  func list(_ directory: String) throws(StorageError) -> [String] {
    let prefix = directory.isEmpty ? "" : directory + "/"
    let names = stored.keys.filter { $0.hasPrefix(prefix) }.map { $0.dropFirst(prefix.count) }
    let own = Set(names.map { String($0.prefix { $0 != "/" }) })
    return (directory.isEmpty ? own.union([DatabaseHeader.path]) : own).sorted()
  }

  func makeDirectory(_ path: String) throws(StorageError) { throw .readOnly }
  func rename(_ from: String, to: String) throws(StorageError) { throw .readOnly }
  func remove(_ path: String) throws(StorageError) { throw .readOnly }
  func syncDirectory(_ path: String) throws(StorageError) { throw .readOnly }
  func lock(_ path: String) throws(StorageError) -> any DeviceLock { throw .readOnly }
}
