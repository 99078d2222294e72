#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

extension Array where Element: BitwiseCopyable {
  /// `count` values that `body` writes, every one of them.
  init<Result>(
    count: Int, result: inout Result?,
    writtenBy body: (inout MutableSpan<Element>) throws(StorageError) -> Result
  ) throws(StorageError) {
    var failure: StorageError?
    self = unsafe [Element](unsafeUninitializedCapacity: count) { buffer, filled in
      // Bits of any kind are a value; all are written before the array is anybody's.
      let places = unsafe UnsafeMutableBufferPointer(rebasing: buffer[..<count])
      unsafe LargePages.advise(UnsafeRawBufferPointer(places))
      var span = unsafe MutableSpan(_unsafeElements: places)
      do throws(StorageError) {
        result = try body(&span)
        filled = count
      } catch { failure = error }
    }
    if let failure { throw failure }
  }
}

extension Parallel {
  /// An array that several threads write, each its own part, so that nothing is written twice or put together afterwards.
  ///
  /// - Parameters:
  ///   - parts: ranges of its `count` places that follow each other and together are all of them.
  ///   - body: writes every place of a part; called as `map` calls.
  /// - Throws: the error of the first part that has one.
  static func array<Element: BitwiseCopyable & Sendable, Part: Sendable>(
    _: Element.Type, count: Int, parts: [Range<Int>],
    _ body: @escaping @Sendable (Int, inout MutableSpan<Element>) throws(StorageError) -> Part
  ) throws(StorageError) -> (list: [Element], parts: [Part]) {
    precondition(
      parts.first?.lowerBound ?? 0 == 0 && parts.last?.upperBound ?? 0 == count
        && zip(parts, parts.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound }, "parts are the whole")
    var results: [Part]?
    let list = try [Element](count: count, result: &results) { all throws(StorageError) -> [Part] in
      // The parts do not overlap, and the memory is there until all threads are joined.
      let base = unsafe all.withUnsafeMutableBytes { UInt(bitPattern: $0.baseAddress) }
      return try map(parts.count) { index throws(StorageError) -> Part in
        let part = parts[index]
        let start = unsafe UnsafeMutablePointer<Element>(
          bitPattern: base + UInt(part.lowerBound * MemoryLayout<Element>.stride))
        var span = unsafe MutableSpan(
          _unsafeElements: UnsafeMutableBufferPointer(start: start, count: start == nil ? 0 : part.count))
        return try body(index, &span)
      }
    }
    return (list, results ?? [])
  }
}

extension MutableSpan where Element: BitwiseCopyable {
  /// Some of the places as a span of their own.
  mutating func withPlaces(
    _ range: Range<Int>, _ body: (inout MutableSpan<Element>) throws(StorageError) -> Void
  ) throws(StorageError) {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "places lie within their span")
    var failure: StorageError?
    unsafe withUnsafeMutableBufferPointer { all in
      // Within `all`, as was looked at, and used only here.
      var part = unsafe MutableSpan(_unsafeElements: UnsafeMutableBufferPointer(rebasing: all[range]))
      do throws(StorageError) { try body(&part) } catch { failure = error }
    }
    if let failure { throw failure }
  }
}

/// Memory in pages of 2 MiB, where the system has such: one page fault then stands for 512.
enum LargePages {
  private static let pageBytes: UInt = 1 << 21
  /// Less has too few of them to be worth a call.
  private static let smallestBytes = 1 << 22

  /// Asks for such pages inside of memory that nothing was written to yet. It changes nothing else, so failing is fine.
  static func advise(_ bytes: UnsafeRawBufferPointer) {
    #if os(Linux)
    let (address, count) = (UInt(bitPattern: bytes.baseAddress), bytes.count)
    guard count >= smallestBytes else { return }
    let first = (address + pageBytes - 1) / pageBytes * pageBytes
    let end = (address + UInt(count)) / pageBytes * pageBytes
    if end > first {
      _ = unsafe madvise(UnsafeMutableRawPointer(bitPattern: first), Int(end - first), MADV_HUGEPAGE)
    }
    #endif
  }
}
