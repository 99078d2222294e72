import VSQLDiagnostics
import VSQLSchema

/// string_agg(text, delimiter): texts in the order in which rows come; a NULL text is passed over, a NULL delimiter is empty.
final class StringAccumulator: Accumulator {
  private let type: SQLType
  private var texts: [[UInt8]] = []
  private var isThere: [Bool] = []

  init(type: SQLType) { self.type = type }

  func update(_ groups: [Int32], groupCount: Int, _ arguments: [Column]) {
    texts.grow(to: groupCount, with: [])
    isThere.grow(to: groupCount, with: false)
    guard arguments.count == 2, case .texts(let list) = arguments[0].values,
      case .texts(let delimiters) = arguments[1].values
    else { return }
    for row in groups.indices {
      if let validity = arguments[0].validity, !validity[row] { continue }
      let group = Int(groups[row])
      if isThere[group], arguments[1].validity?[row] ?? true {
        texts[group].append(contentsOf: delimiters.bytes[delimiters.range(at: row)])
      }
      isThere[group] = true
      texts[group].append(contentsOf: list.bytes[list.range(at: row)])
    }
  }

  func finish(groupCount: Int) throws(Diagnostic) -> Column {
    update([], groupCount: groupCount, [])
    var values = TextValues()
    for text in texts {
      guard values.bytes.count + text.count <= Int(UInt32.max) else { throw ColumnStack.tooMuchText }
      values.append(utf8: text)
    }
    return .nullable(type, .texts(values), isThere)
  }
}
