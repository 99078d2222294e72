import Testing
import VSQLStorage

/// Published test vectors: NIST's GCM, RFC 5869, 7914, 4231, 6962.
@Suite struct VaultVectorTests {
  struct GCM: Sendable {
    let (key, nonce, data, plain, sealed): (String, String, String, String, String)

    init(_ key: String, _ nonce: String, data: String = "", plain: String, sealed: String) {
      (self.key, self.nonce, self.data, self.plain, self.sealed) = (key, nonce, data, plain, sealed)
    }
  }

  static let zeros = String(repeating: "0", count: 64)
  static let keyOf15 = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"
  static let plainOf16 = """
    d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657\
    ba637b39
    """
  static let cipherOf16 = """
    522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0a\
    bcc9f662
    """

  /// Test cases 13 to 16 of McGrew and Viega's submission: AES-256 with nonces of 96 bits.
  static let gcm = [
    GCM(zeros, "000000000000000000000000", plain: "", sealed: "530f8afbc74536b9a963b4f1c4cb738b"),
    GCM(
      zeros, "000000000000000000000000", plain: "00000000000000000000000000000000",
      sealed: "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"),
    GCM(
      keyOf15, "cafebabefacedbaddecaf888", plain: plainOf16 + "1aafd255",
      sealed: cipherOf16 + "898015ad" + "b094dac5d93471bdec1a502270e3cc6c"),
    GCM(
      keyOf15, "cafebabefacedbaddecaf888", data: "feedfacedeadbeeffeedfacedeadbeefabaddad2", plain: plainOf16,
      sealed: cipherOf16 + "76fc6ece0f4e1768cddf8853bb2d551b"),
  ]

  @Test(arguments: gcm) func sealingMatchesNIST(_ vector: GCM) throws {
    let key = try #require(KeyBox(bytes: hex(vector.key)))
    let nonce = try #require(Nonce(bytes: hex(vector.nonce)))
    #expect(nonce.bytes == hex(vector.nonce))
    let sealer = Sealer()
    // Twice, and between other units: contexts are used again.
    for _ in 0..<2 {
      var sealed: [UInt8] = [1, 2]
      try sealer.seal(
        hex(vector.plain), key: key, nonce: nonce, associatedData: hex(vector.data), appendingTo: &sealed)
      #expect(sealed == [1, 2] + hex(vector.sealed))
      var plain: [UInt8] = [3]
      let opened = sealer.open(
        hex(vector.sealed)[...], key: key, nonce: nonce, associatedData: hex(vector.data), appendingTo: &plain
      )
      #expect(opened)
      #expect(plain == [3] + hex(vector.plain))
    }
    // Every flipped bit is refused, and nothing is handed out.
    for bit in 0..<hex(vector.sealed).count * 8 {
      var flipped = hex(vector.sealed)
      flipped[bit / 8] ^= 1 << UInt8(bit % 8)
      var plain: [UInt8] = []
      let opened = sealer.open(
        flipped[...], key: key, nonce: nonce, associatedData: hex(vector.data), appendingTo: &plain)
      #expect(!opened)
      #expect(plain.isEmpty)
    }
    var plain: [UInt8] = []
    #expect(
      !sealer.open(
        hex(vector.sealed)[...], key: key, nonce: nonce, associatedData: hex(vector.data) + [0],
        appendingTo: &plain))
    #expect(!sealer.open([1, 2, 3], key: key, nonce: nonce, associatedData: [], appendingTo: &plain))
  }

  @Test func sealingMatchesWycheproof() throws {
    let sealer = Sealer()
    var counts = [true: 0, false: 0]
    for line in wycheproofGCM.split(separator: "\n") {
      let fields = line.split(separator: " ").map { $0 == "-" ? "" : String($0) }
      let (key, nonce) = (
        try #require(KeyBox(bytes: hex(fields[1]))), try #require(Nonce(bytes: hex(fields[2])))
      )
      let (data, message, expected) = (hex(fields[3]), hex(fields[4]), hex(fields[5]))
      let isValid = fields[6] == "valid"
      var plain: [UInt8] = []
      let opened = sealer.open(
        expected[...], key: key, nonce: nonce, associatedData: data, appendingTo: &plain)
      #expect(opened == isValid, "test \(fields[0])")
      #expect(plain == (isValid ? message : []), "test \(fields[0])")
      counts[isValid, default: 0] += 1
      var sealed: [UInt8] = []
      try sealer.seal(message, key: key, nonce: nonce, associatedData: data, appendingTo: &sealed)
      #expect((sealed == expected) == isValid, "test \(fields[0])")
    }
    #expect(counts == [true: 39, false: 27])
  }

  @Test func cellsSealAndOpenInPlace() throws {
    let keys = KeyBlock(random: SeededRandomness(1), count: 3)
    var place = AssociatedData(UnitPlace(database: testDatabase, file: 4, kind: .cell, group: 2, ordinal: 77))
    let sealer = Sealer()
    let plain: [UInt8] = Array(0..<100)
    var sealed = [UInt8](repeating: 0, count: 116)
    try plain.withUnsafeBytes { plain in
      try sealed.withUnsafeMutableBytes {
        try sealer.sealCell(plain, keys: keys, index: 1, nonce: .fixed(group: 2), place: place, into: $0)
      }
    }
    func open(_ index: Int, _ group: UInt32) -> [UInt8]? {
      var out = [UInt8](repeating: 9, count: 100)
      let opened = sealed.withUnsafeBytes { sealed in
        out.withUnsafeMutableBytes {
          sealer.openCell(
            sealed, keys: keys, index: index, nonce: .fixed(group: group), place: place, into: $0)
        }
      }
      if !opened { #expect(out.allSatisfy { $0 == (index < 3 ? 0 : 9) }) }
      return opened ? out : nil
    }
    #expect(open(1, 2) == plain)
    #expect(open(0, 2) == nil)
    #expect(open(1, 3) == nil)
    #expect(open(3, 2) == nil)
    place.set(ordinal: 78)
    #expect(open(1, 2) == nil)
    place.set(ordinal: 77)
    place.set(group: 3)
    #expect(open(1, 2) == nil)
    place.set(group: 2)
    #expect(open(1, 2) == plain)
  }

  @Test func patchedPlacesEqualMadeOnes() {
    var place = UnitPlace(database: testDatabase, file: 4, kind: .cell)
    var data = AssociatedData(place)
    (place.group, place.ordinal) = (0x0102_0304, 0x0102_0304_0506_0708)
    data.set(group: place.group)
    data.set(ordinal: place.ordinal)
    #expect(data.bytes == place.associatedData)
  }

  @Test func hkdfMatchesRFC5869() {
    let one = KeyDerivation.hkdf(
      [UInt8](repeating: 0x0b, count: 22), salt: hex("000102030405060708090a0b0c"),
      info: hex("f0f1f2f3f4f5f6f7f8f9"),
      count: 42)
    #expect(
      one == hex("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"))
    let two = KeyDerivation.hkdf(
      Array(0x00...0x4f), salt: Array(0x60...0xaf), info: Array(0xb0...0xff), count: 82)
    #expect(
      two
        == hex(
          """
          b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09da3275600c2f09b8\
          367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87
          """))
    let three = KeyDerivation.hkdf([UInt8](repeating: 0x0b, count: 22), salt: [], info: [], count: 42)
    #expect(
      three == hex("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"))
  }

  @Test func scryptMatchesRFC7914() {
    #expect(
      KeyDerivation.scryptBytes([], salt: [], logN: 4, r: 1, p: 1, count: 64)
        == hex(
          """
          77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628\
          cf35e20c38d18906
          """))
    #expect(
      KeyDerivation.scryptBytes(
        Array("password".utf8), salt: Array("NaCl".utf8), logN: 10, r: 8, p: 16, count: 64)
        == hex(
          """
          fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d\
          8360cbdfa2cc0640
          """))
    // The cost that passphrases use: 32 MiB, which libcrypto's own limit refuses.
    #expect(KeyDerivation.scrypt(Array("word".utf8), salt: [1], logN: 15, r: 8, p: 1) != nil)
  }

  @Test func hmacMatchesRFC4231() {
    #expect(
      KeyDerivation.hmac(Array("Hi There".utf8), rawKey: [UInt8](repeating: 0x0b, count: 20))
        == hex("b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"))
    #expect(
      KeyDerivation.hmac(Array("what do ya want for nothing?".utf8), rawKey: Array("Jefe".utf8))
        == hex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"))
    #expect(
      KeyDerivation.hmac(
        Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
        rawKey: [UInt8](repeating: 0xaa, count: 131))
        == hex("60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"))
  }

  /// The tree of Certificate Transparency's reference implementation.
  @Test func treeMatchesRFC6962() {
    let digester = Digester()
    let inputs = [
      "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    ]
    let roots = [
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
      "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
      "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
      "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
      "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]
    let leaves = inputs.map { digester.leaf(hex($0)[...]) }
    for (count, root) in roots.enumerated() {
      #expect(BlockTree.root(Array(leaves.prefix(count)), digester).hex == root)
    }
  }

  @Test func blockTreesFollowTheirFile() throws {
    let digester = Digester()
    for size in [0, 1, BlockTree.blockBytes, BlockTree.blockBytes + 1, 5 * BlockTree.blockBytes - 3] {
      var bytes = SeededRandomness(UInt64(size)).bytes(size)
      let file = try MemoryDevice(files: ["x": bytes]).open("x", .read)
      var tree = BlockTree(bytes)
      #expect(try BlockTree(hashing: file) == tree)
      #expect(BlockTree(size: size, leaves: tree.leaves, root: tree.root) == tree)
      #expect(BlockTree(size: size + BlockTree.blockBytes, leaves: tree.leaves, root: tree.root) == nil)
      #expect(tree.leaves.count == BlockTree.blockCount(size))
      guard size > 0 else { continue }
      let last = tree.leaves.count - 1
      #expect(tree.verify(block: last, bytes[tree.range(last)], digester))
      #expect(!tree.verify(block: last + 1, [], digester))
      bytes[size - 1] ^= 1
      #expect(!tree.verify(block: last, bytes[tree.range(last)], digester))
      tree.rehash(block: last, bytes[tree.range(last)], digester)
      #expect(tree == BlockTree(bytes))
      #expect(tree.blocks(touching: size - 1..<size) == last..<last + 1)
    }
  }

  @Test func droppedKeysAreGoneAndOthersStay() {
    let block = KeyBlock(random: SeededRandomness(3))
    let less = block.dropping([0, 63, 5]).dropping([5, 7, 99, -1])
    for index in 0..<64 {
      let isGone = [0, 63, 5, 7].contains(index)
      #expect(less.has(index) != isGone)
      #expect(less.withKey(index) { Array($0) } == (isGone ? nil : block.withKey(index) { Array($0) }))
    }
    #expect(!less.has(64))
    #expect(less.dropping(0..<64).isEmpty)
  }
}
