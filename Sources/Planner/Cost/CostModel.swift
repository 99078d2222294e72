/// Prices, in nanoseconds of one core. Every price of the planner stands here and nowhere else.
///
/// "Measured" is by `swift.md`'s method on the machine it names (Debian 12, x86-64 with AVX-512, best of two
/// to four runs); "guess" is what `engine.md` begins with until calibration replaces it.
package enum CostModel {
  // Opening what lies sealed.
  /// A sealed unit: its cipher and call path. Measured: 0.66 to 0.82 µs for 64 to 256 bytes.
  package static let openUnit = 650.0
  /// A byte of a sealed unit: AES-256-GCM at 4 GB/s. Measured.
  package static let openByte = 0.25
  /// A data key unwrapped, its wrapping key kept; keys lie 64 to a unit. Measured: 0.41 to 0.55 µs a unit.
  package static let unwrapKey = 410.0 / 64
  /// Rows of a page, in a table that is sealed by page: a unit for each column. As the store has them.
  package static let pageRows = 1_024.0
  /// A byte of a page: AES-256-GCM, and what its form takes to unpack, half of it zstd at 0.7 GB/s. Guess.
  package static let pageByte = 0.9
  /// The memory that opened columns may stay in. What a table has beyond it counts as cold.
  package static let openMemoryBytes = 1_073_741_824.0

  // Looking rows up.
  /// One key or range in the sorted runs of a table. Guess.
  package static let indexProbe = 500.0
  /// A row that an index found, its cell opened by itself and decoded: what single cells cost besides `openUnit`. Guess.
  package static let indexRow = 900.0

  // Changing rows.
  /// A record sealed under a key of its own, and the key wrapped. Measured: 1.0 to 1.4 µs and 0.46 to 0.50 µs.
  package static let sealRecord = 1_700.0
  /// A row marked as deleted. Guess.
  package static let deleteRow = 100.0

  // Work on opened batches.
  /// A batch through an operator: dispatch, and its arrays. Guess.
  package static let batch = 400.0
  /// Handing on a column of one row. Guess.
  package static let gatherValue = 1.5
  /// One kernel step over one value: a comparison, an addition. Measured: 0.6 ns for filter and sum in C, 0.9
  /// to 1.25 times that in Swift.
  package static let kernelValue = 0.5
  /// A step over one text. Guess.
  package static let kernelText = 20.0
  /// LIKE over one text. Guess.
  package static let likeText = 60.0
  /// A distance: its call, each dimension of floats, each byte that comes from memory. Measured with AVX2
  /// over 62,666 rows of 384 dimensions, best of 15: 82 ns a row of FLOAT16, 133 ns of FLOAT32; 16
  /// dimensions: 6.2 ns.
  package static let distanceCall = 3.0
  package static let distanceDimension = 0.075
  package static let distanceByte = 0.066
  /// A row offered to the heap of the nearest or of a top k. Guess.
  package static let heapRow = 2.0

  // Tables of keys.
  /// Hashing the keys of one row. Guess.
  package static let hashRow = 1.5
  /// Putting one row into a build table. Guess.
  package static let buildRow = 12.0
  /// Looking one row up, the table in the cache and in memory. Guess.
  package static let probeCache = 4.0
  package static let probeMemory = 25.0
  /// Rows of a build table that the cache still holds. Guess.
  package static let cachedRows = 100_000.0
  /// One aggregate of one row. Guess.
  package static let groupUpdate = 5.0
  /// A comparison of a sort; a row takes log₂ of the rows. Measured: 10M Int64 in 1.6 s.
  package static let sortStep = 5.5

  package static let batchRows = 2_048.0
}
