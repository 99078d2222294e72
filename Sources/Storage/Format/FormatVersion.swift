/// A version of the bytes on disk. Every version ever released is read; what is written is of the newest.
///
/// The header says which version an engine must know to open the database. Each file that differs between versions says
/// its own beside it, so that one that was written by an earlier engine stays as it is until it is replaced.
package enum FormatVersion: UInt16, Hashable, Comparable, Sendable, CaseIterable {
  case first = 1
  case second = 2

  package static let current = FormatVersion.second

  package static func < (left: FormatVersion, right: FormatVersion) -> Bool { left.rawValue < right.rawValue }

  /// Seven letters and the version's digit: how a file begins.
  func magic(_ letters: StaticString) -> [UInt8] {
    letters.withUTF8Buffer { unsafe Array($0) } + Array(String(rawValue).utf8)
  }

  /// The version that a magic says; nil: it is none of these letters.
  init?(magic: ArraySlice<UInt8>, _ letters: StaticString) {
    guard let version = Self.allCases.first(where: { magic.elementsEqual($0.magic(letters)) }) else {
      return nil
    }
    self = version
  }

  /// What a unit's place names as its group in files that differ between versions, so that none is read as of another.
  var group: UInt32 { self == .first ? 0 : UInt32(rawValue) }
}
