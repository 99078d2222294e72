import VSQLSchema

package enum RotationTarget: Hashable, Sendable {
  case tenants([TenantID])
  /// The root key: every KEK and the ring are wrapped anew, under a new key of the same source.
  case root
}

package struct RotationOutcome: Hashable, Sendable {
  /// Nil: the root key.
  package var tenant: TenantID?
  package var oldVersion: Int
  package var newVersion: Int
  package var keysRewrapped: Int
  /// Bytes of `.seg` files written: 0.
  package var dataBytesRewritten: Int
  package var completedAtMicroseconds: Int64

  package init(
    tenant: TenantID?, oldVersion: Int, newVersion: Int, keysRewrapped: Int, dataBytesRewritten: Int,
    completedAtMicroseconds: Int64
  ) {
    self.tenant = tenant
    self.oldVersion = oldVersion
    self.newVersion = newVersion
    self.keysRewrapped = keysRewrapped
    self.dataBytesRewritten = dataBytesRewritten
    self.completedAtMicroseconds = completedAtMicroseconds
  }
}
