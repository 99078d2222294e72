/// The words of the grammar (`Grammar/vsql.ebnf`), each named by its spelling in upper case.
///
/// A reserved word is never a name unless quoted: it begins or ends a clause, so a script would change its meaning
/// if it were one. Every other word may name a table, a column or an alias; `nearest`, `distance`, `tenant`
/// and their companions are such words, because data has columns of these names.
package enum Keyword: String, CaseIterable, Hashable, Sendable {
  // Reserved.
  case all = "ALL"
  case and = "AND"
  case any = "ANY"
  case array = "ARRAY"
  case `as` = "AS"
  case asc = "ASC"
  case between = "BETWEEN"
  case both = "BOTH"
  case `case` = "CASE"
  case cast = "CAST"
  case check = "CHECK"
  case collate = "COLLATE"
  case constraint = "CONSTRAINT"
  case create = "CREATE"
  case cross = "CROSS"
  case currentDate = "CURRENT_DATE"
  case currentTimestamp = "CURRENT_TIMESTAMP"
  case currentUser = "CURRENT_USER"
  case day = "DAY"
  case `default` = "DEFAULT"
  case desc = "DESC"
  case distinct = "DISTINCT"
  case `else` = "ELSE"
  case end = "END"
  case except = "EXCEPT"
  case `false` = "FALSE"
  case fetch = "FETCH"
  case `for` = "FOR"
  case foreign = "FOREIGN"
  case from = "FROM"
  case full = "FULL"
  case grant = "GRANT"
  case group = "GROUP"
  case having = "HAVING"
  case hour = "HOUR"
  case ilike = "ILIKE"
  case `in` = "IN"
  case inner = "INNER"
  case intersect = "INTERSECT"
  case into = "INTO"
  case `is` = "IS"
  case join = "JOIN"
  case lateral = "LATERAL"
  case leading = "LEADING"
  case left = "LEFT"
  case like = "LIKE"
  case limit = "LIMIT"
  case minute = "MINUTE"
  case month = "MONTH"
  case natural = "NATURAL"
  case not = "NOT"
  case null = "NULL"
  case offset = "OFFSET"
  case on = "ON"
  case only = "ONLY"
  case or = "OR"
  case order = "ORDER"
  case outer = "OUTER"
  case primary = "PRIMARY"
  case references = "REFERENCES"
  case returning = "RETURNING"
  case right = "RIGHT"
  case select = "SELECT"
  case similar = "SIMILAR"
  case some = "SOME"
  case table = "TABLE"
  case then = "THEN"
  case to = "TO"
  case trailing = "TRAILING"
  case `true` = "TRUE"
  case union = "UNION"
  case unique = "UNIQUE"
  case using = "USING"
  case when = "WHEN"
  case `where` = "WHERE"
  case window = "WINDOW"
  case with = "WITH"

  // Words that may be names.
  case abort = "ABORT"
  case analyze = "ANALYZE"
  case approx = "APPROX"
  case ast = "AST"
  case audit = "AUDIT"
  case backup = "BACKUP"
  case begin = "BEGIN"
  case by = "BY"
  case character = "CHARACTER"
  case commit = "COMMIT"
  case copy = "COPY"
  case cost = "COST"
  case database = "DATABASE"
  case delete = "DELETE"
  case describe = "DESCRIBE"
  case distance = "DISTANCE"
  case double = "DOUBLE"
  case drop = "DROP"
  case dry = "DRY"
  case entity = "ENTITY"
  case erase = "ERASE"
  case escape = "ESCAPE"
  case exact = "EXACT"
  case exists = "EXISTS"
  case explain = "EXPLAIN"
  case extract = "EXTRACT"
  case filter = "FILTER"
  case first = "FIRST"
  case format = "FORMAT"
  case `if` = "IF"
  case index = "INDEX"
  case indexes = "INDEXES"
  case insert = "INSERT"
  case json = "JSON"
  case key = "KEY"
  case keys = "KEYS"
  case last = "LAST"
  case nearest = "NEAREST"
  case next = "NEXT"
  case nulls = "NULLS"
  case plan = "PLAN"
  case position = "POSITION"
  case precision = "PRECISION"
  case read = "READ"
  case reason = "REASON"
  case release = "RELEASE"
  case reset = "RESET"
  case rollback = "ROLLBACK"
  case root = "ROOT"
  case rotate = "ROTATE"
  case row = "ROW"
  case rows = "ROWS"
  case rules = "RULES"
  case run = "RUN"
  case savepoint = "SAVEPOINT"
  case second = "SECOND"
  case session = "SESSION"
  case set = "SET"
  case show = "SHOW"
  case similarity = "SIMILARITY"
  case start = "START"
  case storage = "STORAGE"
  case substring = "SUBSTRING"
  case tables = "TABLES"
  case tenant = "TENANT"
  case tenants = "TENANTS"
  case text = "TEXT"
  case time = "TIME"
  case timestamp = "TIMESTAMP"
  case tokens = "TOKENS"
  case transaction = "TRANSACTION"
  case trim = "TRIM"
  case type = "TYPE"
  case unknown = "UNKNOWN"
  case update = "UPDATE"
  case vacuum = "VACUUM"
  case values = "VALUES"
  case varying = "VARYING"
  case vectors = "VECTORS"
  case verify = "VERIFY"
  case without = "WITHOUT"
  case work = "WORK"
  case write = "WRITE"
  case year = "YEAR"
  case zone = "ZONE"

  /// Whether the word cannot be a name unless it is quoted.
  package var isReserved: Bool {
    switch self {
    case .all, .and, .any, .array, .`as`, .asc, .between, .both, .`case`, .cast, .check, .collate,
      .constraint, .create, .cross, .currentDate, .currentTimestamp, .currentUser, .`default`, .desc,
      .distinct, .`else`, .end, .except, .`false`, .fetch, .`for`, .foreign, .from, .full, .grant, .group,
      .having, .ilike, .`in`, .inner, .intersect, .into, .`is`, .join, .lateral, .leading, .left, .like,
      .limit, .natural, .not, .null, .offset, .on, .only, .or, .order, .outer, .primary, .references,
      .returning, .right, .select, .similar, .some, .table, .then, .to, .trailing, .`true`, .union,
      .unique, .using, .when, .`where`, .window, .with:
      true
    default: false
    }
  }

  /// Whether the word could belong to the value before it (`INTERVAL '1' DAY`, `DOUBLE PRECISION`), so that it names no
  /// column without AS.
  package var mayEndValue: Bool {
    switch self {
    case .character, .day, .filter, .hour, .minute, .month, .precision, .second, .varying, .without, .year:
      true
    default: false
    }
  }

  /// The reserved word of this spelling, in any case, if it is one.
  package static func reserved(_ text: String) -> Keyword? {
    KeywordTable.shared.keyword(of: text).flatMap { $0.isReserved ? $0 : nil }
  }

}
