import Testing
import VSQLDiagnostics
import VSQLLexer
import VSQLParser

/// Whatever comes in, an error or a tree comes out: the span lies in the text, and a tree reads back.
@Suite struct FuzzTests {
  private func check(_ bytes: [UInt8], _ comment: String) {
    let stream = TokenStream(lexingBytes: bytes)
    do throws(Diagnostic) {
      for statement in try Parser.parse(stream) {
        let printed = statement.sql
        do throws(Diagnostic) {
          let isSame = try Parser.parseStatement(printed).withoutSpans == statement.withoutSpans
          #expect(isSame, "\(comment): \(printed)")
        } catch {
          // The printed form may need a level more than the cap has.
          #expect(error.state == .statementTooComplex, "\(comment): \(error.message): \(printed)")
        }
      }
    } catch {
      let span = error.span
      #expect(
        span.map { $0.start <= $0.end && $0.end <= bytes.count } ?? false, "\(comment): \(error.message)")
    }
  }

  @Test func randomBytes() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededGenerator(seed: seed)
    for round in 0..<2_000 {
      let count = Int.random(in: 0...60, using: &random)
      // Half of the rounds in ASCII, where more of it is tokens.
      let most: UInt8 = round % 2 == 0 ? 0x7F : 0xFF
      let bytes = (0..<count).map { _ in UInt8.random(in: 0...most, using: &random) }
      check(bytes, "seed \(seed), round \(round)")
    }
  }

  @Test func randomTokens() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededGenerator(seed: seed)
    let words = try Corpus.statements().flatMap { text in
      let stream = TokenStream(lexing: text)
      return stream.tokens.dropLast().map { stream.text(of: $0) }
    }
    for round in 0..<2_000 {
      let count = Int.random(in: 1...20, using: &random)
      let text = (0..<count).map { _ in words.randomElement(using: &random) ?? "" }.joined(separator: " ")
      check(Array(text.utf8), "seed \(seed), round \(round)")
    }
  }

  @Test func damagedExamples() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededGenerator(seed: seed)
    let examples = try Corpus.statements().map { Array($0.utf8) }
    for round in 0..<2_000 {
      guard var bytes = examples.randomElement(using: &random) else { return }
      for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(UInt8.random(in: 0...0x7F, using: &random), at: place)
        default: bytes.removeSubrange(place...)
        }
      }
      check(bytes, "seed \(seed), round \(round)")
    }
  }
}
