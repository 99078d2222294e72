internal import Synchronization

/// One file of a `MemoryDevice`: its bytes, and what the writes since the last sync replaced.
final class MemoryFile: Sendable {
  private enum Undo {
    case bytes([UInt8], offset: Int)
    case size(Int)
  }

  private struct State {
    var bytes: [UInt8]
    var undo: [Undo] = []
  }

  private let state: Mutex<State>

  init(_ bytes: [UInt8]) { state = Mutex(State(bytes: bytes)) }

  var bytes: [UInt8] { state.withLock { $0.bytes } }
  var size: Int { state.withLock { $0.bytes.count } }

  /// The bytes as of the last sync.
  var durableBytes: [UInt8] {
    state.withLock { state in
      var bytes = state.bytes
      for step in state.undo.reversed() {
        switch step {
        case .bytes(let old, let offset): bytes.replaceSubrange(offset..<offset + old.count, with: old)
        case .size(let size): Self.resize(&bytes, size)
        }
      }
      return bytes
    }
  }

  /// The bytes as a crash may leave them: the length, and each sector, as of the last sync or as it is; a sector that
  /// was to be new and did not come is zero.
  func crashedBytes(_ choice: inout SplitMix) -> [UInt8] {
    let (old, new) = (durableBytes, bytes)
    if old == new { return new }
    let sector = [64, 512, 4_096][Int(choice.next() % 3)]
    var left = choice.next() & 1 == 1 ? new : old
    for start in stride(from: 0, to: left.count, by: sector) {
      let isNew = choice.next() & 1 == 1
      for index in start..<min(start + sector, left.count) {
        left[index] = isNew && index < new.count ? new[index] : index < old.count ? old[index] : 0
      }
    }
    return left
  }

  /// Nil when the file ends before.
  func read(_ offset: Int, _ count: Int) -> [UInt8]? {
    state.withLock { state in
      guard count <= state.bytes.count, offset <= state.bytes.count - count else { return nil }
      return Array(state.bytes[offset..<offset + count])
    }
  }

  func write(_ new: [UInt8], _ offset: Int) {
    state.withLock { state in
      let end = offset + new.count
      if end > state.bytes.count {
        state.undo.append(.size(state.bytes.count))
        if offset == state.bytes.count {
          state.bytes.append(contentsOf: new)
          return
        }
        Self.resize(&state.bytes, end)
      }
      state.undo.append(.bytes(Array(state.bytes[offset..<end]), offset: offset))
      state.bytes.replaceSubrange(offset..<end, with: new)
    }
  }

  func resize(_ size: Int) {
    state.withLock { state in
      if size < state.bytes.count {
        // Undone last to first: the bytes return to a file that has its old length again.
        state.undo.append(.bytes(Array(state.bytes[size...]), offset: size))
      }
      state.undo.append(.size(state.bytes.count))
      Self.resize(&state.bytes, size)
    }
  }

  func sync() { state.withLock { $0.undo = [] } }

  func flip(_ offset: Int, _ bit: Int) -> Bool {
    state.withLock { state in
      guard state.bytes.indices.contains(offset) else { return false }
      state.bytes[offset] ^= 1 << UInt8(bit & 7)
      state.undo = []
      return true
    }
  }

  private static func resize(_ bytes: inout [UInt8], _ size: Int) {
    if size < bytes.count {
      bytes.removeLast(bytes.count - size)
    } else {
      bytes.append(contentsOf: repeatElement(0, count: size - bytes.count))
    }
  }
}
