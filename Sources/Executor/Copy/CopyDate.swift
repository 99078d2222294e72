/// The one form of a date that files nearly always hold.
enum CopyDate {
  /// Days since 1970-01-01 of `YYYY-MM-DD`, proleptic Gregorian, years 1 to 9999; nil for any other text.
  static func days(_ text: Span<UInt8>) -> Int32? {
    guard text.count == 10, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"),
      let year = digits(text, 0, 4), let month = digits(text, 5, 7), let day = digits(text, 8, 10),
      year >= 1, (1...12).contains(month), day >= 1, day <= length(ofMonth: month, year: year)
    else { return nil }
    // Howard Hinnant's days_from_civil: years begin in March, eras of 400 years.
    let y = month <= 2 ? year - 1 : year
    let era = y / 400
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return Int32(era * 146_097 + dayOfEra - 719_468)
  }

  private static func digits(_ text: Span<UInt8>, _ from: Int, _ to: Int) -> Int? {
    var value = 0
    for index in from..<to {
      let digit = text[index] &- UInt8(ascii: "0")
      guard digit <= 9 else { return nil }
      value = value * 10 + Int(digit)
    }
    return value
  }

  private static func length(ofMonth month: Int, year: Int) -> Int {
    switch month {
    case 4, 6, 9, 11: 30
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    default: 31
    }
  }
}
