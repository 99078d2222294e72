/// What each operator of one plan did, for EXPLAIN (ANALYZE). Nodes are numbered as a walk of the plan meets them: the root
/// first, then its inputs from left to right.
final class PlanMeter {
  struct Reading {
    var rows = 0
    var batches = 0
    /// From asking the operator to its answer, its inputs included.
    var time = Duration.zero
    /// Of a scan: pages read and passed over. Nil for other operators.
    var pages: (read: Int, skipped: Int)?
    /// Of an index scan: runs of segments that keys were looked up in, and runs that filters ruled out.
    var runs: (read: Int, skipped: Int)?
  }

  private(set) var readings: [Reading] = []

  func register() -> Int {
    readings.append(Reading())
    return readings.count - 1
  }

  func add(to node: Int, rows: Int, time: Duration) {
    readings[node].time += time
    if rows > 0 {
      readings[node].rows += rows
      readings[node].batches += 1
    }
  }

  func setPages(of node: Int, read: Int, skipped: Int) { readings[node].pages = (read, skipped) }

  func setRuns(of node: Int, _ runs: (read: Int, skipped: Int)?) { readings[node].runs = runs }
}

/// The meters of a statement: one for its plan, one for each subquery.
final class Meter {
  let main = PlanMeter()
  private(set) var subqueries: [PlanMeter] = []

  func addSubquery() -> PlanMeter {
    let meter = PlanMeter()
    subqueries.append(meter)
    return meter
  }
}
