internal import VSQLLexer

/// The words of the grammar, upper case, ascending: for completion and highlighting.
public enum VSQLKeywords {
  /// Every keyword.
  public static let all: [String] = Keyword.allCases.map { $0.rawValue.uppercased() }.sorted()
}
