extension [UInt8] {
  /// Appends the bytes of `span`.
  @inlinable
  package mutating func append(bytes span: Span<UInt8>) {
    // The pointer is used inside the call only, while the span is borrowed.
    unsafe span.withUnsafeBufferPointer { unsafe self.append(contentsOf: $0) }
  }
}

extension String {
  /// The text of well-formed UTF-8; what is not well-formed is replaced.
  @inlinable
  package init(bytes span: Span<UInt8>) {
    self = unsafe span.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
  }
}
