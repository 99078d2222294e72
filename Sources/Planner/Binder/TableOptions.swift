import VSQLDiagnostics
import VSQLParser
import VSQLSchema

/// The options in CREATE TABLE … WITH's parentheses, checked.
struct TableOptions {
  private static let names = ["seal"]

  private(set) var seal = TableDefinition.Seal.record

  init(_ create: CreateTable, entity: EntityColumn?) throws(Diagnostic) {
    var isGiven = false
    for option in create.options {
      let name = option.name.text
      guard Self.names.contains(name) else {
        throw Diagnostic(
          .invalidParameterValue, "CREATE TABLE has no option \"\(name)\"", at: option.name.span,
          label: Suggestion.label(for: name, in: Self.names))
      }
      if isGiven {
        throw Diagnostic(.syntaxError, "option \"\(name)\" is given more than once", at: option.name.span)
      }
      isGiven = true
      seal = try Self.seal(option.value)
      if seal == .page, entity != nil {
        throw Diagnostic(
          .featureNotSupported, "a table with an ENTITY column cannot be sealed by page",
          at: option.value.span,
          hint:
            "Its records are sealed each under a key of its own, so that one entity can be erased: leave seal = 'page' out."
        )
      }
    }
  }

  private static func seal(_ value: Expression) throws(Diagnostic) -> TableDefinition.Seal {
    let known = TableDefinition.Seal.allCases
    guard case .literal(.string(let text)) = value.kind else {
      throw Diagnostic(
        .invalidParameterValue, "option \"seal\" is a text, expected \(list(known))", at: value.span)
    }
    if let seal = known.first(where: { $0.name == text.lowercased() }) { return seal }
    throw Diagnostic(
      .invalidParameterValue, "a table has no seal \"\(text)\", expected \(list(known))", at: value.span,
      label: Suggestion.label(for: text, in: known.map(\.name)))
  }

  private static func list(_ seals: [TableDefinition.Seal]) -> String {
    seals.map { "'\($0.name)'" }.joined(separator: " or ")
  }
}
