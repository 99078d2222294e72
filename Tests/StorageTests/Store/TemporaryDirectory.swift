#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A directory that lives as long as the object; its files go with it, one level of folders deep.
final class TemporaryDirectory {
  struct Failure: Error {}

  let path: String

  init() throws {
    var template = Array("/tmp/vsql-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Failure() }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { Self.remove(path, depth: 4) }

  private static func remove(_ path: String, depth: Int) {
    if unlink(path) == 0 || depth == 0 { return }
    guard let directory = opendir(path) else { return }
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { remove(path + "/" + name, depth: depth - 1) }
    }
    closedir(directory)
    rmdir(path)
  }
}
