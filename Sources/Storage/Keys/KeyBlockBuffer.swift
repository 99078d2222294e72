import VSQLSchema

/// The DEKs of one block after the other, in the same locked memory: for thousands of blocks in a row. One thread at a time.
@safe final class KeyBlockBuffer {
  private static let capacity = 8 + KeyBlock.capacity * KeyBox.byteCount

  // Locked memory that this object alone owns, `capacity` bytes.
  private let base: UnsafeMutableRawPointer
  /// Keys of the block that lies in it, absent ones included.
  private(set) var count = 0
  private var presence: UInt64 = 0

  init() { unsafe base = LockedMemory.allocate(Self.capacity) }

  deinit { unsafe LockedMemory.release(base, Self.capacity) }

  /// Presence and keys, as they are sealed.
  var raw: UnsafeRawBufferPointer {
    unsafe UnsafeRawBufferPointer(start: base, count: count == 0 ? 0 : 8 + count * KeyBox.byteCount)
  }

  /// Takes the keys of `wrapped`, as `KeyRing.wrap` makes it. False: it is not authentic, and there are no keys then.
  func open(_ wrapped: Span<UInt8>, sealer: Sealer, key: KeyBox, place: AssociatedData) -> Bool {
    (count, presence) = (0, 0)
    let size = wrapped.count - Nonce.byteCount - Sealer.tagBytes
    guard 1...Self.capacity ~= size else { return false }
    // `size` is at most the memory's, which nothing else uses during this call.
    let keys = unsafe UnsafeMutableRawBufferPointer(start: base, count: size)
    let isOpen = unsafe wrapped.withUnsafeBytes { wrapped in
      guard let nonce = unsafe Nonce(bytes: wrapped.prefix(Nonce.byteCount)) else { return false }
      return unsafe place.bytes.withUnsafeBytes { place in
        unsafe key.withPointer { key in
          unsafe sealer.open(
            UnsafeRawBufferPointer(rebasing: wrapped[Nonce.byteCount...]), key: key, nonce: nonce,
            associatedData: place, into: keys)
        }
      }
    }
    guard isOpen, let form = unsafe KeyBlock.form(of: UnsafeRawBufferPointer(keys)) else { return false }
    (count, presence) = form
    return true
  }

  /// The 32 bytes of key `index`, until another block is opened; nil when it is absent.
  func rawKey(_ index: Int) -> UnsafePointer<UInt8>? {
    guard index >= 0, index < count, presence >> UInt64(index) & 1 == 1 else { return nil }
    return unsafe UnsafePointer((base + 8 + index * KeyBox.byteCount).assumingMemoryBound(to: UInt8.self))
  }
}
