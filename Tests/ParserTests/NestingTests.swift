import Testing
import VSQLDiagnostics
import VSQLParser

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Runs `body` on a thread of its own with a stack of the given size; a stack that overflows ends the process.
func onThread(stackBytes: Int, _ body: @escaping @Sendable () -> Void) {
  final class Work: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
  var attributes = pthread_attr_t()
  pthread_attr_init(&attributes)
  pthread_attr_setstacksize(&attributes, stackBytes)
  let work = Unmanaged.passRetained(Work(body)).toOpaque()
  #if canImport(Glibc)
  var thread = pthread_t()
  let status = pthread_create(
    &thread, &attributes,
    { context in
      if let context { Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body() }
      return nil
    }, work)
  #expect(status == 0)
  pthread_join(thread, nil)
  #endif
}

@Suite struct NestingTests {
  /// Prefix, innermost, suffix: repeated as deep as wanted.
  static let shapes: [(name: String, open: String, inner: String, close: String)] = [
    ("parentheses", "(", "1", ")"), ("minus", "- ", "1", ""), ("not", "NOT ", "a", ""),
    ("brackets", "[", "a", "]"),
    ("calls", "f(", "1", ")"), ("case", "CASE WHEN ", "a", " THEN 1 END"),
    ("else", "CASE WHEN a THEN 1 ELSE ", "2", " END"),
    ("cast", "CAST(", "1", " AS INT)"), ("casts", "", "1", "::int"), ("subqueries", "(SELECT ", "1", ")"),
    ("exists", "EXISTS (SELECT ", "1", ")"), ("in list", "a IN (", "1", ")"),
    ("in query", "a IN (SELECT ", "1", ")"),
    ("sum", "", "1", " + 1"), ("right sum", "1 + (", "1", ")"), ("concat", "", "a", " || a"),
    ("comparisons", "a = (", "a", ")"),
    ("is null", "", "a", " IS NULL"), ("between", "a BETWEEN (", "1", ") AND 2"),
    ("and in or", "a OR b AND (", "c", ")"),
    ("trim", "trim(", "a", ")"), ("extract", "extract(year FROM ", "a", ")"),
    ("filter", "f(a) FILTER (WHERE ", "a", ")"),
    ("like", "a LIKE (", "b", ")"),
    ("precedences", "a OR b AND NOT c IS DISTINCT FROM d = e || f + g * -(", "1", ")"),
    ("from", "(SELECT 1 FROM (SELECT ", "1", ") AS t)"),
    ("joins", "(SELECT 1 FROM t JOIN u ON ", "TRUE", ")"),
    ("nearest", "(SELECT 1 FROM t NEAREST 1 BY DISTANCE ", "a", ")"),
    ("sums of sums", "(", "1", " + 1 + 1 + 1)"),
    ("left paren chain", "", "1", " * 2 - 3"), ("distinct", "a IS DISTINCT FROM (", "b", ")"),
  ]

  /// The stack of a secondary thread on macOS. Without optimisation a frame is about four times as large.
  #if DEBUG
  static let smallStack = 3 << 20
  #else
  static let smallStack = 512 << 10
  #endif

  static func text(_ shape: (name: String, open: String, inner: String, close: String), _ depth: Int)
    -> String
  {
    "SELECT " + String(repeating: shape.open, count: depth) + shape.inner
      + String(repeating: shape.close, count: depth)
  }

  /// Every shape, on the stack of a secondary thread: parsed, printed, compared, hashed and dropped.
  static func work(_ text: String) -> Diagnostic? {
    do {
      let statement = try Parser.parseStatement(text)
      let again = try Parser.parseStatement(statement.sql)
      let isSame = again.withoutSpans == statement.withoutSpans
      let lines = statement.treeLines()
      return isSame && !lines.isEmpty && statement.hashValue == statement.hashValue
        ? nil : Diagnostic(.internalError, "another tree")
    } catch {
      return error
    }
  }

  @Test func theDeepestAllowedIsReadOnTheEnginesStack() {
    for shape in Self.shapes {
      // The deepest that is accepted, by halving: it is never above the cap, and works all the way.
      var accepted = 1
      var refused = 400
      while refused - accepted > 1 {
        let depth = (accepted + refused) / 2
        if (try? Parser.parseStatement(Self.text(shape, depth))) != nil {
          accepted = depth
        } else {
          refused = depth
        }
      }
      #expect(accepted >= 20 && accepted <= 256, "\(shape.name): \(accepted)")
      let text = Self.text(shape, accepted)
      onThread(stackBytes: 8 << 20) {
        let failure = Self.work(text)
        #expect(failure == nil, "\(shape.name): \(failure?.message ?? "")")
      }
    }
  }

  @Test func theDeepestAllowedIsReadOnASmallStack() {
    for shape in Self.shapes {
      for depth in [40, 256, 20_000] {
        let text = Self.text(shape, depth)
        onThread(stackBytes: Self.smallStack) {
          do throws(Diagnostic) {
            _ = try Parser.parseStatement(text)
          } catch {
            #expect(error.state == .statementTooComplex, "\(shape.name) \(depth): \(error.message)")
          }
        }
      }
    }
  }

  @Test func tooDeepIsToldWithItsPlace() throws {
    for shape in Self.shapes {
      let error = try syntaxError(Self.text(shape, 1_000))
      #expect(error.state == .statementTooComplex, "\(shape.name): \(error.message)")
      #expect(error.message == "the statement nests deeper than 256 levels")
      #expect(error.span != nil)
    }
  }

  @Test func chainsOfAndAndOrAreFlatAndAsLongAsTheyLike() throws {
    for word in ["AND", "OR"] {
      let text = "SELECT " + (0..<20_000).map { "a = \($0)" }.joined(separator: " \(word) ")
      onThread(stackBytes: Self.smallStack) { #expect((try? Parser.parseStatement(text)) != nil) }
    }
    let list = "SELECT a IN (" + (0..<20_000).map(String.init).joined(separator: ", ") + ")"
    #expect((try? Parser.parseStatement(list)) != nil)
  }

  @Test func theTreeIsNeverDeeperThanTheCap() throws {
    // A chain within the first operand of a chain, again and again: each alone is short.
    let inner = String(repeating: " + 1", count: 100)
    let text = "SELECT " + String(repeating: "(", count: 5) + "1" + String(repeating: inner + ")", count: 5)
    #expect(try syntaxError(text).state == .statementTooComplex)
    let joins = "SELECT * FROM t" + String(repeating: " CROSS JOIN t", count: 300)
    #expect(try syntaxError(joins).state == .statementTooComplex)
    #expect(
      (try? Parser.parseStatement("SELECT * FROM t" + String(repeating: " CROSS JOIN t", count: 200))) != nil)
    #expect((try? Parser.parseStatement("SELECT 1" + String(repeating: " + 1", count: 250))) != nil)
  }
}
