import Kernels
import Testing

@Suite("float16")
struct HalfTests {
  @Test("all 65,536 halves widen to their value", arguments: Variant.available)
  func widen(variant: Variant) {
    let all = (0...UInt16.max).map { $0 }
    let wide = variant.widened(all)
    var wrong: [UInt16] = []
    for (half, single) in zip(all, wide) {
      let expected: Bool
      if half & 0x7fff > 0x7c00 {
        expected = single.isNaN
      } else if half & 0x7fff == 0x7c00 {
        expected = single == (half & 0x8000 == 0 ? .infinity : -.infinity)
      } else {
        expected = Double(single).bitPattern == value(ofHalf: half).bitPattern
      }
      if !expected { wrong.append(half) }
    }
    #expect(wrong.isEmpty)
  }

  @Test("every variant widens and narrows to the same bits", arguments: Variant.available)
  func agreement(variant: Variant) throws {
    let portable = try #require(Variant.available.first)
    let all = (0...UInt16.max).map { $0 }
    let wide = portable.widened(all)
    #expect(variant.widened(all).map(\.bitPattern) == wide.map(\.bitPattern))
    var random = Sequence64(state: 21)
    let any = (0..<20_000).map { _ in Float(bitPattern: UInt32(truncatingIfNeeded: random.next())) }
    #expect(variant.narrowed(wide + any).halves == portable.narrowed(wide + any).halves)
  }

  @Test("narrowing a widened half gives it back", arguments: Variant.available)
  func roundTrip(variant: Variant) {
    let numbers = (0...UInt16.max).filter { $0 & 0x7fff <= 0x7c00 }
    let (halves, overflow) = variant.narrowed(variant.widened(numbers))
    #expect(halves == numbers)
    #expect(!overflow)
  }

  @Test("between two halves: to the nearer, a tie to the even one", arguments: Variant.available)
  func rounding(variant: Variant) {
    var inputs: [Float] = []
    var expected: [UInt16] = []
    for half in UInt16(0)..<0x7bff {
      let low = value(ofHalf: half)
      let middle = Float((low + value(ofHalf: half + 1)) / 2)
      let even = half & 1 == 0 ? half : half + 1
      for (input, result) in [(middle.nextDown, half), (middle, even), (middle.nextUp, half + 1)] {
        inputs += [input, -input]
        expected += [result, result | 0x8000]
      }
    }
    let (halves, overflow) = variant.narrowed(inputs)
    let wrong = zip(inputs, zip(halves, expected)).filter { $0.1.0 != $0.1.1 }.map(\.0)
    #expect(wrong.isEmpty)
    #expect(!overflow)
  }

  @Test("overflow begins at 65,520 and is told from infinity", arguments: Variant.available)
  func overflow(variant: Variant) {
    for count in [1, 15, 16, 17, 33] {
      func padded(_ number: Float) -> [Float] { [Float](repeating: 1, count: count - 1) + [number] }
      #expect(
        variant.narrowed(padded(Float(65520).nextDown)) == (
          [UInt16](repeating: 0x3c00, count: count - 1) + [0x7bff], false
        ))
      for number: Float in [65520, -65520, 1e30, -.greatestFiniteMagnitude] {
        let (halves, overflow) = variant.narrowed(padded(number))
        #expect(halves.last == (number < 0 ? 0xfc00 : 0x7c00))
        #expect(overflow)
      }
      #expect(variant.narrowed(padded(.infinity)).overflow == false)
      #expect(variant.narrowed(padded(.nan)).overflow == false)
    }
    #expect(variant.narrowed([]).overflow == false)
  }
}

@Suite("Finite numbers")
struct FiniteTests {
  @Test("one NaN or infinity anywhere is found")
  func finite() {
    let most = Float.greatestFiniteMagnitude
    for count in [1, 2, 7, 16, 33, 100] {
      let single: [Float] = (0..<count).map {
        $0 % 3 == 0 ? most : $0 % 3 == 1 ? -most : -.leastNonzeroMagnitude
      }
      let double = single.map { Double($0) * 1e200 }
      let half = (0..<count).map { UInt16($0 % 2 == 0 ? 0x7bff : 0xfbff) }
      #expect(vsql_all_finite_f32(single, count) == 1)
      #expect(vsql_all_finite_f64(double, count) == 1)
      #expect(vsql_all_finite_f16(half, count) == 1)
      for place in [0, count / 2, count - 1] {
        for bad in [Double.nan, .infinity, -.infinity, .signalingNaN] {
          var s = single
          var d = double
          s[place] = Float(bad)
          d[place] = bad
          #expect(vsql_all_finite_f32(s, count) == 0)
          #expect(vsql_all_finite_f64(d, count) == 0)
        }
        for bad: UInt16 in [0x7c00, 0xfc00, 0x7c01, 0xffff] {
          var h = half
          h[place] = bad
          #expect(vsql_all_finite_f16(h, count) == 0)
        }
      }
    }
    #expect(vsql_all_finite_f32([], 0) == 1)
  }

  @Test("float64 to float32: nearest, and overflow is told from infinity")
  func narrow() {
    func narrowed(_ from: [Double]) -> ([Float], Bool) {
      var to = [Float](repeating: -1, count: from.count)
      let overflow = vsql_f32_from_f64(from, from.count, &to)
      return (to, overflow != 0)
    }
    let fits: [Double] = [0, -0.0, 0.1, 1e-45, 1e-300, 3.4028234663852886e38, -.infinity]
    let (singles, overflow) = narrowed(fits)
    #expect(singles.map(\.bitPattern) == fits.map { Float($0).bitPattern })
    #expect(!overflow)
    // Halfway between the largest float32 and 2¹²⁸ rounds to the even one, infinity; just under it does not.
    let halfway = (Double(Float.greatestFiniteMagnitude) + 0x1p128) / 2
    #expect(narrowed([halfway.nextDown]) == ([Float.greatestFiniteMagnitude], false))
    #expect(narrowed([1, halfway]) == ([1, .infinity], true))
    #expect(narrowed([-1e300]) == ([-.infinity], true))
    #expect(narrowed([.nan]).1 == false)
  }
}
