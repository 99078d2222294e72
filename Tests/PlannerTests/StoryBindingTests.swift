import Foundation
import Testing
import VSQLDiagnostics
import VSQLParser
import VSQLPlanner
import VSQLSchema

/// Every statement of every story is bound, authorized and planned, without an executor: what should be
/// refused for its names and types is, with its code, and what should run has a plan of as many columns as
/// the story shows.
@Suite struct StoryBindingTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Stories")

  private static let names: [String] =
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path())) ?? []).filter {
      $0.hasSuffix(".slt") && !["conflicts.slt", "two_sessions.slt"].contains($0)
    }.sorted()

  @Test func thereAreStories() { #expect(Self.names.count > 30) }

  @Test(arguments: names) func story(_ name: String) throws {
    let text = try String(contentsOf: Self.folder.appending(path: name), encoding: .utf8)
    var world = StoryWorld()
    for record in storyRecords(text) {
      // What COPY finds in files, and what the parser says, are not the binder's.
      if record.sql.hasPrefix("COPY"), case .error = record.expectation { continue }
      guard (try? Parser.parseStatement(record.sql)) != nil else { continue }
      let place = "\(name):\(record.line): \(record.sql)"
      do {
        let columns = try world.run(record.sql)
        switch record.expectation {
        case .ok: break
        case .rows(let expected):
          if let columns { #expect(columns == expected, "\(place)") }
        case .error(let pattern):
          #expect(!Self.isForBinder(pattern), "accepted, expected \(pattern): \(place)")
        }
      } catch {
        switch record.expectation {
        case .ok, .rows:
          // Which texts are dates is for the types to say.
          if error.state == .invalidDatetimeFormat { continue }
          Issue.record("\(place)\n\(error.rendered(source: record.sql))")
        case .error(let pattern):
          // Which data error a text is, is for the types to say.
          if error.state.code.hasPrefix("22"), pattern.hasPrefix("22") { continue }
          #expect(
            Self.matches(pattern, error),
            "expected \(pattern): \(place)\n\(error.rendered(source: record.sql))")
        }
      }
    }
  }

  /// Each token dropped or doubled: an error with a place in the text, or a plan that holds its invariants;
  /// never a trap.
  @Test(arguments: names) func mutations(_ name: String) throws {
    let text = try String(contentsOf: Self.folder.appending(path: name), encoding: .utf8)
    var world = StoryWorld()
    for (index, record) in storyRecords(text).enumerated() {
      if index % 3 == 0, let tokens = try? Parser.tokenLines(record.sql), tokens.count < 60 {
        let bytes = Array(record.sql.utf8)
        for token in tokens {
          let span = token.span.start..<token.span.end
          for middle in [[], Array(bytes[span]) + [0x20] + Array(bytes[span])] {
            let sql = String(
              decoding: bytes[..<span.lowerBound] + middle + bytes[span.upperBound...], as: UTF8.self)
            var copy = world
            do {
              _ = try copy.run(sql)
            } catch {
              let end = error.span?.end ?? 0
              #expect(end <= sql.utf8.count, "\(sql): \(error)")
              #expect(error.state != .internalError, "\(sql): \(error)")
            }
          }
        }
      }
      _ = try? world.run(record.sql)
    }
  }

  /// Codes that names and types alone decide.
  private static func isForBinder(_ pattern: String) -> Bool {
    ["42", "0A000", "did you mean"].contains { pattern.hasPrefix($0) }
  }

  private static func matches(_ pattern: String, _ error: Diagnostic) -> Bool {
    let text = error.rendered()
    let pattern = pattern.trimmingCharacters(in: .whitespaces)
    guard let regex = try? Regex(pattern) else { return text.contains(pattern) }
    return text.contains(regex)
  }
}

/// A database without rows: definitions follow the statements, nothing is executed.
private struct StoryWorld {
  private var catalog = FixedCatalog(tables: [], tenants: [TenantName(name: "main", id: TenantID(1))])
  private var saved: FixedCatalog?
  private var savepoints: [(name: String, catalog: FixedCatalog)] = []
  private var nextID: UInt64 = 1
  private var session = BindingSession(tenant: TenantName(name: "main", id: TenantID(1)))

  /// - Returns: the columns of the answer; nil for what is not a query.
  mutating func run(_ sql: String) throws(Diagnostic) -> Int? {
    let parsed = try Parser.parseStatement(sql)
    let bound = try Binder(catalog: catalog, session: session).bind(parsed, parameters: [])
    let authorized = try Authorizer.authorize(
      bound, actor: ActorID(1), tenant: session.tenant.id, grants: FixedGrants())
    let naive = QueryPlanner.plan(authorized, catalog: catalog, optimising: false)
    let planned = QueryPlanner.plan(authorized, catalog: catalog)
    PlanCheck.check(naive.bound)
    PlanCheck.check(planned.bound)
    _ = PlanPrinting.lines(of: planned.bound)
    switch planned.bound.kind {
    case .query(let plan): return plan.columns.count
    case .createTable(var table, isThereAlready: false):
      nextID += 1
      table.id = TableID(nextID)
      catalog.tables.append(table)
      catalog.tables.sort { $0.name < $1.name }
    case .dropTable(let table?): catalog.tables.removeAll { $0.id == table.id }
    case .createIndex(var made?):
      nextID += 1
      made.index.id = IndexID(nextID)
      for place in catalog.tables.indices where catalog.tables[place].id == made.table.id {
        catalog.tables[place].indexes.append(made.index)
      }
    case .dropIndex(let dropped?):
      for place in catalog.tables.indices {
        catalog.tables[place].indexes.removeAll { $0.id == dropped.index.id }
      }
    case .createTenant(let name, isThereAlready: false):
      nextID += 1
      catalog.tenants.append(TenantName(name: name, id: TenantID(nextID)))
      catalog.tenants.sort { $0.name < $1.name }
    case .setTenant(let tenant): session.tenant = tenant
    case .begin: saved = catalog
    case .commit: saved = nil
    case .rollback:
      catalog = saved ?? catalog
      saved = nil
    case .savepoint(.make(let name)): savepoints.append((name, catalog))
    case .savepoint(.release(let name)):
      if let index = savepoints.lastIndex(where: { $0.name == name }) { savepoints.removeSubrange(index...) }
    case .savepoint(.rollback(let name)):
      guard let index = savepoints.lastIndex(where: { $0.name == name }) else { break }
      catalog = savepoints[index].catalog
      savepoints.removeSubrange((index + 1)...)
    case .insert, .update, .delete, .copy, .createTable, .dropTable, .createIndex, .dropIndex, .createTenant,
      .setTransaction, .set, .reset, .show,
      .describe, .explain, .eraseEntity, .rotateKey, .verifyAudit, .checkDatabase, .maintain, .backup:
      break
    }
    return nil
  }
}
