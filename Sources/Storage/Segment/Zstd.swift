internal import CZstd

/// zstd with its contexts kept: a new context costs more than most records' compression. One per thread.
///
/// A packed form is a flag byte and a body: 0 and the bytes as they are, or 1 and a zstd frame, without its constant magic
/// number, that states its content's size.
@safe final class Zstd {
  static let level: Int32 = 3
  /// Begins a packed form whose body is the content as it is.
  static let plainFlag: UInt8 = 0
  private static let magic: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd]
  /// Below this a frame's own 6 bytes and its time (5 µs) buy too little: measured on Debian's records of 99 bytes, 9 %.
  static let leastBytes = 192

  let compressing: OpaquePointer
  let decompressing: OpaquePointer
  var scratch: [UInt8] = []

  /// - Throws: 53200 when there is no memory for the contexts.
  init() throws(StorageError) {
    guard let compressing = unsafe ZSTD_createCCtx() else { throw .outOfMemory(what: "compression") }
    guard let decompressing = unsafe ZSTD_createDCtx() else {
      unsafe ZSTD_freeCCtx(compressing)
      throw .outOfMemory(what: "decompression")
    }
    unsafe self.compressing = unsafe compressing
    unsafe self.decompressing = unsafe decompressing
  }

  deinit {
    unsafe ZSTD_freeCCtx(compressing)
    unsafe ZSTD_freeDCtx(decompressing)
  }

  /// The frame of `content` without the magic number; nil when it is not smaller than the content.
  func frame(of content: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    growScratch(to: ZSTD_compressBound(content.count))
    // Both buffers live for the call, their lengths are passed with them.
    let size = unsafe scratch.withUnsafeMutableBytes { target in
      unsafe content.withUnsafeBytes { source in
        unsafe ZSTD_compressCCtx(
          compressing, target.baseAddress, target.count, source.baseAddress, source.count, Self.level)
      }
    }
    guard ZSTD_isError(size) == 0, size >= Self.magic.count, size - Self.magic.count < content.count else {
      return nil
    }
    return scratch[Self.magic.count..<size]
  }

  /// Appends what a frame without its magic number holds. False, and nothing appended: not such a frame, or over `limit` bytes.
  func unframe(_ body: Span<UInt8>, limit: Int, appendingTo out: inout [UInt8]) -> Bool {
    let framed = Self.magic.count + body.count
    growScratch(to: framed)
    for index in Self.magic.indices { scratch[index] = Self.magic[index] }
    unsafe scratch.withUnsafeMutableBytes { target in
      unsafe body.withUnsafeBytes { source in
        // `scratch` has room for the magic and the body.
        unsafe UnsafeMutableRawBufferPointer(rebasing: target[Self.magic.count...]).copyMemory(from: source)
      }
    }
    let stated = unsafe scratch.withUnsafeBytes { unsafe ZSTD_getFrameContentSize($0.baseAddress, framed) }
    // Unknown and erroneous sizes are the two largest numbers.
    guard stated <= UInt64(limit) else { return false }
    let before = out.count
    var isWhole = false
    out.append(addingCapacity: Int(stated)) { room in
      unsafe room.withUnsafeMutableBufferPointer { room, filled in
        unsafe scratch.withUnsafeBytes { source in
          // `room` has at least `stated` bytes left.
          let size = unsafe ZSTD_decompressDCtx(
            decompressing, room.baseAddress.map { unsafe $0 + filled }, Int(stated), source.baseAddress,
            framed)
          isWhole = size == Int(stated)
          if isWhole { filled += Int(stated) }
        }
      }
    }
    return isWhole && out.count == before + Int(stated)
  }

  func growScratch(to count: Int) {
    if scratch.count < count { scratch = Array(repeating: 0, count: count) }
  }

  /// The packed form of `content`, the shorter of both.
  func pack(_ content: ArraySlice<UInt8>) -> [UInt8] {
    if content.count >= Self.leastBytes, let frame = frame(of: content) { return [1] + frame }
    return [Self.plainFlag] + content
  }

  /// Appends the content of a packed form. False, and nothing appended: not a packed form.
  func unpack(_ packed: Span<UInt8>, limit: Int = 1 << 32, appendingTo out: inout [UInt8]) -> Bool {
    guard packed.count > 0 else { return false }
    let body = packed.extracting(1...)
    switch packed[0] {
    case Self.plainFlag:
      out.append(body)
      return true
    case 1: return unframe(body, limit: limit, appendingTo: &out)
    default: return false
    }
  }
}
