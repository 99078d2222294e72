import VSQLDiagnostics
import VSQLSchema

/// min and max: NULLs are passed over, NaN is the greatest DOUBLE, texts order by their bytes.
enum ExtremeAccumulators {
  static func make(wantsGreatest: Bool, type: SQLType) throws(Diagnostic) -> any Accumulator {
    switch type.physicalKind {
    case .int32: return ExtremeOfInt32(wantsGreatest: wantsGreatest, type: type)
    case .int64: return ExtremeOfInt64(wantsGreatest: wantsGreatest, type: type)
    case .double: return ExtremeOfDouble(wantsGreatest: wantsGreatest, type: type)
    case .decimal: return ExtremeOfDecimal(wantsGreatest: wantsGreatest, type: type)
    case .uuid: return ExtremeOfUUID(wantsGreatest: wantsGreatest, type: type)
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
      if !isThere[group] || (wantsGreatest ? precedes(values[group], value) : precedes(value, values[group]))
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

private final class ExtremeOfInt32: Accumulator {
  private var extremes: Extremes<Int32>
  private let type: SQLType

  init(wantsGreatest: Bool, type: SQLType) {
    extremes = Extremes(wantsGreatest: wantsGreatest)
    self.type = type
  }

  func update(_ groups: [Int32], groupCount: Int, _ arguments: [Column]) {
    guard let argument = arguments.first, case .int32s(let list) = argument.values else { return }
    extremes.update(groups, groupCount: groupCount, list, argument.validity, none: 0) { $0 < $1 }
  }

  func finish(groupCount: Int) -> Column {
    extremes.grow(to: groupCount, 0)
    return .nullable(type, .int32s(extremes.values), extremes.isThere)
  }
}

private final class ExtremeOfInt64: Accumulator {
  private var extremes: Extremes<Int64>
  private let type: SQLType

  init(wantsGreatest: Bool, type: SQLType) {
    extremes = Extremes(wantsGreatest: wantsGreatest)
    self.type = type
  }

  func update(_ groups: [Int32], groupCount: Int, _ arguments: [Column]) {
    guard let argument = arguments.first, case .int64s(let list) = argument.values else { return }
    extremes.update(groups, groupCount: groupCount, list, argument.validity, none: 0) { $0 < $1 }
  }

  func finish(groupCount: Int) -> Column {
    extremes.grow(to: groupCount, 0)
    return .nullable(type, .int64s(extremes.values), extremes.isThere)
  }
}

private final class ExtremeOfDouble: Accumulator {
  private var extremes: Extremes<Double>
  private let type: SQLType

  init(wantsGreatest: Bool, type: SQLType) {
    extremes = Extremes(wantsGreatest: wantsGreatest)
    self.type = type
  }

  func update(_ groups: [Int32], groupCount: Int, _ arguments: [Column]) {
    guard let argument = arguments.first, case .doubles(let list) = argument.values else { return }
    extremes.update(groups, groupCount: groupCount, list, argument.validity, none: 0) {
      $0 < $1 || ($1.isNaN && !$0.isNaN)
    }
  }

  func finish(groupCount: Int) -> Column {
    extremes.grow(to: groupCount, 0)
    return .nullable(type, .doubles(extremes.values), extremes.isThere)
  }
}

private final class ExtremeOfDecimal: Accumulator {
  private var extremes: Extremes<Decimal>
  private let type: SQLType

  init(wantsGreatest: Bool, type: SQLType) {
    extremes = Extremes(wantsGreatest: wantsGreatest)
    self.type = type
  }

  func update(_ groups: [Int32], groupCount: Int, _ arguments: [Column]) {
    guard let argument = arguments.first, case .decimals(let list) = argument.values else { return }
    extremes.update(
      groups, groupCount: groupCount, list, argument.validity, none: Decimal(unscaled: 0, scale: 0)
    ) { $0 < $1 }
  }

  func finish(groupCount: Int) -> Column {
    extremes.grow(to: groupCount, Decimal(unscaled: 0, scale: 0))
    return .nullable(type, .decimals(extremes.values), extremes.isThere)
  }
}

private final class ExtremeOfUUID: Accumulator {
  private var extremes: Extremes<UInt128>
  private let type: SQLType

  init(wantsGreatest: Bool, type: SQLType) {
    extremes = Extremes(wantsGreatest: wantsGreatest)
    self.type = type
  }

  func update(_ groups: [Int32], groupCount: Int, _ arguments: [Column]) {
    guard let argument = arguments.first, case .uuids(let list) = argument.values else { return }
    extremes.update(groups, groupCount: groupCount, list, argument.validity, none: 0) { $0 < $1 }
  }

  func finish(groupCount: Int) -> Column {
    extremes.grow(to: groupCount, 0)
    return .nullable(type, .uuids(extremes.values), extremes.isThere)
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
