import VSQLSchema

/// Which rows a statement may see, before any predicate of its own. Every scan demands one.
package struct RowScope: Sendable {
  /// Rows of this tenant only.
  package let tenant: TenantID
  package let visible: VisibleRows
  package let consent: ConsentMask

  package init(tenant: TenantID, visible: VisibleRows, consent: ConsentMask) {
    self.tenant = tenant
    self.visible = visible
    self.consent = consent
  }
}

/// The rows of a tenant that grants let a user see.
package enum VisibleRows: Hashable, Sendable {
  /// Every row: a grant on the table.
  case all
  /// No row.
  case none
}
