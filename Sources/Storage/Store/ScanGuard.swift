import VSQLSchema
import VSQLTrust
internal import Synchronization

/// What every scan of a store asks, at every batch: whether it may still serve, and who an entity is by pseudonym.
package final class ScanGuard: Sendable {
  private let erasureEpoch = Atomic<UInt64>(0)

  /// - Throws: 40001 when something was erased since `epoch`.
  func check(epoch: UInt64) throws(StorageError) {
    if erasureEpoch.load(ordering: .acquiring) != epoch { throw .conflict(table: "") }
  }

  func publish(epoch: UInt64) { erasureEpoch.store(epoch, ordering: .releasing) }

  func pseudonym(_ tenant: TenantID, _ type: String, _ entity: Value) -> ConsentPseudonym {
    ConsentPseudonym(bytes: [])
  }
}
