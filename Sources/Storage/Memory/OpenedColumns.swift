internal import Synchronization
import VSQLSchema

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Opened columns of one group. As long as this lives, the pages of their larger arrays are locked, as far as the
/// process may lock, and left out of core dumps.
///
/// Only pages that lie wholly inside an array are touched, so that no other memory is locked or unlocked with them.
final class OpenedColumns: Sendable {
  /// By ordinal.
  let columns: [Int: Column]
  let sizeBytes: Int
  private let pages: [LockedPages]

  init(_ columns: [Int: Column]) {
    self.columns = columns
    sizeBytes = columns.values.reduce(0) { $0 + $1.sizeBytes }
    pages = columns.values.flatMap(\.lockedPages)
  }

  // The arrays are let go after this, so that their pages go back as they came.
  deinit { for run in pages { run.unlock() } }
}

/// A run of whole pages inside one array.
private struct LockedPages: Sendable {
  private let address: UInt
  private let count: Int
  private let isLocked: Bool

  /// Arrays below this are not worth a call each.
  static let smallestBytes = 1 << 16
  private static let pageBytes = UInt(sysconf(Int32(_SC_PAGESIZE)))
  /// Bytes of columns that are locked now, in the whole process.
  private static let lockedBytes = Atomic(0)

  /// Half of what the process may lock: keys need the rest.
  private static let mayLockBytes: Int = {
    var limit = rlimit()
    #if canImport(Glibc)
    let resource = __rlimit_resource_t(__RLIMIT_MEMLOCK.rawValue)
    #else
    let resource = RLIMIT_MEMLOCK
    #endif
    guard unsafe getrlimit(resource, &limit) == 0 else { return 0 }
    return Int(clamping: limit.rlim_cur / 2)
  }()

  init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= Self.smallestBytes, let base = bytes.baseAddress else { return nil }
    let start = UInt(bitPattern: base)
    let first = (start + Self.pageBytes - 1) / Self.pageBytes * Self.pageBytes
    let end = (start + UInt(bytes.count)) / Self.pageBytes * Self.pageBytes
    guard end > first else { return nil }
    address = first
    count = Int(end - first)
    let wanted = Self.lockedBytes.add(count, ordering: .relaxed).newValue
    // The pages belong to an array that whoever makes this keeps.
    isLocked = wanted <= Self.mayLockBytes && (unsafe mlock(UnsafeRawPointer(bitPattern: first), count)) == 0
    if !isLocked { Self.lockedBytes.subtract(count, ordering: .relaxed) }
    #if os(Linux)
    _ = unsafe madvise(UnsafeMutableRawPointer(bitPattern: first), count, MADV_DONTDUMP)
    #endif
  }

  func unlock() {
    if isLocked {
      _ = unsafe munlock(UnsafeRawPointer(bitPattern: address), count)
      Self.lockedBytes.subtract(count, ordering: .relaxed)
    }
    #if os(Linux)
    _ = unsafe madvise(UnsafeMutableRawPointer(bitPattern: address), count, MADV_DODUMP)
    #endif
  }
}

extension Column {
  fileprivate var lockedPages: [LockedPages] {
    var pages: [LockedPages?] = []
    switch values {
    case .booleans(let list): pages.append(list.lockedPages)
    case .int32s(let list): pages.append(list.lockedPages)
    case .int64s(let list): pages.append(list.lockedPages)
    case .doubles(let list): pages.append(list.lockedPages)
    case .decimals(let list): pages.append(list.lockedPages)
    case .uuids(let list): pages.append(list.lockedPages)
    case .texts(let list):
      pages.append(list.bytes.lockedPages)
      pages.append(list.offsets.lockedPages)
    case .vectors(let list): pages.append(list.bytes.lockedPages)
    }
    return pages.compactMap { $0 }
  }
}

extension Array {
  fileprivate var lockedPages: LockedPages? { unsafe withUnsafeBytes { unsafe LockedPages($0) } }
}
