import Random
import Testing

@Suite struct PermutationTests {
  let stream = RandomStream(seed: 42, name: "discriminator/z")

  private func order(_ count: Int, epoch: UInt64) -> [UInt32] {
    var places = (0..<count).map { UInt32($0) }
    places.withUnsafeMutableBufferPointer { stream.permute($0, of: count, epoch: epoch) }
    return places
  }

  @Test func everyIndexStandsSomewhere() {
    for count in Array(1...300) + [1023, 1024, 1025, 4095, 60_000, 65_536, 65_537] {
      let order = order(count, epoch: 4)
      #expect(order.sorted() == (0..<count).map { UInt32($0) }, "\(count)")
      #expect(order == self.order(count, epoch: 4))
      if count > 20 { #expect(order != self.order(count, epoch: 5)) }
    }
  }

  /// One place at a time, as many as fit and any part of them give the same, by whichever instructions.
  @Test(arguments: [1, 2, 5, 64, 65, 1000]) func placesAreIndependent(count: Int) {
    let order = order(count, epoch: 9)
    for place in 0..<count {
      #expect(stream.permuted(place, of: count, epoch: 9) == Int(order[place]))
    }
    var some = stride(from: count - 1, through: 0, by: -3).map { UInt32($0) }
    let expected = some.map { order[Int($0)] }
    some.withUnsafeMutableBufferPointer { stream.permute($0, of: count, epoch: 9) }
    #expect(some == expected)
  }

  /// Pearson's sum over all orders of few things; 0.9999 quantiles of 5, 23 and 119 degrees of freedom, the last with what
  /// its distance from even shares adds.
  @Test(arguments: [(3, 25.7), (4, 57.2), (5, 190)]) func ordersAreEquallyLikely(
    count: Int, bound: Double
  ) {
    var counts: [[UInt32]: Int] = [:]
    let all = (1...count).reduce(1, *)
    let epochs = 200 * all
    for epoch in 0..<epochs { counts[order(count, epoch: UInt64(epoch)), default: 0] += 1 }
    let sum = counts.values.reduce(0.0) { $0 + Double(($1 - 200) * ($1 - 200)) / 200 }
    #expect(counts.count == all && sum < bound, "\(counts.count), \(sum)")
  }

  /// Which thing stands at which place, and how far apart neighbours come to stand.
  @Test func placesAndNeighboursAreEven() {
    let (count, epochs) = (30, 6000)
    var places = [Int](repeating: 0, count: count * count)
    var distances = [Int](repeating: 0, count: count)
    for epoch in 0..<epochs {
      let order = order(count, epoch: UInt64(epoch))
      for (place, thing) in order.enumerated() { places[place * count + Int(thing)] += 1 }
      for i in 1..<count { distances[(Int(order[i]) - Int(order[i - 1]) + count) % count] += 1 }
    }
    func sum(_ counts: some Collection<Int>, _ expected: Double) -> Double {
      counts.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
    }
    // 841 and 28 degrees of freedom, four deviations; distances within an order depend a little on each other.
    #expect(sum(places, Double(epochs) / Double(count)) < 841 + 4 * 41)
    #expect(distances[0] == 0)
    #expect(sum(distances[1...], Double(epochs)) < 28 + 4 * 7.5 * 1.2)
  }

  /// Computed once by an independent program: a change here is a change of every seeded run.
  @Test func recordedOrders() {
    #expect(order(8, epoch: 1) == [4, 2, 0, 1, 7, 5, 6, 3])
    let found = (0..<8).map { stream.permuted($0, of: 60_000, epoch: 3) }
    #expect(found == [33_665, 8857, 2207, 36_821, 53_887, 57_419, 29_594, 57_398])
    let most = (0..<4).map { stream.permuted($0, of: 1 << 32, epoch: 3) }
    #expect(most == [3_139_152_316, 3_760_791_635, 4_151_632_022, 3_809_033_954])
    #expect(stream.permuted((1 << 32) - 8, of: (1 << 32) - 7, epoch: 3) == 1_920_127_453)
  }
}
