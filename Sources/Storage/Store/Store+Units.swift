import VSQLSchema

extension Store {
  /// Hands over everything that can be read on the device with the keys that there are: each file's bytes as they lie there, and
  /// the plain content of each sealed unit that opens. What an erasure promises is that nothing of the entity is among them.
  ///
  /// Writes nothing; commits and events must be durable before. For one thread while nobody writes.
  package func units(_ body: (_ path: String, _ what: String, _ content: [UInt8]) -> Void) throws {
    let device = site.device
    for directory in ["", "keys", StateFile.directory, LogFormat.directory, SegmentFormat.directory, "audit"]
    {
      for name in try device.list(directory) {
        let path = directory.isEmpty ? name : "\(directory)/\(name)"
        if let bytes = try? device.readAll(path) { body(path, "file", bytes) }
      }
    }
    let (state, number) = try StateFile.read(ring: site.keys, device: device)
    body(StateFile.path(number), "state", state.encode())
    for name in try device.list(LogFormat.directory) {
      guard let number = LogFormat.number(of: name) else { continue }
      try logUnits(number, state.mainTenant, body)
    }
    for (reader, _) in published.current.segments { try reader.units(body) }
    for (first, count) in chain.files(chain.absorbed.count) {
      let file = try chain.readSalts(first, count)
      let sealer = Sealer()
      for group in file.groups {
        let keys = try file.unwrap(group, chain.ring)
        for (index, entry) in group.entries.enumerated() {
          let texts = try file.open(entry, index, of: group, keys, chain.ring, sealer)
          body(SaltFile.path(first), "texts of event \(entry.sequence)", texts.bytes)
        }
      }
    }
  }

  private func logUnits(
    _ number: UInt64, _ main: TenantID, _ body: (String, String, [UInt8]) -> Void
  ) throws {
    var log = try LogReader(number: number, main: main, ring: site.keys, device: site.device)
    let sealer = Sealer()
    while let frame = try log.next() {
      body(LogFormat.path(number), "log frame", frame.manifest.encode())
      let catalog = published.current.catalog
      for (_, chunks) in try frame.rows(types: { catalog.table($0)?.types }, ring: site.keys, sealer: sealer)
      {
        for chunk in chunks {
          let rows = RowCodec.encode(chunk.columns, count: chunk.count)
          for row in 0..<rows.count {
            body(LogFormat.path(number), "row of the log", Array(rows.bytes[rows.range(row)]))
          }
        }
      }
    }
  }
}
