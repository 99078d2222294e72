import VSQLSchema

/// What a function takes and gives. A function has one line for each overload.
package struct FunctionSignature: Sendable {
  package enum Parameter: Hashable, Sendable {
    /// Of this type, modifiers aside.
    case type(SQLType)
    /// A vector of FLOAT32 or FLOAT16, of any dimension.
    case floats
    /// A vector of any element.
    case anyVector
    case any
  }

  package enum Result: Hashable, Sendable {
    case type(SQLType)
    /// The type of the argument at this index.
    case argument(Int)
    /// As many bits as the vector argument has dimensions.
    case quantized
    /// A vector of the first argument's element; the third argument, a constant, is the dimension.
    case subvector
  }

  /// The SQL name.
  package let name: String
  package let function: ScalarFunction
  package let parameters: [Parameter]
  package let result: Result
  /// The last parameter repeats, at least once.
  package let isVariadic: Bool

  init(
    _ name: String, _ function: ScalarFunction, _ parameters: [Parameter], _ result: Result,
    isVariadic: Bool = false
  ) {
    self.name = name
    self.function = function
    self.parameters = parameters
    self.result = result
    self.isVariadic = isVariadic
  }
}

/// The one table of functions, with their other names.
package enum FunctionSignatures {
  private static let text = FunctionSignature.Parameter.type(.string)
  private static let integer = FunctionSignature.Parameter.type(.bigint)
  private static let double = FunctionSignature.Parameter.type(.double)
  private static let decimal = FunctionSignature.Parameter.type(.numeric)
  private static let blob = FunctionSignature.Parameter.type(.blob)
  private static let givesText = FunctionSignature.Result.type(.string)
  private static let givesInteger = FunctionSignature.Result.type(.bigint)
  private static let givesDouble = FunctionSignature.Result.type(.double)
  private static let givesDecimal = FunctionSignature.Result.type(.numeric)

  package static let all: [FunctionSignature] = numbers + texts + dates + vectors + others

  /// Other names of the same function.
  package static let aliases: [String: String] = [
    "ceiling": "ceil", "pow": "power", "char_length": "length", "character_length": "length",
    "substr": "substring", "date_part": "extract", "current_timestamp": "now",
    "transaction_timestamp": "now", "trim": "btrim", "l2_norm": "vector_norm", "typeof": "pg_typeof",
    "log10": "log",
  ]

  /// Names that the binder knows beside the table.
  package static let forms = ["coalesce", "nullif", "greatest", "least"]

  /// The overloads of `name`; empty: no such function.
  package static func named(_ name: String) -> [FunctionSignature] {
    let name = aliases[name] ?? name
    return all.filter { $0.name == name }
  }

  /// Every name of a function of one row or of an aggregate, for "did you mean".
  package static let names: [String] =
    (Set(all.map(\.name)).union(aliases.keys).union(forms).union(AggregateSignatures.names)
    .union(DistanceFunctions.all.map(\.name))).sorted()

  private static let numbers: [FunctionSignature] =
    [
      FunctionSignature("abs", .abs, [integer], givesInteger),
      FunctionSignature("abs", .abs, [double], givesDouble),
      FunctionSignature("abs", .abs, [decimal], givesDecimal),
      FunctionSignature("sign", .sign, [double], givesDouble),
      FunctionSignature("sign", .sign, [decimal], givesDecimal),
    ]
    + [
      ("ceil", ScalarFunction.ceil), ("floor", .floor), ("round", .round), ("trunc", .trunc),
    ].flatMap { name, function in
      [
        FunctionSignature(name, function, [double], givesDouble),
        FunctionSignature(name, function, [decimal], givesDecimal),
      ]
    }
    + [
      FunctionSignature("round", .roundTo, [decimal, integer], givesDecimal),
      FunctionSignature("sqrt", .sqrt, [double], givesDouble),
      FunctionSignature("power", .power, [double, double], givesDouble),
      FunctionSignature("exp", .exp, [double], givesDouble),
      FunctionSignature("ln", .ln, [double], givesDouble),
      FunctionSignature("log", .log10, [double], givesDouble),
      FunctionSignature("mod", .mod, [integer, integer], givesInteger),
      FunctionSignature("mod", .mod, [decimal, decimal], givesDecimal),
    ]

  private static let texts: [FunctionSignature] = [
    FunctionSignature("concat", .concat, [text], givesText, isVariadic: true),
    FunctionSignature("length", .length, [text], givesInteger),
    FunctionSignature("length", .octetLength, [blob], givesInteger),
    FunctionSignature("octet_length", .octetLength, [text], givesInteger),
    FunctionSignature("octet_length", .octetLength, [blob], givesInteger),
    FunctionSignature("lower", .lower, [text], givesText),
    FunctionSignature("upper", .upper, [text], givesText),
    FunctionSignature("btrim", .trimBoth, [text], givesText),
    FunctionSignature("btrim", .trimBoth, [text, text], givesText),
    FunctionSignature("ltrim", .trimLeft, [text], givesText),
    FunctionSignature("ltrim", .trimLeft, [text, text], givesText),
    FunctionSignature("rtrim", .trimRight, [text], givesText),
    FunctionSignature("rtrim", .trimRight, [text, text], givesText),
    FunctionSignature("substring", .substring, [text, integer], givesText),
    FunctionSignature("substring", .substring, [text, integer, integer], givesText),
    FunctionSignature("position", .position, [text, text], givesInteger),
    FunctionSignature("replace", .replace, [text, text, text], givesText),
    FunctionSignature("left", .left, [text, integer], givesText),
    FunctionSignature("right", .right, [text, integer], givesText),
    FunctionSignature("lpad", .leftPad, [text, integer], givesText),
    FunctionSignature("lpad", .leftPad, [text, integer, text], givesText),
    FunctionSignature("rpad", .rightPad, [text, integer], givesText),
    FunctionSignature("rpad", .rightPad, [text, integer, text], givesText),
    FunctionSignature("repeat", .repeatText, [text, integer], givesText),
    FunctionSignature("reverse", .reverse, [text], givesText),
    FunctionSignature("starts_with", .startsWith, [text, text], .type(.boolean)),
    FunctionSignature("split_part", .splitPart, [text, text, integer], givesText),
    FunctionSignature("strpos", .strpos, [text, text], givesInteger),
    FunctionSignature("initcap", .initcap, [text], givesText),
    FunctionSignature("ascii", .ascii, [text], givesInteger),
    FunctionSignature("chr", .chr, [integer], givesText),
  ]

  private static let dates: [FunctionSignature] = [
    FunctionSignature("extract", .extract, [text, .type(.timestamp)], givesDecimal),
    FunctionSignature("extract", .extract, [text, .type(.timestamptz)], givesDecimal),
    FunctionSignature("extract", .extract, [text, .type(.date)], givesDecimal),
    FunctionSignature("date_trunc", .dateTrunc, [text, .type(.timestamp)], .type(.timestamp)),
    FunctionSignature("date_trunc", .dateTrunc, [text, .type(.timestamptz)], .type(.timestamptz)),
    FunctionSignature("now", .now, [], .type(.timestamptz)),
    FunctionSignature("current_date", .currentDate, [], .type(.date)),
    FunctionSignature("current_user", .currentUser, [], .type(.string)),
  ]

  /// Distances are resolved apart (`DistanceFunctions`): their arguments need one dimension.
  private static let vectors: [FunctionSignature] = [
    FunctionSignature("vector_dims", .vectorDims, [.anyVector], givesInteger),
    FunctionSignature("vector_norm", .vectorNorm, [.floats], givesDouble),
    FunctionSignature("l2_normalize", .l2Normalize, [.floats], .argument(0)),
    FunctionSignature("subvector", .subvector, [.floats, integer, integer], .subvector),
    FunctionSignature("binary_quantize", .binaryQuantize, [.floats], .quantized),
  ]

  private static let others: [FunctionSignature] = [
    FunctionSignature("version", .version, [], givesText),
    FunctionSignature("pg_typeof", .typeOf, [.any], givesText),
    FunctionSignature("gen_random_uuid", .genRandomUUID, [], .type(.uuid)),
  ]
}

/// Functions that measure two vectors of one dimension.
enum DistanceFunctions {
  struct Entry {
    let name: String
    let function: ScalarFunction
    let ofBits: Bool
    let metric: Metric
    let isSimilarity: Bool
  }

  static let all: [Entry] = [
    Entry(name: "l2_distance", function: .l2Distance, ofBits: false, metric: .l2, isSimilarity: false),
    Entry(
      name: "cosine_distance", function: .cosineDistance, ofBits: false, metric: .cosine, isSimilarity: false),
    Entry(
      name: "negative_inner_product", function: .negativeInnerProduct, ofBits: false,
      metric: .negativeInnerProduct, isSimilarity: false),
    Entry(
      name: "inner_product", function: .innerProduct, ofBits: false, metric: .negativeInnerProduct,
      isSimilarity: true),
    Entry(name: "l1_distance", function: .l1Distance, ofBits: false, metric: .l1, isSimilarity: false),
    Entry(
      name: "cosine_similarity", function: .cosineSimilarity, ofBits: false, metric: .cosine,
      isSimilarity: true),
    Entry(
      name: "hamming_distance", function: .hammingDistance, ofBits: true, metric: .hamming,
      isSimilarity: false),
    Entry(
      name: "jaccard_distance", function: .jaccardDistance, ofBits: true, metric: .jaccard,
      isSimilarity: false),
  ]

  static func named(_ name: String) -> Entry? { all.first { $0.name == name } }
  static func of(_ function: ScalarFunction) -> Entry? { all.first { $0.function == function } }
}

/// Aggregates: names, and what each gives for an argument's type.
enum AggregateSignatures {
  static let byName: [String: AggregateFunction] = [
    "count": .count, "sum": .sum, "avg": .avg, "min": .min, "max": .max, "bool_and": .boolAnd,
    "every": .boolAnd, "bool_or": .boolOr, "string_agg": .stringAgg, "stddev": .stddevSamp,
    "stddev_samp": .stddevSamp, "stddev_pop": .stddevPop, "variance": .varSamp, "var_samp": .varSamp,
    "var_pop": .varPop,
  ]

  static let names = byName.keys.sorted()
}
