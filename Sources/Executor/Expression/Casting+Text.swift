import VSQLDiagnostics
import VSQLPlanner
import VSQLSchema

extension Casting {
  /// TEXT to a type, by the reader of its text form.
  static func parse(
    _ column: Column, _ type: SQLType, _ arguments: StrictArguments
  ) throws(Diagnostic) -> Column {
    let lane = try column.textLane
    let bytes = lane.list.bytes.span
    let (extent, validity) = (arguments.extent, arguments.validity)
    let values: ColumnValues
    switch type {
    case .unknown, .text: return column.typed(type)
    case .boolean:
      values = .booleans(
        try Loops.mapSelected(extent, validity, fill: false) { row throws(Diagnostic) in
          try BooleanText.parse(bytes.extracting(lane.range(row)))
        })
    case .integer(let range):
      values = .int64s(
        try Loops.mapSelected(extent, validity, fill: 0) { row throws(Diagnostic) in
          try range.checked(try IntegerText.parse(bytes.extracting(lane.range(row))))
        })
    case .double:
      values = .doubles(
        try Loops.mapSelected(extent, validity, fill: 0) { row throws(Diagnostic) in
          try DoubleText.parse(bytes.extracting(lane.range(row)))
        })
    case .decimal(let shape):
      values = .decimals(
        try Loops.mapSelected(extent, validity, fill: Decimal(unscaled: 0, scale: 0)) {
          row throws(Diagnostic) in
          try Decimal.parse(bytes.extracting(lane.range(row)), shape: shape)
        })
    case .date:
      values = .int32s(
        try Loops.mapSelected(extent, validity, fill: 0) { row throws(Diagnostic) in
          try CalendarText.parseDate(bytes.extracting(lane.range(row)))
        })
    case .timestamp, .timestamptz:
      let withZone = type == .timestamptz
      values = .int64s(
        try Loops.mapSelected(extent, validity, fill: 0) { row throws(Diagnostic) in
          try CalendarText.parseTimestamp(bytes.extracting(lane.range(row)), withZone: withZone)
        })
    case .uuid:
      values = .uuids(
        try Loops.mapSelected(extent, validity, fill: 0) { row throws(Diagnostic) in
          try UUIDText.parse(bytes.extracting(lane.range(row)))
        })
    case .blob:
      return try arguments.texts(type) { row, out throws(Diagnostic) in
        out.append(contentsOf: try BlobText.parse(bytes.extracting(lane.range(row))))
      }
    case .vector(let shape):
      var packed = [UInt8](repeating: 0, count: extent.count * shape.byteCount)
      var scratch: [UInt8] = []
      try extent.forEachSelected(validity) { row throws(Diagnostic) in
        scratch.removeAll(keepingCapacity: true)
        try VectorText.parse(bytes.extracting(lane.range(row)), shape: shape, to: &scratch)
        packed.replaceSubrange(row * shape.byteCount..<(row + 1) * shape.byteCount, with: scratch)
      }
      values = .vectors(VectorValues(shape: shape, bytes: packed))
    }
    return arguments.column(type, values)
  }

  /// TEXT to TEXT or VARCHAR(n), BLOB to BLOB: the same bytes, cut or checked.
  static func textToText(
    _ column: Column, _ kind: Program.CastKind, _ arguments: StrictArguments
  ) throws(Diagnostic) -> Column {
    guard case .text(let limit?) = kind.type else { return column.typed(kind.type) }
    let lane = try column.textLane
    let bytes = lane.list.bytes.span
    // A text of no more bytes than characters allowed is no longer than that.
    let mayBeLong = arguments.extent.containsSelected(arguments.validity) { lane.range($0).count > limit }
    if !mayBeLong { return column.typed(kind.type) }
    return try arguments.texts(kind.type) { row, out throws(Diagnostic) in
      let range = lane.range(row)
      let end = UTF8Steps.advance(bytes, from: range.lowerBound, by: limit, to: range.upperBound)
      if kind.isAssignment {
        for index in end..<range.upperBound where bytes[index] != 0x20 {
          throw Diagnostic(.stringDataRightTruncation, "value too long for type VARCHAR(\(limit))")
        }
      }
      out.append(bytes: bytes.extracting(range.lowerBound..<end))
    }
  }

  /// Any type to TEXT or VARCHAR(n), in the form that PostgreSQL prints.
  static func toText(
    _ column: Column, _ kind: Program.CastKind, _ arguments: StrictArguments
  ) throws(Diagnostic) -> Column {
    let written = try write(column, arguments)
    guard case .text(_?) = kind.type else { return written.typed(kind.type) }
    return try textToText(written, kind, arguments)
  }

  private static func write(_ column: Column, _ arguments: StrictArguments) throws(Diagnostic) -> Column {
    switch column.values {
    case .booleans:
      let lane = try column.booleanLane
      return try arguments.texts(.string) { row, out throws(Diagnostic) in
        out.append(contentsOf: (lane[row] ? "true" : "false").utf8)
      }
    case .int32s:
      let lane = try column.int32Lane
      return try arguments.texts(.string) { row, out throws(Diagnostic) in
        CalendarText.append(date: lane[row], to: &out)
      }
    case .int64s:
      let lane = try column.int64Lane
      switch column.type {
      case .timestamp, .timestamptz:
        let withZone = column.type == .timestamptz
        return try arguments.texts(.string) { row, out throws(Diagnostic) in
          CalendarText.append(timestamp: lane[row], withZone: withZone, to: &out)
        }
      default:
        return try arguments.texts(.string) { row, out throws(Diagnostic) in
          IntegerText.append(lane[row], to: &out)
        }
      }
    case .doubles:
      let lane = try column.doubleLane
      return try arguments.texts(.string) { row, out throws(Diagnostic) in
        DoubleText.append(lane[row], to: &out)
      }
    case .decimals:
      let lane = try column.decimalLane
      return try arguments.texts(.string) { row, out throws(Diagnostic) in lane[row].append(to: &out) }
    case .uuids:
      let lane = try column.uuidLane
      return try arguments.texts(.string) { row, out throws(Diagnostic) in
        UUIDText.append(lane[row], to: &out)
      }
    case .texts:
      guard column.type == .blob else { return column }
      let lane = try column.textLane
      let bytes = lane.list.bytes.span
      return try arguments.texts(.string) { row, out throws(Diagnostic) in
        BlobText.append(bytes.extracting(lane.range(row)), to: &out)
      }
    case .vectors:
      let lane = try column.vectorLane
      let bytes = lane.list.bytes.span
      return try arguments.texts(.string) { row, out throws(Diagnostic) in
        VectorText.append(bytes.extracting(lane.range(row)), shape: lane.shape, to: &out)
      }
    }
  }
}
