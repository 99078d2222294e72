import VSQLSchema

/// A directory as it is kept, with what single rows ask of it at once.
final class OpenedDirectory: Sendable {
  let directory: SegmentDirectory
  /// By ordinal: the row is erased. Nil: none is.
  let gone: [Bool]?
  /// By column: its group.
  let groups: [Int?]
  /// By column: its place in the layout of records; nil: it is in a group of its own.
  let layoutPlaces: [Int?]

  init(_ directory: SegmentDirectory) {
    self.directory = directory
    var gone: [Bool]?
    if !directory.erased.isEmpty {
      var rows = [Bool](repeating: false, count: directory.rowCount)
      for row in directory.erased { rows[row] = true }
      gone = rows
    }
    self.gone = gone
    groups = directory.types.indices.map { directory.group(of: $0) }
    layoutPlaces = directory.types.indices.map { column in
      guard let group = directory.group(of: column), directory.groups[group].content == .records else {
        return nil
      }
      return directory.layout.columns.firstIndex { $0.column == column }
    }
  }
}
