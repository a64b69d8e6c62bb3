import Random

/// One to four changes of `bytes`: bytes, runs, cuts and insertions, at places that `number` decides.
public func mutated(_ bytes: [UInt8], _ number: Int) -> [UInt8] {
  let random = RandomStream(seed: 9, name: "mutations")
  var bytes = bytes
  for change in 0..<(1 + number % 4) {
    func draw(_ bound: Int, _ place: Int) -> Int {
      random.uniformInt(below: max(1, bound), at: 4 * change + place, step: UInt64(number))
    }
    let place = draw(bytes.count, 0)
    guard place < bytes.count else { return bytes }
    let length = min(bytes.count - place, 1 + draw(8, 1))
    switch draw(6, 2) {
    case 0: bytes[place] ^= 1 << UInt8(draw(8, 3))
    case 1: bytes[place] = UInt8(draw(256, 3))
    case 2: for i in 0..<length { bytes[place + i] = 255 }
    case 3: for i in 0..<length { bytes[place + i] = 0 }
    case 4: bytes.removeSubrange(place..<(draw(3, 3) == 0 ? bytes.count : place + length))
    default: bytes.insert(contentsOf: bytes[place..<(place + length)], at: place)
    }
  }
  return bytes
}
