/// Sealing and opening what must stay in locked memory: keys.
extension Sealer {
  /// Nonce (12), ciphertext, tag (16).
  func sealSecret(
    _ content: SecretBytes, key: KeyBox, nonce: Nonce, associatedData: [UInt8]
  ) throws(StorageError) -> [UInt8] {
    var out = nonce.bytes
    out.append(contentsOf: repeatElement(0, count: content.count + Self.tagBytes))
    let sealed = unsafe out.withUnsafeMutableBytes { out in
      unsafe associatedData.withUnsafeBytes { data in
        unsafe key.withPointer { key in
          unsafe seal(
            content.raw, key: key, nonce: nonce, associatedData: data,
            into: UnsafeMutableRawBufferPointer(rebasing: out[Nonce.byteCount...]))
        }
      }
    }
    withExtendedLifetime(content) {}
    if !sealed { throw Self.failure }
    return out
  }

  /// Opens what `sealSecret` made; nil: not authentic.
  func openSecret(_ sealed: ArraySlice<UInt8>, key: KeyBox, associatedData: [UInt8]) throws(StorageError)
    -> SecretBytes?
  {
    let count = sealed.count - Nonce.byteCount - Self.tagBytes
    guard count > 0, let nonce = Nonce(bytes: sealed.prefix(Nonce.byteCount)) else { return nil }
    var opened = false
    let secret = try unsafe SecretBytes(count: count) { out in
      opened = unsafe sealed.dropFirst(Nonce.byteCount).withUnsafeBytes { sealed in
        unsafe associatedData.withUnsafeBytes { data in
          unsafe key.withPointer { key in
            unsafe open(sealed, key: key, nonce: nonce, associatedData: data, into: out)
          }
        }
      }
    }
    return opened ? secret : nil
  }
}
