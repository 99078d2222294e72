import Testing
import VSQLDiagnostics
import VSQLExecutor
import VSQLSchema

@Suite struct CopyNPYTests {
  private func file(
    _ header: String, version: UInt8 = 1, data: [UInt8] = [], claims: Int? = nil
  ) throws -> TemporaryFile {
    let length = claims ?? header.utf8.count
    let sizes = version == 1 ? bytes(of: UInt16(truncatingIfNeeded: length)) : bytes(of: UInt32(length))
    return try TemporaryFile([0x93] + Array("NUMPY".utf8) + [version, 0] + sizes + Array(header.utf8) + data)
  }

  private func header(_ type: String, _ shape: String, order: String = "False") -> String {
    "{'descr': '\(type)', 'fortran_order': \(order), 'shape': \(shape), }          \n"
  }

  private func column(_ element: VectorElement, _ dimension: Int) -> CopyTarget {
    target(("v", .vector(VectorShape(dimension: dimension, element: element))))
  }

  private func read(_ file: TemporaryFile, _ target: CopyTarget) throws -> [[Value]] {
    var reader = try NPYReader(path: file.path, target: target)
    return try rows(of: &reader, limit: 2)
  }

  private let numbers: [Float] = [1, -2.5, 0.25, 65504, -0, 3]

  @Test(arguments: [UInt8(1), 2, 3])
  func readsEveryWidthIntoEveryWidth(version: UInt8) throws {
    let data: [(String, [UInt8])] = [
      ("<f2", numbers.flatMap { bytes(of: Float16($0).bitPattern) }),
      ("<f4", numbers.flatMap { bytes(of: $0.bitPattern) }),
      ("<f8", numbers.flatMap { bytes(of: Double($0).bitPattern) }),
    ]
    for (type, bytes) in data {
      for element in [VectorElement.float32, .float16] {
        let found = try read(
          try file(header(type, "(3, 2)"), version: version, data: bytes), column(element, 2))
        #expect(
          found == [
            [floats(1, -2.5, element: element)], [floats(0.25, 65504, element: element)],
            [floats(-0, 3, element: element)],
          ], "\(type) into \(element)")
      }
    }
  }

  @Test func roundsDoublesToHalvesOnce() throws {
    // A little above the middle between 1 and the next half: rounding to float first would fall on the middle.
    let value = 1 + Double(Float16(1).ulp) / 2 + 0x1p-40
    let found = try read(
      try file(header("<f8", "(1, 1)"), data: bytes(of: value.bitPattern)), column(.float16, 1))
    #expect(found == [[floats(Float(Float16(1).nextUp), element: .float16)]])
  }

  @Test func readsNoRows() throws {
    #expect(try read(try file(header("<f4", "(0, 2)")), column(.float32, 2)) == [])
  }

  @Test(arguments: [
    ("{'descr': '<f4', 'fortran_order': True, 'shape': (1, 2), }", "Fortran", 8),
    ("{'descr': '>f4', 'fortran_order': False, 'shape': (1, 2), }", "'>f4'", 8),
    ("{'descr': '<i4', 'fortran_order': False, 'shape': (1, 2), }", "'<i4'", 8),
    ("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1, 2), }", "structured", 8),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", "found 1", 8),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2, 1), }", "found 3", 8),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3), }", "expected 2 dimensions", 12),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }", "expected 8 bytes", 7),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }", "expected 8 bytes", 9),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999, 2), }", "too large", 8),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 2), }", "too large", 8),
    ("{'descr': '<f4', 'shape': (1, 2), }", "dictionary", 8), ("{'descr': '<f4'", "dictionary", 8),
    ("", "dictionary", 8),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (-1, 2), }", "dictionary", 8),
    ("__import__('os').system('x')", "dictionary", 8),
  ])
  func refusesHeaders(text: String, said: String, dataBytes: Int) throws {
    let file = try file(text, data: Array(repeating: 0, count: dataBytes))
    let refused = fault { _ = try read(file, column(.float32, 2)) }
    #expect(refused?.message.contains(said) == true, "\(refused?.message ?? "read without error")")
  }

  @Test func refusesEveryCutAndHostileLength() throws {
    let whole =
      [0x93] + Array("NUMPY".utf8) + [1, 0] + bytes(of: UInt16(header("<f4", "(1, 2)").utf8.count))
      + Array(header("<f4", "(1, 2)").utf8) + Array(repeating: 0, count: 8)
    for length in 0..<whole.count {
      let cut = try TemporaryFile(whole.prefix(length))
      #expect(fault { _ = try read(cut, column(.float32, 2)) } != nil, "cut at \(length)")
    }
    let hostile = try file("{", version: 2, claims: 0xFFFF_FFFF)
    #expect(fault { _ = try read(hostile, column(.float32, 2)) }?.message.contains("claims") == true)
    let wrongVersion = try file(header("<f4", "(1, 2)"), version: 9)
    #expect(fault { _ = try read(wrongVersion, column(.float32, 2)) }?.message.contains("found 9") == true)
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity])
  func refusesWhatIsNotFinite(number: Float) throws {
    let data = ([1, 2, 3, 4, 5, number] as [Float]).flatMap { bytes(of: $0.bitPattern) }
    let file = try file(header("<f4", "(3, 2)"), data: data)
    let refused = fault { _ = try read(file, column(.float32, 2)) }
    #expect(refused?.state == .dataException)
    #expect(refused?.message.contains("row 2 ") == true)
  }

  @Test func refusesNumbersPastTheColumnsRange() throws {
    let data = ([1, 2, 65520] as [Float]).flatMap { bytes(of: $0.bitPattern) }
    let refused = fault { _ = try read(try file(header("<f4", "(3, 1)"), data: data), column(.float16, 1)) }
    #expect(refused?.state == .numericValueOutOfRange)
    #expect(refused?.message.contains("row 2 ") == true)
  }
}
