/// What the command line asks for.
enum Invocation: Equatable {
  case help
  case version
  /// `vsql test FILES…`
  case test([String])
  /// `vsql check DB`
  case check(CareOptions)
  /// `vsql backup DB DIR`
  case backup(CareOptions)
  /// `vsql restore BACKUP DIR`
  case restore(CareOptions)
  case open(OpenOptions)
}

/// `vsql [DB] [options]`.
struct OpenOptions: Equatable {
  enum Script: Equatable {
    /// `-c SQL`
    case text(String)
    /// `-f FILE`
    case file(String)
  }

  enum Key: Equatable {
    case standard
    case file(String)
    case passphrase
    case descriptor(Int32)
  }

  var path: String?
  /// In the order given; empty: standard input.
  var scripts: [Script] = []
  /// Nil: box on a terminal, csv in a pipe.
  var mode: OutputMode?
  var key = Key.standard
  var tenant: String?
  var parameters: [String: String] = [:]
  var isReadOnly = false
  var keepsGoing = false
  var echoes = false
}

/// A command line that cannot be understood.
struct UsageError: Error, Equatable {
  let message: String
}

extension Invocation {
  /// - Throws: `UsageError`, naming the word that is wrong.
  init(parsing words: [String]) throws {
    // A database of such a name is `./help`.
    if words.contains("--help") || words.contains("-h") || words == ["help"] {
      self = .help
    } else if words.contains("--version") || words.contains("-V") || words == ["version"] {
      self = .version
    } else if words.first == "test" {
      let files = Array(words.dropFirst())
      if let option = files.first(where: { $0.hasPrefix("-") }) {
        throw UsageError(message: "`vsql test` takes no option \(option)")
      }
      if files.isEmpty { throw UsageError(message: "`vsql test` needs the golden files to run") }
      self = .test(files)
    } else if words.first == "check" {
      self = .check(try CareOptions(parsing: words.dropFirst(), verb: "check", paths: ["the database"]))
    } else if words.first == "backup" {
      let paths = ["the database", "the directory to copy it to"]
      self = .backup(try CareOptions(parsing: words.dropFirst(), verb: "backup", paths: paths))
    } else if words.first == "restore" {
      let paths = ["the backup", "the directory to restore it to"]
      self = .restore(try CareOptions(parsing: words.dropFirst(), verb: "restore", paths: paths))
    } else {
      self = .open(try OpenOptions(parsing: words))
    }
  }
}

extension OpenOptions {
  init(parsing words: [String]) throws {
    var rest = ArraySlice(words.flatMap(Self.splitAtEquals))
    while let word = rest.popFirst() {
      func value() throws -> String {
        guard let next = rest.popFirst() else { throw UsageError(message: "\(word) needs a value") }
        return next
      }
      switch word {
      case "-c", "--command": scripts.append(.text(try value()))
      case "-f", "--file": scripts.append(.file(try value()))
      case "--mode": mode = try Self.outputMode(try value())
      case "--key-file": key = .file(try value())
      case "--passphrase": key = .passphrase
      case "--key-fd": key = .descriptor(try Self.descriptor(try value()))
      case "--tenant": tenant = try value()
      case "--param":
        let (name, text) = try Self.parameter(try value())
        parameters[name] = text
      case "--read-only": isReadOnly = true
      case "--keep-going": keepsGoing = true
      case "--echo": echoes = true
      case _ where word.hasPrefix("-") && word != "-":
        throw UsageError(message: "unknown option \(word)")
      default:
        if let path { throw UsageError(message: "two databases are named: \(path) and \(word)") }
        path = word
      }
    }
  }

  /// `--mode=csv` is `--mode csv`.
  static func splitAtEquals(_ word: String) -> [String] {
    guard word.hasPrefix("--"), let equals = word.firstIndex(of: "=") else { return [word] }
    return [String(word[..<equals]), String(word[word.index(after: equals)...])]
  }

  private static func outputMode(_ word: String) throws -> OutputMode {
    guard let mode = OutputMode(rawValue: word) else {
      let known = OutputMode.allCases.map(\.rawValue).joined(separator: ", ")
      throw UsageError(message: "unknown mode \(word); known are \(known)")
    }
    return mode
  }

  static func descriptor(_ word: String) throws -> Int32 {
    guard let number = Int32(word), number >= 0 else {
      throw UsageError(message: "--key-fd needs the number of an open descriptor, not \(word)")
    }
    return number
  }

  private static func parameter(_ word: String) throws -> (String, String) {
    guard let equals = word.firstIndex(of: "="), equals != word.startIndex else {
      throw UsageError(message: "--param needs NAME=VALUE, not \(word)")
    }
    return (String(word[..<equals]), String(word[word.index(after: equals)...]))
  }
}
