import VSQLDiagnostics
import VSQLSchema

/// What extract and date_trunc know of a moment.
enum DateField: String, CaseIterable {
  case microseconds, milliseconds, second, minute, hour
  case day, week, month, quarter, year, decade, century, millennium
  case dow, isodow, doy, isoyear, epoch, julian
  case timezone
  case timezoneHour = "timezone_hour"
  case timezoneMinute = "timezone_minute"

  /// PostgreSQL's names, upper or lower case, some also in the plural.
  ///
  /// - Throws: 22023 for any other.
  init(_ text: ArraySlice<UInt8>, of type: SQLType) throws(Diagnostic) {
    var name = String(decoding: text, as: UTF8.self).lowercased()
    name = DateField.synonyms[name] ?? name
    if let field = DateField(rawValue: name) {
      self = field
    } else if name.last == "s", let field = DateField(rawValue: String(name.dropLast())) {
      self = field
    } else {
      throw Diagnostic(
        .invalidParameterValue, "a date field is not known for type \(type)",
        label: Suggestion.label(for: name, in: DateField.allCases.map(\.rawValue)))
    }
  }

  private static let synonyms = [
    "us": "microseconds", "usec": "microseconds", "microsecond": "microseconds", "ms": "milliseconds",
    "msec": "milliseconds", "millisecond": "milliseconds", "sec": "second", "min": "minute", "mon": "month",
    "centuries": "century", "millennia": "millennium",
  ]

  private func unsupported(_ type: SQLType) -> Diagnostic {
    Diagnostic(.featureNotSupported, "the field \(rawValue) is not supported for type \(type)")
  }

  /// The field of a DATE, which has no time of day.
  ///
  /// - Throws: 0A000 for a field of the time of day or the zone.
  func extracted(date days: Int64) throws(Diagnostic) -> Decimal {
    switch self {
    case .microseconds, .milliseconds, .second, .minute, .hour, .timezone, .timezoneHour, .timezoneMinute:
      throw unsupported(.date)
    case .epoch: return Decimal(days * 86_400)
    case .julian: return Decimal(days + DateField.julianEpoch)
    case .day, .week, .month, .quarter, .year, .decade, .century, .millennium, .dow, .isodow, .doy, .isoyear:
      return Decimal(whole(CivilDate(days: days)))
    }
  }

  private static let julianEpoch: Int64 = 2_440_588

  /// The field of a moment, with PostgreSQL's scale.
  ///
  /// - Throws: 0A000 for a field of the zone where the type has none.
  func extracted(microseconds: Int64, of type: SQLType) throws(Diagnostic) -> Decimal {
    let time = CivilTime(microseconds: microseconds)
    switch self {
    case .microseconds: return Decimal(time.secondMicroseconds)
    case .milliseconds: return Decimal(unscaled: Int128(time.secondMicroseconds), scale: 3)
    case .second: return Decimal(unscaled: Int128(time.secondMicroseconds), scale: 6)
    case .minute: return Decimal(Int64(time.minute))
    case .hour: return Decimal(Int64(time.hour))
    case .epoch: return Decimal(unscaled: Int128(microseconds), scale: 6)
    case .julian:
      let day = Decimal(time.days + DateField.julianEpoch)
      return try Decimal.sum(
        day, try Decimal.quotient(Decimal(time.ofDay), Decimal(CivilTime.microsecondsPerDay)))
    case .timezone, .timezoneHour, .timezoneMinute:
      guard type == .timestamptz else { throw unsupported(type) }
      return Decimal(0)
    case .day, .week, .month, .quarter, .year, .decade, .century, .millennium, .dow, .isodow, .doy, .isoyear:
      return Decimal(whole(time.date))
    }
  }

  /// Fields of the day, which are whole numbers.
  private func whole(_ date: CivilDate) -> Int64 {
    switch self {
    case .day: Int64(date.day)
    case .week: Int64(date.isoWeek.week)
    case .month: Int64(date.month)
    case .quarter: Int64((date.month - 1) / 3 + 1)
    case .year: Int64(date.year)
    case .decade: Int64(date.year / 10)
    case .century: Int64((date.year + 99) / 100)
    case .millennium: Int64((date.year + 999) / 1000)
    case .dow: Int64(date.dayOfWeek)
    case .isodow: Int64((date.dayOfWeek + 6) % 7 + 1)
    case .doy: Int64(date.dayOfYear)
    case .isoyear: Int64(date.isoWeek.year)
    case .microseconds, .milliseconds, .second, .minute, .hour, .epoch, .julian, .timezone, .timezoneHour,
      .timezoneMinute:
      0
    }
  }

  /// The first moment of the field's unit that holds `microseconds`.
  ///
  /// - Throws: 0A000 for a field that is no unit of time; 22008 where the unit begins before the first year.
  func truncated(_ microseconds: Int64, of type: SQLType) throws(Diagnostic) -> Int64 {
    let time = CivilTime(microseconds: microseconds)
    let date = time.date
    let day = time.days * CivilTime.microsecondsPerDay
    let start: CivilDate
    switch self {
    case .microseconds: return microseconds
    case .milliseconds: return day + time.ofDay / 1_000 * 1_000
    case .second: return day + time.ofDay / 1_000_000 * 1_000_000
    case .minute: return day + time.ofDay / 60_000_000 * 60_000_000
    case .hour: return day + time.ofDay / 3_600_000_000 * 3_600_000_000
    case .day: return day
    case .week: start = CivilDate(days: time.days - Int64((date.dayOfWeek + 6) % 7))
    case .month: start = CivilDate(year: date.year, month: date.month, day: 1)
    case .quarter: start = CivilDate(year: date.year, month: (date.month - 1) / 3 * 3 + 1, day: 1)
    case .year: start = CivilDate(year: date.year, month: 1, day: 1)
    case .decade: start = CivilDate(year: date.year / 10 * 10, month: 1, day: 1)
    case .century: start = CivilDate(year: (date.year - 1) / 100 * 100 + 1, month: 1, day: 1)
    case .millennium: start = CivilDate(year: (date.year - 1) / 1000 * 1000 + 1, month: 1, day: 1)
    case .dow, .isodow, .doy, .isoyear, .epoch, .julian, .timezone, .timezoneHour, .timezoneMinute:
      throw unsupported(type)
    }
    let (product, isOver) = start.days.multipliedReportingOverflow(by: CivilTime.microsecondsPerDay)
    guard !isOver, CivilDate.timestampRange.contains(product) else { throw CivilDate.timestampRangeError }
    return product
  }
}
