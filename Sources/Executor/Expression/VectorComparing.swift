import VSQLDiagnostics
import VSQLPlanner
import VSQLSchema

/// Vectors element by element, the first difference deciding; shorter before longer, as pgvector orders them.
enum VectorComparing {
  static func map(
    _ comparison: Comparison, _ a: VectorLane, _ b: VectorLane, _ arguments: StrictArguments
  ) throws(Diagnostic) -> [Bool] {
    guard (a.shape.element == .bit) == (b.shape.element == .bit) else {
      throw Diagnostic(.internalError, "a vector of floats was compared with one of bits")
    }
    let (x, y) = (a.list.bytes.span, b.list.bytes.span)
    var flags = [Bool](repeating: false, count: arguments.extent.count)
    arguments.extent.forEachSelected(arguments.validity) { row in
      let order = order(x, a.range(row).lowerBound, a.shape, y, b.range(row).lowerBound, b.shape)
      flags[row] = comparison.holds(order)
    }
    return flags
  }

  private static func order(
    _ x: Span<UInt8>, _ a: Int, _ shapeA: VectorShape, _ y: Span<UInt8>, _ b: Int, _ shapeB: VectorShape
  ) -> Int {
    if shapeA.element == .bit {
      for index in 0..<min(shapeA.byteCount, shapeB.byteCount) where x[a + index] != y[b + index] {
        return x[a + index] < y[b + index] ? -1 : 1
      }
    } else {
      for index in 0..<min(shapeA.dimension, shapeB.dimension) {
        let left = PackedFloats.element(x, a, index, shapeA.element)
        let right = PackedFloats.element(y, b, index, shapeB.element)
        if left != right { return left < right ? -1 : 1 }
      }
    }
    return shapeA.dimension - shapeB.dimension
  }
}
