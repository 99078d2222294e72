internal import Kernels
import VSQLDiagnostics
import VSQLPlanner
import VSQLSchema

/// Functions of one vector.
enum VectorFunctions {
  static func run(
    _ function: ScalarFunction, _ columns: [Column], _ type: SQLType, _ strict: StrictArguments
  ) throws(Diagnostic) -> Column {
    guard let first = columns.first else { throw function.argumentFault(columns) }
    let lane = try first.vectorLane
    let count = strict.extent.count
    switch function {
    case .vectorDims:
      let dimension = Int64(lane.shape.dimension)
      return strict.column(type, .int64s(Array(repeating: dimension, count: count)))
    case .vectorNorm: return strict.column(type, .doubles(try VectorKernels.norms(lane, count)))
    case .l2Normalize: return try normalize(lane, type, strict)
    case .subvector:
      guard columns.count == 3 else { throw function.argumentFault(columns) }
      return try subvector(lane, try columns[1].int64Lane, type, strict)
    case .binaryQuantize: return try quantize(lane, type, strict)
    default: throw function.argumentFault(columns)
    }
  }

  static func shape(_ type: SQLType, _ function: ScalarFunction) throws(Diagnostic) -> VectorShape {
    guard case .vector(let shape) = type else {
      throw Diagnostic(.internalError, "\(function.rawValue) gives a vector, not \(type)")
    }
    return shape
  }

  /// Each element divided by the length; a vector of length zero stays as it is.
  private static func normalize(
    _ lane: VectorLane, _ type: SQLType, _ strict: StrictArguments
  ) throws(Diagnostic) -> Column {
    let shape = try shape(type, .l2Normalize)
    let norms = try VectorKernels.norms(lane, strict.extent.count)
    let bytes = lane.list.bytes.span
    var elements = [Float](repeating: 0, count: strict.extent.count * shape.dimension)
    strict.extent.forEachSelected(strict.validity) { row in
      guard norms[row] > 0 else { return }
      let start = lane.range(row).lowerBound
      for index in 0..<shape.dimension {
        let element = PackedFloats.element(bytes, start, index, lane.shape.element)
        elements[row * shape.dimension + index] = Float(Double(element) / norms[row])
      }
    }
    return strict.column(type, .vectors(try VectorKernels.packed(elements, shape)))
  }

  /// Elements from `start`, counted from 1, as many as the result's type has.
  private static func subvector(
    _ lane: VectorLane, _ starts: Lane<Int64>, _ type: SQLType, _ strict: StrictArguments
  ) throws(Diagnostic) -> Column {
    let shape = try shape(type, .subvector)
    let width = shape.element == .float16 ? 2 : 4
    guard shape.element == lane.shape.element, shape.element != .bit else {
      throw Diagnostic(.internalError, "subvector changes no element type")
    }
    var bytes = [UInt8](repeating: 0, count: strict.extent.count * shape.byteCount)
    try strict.extent.forEachSelected(strict.validity) { row throws(Diagnostic) in
      let start = Int(clamping: starts[row])
      guard start >= 1, start <= lane.shape.dimension, shape.dimension <= lane.shape.dimension - (start - 1)
      else {
        throw Diagnostic(
          .invalidParameterValue,
          "a subvector of \(shape.dimension) elements lies outside a vector of \(lane.shape.dimension)")
      }
      let from = lane.range(row).lowerBound + (start - 1) * width
      bytes.replaceSubrange(
        row * shape.byteCount..<(row + 1) * shape.byteCount,
        with: lane.list.bytes[from..<from + shape.byteCount])
    }
    return strict.column(type, .vectors(VectorValues(shape: shape, bytes: bytes)))
  }

  /// A bit an element: 1 above zero.
  private static func quantize(
    _ lane: VectorLane, _ type: SQLType, _ strict: StrictArguments
  ) throws(Diagnostic) -> Column {
    let shape = try shape(type, .binaryQuantize)
    guard shape.element == .bit, shape.dimension == lane.shape.dimension else {
      throw Diagnostic(.internalError, "binary_quantize gives a bit an element")
    }
    let source = lane.list.bytes.span
    var bytes = [UInt8](repeating: 0, count: strict.extent.count * shape.byteCount)
    strict.extent.forEachSelected(strict.validity) { row in
      let start = lane.range(row).lowerBound
      for index in 0..<shape.dimension
      where PackedFloats.element(source, start, index, lane.shape.element) > 0 {
        bytes[row * shape.byteCount + index / 8] |= 1 << UInt8(7 - index % 8)
      }
    }
    return strict.column(type, .vectors(VectorValues(shape: shape, bytes: bytes)))
  }
}

/// `[a, b, …]` of DOUBLE expressions.
enum VectorMaking {
  static func run(_ columns: [Column], _ type: SQLType, _ strict: StrictArguments) throws(Diagnostic)
    -> Column
  {
    let shape = try VectorFunctions.shape(type, .makeVector)
    guard columns.count == shape.dimension, shape.element != .bit else {
      throw ScalarFunction.makeVector.argumentFault(columns)
    }
    var elements = [Float](repeating: 0, count: strict.extent.count * shape.dimension)
    for (index, column) in columns.enumerated() {
      let lane = try column.doubleLane
      try strict.extent.forEachSelected(strict.validity) { row throws(Diagnostic) in
        guard lane[row].isFinite else {
          throw Diagnostic(.dataException, "NaN and infinity are not allowed in a vector")
        }
        let element = Float(lane[row])
        guard element.isFinite else { throw VectorText.overflow(.float32) }
        elements[row * shape.dimension + index] = element
      }
    }
    return strict.column(type, .vectors(try VectorKernels.packed(elements, shape)))
  }
}

/// + − × and the sign of vectors, element by element.
enum VectorArithmetic {
  static func run(
    _ function: ScalarFunction, _ columns: [Column], _ type: SQLType, _ strict: StrictArguments
  ) throws(Diagnostic) -> Column {
    let (a, b) = (try columns[0].vectorLane, try columns[1].vectorLane)
    let shape = try VectorFunctions.shape(type, function)
    guard a.shape.dimension == shape.dimension, b.shape.dimension == shape.dimension else {
      throw VectorText.wrongDimension(b.shape.dimension, expected: a.shape.dimension)
    }
    switch function {
    case .add: return try map(a, b, shape, type, strict) { $0 + $1 }
    case .subtract: return try map(a, b, shape, type, strict) { $0 - $1 }
    case .multiply: return try map(a, b, shape, type, strict) { $0 * $1 }
    default: throw function.argumentFault(columns)
    }
  }

  static func negate(_ column: Column, _ type: SQLType, _ strict: StrictArguments) throws(Diagnostic)
    -> Column
  {
    let lane = try column.vectorLane
    return try map(lane, lane, lane.shape, type, strict) { x, _ in -x }
  }

  @inline(__always)
  private static func map(
    _ a: VectorLane, _ b: VectorLane, _ shape: VectorShape, _ type: SQLType, _ strict: StrictArguments,
    _ body: (Float, Float) -> Float
  ) throws(Diagnostic) -> Column {
    let (x, y) = (a.list.bytes.span, b.list.bytes.span)
    var elements = [Float](repeating: 0, count: strict.extent.count * shape.dimension)
    try strict.extent.forEachSelected(strict.validity) { row throws(Diagnostic) in
      let (startA, startB) = (a.range(row).lowerBound, b.range(row).lowerBound)
      for index in 0..<shape.dimension {
        let value = body(
          PackedFloats.element(x, startA, index, a.shape.element),
          PackedFloats.element(y, startB, index, b.shape.element))
        guard value.isFinite else { throw VectorText.overflow(.float32) }
        elements[row * shape.dimension + index] = value
      }
    }
    return strict.column(type, .vectors(try VectorKernels.packed(elements, shape)))
  }
}
