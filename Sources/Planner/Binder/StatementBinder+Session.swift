import VSQLDiagnostics
import VSQLParser
import VSQLSchema

/// Savepoints, SET, RESET, SHOW, VACUUM, ANALYZE.
extension StatementBinder {
  func bind(_ set: SetVariable) throws(Diagnostic) -> BoundStatement.Kind {
    let setting = try SessionSetting.named(set.name.text, at: set.name.span)
    if case .column(let parts) = set.value.kind, parts.count == 1, parts[0].text == "default" {
      return .reset(name: setting.name)
    }
    return .set(
      name: setting.name, value: try setting.checked(try settingValue(set.value), at: set.value.span))
  }

  static func bind(_ step: Savepoint) -> BoundSavepoint {
    switch step.verb {
    case .make: .make(step.name.text)
    case .release: .release(step.name.text)
    case .rollback: .rollback(to: step.name.text)
    }
  }

  func bindReset(_ name: Name) throws(Diagnostic) -> BoundStatement.Kind {
    if name.text == "all" { return .reset(name: "all") }
    return .reset(name: try SessionSetting.named(name.text, at: name.span).name)
  }

  func bind(_ show: Show) throws(Diagnostic) -> BoundStatement.Kind {
    switch show {
    case .tables:
      state.need(.select, on: .tenant(state.session.tenant.id), name: state.session.tenant.name)
      return .show(.tables)
    case .tenants:
      state.need(.configure, on: .database, name: "tenants")
      return .show(.tenants)
    case .keys:
      state.need(.configure, on: .database, name: "keys")
      return .show(.keys)
    case .indexes:
      state.need(.select, on: .tenant(state.session.tenant.id), name: state.session.tenant.name)
      return .show(.indexes)
    case .storage(let name):
      state.need(.configure, on: .database, name: "storage")
      guard let name else { return .show(.storage(nil)) }
      return .show(.storage(try TableNames.writable(name, in: catalog)))
    case .setting(let name):
      if name.text == "all" { return .show(.allSettings) }
      return .show(.setting(try SessionSetting.named(name.text, at: name.span).name))
    }
  }

  func bind(_ maintain: Maintain) throws(Diagnostic) -> BoundStatement.Kind {
    state.need(.configure, on: .database, name: "storage")
    let tables =
      if let name = maintain.table { [try TableNames.writable(name, in: catalog)] } else { catalog.tables }
    switch maintain.verb {
    case .vacuum: return .maintain(BoundMaintenance(.vacuum, tables: tables))
    case .analyze: return .maintain(BoundMaintenance(.analyze, tables: tables))
    }
  }

  /// A literal, or a bare word.
  private func settingValue(_ expression: Expression) throws(Diagnostic) -> Value {
    if case .column(let parts) = expression.kind, parts.count == 1 { return .text(parts[0].text) }
    let scalar = try ExpressionBinder(state: state, scope: Scope(), clause: "SET").bind(expression)
    guard let value = scalar.constantValue else {
      throw Diagnostic(.syntaxError, "SET needs a constant", at: expression.span)
    }
    return value
  }
}
