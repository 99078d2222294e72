import VSQLDiagnostics

/// A file's bytes in pieces: a window that is moved along, and grown only for a record that is longer than it.
struct PieceBuffer: ~Copyable {
  static let pieceBytes = 1 << 20
  /// A record may not be longer.
  static let maxRecordBytes = 256 << 20

  private(set) var bytes: [UInt8]
  /// The unread part is `start ..< end`.
  private(set) var start = 0
  private(set) var end = 0
  private(set) var isAtEnd = false
  private var file: InputFile

  init(file: consuming InputFile, pieceBytes: Int = PieceBuffer.pieceBytes) throws(Diagnostic) {
    bytes = [UInt8](repeating: 0, count: max(pieceBytes, 16))
    self.file = file
    try fill()
    skipByteOrderMark()
  }

  var path: String { file.path }

  /// The part of the file that was consumed, 0 to 1.
  var fraction: Double? {
    guard let size = file.sizeBytes, size > 0 else { return nil }
    return min(1, Double(file.readBytes - (end - start)) / Double(size))
  }

  /// Reads more behind the unread part. Positions relative to `start` stay true, `start` itself moves to 0.
  mutating func fill() throws(Diagnostic) {
    if isAtEnd { return }
    let rest = end - start
    if start > 0 {
      bytes.moveToFront(from: start, count: rest)
      start = 0
      end = rest
    }
    if end == bytes.count {
      guard bytes.count < PieceBuffer.maxRecordBytes else {
        throw Diagnostic(
          .programLimitExceeded,
          "\"\(file.path)\": a record is longer than \(PieceBuffer.maxRecordBytes >> 20) MiB")
      }
      bytes.append(contentsOf: repeatElement(0, count: bytes.count))
    }
    let got = try file.read(into: &bytes, from: end)
    end += got
    if got == 0 { isAtEnd = true }
  }

  /// The end of the line that begins at `start` (its newline, or the file's end), reading more as needed; nil when
  /// nothing is left.
  mutating func lineEnd() throws(Diagnostic) -> Int? {
    var searched = 0
    while true {
      if let newline = bytes.firstNewline(from: start + searched, to: end) { return newline }
      searched = end - start
      if isAtEnd { return searched == 0 ? nil : end }
      try fill()
    }
  }

  /// Leaves the record that ends at `position` behind, and the newline there.
  mutating func advance(past position: Int) { advance(to: position + 1) }

  /// Leaves everything before `position` behind.
  mutating func advance(to position: Int) { start = min(position, end) }

  private mutating func skipByteOrderMark() {
    if end - start >= 3, bytes[start] == 0xEF, bytes[start + 1] == 0xBB, bytes[start + 2] == 0xBF {
      start += 3
    }
  }
}
