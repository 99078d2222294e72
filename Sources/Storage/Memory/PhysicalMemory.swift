#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// The memory that this process may count on.
enum PhysicalMemory {
  /// The machine's, or less where a control group (cgroup v2) allows less; in bytes.
  static let sizeBytes: Int = {
    let machine = Int(sysconf(Int32(_SC_PHYS_PAGES))) * Int(sysconf(Int32(_SC_PAGESIZE)))
    // A file of the system, of one short line: "max" or a number of bytes.
    let descriptor = SystemCall.open("/sys/fs/cgroup/memory.max", O_RDONLY | O_CLOEXEC, 0)
    guard descriptor >= 0 else { return machine }
    defer { close(descriptor) }
    guard let line = SystemCall.readToEnd(descriptor, limit: 64),
      let limit = Int(String(decoding: line.prefix { $0 != 10 }, as: UTF8.self)), limit > 0
    else { return machine }
    return min(machine, limit)
  }()
}
