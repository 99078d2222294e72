internal import Foundation

/// What a piece of work took; milliseconds.
struct Sample {
  var wall: Double
  /// Of all threads.
  var processor: Double

  /// Of `body`.
  init(of body: () throws -> Void) rethrows {
    let (start, before) = (ContinuousClock.now, clock())
    try body()
    processor = Double(clock() - before) / Double(CLOCKS_PER_SEC) * 1_000
    wall = (ContinuousClock.now - start) / .milliseconds(1)
  }

  static func - (a: Sample, b: Sample) -> Sample {
    var rest = a
    rest.wall -= b.wall
    rest.processor -= b.processor
    return rest
  }
}

/// Of several rounds; others on the machine only ever make them slower, so the first quartile stands for all.
struct Samples {
  private var list: [Sample] = []

  mutating func append(_ sample: Sample) { list.append(sample) }

  var wall: Double { list.map(\.wall).sorted()[list.count / 4] }
  var processor: Double { list.map(\.processor).sorted()[list.count / 4] }
}

struct OpeningFailure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
