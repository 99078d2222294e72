internal import COpenSSL
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Memory for secrets: locked where the system lets us, left out of core dumps and forks, wiped when given back. Where a process
/// may lock less than it needs (`ulimit -l`, containers) what is over lies in pages that can be swapped out, all else holds.
///
/// Pages are locked in chunks that many keys share, as a key a page would soon spend what a process may lock. One arena
/// serves the whole process because that limit is the process's. Addresses are kept as numbers, so that the arena itself
/// holds no pointer; every address in it comes from `mmap` and is never unmapped while in use.
enum LockedMemory {
  /// Sizes that share chunks, in bytes, multiples of 16. The fourth holds a whole `KeyBlock`.
  private static let classBytes = [32, 64, 256, 2_064, 4_096]
  private static let chunkBytes = 1 << 16

  private static let free = Mutex([[UInt]](repeating: [], count: classBytes.count))

  /// The most bytes that `allocate` gives.
  static let largestShared = 4_096

  /// `count` bytes, at most `largestShared`, all zero, aligned to 16. Where the system has no page left they are the heap's, which is not
  /// locked and whose end is the process's: who needs many calls `reserve` before, which tells.
  static func allocate(_ count: Int) -> UnsafeMutableRawPointer {
    guard let index = classBytes.firstIndex(where: { count <= $0 }) else {
      preconditionFailure("a large secret is made where the lack of memory can be told")
    }
    let address = free.withLock { lists in
      if lists[index].isEmpty { fill(&lists[index], classBytes[index]) }
      return lists[index].popLast() ?? 0
    }
    if let pointer = unsafe UnsafeMutableRawPointer(bitPattern: address) { return unsafe pointer }
    let pointer = UnsafeMutableRawPointer.allocate(byteCount: classBytes[index], alignment: 16)
    unsafe pointer.initializeMemory(as: UInt8.self, repeating: 0, count: classBytes[index])
    return unsafe pointer
  }

  /// As `allocate`, of any size.
  static func allocateLarge(_ count: Int) throws(StorageError) -> UnsafeMutableRawPointer {
    if count <= largestShared {
      try reserve(1, of: count)
      return unsafe allocate(count)
    }
    guard let mapped = map(pages(count)), let pointer = unsafe UnsafeMutableRawPointer(bitPattern: mapped)
    else {
      throw .outOfMemory(what: "keys")
    }
    return unsafe pointer
  }

  /// Has room for `count` secrets of `bytes` each, at most `largestShared`, unless others take it meanwhile.
  ///
  /// - Throws: 53200 when the system gives no memory.
  static func reserve(_ count: Int, of bytes: Int) throws(StorageError) {
    guard let index = classBytes.firstIndex(where: { bytes <= $0 }) else { return }
    let isThere = free.withLock { lists in
      while lists[index].count < count {
        if !fill(&lists[index], classBytes[index]) { return false }
      }
      return true
    }
    if !isThere { throw .outOfMemory(what: "keys") }
  }

  /// Appends a chunk's slots. False: the system has no memory left.
  @discardableResult
  private static func fill(_ list: inout [UInt], _ size: Int) -> Bool {
    guard let chunk = map(chunkBytes) else { return false }
    for slot in 0..<(chunkBytes / size) { list.append(chunk + UInt(slot * size)) }
    return true
  }

  /// Wipes what `allocate(count)` gave and takes it back.
  static func release(_ pointer: UnsafeMutableRawPointer, _ count: Int) {
    unsafe OPENSSL_cleanse(pointer, count)
    guard let index = classBytes.firstIndex(where: { count <= $0 }) else {
      unsafe munmap(pointer, pages(count))
      return
    }
    let address = UInt(bitPattern: pointer)
    free.withLock { $0[index].append(address) }
  }

  private static func pages(_ count: Int) -> Int { (count + 4_095) / 4_096 * 4_096 }

  /// Nil: the system has no memory left.
  private static func map(_ count: Int) -> UInt? {
    let flags = MAP_PRIVATE | Int32(MAP_ANONYMOUS)
    let mapped = unsafe mmap(nil, count, PROT_READ | PROT_WRITE, flags, -1, 0)
    guard let mapped = unsafe mapped, unsafe mapped != MAP_FAILED else { return nil }
    // A process may lock little, in a container often nothing: it works all the same.
    _ = unsafe mlock(mapped, count)
    #if os(Linux)
    _ = unsafe madvise(mapped, count, MADV_DONTDUMP)
    // A forked child that touched keys or drew random bytes from a copied block would repeat its parent: it stops instead.
    _ = unsafe madvise(mapped, count, MADV_DONTFORK)
    #endif
    return UInt(bitPattern: mapped)
  }
}

extension KeyBlock {
  /// Has memory for `count` blocks that are about to be made.
  ///
  /// - Throws: 53200 when the system gives none.
  package static func reserve(_ count: Int) throws(StorageError) {
    try LockedMemory.reserve(count, of: 8 + capacity * KeyBox.byteCount)
  }
}

/// Bytes that must not be seen: in locked memory, wiped when the last reference goes. Written only while it is made.
@safe final class SecretBytes: @unchecked Sendable {
  let count: Int
  // Sound to share: nobody writes after the initializer, `deinit` runs when no reference is left.
  private let base: UnsafeMutableRawPointer

  /// - Parameter fill: writes the bytes; they are zero before.
  /// - Throws: 53200 when no memory is left.
  init(count: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Void) throws(StorageError) {
    self.count = count
    unsafe base = try LockedMemory.allocateLarge(count)
    unsafe fill(UnsafeMutableRawBufferPointer(start: base, count: count))
  }

  /// As `init(count:_:)`, for at most 4,096 bytes.
  init(filling count: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Void) {
    self.count = count
    unsafe base = LockedMemory.allocate(count)
    unsafe fill(UnsafeMutableRawBufferPointer(start: base, count: count))
  }

  deinit { unsafe LockedMemory.release(base, count) }

  /// All bytes; valid as long as this object lives.
  var raw: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(start: base, count: count) }
}
