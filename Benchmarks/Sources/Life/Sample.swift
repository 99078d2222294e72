internal import Foundation

/// What a database takes at one moment.
struct Sample {
  /// Simulated.
  var hour: Double
  var rows: Int
  /// All but the audit chain, which grows with what is done: that is its meaning.
  var files: Int
  var bytes: Int
  var auditFiles: Int
  var auditBytes: Int
  /// Resident, of this process, the model included.
  var residentBytes: Int

  init(hour: Double, rows: Int, database: String) {
    self.hour = hour
    self.rows = rows
    (files, bytes, auditFiles, auditBytes) = (0, 0, 0, 0)
    let paths = FileManager.default.enumerator(atPath: database)
    while let path = paths?.nextObject() as? String {
      // A merge may remove a file between its name and its size.
      guard let facts = try? FileManager.default.attributesOfItem(atPath: "\(database)/\(path)"),
        facts[.type] as? FileAttributeType == .typeRegular
      else { continue }
      let size = facts[.size] as? Int ?? 0
      if path.hasPrefix("audit/") {
        auditFiles += 1
        auditBytes += size
      } else {
        files += 1
        bytes += size
      }
    }
    residentBytes = Self.resident()
  }

  /// Zero where the system does not say.
  private static func resident() -> Int {
    guard let line = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return 0 }
    let fields = line.split(separator: " ")
    return fields.count > 1 ? (Int(fields[1]) ?? 0) * 4_096 : 0
  }
}

extension [Sample] {
  /// The mean of the last third over the mean of the middle third: 1 where a steady state is reached.
  func growth(_ value: (Sample) -> Int) -> Double {
    let third = count / 3
    guard third > 0 else { return 1 }
    func mean(_ part: ArraySlice<Sample>) -> Double {
      part.reduce(0) { $0 + Double(value($1)) } / Double(part.count)
    }
    return mean(self[(2 * third)...]) / Swift.max(1, mean(self[third..<2 * third]))
  }
}
