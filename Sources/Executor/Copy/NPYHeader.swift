import VSQLDiagnostics

/// The head of a `.npy` file (NumPy's NEP 1, versions 1 to 3): what its matrix holds.
struct NPYHeader: Equatable {
  /// A number of the matrix, little-endian.
  enum Element: String, CaseIterable {
    case float16 = "<f2"
    case float32 = "<f4"
    case float64 = "<f8"

    var byteCount: Int {
      switch self {
      case .float16: 2
      case .float32: 4
      case .float64: 8
      }
    }
  }

  var element: Element
  var rows: Int
  var dimension: Int
  /// Where the numbers begin.
  var dataOffset: Int

  /// A header is some 120 bytes; one that claims more than this is not read.
  static let maxTextBytes = 1 << 16
  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// Reads the head that begins `bytes`.
  ///
  /// - Throws: 22P04 that says what was found and expected.
  init(_ bytes: [UInt8]) throws(CopyFault) {
    guard bytes.count >= 10, Array(bytes.prefix(6)) == NPYHeader.magic else {
      throw CopyFault(.badCopyFileFormat, "expected an npy file, which begins with \\x93NUMPY")
    }
    let version = bytes[6]
    guard (1...3).contains(version) else {
      throw CopyFault(.badCopyFileFormat, "expected npy version 1, 2 or 3, found \(version)")
    }
    let textStart = version == 1 ? 10 : 12
    guard bytes.count >= textStart else { throw CopyFault(.badCopyFileFormat, "the npy header is cut short") }
    var length = 0
    for index in (8..<textStart).reversed() { length = length << 8 | Int(bytes[index]) }
    guard length <= NPYHeader.maxTextBytes else {
      throw CopyFault(
        .badCopyFileFormat,
        "the npy header claims \(length) bytes, expected at most \(NPYHeader.maxTextBytes)")
    }
    guard bytes.count >= textStart + length else {
      throw CopyFault(.badCopyFileFormat, "the npy header is cut short")
    }
    dataOffset = textStart + length
    var dictionary = NPYDictionary(Array(bytes[textStart..<dataOffset]))
    let facts = try dictionary.read()
    guard let element = Element(rawValue: facts.descr) else {
      throw CopyFault(
        .badCopyFileFormat,
        "expected numbers of type <f2, <f4 or <f8 (little-endian floats), found \(NPYHeader.shown(facts.descr))",
        hint: "In NumPy: numpy.save(path, matrix.astype('<f4')).")
    }
    guard !facts.isFortranOrder else {
      throw CopyFault(
        .badCopyFileFormat, "the matrix lies in Fortran order, expected C order",
        hint: "In NumPy: numpy.save(path, numpy.ascontiguousarray(matrix)).")
    }
    guard facts.shape.count == 2 else {
      throw CopyFault(
        .badCopyFileFormat,
        "expected a matrix of two dimensions (rows, numbers in a row), found \(facts.shape.count)")
    }
    self.element = element
    rows = facts.shape[0]
    dimension = facts.shape[1]
    guard dataBytes != nil else { throw CopyFault(.badCopyFileFormat, "the matrix's shape is too large") }
  }

  /// Bytes of the whole matrix; nil when that is past what a file can have.
  var dataBytes: Int? {
    let (cells, isOver) = rows.multipliedReportingOverflow(by: dimension)
    let (bytes, isOverToo) = cells.multipliedReportingOverflow(by: element.byteCount)
    return isOver || isOverToo ? nil : bytes
  }

  /// A type of the header for a message: short, and printable.
  private static func shown(_ text: String) -> String {
    "'"
      + String(
        text.unicodeScalars.prefix(20).filter { $0.value >= 0x20 && $0.value < 0x7F }.map(Character.init))
      + "'"
  }
}

/// The Python literal of an npy header: `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`.
struct NPYDictionary {
  struct Facts {
    var descr: String
    var isFortranOrder: Bool
    var shape: [Int]
  }

  private let bytes: [UInt8]
  private var at = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func read() throws(CopyFault) -> Facts {
    var descr: String?
    var isFortranOrder: Bool?
    var shape: [Int]?
    try expect("{")
    while !take("}") {
      switch try string() {
      case "descr":
        try expect(":")
        guard descr == nil else { throw wrong }
        // A structured type is a list: none that a vector can be made of.
        if peek == UInt8(ascii: "[") {
          throw CopyFault(.badCopyFileFormat, "expected plain numbers, found a structured type")
        }
        descr = try string()
      case "fortran_order":
        try expect(":")
        guard isFortranOrder == nil else { throw wrong }
        isFortranOrder = try boolean()
      case "shape":
        try expect(":")
        guard shape == nil else { throw wrong }
        shape = try tuple()
      default: throw wrong
      }
      if !take(",") {
        try expect("}")
        break
      }
    }
    skipSpace()
    guard at == bytes.count, let descr, let isFortranOrder, let shape else { throw wrong }
    return Facts(descr: descr, isFortranOrder: isFortranOrder, shape: shape)
  }

  private var wrong: CopyFault {
    CopyFault(.badCopyFileFormat, "the npy header is not the dictionary of descr, fortran_order and shape")
  }

  private var peek: UInt8? { at < bytes.count ? bytes[at] : nil }

  private mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { at += 1 }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard peek == UInt8(ascii: character) else { return false }
    at += 1
    skipSpace()
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(CopyFault) {
    guard take(character) else { throw wrong }
  }

  private mutating func string() throws(CopyFault) -> String {
    skipSpace()
    guard let quote = peek, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else { throw wrong }
    at += 1
    let start = at
    while let byte = peek, byte != quote, byte != UInt8(ascii: "\\") { at += 1 }
    guard peek == quote else { throw wrong }
    at += 1
    return String(decoding: bytes[start..<at - 1], as: UTF8.self)
  }

  private mutating func boolean() throws(CopyFault) -> Bool {
    skipSpace()
    for (word, value) in [("True", true), ("False", false)] where bytes[at...].starts(with: word.utf8) {
      at += word.utf8.count
      return value
    }
    throw wrong
  }

  private mutating func tuple() throws(CopyFault) -> [Int] {
    try expect("(")
    var numbers: [Int] = []
    while !take(")") {
      guard numbers.count < 32 else { throw wrong }
      numbers.append(try number())
      if !take(",") {
        try expect(")")
        break
      }
    }
    return numbers
  }

  private mutating func number() throws(CopyFault) -> Int {
    var value = 0
    let start = at
    while let byte = peek, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
      let (product, isOver) = value.multipliedReportingOverflow(by: 10)
      let (sum, isOverToo) = product.addingReportingOverflow(Int(byte - UInt8(ascii: "0")))
      guard !isOver, !isOverToo else {
        throw CopyFault(.badCopyFileFormat, "the matrix's shape is too large")
      }
      value = sum
      at += 1
    }
    guard at > start else { throw wrong }
    if peek == UInt8(ascii: "L") { at += 1 }
    return value
  }
}
