internal import BareCrypto
internal import Foundation
internal import VSQL

do {
  try measure(in: CommandLine.arguments.dropFirst().first ?? FileManager.default.temporaryDirectory.path)
} catch {
  FileHandle.standardError.write(Data("\(error)\n".utf8))
  exit(1)
}

/// Opens each table's columns from its sealed files, and as many bytes with nothing but OpenSSL and zstd, by turns; prints a JSON object
/// a figure.
nonisolated func measure(in folder: String) throws {
  let scratch = "\(folder)/vsql-opening-\(getpid())"
  try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: scratch) }
  for table in OpeningTable.all {
    let path = "\(scratch)/\(table.name)"
    let stored = try table.fill("\(path).vsql", key: "\(path).key")
    let bare = BareUnits(table, stored)
    var (one, two, plain) = (Samples(), Samples(), Samples())
    for _ in 0..<9 {
      for isConfined in [true, false] {
        guard bare_confine(isConfined ? 1 : 0) == 1 else {
          throw OpeningFailure("this system does not confine a process to a core")
        }
        let sample = try table.opening("\(path).vsql", key: "\(path).key")
        if isConfined { one.append(sample) } else { two.append(sample) }
      }
      _ = bare_confine(1)
      plain.append(try bare.open())
      _ = bare_confine(0)
    }
    let (ours, reference) = (one.processor, plain.processor)
    report(
      "open \(table.rows) rows, \(table.summary): one core", milliseconds: ours, bare: reference,
      ratio: ours / reference, bound: 1.25)
    report(
      "open \(table.rows) rows, \(table.summary): two cores over one", milliseconds: two.wall, bare: one.wall,
      ratio: one.wall / two.wall, bound: 1.8)
  }
}

func report(_ figure: String, milliseconds: Double, bare: Double, ratio: Double, bound: Double) {
  func text(_ number: Double) -> String { String(format: "%.2f", number) }
  print(
    "{\"figure\": \"\(figure)\", \"milliseconds\": \(text(milliseconds)), \"reference\": \(text(bare)), \"ratio\": \(text(ratio)), \"bound\": \(bound)}"
  )
  fflush(nil)
}
