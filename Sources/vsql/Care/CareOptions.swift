/// `vsql check|backup|restore PATHS… [options]`: the work on a whole database.
struct CareOptions: Equatable {
  var paths: [String] = []
  var key = OpenOptions.Key.standard
  /// Of `restore`: the database that knows who was erased since.
  var erasuresFrom: String?
  /// Its key file, where it is not the backup's: the root key was rotated since.
  var erasuresKeyFile: String?
  var acceptsLoss = false
}

extension CareOptions {
  /// - Parameter paths: what each path is, for the message when one is missing.
  init(parsing words: some Sequence<String>, verb: String, paths names: [String]) throws {
    var rest = ArraySlice(words.flatMap(OpenOptions.splitAtEquals))
    while let word = rest.popFirst() {
      func value() throws -> String {
        guard let next = rest.popFirst() else { throw UsageError(message: "\(word) needs a value") }
        return next
      }
      switch word {
      case "--key-file": key = .file(try value())
      case "--passphrase": key = .passphrase
      case "--key-fd": key = .descriptor(try OpenOptions.descriptor(try value()))
      case "--erasures-from" where verb == "restore": erasuresFrom = try value()
      case "--erasures-key-file" where verb == "restore": erasuresKeyFile = try value()
      case "--accept-loss" where verb == "restore": acceptsLoss = true
      case _ where word.hasPrefix("-"):
        throw UsageError(message: "`vsql \(verb)` knows no option \(word)")
      default: paths.append(word)
      }
    }
    if paths.count < names.count {
      throw UsageError(message: "`vsql \(verb)` needs \(names[paths.count])")
    }
    if paths.count > names.count {
      throw UsageError(message: "`vsql \(verb)` takes no more than \(names.joined(separator: " and "))")
    }
  }
}
