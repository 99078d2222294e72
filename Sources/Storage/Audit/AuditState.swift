/// What the sealed state keeps of the chain: how far the files reach, and the head that they must lead to.
package struct AuditState: Hashable, Sendable {
  /// Events in the files.
  package let count: UInt64
  /// The chain hash after the last of them.
  package let head: Digest
  /// Bytes of the last log file.
  package let logBytes: UInt64

  package func encode(to writer: inout ByteWriter) {
    writer.u64(count)
    writer.raw(head.bytes)
    writer.u64(logBytes)
  }

  package init(from reader: inout ByteReader) throws(StorageError) {
    count = try reader.u64()
    guard let head = Digest(bytes: try reader.raw(Digest.byteCount)) else {
      throw reader.malformed("a hash expected")
    }
    self.head = head
    logBytes = try reader.u64()
  }

  init(count: UInt64, head: Digest, logBytes: UInt64) {
    self.count = count
    self.head = head
    self.logBytes = logBytes
  }
}
