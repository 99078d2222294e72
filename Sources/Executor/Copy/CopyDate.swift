import VSQLSchema

/// The one form of a date that files nearly always hold.
enum CopyDate {
  /// Days since 1970-01-01 of `YYYY-MM-DD`, proleptic Gregorian, years 1 to 9999; nil for any other text.
  static func days(_ text: Span<UInt8>) -> Int32? {
    guard text.count == 10, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"),
      let year = digits(text, 0, 4), let month = digits(text, 5, 7), let day = digits(text, 8, 10),
      year >= 1, (1...12).contains(month), day >= 1, day <= CivilDate.length(ofMonth: month, year: year)
    else { return nil }
    // Of four digits, so far within 32 bits.
    return Int32(CivilDate(year: year, month: month, day: day).days)
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
}
