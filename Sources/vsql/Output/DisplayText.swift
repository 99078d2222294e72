internal import VSQL

/// A value as a person reads it in a table: one line, long vectors shortened to `[0.12, -0.03, … 768]`.
enum DisplayText {
  static func text(of value: Value) -> String {
    switch value {
    case .null: "NULL"
    case .vector(let elements) where elements.count > 4: shortened(elements)
    case .bits(let bits) where bits.count > 32:
      String(value.description.prefix(24)) + "… \(bits.count)"
    case .blob(let bytes) where bytes.count > 24: String(value.description.prefix(50)) + "… \(bytes.count)"
    default: escaped(value.description)
    }
  }

  private static func shortened(_ elements: [Float]) -> String {
    let shown = elements.prefix(2).map { hundredths($0) }
    return "[\(shown.joined(separator: ", ")), … \(elements.count)]"
  }

  private static func hundredths(_ element: Float) -> String {
    let scaled = (Double(element) * 100).rounded()
    guard abs(scaled) < 1e9 else { return "\(element)" }
    let whole = Int(abs(scaled))
    let cents = whole % 100
    return "\(scaled < 0 ? "-" : "")\(whole / 100).\(cents < 10 ? "0" : "")\(cents)"
  }

  /// Control characters as escapes, so that a cell stays on its line and cannot drive the terminal.
  static func escaped(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    var shown = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n": shown += "\\n"
      case "\r": shown += "\\r"
      case "\t": shown += "\\t"
      case _ where isControl(scalar): shown += "\\x" + String(scalar.value, radix: 16)
      default: shown.unicodeScalars.append(scalar)
      }
    }
    return shown
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value)
  }
}
