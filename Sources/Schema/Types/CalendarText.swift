import VSQLDiagnostics

/// DATE, TIMESTAMP and TIMESTAMPTZ as text writes them: ISO 8601, as PostgreSQL prints it. The session's zone is UTC.
package enum CalendarText {
  package static func append(date days: Int32, to out: inout [UInt8]) {
    append(CivilDate(days: Int64(days)), to: &out)
  }

  private static func append(_ date: CivilDate, to out: inout [UInt8]) {
    TextScanner.append(date.year, width: 4, to: &out)
    out.append(UInt8(ascii: "-"))
    TextScanner.append(date.month, width: 2, to: &out)
    out.append(UInt8(ascii: "-"))
    TextScanner.append(date.day, width: 2, to: &out)
  }

  /// `2026-01-05 10:11:12.5`, and `+00` behind it with a zone.
  package static func append(timestamp microseconds: Int64, withZone: Bool, to out: inout [UInt8]) {
    let time = CivilTime(microseconds: microseconds)
    append(time.date, to: &out)
    out.append(UInt8(ascii: " "))
    TextScanner.append(time.hour, width: 2, to: &out)
    out.append(UInt8(ascii: ":"))
    TextScanner.append(time.minute, width: 2, to: &out)
    out.append(UInt8(ascii: ":"))
    TextScanner.append(Int(time.secondMicroseconds / 1_000_000), width: 2, to: &out)
    let fraction = Int(time.secondMicroseconds % 1_000_000)
    if fraction != 0 {
      out.append(UInt8(ascii: "."))
      TextScanner.append(fraction, width: 6, to: &out)
      while out.last == UInt8(ascii: "0") { out.removeLast() }
    }
    if withZone { out.append(contentsOf: "+00".utf8) }
  }

  /// Days since 1970-01-01; a time behind the date is read and left out.
  ///
  /// - Throws: 22007 for a text that is no date, 22008 for one that the calendar does not have.
  package static func parseDate(_ text: Span<UInt8>) throws(Diagnostic) -> Int32 {
    let read = try CalendarReader.read(text, type: "DATE")
    return try CivilDate.checked(days: read.date.days)
  }

  /// Microseconds since 1970-01-01 00:00:00. Without a zone, one that is written counts for nothing, as in PostgreSQL;
  /// with it, a text that writes none is UTC.
  ///
  /// - Throws: 22007, 22008 as `parseDate`.
  package static func parseTimestamp(_ text: Span<UInt8>, withZone: Bool) throws(Diagnostic) -> Int64 {
    let read = try CalendarReader.read(text, type: withZone ? "TIMESTAMPTZ" : "TIMESTAMP")
    let start = read.date.days.multipliedReportingOverflow(by: CivilTime.microsecondsPerDay)
    let offset = withZone ? read.zoneSeconds * 1_000_000 : 0
    let sum = start.partialValue.addingReportingOverflow(read.ofDay - offset)
    guard !start.overflow, !sum.overflow, CivilDate.timestampRange.contains(sum.partialValue) else {
      throw Diagnostic(.datetimeFieldOverflow, "timestamp out of range")
    }
    return sum.partialValue
  }
}

/// What a date or timestamp text says.
private struct CalendarReader {
  var date = CivilDate(year: 1, month: 1, day: 1)
  /// Microseconds; 24:00 is a whole day.
  var ofDay: Int64 = 0
  /// East of UTC.
  var zoneSeconds: Int64 = 0
  let type: String
  var at: Int
  let end: Int

  static func read(_ text: Span<UInt8>, type: String) throws(Diagnostic) -> CalendarReader {
    let range = TextScanner.trimmed(text)
    var reader = CalendarReader(type: type, at: range.lowerBound, end: range.upperBound)
    for word in ["infinity", "-infinity", "+infinity"] as [StaticString]
    where TextScanner.matches(text, range, word) {
      throw Diagnostic(.featureNotSupported, "an infinite \(type) is not supported")
    }
    try reader.readDate(text)
    if reader.at < reader.end {
      // A zone may follow the date itself, with or without white space: PostgreSQL takes `2026-01-05Z`.
      let isSeparated = text[reader.at] | 0x20 == UInt8(ascii: "t") || TextScanner.isSpace(text[reader.at])
      if isSeparated {
        let isLetter = !TextScanner.isSpace(text[reader.at])
        reader.at += 1
        reader.skipSpaces(text)
        if isLetter || reader.isAtDigit(text) { try reader.readTime(text) }
        reader.skipSpaces(text)
      } else if text[reader.at] == UInt8(ascii: "-") {
        throw reader.syntaxError
      }
      if reader.at < reader.end { try reader.readZone(text) }
    }
    guard reader.at == reader.end else { throw reader.syntaxError }
    return reader
  }

  private init(type: String, at: Int, end: Int) {
    self.type = type
    self.at = at
    self.end = end
  }

  private var syntaxError: Diagnostic {
    Diagnostic(.invalidDatetimeFormat, "invalid input syntax for type \(type)")
  }

  private var fieldError: Diagnostic {
    Diagnostic(.datetimeFieldOverflow, "a date or time field of type \(type) is out of range")
  }

  private func isAtDigit(_ text: Span<UInt8>) -> Bool {
    at < end && TextScanner.digit(text[at]) != nil
  }

  private mutating func skipSpaces(_ text: Span<UInt8>) {
    while at < end, TextScanner.isSpace(text[at]) { at += 1 }
  }

  /// `2026-01-05`, `2026/1/5` or `20260105`.
  private mutating func readDate(_ text: Span<UInt8>) throws(Diagnostic) {
    let start = at
    guard let year = TextScanner.digits(text, &at, limit: 8), at - start >= 4 else { throw syntaxError }
    if at - start == 8 {
      date = CivilDate(year: year / 10_000, month: year / 100 % 100, day: year % 100)
    } else {
      guard at < end, text[at] == UInt8(ascii: "-") || text[at] == UInt8(ascii: "/") else {
        throw syntaxError
      }
      let separator = text[at]
      at += 1
      guard let month = TextScanner.digits(text, &at, limit: 2), at < end, text[at] == separator else {
        throw syntaxError
      }
      at += 1
      guard let day = TextScanner.digits(text, &at, limit: 2) else { throw syntaxError }
      date = CivilDate(year: year, month: month, day: day)
    }
    guard (1...12).contains(date.month), date.day >= 1, date.year >= 1,
      date.day <= CivilDate.length(ofMonth: date.month, year: date.year)
    else { throw fieldError }
  }

  /// `10:11`, `10:11:12` or `10:11:12.123456`; more digits are rounded to microseconds.
  private mutating func readTime(_ text: Span<UInt8>) throws(Diagnostic) {
    guard let hour = TextScanner.digits(text, &at, limit: 2), at < end, text[at] == UInt8(ascii: ":") else {
      throw syntaxError
    }
    at += 1
    guard let minute = TextScanner.digits(text, &at, limit: 2) else { throw syntaxError }
    var second = 0
    var fraction: Int64 = 0
    if at < end, text[at] == UInt8(ascii: ":") {
      at += 1
      guard let value = TextScanner.digits(text, &at, limit: 2) else { throw syntaxError }
      second = value
      if at < end, text[at] == UInt8(ascii: ".") {
        at += 1
        fraction = readFraction(text)
      }
    }
    ofDay = (Int64(hour) * 3_600 + Int64(minute) * 60 + Int64(second)) * 1_000_000 + fraction
    guard hour <= 24, minute <= 59, second <= 60, ofDay <= CivilTime.microsecondsPerDay else {
      throw fieldError
    }
  }

  private mutating func readFraction(_ text: Span<UInt8>) -> Int64 {
    var value: Int64 = 0
    var unit: Int64 = 100_000
    var isFirstCut = true
    while at < end, let digit = TextScanner.digit(text[at]) {
      if unit > 0 {
        value += Int64(digit) * unit
      } else if isFirstCut {
        if digit >= 5 { value += 1 }
        isFirstCut = false
      }
      unit /= 10
      at += 1
    }
    return value
  }

  /// `Z`, `UTC`, `GMT`, `+2`, `+02`, `+0200`, `+02:00` or `+02:00:00`.
  private mutating func readZone(_ text: Span<UInt8>) throws(Diagnostic) {
    for word in ["z", "utc", "gmt"] as [StaticString] where TextScanner.matches(text, at..<end, word) {
      at = end
      return
    }
    guard text[at] == UInt8(ascii: "+") || text[at] == UInt8(ascii: "-") else {
      throw Diagnostic(
        .invalidDatetimeFormat, "invalid input syntax for type \(type)",
        hint: "Write the time zone as an offset, for example +02:00.")
    }
    let sign: Int64 = text[at] == UInt8(ascii: "-") ? -1 : 1
    at += 1
    let start = at
    guard var hour = TextScanner.digits(text, &at, limit: 4) else { throw syntaxError }
    var minute = 0
    var second = 0
    if at - start > 2 {
      (hour, minute) = (hour / 100, hour % 100)
    } else if at < end, text[at] == UInt8(ascii: ":") {
      at += 1
      guard let value = TextScanner.digits(text, &at, limit: 2) else { throw syntaxError }
      minute = value
      if at < end, text[at] == UInt8(ascii: ":") {
        at += 1
        guard let value = TextScanner.digits(text, &at, limit: 2) else { throw syntaxError }
        second = value
      }
    }
    guard hour <= 15, minute <= 59, second <= 59 else {
      throw Diagnostic(.datetimeFieldOverflow, "a time zone offset is out of range")
    }
    zoneSeconds = sign * Int64(hour * 3_600 + minute * 60 + second)
  }
}
