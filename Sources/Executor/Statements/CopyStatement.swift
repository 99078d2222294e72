import VSQLDiagnostics
import VSQLPlanner
import VSQLSchema
import VSQLStorage

/// COPY … FROM: a file's records, a batch at a time, into a table.
enum CopyStatement {
  static func run(_ copy: BoundCopy, in context: ExecutionContext) throws -> StatementOutcome {
    let run = Run(context)
    let defaults = try copy.defaults.map { scalar throws(Diagnostic) in try DefaultValue(scalar, run) }
    let target = CopyTarget(
      tableName: copy.table.name,
      columns: copy.columns.map { ordinal in
        let column = copy.table.columns[ordinal]
        return CopyTargetColumn(
          ordinal: ordinal, name: column.name, type: column.type, defaultValue: defaults[ordinal].next)
      })
    let rows: Int
    switch copy.format {
    case .jsonl:
      var reader = try JSONLinesReader(path: copy.path, target: target)
      rows = try load(&reader, target, copy, defaults, run)
    case .csv:
      let form = CSVReader.Form(
        hasHeader: copy.hasHeader, delimiter: copy.delimiter, nullText: copy.nullText)
      var reader = try CSVReader(path: copy.path, target: target, form: form)
      rows = try load(&reader, target, copy, defaults, run)
    case .npy:
      var reader = try NPYReader(path: copy.path, target: target)
      rows = try load(&reader, target, copy, defaults, run)
    }
    return .command(tag: "COPY \(rows)", rowCount: rows)
  }

  private static func load<Reader: CopyReader & ~Copyable>(
    _ reader: inout Reader, _ target: CopyTarget, _ copy: BoundCopy, _ defaults: [DefaultValue], _ run: Run
  ) throws -> Int {
    var done = 0
    guard let vectors = copy.vectors else {
      while let columns = try reader.next(limit: Batch.capacity) {
        try run.check()
        try insert(columns, reader.rowCount - done, of: target.columns.map(\.ordinal), copy, defaults, run)
        done = reader.rowCount
        run.context.progress?(Progress(rows: reader.rowCount, fraction: reader.fraction))
      }
      return reader.rowCount
    }
    let column = copy.table.columns[vectors.column]
    let matrixTarget = CopyTarget(
      tableName: copy.table.name,
      columns: [CopyTargetColumn(ordinal: vectors.column, name: column.name, type: column.type)])
    var matrix = try NPYReader(path: vectors.path, target: matrixTarget)
    let ordinals = target.columns.map(\.ordinal) + [vectors.column]
    while let columns = try reader.next(limit: Batch.capacity) {
      try run.check()
      let count = reader.rowCount - done
      guard let vector = try matrix.next(limit: count)?.first, vector.count == count else {
        throw unequal(copy, vectors, try countAll(&reader), matrix.totalRows)
      }
      do {
        try insert(columns + [vector], count, of: ordinals, copy, defaults, run)
      } catch {
        // Files that do not belong together are the cause, and a row that fails a check its consequence.
        guard let rows = try? countAll(&reader), rows != matrix.totalRows else { throw error }
        throw unequal(copy, vectors, rows, matrix.totalRows)
      }
      done = reader.rowCount
      run.context.progress?(Progress(rows: reader.rowCount, fraction: reader.fraction))
    }
    guard matrix.totalRows == reader.rowCount else {
      throw unequal(copy, vectors, reader.rowCount, matrix.totalRows)
    }
    return reader.rowCount
  }

  /// Reads to the file's end.
  private static func countAll<Reader: CopyReader & ~Copyable>(
    _ reader: inout Reader
  ) throws(Diagnostic) -> Int {
    while try reader.next(limit: Batch.capacity) != nil {}
    return reader.rowCount
  }

  private static func unequal(
    _ copy: BoundCopy, _ vectors: BoundCopy.Vectors, _ rows: Int, _ matrixRows: Int
  ) -> Diagnostic {
    Diagnostic(
      .badCopyFileFormat,
      "\"\(copy.path)\" has \(rows) rows, \"\(vectors.path)\" has \(matrixRows), expected as many",
      hint: "Row i of the matrix goes to row i of the file.")
  }

  private static func insert(
    _ columns: [Column], _ count: Int, of ordinals: [Int], _ copy: BoundCopy, _ defaults: [DefaultValue],
    _ run: Run
  ) throws {
    var whole: [Column] = []
    whole.reserveCapacity(copy.table.columns.count)
    for ordinal in copy.table.columns.indices {
      if let place = ordinals.firstIndex(of: ordinal) {
        whole.append(columns[place])
      } else {
        whole.append(try defaults[ordinal].column(count: count))
      }
    }
    try run.context.transaction.insert(Batch(columns: whole, count: count), into: copy.table.id)
  }
}

/// A column's default, evaluated when the first record needs it, and for each record where it is drawn anew.
private final class DefaultValue {
  private let scalar: Scalar
  private let compiled: CompiledScalar
  private var cached: Value?

  init(_ scalar: Scalar, _ run: Run) throws(Diagnostic) {
    self.scalar = scalar
    compiled = try run.compile(scalar)
  }

  func next() throws(Diagnostic) -> Value {
    if let cached { return cached }
    let value = try compiled.evaluate(Batch(columns: [], count: 1)).value(at: 0)
    if !scalar.isVolatile { cached = value }
    return value
  }

  func column(count: Int) throws(Diagnostic) -> Column {
    Columns.flattened(try compiled.evaluate(Batch(columns: [], count: count)))
  }
}
