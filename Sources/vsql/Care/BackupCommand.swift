internal import VSQL

/// `vsql backup DB DIR`.
struct BackupCommand {
  let options: CareOptions

  func run() -> ExitStatus {
    let bar = ProgressBar("copying")
    let database: Database
    let session: Session
    do throws(VSQLError) {
      database = try Database.open(
        options.paths[0], key: try options.key.source(isNew: false),
        options: Database.Options(createsWhenAbsent: false))
      session = try database.ownerSession()
    } catch {
      return CareFailure.tell(error, .cannotOpen)
    }
    do throws(VSQLError) {
      let done = try session.backup(to: options.paths[1], onProgress: bar.show)
      bar.clear()
      try database.close()
      Standard.output.line(
        "\(done.files) files, \(done.sizeBytes) bytes, commit \(done.commit); \(done.bytesCopied) bytes copied"
      )
      return .done
    } catch {
      bar.clear()
      try? database.close()
      return CareFailure.tell(error, .failed)
    }
  }
}

enum CareFailure {
  static func tell(_ error: VSQLError, _ status: ExitStatus) -> ExitStatus {
    Standard.error.line(error.rendered())
    return error.sqlState == "57014" ? .cancelled : status
  }
}
