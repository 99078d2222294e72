import Testing
import VSQLDiagnostics
import VSQLParser

@Suite struct StatementTests {
  @Test(arguments: [
    "SELECT name, distance FROM packages WHERE section = 'science' APPROX NEAREST 10 BY DISTANCE cosine_distance(embedding, [0.12, 3]) WITH (target_recall = 0.95)",
    "SELECT q.id, d.name, d.distance FROM queries q JOIN packages d EXACT NEAREST 5 BY DISTANCE l2_distance(q.embedding, d.embedding)",
    "SELECT name FROM packages ORDER BY embedding <=> '[0.12]' LIMIT 10",
    "CREATE TABLE t (id INTEGER PRIMARY KEY, patient_id TEXT NOT NULL ENTITY patient, v VECTOR(3, FLOAT16) DEFAULT '[1,2,3]')",
    "INSERT INTO t (a, b) VALUES (1, DEFAULT), (-2, 'x')",
    "COPY t FROM 'rows.jsonl' (FORMAT jsonl, HEADER, DELIMITER ';', NULL '', VECTORS 'v.npy' INTO embedding)",
  ])
  func accepted(text: String) throws {
    _ = try Parser.parseStatement(text)
  }
}
