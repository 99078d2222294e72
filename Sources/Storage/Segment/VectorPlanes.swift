import VSQLSchema

/// A vector's bytes by significance: all lowest bytes, then all next ones. The exponents that a model's numbers share lie together then,
/// which zstd can use.
struct VectorPlanes: Sendable {
  /// Bytes of one number.
  private let elementBytes: Int
  let byteCount: Int

  init(_ shape: VectorShape) {
    elementBytes =
      switch shape.element {
      case .float32: 4
      case .float16: 2
      case .bit: 1
      }
    byteCount = shape.byteCount
  }

  func split(_ vector: Span<UInt8>, appendingTo planes: inout [UInt8]) {
    for plane in 0..<elementBytes {
      var index = plane
      while index < vector.count {
        planes.append(vector[index])
        index += elementBytes
      }
    }
  }

  /// - Parameter planes: as many bytes as a vector has.
  func join(_ planes: Span<UInt8>, appendingTo vector: inout [UInt8]) {
    precondition(planes.count == byteCount, "planes hold a whole vector")
    let dimension = byteCount / elementBytes
    for number in 0..<dimension {
      for plane in 0..<elementBytes { vector.append(planes[plane * dimension + number]) }
    }
  }

  /// Planes in the place of plain vectors, where they take at most three quarters of the bytes in a sample of up to 64. Unpacking a vector
  /// costs about as much as opening its seal: for less it would slow searches down more than it saves.
  static func choose(_ content: ColumnGroup.Content, _ batches: [Batch]) throws(StorageError)
    -> ColumnGroup.Content
  {
    guard case .vector(let column) = content else { return content }
    let zstd = try Zstd()
    var (plainBytes, packedBytes) = (0, 0)
    let each = max(1, batches.reduce(0) { $0 + $1.count } / 64)
    var next = 0
    var first = 0
    for batch in batches {
      guard case .vectors(let list) = batch.columns[column].values else { return content }
      let planes = VectorPlanes(list.shape)
      guard planes.elementBytes > 1, planes.byteCount >= Zstd.leastBytes else { return content }
      while next < first + batch.count {
        let row = next - first
        next += each
        if batch.columns[column].isNull(row) { continue }
        let from = (list.first + row) * planes.byteCount
        var split: [UInt8] = []
        planes.split(list.bytes.span.extracting(from..<from + planes.byteCount), appendingTo: &split)
        plainBytes += split.count
        packedBytes += zstd.pack(split[...]).count
      }
      first += batch.count
    }
    return packedBytes * 4 <= plainBytes * 3 && plainBytes > 0 ? .planes(column: column) : content
  }
}
