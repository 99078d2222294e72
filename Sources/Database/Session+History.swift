internal import VSQLStorage

/// What a person typed, for the next conversation: sealed in the database, no plainer than its records.
extension Session {
  /// What was typed into conversations with this database, oldest first. ERASE ENTITY and ROTATE KEY ROOT begin it anew, as it may
  /// name anybody.
  ///
  /// - Throws: XX001 when its file is damaged; the next statement begins it anew.
  public func typedHistory() throws(VSQLError) -> [String] { try atTheEdge { try database.store.history() } }

  /// Keeps what was typed. A read-only session keeps nothing.
  ///
  /// - Returns: false: it carries a secret, and is kept nowhere; the caller must not keep it either.
  @discardableResult
  public func rememberTyped(_ text: String) throws(VSQLError) -> Bool {
    if carriesSecret(text) { return false }
    try atTheEdge { try database.store.remember(text) }
    return true
  }
}

/// Whether a text speaks of a password, a token, or a key's own digits.
private func carriesSecret(_ text: String) -> Bool {
  let secrets: Set<String> = ["password", "passphrase", "secret", "token"]
  let words = text.split { !($0.isLetter || $0.isNumber || $0 == "_") }
  return words.contains { word in
    secrets.contains(word.lowercased()) || (word.utf8.count == 64 && word.allSatisfy(\.isHexDigit))
  }
}
