import Testing
import VSQLDiagnostics
import VSQLExecutor
import VSQLSchema

@Suite struct CopyCSVTests {
  private func read(
    _ text: String, into target: CopyTarget, form: CSVReader.Form = CSVReader.Form(),
    pieceBytes: Int = 1 << 20
  ) throws -> [[Value]] {
    let file = try TemporaryFile(text)
    var reader = try CSVReader(path: file.path, target: target, form: form, pieceBytes: pieceBytes)
    return try rows(of: &reader, limit: 3)
  }

  private let table = target(("id", .bigint), ("name", .string), ("day", .date), defaults: ["day": .date(7)])

  @Test(arguments: [1, 5, 1 << 20])
  func readsQuotesNewlinesAndNulls(pieceBytes: Int) throws {
    let found = try read(
      "name,id,day\n\"a \"\"b\"\"\nc\",1,1970-01-02\r\n,2,\n\"\",3,2000-02-29\nx\"y,z\"w,4,1969-12-31",
      into: table, pieceBytes: pieceBytes)
    #expect(
      found == [
        [.integer(1), .text("a \"b\"\nc"), .date(1)], [.integer(2), .null, .null],
        [.integer(3), .text(""), .date(11_016)], [.integer(4), .text("xy,zw"), .date(-1)],
      ])
  }

  @Test func takesFewerColumnsByHeader() throws {
    #expect(try read("id\n5\n", into: table) == [[.integer(5), .null, .date(7)]])
  }

  @Test func takesDelimiterAndNullText() throws {
    let form = CSVReader.Form(hasHeader: false, delimiter: UInt8(ascii: "|"), nullText: "\\N")
    #expect(
      try read("1|\\N|\\N\n2||1970-01-01\n3|\"\\N\"|\\N\n", into: table, form: form) == [
        [.integer(1), .null, .null], [.integer(2), .text(""), .date(0)], [.integer(3), .text("\\N"), .null],
      ])
  }

  @Test(arguments: [
    ("id,name,day\n1,a\n", "line 2: expected 3 fields, found 2", "22P04"),
    ("id,name,day\n1,a,1970-01-01,x\n", "found 4", "22P04"),
    ("id,name,day\n1,\"a\nb\",1970-01-01\n2,\"b", "line 4: a quoted field is not closed", "22P04"),
    ("id,nam,day\n", "\"nam\"", "22P04"), ("id,id\n", "twice", "22P04"), ("", "empty", "22P04"),
    ("id,name,day\nx,a,1970-01-01\n", "line 2, column \"id\"", "22P02"),
    ("id,name,day\n1.5,a,1970-01-01\n", "whole number", "22P02"),
    ("id,name,day\n1,a\rb,1970-01-01\n", "carriage return", "22P04"),
  ])
  func refuses(text: String, said: String, code: String) {
    let refused = fault { _ = try read(text, into: table) }
    #expect(refused?.state.code == code, "\(refused?.message ?? "read without error")")
    #expect(refused?.message.contains(said) == true, "\(refused?.message ?? "")")
  }
}
