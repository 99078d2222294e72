import VSQLDiagnostics
import VSQLSchema

/// One column of a file on its way into a batch: cells are appended as the file writes them and lie typed at once.
///
/// Which of the arrays is used follows from the type's physical kind; the others stay empty.
struct CellBuffer {
  let type: SQLType
  private(set) var count = 0
  var booleans: [Bool] = []
  var int32s: [Int32] = []
  var int64s: [Int64] = []
  var doubles: [Double] = []
  var decimals: [Decimal] = []
  var uuids: [UInt128] = []
  /// TEXT and BLOB: as `TextValues` has them.
  var offsets: [UInt32] = [0]
  /// Bytes of texts, or of vectors.
  var bytes: [UInt8] = []
  private var validity: [Bool] = []
  private var hasNull = false
  /// Elements of the vector that is being read.
  var elements: [Float] = []
  /// Where a vector's elements wait while they are narrowed.
  var halves: [UInt16] = []

  init(type: SQLType) { self.type = type }

  mutating func appendNull() {
    if !hasNull {
      hasNull = true
      validity = Array(repeating: true, count: count)
    }
    switch type.physicalKind {
    case .boolean: booleans.append(false)
    case .int32: int32s.append(0)
    case .int64: int64s.append(0)
    case .double: doubles.append(0)
    case .decimal: decimals.append(Decimal(unscaled: 0, scale: 0))
    case .uuid: uuids.append(0)
    case .text: offsets.append(UInt32(truncatingIfNeeded: bytes.count))
    case .vector:
      if case .vector(let shape) = type { bytes.append(contentsOf: repeatElement(0, count: shape.byteCount)) }
    }
    validity.append(false)
    count += 1
  }

  /// Says that one value was put at the end of the type's array.
  mutating func finishValue() {
    if hasNull { validity.append(true) }
    count += 1
  }

  /// Appends a value of the column's own type.
  mutating func append(_ value: Value) throws(CopyFault) {
    switch (value, type.physicalKind) {
    case (.null, _): return appendNull()
    case (.boolean(let item), .boolean): booleans.append(item)
    case (.date(let item), .int32): int32s.append(item)
    case (.integer(let item), .int64), (.timestamp(let item), .int64), (.timestamptz(let item), .int64):
      int64s.append(item)
    case (.double(let item), .double): doubles.append(item)
    case (.decimal(let item), .decimal): decimals.append(item)
    case (.uuid(let item), .uuid): uuids.append(item)
    case (.text(let item), .text):
      bytes.append(contentsOf: item.utf8)
      offsets.append(UInt32(truncatingIfNeeded: bytes.count))
    case (.blob(let item), .text):
      bytes.append(contentsOf: item)
      offsets.append(UInt32(truncatingIfNeeded: bytes.count))
    case (.vector(let item), .vector): bytes.append(contentsOf: item.bytes)
    default: throw CopyFault(.datatypeMismatch, "a value does not have the type \(type) of its column")
    }
    finishValue()
  }

  /// The cells so far as a column; the buffer is empty afterwards and keeps nothing of them.
  mutating func takeColumn() -> Column {
    let values: ColumnValues =
      switch type.physicalKind {
      case .boolean: .booleans(booleans)
      case .int32: .int32s(int32s)
      case .int64: .int64s(int64s)
      case .double: .doubles(doubles)
      case .decimal: .decimals(decimals)
      case .uuid: .uuids(uuids)
      case .text: .texts(TextValues(offsets: offsets, bytes: bytes))
      case .vector:
        if case .vector(let shape) = type {
          .vectors(VectorValues(shape: shape, bytes: bytes))
        } else {
          .texts(TextValues(offsets: offsets, bytes: bytes))
        }
      }
    let column = Column(type: type, values: values, validity: hasNull ? validity : nil, count: count)
    let used = (count, bytes.count)
    var fresh = CellBuffer(type: type)
    fresh.reserve(rows: used.0, byteCount: used.1)
    self = fresh
    return column
  }

  private mutating func reserve(rows: Int, byteCount: Int) {
    switch type.physicalKind {
    case .boolean: booleans.reserveCapacity(rows)
    case .int32: int32s.reserveCapacity(rows)
    case .int64: int64s.reserveCapacity(rows)
    case .double: doubles.reserveCapacity(rows)
    case .decimal: decimals.reserveCapacity(rows)
    case .uuid: uuids.reserveCapacity(rows)
    case .text:
      offsets.reserveCapacity(rows + 1)
      bytes.reserveCapacity(byteCount)
    case .vector: bytes.reserveCapacity(byteCount)
    }
  }
}
