internal import Synchronization
import VSQLSchema
import VSQLTrust

/// What every scan of a store asks, at every batch: whether it may still serve, and who an entity is by pseudonym.
package final class ScanGuard: Sendable {
  private let erasureEpoch: Atomic<UInt64>
  private let ring: KeyRing
  let memory: MemoryBudget

  init(ring: KeyRing, memory: MemoryBudget, epoch: UInt64) {
    self.ring = ring
    self.memory = memory
    erasureEpoch = Atomic(epoch)
  }

  /// - Throws: 40001 when something was erased since `epoch`.
  func check(epoch: UInt64) throws(StorageError) {
    if erasureEpoch.load(ordering: .acquiring) > epoch { throw .snapshotErased }
  }

  func publish(epoch: UInt64) { erasureEpoch.store(epoch, ordering: .releasing) }

  /// - Parameter entity: the value's key bytes (`KeyEncoder`).
  func pseudonym(_ tenant: TenantID, _ type: String, _ entity: [UInt8]) -> ConsentPseudonym {
    ring.pseudonym(tenant: tenant, type: type, value: entity)
  }
}
