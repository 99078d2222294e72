import VSQLDiagnostics
import VSQLParser
import VSQLSchema

/// For whom a statement is bound.
package struct BindingSession: Sendable {
  package var tenant: TenantName
  package var settings: SessionSettings

  package init(tenant: TenantName, settings: SessionSettings = SessionSettings()) {
    self.tenant = tenant
    self.settings = settings
  }
}

/// What was given for the parameters of a statement.
package enum ParameterValues: Sendable {
  /// Nothing yet: types follow from use.
  case undetermined
  /// `$1` is the first.
  case positional([Value])
  case named([String: Value])
}

/// What binding one statement gathers on its way: parameters, subqueries, what is touched.
final class BindingState {
  let catalog: any Catalog
  let session: BindingSession
  private let values: ParameterValues
  /// By index; nil: not settled yet.
  private(set) var parameterTypes: [SQLType?] = []
  private(set) var parameterNames: [String] = []
  /// Where each named parameter is first written: binding meets FROM before the select list.
  private var firstPlaces: [Int] = []
  private var usesPositional = false
  /// Subqueries of the whole statement, each before those that use it.
  var subqueries: [Plan] = []
  private var touched: [TableID: Touch] = [:]
  private(set) var otherAccesses: [Access] = []
  private(set) var notices: [String] = []
  private var relationCount = 0

  private struct Touch {
    var table: TableDefinition
    var columns: Set<Int> = []
    var isRanked = false
  }

  init(catalog: any Catalog, session: BindingSession, values: ParameterValues) {
    self.catalog = catalog
    self.session = session
    self.values = values
  }

  func nextRelation() -> Int {
    relationCount += 1
    return relationCount
  }

  func notice(_ text: String) {
    if !notices.contains(text) { notices.append(text) }
  }
}

extension BindingState {
  /// The statement reads these columns of the table.
  func read(_ table: TableDefinition, columns: some Sequence<Int> = []) {
    touched[table.id, default: Touch(table: table)].columns.formUnion(columns)
  }

  func read(_ source: Scope.Source, in scope: Scope) {
    guard let table = scope.relations.compactMap(\.table).first(where: { $0.id == source.table }) else {
      return
    }
    read(table, columns: [source.column])
  }

  /// The statement ranks rows of the table.
  func rank(_ table: TableDefinition) {
    touched[table.id, default: Touch(table: table)].isRanked = true
  }

  func need(_ privilege: Privilege, on securable: Securable, name: String) {
    let access = Access(privilege, on: securable, name: name)
    if !otherAccesses.contains(access) { otherAccesses.append(access) }
  }

  /// Everything touched, in an order that does not hang on hashing.
  var accesses: [Access] {
    var list = otherAccesses
    for touch in touched.values.sorted(by: { $0.table.name < $1.table.name }) {
      let table = touch.table
      let privilege: Privilege = table.origin == .auditEvents ? .readAudit : .select
      let securable: Securable = .table(table.id, columns: touch.columns.sorted())
      list.append(Access(privilege, on: securable, name: table.name))
      if touch.isRanked { list.append(Access(.nearest, on: securable, name: table.name)) }
    }
    return list
  }
}

extension BindingState {
  /// - Throws: 42P02 for a parameter that was not given, 42601 when both forms are used.
  func parameter(_ parameter: Parameter, at span: SourceSpan) throws(Diagnostic) -> Scalar {
    let index: Int
    var given: Value?
    switch parameter {
    case .positional(let number):
      if !parameterNames.isEmpty { throw mixed(at: span) }
      usesPositional = true
      guard number >= 1, number <= 65_535 else {
        throw Diagnostic(.undefinedParameter, "there is no parameter $\(number)", at: span)
      }
      index = number - 1
      while parameterTypes.count <= index { parameterTypes.append(nil) }
      switch values {
      case .undetermined: break
      case .positional(let list):
        guard index < list.count else {
          throw Diagnostic(
            .undefinedParameter, "there is no parameter $\(number): \(list.count) were given", at: span)
        }
        given = list[index]
      case .named:
        throw Diagnostic(
          .undefinedParameter, "there is no parameter $\(number): parameters were given by name", at: span)
      }
    case .named(let name):
      if usesPositional { throw mixed(at: span) }
      if let known = parameterNames.firstIndex(of: name) {
        index = known
        firstPlaces[index] = min(firstPlaces[index], span.start)
      } else {
        index = parameterNames.count
        parameterNames.append(name)
        parameterTypes.append(nil)
        firstPlaces.append(span.start)
      }
      switch values {
      case .undetermined: break
      case .positional(let list):
        // Which value is whose is known only when every name was met: types follow from use.
        guard index < list.count else {
          throw Diagnostic(.undefinedParameter, "there is no parameter :\(name)", at: span)
        }
      case .named(let map):
        guard let value = map[name] else {
          throw Diagnostic(
            .undefinedParameter, "there is no parameter :\(name)", at: span,
            label: Suggestion.label(for: name, in: map.keys.sorted()))
        }
        given = value
      }
    }
    if parameterTypes[index] == nil, let given { parameterTypes[index] = given.ownType }
    return Scalar(.parameter(index), type: parameterTypes[index] ?? .unknown, span: span)
  }

  private func mixed(at span: SourceSpan) -> Diagnostic {
    Diagnostic(.syntaxError, "parameters by number and by name cannot be mixed in one statement", at: span)
  }

  /// The type of a parameter after this use: the first use that demands one settles it.
  func settleParameter(_ index: Int, as type: SQLType) -> SQLType {
    if let known = parameterTypes[index] { return known }
    parameterTypes[index] = type
    return type
  }

  /// Types of all parameters; those whose use demanded nothing are TEXT.
  var settledParameterTypes: [SQLType] { writtenOrder.map { parameterTypes[$0] ?? .string } }
  var namedParameters: [String]? { parameterNames.isEmpty ? nil : writtenOrder.map { parameterNames[$0] } }

  /// The indices of binding in the order in which the parameters are written; numbered ones keep their
  /// numbers.
  private var writtenOrder: [Int] {
    let all = Array(parameterTypes.indices)
    return parameterNames.isEmpty ? all : all.sorted { firstPlaces[$0] < firstPlaces[$1] }
  }

  /// Plans of this statement with every parameter at its final index and with its final type.
  func settled(_ plan: Plan) -> Plan {
    var copy = plan
    copy.root = plan.root.rewritten { $0.mapScalars(settled) }
    copy.subqueries = plan.subqueries.map(settled)
    return copy
  }

  func settled(_ scalar: Scalar) -> Scalar {
    if parameterTypes.isEmpty { return scalar }
    let order = writtenOrder
    return scalar.rewritten { (node: Scalar) throws(Never) in
      guard case .parameter(let index) = node.kind else { return node }
      var copy = node
      copy.kind = .parameter(order.firstIndex(of: index) ?? index)
      if node.type == .unknown { copy.type = parameterTypes[index] ?? .string }
      return copy
    }
  }
}

extension Value {
  /// The type that a value has of itself; nil where its use decides: NULL, and text, which may stand for any
  /// type.
  package var ownType: SQLType? {
    switch self {
    case .null, .text: nil
    case .boolean: .boolean
    case .integer: .bigint
    case .double: .double
    case .decimal: .numeric
    case .blob: .blob
    case .date: .date
    case .timestamp: .timestamp
    case .timestamptz: .timestamptz
    case .uuid: .uuid
    case .vector(let vector): .vector(vector.shape)
    }
  }

  /// Whether the values have these types of themselves: at each run of a prepared statement, so that nothing is made for it.
  package static func ownTypes(of values: [Value], are types: [SQLType?]) -> Bool {
    if values.count != types.count { return false }
    for index in values.indices {
      switch (values[index], types[index]) {
      case (.null, nil), (.text, nil), (.boolean, .boolean?), (.integer, .integer(.bits64)?),
        (.double, .double?),
        (.decimal, .decimal(nil)?), (.blob, .blob?), (.date, .date?), (.timestamp, .timestamp?),
        (.timestamptz, .timestamptz?), (.uuid, .uuid?):
        break
      case (.vector(let vector), .vector(let shape)?):
        if vector.shape != shape { return false }
      case (_, _): return false
      }
    }
    return true
  }
}
