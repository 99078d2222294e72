import VSQLDiagnostics
import VSQLPlanner
import VSQLSchema

/// How rows are ranked: by a kernel over a vector column, or by an expression. Less is nearer.
struct Ranker {
  private let way: Way

  private enum Way {
    case kernel(QueryVector, column: Int, isSimilarity: Bool)
    case expression(CompiledScalar, isDescending: Bool)
  }

  /// - Returns: nil when the query is NULL: then no row has a distance.
  /// - Throws: 22000 for another dimension; 22023 for a query of zeros under cosine, whose distance is undefined.
  init?(_ ranking: Ranking, types: [SQLType], run: Run) throws(Diagnostic) {
    switch ranking {
    case .metric(let metric, let column, let query, let isSimilarity):
      guard case .vector(let shape) = types[column] else {
        throw Diagnostic(.datatypeMismatch, "NEAREST ranks by a vector column", at: query.span)
      }
      guard case .vector(let value) = try run.value(of: query) else { return nil }
      let vector: QueryVector
      do throws(Diagnostic) {
        vector = try QueryVector(value, metric: metric, shape: shape)
      } catch {
        throw error.located(at: query.span)
      }
      if metric == .cosine, vector.isZero {
        throw Diagnostic(
          .invalidParameterValue, "the cosine distance to a vector of zeros is undefined", at: query.span)
      }
      way = .kernel(vector, column: column, isSimilarity: isSimilarity)
    case .expression(let scalar, let isDescending):
      way = .expression(try run.compile(scalar), isDescending: isDescending)
    }
  }

  /// Puts the ranking value of each row of `batch` into `out`, where it is selected and not NULL; NaN elsewhere, or, for an
  /// expression, its NULLs are marked by `offer`.
  func rank(_ batch: Batch, into out: inout [Double]) throws(Diagnostic) {
    switch way {
    case .kernel(let query, let column, _):
      guard case .vectors(let vectors) = batch.columns[column].values else { return }
      query.rank(vectors, of: batch.columns[column], selection: batch.selection, into: &out)
    case .expression(let scalar, _):
      let column = Columns.flattened(try scalar.evaluate(batch))
      guard case .doubles(let values) = column.values else { return }
      let rows = batch.selection
      // NULL is told from NaN by the payload of a NaN that arithmetic does not make.
      for row in 0..<batch.count { out[row] = Ranker.absent }
      func take(_ row: Int) { out[row] = column.validity?[row] ?? true ? values[row] : Ranker.absent }
      if let rows { for row in rows { take(Int(row)) } } else { for row in 0..<batch.count { take(row) } }
    }
  }

  /// Stands for "no value" among ranking values.
  static let absent = Double(bitPattern: 0x7FF8_0000_0000_0DB1)

  /// Offers the rows of `batch` to the heap, in order.
  func offer(
    _ batch: Batch, _ values: [Double], number: Int, arrival: inout Int, to heap: inout NearestHeap,
    _ kept: inout KeptBatches
  ) {
    switch way {
    case .kernel:
      // The common loop: one comparison a row, NaN compares false.
      var bar = heap.threshold.map(RankKey.value) ?? .infinity
      func consider(_ row: Int) {
        if values[row] < bar {
          insert(values[row], isDescending: false, row, number, arrival, &heap, &kept)
          bar = heap.threshold.map(RankKey.value) ?? .infinity
        }
        arrival += 1
      }
      if let rows = batch.selection {
        for row in rows { consider(Int(row)) }
      } else {
        for row in 0..<batch.count { consider(row) }
      }
    case .expression(_, let isDescending):
      let rows = batch.selection?.map(Int.init) ?? Array(0..<batch.count)
      for row in rows where values[row].bitPattern != Ranker.absent.bitPattern {
        insert(values[row], isDescending: isDescending, row, number, arrival, &heap, &kept)
        arrival += 1
      }
    }
  }

  private func insert(
    _ value: Double, isDescending: Bool, _ row: Int, _ number: Int, _ arrival: Int,
    _ heap: inout NearestHeap, _ kept: inout KeptBatches
  ) {
    let bits = RankKey.bits(value)
    let candidate = NearestHeap.Candidate(
      key: isDescending ? ~bits : bits, value: value, arrival: arrival, batch: number, row: row)
    let (entered, evicted) = heap.insert(candidate)
    if entered { kept.enter(candidate) }
    if let evicted { kept.leave(evicted, during: number) }
  }

  /// The output column: distances or similarities of the ranked rows.
  func valueColumn(of ranked: [NearestHeap.Candidate]) -> Column {
    let values = ranked.map { candidate in
      switch way {
      case .kernel(let query, _, let isSimilarity):
        Ranker.shown(candidate.value, query.metric, isSimilarity: isSimilarity)
      case .expression: candidate.value
      }
    }
    return Column(type: .double, values: .doubles(values), count: values.count)
  }

  /// What the ranking column shows for a ranking value.
  static func shown(_ value: Double, _ metric: Metric, isSimilarity: Bool) -> Double {
    guard isSimilarity else { return value }
    switch metric {
    case .cosine: return 1 - value
    case .l2, .negativeInnerProduct, .l1, .hamming, .jaccard: return -value
    }
  }
}
