import VSQLSchema

extension QueryVector {
  /// The ranking values of the selected rows of a vector column, each at its row's place in `out`; NaN where the row is NULL.
  ///
  /// Runs of neighbouring rows go through the kernel together, so that a filter costs nothing but the rows that it leaves.
  func rank(
    _ values: VectorValues, of column: Column, selection: [UInt16]?, into out: inout [Double]
  ) {
    if column.isConstant {
      rank(values, rows: 0..<1, at: 0, into: &out)
      let value = column.isNull(0) ? .nan : out[0]
      for row in 0..<column.count { out[row] = value }
      return
    }
    if let selection {
      var start = 0
      while start < selection.count {
        var end = start + 1
        while end < selection.count, selection[end] == selection[end - 1] + 1 { end += 1 }
        let first = Int(selection[start])
        rank(values, rows: first..<first + (end - start), at: first, into: &out)
        start = end
      }
    } else {
      rank(values, rows: 0..<column.count, at: 0, into: &out)
    }
    if let validity = column.validity {
      for row in 0..<column.count where !validity[row] { out[row] = .nan }
    }
  }
}
