import VSQLDiagnostics
import VSQLParser

/// DEFAULT expressions as the catalog keeps them: SQL text.
enum DefaultExpressions {
  static func text(of expression: Expression) -> String { expression.sql }

  static func parse(_ text: String) throws(Diagnostic) -> Expression { try Parser.parseExpression(text) }
}
