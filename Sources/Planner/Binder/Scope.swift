import VSQLDiagnostics
import VSQLParser
import VSQLSchema

/// The columns that names of one SELECT may mean, and where each lies in the rows that FROM gives.
struct Scope {
  struct Column {
    /// The alias of the relation it comes from.
    var qualifier: String
    var name: String
    var type: SQLType
    /// In the rows of FROM.
    var ordinal: Int
    /// The stored column behind it: for privileges, statistics and functional dependency.
    var source: Source?
    /// Reached by its qualified name only: the right twin of a USING column, the ranking value of NEAREST in
    /// `*`.
    var isHidden = false
    /// A ranking value: never part of `*`.
    var isRanking = false
  }

  struct Source: Hashable {
    /// Which relation of FROM: one table may stand there twice.
    var relation: Int
    var table: TableID
    var column: Int
  }

  struct Relation {
    var alias: String
    /// Nil: a derived table.
    var table: TableDefinition?
    /// The alias hides this name.
    var hiddenName: String?
  }

  /// In the order of `*`.
  var columns: [Column] = []
  var relations: [Relation] = []
  /// Of the query around this one: only to tell a correlated reference from a wrong name.
  var outer: [Scope] = []

  /// The columns of one table, from ordinal 0.
  static func table(_ table: TableDefinition, alias: String, relation: Int, hiddenName: String? = nil)
    -> Scope
  {
    var scope = Scope()
    scope.relations = [Relation(alias: alias, table: table, hiddenName: hiddenName)]
    scope.columns = table.columns.enumerated().map { ordinal, column in
      Column(
        qualifier: alias, name: column.name, type: column.type, ordinal: ordinal,
        source: Source(relation: relation, table: table.id, column: ordinal))
    }
    return scope
  }
}

extension Scope {
  /// The column that `parts` names.
  ///
  /// - Throws: 42703, 42702, 42P01, or 0A000 for a column of the query around.
  func resolve(_ parts: [Name]) throws(Diagnostic) -> Column {
    guard let last = parts.last else {
      throw Diagnostic(.undefinedColumn, "a column needs a name")
    }
    let span = ObjectName(parts).span
    guard parts.count > 1 else { return try resolveUnqualified(last) }
    let qualifier = parts.dropLast().map(\.text).joined(separator: ".")
    guard let relation = relations.first(where: { $0.alias == qualifier || $0.hasSchemaName(qualifier) })
    else { throw missingRelation(qualifier, last, span: span) }
    let named = columns.filter { $0.qualifier == relation.alias && $0.name == last.text }
    // A stored column goes before a ranking value of the same name.
    if let column = named.first(where: { !$0.isRanking }) ?? named.first { return column }
    throw Diagnostic(
      .undefinedColumn, "column \"\(last.text)\" does not exist in \(relation.description)", at: last.span,
      label: Suggestion.label(
        for: last.text, in: columns.filter { $0.qualifier == relation.alias }.map(\.name)))
  }

  private func resolveUnqualified(_ name: Name) throws(Diagnostic) -> Column {
    let named = columns.filter { $0.name == name.text && !$0.isHidden }
    let ranking = named.filter(\.isRanking)
    if let only = ranking.first, ranking.count == 1 { return only }
    if let only = named.first, named.count == 1 { return only }
    if named.count > 1 {
      let places = named.map { "\"\($0.qualifier)\"" }.joined(separator: " and ")
      throw Diagnostic(
        .ambiguousColumn, "column reference \"\(name.text)\" is ambiguous: it is in \(places)", at: name.span,
        label: "write \(named[0].qualifier).\(name.text)")
    }
    for scope in outer where scope.columns.contains(where: { $0.name == name.text && !$0.isHidden }) {
      throw Self.correlated(name.text, at: name.span)
    }
    if let ranking = columns.first(where: \.isRanking), ["distance", "similarity"].contains(name.text) {
      throw Diagnostic(
        .undefinedColumn, "column \"\(name.text)\" does not exist", at: name.span,
        label: "NEAREST BY \(ranking.name.uppercased()) names its value \"\(ranking.name)\"")
    }
    let place = relations.count == 1 ? " in \(relations[0].description)" : ""
    throw Diagnostic(
      .undefinedColumn, "column \"\(name.text)\" does not exist\(place)", at: name.span,
      label: Suggestion.label(for: name.text, in: columns.filter { !$0.isHidden }.map(\.name)))
  }

  private func missingRelation(_ qualifier: String, _ name: Name, span: SourceSpan) -> Diagnostic {
    for scope in outer
    where scope.relations.contains(where: { $0.alias == qualifier || $0.hasSchemaName(qualifier) }) {
      return Self.correlated("\(qualifier).\(name.text)", at: span)
    }
    if let hidden = relations.first(where: { $0.hiddenName == qualifier }) {
      return Diagnostic(
        .undefinedTable, "table \"\(qualifier)\" goes by its alias \"\(hidden.alias)\" here", at: span,
        label: "write \(hidden.alias).\(name.text)")
    }
    return Diagnostic(
      .undefinedTable, "missing FROM-clause entry for table \"\(qualifier)\"", at: span,
      label: Suggestion.label(for: qualifier, in: relations.map(\.alias)))
  }

  private static func correlated(_ name: String, at span: SourceSpan) -> Diagnostic {
    Diagnostic(
      .featureNotSupported,
      "\"\(name)\" is a column of the outer query: correlated subqueries are not supported yet", at: span,
      hint: "Write the subquery as a join, or so that it reads its own tables only.")
  }
}

extension Scope.Relation {
  /// `audit.events` is also reached as `events`.
  func hasSchemaName(_ qualifier: String) -> Bool { table?.name == qualifier && hiddenName == nil }

  var description: String {
    if let table { return "table \"\(table.name)\"" }
    return "derived table \"\(alias)\""
  }
}

extension Scope {
  /// Left, then right, as a join gives them.
  static func joined(_ left: Scope, width: Int, _ right: Scope, span: SourceSpan?) throws(Diagnostic) -> Scope
  {
    var scope = left
    for relation in right.relations {
      if left.relations.contains(where: { $0.alias == relation.alias }) {
        throw Diagnostic(
          .duplicateAlias, "table name \"\(relation.alias)\" is given more than once", at: span,
          hint: "Give one of the two an alias.")
      }
      scope.relations.append(relation)
    }
    scope.columns += right.columns.map { column in
      var column = column
      column.ordinal += width
      return column
    }
    return scope
  }
}
