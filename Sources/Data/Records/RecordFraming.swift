/// How TFRecord files and event files of TensorBoard hold their records: a 64-bit length, its masked CRC-32C, the data,
/// its masked CRC-32C.
package enum RecordFraming {
  /// A record with its frame.
  package static func framed(_ data: [UInt8]) -> [UInt8] {
    var frame = little(data.count, 8)
    frame += little(Int(MaskedChecksum.of(frame[...])), 4)
    return frame + data + little(Int(MaskedChecksum.of(data[...])), 4)
  }

  /// The places of the data of all sound records from the beginning on; what is cut or damaged ends them.
  package static func soundRecords(of file: [UInt8]) -> [Range<Int>] {
    var places: [Range<Int>] = []
    var place = 0
    while file.count - place >= 16 {
      let length = file[place..<place + 8]
      let count = length.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      guard checksum(file, at: place + 8) == MaskedChecksum.of(length),
        count <= UInt64(file.count - place - 16)
      else { break }
      let data = place + 12..<place + 12 + Int(count)
      guard checksum(file, at: data.upperBound) == MaskedChecksum.of(file[data]) else { break }
      places.append(data)
      place = data.upperBound + 4
    }
    return places
  }

  private static func checksum(_ file: [UInt8], at place: Int) -> UInt32 {
    file[place..<place + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }
}
