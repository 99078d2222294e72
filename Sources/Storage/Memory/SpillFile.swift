import VSQLSchema

/// What a statement puts out of memory: sealed frames in a file without a name inside the database directory, gone when the
/// last reference goes or the process dies. Used by one thread at a time.
///
/// The key is drawn for the file, lies in locked memory and is never written, so that nobody can read what a crash may leave of
/// the file's blocks. Each frame is one AES-256-GCM unit; its nonce counts the frames, its associated data names file and frame.
package final class SpillFile {
  /// Where a frame lies.
  package struct Frame: Sendable {
    let number: UInt32
    let offset: Int
    /// Sealed.
    package let sizeBytes: Int
  }

  private let file: any DeviceFile
  private let place: UnitPlace
  private let key: KeyBox
  private let sealer = Sealer()
  private var frames: UInt32 = 0
  /// Written so far.
  package private(set) var sizeBytes = 0

  /// - Throws: 58030 when the system makes no file, as on a device that is read-only.
  init(_ site: SegmentSite) throws(StorageError) {
    let randomness = site.keys.randomness
    let id = SegmentID(randomness.id())
    // Among the segments, where an opening removes what a crash left between the two calls.
    let path = "\(SegmentFormat.directory)/\(id.hex).spill"
    file = try site.device.open(path, .create)
    try site.device.remove(path)
    key = KeyBox(random: randomness)
    place = UnitPlace(database: site.keys.database, file: id.raw, kind: .spill)
  }

  /// Seals `content` behind what was written before.
  package func append(_ content: [UInt8]) throws(StorageError) -> Frame {
    guard frames < .max else { throw .limit(what: "a spill file has 4,294,967,295 frames") }
    var sealed: [UInt8] = []
    sealed.reserveCapacity(content.count + Sealer.tagBytes)
    try sealer.seal(
      content, key: key, nonce: .fixed(group: frames), associatedData: associatedData(frames),
      appendingTo: &sealed)
    try file.write(sealed, at: sizeBytes)
    let frame = Frame(number: frames, offset: sizeBytes, sizeBytes: sealed.count)
    frames += 1
    sizeBytes += sealed.count
    return frame
  }

  /// - Throws: `.unauthentic` when the frame is not as it was written.
  package func read(_ frame: Frame) throws(StorageError) -> [UInt8] {
    let sealed = try file.read(at: frame.offset, count: frame.sizeBytes)
    var content: [UInt8] = []
    content.reserveCapacity(max(0, sealed.count - Sealer.tagBytes))
    guard
      sealer.open(
        sealed[...], key: key, nonce: .fixed(group: frame.number),
        associatedData: associatedData(frame.number), appendingTo: &content)
    else { throw .unauthentic(path: file.path, offset: frame.offset, what: "spilled rows") }
    return content
  }

  private func associatedData(_ frame: UInt32) -> [UInt8] {
    var place = place
    place.ordinal = UInt64(frame)
    return place.associatedData
  }
}

extension Store {
  /// A new spill file; each statement has its own.
  package func makeSpillFile() throws(StorageError) -> SpillFile { try SpillFile(site) }
}
