import VSQLSchema

/// What a database consists of at one moment, taken under the writer's lock right after a checkpoint: no log matters then.
struct BackupMoment: Sendable {
  /// Small files, which others may replace at any time: their bytes.
  var held: [(path: String, bytes: [UInt8])] = []
  /// Segments' files: what the state says of them.
  var segments: [BackupFile.Entry] = []
  /// Full files of the audit chain; only erasures and rotations replace them.
  var full: [(path: String, size: Int)] = []
  var header: [UInt8]
  var takenAt: Int64
  var state: StoreState
  /// What erasures and rotations change: they replace files in place, so that what was copied before belongs to no one moment.
  var epoch: Epoch

  struct Epoch: Hashable, Sendable {
    var erasures: UInt64
    var roots: UInt32
    var keys: [KeyRing.KeyInfo]
  }

  var totalBytes: Int {
    held.reduce(0) { $0 + $1.bytes.count } + segments.reduce(0) { $0 + $1.size }
      + full.reduce(0) { $0 + $1.size }
  }
}

extension Writer {
  var backupEpoch: BackupMoment.Epoch {
    BackupMoment.Epoch(erasures: head.erasureEpoch, roots: state.rootVersion, keys: ring.keys)
  }

  mutating func backupMoment() throws -> BackupMoment {
    try checkUsable()
    try checkpoint()
    var moment = BackupMoment(
      header: try device.readAll(DatabaseHeader.path), takenAt: options.clock.nowMicroseconds, state: state,
      epoch: backupEpoch)
    func hold(_ path: String) throws { moment.held.append((path, try device.readAll(path))) }
    try hold(KeyRing.ringPath)
    for key in ring.keys { try hold(KeyRing.KEKName(tenant: key.tenant, version: key.version).path) }
    try hold(StateFile.path(stateNumber))
    for segment in state.segments {
      let manifest = segment.manifest
      moment.segments += [
        BackupFile.Entry(path: manifest.cellPath, size: manifest.cellBytes, root: manifest.cellRoot),
        BackupFile.Entry(path: manifest.keyPath, size: manifest.keyBytes, root: manifest.keyRoot),
        BackupFile.Entry(
          path: manifest.directoryPath, size: manifest.directoryBytes, root: manifest.directoryRoot),
      ]
    }
    for (first, count) in chain.files(chain.absorbed.count) {
      for path in [AuditChain.logPath(first), SaltFile.path(first)] {
        if count < AuditChain.eventsPerFile {
          try hold(path)
        } else {
          moment.full.append((path, try device.open(path, .read).size()))
        }
      }
    }
    return moment
  }
}
