internal import COpenSSL

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// The file that holds a root key, apart from the data: `vsql-root-key-v1 ` and 64 hexadecimal digits, a line. While a root
/// rotation is under way two lines, the new key first. Lines that begin with `#` are remarks; `# database ID` says whose key it is.
enum KeyFile {
  private static let prefix = Array("vsql-root-key-v1 ".utf8)
  private static let remark = UInt8(ascii: "#")
  private static let userPrefix = Array("# database ".utf8)
  private static let limitBytes = 4_096

  /// `named`, or where the database's own key file is.
  ///
  /// - Throws: `.noKey` when neither variable is set.
  static func path(
    _ named: String?, _ database: DatabaseID, _ environment: RootKeySource.Environment
  ) throws(StorageError) -> String {
    if let named { return named }
    let base: String
    if let configuration = environment("XDG_CONFIG_HOME"), configuration.hasPrefix("/") {
      base = configuration
    } else if let home = environment("HOME"), !home.isEmpty {
      base = home + "/.config"
    } else {
      throw .noKey(
        message: "neither XDG_CONFIG_HOME nor HOME says where key files are",
        hint: "Name the key file with --key-file.")
    }
    return base + "/vsql/keys/" + database.hex + ".key"
  }

  static func exists(_ path: String) throws(StorageError) -> Bool {
    if SystemCall.access(path) == 0 { return true }
    if errno == ENOENT || errno == ENOTDIR { return false }
    throw SystemCall.error("look for", path)
  }

  /// The keys of a file, one or two.
  ///
  /// - Throws: `.noKey` when it is absent, others may read it, or it is no key file.
  static func read(_ path: String) throws(StorageError) -> [KeyBox] {
    var bytes = try content(path)
    defer { wipe(&bytes) }
    let keys = parse(bytes)
    if keys.isEmpty {
      throw .noKey(
        message: "\"\(path)\" is no key file",
        hint: "Its line is: vsql-root-key-v1 and 64 hexadecimal digits.")
    }
    return keys
  }

  /// The databases that the file's remarks name, as hexadecimal ids; a file made by hand may name none.
  static func users(_ path: String) throws(StorageError) -> [String] {
    var bytes = try content(path)
    defer { wipe(&bytes) }
    return bytes.split(separator: UInt8(ascii: "\n")).filter { $0.starts(with: userPrefix) }.map {
      String(decoding: $0.dropFirst(userPrefix.count), as: UTF8.self)
    }
  }

  private static func content(_ path: String) throws(StorageError) -> [UInt8] {
    let descriptor = SystemCall.open(path, O_RDONLY | O_CLOEXEC, 0)
    guard descriptor >= 0 else {
      if errno == ENOENT || errno == ENOTDIR {
        throw .noKey(
          message: "key file \"\(path)\" does not exist",
          hint: "Name the database's key file with --key-file.")
      }
      throw SystemCall.error("open", path)
    }
    defer { SystemCall.close(descriptor) }
    guard let mode = SystemCall.permissions(descriptor) else { throw SystemCall.error("look at", path) }
    guard mode & 0o077 == 0 else {
      throw .noKey(
        message: "key file \"\(path)\" can be read by others (mode \(String(mode, radix: 8)))",
        hint: "Run: chmod 600 '\(path)'")
    }
    guard let bytes = SystemCall.readToEnd(descriptor, limit: limitBytes) else {
      throw SystemCall.error("read", path)
    }
    return bytes
  }

  /// The keys that an open descriptor gives: 32 bytes, or one or two lines of 64 hexadecimal digits or of a key file.
  static func read(_ descriptor: Int32) throws(StorageError) -> [KeyBox] {
    guard var bytes = SystemCall.readToEnd(descriptor, limit: limitBytes) else {
      throw SystemCall.error("read", "descriptor \(descriptor)")
    }
    defer { wipe(&bytes) }
    if bytes.count == KeyBox.byteCount { return KeyBox(bytes: bytes).map { [$0] } ?? [] }
    let keys = parse(bytes)
    if !keys.isEmpty { return keys }
    let lines = bytes.split(separator: UInt8(ascii: "\n"))
    let plain = lines.compactMap(digits)
    if plain.count == lines.count, (1...2).contains(plain.count) { return plain }
    throw .noKey(
      message: "descriptor \(descriptor) gives no key, but \(bytes.count) bytes",
      hint: "It must give 32 bytes or 64 hexadecimal digits.")
  }

  /// Makes the file as `write` does, unless it is there by now. False: it is, and another process's key stands in it.
  static func create(
    _ path: String, _ key: KeyBox, of database: DatabaseID, _ randomness: any Randomness
  ) throws(StorageError) -> Bool {
    // Others, of this process or another, may be making it too.
    let beside = path + "." + Hex.text(randomness.bytes(8))
    try write(beside, [key], users: [database.hex])
    defer { _ = SystemCall.unlink(beside) }
    if SystemCall.link(beside, path) == 0 {
      try FileDevice(directory: directory(of: path)).syncDirectory("")
      return true
    }
    if errno == EEXIST { return false }
    // A file system without hard links.
    if try exists(path) { return false }
    if SystemCall.rename(beside, path) != 0 { throw SystemCall.error("rename", beside) }
    try FileDevice(directory: directory(of: path)).syncDirectory("")
    return true
  }

  private static func directory(of path: String) -> String {
    let directory = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(
      separator: "/")
    return directory.isEmpty ? path.hasPrefix("/") ? "/" : "." : directory
  }

  /// Replaces the file, mode 0600, making its directories 0700; durable on return.
  ///
  /// - Parameter users: hexadecimal ids of the databases whose key it is.
  static func write(_ path: String, _ keys: [KeyBox], users: [String]) throws(StorageError) {
    let directory = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(
      separator: "/")
    try makeDirectories(directory)
    let beside = path + ".new"
    if SystemCall.unlink(beside) != 0, errno != ENOENT { throw SystemCall.error("remove", beside) }
    let descriptor = SystemCall.open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw SystemCall.error("make", beside) }
    defer { SystemCall.close(descriptor) }
    var text: [UInt8] = []
    // Grown, it would leave copies behind that nobody wipes.
    text.reserveCapacity(
      keys.count * (prefix.count + 65) + users.reduce(0) { $0 + userPrefix.count + $1.utf8.count + 1 })
    defer { wipe(&text) }
    let alphabet = Array("0123456789abcdef".utf8)
    for key in keys {
      text += prefix
      unsafe key.withBytes { bytes in
        unsafe bytes.forEach { byte in text += [alphabet[Int(byte >> 4)], alphabet[Int(byte & 15)]] }
      }
      text.append(UInt8(ascii: "\n"))
    }
    for user in users { text += userPrefix + user.utf8 + [UInt8(ascii: "\n")] }
    if SystemCall.write(descriptor, text, offset: 0) != 0 { throw SystemCall.error("write", beside) }
    if SystemCall.sync(descriptor, dataOnly: false) != 0 { throw SystemCall.error("sync", beside) }
    if SystemCall.rename(beside, path) != 0 { throw SystemCall.error("rename", beside) }
    try FileDevice(directory: Self.directory(of: path)).syncDirectory("")
  }

  private static func makeDirectories(_ directory: String) throws(StorageError) {
    if directory.isEmpty || SystemCall.access(directory) == 0 { return }
    let parent = directory.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(
      separator: "/")
    if parent != directory { try makeDirectories(parent) }
    try FileDevice.makeDirectory(directory)
  }

  /// The keys of a key file's lines; empty when any line is something else.
  private static func parse(_ bytes: [UInt8]) -> [KeyBox] {
    var keys: [KeyBox] = []
    for line in bytes.split(separator: UInt8(ascii: "\n")) where line.first != remark {
      guard line.starts(with: prefix), let key = digits(line.dropFirst(prefix.count)), keys.count < 2 else {
        return []
      }
      keys.append(key)
    }
    return keys
  }

  /// A key of 64 hexadecimal digits and perhaps the end of a line.
  private static func digits(_ text: ArraySlice<UInt8>) -> KeyBox? {
    var text = text
    while let last = text.last, last == UInt8(ascii: "\n") || last == UInt8(ascii: "\r") { text.removeLast() }
    guard text.count == 64, var bytes = Hex.bytes(text) else { return nil }
    defer { wipe(&bytes) }
    return KeyBox(bytes: bytes)
  }

  private static func wipe(_ bytes: inout [UInt8]) {
    unsafe bytes.withUnsafeMutableBytes { buffer in unsafe OPENSSL_cleanse(buffer.baseAddress, buffer.count) }
  }
}
