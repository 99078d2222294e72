import Testing
import VSQLSchema

struct CalendarTests {
  @Test func everyDayOfEightCenturiesRoundTrips() {
    var expected = CivilDate(year: 1600, month: 1, day: 1)
    for days in expected.days..<expected.days + 292_194 {
      let date = CivilDate(days: days)
      #expect(date == expected)
      #expect(date.days == days)
      expected.day += 1
      if expected.day > CivilDate.length(ofMonth: expected.month, year: expected.year) {
        (expected.day, expected.month) = (1, expected.month + 1)
        if expected.month > 12 { (expected.month, expected.year) = (1, expected.year + 1) }
      }
    }
  }

  @Test func epochAndWeeks() {
    #expect(CivilDate(year: 1970, month: 1, day: 1).days == 0)
    #expect(CivilDate(year: 1970, month: 1, day: 1).dayOfWeek == 4)
    #expect(CivilDate(year: 2026, month: 3, day: 4).dayOfWeek == 3)
    #expect(CivilDate(year: 2027, month: 1, day: 1).isoWeek == (2026, 53))
    #expect(CivilDate(year: 2026, month: 1, day: 1).isoWeek == (2026, 1))
    #expect(CivilDate(year: 2024, month: 12, day: 31).dayOfYear == 366)
    #expect(CivilDate(days: CivilDate.dayRange.upperBound) == CivilDate(year: 5_874_897, month: 12, day: 31))
    #expect(CivilDate(days: CivilDate.dayRange.lowerBound) == CivilDate(year: 1, month: 1, day: 1))
  }

  @Test func timesBeforeTheEpochFloor() {
    let time = CivilTime(microseconds: -1)
    #expect(time.days == -1)
    #expect((time.hour, time.minute, time.secondMicroseconds) == (23, 59, 59_999_999))
  }
}
