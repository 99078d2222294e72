#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

extension [UInt8] {
  /// The position of the first newline in `from ..< to`.
  func firstNewline(from: Int, to: Int) -> Int? {
    precondition(from >= 0 && from <= to && to <= count, "the window lies inside the buffer")
    return unsafe withUnsafeBytes { all -> Int? in
      guard let base = all.baseAddress, to > from,
        let found = unsafe memchr(base + from, 0x0A, to - from)
      else { return nil }
      return unsafe base.distance(to: UnsafeRawPointer(found))
    }
  }

  /// Moves `count` bytes from `from` to the front.
  mutating func moveToFront(from: Int, count moved: Int) {
    precondition(from >= 0 && moved >= 0 && from + moved <= count, "the window lies inside the buffer")
    unsafe withUnsafeMutableBytes { all in
      guard let base = all.baseAddress else { return }
      unsafe memmove(base, base + from, moved)
    }
  }
}
