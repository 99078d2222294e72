internal import COpenSSL

/// SHA-256 by OpenSSL with a context that is kept: a hash of 64 bytes costs a third of a one-shot call. One per thread.
@safe package final class Digester {
  private nonisolated(unsafe) static let algorithm = unsafe EVP_MD_fetch(nil, "SHA256", nil)

  private let context: OpaquePointer

  package init() {
    guard let context = unsafe EVP_MD_CTX_new(), unsafe EVP_DigestInit_ex(context, Self.algorithm, nil) == 1
    else {
      preconditionFailure("libcrypto offers SHA-256")
    }
    unsafe self.context = unsafe context
  }

  deinit { unsafe EVP_MD_CTX_free(context) }

  package func hash(_ bytes: [UInt8]) -> Digest {
    unsafe bytes.withUnsafeBytes { unsafe hash($0, prefix: nil) }
  }

  package func hash(_ bytes: ArraySlice<UInt8>) -> Digest {
    unsafe bytes.withUnsafeBytes { unsafe hash($0, prefix: nil) }
  }

  /// SHA-256(a ‖ b).
  func hash(_ a: ArraySlice<UInt8>, _ b: String.UTF8View) -> Digest {
    begin()
    unsafe a.withUnsafeBytes { unsafe update($0) }
    if unsafe b.withContiguousStorageIfAvailable({ unsafe update(UnsafeRawBufferPointer($0)) }) == nil {
      unsafe Array(b).withUnsafeBytes { unsafe update($0) }
    }
    return finish()
  }

  /// SHA-256(0x00 ‖ bytes): a leaf of RFC 6962.
  package func leaf(_ bytes: ArraySlice<UInt8>) -> Digest {
    unsafe bytes.withUnsafeBytes { unsafe hash($0, prefix: 0) }
  }

  /// SHA-256(0x01 ‖ left ‖ right): an inner node of RFC 6962.
  package func node(_ left: Digest, _ right: Digest) -> Digest { pair(left, right, prefix: 1) }

  /// SHA-256(a ‖ b): a step of the audit chain.
  package func step(_ a: Digest, _ b: Digest) -> Digest { pair(a, b, prefix: nil) }

  func hash(_ bytes: UnsafeRawBufferPointer, prefix: UInt8?) -> Digest {
    begin()
    if var prefix { unsafe withUnsafeBytes(of: &prefix) { unsafe update($0) } }
    unsafe update(bytes)
    return finish()
  }

  private func pair(_ a: Digest, _ b: Digest, prefix: UInt8?) -> Digest {
    begin()
    if var prefix { unsafe withUnsafeBytes(of: &prefix) { unsafe update($0) } }
    unsafe a.withBytes { unsafe update($0) }
    unsafe b.withBytes { unsafe update($0) }
    return finish()
  }

  private func begin() {
    let begun = unsafe EVP_DigestInit_ex(context, nil, nil)
    precondition(begun == 1, "a SHA-256 context can be used again")
  }

  private func update(_ bytes: UnsafeRawBufferPointer) {
    let taken = unsafe EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
    precondition(taken == 1, "SHA-256 takes any bytes")
  }

  private func finish() -> Digest {
    var digest = Digest()
    unsafe digest.withMutableBytes { target in
      // A digest has the 32 bytes that SHA-256 writes.
      let done = unsafe EVP_DigestFinal_ex(context, target.bindMemory(to: UInt8.self).baseAddress, nil)
      precondition(done == 1, "SHA-256 ends")
    }
    return digest
  }
}
