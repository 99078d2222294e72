internal import VSQL

/// What Tab offers: keywords, tables, and the columns of the tables that the line names.
struct Completion {
  let session: Session

  func words(before: String, word: String) -> [String] {
    let tables = session.tableNames
    let named = before.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map { $0.lowercased() }
    var candidates: Set<String> = []
    if let last = named.last, Self.tableIntroducers.contains(last) {
      candidates = Set(tables)
    } else {
      let mentioned = tables.filter { named.contains($0) }
      candidates = Set((mentioned.isEmpty ? tables : mentioned).flatMap { session.columnNames(of: $0) })
      candidates.formUnion(VSQLKeywords.all.map { isLower(word) ? $0.lowercased() : $0 })
      candidates.formUnion(tables)
    }
    let prefix = word.lowercased()
    return candidates.filter { $0.lowercased().hasPrefix(prefix) }.sorted()
  }

  private func isLower(_ word: String) -> Bool { !word.isEmpty && word == word.lowercased() }

  private static let tableIntroducers: Set<String> = [
    "from", "join", "into", "table", "update", "describe", "copy",
  ]
}
