import VSQLSchema

extension Rule {
  /// The most rows, offset included, that a heap keeps; a longer list is sorted whole.
  private static let maxHeapRows: Int64 = 10_000

  /// A limit over a sort keeps the first rows only.
  static let topK = eachNode("top k") { node in
    guard case .limit(let input, let count?, let offset) = node.kind,
      case .sort(let below, let keys) = input.kind
    else { return node }
    if case .integer(let rows) = count.constantValue {
      var all = rows
      if case .integer(let skipped) = offset?.constantValue {
        let (sum, over) = rows.addingReportingOverflow(skipped)
        all = over ? .max : sum
      }
      if all > maxHeapRows { return node }
    }
    return PlanNode(.topK(below, keys, count: count, offset: offset), output: node.output)
  }
}
