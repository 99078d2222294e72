/// What a check gathers on its way: faults, counts, and how far it is.
final class CheckNotes {
  private(set) var findings: [CheckFinding] = []
  var counts = CheckCounts()
  /// Paths that were read, so that none counts twice.
  private var read: Set<String> = []
  /// Bytes done; told to `progress` every MiB.
  private var doneBytes = 0
  private var toldBytes = 0
  var totalBytes = 0
  private let progress: CheckProgress?
  private let isCancelled: () throws -> Void

  init(progress: CheckProgress?, isCancelled: @escaping () throws -> Void) {
    self.progress = progress
    self.isCancelled = isCancelled
  }

  /// Notes a fault of the disk; an error that stops the check itself is thrown on.
  func note(_ error: StorageError) throws {
    guard let finding = CheckFinding(error) else { throw error }
    if !findings.contains(finding) { findings.append(finding) }
  }

  /// Runs a step; nil, and noted, when something on the disk is not as it must be.
  func attempt<Result>(_ step: () throws(StorageError) -> Result) throws -> Result? {
    do throws(StorageError) {
      return try step()
    } catch {
      try note(error)
      return nil
    }
  }

  func hasFaults(in path: String) -> Bool { findings.contains { $0.file == path } }

  /// A file was read to its end.
  func readFile(_ path: String, bytes: Int) throws {
    guard read.insert(path).inserted else { return }
    counts.files += 1
    counts.bytes += bytes
    try advance(bytes)
  }

  private func advance(_ bytes: Int) throws {
    doneBytes += bytes
    try isCancelled()
    guard doneBytes - toldBytes >= 1 << 20 else { return }
    toldBytes = doneBytes
    progress?(doneBytes, max(doneBytes, totalBytes))
  }
}

/// Bytes done, and bytes in all as far as they are known.
package typealias CheckProgress = (_ done: Int, _ total: Int) -> Void
