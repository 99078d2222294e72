import VSQLSchema

/// Counts what another operator gives, and the time that it takes.
final class MeteredSource: BatchSource {
  private let inner: any BatchSource
  private let meter: PlanMeter
  private let node: Int

  init(_ inner: any BatchSource, meter: PlanMeter, node: Int) {
    self.inner = inner
    self.meter = meter
    self.node = node
  }

  func next() throws -> Batch? {
    let start = ContinuousClock.now
    let batch = try inner.next()
    meter.add(to: node, rows: batch?.selectedCount ?? 0, time: .now - start)
    if let scan = inner as? ScanSource {
      meter.setPages(of: node, read: scan.pagesRead, skipped: scan.pagesSkipped)
      meter.setRuns(of: node, scan.runs)
    } else if let read = inner as? KeyReadSource {
      let tally = read.tally
      meter.setPages(of: node, read: tally.pagesRead, skipped: tally.pagesSkipped)
      let hasRuns = tally.runsRead + tally.runsSkipped > 0
      meter.setRuns(of: node, hasRuns ? (tally.runsRead, tally.runsSkipped) : nil)
    }
    return batch
  }
}
