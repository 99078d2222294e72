import VSQLDiagnostics

/// A day of the proleptic Gregorian calendar.
package struct CivilDate: Hashable, Sendable {
  /// 1 on; there is no year before it here.
  package var year: Int
  package var month: Int
  package var day: Int

  @inlinable
  package init(year: Int, month: Int, day: Int) {
    self.year = year
    self.month = month
    self.day = day
  }

  /// 0001-01-01 to 5874897-12-31, PostgreSQL's last.
  package static let dayRange: ClosedRange<Int64> = -719_162...2_145_042_905
  /// The years whose microseconds since 1970 fit 64 bits: 0001-01-01 to 294246-12-31.
  package static let timestampRange: ClosedRange<Int64> =
    -719_162 * CivilTime.microsecondsPerDay...106_751_982 * CivilTime.microsecondsPerDay - 1

  /// The date that lies `days` after 1970-01-01. Howard Hinnant's civil_from_days: years begin in March, eras have 400 years.
  package init(days: Int64) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let march = (5 * dayOfYear + 2) / 153
    day = Int(dayOfYear - (153 * march + 2) / 5 + 1)
    month = Int(march < 10 ? march + 3 : march - 9)
    year = Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0)
  }

  /// Days since 1970-01-01.
  @inlinable
  package var days: Int64 {
    let y = Int64(month <= 2 ? year - 1 : year)
    let era = (y >= 0 ? y : y - 399) / 400
    let yearOfEra = y - era * 400
    let dayOfYear = Int64((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1)
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  @inlinable
  package static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

  @inlinable
  package static func length(ofMonth month: Int, year: Int) -> Int {
    switch month {
    case 4, 6, 9, 11: 30
    case 2: isLeap(year) ? 29 : 28
    default: 31
    }
  }

  /// 1 for 1 January.
  package var dayOfYear: Int { Int(days - CivilDate(year: year, month: 1, day: 1).days) + 1 }

  /// 0 for Sunday.
  package var dayOfWeek: Int { Int(((days + 4) % 7 + 7) % 7) }

  /// The year and week of ISO 8601: week 1 holds the year's first Thursday.
  package var isoWeek: (year: Int, week: Int) {
    let fromMonday = (dayOfWeek + 6) % 7
    let thursday = CivilDate(days: days - Int64(fromMonday) + 3)
    return (thursday.year, (thursday.dayOfYear - 1) / 7 + 1)
  }
}

/// A day, and the time of day in microseconds.
package struct CivilTime: Hashable, Sendable {
  package static let microsecondsPerDay: Int64 = 86_400_000_000

  /// Days since 1970-01-01.
  package var days: Int64
  /// 0 ..< 86,400,000,000.
  package var ofDay: Int64

  /// The day and time `microseconds` after 1970-01-01 00:00:00.
  package init(microseconds: Int64) {
    let rest = microseconds % CivilTime.microsecondsPerDay
    ofDay = rest < 0 ? rest + CivilTime.microsecondsPerDay : rest
    days = microseconds / CivilTime.microsecondsPerDay - (rest < 0 ? 1 : 0)
  }

  package var date: CivilDate { CivilDate(days: days) }
  package var hour: Int { Int(ofDay / 3_600_000_000) }
  package var minute: Int { Int(ofDay / 60_000_000 % 60) }
  /// Of the minute, with its fraction: 0 ..< 60,000,000.
  package var secondMicroseconds: Int64 { ofDay % 60_000_000 }
}

extension CivilDate {
  /// `days` since 1970-01-01 as a DATE.
  ///
  /// - Throws: 22008 outside 0001-01-01 to 5874897-12-31.
  package static func checked(days: Int64) throws(Diagnostic) -> Int32 {
    guard dayRange.contains(days), let value = Int32(exactly: days) else {
      throw Diagnostic(.datetimeFieldOverflow, "date out of range")
    }
    return value
  }

  /// The first microsecond of a DATE.
  ///
  /// - Throws: 22008 past 294246-12-31.
  package static func microseconds(ofDay days: Int32) throws(Diagnostic) -> Int64 {
    let (product, isOver) = Int64(days).multipliedReportingOverflow(by: CivilTime.microsecondsPerDay)
    guard !isOver, timestampRange.contains(product) else { throw timestampRangeError }
    return product
  }

  package static var timestampRangeError: Diagnostic {
    Diagnostic(.datetimeFieldOverflow, "date out of range for timestamp")
  }
}
