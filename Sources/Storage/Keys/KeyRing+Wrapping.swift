internal import Synchronization
import VSQLSchema

/// Wrapping and unwrapping blocks of DEKs.
extension KeyRing {
  /// Bytes of a wrapped block of `count` keys: nonce (12), presence (8) and keys (32 each) sealed, tag (16).
  package static func wrappedBytes(count: Int) -> Int {
    Nonce.byteCount + 8 + count * KeyBox.byteCount + Sealer.tagBytes
  }

  /// One unit: nonce, then presence and keys of `block` sealed under HKDF(KEK, slot key) at `place`.
  ///
  /// Nonces are random. A wrapping key belongs to one slot and one KEK version, which seal a few blocks each, so random
  /// nonces stay far from 2^32 uses.
  package func wrap(
    _ block: KeyBlock, tenant: TenantID, kekVersion: UInt32, slot: SlotID, place: UnitPlace
  ) throws(StorageError) -> [UInt8] {
    let key = try wrappingKey(tenant: tenant, kekVersion: kekVersion, slot: slot)
    let nonce = Nonce.random(randomness)
    var out = nonce.bytes
    out.append(contentsOf: repeatElement(0, count: Self.wrappedBytes(count: block.count) - Nonce.byteCount))
    let data = place.associatedData
    let sealed = sealer.withLock { box in
      unsafe out.withUnsafeMutableBytes { out in
        unsafe data.withUnsafeBytes { data in
          unsafe key.withPointer { key in
            unsafe box.sealer.seal(
              block.raw, key: key, nonce: nonce, associatedData: data,
              into: UnsafeMutableRawBufferPointer(rebasing: out[Nonce.byteCount...]))
          }
        }
      }
    }
    withExtendedLifetime(block) {}
    if !sealed { throw Sealer.failure }
    return out
  }

  /// Opens what `wrap` made.
  ///
  /// - Parameters:
  ///   - path: the file that `sealed` was read from, for errors.
  ///   - offset: where in it.
  /// - Throws: `.unauthentic` when the slot was dropped or the unit does not open at `place`; `.missing` without the KEK.
  package func unwrap(
    _ sealed: ArraySlice<UInt8>, tenant: TenantID, kekVersion: UInt32, slot: SlotID, place: UnitPlace,
    path: String, offset: Int
  ) throws(StorageError) -> KeyBlock {
    let damaged = StorageError.unauthentic(path: path, offset: offset, what: "block of keys")
    let contentBytes = sealed.count - Nonce.byteCount - Sealer.tagBytes
    guard contentBytes > 0, contentBytes <= 8 + KeyBlock.capacity * KeyBox.byteCount,
      let nonce = Nonce(bytes: sealed.prefix(Nonce.byteCount)), hasSlot(slot)
    else { throw damaged }
    let key = try wrappingKey(tenant: tenant, kekVersion: kekVersion, slot: slot)
    let data = place.associatedData
    var opened = false
    let secret = unsafe SecretBytes(filling: contentBytes) { out in
      opened = sealer.withLock { box in
        unsafe sealed.dropFirst(Nonce.byteCount).withUnsafeBytes { sealed in
          unsafe data.withUnsafeBytes { data in
            unsafe key.withPointer { key in
              unsafe box.sealer.open(sealed, key: key, nonce: nonce, associatedData: data, into: out)
            }
          }
        }
      }
    }
    guard opened, let block = KeyBlock(secret) else { throw damaged }
    return block
  }

  /// HKDF(KEK, slot key).
  ///
  /// - Throws: `.missing` without the KEK, `.unauthentic` when the slot was dropped.
  func wrappingKey(tenant: TenantID, kekVersion: UInt32, slot: SlotID) throws(StorageError) -> KeyBox {
    let name = WrappingName(kek: KEKName(tenant: tenant, version: kekVersion), slot: slot)
    let found = state.withLock { state -> Result<KeyBox, StorageError> in
      if let key = state.wrapping[name] { return .success(key) }
      guard let kek = state.keks[name.kek] else { return .failure(.missing(path: name.kek.path)) }
      guard let slotKey = state.slots[slot] else {
        return .failure(.unauthentic(path: "keys/ring", offset: 0, what: "slot key, which was destroyed,"))
      }
      let key = KeyDerivation.derive(from: kek.key, purpose: "dek", salt: slotKey)
      state.wrapping[name] = key
      return .success(key)
    }
    return try found.get()
  }
}
