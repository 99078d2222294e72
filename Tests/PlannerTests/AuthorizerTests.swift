import Testing
import VSQLDiagnostics
import VSQLParser
import VSQLPlanner
import VSQLSchema

@Suite struct AuthorizerTests {
  private let session = BindingSession(tenant: TenantName(name: "main", id: TenantID(1)))

  private func countAll(of table: String) -> ParsedStatement {
    let span = SourceSpan(start: 0, end: 1)
    let call = FunctionCall(name: Name("count", span: span), arguments: [], isStar: true)
    let query = Query(
      select: [.expression(Expression(.call(call), span: span), alias: nil)],
      from: [.table(ObjectName([Name(table, span: span)]), alias: nil)], span: span)
    return ParsedStatement(statement: .query(query), span: span)
  }

  @Test func whatIsNotGrantedIsRefusedByName() throws {
    let bound = try Binder(catalog: FixedCatalog.shop, session: session).bind(countAll(of: "packages"))
    #expect(throws: Diagnostic.self) {
      try Authorizer.authorize(bound, actor: ActorID(2), tenant: TenantID(1), grants: FixedGrants())
    }
    do {
      _ = try Authorizer.authorize(bound, actor: ActorID(2), tenant: TenantID(1), grants: FixedGrants())
    } catch {
      #expect(error.state == .insufficientPrivilege)
      #expect(error.message.contains("SELECT") && error.message.contains("packages"))
    }
    let granted = FixedGrants(allowed: [.select])
    _ = try Authorizer.authorize(bound, actor: ActorID(2), tenant: TenantID(1), grants: granted)
  }
}
