import VSQLDiagnostics
import VSQLSchema

/// min and max: NULLs are passed over, NaN is the greatest DOUBLE, texts order by their bytes.
enum ExtremeAccumulators {
  static func make(wantsGreatest: Bool, type: SQLType) throws(Diagnostic) -> any Accumulator {
    switch type.physicalKind {
    case .int32, .int64, .double, .decimal, .uuid:
      return ExtremeOfNumber(wantsGreatest: wantsGreatest, type: type)
    case .text: return ExtremeOfText(wantsGreatest: wantsGreatest, type: type)
    case .boolean, .vector: throw Diagnostic(.undefinedFunction, "min and max do not take \(type)")
    }
  }
}

/// The extreme of each group, of a type whose values are copied freely.
private struct Extremes<Element> {
  let wantsGreatest: Bool
  var values: [Element] = []
  var isThere: [Bool] = []

  @inline(__always)
  mutating func update(
    _ groups: [Int32], groupCount: Int, _ list: [Element], _ validity: [Bool]?, none: Element,
    _ precedes: (Element, Element) -> Bool
  ) {
    grow(to: groupCount, none)
    for row in groups.indices {
      if let validity, !validity[row] { continue }
      let group = Int(groups[row])
      let value = list[row]
      // Of equal values the last is kept, as in PostgreSQL: 1.0 and 1.00 are equal, and 0 and -0.
      if !isThere[group] || !(wantsGreatest ? precedes(value, values[group]) : precedes(values[group], value))
      {
        values[group] = value
        isThere[group] = true
      }
    }
  }

  mutating func grow(to groupCount: Int, _ none: Element) {
    values.grow(to: groupCount, with: none)
    isThere.grow(to: groupCount, with: false)
  }
}

/// Values of fixed size. One of the five lists is used, told once a batch.
private final class ExtremeOfNumber: Accumulator {
  private let type: SQLType
  private var int32s: Extremes<Int32>
  private var int64s: Extremes<Int64>
  private var doubles: Extremes<Double>
  private var decimals: Extremes<Decimal>
  private var uuids: Extremes<UInt128>

  init(wantsGreatest: Bool, type: SQLType) {
    self.type = type
    int32s = Extremes(wantsGreatest: wantsGreatest)
    int64s = Extremes(wantsGreatest: wantsGreatest)
    doubles = Extremes(wantsGreatest: wantsGreatest)
    decimals = Extremes(wantsGreatest: wantsGreatest)
    uuids = Extremes(wantsGreatest: wantsGreatest)
  }

  func update(_ groups: [Int32], groupCount: Int, _ arguments: [Column]) throws(Diagnostic) {
    guard let argument = arguments.first else { return }
    let validity = argument.validity
    switch argument.values {
    case .int32s(let list):
      int32s.update(groups, groupCount: groupCount, list, validity, none: 0) { $0 < $1 }
    case .int64s(let list):
      int64s.update(groups, groupCount: groupCount, list, validity, none: 0) { $0 < $1 }
    case .doubles(let list):
      doubles.update(groups, groupCount: groupCount, list, validity, none: 0) {
        $0 < $1 || ($1.isNaN && !$0.isNaN)
      }
    case .decimals(let list):
      decimals.update(groups, groupCount: groupCount, list, validity, none: Self.zero) { $0 < $1 }
    case .uuids(let list):
      uuids.update(groups, groupCount: groupCount, list, validity, none: 0) { $0 < $1 }
    case .booleans, .texts, .vectors: throw Self.mismatch(argument.type)
    }
  }

  func finish(groupCount: Int) throws(Diagnostic) -> Column {
    switch type.physicalKind {
    case .int32:
      int32s.grow(to: groupCount, 0)
      return .nullable(type, .int32s(int32s.values), int32s.isThere)
    case .int64:
      int64s.grow(to: groupCount, 0)
      return .nullable(type, .int64s(int64s.values), int64s.isThere)
    case .double:
      doubles.grow(to: groupCount, 0)
      return .nullable(type, .doubles(doubles.values), doubles.isThere)
    case .decimal:
      decimals.grow(to: groupCount, Self.zero)
      return .nullable(type, .decimals(decimals.values), decimals.isThere)
    case .uuid:
      uuids.grow(to: groupCount, 0)
      return .nullable(type, .uuids(uuids.values), uuids.isThere)
    case .boolean, .text, .vector: throw Self.mismatch(type)
    }
  }

  private static let zero = Decimal(unscaled: 0, scale: 0)

  private static func mismatch(_ type: SQLType) -> Diagnostic {
    Diagnostic(.internalError, "min and max of numbers met a column of \(type)")
  }
}

/// Texts and blobs: an array is made only for a text that takes the lead of its group.
private final class ExtremeOfText: Accumulator {
  private let wantsGreatest: Bool
  private let type: SQLType
  private var values: [[UInt8]] = []
  private var isThere: [Bool] = []

  init(wantsGreatest: Bool, type: SQLType) {
    self.wantsGreatest = wantsGreatest
    self.type = type
  }

  func update(_ groups: [Int32], groupCount: Int, _ arguments: [Column]) {
    values.grow(to: groupCount, with: [])
    isThere.grow(to: groupCount, with: false)
    guard let argument = arguments.first, case .texts(let list) = argument.values else { return }
    for row in groups.indices {
      if let validity = argument.validity, !validity[row] { continue }
      let group = Int(groups[row])
      let text = list.bytes[list.range(at: row)]
      if isThere[group] {
        let leads =
          wantsGreatest
          ? values[group].lexicographicallyPrecedes(text) : text.lexicographicallyPrecedes(values[group])
        guard leads else { continue }
      }
      values[group] = Array(text)
      isThere[group] = true
    }
  }

  func finish(groupCount: Int) throws(Diagnostic) -> Column {
    update([], groupCount: groupCount, [])
    var texts = TextValues()
    for value in values {
      guard texts.bytes.count + value.count <= Int(UInt32.max) else { throw ColumnStack.tooMuchText }
      texts.append(utf8: value)
    }
    return .nullable(type, .texts(texts), isThere)
  }
}
