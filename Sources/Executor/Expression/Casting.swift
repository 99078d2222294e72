import VSQLDiagnostics
import VSQLPlanner
import VSQLSchema

/// Casts of columns: the results of `ValueCast`, by kernels. A value that cannot be cast raises only for rows asked for.
enum Casting {
  static func cast(_ column: Column, _ kind: Program.CastKind, _ rows: Rows) throws(Diagnostic) -> Column {
    guard let arguments = StrictArguments([column], rows: rows) else {
      return Columns.null(kind.type, count: rows.count)
    }
    switch (column.values, kind.type) {
    case (.texts, .text) where column.type != .blob: return try textToText(column, kind, arguments)
    case (.texts, .blob) where column.type == .blob: return column
    case (_, .text): return try toText(column, kind, arguments)
    case (_, .unknown): return column
    case (.texts, _) where column.type != .blob: return try parse(column, kind.type, arguments)
    case (.booleans(let list), .integer):
      let lane = Lane(list, isConstant: column.isConstant)
      return arguments.column(kind.type, .int64s(Loops.map(lane, arguments.extent.count) { $0 ? 1 : 0 }))
    case (.int64s, _): return try fromInt64(column, kind.type, arguments)
    case (.doubles, .integer(let range)):
      let lane = try column.doubleLane
      return try integers(kind.type, arguments) { row throws(Diagnostic) in
        try range.checked(try NumberConversion.integer(lane[row]))
      }
    case (.doubles, .decimal(let shape)):
      let lane = try column.doubleLane
      return try decimals(kind.type, arguments) { row throws(Diagnostic) in
        try NumberConversion.decimal(lane[row], shape: shape)
      }
    case (.decimals, .integer(let range)):
      let lane = try column.decimalLane
      return try integers(kind.type, arguments) { row throws(Diagnostic) in
        try range.checked(try NumberConversion.integer(lane[row]))
      }
    case (.decimals, .double):
      let lane = try column.decimalLane
      return arguments.column(
        kind.type, .doubles(Loops.map(lane, arguments.extent.count) { NumberConversion.double($0) }))
    case (.decimals, .decimal(let shape)):
      guard let shape else { return column.typed(kind.type) }
      let lane = try column.decimalLane
      return try decimals(kind.type, arguments) { row throws(Diagnostic) in try lane[row].fitted(to: shape) }
    case (.int32s, .timestamp), (.int32s, .timestamptz):
      let lane = try column.int32Lane
      return try integers(kind.type, arguments) { row throws(Diagnostic) in
        try CivilDate.microseconds(ofDay: lane[row])
      }
    case (.booleans, .boolean), (.doubles, .double), (.int32s, .date), (.uuids, .uuid):
      return column.typed(kind.type)
    case (.vectors, .vector(let shape)): return try vectors(column, shape, arguments)
    default: throw ValueCast.unknownCast(from: column.type.description, to: kind.type)
    }
  }

  /// From INTEGER, TIMESTAMP and TIMESTAMPTZ, which lie alike in memory.
  private static func fromInt64(
    _ column: Column, _ type: SQLType, _ arguments: StrictArguments
  ) throws(Diagnostic) -> Column {
    let lane = try column.int64Lane
    let count = arguments.extent.count
    switch (column.type, type) {
    case (.integer, .integer(let range)):
      let bounds = range.bounds
      if case .integer(let own) = column.type, own.rawValue <= range.rawValue { return column.typed(type) }
      if arguments.extent.containsSelected(arguments.validity, where: { !bounds.contains(lane[$0]) }) {
        throw range.outOfRange
      }
      return column.typed(type)
    case (.integer, .double): return arguments.column(type, .doubles(Loops.map(lane, count) { Double($0) }))
    case (.integer, .boolean): return arguments.column(type, .booleans(Loops.map(lane, count) { $0 != 0 }))
    case (.integer, .decimal(nil)):
      return arguments.column(
        type, .decimals(Loops.map(lane, count) { Decimal(unscaled: Int128($0), scale: 0) }))
    case (.integer, .decimal(let shape?)):
      return try decimals(type, arguments) { row throws(Diagnostic) in
        try Decimal(lane[row]).fitted(to: shape)
      }
    case (.timestamp, .date), (.timestamptz, .date):
      return arguments.column(
        type,
        .int32s(
          Loops.map(lane, count) { Int32(truncatingIfNeeded: CivilTime(microseconds: $0).days) }))
    case (.timestamp, .timestamp), (.timestamp, .timestamptz), (.timestamptz, .timestamp),
      (.timestamptz, .timestamptz):
      return column.typed(type)
    default: throw ValueCast.unknownCast(from: column.type.description, to: type)
    }
  }

  @inline(__always)
  private static func integers(
    _ type: SQLType, _ arguments: StrictArguments, _ body: (Int) throws(Diagnostic) -> Int64
  ) throws(Diagnostic) -> Column {
    arguments.column(
      type, .int64s(try Loops.mapSelected(arguments.extent, arguments.validity, fill: 0, body)))
  }

  @inline(__always)
  private static func decimals(
    _ type: SQLType, _ arguments: StrictArguments, _ body: (Int) throws(Diagnostic) -> Decimal
  ) throws(Diagnostic) -> Column {
    let zero = Decimal(unscaled: 0, scale: 0)
    return arguments.column(
      type, .decimals(try Loops.mapSelected(arguments.extent, arguments.validity, fill: zero, body)))
  }

  private static func vectors(
    _ column: Column, _ shape: VectorShape, _ arguments: StrictArguments
  ) throws(Diagnostic) -> Column {
    let lane = try column.vectorLane
    if lane.shape == shape { return column.typed(.vector(shape)) }
    var bytes = [UInt8](repeating: 0, count: arguments.extent.count * shape.byteCount)
    if arguments.extent.rows.isEmpty {
      return arguments.column(.vector(shape), .vectors(VectorValues(shape: shape, bytes: bytes)))
    }
    try arguments.extent.forEachSelected(arguments.validity) { row throws(Diagnostic) in
      let vector = VectorValue(shape: lane.shape, bytes: Array(lane.list.bytes[lane.range(row)]))
      let cast = try VectorConversion.cast(vector, to: shape)
      bytes.replaceSubrange(row * shape.byteCount..<(row + 1) * shape.byteCount, with: cast.bytes)
    }
    return arguments.column(.vector(shape), .vectors(VectorValues(shape: shape, bytes: bytes)))
  }
}
