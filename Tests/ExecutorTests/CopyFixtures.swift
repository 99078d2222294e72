import Foundation
import VSQLDiagnostics
import VSQLExecutor
import VSQLSchema

/// A file that is there as long as the test holds it.
final class TemporaryFile {
  let path: String

  init(_ bytes: some Sequence<UInt8>) throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "vsql-test-\(UUID().uuidString)")
    try Data(bytes).write(to: url)
    path = url.path
  }

  convenience init(_ text: String) throws { try self.init(text.utf8) }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// Columns of a table that a file fills: all of them, in order.
func target(_ columns: (String, SQLType)..., defaults: [String: Value] = [:]) -> CopyTarget {
  CopyTarget(
    tableName: "t",
    columns: columns.enumerated().map { index, column in
      let value = defaults[column.0] ?? .null
      return CopyTargetColumn(ordinal: index, name: column.0, type: column.1) {
        () throws(Diagnostic) in value
      }
    })
}

/// Everything that a reader gives, row by row.
func rows<Reader: CopyReader & ~Copyable>(
  of reader: inout Reader, limit: Int = 2_048
) throws(Diagnostic) -> [[Value]] {
  var rows: [[Value]] = []
  while let columns = try reader.next(limit: limit) {
    let count = columns.first?.count ?? 0
    for row in 0..<count { rows.append(columns.map { $0.value(at: row) }) }
  }
  return rows
}

/// What reading throws; nil when it does not.
func fault(_ body: () throws -> Void) -> Diagnostic? {
  do {
    try body()
    return nil
  } catch {
    return error as? Diagnostic
  }
}

func floats(_ values: Float..., element: VectorElement = .float32) -> Value {
  let shape = VectorShape(dimension: values.count, element: element)
  switch element {
  case .float32:
    return .vector(VectorValue(shape: shape, bytes: values.flatMap { bytes(of: $0.bitPattern) }))
  case .float16:
    return .vector(VectorValue(shape: shape, bytes: values.flatMap { bytes(of: Float16($0).bitPattern) }))
  case .bit: return .null
  }
}

func bytes(of number: some FixedWidthInteger) -> [UInt8] {
  (0..<number.bitWidth / 8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
}
