import VSQLPlanner

/// What each operator of one execution did, for EXPLAIN (ANALYZE). Nodes are numbered as a walk of the plan meets them:
/// the root first, then its inputs from left to right.
package final class Meter {
  package struct Reading: Sendable {
    package var rows = 0
    package var batches = 0
    /// From asking the operator to its answer, its inputs included.
    package var time = Duration.zero
    /// Pages of a scan.
    package var pagesRead = 0
    package var pagesSkipped = 0
  }

  package private(set) var readings: [Reading] = []

  package init() {}

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

  func setPages(of node: Int, read: Int, skipped: Int) {
    readings[node].pagesRead = read
    readings[node].pagesSkipped = skipped
  }
}
