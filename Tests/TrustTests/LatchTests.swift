import Testing
import VSQLTrust

@Suite struct LatchTests {
  private let one = ConsentPseudonym(bytes: Array(repeating: 1, count: 32))
  private let two = ConsentPseudonym(bytes: Array(repeating: 2, count: 32))

  @Test func consentStandsUntilItIsWithdrawn() throws {
    var set = LatchSet()
    #expect(set.mask().letsAllPass)
    guard let given = set.standing(one) else {
      Issue.record("consent does not stand")
      return
    }
    set.latch(given.revoke())
    let stands = set.standing(one) != nil
    #expect(!stands)
    #expect(set.mask().leavesOut(one))
    #expect(!set.mask().leavesOut(two))
    #expect(!set.mask().letsAllPass)
  }

  @Test func everyWithdrawalMovesTheEpoch() throws {
    var set = LatchSet()
    let before = set.mask().epoch
    guard let given = set.standing(two) else { return }
    set.latch(given.revoke())
    #expect(set.mask().epoch > before)
  }
}
