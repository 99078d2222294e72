import VSQLSchema

/// The exact place of a sealed unit: its associated data, so that a unit moved to any other place, file, tenant or
/// version does not open.
package struct UnitPlace: Hashable, Sendable {
  package enum Kind: UInt8, Hashable, Sendable {
    case cell = 1
    case directory = 2
    case dekBlock = 3
    case kek = 4
    case ring = 5
    case state = 6
    case walRow = 7
    case walFrame = 8
    case auditSalt = 9
    case entityIndex = 10
    case keyRun = 11
    case walKey = 12
    case valueTables = 13
    case history = 14
    case backup = 15
    case indexRun = 16
    /// A column of a page of rows, in a table that is sealed by page.
    case page = 17
    /// What short texts of a segment's records are compressed with.
    case sharedDictionary = 18
    case keyFilter = 19
    case spill = 20
  }

  package static let formatVersion: UInt8 = 1

  package var database: DatabaseID
  package var tenant: TenantID
  package var table: TableID
  /// The segment, WAL file or audit file; 0 where there is none.
  package var file: UInt64
  package var kind: Kind
  /// The column group; the version of a KEK; the generation of a rewritten file.
  package var group: UInt32
  /// The row's ordinal in its segment, the block's in its file, the frame's in its log.
  package var ordinal: UInt64

  package init(
    database: DatabaseID, tenant: TenantID = TenantID(0), table: TableID = TableID(0), file: UInt64 = 0,
    kind: Kind, group: UInt32 = 0, ordinal: UInt64 = 0
  ) {
    self.database = database
    self.tenant = tenant
    self.table = table
    self.file = file
    self.kind = kind
    self.group = group
    self.ordinal = ordinal
  }

  /// 54 bytes: format version, kind, database (16), tenant, table, file, group, ordinal.
  package var associatedData: [UInt8] {
    var writer = ByteWriter(capacity: 54)
    writer.u8(Self.formatVersion)
    writer.u8(kind.rawValue)
    writer.raw(database.bytes)
    writer.u64(tenant.raw)
    writer.u64(table.raw)
    writer.u64(file)
    writer.u32(group)
    writer.u64(ordinal)
    return writer.bytes
  }
}

/// A database's id: 16 random bytes, drawn once.
package struct DatabaseID: Hashable, Sendable {
  package let bytes: [UInt8]

  package init(bytes: [UInt8]) { self.bytes = bytes }

  /// 32 hexadecimal digits.
  package var hex: String {
    bytes.map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }.joined()
  }
}
