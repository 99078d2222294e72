import VSQLDiagnostics
import VSQLPlanner
import VSQLSchema

/// Groups by hash, in the order in which they first appear; without keys one group, over no rows too.
final class AggregateSource: BatchSource {
  private let input: any BatchSource
  private let keys: [CompiledScalar]
  private var calls: [CallState]
  private let run: Run
  private let encoder: KeyEncoder
  private var table: KeyTable
  /// The keys of each group, one row a group.
  private var groupKeys: RowStack
  private var output: BatchList?

  init(_ aggregate: Aggregate, input: any BatchSource, run: Run) throws {
    self.input = input
    self.run = run
    keys = try aggregate.keys.map { scalar throws(Diagnostic) in try run.compile(scalar) }
    calls = try aggregate.calls.map { call throws(Diagnostic) in try CallState(call, run: run) }
    encoder = KeyEncoder(partCount: keys.count)
    table = KeyTable(seed: run.hashSeed)
    groupKeys = RowStack(types: aggregate.keys.map(\.type))
  }

  func next() throws -> Batch? {
    if let output { return output.next() }
    while let batch = try input.next() {
      try run.check()
      let groups = try groups(of: batch)
      for index in calls.indices { try calls[index].update(batch, groups, groupCount: groupCount) }
    }
    try run.check()
    var columns = groupKeys.finish()
    for call in calls { columns.append(try call.accumulator.finish(groupCount: groupCount)) }
    let list = BatchList(Batch.pieces(of: columns, count: groupCount))
    output = list
    return list.next()
  }

  private var groupCount: Int { keys.isEmpty ? 1 : table.count }

  /// The group of each selected row of `batch`; new groups are numbered in order.
  private func groups(of batch: Batch) throws(Diagnostic) -> [Int32] {
    if keys.isEmpty { return Array(repeating: 0, count: batch.selectedCount) }
    var columns: [Column] = []
    for key in keys { columns.append(try key.evaluate(batch)) }
    let rowKeys = try encoder.encode(columns, count: batch.count, selection: batch.selection)
    var first = table.count
    let groups = try table.insert(rowKeys)
    guard table.count > first else { return groups }
    var fresh: [UInt16] = []
    for (index, group) in groups.enumerated() where Int(group) == first {
      fresh.append(batch.selection?[index] ?? UInt16(truncatingIfNeeded: index))
      first += 1
    }
    try groupKeys.append(Batch(columns: columns, count: batch.count, selection: fresh))
    return groups
  }
}

/// One aggregate call: its arguments, its FILTER, the values that DISTINCT has seen.
private struct CallState {
  let accumulator: any Accumulator
  private let arguments: [CompiledScalar]
  private let filter: CompiledPredicate?
  /// Keys of (group, arguments) that were taken in.
  private var seen: KeyTable?

  init(_ call: AggregateCall, run: Run) throws(Diagnostic) {
    accumulator = try Accumulators.make(for: call)
    var arguments: [CompiledScalar] = []
    for argument in call.arguments { arguments.append(try run.compile(argument)) }
    self.arguments = arguments
    if let scalar = call.filter { filter = try run.compile(predicate: scalar) } else { filter = nil }
    seen = call.isDistinct && !call.arguments.isEmpty ? KeyTable(seed: run.hashSeed) : nil
  }

  /// - Parameter groups: one a selected row.
  mutating func update(_ batch: Batch, _ groups: [Int32], groupCount: Int) throws(Diagnostic) {
    var batch = batch
    var groups = groups
    if let filter, let rows = try filter.select(batch) {
      groups = CallState.groups(groups, of: batch, at: rows)
      batch.selection = rows
    }
    var columns: [Column] = []
    for argument in arguments { columns.append(try argument.evaluate(batch).flat(batch.selection)) }
    if seen != nil { try dropSeen(&columns, &groups) }
    try accumulator.update(groups, groupCount: groupCount, columns)
  }

  private static func groups(_ groups: [Int32], of batch: Batch, at rows: [UInt16]) -> [Int32] {
    guard let selection = batch.selection else { return rows.map { groups[Int($0)] } }
    // Both lists ascend, and every row of `rows` is in the selection.
    var kept: [Int32] = []
    kept.reserveCapacity(rows.count)
    var at = 0
    for row in rows {
      while selection[at] != row { at += 1 }
      kept.append(groups[at])
    }
    return kept
  }

  private mutating func dropSeen(_ columns: inout [Column], _ groups: inout [Int32]) throws(Diagnostic) {
    let group = Column(type: .date, values: .int32s(groups), count: groups.count)
    let keys = try KeyEncoder(partCount: columns.count + 1).encode([group] + columns, count: groups.count)
    var next = seen?.count ?? 0
    var fresh: [Int32] = []
    for (row, number) in (try seen?.insert(keys) ?? []).enumerated() where Int(number) == next {
      fresh.append(Int32(truncatingIfNeeded: row))
      next += 1
    }
    for index in columns.indices { columns[index] = Columns.gather(columns[index], positions: fresh) }
    groups = fresh.map { groups[Int($0)] }
  }
}
