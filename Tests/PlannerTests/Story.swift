/// One record of a story (`Tests/Stories/*.slt`): a statement and what is expected of it.
struct StoryRecord {
  enum Expectation {
    case ok
    /// A pattern of the error; its first five characters are the code, where they look like one.
    case error(String)
    /// Columns of the answer.
    case rows(columns: Int)
  }

  var line: Int
  var sql: String
  var expectation: Expectation
}

/// The records of one story that vsql runs, in order.
func storyRecords(_ text: String) -> [StoryRecord] {
  var records: [StoryRecord] = []
  let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  var index = 0
  while index < lines.count {
    var block: [String] = []
    let start = index
    while index < lines.count, !lines[index].isEmpty {
      block.append(lines[index])
      index += 1
    }
    index += 1
    var offset = 0
    while offset < block.count, block[offset].hasPrefix("#") || block[offset].hasPrefix("onlyif vsql") {
      offset += 1
    }
    guard offset < block.count, !block[offset].hasPrefix("skipif vsql"), !block[offset].hasPrefix("onlyif")
    else { continue }
    let words = block[offset].split(separator: " ", maxSplits: 2).map(String.init)
    let sql = block[(offset + 1)...].prefix { $0 != "----" }.joined(separator: "\n")
    switch (words.first, words.count > 1 ? words[1] : "") {
    case ("statement", "error"):
      records.append(
        StoryRecord(line: start + offset + 1, sql: sql, expectation: .error(words.count > 2 ? words[2] : "")))
    case ("statement", _):
      records.append(StoryRecord(line: start + offset + 1, sql: sql, expectation: .ok))
    case ("query", let types):
      records.append(
        StoryRecord(line: start + offset + 1, sql: sql, expectation: .rows(columns: types.count)))
    default: continue
    }
  }
  return records
}
