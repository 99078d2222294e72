import VSQLDiagnostics
import VSQLParser
import VSQLSchema

/// ERASE ENTITY, ROTATE KEY, BACKUP.
extension StatementBinder {
  func bind(_ erase: EraseEntity) throws(Diagnostic) -> BoundStatement.Kind {
    let tenant = if let name = erase.tenant { try tenant(name) } else { state.session.tenant }
    if let type = erase.type {
      let known = Set(catalog.tables.compactMap(\.entity?.type))
      guard known.contains(type.text) else {
        throw Diagnostic(
          .undefinedObject, "entity type \"\(type.text)\" does not exist", at: type.span,
          label: Suggestion.label(for: type.text, in: known.sorted()))
      }
    }
    state.need(.erase, on: .tenant(tenant.id), name: tenant.name)
    let binder = ExpressionBinder(state: state, scope: Scope(), clause: "ERASE ENTITY")
    let entity = try text(erase.entity, what: "the entity", binder)
    if entity.isNullConstant {
      throw Diagnostic(.invalidParameterValue, "the entity must not be NULL", at: erase.entity.span)
    }
    let reason: Scalar? =
      if let reason = erase.reason { try text(reason, what: "REASON", binder) } else { nil }
    return .eraseEntity(
      BoundErase(
        entity: entity, type: erase.type?.text, tenant: tenant, reason: reason, isDryRun: erase.isDryRun))
  }

  /// A constant or a parameter: text, or a value of an entity column's type.
  private func text(_ expression: Expression, what: String, _ binder: ExpressionBinder) throws(Diagnostic)
    -> Scalar
  {
    let scalar = try binder.settled(expression)
    switch (scalar.kind, scalar.type.unmodified) {
    case (.constant, .text), (.parameter, .text), (.constant, .integer), (.parameter, .integer),
      (.parameter, .uuid):
      return scalar
    default:
      throw Diagnostic(
        .datatypeMismatch, "\(what) must be a text or a parameter, not \(scalar.type.plainName)",
        at: expression.span)
    }
  }

  func bind(_ rotate: RotateKey) throws(Diagnostic) -> BoundStatement.Kind {
    switch rotate.target {
    case .sessionTenant: return rotation(of: [state.session.tenant])
    case .tenant(let name): return rotation(of: [try tenant(name)])
    case .allTenants: return rotation(of: catalog.tenants)
    case .root:
      state.need(.rotateKey, on: .database, name: "the root key")
      return .rotateKey(.root)
    }
  }

  private func rotation(of tenants: [TenantName]) -> BoundStatement.Kind {
    for tenant in tenants { state.need(.rotateKey, on: .tenant(tenant.id), name: tenant.name) }
    return .rotateKey(.tenants(tenants))
  }

  func bind(_ backup: Backup) throws(Diagnostic) -> BoundStatement.Kind {
    state.need(.backup, on: .database, name: "every file")
    state.need(.file, on: .database, name: "the file system")
    let binder = ExpressionBinder(state: state, scope: Scope(), clause: "BACKUP")
    let directory = try text(backup.directory, what: "the directory", binder)
    if directory.isNullConstant {
      throw Diagnostic(.invalidParameterValue, "the directory must not be NULL", at: backup.directory.span)
    }
    return .backup(to: directory)
  }
}
