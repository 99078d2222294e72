#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif
internal import VSQL

/// The tool's one entry, off the main actor (top-level code pays for isolation at every call).
nonisolated func runAndExit() -> Never {
  signal(SIGPIPE, SIG_IGN)
  forbidCoreDumps()
  forbidMemoryInBacktraces()
  let arguments = Array(CommandLine.arguments.dropFirst())
  let status: ExitStatus
  do {
    status = try run(try Invocation(parsing: arguments))
  } catch let failure as UsageError {
    Standard.error.line("vsql: \(failure.message)")
    Standard.error.line("Run `vsql --help` for the options.")
    status = .usage
  } catch {
    Standard.error.line("vsql: \(error)")
    status = .failed
  }
  exit(status.rawValue)
}

/// Key memory is left out of core dumps, opened rows are not. One byte, as 0 does not hold for dumps that go to a program.
private func forbidCoreDumps() {
  var limit = rlimit()
  #if canImport(Glibc)
  guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit) == 0 else { return }
  limit.rlim_cur = min(1, limit.rlim_max)
  _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
  #else
  guard unsafe getrlimit(RLIMIT_CORE, &limit) == 0 else { return }
  limit.rlim_cur = 0
  _ = unsafe setrlimit(RLIMIT_CORE, &limit)
  #endif
}

/// Swift's report of a crash shows what lies in memory where registers point: keys and rows, perhaps. Only who asks for it gets it.
private func forbidMemoryInBacktraces() {
  if unsafe getenv("SWIFT_BACKTRACE") != nil { return }
  for number in [SIGQUIT, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP] {
    signal(number, SIG_DFL)
  }
}

private func run(_ invocation: Invocation) throws -> ExitStatus {
  switch invocation {
  case .help:
    Standard.output.line(Usage.text)
    return .done
  case .version:
    Standard.output.line("vsql \(VSQLVersion.current)")
    return .done
  case .test(let files):
    return GoldenFileCommand(files: files).run()
  case .check(let options):
    return CheckCommand(options: options).run()
  case .backup(let options):
    return BackupCommand(options: options).run()
  case .restore(let options):
    return RestoreCommand(options: options).run()
  case .open(let options):
    return try SessionCommand(options: options).run()
  }
}

/// What the process ends with (`docs/shell.md`).
enum ExitStatus: Int32 {
  case done = 0
  /// A statement failed.
  case failed = 1
  case usage = 2
  /// Absent, locked, wrong key, damaged.
  case cannotOpen = 3
  /// A verification said no.
  case verificationFailed = 4
  case cancelled = 130
  /// SIGTERM, in a conversation.
  case terminated = 143
}
