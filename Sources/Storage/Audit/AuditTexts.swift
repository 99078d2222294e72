/// The texts of an event and the salts of its commitments: what is sealed beside the chain, under a key of its own.
struct AuditTexts: Hashable, Sendable {
  static let saltBytes = 16

  let resource: String
  let detail: String?
  /// Nil once the event was forgotten: `resource` is then what stands in its place.
  let salts: Salts?

  struct Salts: Hashable, Sendable {
    let resource: [UInt8]
    /// Empty without a detail.
    let detail: [UInt8]
  }

  /// SHA-256(salt ‖ value), of resource and detail; nil once forgotten.
  func commitments(_ digester: Digester) -> (resource: Digest, detail: Digest?)? {
    guard let salts else { return nil }
    return (
      digester.hash(salts.resource + Array(resource.utf8)),
      detail.map { digester.hash(salts.detail + Array($0.utf8)) }
    )
  }

  /// Form (1: 0 forgotten, 1 without detail, 2 with), then salt and counted text of the resource, and of the detail.
  var bytes: [UInt8] {
    var writer = ByteWriter(capacity: 64)
    writer.u8(salts == nil ? 0 : detail == nil ? 1 : 2)
    if let salts { writer.raw(salts.resource) }
    writer.string(resource)
    if let salts, let detail {
      writer.raw(salts.detail)
      writer.string(detail)
    }
    return writer.bytes
  }

  init(resource: String, detail: String?, salts: Salts?) {
    self.resource = resource
    self.detail = detail
    self.salts = salts
  }

  init(from reader: inout ByteReader) throws(StorageError) {
    let form = try reader.u8()
    guard form <= 2 else { throw reader.malformed("an unknown form of an event's texts") }
    let salt = form == 0 ? [] : Array(try reader.raw(Self.saltBytes))
    resource = try reader.string()
    let detailSalt = form == 2 ? Array(try reader.raw(Self.saltBytes)) : []
    detail = form == 2 ? try reader.string() : nil
    salts = form == 0 ? nil : Salts(resource: salt, detail: detailSalt)
  }
}
