/// RFC 3339 in UTC with microseconds: `2026-03-08T12:34:56.000001Z`, always 27 bytes; years 0000 to 9999.
enum Timestamp {
  /// - Parameter microseconds: since 1970; clamped to the years that four digits can name.
  static func append(microseconds: Int64, to text: inout [UInt8]) {
    let clamped = min(max(microseconds, -62_167_219_200_000_000), 253_402_300_799_999_999)
    let days = floorDivide(clamped, 86_400_000_000)
    let rest = clamped - days * 86_400_000_000
    let (year, month, day) = date(days)
    let seconds = rest / 1_000_000
    append(year, 4, &text)
    text.append(UInt8(ascii: "-"))
    append(month, 2, &text)
    text.append(UInt8(ascii: "-"))
    append(day, 2, &text)
    text.append(UInt8(ascii: "T"))
    append(seconds / 3_600, 2, &text)
    text.append(UInt8(ascii: ":"))
    append(seconds / 60 % 60, 2, &text)
    text.append(UInt8(ascii: ":"))
    append(seconds % 60, 2, &text)
    text.append(UInt8(ascii: "."))
    append(rest % 1_000_000, 6, &text)
    text.append(UInt8(ascii: "Z"))
  }

  static func text(_ microseconds: Int64) -> String {
    var text: [UInt8] = []
    append(microseconds: microseconds, to: &text)
    return String(decoding: text, as: UTF8.self)
  }

  /// Nil unless `text` is what `append` writes.
  static func microseconds(_ text: ArraySlice<UInt8>) -> Int64? {
    guard text.count == 27 else { return nil }
    let start = text.startIndex
    // Marks at their places, digits at all others.
    for (index, mark) in zip([4, 7, 10, 13, 16, 19, 26], "--T::.Z".utf8) where text[start + index] != mark {
      return nil
    }
    var isNumber = true
    func number(_ from: Int, _ to: Int) -> Int64 {
      var value: Int64 = 0
      for index in from..<to {
        let digit = Int64(text[start + index]) - 48
        if digit < 0 || digit > 9 { isNumber = false }
        value = value * 10 + digit
      }
      return value
    }
    let (year, month, day) = (number(0, 4), number(5, 7), number(8, 10))
    let (hour, minute, second, micro) = (number(11, 13), number(14, 16), number(17, 19), number(20, 26))
    guard isNumber, (1...12).contains(month), hour < 24, minute < 60, second < 60 else { return nil }
    let days = days(year, month, day)
    // 31 February is another day's name.
    guard date(days) == (year, month, day) else { return nil }
    return ((days * 86_400) + hour * 3_600 + minute * 60 + second) * 1_000_000 + micro
  }

  // The days of the civil calendar in eras of 400 years that begin on 1 March (H. Hinnant, chrono-compatible date algorithms).

  private static func date(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = days + 719_468
    let era = floorDivide(shifted, 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let fromMarch = (5 * dayOfYear + 2) / 153
    let month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * fromMarch + 2) / 5 + 1)
  }

  private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let era = floorDivide(shifted, 400)
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private static func floorDivide(_ a: Int64, _ b: Int64) -> Int64 { a >= 0 ? a / b : (a - b + 1) / b }

  private static func append(_ value: Int64, _ width: Int, _ text: inout [UInt8]) {
    var divisor: Int64 = 1
    for _ in 1..<width { divisor *= 10 }
    while divisor > 0 {
      text.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value / divisor % 10))
      divisor /= 10
    }
  }
}
