import VSQLSchema

/// Events that follow each other in the chain, as its files will have them: those of one append, or of one frame of the log.
struct AuditRun: Sendable {
  /// The first event's sequence.
  let first: UInt64
  /// Of the last event.
  private(set) var atMicroseconds: Int64
  /// The lines, one after the other, and where each ends.
  private(set) var lines: [UInt8]
  private(set) var lineEnds: [Int]
  /// The texts (`AuditTexts.bytes`), one after the other, and where each ends.
  private(set) var texts: [UInt8]
  private(set) var textEnds: [Int]
  private(set) var tenants: [TenantID]
  /// The chain's after the last event.
  private(set) var head: Digest

  init(
    first: UInt64, atMicroseconds: Int64, lines: [UInt8] = [], lineEnds: [Int] = [], texts: [UInt8] = [],
    textEnds: [Int] = [], tenants: [TenantID] = [], head: Digest
  ) {
    self.first = first
    self.atMicroseconds = atMicroseconds
    self.lines = lines
    self.lineEnds = lineEnds
    self.texts = texts
    self.textEnds = textEnds
    self.tenants = tenants
    self.head = head
  }

  var count: Int { lineEnds.count }
  /// The last event's sequence.
  var last: UInt64 { first + UInt64(count) - 1 }

  /// Event `index` of the run, from 0.
  func line(_ index: Int) -> ArraySlice<UInt8> {
    lines[(index == 0 ? 0 : lineEnds[index - 1])..<lineEnds[index]]
  }

  func text(_ index: Int) -> ArraySlice<UInt8> {
    texts[(index == 0 ? 0 : textEnds[index - 1])..<textEnds[index]]
  }

  /// The chain hash that event `index` follows: its line names it last.
  func previous(_ index: Int) -> Digest? { Digest(hex: line(index).dropLast().suffix(2 * Digest.byteCount)) }

  /// The chain hash after the first `count` events, at least one.
  func head(after count: Int) -> Digest { count == self.count ? head : previous(count) ?? head }

  /// 32 digits an event.
  var eventIDs: [String] {
    (0..<count).map { index in
      let line = line(index)
      let start = (line.firstIndex(of: AuditLine.tab) ?? line.startIndex) + 1
      return String(decoding: line[start..<min(start + 32, line.endIndex)], as: UTF8.self)
    }
  }

  /// The same with one event more, which follows `head`.
  mutating func append(_ line: AuditLine, _ bytes: ArraySlice<UInt8>, texts: ArraySlice<UInt8>, head: Digest)
  {
    lines += bytes
    lineEnds.append(lines.count)
    self.texts += texts
    textEnds.append(self.texts.count)
    tenants.append(line.tenant)
    atMicroseconds = line.atMicroseconds
    self.head = head
  }

  /// The first `count` events, at least one.
  func prefix(_ count: Int) -> AuditRun {
    if count >= self.count { return self }
    return AuditRun(
      first: first, atMicroseconds: atMicroseconds, lines: Array(lines[..<lineEnds[count - 1]]),
      lineEnds: Array(lineEnds[..<count]), texts: Array(texts[..<textEnds[count - 1]]),
      textEnds: Array(textEnds[..<count]), tenants: Array(tenants[..<count]), head: head(after: count))
  }

  /// Without the first `count` events, some of which stay.
  func dropFirst(_ count: Int) -> AuditRun {
    if count <= 0 { return self }
    let (line, text) = (lineEnds[count - 1], textEnds[count - 1])
    return AuditRun(
      first: first + UInt64(count), atMicroseconds: atMicroseconds, lines: Array(lines[line...]),
      lineEnds: lineEnds[count...].map { $0 - line }, texts: Array(texts[text...]),
      textEnds: textEnds[count...].map { $0 - text }, tenants: Array(tenants[count...]), head: head)
  }
}

/// What an event says, as it is handed on: at each run of a prepared statement the same one.
package final class AuditAct: Sendable {
  package let event: AuditEvent

  package init(_ event: AuditEvent) { self.event = event }
}

/// Events to be recorded, each by what it says besides its id, salts and place: few events of a transaction differ in that.
struct AuditActs: Sendable {
  private(set) var list: [AuditAct] = []
  /// By event: its place in `list`.
  private(set) var places: [Int] = []

  init() {}

  init(_ events: [AuditEvent]) {
    places.reserveCapacity(events.count)
    for event in events { append(event) }
  }

  /// Events.
  var count: Int { places.count }
  var isEmpty: Bool { places.isEmpty }
  var events: [AuditEvent] { places.map { list[$0].event } }

  mutating func append(_ event: AuditEvent) { append(AuditAct(event)) }

  mutating func append(_ act: AuditAct) {
    // A statement's intent and outcome come by turns.
    var place = list.count
    while place > max(0, list.count - 2) {
      place -= 1
      if list[place] === act {
        places.append(place)
        return
      }
    }
    if let place = list.suffix(Self.looksBack).lastIndex(where: { $0.event == act.event }) {
      places.append(place)
    } else {
      places.append(list.count)
      list.append(act)
    }
  }

  mutating func append(contentsOf other: AuditActs) {
    if isEmpty {
      self = other
    } else {
      places += other.places.map { list.count + $0 }
      list += other.list
    }
  }

  struct Mark: Sendable {
    fileprivate let events: Int
    fileprivate let acts: Int
  }

  var mark: Mark { Mark(events: places.count, acts: list.count) }

  /// Takes back what came since the mark.
  mutating func rollback(to mark: Mark) {
    places.removeLast(max(0, places.count - mark.events))
    list.removeLast(max(0, list.count - mark.acts))
  }

  init(list: [AuditEvent], places: [Int]) {
    self.list = list.map { AuditAct($0) }
    self.places = places
  }

  /// Random bytes that event `index` takes: its id and its salts.
  func randomBytes(_ index: Int) -> Int {
    16 + (list[places[index]].event.detail == nil ? 1 : 2) * AuditTexts.saltBytes
  }

  var randomBytes: Int { places.indices.reduce(0) { $0 + randomBytes($1) } }

  /// Statements by turns are told of so few tables that a longer search would find no more.
  private static let looksBack = 16
}
