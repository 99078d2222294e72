internal import VSQLDiagnostics
internal import VSQLExecutor
internal import VSQLPlanner
internal import VSQLSchema

/// The parameters that a caller handed in with a statement.
enum Arguments {
  case positional([VSQLSchema.Value])
  case named([String: VSQLSchema.Value])

  /// What binding may know of them.
  var parameterValues: ParameterValues {
    switch self {
    case .positional(let values): .positional(values)
    case .named(let values): .named(values)
    }
  }

  /// The values in the order of the statement's parameters, each cast to the type that its use settled.
  ///
  /// - Throws: 42P02 when one is missing or too many are given; what a cast throws, naming the parameter.
  func values(for statement: BoundStatement) throws(Diagnostic) -> [VSQLSchema.Value] {
    let given = try ordered(for: statement)
    if ValueCast.areCast(given, to: statement.parameterTypes) { return given }
    var cast: [VSQLSchema.Value] = []
    for (index, (value, type)) in zip(given, statement.parameterTypes).enumerated() {
      do {
        cast.append(try ValueCast.cast(value, to: type, isAssignment: true))
      } catch {
        var named = error
        named.message = "parameter \(name(of: index, in: statement)): \(error.message)"
        throw named
      }
    }
    return cast
  }

  private func ordered(for statement: BoundStatement) throws(Diagnostic) -> [VSQLSchema.Value] {
    switch self {
    case .positional(let values):
      if let names = statement.parameterNames, let first = names.first {
        throw Diagnostic(
          .undefinedParameter, "the statement names parameters (:\(first)), but they were given by position")
      }
      guard values.count == statement.parameterTypes.count else {
        throw Diagnostic(
          .undefinedParameter,
          "the statement has \(statement.parameterTypes.count) parameters, but \(values.count) were given")
      }
      return values
    case .named(let values):
      guard let names = statement.parameterNames ?? (statement.parameterTypes.isEmpty ? [] : nil) else {
        throw Diagnostic(
          .undefinedParameter, "the statement numbers its parameters ($1), but they were given by name")
      }
      var ordered: [VSQLSchema.Value] = []
      for name in names {
        guard let value = values[name] else {
          throw Diagnostic(
            .undefinedParameter, "parameter :\(name) was not given",
            label: Suggestion.label(for: name, in: values.keys.sorted()))
        }
        ordered.append(value)
      }
      return ordered
    }
  }

  private func name(of index: Int, in statement: BoundStatement) -> String {
    statement.parameterNames.map { ":\($0[index])" } ?? "$\(index + 1)"
  }
}
