internal import Kernels
import VSQLDiagnostics
import VSQLSchema

/// Calls of the C kernels over the packed vectors of a column.
///
/// Unsafe pointers are sound here because `Packed` checks, before each call, that as many bytes lie there as the kernel will read, and
/// results have room for `count` numbers. The kernels ask for no alignment; a byte array's memory is bound to the element for the call.
enum VectorKernels {
  /// One number for each of `count` rows: row of `a` against row of `b`; constant form is one vector for all rows.
  static func distances(
    _ metric: KernelMetric, _ a: VectorLane, _ b: VectorLane, _ count: Int
  ) throws(Diagnostic) -> [Double] {
    var out = [Double](repeating: 0, count: count)
    if count == 0 { return out }
    let n = a.shape.dimension
    switch (a.shape.element, b.shape.element) {
    case (.bit, .bit):
      unsafe packed(a, count, UInt8.self) { x, strideX in
        unsafe packed(b, count, UInt8.self) { y, strideY in
          let kernel = metric == .hamming ? unsafe vsql_hamming_pairs_bits : unsafe vsql_jaccard_pairs_bits
          unsafe kernel(x, strideX, y, strideY, count, n, &out)
        }
      }
    case (.float32, .float32), (.float32, .float16):
      let b = b.shape.element == .float16 ? widened(b, count) : b
      unsafe packed(a, count, Float.self) { x, strideX in
        unsafe packed(b, count, Float.self) { y, strideY in
          unsafe floats(metric, x, strideX, y, strideY, count, n, &out)
        }
      }
    case (.float16, .float32):
      if b.isConstant, !a.isConstant {
        unsafe packed(a, count, UInt16.self) { x, _ in
          unsafe packed(b, count, Float.self) { y, _ in unsafe halves(metric, x, y, count, n, &out) }
        }
      } else {
        return try distances(metric, widened(a, count), b, count)
      }
    case (.float16, .float16):
      unsafe packed(a, count, UInt16.self) { x, strideX in
        unsafe packed(b, count, UInt16.self) { y, strideY in
          unsafe halves(metric, x, strideX, y, strideY, count, n, &out)
        }
      }
    case (.bit, _), (_, .bit):
      throw Diagnostic(.internalError, "a vector of floats was measured against one of bits")
    }
    return out
  }

  private static func floats(
    _ metric: KernelMetric, _ x: UnsafePointer<Float>, _ strideX: Int, _ y: UnsafePointer<Float>,
    _ strideY: Int,
    _ count: Int, _ n: Int, _ out: inout [Double]
  ) {
    switch (metric, strideY == 0) {
    case (.l2, true): unsafe vsql_l2_f32(x, count, n, y, &out)
    case (.innerProduct, true): unsafe vsql_inner_product_f32(x, count, n, y, &out)
    case (.cosine, true): unsafe vsql_cosine_f32(x, count, n, y, &out)
    case (.l1, true): unsafe vsql_l1_f32(x, count, n, y, &out)
    case (.l2, false): unsafe vsql_l2_pairs_f32(x, strideX, y, strideY, count, n, &out)
    case (.innerProduct, false): unsafe vsql_inner_product_pairs_f32(x, strideX, y, strideY, count, n, &out)
    case (.cosine, false): unsafe vsql_cosine_pairs_f32(x, strideX, y, strideY, count, n, &out)
    case (.l1, false): unsafe vsql_l1_pairs_f32(x, strideX, y, strideY, count, n, &out)
    case (.hamming, _), (.jaccard, _): break
    }
  }

  private static func halves(
    _ metric: KernelMetric, _ x: UnsafePointer<UInt16>, _ strideX: Int, _ y: UnsafePointer<UInt16>,
    _ strideY: Int,
    _ count: Int, _ n: Int, _ out: inout [Double]
  ) {
    switch metric {
    case .l2: unsafe vsql_l2_pairs_f16(x, strideX, y, strideY, count, n, &out)
    case .innerProduct: unsafe vsql_inner_product_pairs_f16(x, strideX, y, strideY, count, n, &out)
    case .cosine: unsafe vsql_cosine_pairs_f16(x, strideX, y, strideY, count, n, &out)
    case .l1: unsafe vsql_l1_pairs_f16(x, strideX, y, strideY, count, n, &out)
    case .hamming, .jaccard: break
    }
  }

  /// Rows of float16 against one query of float32.
  private static func halves(
    _ metric: KernelMetric, _ x: UnsafePointer<UInt16>, _ query: UnsafePointer<Float>, _ count: Int, _ n: Int,
    _ out: inout [Double]
  ) {
    switch metric {
    case .l2: unsafe vsql_l2_f16(x, count, n, query, &out)
    case .innerProduct: unsafe vsql_inner_product_f16(x, count, n, query, &out)
    case .cosine: unsafe vsql_cosine_f16(x, count, n, query, &out)
    case .l1: unsafe vsql_l1_f16(x, count, n, query, &out)
    case .hamming, .jaccard: break
    }
  }

  /// The Euclidean length of each of `count` vectors.
  static func norms(_ lane: VectorLane, _ count: Int) throws(Diagnostic) -> [Double] {
    var out = [Double](repeating: 0, count: count)
    if count == 0 { return out }
    let n = lane.shape.dimension
    switch lane.shape.element {
    case .float32: unsafe packed(lane, count, Float.self) { x, _ in unsafe vsql_norm_f32(x, count, n, &out) }
    case .float16: unsafe packed(lane, count, UInt16.self) { x, _ in unsafe vsql_norm_f16(x, count, n, &out) }
    case .bit: throw Diagnostic(.internalError, "a vector of bits has no length")
    }
    return out
  }

  /// The same vectors as float32.
  private static func widened(_ lane: VectorLane, _ count: Int) -> VectorLane {
    let shape = VectorShape(dimension: lane.shape.dimension, element: .float32)
    let rows = lane.isConstant ? 1 : count
    var floats = [Float](repeating: 0, count: rows * shape.dimension)
    unsafe packed(lane, rows, UInt16.self) { x, _ in unsafe vsql_f32_from_f16(x, floats.count, &floats) }
    let bytes = unsafe floats.withUnsafeBytes { unsafe Array($0) }
    return VectorLane(VectorValues(shape: shape, bytes: bytes), isConstant: lane.isConstant)
  }

  /// `elements`, row after row, packed as `shape` says.
  ///
  /// - Throws: 22003 when one is past FLOAT16.
  static func packed(_ elements: [Float], _ shape: VectorShape) throws(Diagnostic) -> VectorValues {
    switch shape.element {
    case .float32:
      return unsafe VectorValues(shape: shape, bytes: elements.withUnsafeBytes { unsafe Array($0) })
    case .float16:
      var halves = [UInt16](repeating: 0, count: elements.count)
      guard unsafe vsql_f16_from_f32(elements, elements.count, &halves) == 0 else {
        throw VectorText.overflow(.float16)
      }
      return unsafe VectorValues(shape: shape, bytes: halves.withUnsafeBytes { unsafe Array($0) })
    case .bit: throw Diagnostic(.internalError, "floats were packed as bits")
    }
  }

  /// The lane's vectors for `count` rows, and the elements (bits: bytes) from one row to the next, 0 in constant form.
  @inline(__always)
  private static func packed<Element: BitwiseCopyable>(
    _ lane: VectorLane, _ count: Int, _ type: Element.Type, _ body: (UnsafePointer<Element>, Int) -> Void
  ) {
    let width = lane.shape.byteCount
    let start = lane.list.first * width
    let rows = lane.isConstant ? 1 : count
    precondition(
      start + rows * width <= lane.list.bytes.count, "a column holds a vector for each of its rows")
    unsafe lane.list.bytes.withUnsafeBytes { raw in
      guard let base = raw.baseAddress else { return }
      let vectors = unsafe (base + start).assumingMemoryBound(to: Element.self)
      unsafe body(vectors, lane.isConstant ? 0 : width / MemoryLayout<Element>.stride)
    }
  }
}
