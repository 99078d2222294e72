import Foundation
import Synchronization
import VSQLStorage

/// Stops whoever writes into a segment's file until it is opened, so that the writer's place is held as long as a test likes.
final class StallingDevice: Device {
  let inner: MemoryDevice
  private let condition = NSCondition()
  private let shut = Atomic<Bool>(false)
  private let waiting = Atomic<Bool>(false)

  init(_ inner: MemoryDevice = MemoryDevice()) { self.inner = inner }

  func stall() { shut.store(true, ordering: .sequentiallyConsistent) }

  func release() {
    condition.withLock {
      shut.store(false, ordering: .sequentiallyConsistent)
      condition.broadcast()
    }
  }

  func waitUntilSomebodyStalls() {
    condition.withLock { while !waiting.load(ordering: .sequentiallyConsistent) { condition.wait() } }
  }

  fileprivate func pass() {
    guard shut.load(ordering: .sequentiallyConsistent) else { return }
    condition.withLock {
      waiting.store(true, ordering: .sequentiallyConsistent)
      condition.broadcast()
      while shut.load(ordering: .sequentiallyConsistent) { condition.wait() }
      waiting.store(false, ordering: .sequentiallyConsistent)
    }
  }

  func open(_ path: String, _ mode: OpenMode) throws(StorageError) -> any DeviceFile {
    if path.hasPrefix("segments/"), mode == .create { pass() }
    return try inner.open(path, mode)
  }

  func exists(_ path: String) throws(StorageError) -> Bool { try inner.exists(path) }
  func list(_ directory: String) throws(StorageError) -> [String] { try inner.list(directory) }
  func makeDirectory(_ path: String) throws(StorageError) { try inner.makeDirectory(path) }
  func rename(_ from: String, to: String) throws(StorageError) { try inner.rename(from, to: to) }
  func remove(_ path: String) throws(StorageError) { try inner.remove(path) }
  func syncDirectory(_ path: String) throws(StorageError) { try inner.syncDirectory(path) }
  func lock(_ path: String) throws(StorageError) -> any DeviceLock { try inner.lock(path) }
}
