internal import CZstd

/// What compresses short byte strings with a dictionary: digested once, used for each string. For any thread.
@safe final class ZstdCompressionDictionary: @unchecked Sendable {
  // Sound to share: zstd only reads it once it is made; freed when no reference is left.
  fileprivate let digested: OpaquePointer

  /// - Parameter dictionary: as `ZstdDictionary.trained` makes it, or a content of any form.
  /// - Throws: 53200 when there is no memory for it.
  init(_ dictionary: ArraySlice<UInt8>) throws(StorageError) {
    let made = unsafe dictionary.withUnsafeBytes {
      unsafe ZSTD_createCDict($0.baseAddress, $0.count, Zstd.level)
    }
    guard let made = unsafe made else { throw .outOfMemory(what: "compression") }
    unsafe digested = unsafe made
  }

  deinit { unsafe ZSTD_freeCDict(digested) }
}

/// The same for what was compressed with the dictionary.
@safe final class ZstdDecompressionDictionary: @unchecked Sendable {
  // Sound to share: as above.
  fileprivate let digested: OpaquePointer

  /// - Throws: 53200 when there is no memory for it, or these are no bytes of a dictionary: nil of zstd says either.
  init(_ dictionary: ArraySlice<UInt8>) throws(StorageError) {
    let made = unsafe dictionary.withUnsafeBytes { unsafe ZSTD_createDDict($0.baseAddress, $0.count) }
    guard let made = unsafe made else { throw .outOfMemory(what: "decompression") }
    unsafe digested = unsafe made
  }

  deinit { unsafe ZSTD_freeDDict(digested) }
}

enum ZstdDictionary {
  /// Entropy tables, offsets and what lies before them are below this; measured: 130 to 260 bytes.
  private static let headBytes = 4_096
  /// zstd takes any number; frames do not name it.
  private static let id: UInt32 = 1 << 15

  /// A dictionary in zstd's own form: its magic number, id and entropy tables, then `content` as it is.
  ///
  /// - Parameters:
  ///   - content: 8 bytes or more.
  ///   - samples: what the entropy tables are counted in. Nothing else of them comes into the dictionary.
  /// - Returns: nil when zstd makes none of these.
  static func trained(_ content: [UInt8], samples: RowBytes) -> [UInt8]? {
    var made = [UInt8](repeating: 0, count: content.count + headBytes)
    let sizes = (0..<samples.count).map { samples.range($0).count }
    // All four buffers live for the call, their lengths are passed with them; the sizes add up to the samples' bytes.
    let size = unsafe made.withUnsafeMutableBytes { target in
      unsafe content.withUnsafeBytes { content in
        unsafe samples.bytes.withUnsafeBytes { samples in
          unsafe sizes.withUnsafeBufferPointer { sizes in
            unsafe ZDICT_finalizeDictionary(
              target.baseAddress, target.count, content.baseAddress, content.count, samples.baseAddress,
              sizes.baseAddress, UInt32(sizes.count),
              ZDICT_params_t(compressionLevel: Zstd.level, notificationLevel: 0, dictID: id))
          }
        }
      }
    }
    guard ZDICT_isError(size) == 0, size > content.count,
      made[size - content.count..<size].elementsEqual(content)
    else { return nil }
    return Array(made[..<size])
  }
}

extension Zstd {
  /// What one block takes at most; a string over it is not compressed with a dictionary.
  static let blockBytes = 1 << 17

  /// The one compressed block of `content`, without the frame around it; nil when it is not one such block, or not smaller.
  func block(of content: ArraySlice<UInt8>, _ dictionary: ZstdCompressionDictionary) -> ArraySlice<UInt8>? {
    guard !content.isEmpty, content.count <= Self.blockBytes else { return nil }
    growScratch(to: ZSTD_compressBound(content.count))
    // Both buffers live for the call, their lengths are passed with them. What is set stays with the context, and means nothing to
    // the calls of `frame`. No id: a record's dictionary is its segment's.
    let start = BlockHead(of: content.count, block: 0).count
    let end = unsafe scratch.withUnsafeMutableBytes { target -> Int? in
      let size = unsafe content.withUnsafeBytes { source in
        unsafe ZSTD_CCtx_setParameter(compressing, ZSTD_c_dictIDFlag, 0)
        unsafe ZSTD_CCtx_refCDict(compressing, dictionary.digested)
        return unsafe ZSTD_compress2(
          compressing, target.baseAddress, target.count, source.baseAddress, source.count)
      }
      guard ZSTD_isError(size) == 0, size > start, size - start < content.count else { return nil }
      // Frames of several blocks begin otherwise, and those of a block that is stored or repeats one byte.
      let head = BlockHead(of: content.count, block: size - start)
      // `size` bytes were written, and `start` is less.
      for index in 0..<start where unsafe target[index] != head[index] { return nil }
      return size
    }
    return end.map { scratch[start..<$0] }
  }

  /// Appends the `size` bytes that a block holds. False, and nothing appended: not such a block.
  func unblock(
    _ block: Span<UInt8>, size: Int, _ dictionary: ZstdDecompressionDictionary,
    appendingTo out: inout [UInt8]
  ) -> Bool {
    guard size > 0, size <= Self.blockBytes, block.count < size else { return false }
    let head = BlockHead(of: size, block: block.count)
    let framed = head.count + block.count
    growScratch(to: framed)
    unsafe scratch.withUnsafeMutableBytes { target in
      unsafe block.withUnsafeBytes { source in
        // `scratch` has room for the head and the block.
        for index in 0..<head.count { unsafe target[index] = head[index] }
        unsafe UnsafeMutableRawBufferPointer(rebasing: target[head.count...]).copyMemory(from: source)
      }
    }
    let start = out.count
    out.append(contentsOf: repeatElement(0, count: size))
    let found = unsafe out.withUnsafeMutableBytes { out in
      unsafe scratch.withUnsafeBytes { source in
        unsafe ZSTD_decompress_usingDDict(
          decompressing, out.baseAddress.map { unsafe $0 + start }, out.count - start, source.baseAddress,
          framed, dictionary.digested)
      }
    }
    if found == size { return true }
    out.removeLast(out.count - start)
    return false
  }
}

/// What lies before the only block of a frame that states its content's size, and nothing else: both sizes tell it, so it is not
/// stored.
private struct BlockHead {
  /// Little-endian.
  private let bytes: UInt128
  let count: Int

  subscript(index: Int) -> UInt8 { UInt8(truncatingIfNeeded: bytes >> UInt128(8 * index)) }

  /// - Parameters:
  ///   - size: of the content, at most 128 KiB.
  ///   - block: bytes of the block.
  init(of size: Int, block: Int) {
    // Magic number, frame header descriptor (single segment), content size in 1, 2 or 4 bytes, block header: last, compressed.
    let (descriptor, stated, width): (UInt128, Int, Int) =
      size < 256 ? (0x20, size, 1) : size < 256 + 1 << 16 ? (0x60, size - 256, 2) : (0xa0, size, 4)
    let header = UInt128(block) << 3 | 2 << 1 | 1
    bytes = 0xfd2f_b528 | descriptor << 32 | UInt128(stated) << 40 | header << UInt128(40 + 8 * width)
    count = 5 + width + 3
  }
}
