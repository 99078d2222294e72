internal import VSQLPlanner
internal import VSQLSchema
internal import VSQLStorage

/// SET, RESET and SHOW of settings: the session's own, and its database's memory limit.
extension Session {
  /// - Parameter value: as the setting checked it.
  func change(_ name: String, to value: VSQLSchema.Value) {
    if name == SessionSetting.memoryLimit {
      if case .text(let text) = value, let size = ByteSize(text) {
        database.store.memory.limitBytes = Int(clamping: size.bytes)
      }
    } else {
      settings[name] = value
    }
  }

  /// - Parameter name: `all` for every setting.
  func reset(_ name: String) {
    if name == SessionSetting.memoryLimit || name == "all" { database.store.memory.resetLimit() }
    settings.reset(name == "all" ? nil : name)
  }

  /// The settings as SHOW tells them.
  var shownSettings: SessionSettings {
    var shown = settings
    shown[SessionSetting.memoryLimit] = .text(
      ByteSize(Int64(clamping: database.store.memory.limitBytes)).description)
    return shown
  }
}
