internal import Synchronization
import VSQLSchema

/// What readers see: the newest durable commit; and how many frames are durable.
final class PublishedHead: Sendable {
  private let head: Mutex<StoreHead>
  private let frames = Atomic<UInt64>(0)

  init(_ head: StoreHead) { self.head = Mutex(head) }

  var current: StoreHead { head.withLock { $0 } }

  var catalog: (tables: [TableDefinition], tenants: [TenantName]) {
    head.withLock { ($0.catalog.tables, $0.catalog.tenants) }
  }

  func isDurable(_ position: UInt64) -> Bool { frames.load(ordering: .acquiring) >= position }

  /// Shows a durable head, unless a newer one is shown already.
  func publish(_ next: StoreHead, _ position: UInt64) {
    head.withLock { if $0.version <= next.version, $0.erasureEpoch <= next.erasureEpoch { $0 = next } }
    frames.max(position, ordering: .acquiringAndReleasing)
  }
}
