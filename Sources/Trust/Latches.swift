import VSQLSchema

/// The keyed pseudonym of one (tenant, type, entity, purpose): 32 bytes that name nobody.
package struct ConsentPseudonym: Hashable, Comparable, Sendable {
  package let bytes: [UInt8]

  package init(bytes: [UInt8]) { self.bytes = bytes }

  package static func < (a: ConsentPseudonym, b: ConsentPseudonym) -> Bool {
    a.bytes.lexicographicallyPrecedes(b.bytes)
  }
}

/// Consent that stands.
package enum Given {}
/// Consent that was withdrawn, for ever.
package enum Revoked {}

/// One entity's consent in one of its two states. No function leads from `Revoked` back to `Given`.
package struct Consent<State>: ~Copyable {
  package let pseudonym: ConsentPseudonym

  fileprivate init(pseudonym: ConsentPseudonym) { self.pseudonym = pseudonym }
}

extension Consent where State == Given {
  /// Withdraws the consent: what stood is spent.
  package consuming func revoke() -> Consent<Revoked> { Consent<Revoked>(pseudonym: pseudonym) }
}

/// Every consent that was withdrawn. The set can only grow.
package struct LatchSet: Sendable {
  private var latched: Set<ConsentPseudonym> = []
  /// Counts every growth; a reader that took its mask under an older epoch stops.
  package private(set) var epoch: UInt64 = 0

  package init() {}

  /// The standing consent of `pseudonym`; nil once it was withdrawn.
  package func standing(_ pseudonym: ConsentPseudonym) -> Consent<Given>? {
    latched.contains(pseudonym) ? nil : Consent<Given>(pseudonym: pseudonym)
  }

  /// Takes a withdrawal in, for ever.
  package mutating func latch(_ revoked: consuming Consent<Revoked>) {
    latched.insert(revoked.pseudonym)
    epoch += 1
  }

  /// What a scan needs to leave the withdrawn out. Only the set makes one.
  package func mask() -> ConsentMask { ConsentMask(latched: latched, epoch: epoch) }
}

/// Which entities a scan must leave out, as of one epoch.
package struct ConsentMask: Sendable {
  private let latched: Set<ConsentPseudonym>
  package let epoch: UInt64

  fileprivate init(latched: Set<ConsentPseudonym>, epoch: UInt64) {
    self.latched = latched
    self.epoch = epoch
  }

  /// No entity is left out, so that a scan need not ask for each.
  package var letsAllPass: Bool { latched.isEmpty }

  package func leavesOut(_ pseudonym: ConsentPseudonym) -> Bool { latched.contains(pseudonym) }
}
