import VSQLSchema
import VSQLDiagnostics

/// Puts runs of rows of columns of one type together into one flat column: no value is boxed on the way.
package struct ColumnAccumulator: Sendable {
  package let type: SQLType
  package private(set) var count = 0
  private var values: ColumnValues
  private var validity: [Bool]?

  package init(type: SQLType) {
    self.type = type
    switch type {
    case .boolean: values = .booleans([])
    case .date: values = .int32s([])
    case .integer, .timestamp, .timestamptz: values = .int64s([])
    case .double: values = .doubles([])
    case .decimal: values = .decimals([])
    case .uuid: values = .uuids([])
    case .unknown, .text, .blob: values = .texts(TextValues())
    case .vector(let shape): values = .vectors(VectorValues(shape: shape))
    }
  }

  /// Appends `rows` of `column`, in their order.
  ///
  /// - Throws: 42804 when the column holds values of another kind; the binder's casts come first, so this names a fault of ours.
  package mutating func append(_ column: Column, rows: [Int]) throws(Diagnostic) {
    let isAllNull =
      column.validity.map { valid in rows.allSatisfy { !valid[column.isConstant ? 0 : $0] } } ?? false
    if isAllNull {
      appendNulls(rows.count)
      return
    }
    let places = column.isConstant ? Array(repeating: 0, count: rows.count) : rows
    if let valid = column.validity {
      if validity == nil { validity = Array(repeating: true, count: count) }
      validity?.append(contentsOf: places.lazy.map { valid[$0] })
    } else {
      validity?.append(contentsOf: repeatElement(true, count: rows.count))
    }
    try appendValues(of: column, places)
    count += rows.count
  }

  package consuming func finish() -> Column {
    Column(type: type, values: values, validity: validity, count: count)
  }

  private mutating func appendValues(of column: Column, _ places: [Int]) throws(Diagnostic) {
    switch (values, column.values) {
    case (.booleans(var list), .booleans(let from)):
      values = .int32s([])
      for place in places { list.append(from[place]) }
      values = .booleans(list)
    case (.int32s(var list), .int32s(let from)):
      values = .booleans([])
      for place in places { list.append(from[place]) }
      values = .int32s(list)
    case (.int64s(var list), .int64s(let from)):
      values = .booleans([])
      for place in places { list.append(from[place]) }
      values = .int64s(list)
    case (.doubles(var list), .doubles(let from)):
      values = .booleans([])
      for place in places { list.append(from[place]) }
      values = .doubles(list)
    case (.decimals(var list), .decimals(let from)):
      values = .booleans([])
      for place in places { list.append(from[place]) }
      values = .decimals(list)
    case (.uuids(var list), .uuids(let from)):
      values = .booleans([])
      for place in places { list.append(from[place]) }
      values = .uuids(list)
    case (.texts(var list), .texts(let from)):
      values = .booleans([])
      for place in places { list.append(utf8: from.bytes[from.range(place)]) }
      values = .texts(list)
    case (.vectors(var list), .vectors(let from)) where list.shape == from.shape:
      values = .booleans([])
      appendVectors(from, places, to: &list)
      values = .vectors(list)
    default:
      throw Diagnostic(.datatypeMismatch, "a column does not hold values of its type \(type)")
    }
  }

  /// Neighbouring rows are copied as one run.
  private func appendVectors(_ from: VectorValues, _ places: [Int], to list: inout VectorValues) {
    let width = from.shape.byteCount
    var index = 0
    while index < places.count {
      var end = index + 1
      while end < places.count, places[end] == places[end - 1] + 1 { end += 1 }
      let start = (from.first + places[index]) * width
      list.bytes.append(contentsOf: from.bytes[start..<start + (end - index) * width])
      index = end
    }
  }

  private mutating func appendNulls(_ nulls: Int) {
    if validity == nil { validity = Array(repeating: true, count: count) }
    validity?.append(contentsOf: repeatElement(false, count: nulls))
    count += nulls
    switch values {
    case .booleans(var list):
      values = .int32s([])
      list.append(contentsOf: repeatElement(false, count: nulls))
      values = .booleans(list)
    case .int32s(var list):
      values = .booleans([])
      list.append(contentsOf: repeatElement(0, count: nulls))
      values = .int32s(list)
    case .int64s(var list):
      values = .booleans([])
      list.append(contentsOf: repeatElement(0, count: nulls))
      values = .int64s(list)
    case .doubles(var list):
      values = .booleans([])
      list.append(contentsOf: repeatElement(0, count: nulls))
      values = .doubles(list)
    case .decimals(var list):
      values = .booleans([])
      list.append(contentsOf: repeatElement(Decimal(unscaled: 0, scale: 0), count: nulls))
      values = .decimals(list)
    case .uuids(var list):
      values = .booleans([])
      list.append(contentsOf: repeatElement(0, count: nulls))
      values = .uuids(list)
    case .texts(var list):
      values = .booleans([])
      list.offsets.append(contentsOf: repeatElement(list.offsets.last ?? 0, count: nulls))
      values = .texts(list)
    case .vectors(var list):
      values = .booleans([])
      list.bytes.append(contentsOf: repeatElement(0, count: nulls * list.shape.byteCount))
      values = .vectors(list)
    }
  }
}

extension Column {
  /// Plain bytes that the values take, about: what a memory budget counts.
  var sizeBytes: Int {
    switch values {
    case .booleans(let list): list.count
    case .int32s(let list): list.count * 4
    case .int64s(let list): list.count * 8
    case .doubles(let list): list.count * 8
    case .decimals(let list): list.count * 32
    case .uuids(let list): list.count * 16
    case .texts(let list): list.bytes.count + list.offsets.count * 4
    case .vectors(let list): list.bytes.count
    }
  }
}
