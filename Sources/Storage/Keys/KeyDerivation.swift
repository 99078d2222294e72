internal import COpenSSL

/// HMAC-SHA-256, HKDF-SHA-256 (RFC 5869) and scrypt (RFC 7914).
package enum KeyDerivation {
  /// HMAC-SHA-256 of `message`.
  package static func hmac(_ message: [UInt8], key: KeyBox) -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
      unsafe message.withUnsafeBytes { message in
        unsafe hmac(message, key: key.raw, into: UnsafeMutableRawBufferPointer(buffer))
      }
      count = 32
    }
  }

  /// HMAC-SHA-256 under a key that is no secret of ours: public test vectors.
  package static func hmac(_ message: [UInt8], rawKey: [UInt8]) -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
      unsafe message.withUnsafeBytes { message in
        unsafe rawKey.withUnsafeBytes { key in
          unsafe hmac(message, key: key, into: UnsafeMutableRawBufferPointer(buffer))
        }
      }
      count = 32
    }
  }

  /// A key for one purpose: HKDF with `key` as input, `salt` (empty: 32 zeros), and `purpose` ‖ `context` as info.
  ///
  /// `purpose` names what the key is for; no purpose is a prefix of another's purpose with context.
  package static func derive(
    from key: KeyBox, purpose: String, context: [UInt8] = [], salt: KeyBox? = nil
  ) -> KeyBox {
    KeyBox(
      unsafe SecretBytes(filling: KeyBox.byteCount) { out in
        unsafe hkdf(
          key.raw, salt: salt?.raw, info: Array("vsql ".utf8) + Array(purpose.utf8) + context, into: out)
      })
  }

  /// HKDF over bytes that are no secret of ours: public test vectors. `count` is 1 to 8,160.
  package static func hkdf(_ input: [UInt8], salt: [UInt8], info: [UInt8], count: Int) -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      unsafe input.withUnsafeBytes { input in
        unsafe salt.withUnsafeBytes { salt in
          unsafe hkdf(input, salt: salt, info: info, into: UnsafeMutableRawBufferPointer(buffer))
        }
      }
      filled = count
    }
  }

  /// scrypt with cost 2^`logN`, block size `r`, parallelism `p`; nil when libcrypto refuses (too much memory).
  package static func scrypt(_ passphrase: [UInt8], salt: [UInt8], logN: UInt8, r: UInt32, p: UInt32)
    -> KeyBox?
  {
    var made = false
    let key = unsafe SecretBytes(filling: KeyBox.byteCount) { out in
      unsafe made = scrypt(passphrase, salt: salt, logN: logN, r: r, p: p, into: out)
    }
    return made ? KeyBox(key) : nil
  }

  /// scrypt's bytes, for public test vectors.
  package static func scryptBytes(
    _ passphrase: [UInt8], salt: [UInt8], logN: UInt8, r: UInt32, p: UInt32, count: Int
  ) -> [UInt8]? {
    var made = false
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      unsafe made = scrypt(
        passphrase, salt: salt, logN: logN, r: r, p: p, into: UnsafeMutableRawBufferPointer(buffer))
      filled = count
    }
    return made ? bytes : nil
  }

  /// Compares in constant time (but for the lengths).
  package static func equal(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    guard a.count == b.count else { return false }
    return unsafe CRYPTO_memcmp(a, b, a.count) == 0
  }

  private static func hkdf(
    _ input: UnsafeRawBufferPointer, salt: UnsafeRawBufferPointer?, info: [UInt8],
    into out: UnsafeMutableRawBufferPointer
  ) {
    let zeros = [UInt8](repeating: 0, count: 32)
    let extracted = unsafe SecretBytes(filling: 32) { target in
      if let salt = unsafe salt, salt.count > 0 {
        unsafe hmac(input, key: salt, into: target)
      } else {
        unsafe zeros.withUnsafeBytes { unsafe hmac(input, key: $0, into: target) }
      }
    }
    // T(i) = HMAC(PRK, T(i-1) ‖ info ‖ i), in locked memory as the output may be a key.
    _ = unsafe SecretBytes(filling: 64 + info.count + 1) { scratch in
      var done = 0
      var counter: UInt8 = 1
      while done < out.count {
        unsafe scratch.baseAddress.map { unsafe ($0 + 64).copyMemory(from: info, byteCount: info.count) }
        unsafe scratch[64 + info.count] = counter
        let message = unsafe UnsafeRawBufferPointer(rebasing: scratch[(counter == 1 ? 64 : 32)...])
        let block = unsafe UnsafeMutableRawBufferPointer(rebasing: scratch[..<32])
        unsafe hmac(message, key: extracted.raw, into: block)
        let step = min(32, out.count - done)
        unsafe UnsafeMutableRawBufferPointer(rebasing: out[done..<done + step]).copyMemory(
          from: UnsafeRawBufferPointer(rebasing: block[..<step]))
        unsafe UnsafeMutableRawBufferPointer(rebasing: scratch[32..<64]).copyMemory(
          from: UnsafeRawBufferPointer(block))
        done += step
        counter &+= 1
      }
    }
  }

  private static func hmac(
    _ message: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer, into out: UnsafeMutableRawBufferPointer
  ) {
    precondition(out.count >= 32, "HMAC-SHA-256 writes 32 bytes")
    var empty: UInt8 = 0
    // An empty message or key still needs an address that libcrypto may look at.
    let done = unsafe withUnsafePointer(to: &empty) { none in
      unsafe HMAC(
        EVP_sha256(), key.baseAddress ?? UnsafeRawPointer(none), Int32(clamping: key.count),
        message.bindMemory(to: UInt8.self).baseAddress ?? none, message.count,
        out.bindMemory(to: UInt8.self).baseAddress, nil)
    }
    unsafe precondition(done != nil, "libcrypto offers HMAC-SHA-256")
  }

  private static func scrypt(
    _ passphrase: [UInt8], salt: [UInt8], logN: UInt8, r: UInt32, p: UInt32,
    into out: UnsafeMutableRawBufferPointer
  ) -> Bool {
    guard logN < 32 else { return false }
    // 128·N·r bytes, and some for the rest; libcrypto's own limit is just below what N = 2^15, r = 8 takes.
    let memory = 256 * (UInt64(1) << UInt64(logN)) * UInt64(r) + (1 << 20)
    return unsafe passphrase.withUnsafeBytes { word in
      unsafe word.withMemoryRebound(to: CChar.self) { word in
        unsafe EVP_PBE_scrypt(
          word.baseAddress, word.count, salt, salt.count, UInt64(1) << UInt64(logN), UInt64(r), UInt64(p),
          memory,
          out.bindMemory(to: UInt8.self).baseAddress, out.count) == 1
      }
    }
  }
}
