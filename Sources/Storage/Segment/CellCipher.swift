import VSQLSchema

/// Seals and opens the cells of one segment, into buffers that are there already: no array a cell. One per thread.
///
/// The nonce is fixed by the group: a DEK seals one version of one record, or page, once, each group of it exactly one time.
final class CellCipher {
  private let sealer = Sealer()
  private var place: AssociatedData

  init(
    database: DatabaseID, tenant: TenantID, table: TableID, segment: SegmentID,
    seal: TableDefinition.Seal
  ) {
    place = AssociatedData(
      UnitPlace(database: database, tenant: tenant, table: table, file: segment.raw, kind: seal.unitKind))
  }

  /// Seals `plain` into the `plain.count + 16` bytes of `out` from `offset`.
  func seal(
    _ plain: Span<UInt8>, keys: KeyBlock, group: Int, row: Int, into out: inout [UInt8], at offset: Int
  ) throws(StorageError) {
    let end = offset + plain.count + Sealer.tagBytes
    precondition(offset >= 0 && end <= out.count, "a sealed cell lies within its buffer")
    place.set(group: UInt32(group))
    place.set(ordinal: UInt64(row))
    var failure: StorageError?
    // The ranges were checked above; both buffers live for the call.
    unsafe plain.withUnsafeBytes { plain in
      unsafe out.withUnsafeMutableBytes { out in
        do throws(StorageError) {
          try unsafe sealer.sealCell(
            plain, keys: keys, index: row % SegmentFormat.blockKeys, nonce: .fixed(group: UInt32(group)),
            place: place,
            into: UnsafeMutableRawBufferPointer(rebasing: out[offset..<end]))
        } catch { failure = error }
      }
    }
    if let failure { throw failure }
  }

  /// Opens `sealed` into the `sealed.count - 16` bytes of `out` from `offset`. False: not authentic, or the key is gone.
  func open(
    _ sealed: Span<UInt8>, keys: KeyBlock, group: Int, row: Int, into out: inout [UInt8], at offset: Int
  ) -> Bool {
    let end = offset + sealed.count - Sealer.tagBytes
    guard sealed.count >= Sealer.tagBytes, offset >= 0, end <= out.count else { return false }
    place.set(group: UInt32(group))
    place.set(ordinal: UInt64(row))
    // The ranges were checked above; both buffers live for the call.
    return unsafe sealed.withUnsafeBytes { sealed in
      unsafe out.withUnsafeMutableBytes { out in
        unsafe sealer.openCell(
          sealed, keys: keys, index: row % SegmentFormat.blockKeys, nonce: .fixed(group: UInt32(group)),
          place: place,
          into: UnsafeMutableRawBufferPointer(rebasing: out[offset..<end]))
      }
    }
  }
}

extension TableDefinition.Seal {
  /// Of the units of a `.seg` file.
  var unitKind: UnitPlace.Kind {
    switch self {
    case .record: .cell
    case .page: .page
    }
  }
}
