internal import COpenSSL
internal import Synchronization

/// Where keys, nonces and ids come from; handed in, so that a test can repeat a run.
package protocol Randomness: Sendable {
  func fill(_ buffer: UnsafeMutableRawBufferPointer)
}

extension Randomness {
  /// `count` bytes that are no secret: nonces, salts, ids.
  package func bytes(_ count: Int) -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      unsafe fill(UnsafeMutableRawBufferPointer(buffer))
      filled = count
    }
  }

  /// A random number that is not 0, which stands for "none" in ids.
  package func id() -> UInt64 {
    while true {
      var value: UInt64 = 0
      unsafe withUnsafeMutableBytes(of: &value) { unsafe fill($0) }
      if value != 0 { return value }
    }
  }
}

/// The system's randomness, drawn 4 KiB at a time into locked memory and wiped as it is used: a key drawn by its own call
/// costs as much as the seal that it is for.
package final class SystemRandomness: Randomness {
  private struct Block: ~Copyable {
    static let byteCount = 4_096
    // Addresses of locked memory that this block alone owns.
    let address: UInt
    var used = byteCount

    init() { address = unsafe UInt(bitPattern: LockedMemory.allocate(Self.byteCount)) }

    deinit {
      if let base = unsafe UnsafeMutableRawPointer(bitPattern: address) {
        unsafe LockedMemory.release(base, Self.byteCount)
      }
    }

    mutating func take(_ target: UnsafeMutableRawBufferPointer) {
      guard let base = unsafe UnsafeMutableRawPointer(bitPattern: address), let out = target.baseAddress
      else { return }
      let count = target.count
      if count > Self.byteCount - used {
        unsafe SystemRandomness.draw(base, Self.byteCount)
        used = 0
      }
      // Both ranges lie within their allocations: `used + count` is at most 4,096 here.
      unsafe out.copyMemory(from: base + used, byteCount: count)
      unsafe OPENSSL_cleanse(base + used, count)
      used += count
    }
  }

  private let block = Mutex(Block())

  package init() {}

  package func fill(_ buffer: UnsafeMutableRawBufferPointer) {
    if buffer.count > Block.byteCount / 2 {
      if let base = buffer.baseAddress { unsafe Self.draw(base, buffer.count) }
      return
    }
    // The lock's closure runs once, here: the pointer does not outlive the call.
    let (address, count) = (UInt(bitPattern: buffer.baseAddress), buffer.count)
    block.withLock { block in
      unsafe block.take(
        UnsafeMutableRawBufferPointer(start: UnsafeMutableRawPointer(bitPattern: address), count: count))
    }
  }

  private static func draw(_ base: UnsafeMutableRawPointer, _ count: Int) {
    let drawn = unsafe RAND_bytes(base.assumingMemoryBound(to: UInt8.self), Int32(clamping: count))
    precondition(drawn == 1, "the system gives randomness")
  }
}
