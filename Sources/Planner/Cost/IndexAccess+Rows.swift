import VSQLSchema

extension IndexAccess {
  /// Rows that the lookup finds, before the rest of the predicate.
  ///
  /// - Parameter profile: of all rows of the scan's table.
  func rows(of scan: Scan, over profile: RowProfile) -> Double {
    let most = findsSingleRows ? min(Double(keyCount), profile.rows) : profile.rows
    var shares: [Double] = []
    for (ordinal, values) in zip(index.columns, equal) {
      guard let column = column(ordinal, of: scan, like: values.first) else { continue }
      let kind: Scalar.Kind =
        values.count == 1 ? .compare(.equal, column, values[0]) : .inList(column, values, negated: false)
      shares.append(Selectivity.of(Scalar(kind, type: .boolean), over: profile))
    }
    if index.columns.indices.contains(equal.count),
      let column = column(index.columns[equal.count], of: scan, like: (lower ?? upper)?.value)
    {
      let sides = [(lower, Comparison.greaterOrEqual), (upper, .lessOrEqual)].compactMap {
        bound, comparison in
        bound.map {
          Selectivity.of(Scalar(.compare(comparison, column, $0.value), type: .boolean), over: profile)
        }
      }
      // What lies above the lower and below the upper bound overlaps by what is between them.
      if sides.count == 2 {
        let between = sides[0] + sides[1] - 1
        shares.append(between > 0 ? between : sides[0] * sides[1])
      } else {
        shares += sides
      }
    }
    let share = shares.sorted().enumerated().reduce(1.0) { product, next in
      // Further columns seldom are independent of the first.
      product * (next.offset == 0 ? next.element : next.element.squareRoot())
    }
    return max(min(most, profile.rows * share), min(profile.rows, 1))
  }

  private func column(_ ordinal: Int, of scan: Scan, like value: Scalar?) -> Scalar? {
    guard let place = scan.columns.firstIndex(of: ordinal), let value else { return nil }
    return Scalar(.column(place), type: value.type)
  }
}
