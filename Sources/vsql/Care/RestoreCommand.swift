internal import VSQL

/// `vsql restore BACKUP DIR`.
struct RestoreCommand {
  let options: CareOptions

  func run() -> ExitStatus {
    let bar = ProgressBar("restoring")
    do throws(VSQLError) {
      let key = try options.key.source(isNew: false)
      var erasures: ErasuresSinceBackup = options.acceptsLoss ? .lossAccepted : .unknown
      if let path = options.erasuresFrom {
        let own = options.erasuresKeyFile.map { KeySource.file($0) } ?? key
        erasures = .from(database: path, key: own)
      }
      let done = try Database.restore(
        options.paths[0], to: options.paths[1], key: key, erasures: erasures, onProgress: bar.show)
      bar.clear()
      var line = "\(done.files) files, \(done.sizeBytes) bytes, commit \(done.commit)"
      if options.erasuresFrom != nil {
        line += "; \(done.entitiesErased) entities erased since, \(done.recordsErased) records"
      }
      Standard.output.line(line)
      return .done
    } catch {
      bar.clear()
      // The database itself cannot be opened: absent, wrong key. All else is a refusal.
      return CareFailure.tell(
        error, ["58P01", "28P01", "28000"].contains(error.sqlState) ? .cannotOpen : .failed)
    }
  }
}
