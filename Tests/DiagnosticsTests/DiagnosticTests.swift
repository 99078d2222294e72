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
