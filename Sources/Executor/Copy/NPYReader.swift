internal import Kernels
import VSQLDiagnostics
import VSQLSchema

/// `FORMAT npy`, and the file of VECTORS: a matrix whose row i is the vector of record i, read in pieces.
package struct NPYReader: CopyReader, ~Copyable {
  private var file: InputFile
  private let header: NPYHeader
  private let shape: VectorShape
  private let columnName: String
  private var piece: [UInt8] = []
  package private(set) var rowCount = 0

  /// - Parameter target: its one column is a vector column.
  /// - Throws: what opening refuses, 22P04 for a file of another form or length, 22000 for another dimension.
  package init(path: String, target: CopyTarget) throws(Diagnostic) {
    var file = try InputFile(path: path)
    (header, shape, columnName) = try NPYReader.readHead(of: &file, for: target)
    self.file = file
  }

  private static func readHead(
    of file: inout InputFile, for target: CopyTarget
  ) throws(Diagnostic) -> (NPYHeader, VectorShape, String) {
    do throws(CopyFault) {
      let (shape, name) = try vectorColumn(of: target)
      let header = try readHeader(&file)
      guard header.dimension == shape.dimension else {
        throw CopyFault(
          .dataException,
          "expected \(shape.dimension) dimensions for column \"\(name)\", found \(header.dimension)")
      }
      return (header, shape, name)
    } catch {
      throw Diagnostic(error.state, "\"\(file.path)\": \(error.message)", hint: error.hint)
    }
  }

  private static func vectorColumn(of target: CopyTarget) throws(CopyFault) -> (VectorShape, String) {
    guard target.columns.count == 1, case .vector(let shape) = target.columns[0].type, shape.element != .bit
    else { throw CopyFault(.datatypeMismatch, "an npy file fills one VECTOR column of floats") }
    return (shape, target.columns[0].name)
  }

  /// Rows of the whole matrix.
  package var totalRows: Int { header.rows }

  package var fraction: Double? { header.rows == 0 ? nil : Double(rowCount) / Double(header.rows) }

  package mutating func next(limit: Int) throws(Diagnostic) -> [Column]? {
    let rows = min(limit, header.rows - rowCount)
    guard rows > 0 else { return nil }
    let width = header.dimension * header.element.byteCount
    piece = [UInt8](repeating: 0, count: rows * width)
    guard try file.read(into: &piece, from: 0) == piece.count else {
      throw Diagnostic(.badCopyFileFormat, "\"\(file.path)\": the file became shorter while it was read")
    }
    let bytes: [UInt8]
    do {
      bytes = try VectorElements.converted(piece, from: header.element, to: shape.element)
    } catch {
      let row = rowCount + error.position / shape.dimension
      throw CopyFault(error.state, error.message).diagnostic(
        file: file.path, at: "row \(row) (counted from 0)", column: columnName)
    }
    rowCount += rows
    return [
      Column(type: .vector(shape), values: .vectors(VectorValues(shape: shape, bytes: bytes)), count: rows)
    ]
  }

  /// Reads the head and checks that the file is exactly as long as it says.
  private static func readHeader(_ file: inout InputFile) throws(CopyFault) -> NPYHeader {
    var bytes = [UInt8](repeating: 0, count: 12)
    let got = try read(&file, into: &bytes, from: 0)
    bytes.removeLast(bytes.count - got)
    // Versions 2 and 3 have four bytes of length, version 1 two; `NPYHeader` checks what it is given in full.
    if got == 12 {
      var length = Int(bytes[8]) | Int(bytes[9]) << 8
      if bytes[6] != 1 { length |= Int(bytes[10]) << 16 | Int(bytes[11]) << 24 }
      let total = (bytes[6] == 1 ? 10 : 12) + min(length, NPYHeader.maxTextBytes)
      if total > 12 {
        bytes.append(contentsOf: repeatElement(0, count: total - 12))
        let more = try read(&file, into: &bytes, from: 12)
        bytes.removeLast(total - 12 - more)
      }
    }
    let header = try NPYHeader(bytes)
    guard header.dataOffset == file.readBytes else {
      throw CopyFault(.badCopyFileFormat, "the npy header is cut short")
    }
    if let size = file.sizeBytes, let expected = header.dataBytes, size - header.dataOffset != expected {
      throw CopyFault(
        .badCopyFileFormat,
        "expected \(expected) bytes for \(header.rows) rows of \(header.dimension) numbers, found \(size - header.dataOffset)"
      )
    }
    return header
  }

  private static func read(
    _ file: inout InputFile, into bytes: inout [UInt8], from offset: Int
  ) throws(CopyFault) -> Int {
    do {
      return try file.read(into: &bytes, from: offset)
    } catch {
      throw CopyFault(error.state, error.message)
    }
  }
}
