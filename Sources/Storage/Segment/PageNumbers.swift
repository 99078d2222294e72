import VSQLSchema

/// Packed numbers of a page, or their differences.
struct PageNumbers {
  let form: PackedForm
  private let packing: Packing
  private let count: Int
  /// Of differences: the number before the first.
  private let first: Int64?
  /// Where the fields begin in the page.
  private let start: Int

  init(_ form: PageForm, _ content: inout ByteReader, count: Int) throws(StorageError) {
    guard form == .packed || form == .deltas else {
      throw content.malformed("a page of form \(form.rawValue), which this column's type does not have")
    }
    self.form = try PackedForm(from: &content)
    first = form == .deltas ? try content.signedVarint() : nil
    packing = try Packing(from: &content)
    self.count = count
    if first != nil, count == 0 { throw content.malformed("differences of no numbers") }
    let fields = first == nil ? count : count - 1
    start = try content.raw((fields * packing.width + 7) / 8).startIndex
  }

  /// Lengths of strings, which have a packing alone.
  init(lengths content: inout ByteReader, count: Int) throws(StorageError) {
    form = .integer
    first = nil
    packing = try Packing(from: &content)
    self.count = count
    start = try content.raw((count * packing.width + 7) / 8).startIndex
  }

  /// Codes below 2^`width`, as they are.
  init(codes content: inout ByteReader, count: Int, width: Int) throws(StorageError) {
    form = .integer
    first = nil
    packing = Packing(base: 0, step: 1, width: width)
    self.count = count
    start = try content.raw((count * width + 7) / 8).startIndex
  }

  /// Writes the first places of `out`, which has at least as many as there are numbers.
  ///
  /// - Parameter bytes: of the page.
  func unpack(_ bytes: Span<UInt8>, into out: inout MutableSpan<Int64>) {
    guard let first else {
      bytes.numbers(packing, count: count, from: start, into: &out)
      return
    }
    bytes.numbers(packing, count: count - 1, from: start, into: &out)
    var sum = first
    for index in 0..<count - 1 {
      let difference = out[index]
      out[index] = sum
      sum &+= difference
    }
    out[count - 1] = sum
  }
}
