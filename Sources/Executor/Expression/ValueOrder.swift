import VSQLSchema

/// How values of one physical kind are compared: a type of its own, so that the loops over it are specialised and hold no closure.
protocol ValueOrder {
  associatedtype Value: BitwiseCopyable & Sendable
  static func equal(_ a: Value, _ b: Value) -> Bool
  static func less(_ a: Value, _ b: Value) -> Bool
}

enum PlainOrder<Value: Comparable & BitwiseCopyable & Sendable>: ValueOrder {
  @inline(__always)
  static func equal(_ a: Value, _ b: Value) -> Bool { a == b }

  @inline(__always)
  static func less(_ a: Value, _ b: Value) -> Bool { a < b }
}

/// FALSE before TRUE.
enum BooleanOrder: ValueOrder {
  @inline(__always)
  static func equal(_ a: Bool, _ b: Bool) -> Bool { a == b }

  @inline(__always)
  static func less(_ a: Bool, _ b: Bool) -> Bool { !a && b }
}

/// DOUBLE as SQL orders it: NaN equals NaN and lies behind all numbers; −0 equals 0.
enum DoubleOrder: ValueOrder {
  @inline(__always)
  static func equal(_ a: Double, _ b: Double) -> Bool { a == b || (a != a && b != b) }

  @inline(__always)
  static func less(_ a: Double, _ b: Double) -> Bool { a < b || (a == a && b != b) }
}

/// What is asked of two values, as a type of its own for the same reason.
protocol ValueTest {
  associatedtype Value: BitwiseCopyable & Sendable
  static func holds(_ a: Value, _ b: Value) -> Bool
}

enum EqualTest<Order: ValueOrder>: ValueTest {
  @inline(__always)
  static func holds(_ a: Order.Value, _ b: Order.Value) -> Bool { Order.equal(a, b) }
}

enum LessTest<Order: ValueOrder>: ValueTest {
  @inline(__always)
  static func holds(_ a: Order.Value, _ b: Order.Value) -> Bool { Order.less(a, b) }
}

enum GreaterTest<Order: ValueOrder>: ValueTest {
  @inline(__always)
  static func holds(_ a: Order.Value, _ b: Order.Value) -> Bool { Order.less(b, a) }
}

enum NotTest<Test: ValueTest>: ValueTest {
  @inline(__always)
  static func holds(_ a: Test.Value, _ b: Test.Value) -> Bool { !Test.holds(a, b) }
}
