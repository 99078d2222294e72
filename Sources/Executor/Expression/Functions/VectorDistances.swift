import VSQLDiagnostics
import VSQLPlanner
import VSQLSchema

/// Distances and similarities: the kernels' one definition, a batch at a time. The cosine of a vector of length zero is NULL.
enum VectorDistances {
  static func run(
    _ function: ScalarFunction, _ columns: [Column], _ type: SQLType, _ strict: StrictArguments
  ) throws(Diagnostic) -> Column {
    var (a, b) = (try columns[0].vectorLane, try columns[1].vectorLane)
    guard a.shape.dimension == b.shape.dimension else {
      throw VectorText.wrongDimension(b.shape.dimension, expected: a.shape.dimension)
    }
    // All distances are symmetric to the last bit, so a single query may stand on either side.
    if a.isConstant, !b.isConstant { (a, b) = (b, a) }
    guard let metric = function.metric, metric.isOfBits == (a.shape.element == .bit) else {
      throw function.argumentFault(columns)
    }
    var values = try VectorKernels.distances(metric, a, b, strict.extent.count)
    switch function {
    case .negativeInnerProduct: values = values.map { -$0 }
    case .cosineSimilarity: values = values.map { 1 - $0 }
    default: break
    }
    guard metric == .cosine else { return strict.column(type, .doubles(values)) }
    return strict.extent.column(type, .doubles(values), validity(values, strict))
  }

  /// NaN stands for a length of zero and nothing else.
  private static func validity(_ values: [Double], _ strict: StrictArguments) -> [Bool]? {
    guard values.contains(where: \.isNaN) else { return strict.validity }
    var flags = strict.validity ?? Array(repeating: true, count: values.count)
    for row in values.indices where values[row].isNaN { flags[row] = false }
    return flags
  }
}

/// What the kernels measure.
enum KernelMetric: Sendable {
  case l2, innerProduct, cosine, l1, hamming, jaccard

  var isOfBits: Bool { self == .hamming || self == .jaccard }
}

extension ScalarFunction {
  fileprivate var metric: KernelMetric? {
    switch self {
    case .l2Distance: .l2
    case .cosineDistance, .cosineSimilarity: .cosine
    case .innerProduct, .negativeInnerProduct: .innerProduct
    case .l1Distance: .l1
    case .hammingDistance: .hamming
    case .jaccardDistance: .jaccard
    default: nil
    }
  }
}
