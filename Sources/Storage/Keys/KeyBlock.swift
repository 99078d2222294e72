/// Up to 64 DEKs in one locked allocation, wrapped as one unit. An absent key was dropped: what it sealed is gone.
///
/// Layout, so that wrapping is one seal without a copy: 8 bytes of presence (bit i: key i is there), then `count` keys of
/// 32 bytes, an absent one zero. Never changed once made: dropping makes another block.
package final class KeyBlock: Sendable {
  /// The most keys of a block.
  package static let capacity = 64

  /// Keys, absent ones included, 1 to 64.
  package let count: Int
  /// Bit i: key i is there.
  package let presence: UInt64
  private let secret: SecretBytes

  /// `count` (1 to 64) fresh keys.
  package init(random randomness: some Randomness, count: Int = KeyBlock.capacity) {
    precondition(1...Self.capacity ~= count, "a block holds 1 to 64 keys")
    self.count = count
    let presence = Self.mask(count)
    self.presence = presence
    secret = unsafe SecretBytes(filling: 8 + count * KeyBox.byteCount) { bytes in
      unsafe bytes.storeBytes(of: presence.littleEndian, as: UInt64.self)
      unsafe randomness.fill(UnsafeMutableRawBufferPointer(rebasing: bytes[8...]))
    }
  }

  /// Takes what `secret` holds; nil unless it has the form above.
  init?(_ secret: SecretBytes) {
    guard let form = unsafe Self.form(of: secret.raw) else { return nil }
    (count, presence) = form
    self.secret = secret
  }

  /// Keys, and which of them are there, in bytes of the form above; nil: of another form.
  static func form(of bytes: UnsafeRawBufferPointer) -> (count: Int, presence: UInt64)? {
    let rest = bytes.count - 8
    guard rest > 0, rest % KeyBox.byteCount == 0, rest / KeyBox.byteCount <= capacity else { return nil }
    let count = rest / KeyBox.byteCount
    let presence = unsafe UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
    guard presence & ~mask(count) == 0 else { return nil }
    if presence == mask(count) { return (count, presence) }
    for index in 0..<count where presence >> UInt64(index) & 1 == 0 {
      let key = unsafe bytes[(8 + index * KeyBox.byteCount)..<(8 + (index + 1) * KeyBox.byteCount)]
      guard unsafe key.allSatisfy({ $0 == 0 }) else { return nil }
    }
    return (count, presence)
  }

  /// Whether key `index` (0 up to `count`) is there.
  package func has(_ index: Int) -> Bool { index >= 0 && index < count && presence >> UInt64(index) & 1 == 1 }

  package var isEmpty: Bool { presence == 0 }

  /// The same keys without those at `indices`.
  package func dropping(_ indices: some Sequence<Int>) -> KeyBlock {
    var left = presence
    for index in indices where index >= 0 && index < count { left &= ~(1 << UInt64(index)) }
    return KeyBlock(keeping: left, of: self)
  }

  private init(keeping left: UInt64, of other: KeyBlock) {
    count = other.count
    presence = left
    let (size, source) = unsafe (KeyBox.byteCount, other.secret.raw)
    secret = unsafe SecretBytes(filling: other.secret.count) { bytes in
      unsafe bytes.storeBytes(of: left.littleEndian, as: UInt64.self)
      for index in 0..<other.count where left >> UInt64(index) & 1 == 1 {
        let range = (8 + index * size)..<(8 + (index + 1) * size)
        unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[range]).copyMemory(
          from: UnsafeRawBufferPointer(rebasing: source[range]))
      }
    }
  }

  /// The 32 bytes of key `index`, valid as long as this object lives; nil when it is absent.
  func rawKey(_ index: Int) -> UnsafePointer<UInt8>? {
    guard has(index), let base = unsafe secret.raw.baseAddress else { return nil }
    return unsafe (base + 8 + index * KeyBox.byteCount).assumingMemoryBound(to: UInt8.self)
  }

  /// The 32 bytes of key `index` for the duration of `body`; nil when it is absent.
  package func withKey<Result>(_ index: Int, _ body: (UnsafeRawBufferPointer) -> Result) -> Result? {
    guard let key = unsafe rawKey(index) else { return nil }
    return unsafe body(UnsafeRawBufferPointer(start: key, count: KeyBox.byteCount))
  }

  /// Presence and keys, as they are sealed.
  var raw: UnsafeRawBufferPointer { unsafe secret.raw }

  private static func mask(_ count: Int) -> UInt64 { count == 64 ? .max : (1 << UInt64(count)) - 1 }
}
