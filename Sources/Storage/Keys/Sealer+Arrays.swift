/// Sealing and opening in terms of arrays, for units that are few.
extension Sealer {
  /// Appends ciphertext and tag of `plain` under key `index` of `key`.
  package func seal(
    _ plain: [UInt8], key: KeyBlock, index: Int, nonce: Nonce, associatedData: [UInt8],
    appendingTo out: inout [UInt8]
  ) throws(StorageError) {
    guard let pointer = unsafe key.rawKey(index) else { throw .limit(what: "a dropped key seals nothing") }
    try unsafe seal(plain[...], pointer: pointer, nonce, associatedData, &out)
    withExtendedLifetime(key) {}
  }

  /// Seals `plain` into the `plain.count + 16` bytes of `out` from `offset`: one of many units in a buffer that is there.
  func sealCell(
    _ plain: Span<UInt8>, keys: KeyBlock, index: Int, nonce: Nonce, place: AssociatedData,
    into out: inout [UInt8], at offset: Int
  ) throws(StorageError) {
    let end = offset + plain.count + Self.tagBytes
    precondition(offset >= 0 && end <= out.count, "a sealed unit lies within its buffer")
    var failure: StorageError?
    // The range was checked above; both buffers live for the call.
    unsafe plain.withUnsafeBytes { plain in
      unsafe out.withUnsafeMutableBytes { out in
        do throws(StorageError) {
          try unsafe sealCell(
            plain, keys: keys, index: index, nonce: nonce, place: place,
            into: UnsafeMutableRawBufferPointer(rebasing: out[offset..<end]))
        } catch { failure = error }
      }
    }
    if let failure { throw failure }
  }

  package func seal(
    _ plain: [UInt8], key: KeyBox, nonce: Nonce, associatedData: [UInt8], appendingTo out: inout [UInt8]
  ) throws(StorageError) {
    guard let pointer = unsafe key.raw.bindMemory(to: UInt8.self).baseAddress else { throw Self.failure }
    try unsafe seal(plain[...], pointer: pointer, nonce, associatedData, &out)
    withExtendedLifetime(key) {}
  }

  /// Appends the content of `sealed` (ciphertext and tag). False, and nothing appended: the key was dropped or the unit is
  /// not authentic; the caller names file and offset.
  package func open(
    _ sealed: ArraySlice<UInt8>, key: KeyBlock, index: Int, nonce: Nonce, associatedData: [UInt8],
    appendingTo out: inout [UInt8]
  ) -> Bool {
    guard let pointer = unsafe key.rawKey(index) else { return false }
    defer { withExtendedLifetime(key) {} }
    return unsafe open(sealed, pointer: pointer, nonce, associatedData, &out)
  }

  package func open(
    _ sealed: ArraySlice<UInt8>, key: KeyBox, nonce: Nonce, associatedData: [UInt8],
    appendingTo out: inout [UInt8]
  ) -> Bool {
    guard let pointer = unsafe key.raw.bindMemory(to: UInt8.self).baseAddress else { return false }
    defer { withExtendedLifetime(key) {} }
    return unsafe open(sealed, pointer: pointer, nonce, associatedData, &out)
  }

  /// A unit with its random nonce before it: nonce (12), ciphertext, tag (16). For keys that seal more than once.
  package func sealWithNonce(
    _ plain: [UInt8], key: KeyBox, randomness: some Randomness, associatedData: [UInt8]
  ) throws(StorageError) -> [UInt8] {
    let nonce = Nonce.random(randomness)
    var out = nonce.bytes
    out.reserveCapacity(Nonce.byteCount + plain.count + Self.tagBytes)
    try seal(plain, key: key, nonce: nonce, associatedData: associatedData, appendingTo: &out)
    return out
  }

  /// Opens what `sealWithNonce` made; nil: not authentic.
  package func openWithNonce(_ sealed: ArraySlice<UInt8>, key: KeyBox, associatedData: [UInt8]) -> [UInt8]? {
    guard sealed.count >= Nonce.byteCount + Self.tagBytes,
      let nonce = Nonce(bytes: sealed.prefix(Nonce.byteCount))
    else { return nil }
    var out: [UInt8] = []
    let rest = sealed.dropFirst(Nonce.byteCount)
    return open(rest, key: key, nonce: nonce, associatedData: associatedData, appendingTo: &out) ? out : nil
  }

  private func seal(
    _ plain: ArraySlice<UInt8>, pointer: UnsafePointer<UInt8>, _ nonce: Nonce, _ associatedData: [UInt8],
    _ out: inout [UInt8]
  ) throws(StorageError) {
    let start = out.count
    out.append(contentsOf: repeatElement(0, count: plain.count + Self.tagBytes))
    let sealed = unsafe plain.withUnsafeBytes { plain in
      unsafe associatedData.withUnsafeBytes { data in
        unsafe out.withUnsafeMutableBytes { out in
          unsafe seal(
            plain, key: pointer, nonce: nonce, associatedData: data,
            into: UnsafeMutableRawBufferPointer(rebasing: out[start...]))
        }
      }
    }
    if !sealed {
      out.removeLast(out.count - start)
      throw Self.failure
    }
  }

  private func open(
    _ sealed: ArraySlice<UInt8>, pointer: UnsafePointer<UInt8>, _ nonce: Nonce, _ associatedData: [UInt8],
    _ out: inout [UInt8]
  ) -> Bool {
    guard sealed.count >= Self.tagBytes else { return false }
    let start = out.count
    out.append(contentsOf: repeatElement(0, count: sealed.count - Self.tagBytes))
    let opened = unsafe sealed.withUnsafeBytes { sealed in
      unsafe associatedData.withUnsafeBytes { data in
        unsafe out.withUnsafeMutableBytes { out in
          unsafe open(
            sealed, key: pointer, nonce: nonce, associatedData: data,
            into: UnsafeMutableRawBufferPointer(rebasing: out[start...]))
        }
      }
    }
    if !opened { out.removeLast(out.count - start) }
    return opened
  }
}
