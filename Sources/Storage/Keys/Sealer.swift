internal import COpenSSL

/// AES-256-GCM by OpenSSL: seals and opens units. One per thread, as its contexts are reused.
///
/// A sealed unit is the ciphertext, as long as the plaintext, and a tag of 16 bytes. The associated data is the unit's
/// exact place, so that it opens nowhere else.
@safe package final class Sealer {
  package static let tagBytes = 16

  /// Fetched once per process: fetching anew costs as much as a seal.
  private nonisolated(unsafe) static let cipher = unsafe EVP_CIPHER_fetch(nil, "AES-256-GCM", nil)

  private let sealing: OpaquePointer
  private let opening: OpaquePointer

  package init() {
    // Neither fails but for want of memory, or with a libcrypto without AES-GCM: both our surroundings' end.
    guard let sealing = unsafe EVP_CIPHER_CTX_new(), let opening = unsafe EVP_CIPHER_CTX_new(),
      unsafe EVP_EncryptInit_ex(sealing, Self.cipher, nil, nil, nil) == 1,
      unsafe EVP_DecryptInit_ex(opening, Self.cipher, nil, nil, nil) == 1
    else { preconditionFailure("libcrypto offers AES-256-GCM") }
    unsafe self.sealing = unsafe sealing
    unsafe self.opening = unsafe opening
  }

  deinit {
    unsafe EVP_CIPHER_CTX_free(sealing)
    unsafe EVP_CIPHER_CTX_free(opening)
  }

  // MARK: Raw forms, for units by the ten thousand

  /// Seals `plain` into `out`, which has room for exactly `plain.count + 16` bytes. False: libcrypto failed.
  func seal(
    _ plain: UnsafeRawBufferPointer, key: UnsafePointer<UInt8>, nonce: Nonce,
    associatedData: UnsafeRawBufferPointer,
    into out: UnsafeMutableRawBufferPointer
  ) -> Bool {
    precondition(
      out.count == plain.count + Self.tagBytes, "a sealed unit is 16 bytes longer than its content")
    guard let outBase = out.baseAddress, let length = Int32(exactly: plain.count) else { return false }
    // All pointers below lie within buffers that the caller keeps alive for the call; lengths are theirs.
    let target = unsafe outBase.assumingMemoryBound(to: UInt8.self)
    var nonce = nonce
    var written: Int32 = 0
    let begun = unsafe withUnsafeBytes(of: &nonce) { iv in
      unsafe EVP_EncryptInit_ex(sealing, nil, nil, key, iv.bindMemory(to: UInt8.self).baseAddress)
    }
    guard begun == 1,
      unsafe EVP_EncryptUpdate(
        sealing, nil, &written, associatedData.bindMemory(to: UInt8.self).baseAddress,
        Int32(associatedData.count)) == 1
    else { return false }
    if length > 0 {
      guard
        unsafe EVP_EncryptUpdate(
          sealing, target, &written, plain.bindMemory(to: UInt8.self).baseAddress, length) == 1
      else { return false }
    }
    let tag = unsafe target + plain.count
    return unsafe EVP_EncryptFinal_ex(sealing, tag, &written) == 1
      && EVP_CIPHER_CTX_ctrl(sealing, EVP_CTRL_AEAD_GET_TAG, Int32(Self.tagBytes), tag) == 1
  }

  /// Opens `sealed` into `out`, which has room for exactly `sealed.count - 16` bytes. False: not authentic; `out` is zero then.
  func open(
    _ sealed: UnsafeRawBufferPointer, key: UnsafePointer<UInt8>, nonce: Nonce,
    associatedData: UnsafeRawBufferPointer,
    into out: UnsafeMutableRawBufferPointer
  ) -> Bool {
    guard sealed.count >= Self.tagBytes, out.count == sealed.count - Self.tagBytes,
      let source = unsafe sealed.bindMemory(to: UInt8.self).baseAddress,
      let length = Int32(exactly: out.count)
    else { return false }
    var nonce = nonce
    var written: Int32 = 0
    let begun = unsafe withUnsafeBytes(of: &nonce) { iv in
      unsafe EVP_DecryptInit_ex(opening, nil, nil, key, iv.bindMemory(to: UInt8.self).baseAddress)
    }
    // libcrypto takes the tag by a pointer to mutable memory but only reads it.
    let tag = unsafe UnsafeMutablePointer(mutating: source + out.count)
    var opened =
      unsafe begun == 1
      && EVP_DecryptUpdate(
        opening, nil, &written, associatedData.bindMemory(to: UInt8.self).baseAddress,
        Int32(associatedData.count)) == 1
      && EVP_CIPHER_CTX_ctrl(opening, EVP_CTRL_AEAD_SET_TAG, Int32(Self.tagBytes), tag) == 1
    if opened, length > 0 {
      opened =
        unsafe EVP_DecryptUpdate(
          opening, out.bindMemory(to: UInt8.self).baseAddress, &written, source, length) == 1
    }
    var rest: UInt8 = 0
    if opened { opened = unsafe EVP_DecryptFinal_ex(opening, &rest, &written) == 1 }
    if !opened, let base = out.baseAddress { unsafe OPENSSL_cleanse(base, out.count) }
    return opened
  }

  /// Seals `plain` under key `index` of `keys` into `out` (`plain.count + 16` bytes).
  package func sealCell(
    _ plain: UnsafeRawBufferPointer, keys: KeyBlock, index: Int, nonce: Nonce, place: AssociatedData,
    into out: UnsafeMutableRawBufferPointer
  ) throws(StorageError) {
    guard let key = unsafe keys.rawKey(index) else { throw .limit(what: "a dropped key seals nothing") }
    let sealed = unsafe place.bytes.withUnsafeBytes {
      unsafe seal(plain, key: key, nonce: nonce, associatedData: $0, into: out)
    }
    if !sealed { throw Self.failure }
  }

  /// Opens `sealed` under key `index` of `keys` into `out` (`sealed.count - 16` bytes). False: the key was dropped or the
  /// unit is not authentic; the caller names file and offset.
  package func openCell(
    _ sealed: UnsafeRawBufferPointer, keys: KeyBlock, index: Int, nonce: Nonce, place: AssociatedData,
    into out: UnsafeMutableRawBufferPointer
  ) -> Bool {
    guard let key = unsafe keys.rawKey(index) else { return false }
    return unsafe place.bytes.withUnsafeBytes {
      unsafe open(sealed, key: key, nonce: nonce, associatedData: $0, into: out)
    }
  }

  static var failure: StorageError { .limit(what: "libcrypto could not seal a unit") }
}
