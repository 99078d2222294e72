/// What a line that begins with `\` or `.` asks for: the names of psql, and of sqlite3 and DuckDB.
enum ReplCommand: Equatable {
  case help
  case quit
  case timing(Bool?)
  case mode(String?)
  /// A command that is a statement's short form.
  case statement(String)
  case include(String)
  case wrong(String)

  static let listing = """
    \\?  .help              this list
    \\q  .quit  Ctrl-D      leave
    \\d  \\dt  .tables       the tables
    \\d TABLE  .schema TABLE  a table's columns
    \\l                     the tenants
    \\keys                  the tenants' keys and their ages
    \\chain                 verify the audit chain
    \\i FILE  .read FILE    run a script
    \\mode MODE  .mode MODE  box, csv, jsonl or markdown
    \\timing [on|off]  .timer  show how long statements take
    Ctrl-C stops a statement, or clears the line; Tab completes.
    """

  /// Nil: the line is no command.
  init?(line: String) {
    let line = line.trimmed
    guard line.hasPrefix("\\") || (line.hasPrefix(".") && line.dropFirst().first?.isLetter == true) else {
      return nil
    }
    var words = line.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
    let name = String(words.removeFirst().dropFirst())
    let argument = words.first.map { $0.hasSuffix(";") ? String($0.dropLast()) : $0 }
    switch name {
    case "?", "h", "help": self = .help
    case "q", "quit", "exit": self = .quit
    case "timing", "timer":
      switch argument {
      case nil: self = .timing(nil)
      case "on": self = .timing(true)
      case "off": self = .timing(false)
      case let word?: self = .wrong("\\timing takes on or off, not \(word)")
      }
    case "mode": self = .mode(argument)
    case "d", "schema": self = .statement(argument.map { "DESCRIBE \($0)" } ?? "SHOW TABLES")
    case "dt", "tables": self = .statement("SHOW TABLES")
    case "l", "tenants": self = .statement("SHOW TENANTS")
    case "keys": self = .statement("SHOW KEYS")
    case "chain": self = .statement("VERIFY AUDIT")
    case "i", "read":
      self = argument.map { .include($0) } ?? .wrong("\\i needs the script's path")
    default: self = .wrong("unknown command \\\(name); \\? lists them")
    }
  }
}
