import Kernels
import Testing

/// Every length with another tail, the usual embeddings, and past the query that is widened once.
private let lengths = Array(1...67) + [384, 1536, 2047, 2048, 2049, 2065]

@Suite("Distances between floats")
struct DistanceTests {
  @Test("float32: the definition's bits at every length", arguments: Variant.available, Metric.allCases)
  func singleBits(variant: Variant, metric: Metric) {
    var random = Sequence64(state: 1)
    for n in lengths {
      let query = random.floats(n)
      let rows = random.floats(5 * n)
      let expected = slices(rows, n).map { Reference.distance(metric, $0, query.map(Double.init)) }
      #expect(bits(variant.distances(metric, rows: rows, query: query)) == bits(expected), "n = \(n)")
      #expect(bits(variant.pairs(metric, rows, query, n: n, count: 5)) == bits(expected), "n = \(n)")
    }
  }

  @Test("float16: the definition's bits at every length", arguments: Variant.available, Metric.allCases)
  func halfBits(variant: Variant, metric: Metric) {
    var random = Sequence64(state: 2)
    for n in lengths {
      let query = random.floats(n)
      let rows = random.halves(5 * n)
      let expected = slices(rows, n).map { Reference.distance(metric, $0, query.map(Double.init)) }
      #expect(bits(variant.distances(metric, rows: rows, query: query)) == bits(expected), "n = \(n)")
    }
  }

  @Test("pairs, also with either side repeated", arguments: Variant.available, Metric.allCases)
  func pairs(variant: Variant, metric: Metric) {
    var random = Sequence64(state: 3)
    for n in [1, 7, 16, 31, 384] {
      let x = random.floats(4 * n)
      let y = random.floats(4 * n)
      let both = zip(slices(x, n), slices(y, n)).map { Reference.distance(metric, $0, $1) }
      #expect(bits(variant.pairs(metric, x, y, n: n, count: 4)) == bits(both), "n = \(n)")
      let one = Array(x[..<n])
      let repeated = slices(y, n).map { Reference.distance(metric, one.map(Double.init), $0) }
      #expect(bits(variant.pairs(metric, one, y, n: n, count: 4)) == bits(repeated), "n = \(n)")

      let h = random.halves(4 * n)
      let g = random.halves(4 * n)
      let halves = zip(slices(h, n), slices(g, n)).map { Reference.distance(metric, $0, $1) }
      #expect(bits(variant.pairs(metric, h, g, n: n, count: 4)) == bits(halves), "n = \(n)")
      let last = Array(g[..<n])
      let against = slices(h, n).map { Reference.distance(metric, $0, slices(last, n)[0]) }
      #expect(bits(variant.pairs(metric, h, last, n: n, count: 4)) == bits(against), "n = \(n)")
    }
  }

  @Test("close to a compensated sum", arguments: Variant.available, Metric.allCases)
  func accuracy(variant: Variant, metric: Metric) {
    var random = Sequence64(state: 4)
    for n in [3, 67, 384, 1536] {
      let query = random.floats(n)
      let rows = random.floats(3 * n)
      let found = variant.distances(metric, rows: rows, query: query)
      for (row, distance) in zip(slices(rows, n), found) {
        let exact = Reference.distance(
          metric, row, query.map(Double.init), sum: Reference.carefulSum)
        #expect(abs(distance - exact) <= 1e-14 * Double(n), "n = \(n)")
      }
    }
  }

  @Test("the largest float32 overflows nothing", arguments: Variant.available)
  func large(variant: Variant) {
    let most = Float.greatestFiniteMagnitude
    for n in [1, 16, 67, 1536] {
      let x = [Float](repeating: most, count: n)
      let y = [Float](repeating: -most, count: n)
      for metric in Metric.allCases {
        let expected = Reference.distance(metric, x.map(Double.init), y.map(Double.init))
        #expect(expected.isFinite)
        #expect(variant.distances(metric, rows: x, query: y) == [expected], "\(metric), n = \(n)")
      }
      #expect(variant.distances(.cosine, rows: x, query: x) == [0])
      #expect(variant.distances(.cosine, rows: x, query: y) == [2])
    }
  }

  @Test("subnormals keep their value", arguments: Variant.available, Metric.allCases)
  func subnormal(variant: Variant, metric: Metric) {
    var random = Sequence64(state: 5)
    for n in [1, 5, 16, 33, 384] {
      let query = (0..<n).map { _ in Float(bitPattern: .random(in: 1...0x7f_ffff, using: &random)) }
      let single = (0..<3 * n).map { _ in Float(bitPattern: .random(in: 1...0x7f_ffff, using: &random)) }
      let half = (0..<3 * n).map { _ in UInt16.random(in: 1...0x3ff, using: &random) | 0x8000 }
      let wide = query.map(Double.init)
      let expected = slices(single, n).map { Reference.distance(metric, $0, wide) }
      #expect(metric != .innerProduct || expected[0] > 0)
      #expect(bits(variant.distances(metric, rows: single, query: query)) == bits(expected))
      let halves = slices(half, n).map { Reference.distance(metric, $0, wide) }
      #expect(metric != .innerProduct || halves[0] < 0)
      #expect(bits(variant.distances(metric, rows: half, query: query)) == bits(halves))
    }
  }

  @Test("a zero vector has no cosine distance, and any other has", arguments: Variant.available)
  func zero(variant: Variant) {
    let zero = [Float](repeating: 0, count: 20)
    let tiny = [Float](repeating: .leastNonzeroMagnitude, count: 20)
    let rows = zero + tiny + zero.map { -$0 }
    let found = variant.distances(.cosine, rows: rows, query: tiny)
    #expect(found.map(\.isNaN) == [true, false, true])
    #expect(found[1] == 0)
    #expect(variant.distances(.cosine, rows: tiny, query: zero)[0].isNaN)
    #expect(variant.distances(.l2, rows: zero, query: zero) == [0])
    #expect(variant.distances(.innerProduct, rows: zero, query: tiny) == [0])
    #expect(variant.pairs(.cosine, tiny + zero, zero + tiny, n: 20, count: 2).map(\.isNaN) == [true, true])
    let halfZero = [UInt16](repeating: 0x8000, count: 20)
    #expect(variant.distances(.cosine, rows: halfZero, query: tiny)[0].isNaN)
  }

  @Test("cosine stays within 0 and 2, and a vector is at 0 from itself", arguments: Variant.available)
  func cosineRange(variant: Variant) {
    var random = Sequence64(state: 6)
    for n in [2, 3, 17, 384] {
      for _ in 0..<50 {
        let x = random.floats(n, in: -1000...1000)
        #expect(variant.distances(.cosine, rows: x, query: x) == [0])
        #expect(variant.distances(.cosine, rows: x.map { -$0 }, query: x) == [2])
        let scaled = variant.distances(.cosine, rows: x.map { $0 * 3 }, query: x)[0]
        #expect((0...2).contains(scaled))
      }
    }
  }

  @Test("lengths", arguments: Variant.available)
  func norms(variant: Variant) {
    var random = Sequence64(state: 7)
    for n in [1, 15, 16, 17, 384] {
      let single = random.floats(3 * n)
      let half = random.halves(3 * n)
      var out = [Double](repeating: -1, count: 3)
      variant.table.norm_f32(single, 3, n, &out)
      let zero = [Double](repeating: 0, count: n)
      #expect(bits(out) == bits(slices(single, n).map { Reference.distance(.l2, $0, zero) }))
      variant.table.norm_f16(half, 3, n, &out)
      #expect(bits(out) == bits(slices(half, n).map { Reference.distance(.l2, $0, zero) }))
    }
  }

  @Test("no rows, and rows of no elements", arguments: Variant.available)
  func empty(variant: Variant) {
    var out: [Double] = [7, 7]
    variant.table.l2_f32([1], 0, 1, [1], &out)
    #expect(out == [7, 7])
    variant.table.l2_f32([1], 2, 0, [1], &out)
    #expect(out == [0, 0])
  }

  @Test("the functions without a table use the widest one")
  func best() {
    let rows: [Float] = [3, 4, 6, 8]
    var out = [0.0, 0]
    vsql_l2_f32(rows, 2, 2, [0, 0], &out)
    #expect(out == [5, 10])
    vsql_norm_f32(rows, 2, 2, &out)
    #expect(out == [5, 10])
    vsql_inner_product_pairs_f32(rows, 2, rows, 0, 2, 2, &out)
    #expect(out == [25, 50])
    #expect(String(cString: vsql_kernels_variant()) == Variant.available.last?.name)
    #expect(vsql_kernels_table(-1) == nil)
    #expect(vsql_kernels_table(99) == nil)
  }
}

/// Every test above runs for the tables that the processor has; these say which it could not run.
@Suite("Instruction sets that this processor has")
struct InstructionSetTests {
  @Test("AVX2", .enabled(if: Variant(1) != nil, "no AVX2 here: its kernels are compiled, not run"))
  func avx2() { #expect(Variant.available.contains { $0.name == "avx2" }) }

  @Test("AVX-512", .enabled(if: Variant(2) != nil, "no AVX-512 here: its kernels are compiled, not run"))
  func avx512() { #expect(Variant.available.contains { $0.name == "avx512" }) }
}

private func slices(_ rows: [Float], _ n: Int) -> [[Double]] {
  stride(from: 0, to: rows.count, by: n).map { rows[$0..<$0 + n].map(Double.init) }
}

private func slices(_ rows: [UInt16], _ n: Int) -> [[Double]] {
  stride(from: 0, to: rows.count, by: n).map { rows[$0..<$0 + n].map(value(ofHalf:)) }
}
