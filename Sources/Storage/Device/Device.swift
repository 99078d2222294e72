/// The seam to the disk: the files of one database, named by paths relative to its directory (`segments/00….seg`).
///
/// Implementations: files, memory, and, for tests, devices that crash or fail at any call.
package protocol Device: Sendable {
  /// Opens `path`; with `create` it is made (mode 0600) when absent, and it is an error when present and `exclusive`.
  func open(_ path: String, _ mode: OpenMode) throws(StorageError) -> any DeviceFile
  func exists(_ path: String) throws(StorageError) -> Bool
  /// Names (not paths) in a directory, ascending; empty when the directory is absent.
  func list(_ directory: String) throws(StorageError) -> [String]
  /// Makes the directory (mode 0700) and its parents where absent.
  func makeDirectory(_ path: String) throws(StorageError)
  /// Replaces `to` atomically. Durable after `syncDirectory`.
  func rename(_ from: String, to: String) throws(StorageError)
  /// Removes a file; an absent one is no error.
  func remove(_ path: String) throws(StorageError)
  /// Removes an empty directory; whether that succeeds does not matter.
  func removeDirectory(_ path: String)
  func syncDirectory(_ path: String) throws(StorageError)
  /// Takes the exclusive lock that `path` (made when absent, always empty) stands for, and holds it while the result lives.
  ///
  /// - Throws: `.locked` when somebody else, of this process or another, holds it.
  func lock(_ path: String) throws(StorageError) -> any DeviceLock
}

/// A lock that is held as long as this object lives.
package protocol DeviceLock: AnyObject, Sendable {}

package enum OpenMode: Sendable {
  case read
  case write
  /// Makes the file; an error when it is there already.
  case create
  /// Makes the file or opens it as it is.
  case createOrOpen
}

/// An open file. It is closed when the last reference goes.
package protocol DeviceFile: AnyObject, Sendable {
  var path: String { get }
  func size() throws(StorageError) -> Int
  /// Exactly `count` bytes from `offset`.
  ///
  /// - Throws: `.malformed` when the file ends before.
  func read(at offset: Int, count: Int) throws(StorageError) -> [UInt8]
  /// The same into the first `count` bytes of `buffer`, which grows where it is too small: for many reads in a row.
  func read(at offset: Int, count: Int, into buffer: inout [UInt8]) throws(StorageError)
  func write(_ bytes: [UInt8], at offset: Int) throws(StorageError)
  /// Cuts or extends (with zeros) to `size` bytes.
  func truncate(to size: Int) throws(StorageError)
  /// Reserves space, so that later writes up to `size` do not change the file's length or metadata, where the system can.
  func preallocate(to size: Int) throws(StorageError)
  /// Overwrites the ranges with zeros, as far as the file reaches, and gives their space back where the system can. Durable
  /// after this.
  func punch(_ ranges: [Range<Int>]) throws(StorageError)
  /// Durable after this: data, and the length.
  func sync() throws(StorageError)
}

extension DeviceFile {
  package func read(at offset: Int, count: Int, into buffer: inout [UInt8]) throws(StorageError) {
    buffer = try read(at: offset, count: count)
  }

  package func punch(at offset: Int, count: Int) throws(StorageError) { try punch([offset..<offset + count]) }
}

extension Device {
  /// For devices on which nobody minds an empty directory.
  package func removeDirectory(_ path: String) {}

  package func readAll(_ path: String) throws(StorageError) -> [UInt8] {
    let file = try open(path, .read)
    return try file.read(at: 0, count: try file.size())
  }

  /// Writes a whole new file and makes it durable; the directory is still to be synced.
  package func writeNew(_ path: String, _ bytes: [UInt8]) throws(StorageError) {
    let file = try open(path, .create)
    try file.write(bytes, at: 0)
    try file.sync()
  }

  /// Replaces a small file as a whole: write beside it, sync, rename, sync the directory.
  package func replace(_ path: String, with bytes: [UInt8]) throws(StorageError) {
    let beside = path + ".new"
    try remove(beside)
    try writeNew(beside, bytes)
    try rename(beside, to: path)
    let directory = path.split(separator: "/").dropLast().joined(separator: "/")
    try syncDirectory(directory)
  }
}
