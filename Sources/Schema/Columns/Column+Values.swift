import VSQLDiagnostics

/// Rows of boxed values on their way into columns, a module's border crossed once for all of them.
extension Column {
  /// The first of a row's values that is neither NULL nor of its column's kind; nil: none.
  package static func misfit(in row: [Value], of types: [SQLType]) -> Int? {
    for (index, value) in row.enumerated() where !value.lies(in: types[index]) { return index }
    return nil
  }

  /// The columns of rows that lie one after the other in `values`, of types that `misfit` found nothing against.
  package static func columns(ofRows values: [Value], types: [SQLType]) -> [Column] {
    types.indices.map { Column(of: types[$0], values, first: $0, stride: types.count) }
  }

  private init(of type: SQLType, _ values: [Value], first: Int, stride: Int) {
    let count = values.count / max(1, stride)
    self.init(type: type, values: .booleans([]), count: count)
    var validity: [Bool]?
    func isNull(_ row: Int) {
      if validity == nil { validity = Array(repeating: true, count: count) }
      validity?[row] = false
    }
    func list<T>(_ absent: T, _ take: (Value) -> T?) -> [T] {
      var list: [T] = []
      list.reserveCapacity(count)
      for row in 0..<count {
        if let value = take(values[first + row * stride]) {
          list.append(value)
        } else {
          list.append(absent)
          isNull(row)
        }
      }
      return list
    }
    switch type.physicalKind {
    case .boolean:
      self.values = .booleans(list(false) { if case .boolean(let value) = $0 { value } else { nil } })
    case .int32: self.values = .int32s(list(0) { if case .date(let value) = $0 { value } else { nil } })
    case .int64:
      self.values = .int64s(
        list(0) {
          switch $0 {
          case .integer(let value), .timestamp(let value), .timestamptz(let value): value
          case .null, .boolean, .double, .decimal, .text, .blob, .date, .uuid, .vector: nil
          }
        })
    case .double: self.values = .doubles(list(0) { if case .double(let value) = $0 { value } else { nil } })
    case .decimal:
      self.values = .decimals(
        list(Decimal(unscaled: 0, scale: 0)) { if case .decimal(let value) = $0 { value } else { nil } })
    case .uuid: self.values = .uuids(list(0) { if case .uuid(let value) = $0 { value } else { nil } })
    case .text:
      var texts = TextValues()
      texts.offsets.reserveCapacity(count + 1)
      for row in 0..<count {
        switch values[first + row * stride] {
        case .text(let value): texts.append(utf8: value.utf8)
        case .blob(let value): texts.append(utf8: value)
        case .null, .boolean, .integer, .double, .decimal, .date, .timestamp, .timestamptz, .uuid, .vector:
          texts.append(utf8: EmptyCollection())
          isNull(row)
        }
      }
      self.values = .texts(texts)
    case .vector:
      guard case .vector(let shape) = type else { break }
      var vectors = VectorValues(shape: shape)
      vectors.bytes.reserveCapacity(count * shape.byteCount)
      for row in 0..<count {
        if case .vector(let value) = values[first + row * stride] {
          vectors.bytes += value.bytes
        } else {
          vectors.bytes.append(contentsOf: repeatElement(0, count: shape.byteCount))
          isNull(row)
        }
      }
      self.values = .vectors(vectors)
    }
    self.validity = validity
  }
}

extension Value {
  /// Whether a column of the type can hold the value as it is; NULL can be in any.
  fileprivate func lies(in type: SQLType) -> Bool {
    switch (self, type) {
    case (.null, _), (.boolean, .boolean), (.integer, .integer), (.double, .double), (.decimal, .decimal),
      (.text, .text), (.text, .unknown), (.blob, .blob), (.date, .date), (.timestamp, .timestamp),
      (.timestamptz, .timestamptz), (.uuid, .uuid):
      true
    case (.vector(let value), .vector(let shape)): value.shape == shape
    case (_, _): false
    }
  }
}
