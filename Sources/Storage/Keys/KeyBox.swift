internal import COpenSSL

/// One 256-bit key in locked memory, wiped when the last reference goes.
package final class KeyBox: Sendable {
  package static let byteCount = 32

  private let secret: SecretBytes

  init(_ secret: SecretBytes) {
    precondition(secret.count == Self.byteCount, "a key has 32 bytes")
    self.secret = secret
  }

  /// A fresh key.
  package convenience init(random randomness: some Randomness) {
    unsafe self.init(SecretBytes(filling: Self.byteCount) { unsafe randomness.fill($0) })
  }

  /// A key from 32 bytes of the caller's, who should wipe them.
  package convenience init?(bytes: some Collection<UInt8>) {
    guard bytes.count == Self.byteCount else { return nil }
    unsafe self.init(SecretBytes(filling: Self.byteCount) { target in unsafe target.copyBytes(from: bytes) })
  }

  /// The key's 32 bytes, for the duration of `body`.
  package func withBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try unsafe body(secret.raw)
  }

  /// Compares in constant time.
  package func equals(_ other: KeyBox) -> Bool {
    unsafe CRYPTO_memcmp(secret.raw.baseAddress, other.secret.raw.baseAddress, Self.byteCount) == 0
  }

  // `raw` stays valid while this object lives: callers within the room hold it across the use.
  var raw: UnsafeRawBufferPointer { unsafe secret.raw }

  /// The 32 bytes as libcrypto takes them, for the duration of `body`.
  func withPointer<Result>(_ body: (UnsafePointer<UInt8>) -> Result) -> Result {
    defer { withExtendedLifetime(self) {} }
    guard let pointer = unsafe secret.raw.bindMemory(to: UInt8.self).baseAddress else {
      preconditionFailure("a key has bytes")
    }
    return unsafe body(pointer)
  }
}
