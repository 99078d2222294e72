import Foundation
import Testing

/// The table of rooms and arrows (`ARCHITECTURE.md`): which module may import which.
enum Rooms {
  static let allowed: [String: Set<String>] = [
    "Diagnostics": [],
    "Schema": ["VSQLDiagnostics"],
    "Lexer": ["VSQLDiagnostics"],
    "Parser": ["VSQLLexer", "VSQLDiagnostics"],
    "Trust": ["VSQLSchema", "VSQLDiagnostics", "COpenSSL"],
    "Planner": ["VSQLParser", "VSQLSchema", "VSQLTrust", "VSQLDiagnostics"],
    "Storage": ["VSQLSchema", "VSQLTrust", "VSQLDiagnostics", "CZstd", "COpenSSL", "Kernels"],
    "Executor": [
      "VSQLPlanner", "VSQLStorage", "VSQLSchema", "VSQLTrust", "VSQLDiagnostics", "Kernels",
    ],
    "Database": [
      "VSQLLexer", "VSQLParser", "VSQLPlanner", "VSQLExecutor", "VSQLStorage", "VSQLSchema", "VSQLTrust",
      "VSQLDiagnostics",
    ],
    "vsql": ["VSQL", "CReadline"],
  ]

  /// What every room may import: the standard library and the system's own.
  static let system: Set<String> = ["Glibc", "Darwin", "Synchronization", "FoundationEssentials"]
}

@Suite struct ArrowTests {
  @Test func sourcesImportOnlyWhatTheTableAllows() throws {
    var seen = 0
    for file in try SourceTree.files(below: "Sources", endings: [".swift"]) {
      let allowed = try #require(Rooms.allowed[file.room], "the room \(file.room) is not in the table")
      for module in imports(of: file) {
        seen += 1
        #expect(
          allowed.contains(module) || Rooms.system.contains(module),
          "\(file.path) imports \(module), which the table of rooms forbids")
      }
    }
    #expect(seen > 20)
  }

  @Test func packageDeclaresOnlyWhatTheTableAllows() throws {
    let package = try String(contentsOf: SourceTree.root.appending(path: "Package.swift"), encoding: .utf8)
    let targets =
      package.split(separator: ".target(").dropFirst()
      + package.split(separator: ".executableTarget(").dropFirst()
    var checked: Set<String> = []
    for target in targets {
      let text = String(target.prefix { $0 != ")" })
      guard let room = text.firstMatch(of: /path: "Sources\/(\w+)"/)?.1,
        let allowed = Rooms.allowed[String(room)]
      else { continue }
      let list = text.firstMatch(of: /dependencies: \[([^\]]*)\]/)?.1 ?? ""
      for dependency in list.matches(of: /"(\w+)"/).map({ String($0.1) }) {
        #expect(allowed.contains(dependency), "Package.swift lets \(room) depend on \(dependency)")
      }
      checked.insert(String(room))
    }
    #expect(checked == Set(Rooms.allowed.keys))
  }

  /// A test target imports what `Package.swift` lists for it, and lists nothing else: a build from scratch, which takes the modules
  /// in another order, would fail else, now and then.
  @Test func testsImportWhatTheyDeclare() throws {
    let package = try String(contentsOf: SourceTree.root.appending(path: "Package.swift"), encoding: .utf8)
    let files = try SourceTree.files(below: "Tests", endings: [".swift"])
    var rooms: Set<String> = []
    for target in package.split(separator: ".testTarget(").dropFirst() {
      let text = String(target.prefix { $0 != ")" })
      let room = try #require(text.firstMatch(of: /name: "(\w+)"/)?.1).description
      let list = text.firstMatch(of: /dependencies: \[([^\]]*)\]/)?.1 ?? ""
      let declared = Set(list.matches(of: /"(\w+)"/).map { String($0.1) })
      let imported = Set(files.filter { $0.room == room }.flatMap(imports)).subtracting(Rooms.system)
        .subtracting(["Testing", "Foundation"])
      // The tool is run, not imported: its tests need it built.
      let needed = room == "ToolTests" ? imported.union(["VSQL", "VSQLTool"]) : imported
      #expect(declared == needed, "Package.swift and the imports of \(room) differ")
      rooms.insert(room)
    }
    #expect(rooms == Set(files.map(\.room)))
  }

  private func imports(of file: SourceTree.File) -> [String] {
    file.lines.compactMap { line in
      let words = line.split(separator: " ")
      guard let at = words.firstIndex(of: "import"), at + 1 < words.count,
        words[..<at].allSatisfy({
          ["internal", "public", "package", "private", "fileprivate"].contains($0) || $0.hasPrefix("@")
        })
      else { return nil }
      return String(words[at + 1])
    }
  }
}
