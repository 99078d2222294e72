/// The definition of a distance once more, written from its sentence and not from the kernels.
enum Reference {
  /// Adds terms as the definition says: sixteen sums, then the tree. The bits must agree.
  static func sum(_ terms: [Double]) -> Double {
    var sums = [Double](repeating: 0, count: 16)
    for (i, term) in terms.enumerated() { sums[i % 16] += term }
    while sums.count > 1 {
      let half = sums.count / 2
      sums = (0..<half).map { sums[$0] + sums[$0 + half] }
    }
    return sums[0]
  }

  static func distance(_ metric: Metric, _ x: [Double], _ y: [Double]) -> Double {
    distance(metric, x, y, sum: sum)
  }

  /// Adds terms with Neumaier's compensation: what the distance is, whatever the order. The kernels must come close.
  static func carefulSum(_ terms: [Double]) -> Double {
    var sum = 0.0
    var lost = 0.0
    for term in terms {
      let next = sum + term
      lost += abs(sum) >= abs(term) ? (sum - next) + term : (term - next) + sum
      sum = next
    }
    return sum + lost
  }

  static func distance(
    _ metric: Metric, _ x: [Double], _ y: [Double], sum: ([Double]) -> Double
  ) -> Double {
    let products = zip(x, y).map { $0 * $1 }
    let differences = zip(x, y).map { $0 - $1 }
    switch metric {
    case .l2: return sum(differences.map { $0 * $0 }).squareRoot()
    case .innerProduct: return sum(products)
    case .l1: return sum(differences.map { abs($0) })
    case .cosine:
      let xx = sum(x.map { $0 * $0 })
      let yy = sum(y.map { $0 * $0 })
      if xx == 0 || yy == 0 { return .nan }
      return 1 - min(1, max(-1, sum(products) / (xx * yy).squareRoot()))
    }
  }
}
