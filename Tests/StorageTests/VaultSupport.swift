import VSQLSchema
import VSQLStorage

/// Randomness that a seed repeats (SplitMix64); for tests only.
struct SeededRandomness: Randomness {
  final class Box: @unchecked Sendable { var state: UInt64 = 0 }
  let box = Box()

  init(_ seed: UInt64) { box.state = seed }

  func fill(_ buffer: UnsafeMutableRawBufferPointer) {
    for index in buffer.indices {
      box.state &+= 0x9e37_79b9_7f4a_7c15
      var z = box.state
      z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
      z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
      buffer[index] = UInt8(truncatingIfNeeded: z ^ (z >> 31))
    }
  }
}

/// A clock that stands at a given time.
struct FixedClock: Clock {
  var nowMicroseconds: Int64 = 1_700_000_000_000_000
}

/// Bytes of hexadecimal digits; spaces are skipped.
func hex(_ text: String) -> [UInt8] { Hex.bytes(text.utf8.filter { $0 != UInt8(ascii: " ") }) ?? [] }

let testDatabase = DatabaseID(bytes: Array(0..<16))
