import Foundation
import Testing

/// The main job: the tour on real data, from loading to a verified chain, and a damaged copy that is noticed.
@Suite struct TourTests {
  @Test func tellsItsStory() throws {
    let scratch = try Scratch()
    let tour = try Tool.run(scratch.database() + ["--mode", "jsonl", "-f", "Examples/tour.sql"])
    #expect(tour.status == 0, "\(tour.error)")
    let rows = try tour.output.split(separator: "\n").map {
      try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    #expect(rows.first?["count"] as? Int == 4_000)
    let erased = try #require(rows.filter { $0["records_deleted"] != nil }.last)
    #expect(erased["records_deleted"] as? Int ?? 0 > 0)
    #expect(erased["keys_destroyed"] as? Int == erased["records_deleted"] as? Int)
    let rotated = try #require(rows.first { $0["keys_rewrapped"] != nil })
    #expect(rotated["data_bytes_rewritten"] as? Int == 0)
    #expect(rows.last?["chain_verified"] as? Bool == true)

    let again = try Tool.run(
      scratch.database() + [
        "--mode", "csv", "-c", "SELECT count(*) FROM packages WHERE source = 'vim'; VERIFY AUDIT",
      ])
    #expect(again.status == 0, "\(again.error)")
    #expect(again.output.hasPrefix("count\n0\n"))
  }

  @Test func aTamperedAuditLogIsNoticed() throws {
    let scratch = try Scratch()
    let script = """
      CREATE TABLE t (a INTEGER, who TEXT ENTITY person);
      INSERT INTO t VALUES (1, 'ana'), (2, 'bo');
      SELECT * FROM t;
      ERASE ENTITY 'ana' TYPE person;
      """
    #expect(try Tool.run(scratch.database() + ["-c", script]).status == 0)
    let folder = scratch.url.appending(path: "test.vsql/audit")
    let log = try #require(
      try FileManager.default.contentsOfDirectory(atPath: folder.path).first { $0.hasSuffix(".log") })
    let file = folder.appending(path: log)
    let honest = try Data(contentsOf: file)
    for position in stride(from: 0, to: honest.count, by: max(1, honest.count / 20)) {
      var damaged = honest
      damaged[position] ^= 1
      try damaged.write(to: file)
      let answer = try Tool.run(
        scratch.database() + ["--read-only", "--mode", "jsonl", "-c", "VERIFY AUDIT"])
      #expect(answer.status == 4, "byte \(position): \(answer.error)")
      #expect(answer.output.contains("\"chain_verified\": false"))
      let written = try Tool.run(scratch.database() + ["-c", "INSERT INTO t VALUES (3, 'cy')"])
      #expect(written.status != 0)
    }
    try honest.write(to: file)
    #expect(try Tool.run(scratch.database() + ["-c", "VERIFY AUDIT"]).status == 0)
  }

  /// Rotation wraps keys anew; not a byte of a segment changes.
  @Test func rotationLeavesSegmentsAlone() throws {
    let scratch = try Scratch()
    _ = try Tool.run(
      scratch.database() + ["-c", Self.load, "-c", "SELECT count(*) FROM packages"])
    let segments = scratch.url.appending(path: "test.vsql/segments")
    func contents() throws -> [String: Data] {
      var found: [String: Data] = [:]
      for name in try FileManager.default.contentsOfDirectory(atPath: segments.path)
      where name.hasSuffix(".seg") {
        found[name] = try Data(contentsOf: segments.appending(path: name))
      }
      return found
    }
    let before = try contents()
    #expect(!before.isEmpty)
    let rotated = try Tool.run(scratch.database() + ["--mode", "jsonl", "-c", "ROTATE KEY"])
    #expect(rotated.status == 0, "\(rotated.error)")
    #expect(rotated.output.contains("\"keys_rewrapped\": "))
    #expect(try contents() == before)
    let count = try Tool.run(
      scratch.database() + ["-c", "SELECT count(*) FROM packages WHERE summary <> ''"])
    #expect(count.output == "count\n4000\n", "\(count.error)")
  }

  /// Nothing of what was stored, and no name, stands on disk in the clear.
  @Test func nothingIsPlainOnDisk() throws {
    let scratch = try Scratch()
    let script = """
      CREATE TENANT umbrella_corporation;
      CREATE TABLE confidential_notes (who TEXT ENTITY patient_person, body TEXT, v VECTOR(8));
      INSERT INTO confidential_notes VALUES ('Wilhelmina-Doe', 'plaintext-needle-in-the-hay', [0.71828, 1, 1, 1, 1, 1, 1, 1]);
      """
    #expect(try Tool.run(scratch.database() + ["-c", script]).status == 0)
    let vector: [UInt8] = [Float](repeating: 1, count: 4).flatMap { withUnsafeBytes(of: $0) { Array($0) } }
    let needles =
      ["Wilhelmina", "plaintext-needle", "confidential", "patient_person", "umbrella", "body"]
      .map { Data($0.utf8) } + [Data(vector)]
    let base = scratch.url.appending(path: "test.vsql")
    for name in FileManager.default.enumerator(atPath: base.path)?.compactMap({ $0 as? String }) ?? [] {
      guard let content = try? Data(contentsOf: base.appending(path: name)) else { continue }
      for needle in needles { #expect(content.range(of: needle) == nil, "\(name)") }
    }
  }

  static let load = """
    CREATE TABLE packages (id INTEGER PRIMARY KEY, name TEXT NOT NULL, section TEXT, priority TEXT, architecture TEXT,
      installed_kb INTEGER, download_bytes INTEGER, source TEXT ENTITY source, maintainer_domain TEXT, tags TEXT,
      summary TEXT, embedding VECTOR(384, FLOAT16));
    COPY packages FROM 'Examples/packages/packages.jsonl'
      (FORMAT jsonl, VECTORS 'Examples/packages/vectors.f16.npy' INTO embedding);
    """
}
