internal import COpenSSL
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Memory for secrets: locked where the system lets us, left out of core dumps and forks, wiped when given back.
///
/// Pages are locked in chunks that many keys share, as a key a page would soon spend what a process may lock. One arena
/// serves the whole process because that limit is the process's. Addresses are kept as numbers, so that the arena itself
/// holds no pointer; every address in it comes from `mmap` and is never unmapped while in use.
enum LockedMemory {
  /// Sizes that share chunks, in bytes, multiples of 16. The fourth holds a whole `KeyBlock`.
  private static let classBytes = [32, 64, 256, 2_064, 4_096]
  private static let chunkBytes = 1 << 16

  private static let free = Mutex([[UInt]](repeating: [], count: classBytes.count))

  /// `count` bytes, all zero, aligned to 16.
  static func allocate(_ count: Int) -> UnsafeMutableRawPointer {
    guard let index = classBytes.firstIndex(where: { count <= $0 }) else { return unsafe map(pages(count)) }
    let size = classBytes[index]
    let address = free.withLock { lists -> UInt in
      if let last = lists[index].popLast() { return last }
      let chunk = unsafe UInt(bitPattern: map(chunkBytes))
      for slot in 1..<(chunkBytes / size) { lists[index].append(chunk + UInt(slot * size)) }
      return chunk
    }
    guard let pointer = unsafe UnsafeMutableRawPointer(bitPattern: address) else {
      preconditionFailure("the arena of secrets holds no null address")
    }
    return unsafe pointer
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

  private static func map(_ count: Int) -> UnsafeMutableRawPointer {
    let flags = MAP_PRIVATE | Int32(MAP_ANONYMOUS)
    let mapped = unsafe mmap(nil, count, PROT_READ | PROT_WRITE, flags, -1, 0)
    guard let mapped = unsafe mapped, unsafe mapped != MAP_FAILED else {
      preconditionFailure("no memory is left for a key")
    }
    // Best effort: a process may lock little, and a key in pageable memory is still better than none.
    _ = unsafe mlock(mapped, count)
    #if os(Linux)
    _ = unsafe madvise(mapped, count, MADV_DONTDUMP)
    // A forked child that touched keys or drew random bytes from a copied block would repeat its parent: it stops instead.
    _ = unsafe madvise(mapped, count, MADV_DONTFORK)
    #endif
    return unsafe mapped
  }
}

/// Bytes that must not be seen: in locked memory, wiped when the last reference goes. Written only while it is made.
@safe final class SecretBytes: @unchecked Sendable {
  let count: Int
  // Sound to share: nobody writes after the initializer, `deinit` runs when no reference is left.
  private let base: UnsafeMutableRawPointer

  /// - Parameter fill: writes the bytes; they are zero before.
  init(count: Int, _ fill: (UnsafeMutableRawBufferPointer) throws(StorageError) -> Void) throws(StorageError)
  {
    self.count = count
    unsafe base = LockedMemory.allocate(count)
    do {
      try unsafe fill(UnsafeMutableRawBufferPointer(start: base, count: count))
    } catch {
      unsafe LockedMemory.release(base, count)
      throw error
    }
  }

  /// As `init(count:_:)`, for what cannot fail.
  init(filling count: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Void) {
    self.count = count
    unsafe base = LockedMemory.allocate(count)
    unsafe fill(UnsafeMutableRawBufferPointer(start: base, count: count))
  }

  deinit { unsafe LockedMemory.release(base, count) }

  /// All bytes; valid as long as this object lives.
  var raw: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(start: base, count: count) }
}
