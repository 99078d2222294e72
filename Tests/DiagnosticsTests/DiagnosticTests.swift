import Testing
import VSQLDiagnostics

@Suite struct DiagnosticTests {
  @Test func drawsTheCaretUnderThePlace() {
    let source = "-- a\n\nSELECT embeding FROM packages;\n"
    let diagnostic = Diagnostic(
      .undefinedColumn, "column \"embeding\" does not exist in table \"packages\"",
      at: SourceSpan(start: 13, end: 21), label: Suggestion.label(for: "embeding", in: ["name", "embedding"]))
    #expect(
      diagnostic.rendered(source: source, name: "demo.sql") == """
        error[42703]: column "embeding" does not exist in table "packages"
         --> demo.sql:3:8
          |
        3 | SELECT embeding FROM packages;
          |        ^^^^^^^^ did you mean "embedding"?
        """)
  }

  @Test func showsThePartOfALongLineAroundThePlace() {
    let source =
      "SELECT " + String(repeating: "1, ", count: 1_000) + "embeding, "
      + String(repeating: "2, ", count: 1_000)
    let diagnostic = Diagnostic(.syntaxError, "bad", at: SourceSpan(start: 3_007, end: 3_015))
    let lines = diagnostic.rendered(source: source).split(separator: "\n")
    #expect(lines.count == 5 && lines[1].hasSuffix(":1:3008"))
    #expect(lines[3].count == 4 + 242 && lines[3].hasSuffix("…"))
    let pointer = Array(lines[4])
    let marked = pointer.indices.filter { pointer[$0] == "^" }.map { Array(lines[3])[$0] }
    #expect(String(marked) == "embeding")
    let whole = Diagnostic(.syntaxError, "bad", at: SourceSpan(start: 0, end: source.utf8.count))
    #expect(whole.rendered(source: source).split(separator: "\n").allSatisfy { $0.count <= 246 })
  }

  @Test func aPlacePastTheEndIsTheEnd() {
    let place = SourcePlace(offset: 99, in: "SELECT")
    #expect(place.line == 1 && place.column == 7 && place.text == "SELECT")
  }

  @Test func countsColumnsInScalarsAndKeepsTabs() {
    let place = SourcePlace(offset: 5, in: "\té é x")
    #expect(place.column == 5)
    #expect(place.indent.first == "\t")
  }

  @Test(arguments: [
    ("embeding", "embedding"), ("nmae", "name"), ("sectoin", "section"),
  ])
  func suggestsSlips(wrong: String, right: String) {
    #expect(Suggestion.closest(to: wrong, in: ["id", "name", "section", "embedding"]) == right)
  }

  @Test func staysSilentWhenNothingIsNear() {
    #expect(Suggestion.closest(to: "weather", in: ["id", "name"]) == nil)
  }
}
