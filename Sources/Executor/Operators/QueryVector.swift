internal import Kernels
import VSQLDiagnostics
import VSQLPlanner
import VSQLSchema

/// A vector that rows are compared with, made ready once.
struct QueryVector {
  let metric: Metric
  let shape: VectorShape
  /// Elements of float vectors; empty for bits.
  private let floats: [Float]
  /// Packed bits; empty for floats.
  private let bits: [UInt8]

  /// - Parameters:
  ///   - value: the query; its dimension is the column's.
  ///   - shape: the column's.
  /// - Throws: 22000 for another dimension, 42804 for a metric that does not fit the elements.
  init(_ value: VectorValue, metric: Metric, shape: VectorShape) throws(Diagnostic) {
    guard value.shape.dimension == shape.dimension else {
      throw Diagnostic(
        .dataException,
        "different vector dimensions: the column has \(shape.dimension), the query \(value.shape.dimension)")
    }
    guard (value.shape.element == .bit) == (shape.element == .bit), (shape.element == .bit) == metric.isOfBits
    else {
      throw Diagnostic(.datatypeMismatch, "the distance does not fit vectors of \(SQLType.vector(shape))")
    }
    self.metric = metric
    self.shape = shape
    floats = QueryVector.floats(of: value)
    bits = value.shape.element == .bit ? value.bytes : []
  }

  /// Whether every element is 0: its cosine distance to anything is undefined.
  var isZero: Bool { !floats.isEmpty && floats.allSatisfy { $0 == 0 } }

  private static func floats(of value: VectorValue) -> [Float] {
    let count = value.shape.dimension
    switch value.shape.element {
    case .bit: return []
    case .float32:
      return (0..<count).map {
        Float(bitPattern: UInt32(truncatingIfNeeded: value.bytes.littleEndian($0 * 4, 4)))
      }
    case .float16:
      let halves = (0..<count).map { UInt16(truncatingIfNeeded: value.bytes.littleEndian($0 * 2, 2)) }
      var floats = [Float](repeating: 0, count: count)
      // Both arrays hold `count` numbers.
      unsafe vsql_f32_from_f16(halves, count, &floats)
      return floats
    }
  }

  /// The ranking values of rows `range` of `values` into `out`, from `place` on; NaN where there is none.
  ///
  /// The negative inner product is ranked by, so the sign is turned here.
  func rank(_ values: VectorValues, rows range: Range<Int>, at place: Int, into out: inout [Double]) {
    let width = shape.byteCount
    let start = (values.first + range.lowerBound) * width
    precondition(
      values.shape == shape && place >= 0 && place + range.count <= out.count && start >= 0
        && start + range.count * width <= values.bytes.count,
      "the rows lie inside the column, and the results inside their array")
    // The precondition holds the pointers: `range.count` rows of `width` bytes from `start`, as many results. Vectors lie
    // without padding from the array's first byte, which Swift aligns to 16, so elements are aligned to their size.
    unsafe values.bytes.withUnsafeBytes { all in
      guard let base = all.baseAddress else { return }
      unsafe out.withUnsafeMutableBufferPointer { results in
        guard let first = results.baseAddress else { return }
        unsafe kernel(base + start, range.count, first + place)
      }
    }
    if metric == .negativeInnerProduct {
      for index in place..<place + range.count { out[index] = -out[index] }
    }
  }

  private func kernel(_ rows: UnsafeRawPointer, _ count: Int, _ out: UnsafeMutablePointer<Double>) {
    let n = shape.dimension
    switch shape.element {
    case .float32:
      let rows = unsafe rows.assumingMemoryBound(to: Float.self)
      switch metric {
      case .l2: unsafe vsql_l2_f32(rows, count, n, floats, out)
      case .cosine: unsafe vsql_cosine_f32(rows, count, n, floats, out)
      case .negativeInnerProduct: unsafe vsql_inner_product_f32(rows, count, n, floats, out)
      case .l1: unsafe vsql_l1_f32(rows, count, n, floats, out)
      case .hamming, .jaccard: preconditionFailure("bit metrics take bit vectors, which init checks")
      }
    case .float16:
      let rows = unsafe rows.assumingMemoryBound(to: UInt16.self)
      switch metric {
      case .l2: unsafe vsql_l2_f16(rows, count, n, floats, out)
      case .cosine: unsafe vsql_cosine_f16(rows, count, n, floats, out)
      case .negativeInnerProduct: unsafe vsql_inner_product_f16(rows, count, n, floats, out)
      case .l1: unsafe vsql_l1_f16(rows, count, n, floats, out)
      case .hamming, .jaccard: preconditionFailure("bit metrics take bit vectors, which init checks")
      }
    case .bit:
      let rows = unsafe rows.assumingMemoryBound(to: UInt8.self)
      switch metric {
      case .hamming: unsafe vsql_hamming_bits(rows, count, n, bits, out)
      case .jaccard: unsafe vsql_jaccard_bits(rows, count, n, bits, out)
      case .l2, .cosine, .negativeInnerProduct, .l1:
        preconditionFailure("float metrics take float vectors, which init checks")
      }
    }
  }
}

extension Metric {
  /// Whether it compares packed bits.
  var isOfBits: Bool {
    switch self {
    case .hamming, .jaccard: true
    case .l2, .cosine, .negativeInnerProduct, .l1: false
    }
  }
}

extension [UInt8] {
  /// `count` (at most 8) bytes from `offset` as a little-endian number.
  fileprivate func littleEndian(_ offset: Int, _ count: Int) -> UInt64 {
    var value: UInt64 = 0
    for index in (0..<count).reversed() { value = value << 8 | UInt64(self[offset + index]) }
    return value
  }
}
