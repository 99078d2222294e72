import Testing
import VSQLDiagnostics
import VSQLExecutor
import VSQLSchema

struct ColumnsTests {
  static func columns() throws -> [[Value]] {
    [
      [.boolean(true), .null, .boolean(false), .boolean(true)],
      [.integer(1), .integer(2), .null, .integer(4)],
      [.double(1), .double(2), .double(3), .double(4)], [.text("a"), .null, .text(""), .text("déf")],
      [.date(1), .date(2), .null, .date(3)], [.uuid(1), .null, .uuid(3), .uuid(4)],
      [.blob([1]), .blob([]), .null, .blob([2, 3])],
      [.decimal(Decimal(unscaled: 15, scale: 1)), .null, .decimal(Decimal(1)), .decimal(Decimal(2))],
      try ["[1,2]", "[3,4]", "[5,6]", "[7,8]"].map {
        try Value(parsing: $0, type: .vector(VectorShape(dimension: 2, element: .float32)))
      },
    ]
  }

  static func values(_ column: Column) -> [Value] { (0..<column.count).map { column.value(at: $0) } }

  static func type(_ values: [Value]) -> SQLType {
    Make.type(of: values.first { $0 != .null } ?? .null)
  }

  @Test func gatherSliceAndConcatenate() throws {
    for values in try Self.columns() {
      let column = try Make.column(values, Self.type(values))
      #expect(
        Self.values(Columns.gather(column, positions: [3, 0, 0, 1] as [UInt16]))
          == [3, 0, 0, 1].map { values[$0] })
      #expect(
        Self.values(Columns.gatherOptional(column, positions: [-1, 3, 1, -1])) == [
          .null, values[3], values[1], .null,
        ])
      let slice = Columns.slice(column, 1..<3)
      #expect(Self.values(slice) == Array(values[1..<3]))
      #expect(Self.values(Columns.slice(slice, 1..<2)) == [values[2]])
      let joined = try Columns.concatenate([slice, column, Columns.null(column.type, count: 2)])
      #expect(Self.values(joined) == Array(values[1..<3]) + values + [.null, .null])
      #expect(Self.values(Columns.gather(slice, positions: [1, 0] as [Int32])) == [values[2], values[1]])
    }
  }

  @Test func constantForm() throws {
    let constant = try Columns.constant(.text("x"), type: .string, count: 3)
    #expect(Self.values(Columns.flattened(constant)) == [.text("x"), .text("x"), .text("x")])
    #expect(!Columns.flattened(constant).isConstant)
    #expect(Columns.gather(constant, positions: [2, 1] as [UInt16]).count == 2)
    #expect(Self.values(Columns.gatherOptional(constant, positions: [-1, 0])) == [.null, .text("x")])
    #expect(throws: Diagnostic.self) {
      try Columns.concatenate([constant, Columns.constant(.integer(1), type: .bigint, count: 1)])
    }
    let empty = try Make.column([], .bigint)
    #expect(Self.values(Columns.gatherOptional(empty, positions: [-1, -1])) == [.null, .null])
  }
}
