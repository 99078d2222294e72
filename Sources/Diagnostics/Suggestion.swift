/// "Did you mean": the nearest of the names that would have been right.
package enum Suggestion {
  /// The candidate nearest to `name` by edits (insert, delete, replace, swap of neighbours), if it is near
  /// enough to be a slip of the hand: at most a third of the name's length, and at most 3.
  ///
  /// Ties go to the first candidate, so the same error reads the same every time when `candidates` is ordered.
  package static func closest(to name: String, in candidates: [String]) -> String? {
    let wanted = Array(name.lowercased().unicodeScalars)
    let limit = min(3, max(1, wanted.count / 3))
    var best: (name: String, distance: Int)?
    for candidate in candidates where candidate != name {
      let distance = editDistance(wanted, Array(candidate.lowercased().unicodeScalars))
      if distance <= limit, distance < best?.distance ?? Int.max { best = (candidate, distance) }
    }
    return best?.name
  }

  /// The label that a diagnostic shows beside its caret, or nil when nothing is near.
  package static func label(for name: String, in candidates: [String]) -> String? {
    closest(to: name, in: candidates).map { "did you mean \"\($0)\"?" }
  }

  /// Optimal string alignment distance (Damerau–Levenshtein without moved substrings).
  private static func editDistance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
    if a.isEmpty { return b.count }
    var twoBack: [Int] = []
    var previous = Array(0...b.count)
    for i in 1...a.count {
      var current = [i]
      for j in stride(from: 1, through: b.count, by: 1) {
        let replaced = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
        var least = min(previous[j] + 1, current[j - 1] + 1, replaced)
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
          least = min(least, twoBack[j - 2] + 1)
        }
        current.append(least)
      }
      twoBack = previous
      previous = current
    }
    return previous[b.count]
  }
}
