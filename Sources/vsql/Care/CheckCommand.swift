internal import VSQL

/// `vsql check DB`: every byte read, every seal opened; each fault a line.
struct CheckCommand {
  let options: CareOptions

  func run() -> ExitStatus {
    let bar = ProgressBar("checking")
    let result: CheckResult
    do throws(VSQLError) {
      result = try Database.check(
        options.paths[0], key: try options.key.source(isNew: false), onProgress: bar.show)
    } catch {
      bar.clear()
      Standard.error.line(error.rendered())
      return error.sqlState == "57014" ? .cancelled : .cannotOpen
    }
    bar.clear()
    for finding in result.findings {
      Standard.output.line("\(finding.file), offset \(finding.offset): \(finding.text)")
    }
    if result.findings.isEmpty {
      Standard.output.line(result.summary)
      return .done
    }
    let count = result.findings.count
    Standard.error.line("\(count) \(count == 1 ? "fault" : "faults")")
    return .verificationFailed
  }
}
