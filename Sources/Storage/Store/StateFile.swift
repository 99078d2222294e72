import VSQLSchema

/// The state's files: `state/N.state`, of which the highest N counts. Magic (8), number (8), nonce (12), sealed content, tag (16).
enum StateFile {
  static let directory = "state"
  static let letters: StaticString = "vsqlSTA"
  static let headerBytes = 16

  static func path(_ number: UInt64) -> String { "\(directory)/\(SegmentID(number).hex).state" }

  /// The numbers of the files there are, ascending; what an interrupted write left is not among them.
  static func numbers(_ device: any Device) throws(StorageError) -> [UInt64] {
    var numbers: [UInt64] = []
    for name in try device.list(directory) where name.hasSuffix(".state") {
      guard let number = UInt64(name.dropLast(6), radix: 16), path(number) == "\(directory)/\(name)" else {
        throw .malformed(path: "\(directory)/\(name)", offset: 0, what: "a name that is no number")
      }
      numbers.append(number)
    }
    return numbers.sorted()
  }

  /// Writes a state beside the former ones, durable on return; then removes those.
  static func write(
    _ state: StoreState, number: UInt64, ring: KeyRing, device: any Device
  ) throws(StorageError) {
    let sealed = try Sealer().sealWithNonce(
      state.encode(), key: ring.key(for: .state), randomness: ring.randomness,
      associatedData: place(ring.database, number, .current).associatedData)
    var writer = ByteWriter(capacity: headerBytes + sealed.count)
    writer.raw(FormatVersion.current.magic(letters))
    writer.u64(number)
    writer.raw(sealed)
    try device.replace(path(number), with: writer.bytes)
    ring.note(state: number)
    try removeFormer(number, device)
  }

  /// Removes every file of `state/` but the one of `number`.
  static func removeFormer(_ number: UInt64, _ device: any Device) throws(StorageError) {
    var isChanged = false
    for name in try device.list(directory) where "\(directory)/\(name)" != path(number) {
      try device.remove("\(directory)/\(name)")
      isChanged = true
    }
    if isChanged { try device.syncDirectory(directory) }
  }

  /// The newest state.
  ///
  /// A newest file that does not open is damage and no reason to take an older one, which would undo commits silently; nor is
  /// one taken that is older than the ring knows.
  static func read(ring: KeyRing, device: any Device) throws(StorageError) -> (
    state: StoreState, number: UInt64
  ) {
    guard let number = try numbers(device).last else { throw .missing(path: "\(directory)/") }
    let path = path(number)
    let bytes = try device.readAll(path)
    var reader = ByteReader(bytes, path: path)
    guard let format = FormatVersion(magic: try reader.raw(8), letters) else {
      throw .malformed(path: path, offset: 0, what: "not the magic of a state")
    }
    guard try reader.u64() == number else {
      throw .malformed(path: path, offset: 8, what: "the number of another state")
    }
    guard number >= ring.leastState else {
      throw .malformed(
        path: path, offset: 8,
        what: "an older state (\(number)) than the ring of slot keys knows (\(ring.leastState))")
    }
    let sealed = bytes[headerBytes...]
    // During a root rotation the state may still be sealed under the former root key.
    for key in [ring.key(for: .state)] + (ring.previousKey(for: .state).map { [$0] } ?? []) {
      if let plain = Sealer().openWithNonce(
        sealed, key: key, associatedData: place(ring.database, number, format).associatedData)
      {
        return (try StoreState(plain, path: path, offset: headerBytes, format: format), number)
      }
    }
    throw .unauthentic(path: path, offset: headerBytes, what: "state")
  }

  private static func place(_ database: DatabaseID, _ number: UInt64, _ format: FormatVersion) -> UnitPlace {
    UnitPlace(database: database, file: number, kind: .state, group: format.group)
  }
}
