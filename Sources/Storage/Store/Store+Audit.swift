import VSQLDiagnostics
import VSQLSchema

extension Store {
  /// Reads the whole audit chain again from the device; damage is an answer here, not an error. The verification is an event
  /// itself, its answer included; after one that found damage nothing is written any more, so that the chain is not
  /// continued from a place that does not hold.
  package func verifyAudit(
    actor: ActorID, tenant: TenantID? = nil, _ patience: Patience? = nil
  ) throws -> AuditVerification {
    if isReadOnly {
      let found = try chain.verify()
      return found.isChainVerified ? found : try verifyAsOfNow() ?? found
    }
    try writing(patience) { writer in
      if case .unchained = writer.failure { return }
      try writer.checkUsable()
    }
    try flushUnlessOver(patience)
    let answer = try chain.verify()
    if answer.isChainVerified {
      try record([
        AuditEvent(
          tenant: tenant ?? mainTenant, actor: actor, action: .auditVerification, resource: "audit",
          outcome: .done, detail: "\(answer.events) events")
      ])
    } else {
      let sequence = answer.firstBadEvent ?? 1
      let damage = StorageError.unchained(
        path: AuditChain.logPath(AuditChain.first(of: max(1, sequence))), sequence: sequence,
        what: answer.reason ?? "the head is not the state's")
      writer.withLock { $0.failure = $0.failure ?? damage }
    }
    return answer
  }

  /// Another process may have written since this one opened the chain, so that its files hold more than the state of then says:
  /// the same by the state of now. What lies behind that state's events is what a writer left that died, or is at it: no part of the
  /// chain, as nothing names it. Nil when the chain does not verify, or the state of now cannot be read.
  private func verifyAsOfNow() throws -> AuditVerification? {
    // A writer may replace files between one read and the next.
    for _ in 0..<3 {
      guard let ring = try? vault.reopenedRing(),
        let (state, _) = try? StateFile.read(ring: ring, device: site.device)
      else { continue }
      let chain = AuditChain.open(device: site.device, ring: ring, state: state.audit)
      guard
        var recovery = try? Recovery(state, site: SegmentSite(device: site.device, keys: ring), chain: chain),
        (try? recovery.replay()) != nil
      else { continue }
      let found = try chain.verify(passingLeftovers: true)
      // An older state put back would verify too, but it knows less than this process does.
      if found.isChainVerified, found.events >= self.chain.count { return found }
    }
    return nil
  }

  /// Every event of `tenant` (nil: of all tenants), in chain order; each says whether the chain holds up to it.
  package func auditEvents(tenant: TenantID? = nil) throws -> [AuditRecord] {
    var reader = try auditReader()
    var records: [AuditRecord] = []
    while let next = try reader.next() { records += next.filter { tenant == nil || $0.tenant == tenant } }
    return records
  }

  /// The events of all tenants up to now, in chain order, one file's in memory at a time.
  ///
  /// - Throws: 55P03, 57014 while it waits for the writer.
  package func auditReader(_ patience: Patience? = nil) throws -> AuditReader {
    if !isReadOnly { try flushUnlessOver(patience) }
    return chain.reader()
  }

  /// What cannot be written is still read: the chain then says for itself what it holds.
  private func flushUnlessOver(_ patience: Patience?) throws {
    do {
      try flushEvents(patience)
    } catch let error as Diagnostic where [.queryCanceled, .lockNotAvailable].contains(error.state) {
      throw error
    } catch {}
  }
}
