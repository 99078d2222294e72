import VSQLDiagnostics

/// Builds a flat column value by value: for loaders and the edge, not for kernels.
package struct ColumnBuilder: Sendable {
  package let type: SQLType
  package private(set) var count = 0
  private var values: ColumnValues
  private var validity: [Bool]?

  package init(type: SQLType, capacity: Int = 0) {
    self.type = type
    switch type.physicalKind {
    case .boolean: values = .booleans([])
    case .int32: values = .int32s([])
    case .int64: values = .int64s([])
    case .double: values = .doubles([])
    case .decimal: values = .decimals([])
    case .uuid: values = .uuids([])
    case .text: values = .texts(TextValues())
    case .vector:
      if case .vector(let shape) = type {
        values = .vectors(VectorValues(shape: shape))
      } else {
        values = .texts(TextValues())
      }
    }
  }

  package mutating func appendNull() {
    if validity == nil { validity = Array(repeating: true, count: count) }
    switch values {
    case .booleans(var list): values = .booleans([]); list.append(false); values = .booleans(list)
    case .int32s(var list): values = .int32s([]); list.append(0); values = .int32s(list)
    case .int64s(var list): values = .int64s([]); list.append(0); values = .int64s(list)
    case .doubles(var list): values = .doubles([]); list.append(0); values = .doubles(list)
    case .decimals(var list):
      values = .booleans([])
      list.append(Decimal(unscaled: 0, scale: 0))
      values = .decimals(list)
    case .uuids(var list): values = .booleans([]); list.append(0); values = .uuids(list)
    case .texts(var list):
      values = .booleans([])
      list.append(utf8: EmptyCollection())
      values = .texts(list)
    case .vectors(var list):
      values = .booleans([])
      list.bytes.append(contentsOf: repeatElement(0, count: list.shape.byteCount))
      values = .vectors(list)
    }
    validity?.append(false)
    count += 1
  }

  /// Appends a value of the column's own type.
  ///
  /// - Throws: 42804 when the value is of another kind; the binder's casts come first, so this names a fault of ours.
  package mutating func append(_ value: Value) throws(Diagnostic) {
    if case .null = value { return appendNull() }
    switch (value, values) {
    case (.boolean(let item), .booleans(var list)):
      values = .int32s([]); list.append(item); values = .booleans(list)
    case (.date(let item), .int32s(var list)):
      values = .booleans([]); list.append(item); values = .int32s(list)
    case (.integer(let item), .int64s(var list)), (.timestamp(let item), .int64s(var list)),
      (.timestamptz(let item), .int64s(var list)):
      values = .booleans([]); list.append(item); values = .int64s(list)
    case (.double(let item), .doubles(var list)):
      values = .booleans([]); list.append(item); values = .doubles(list)
    case (.decimal(let item), .decimals(var list)):
      values = .booleans([]); list.append(item); values = .decimals(list)
    case (.uuid(let item), .uuids(var list)):
      values = .booleans([]); list.append(item); values = .uuids(list)
    case (.text(let item), .texts(var list)):
      values = .booleans([]); list.append(utf8: item.utf8); values = .texts(list)
    case (.blob(let item), .texts(var list)):
      values = .booleans([]); list.append(utf8: item); values = .texts(list)
    case (.vector(let item), .vectors(var list)) where item.shape == list.shape:
      values = .booleans([]); list.bytes.append(contentsOf: item.bytes); values = .vectors(list)
    default:
      throw Diagnostic(.datatypeMismatch, "a value does not have the type \(type) of its column")
    }
    validity?.append(true)
    count += 1
  }

  /// Takes the last `rows` away again, which are at most `count`.
  package mutating func removeLast(_ rows: Int) {
    if rows == 0 { return }
    count -= rows
    validity?.removeLast(rows)
    switch values {
    case .booleans(var list):
      values = .int32s([])
      list.removeLast(rows)
      values = .booleans(list)
    case .int32s(var list):
      values = .booleans([])
      list.removeLast(rows)
      values = .int32s(list)
    case .int64s(var list):
      values = .booleans([])
      list.removeLast(rows)
      values = .int64s(list)
    case .doubles(var list):
      values = .booleans([])
      list.removeLast(rows)
      values = .doubles(list)
    case .decimals(var list):
      values = .booleans([])
      list.removeLast(rows)
      values = .decimals(list)
    case .uuids(var list):
      values = .booleans([])
      list.removeLast(rows)
      values = .uuids(list)
    case .texts(var list):
      values = .booleans([])
      list.offsets.removeLast(rows)
      list.bytes.removeLast(list.bytes.count - Int(list.offsets.last ?? 0))
      values = .texts(list)
    case .vectors(var list):
      values = .booleans([])
      list.bytes.removeLast(rows * list.shape.byteCount)
      values = .vectors(list)
    }
  }

  package consuming func finish() -> Column {
    Column(type: type, values: values, validity: validity, count: count)
  }
}

extension TextValues {
  /// Appends one byte string. Callers keep the sum under 4 GiB (segments and batches are cut long before).
  @inlinable package mutating func append(utf8 string: some Collection<UInt8>) {
    bytes.append(contentsOf: string)
    offsets.append(UInt32(truncatingIfNeeded: bytes.count))
  }

  /// The byte range of row `row` within `bytes`.
  package func range(_ row: Int) -> Range<Int> {
    Int(offsets[first + row])..<Int(offsets[first + row + 1])
  }
}
