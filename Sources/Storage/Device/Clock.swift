#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// The time, handed in.
package protocol Clock: Sendable {
  /// Microseconds since 1970-01-01 00:00 UTC.
  var nowMicroseconds: Int64 { get }
}

/// The system's clock.
package struct SystemClock: Clock {
  package init() {}

  package var nowMicroseconds: Int64 {
    var time = timespec()
    _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
  }
}
