/// The closed list of operations: the table of contents of the IR.
///
/// A new operation adds its file and four lines here. Indirect, since attributes hold arrays: copying an operation, which rules do
/// all the time, counts one reference.
public indirect enum Op: Hashable, Sendable {
  case input(Input)
  case constant(Constant)
  case map(Map)
  case zip(Zip)
  case select(Select)
  case matmul(MatMul)
  case convolution(Convolution)
  case reduce(Reduce)
  case broadcast(Broadcast)
  case reshape(Reshape)
  case transpose(Transpose)
  case slice(Slice)
  case pad(Pad)
  case concatenate(Concatenate)
  case reverse(Reverse)
  case identity(Identity)
  case fused(Fused)
  case fusedSums(FusedSums)
  case allReduce(AllReduce)
  case allGather(AllGather)
  case shard(Shard)

  /// Which operation it is, whatever its attributes.
  public enum Kind: Int, Sendable, CaseIterable {
    case input, constant, map, zip, select, matmul, convolution, reduce, broadcast
    case reshape, transpose, slice, pad, concatenate, reverse, identity, fused
    case fusedSums, allReduce, allGather, shard
  }

  /// Which operation it is, whatever its attributes.
  public var kind: Kind {
    switch self {
    case .input: .input
    case .constant: .constant
    case .map: .map
    case .zip: .zip
    case .select: .select
    case .matmul: .matmul
    case .convolution: .convolution
    case .reduce: .reduce
    case .broadcast: .broadcast
    case .reshape: .reshape
    case .transpose: .transpose
    case .slice: .slice
    case .pad: .pad
    case .concatenate: .concatenate
    case .reverse: .reverse
    case .identity: .identity
    case .fused: .fused
    case .fusedSums: .fusedSums
    case .allReduce: .allReduce
    case .allGather: .allGather
    case .shard: .shard
    }
  }

  /// The rules of the operation.
  public var definition: any Operation {
    switch self {
    case .input(let o): o
    case .constant(let o): o
    case .map(let o): o
    case .zip(let o): o
    case .select(let o): o
    case .matmul(let o): o
    case .convolution(let o): o
    case .reduce(let o): o
    case .broadcast(let o): o
    case .reshape(let o): o
    case .transpose(let o): o
    case .slice(let o): o
    case .pad(let o): o
    case .concatenate(let o): o
    case .reverse(let o): o
    case .identity(let o): o
    case .fused(let o): o
    case .fusedSums(let o): o
    case .allReduce(let o): o
    case .allGather(let o): o
    case .shard(let o): o
    }
  }

  /// Every operation by its mnemonic, for reading the text form.
  static let readers: [String: @Sendable (inout AttributeReader) throws(TypeError) -> Op] = [
    Input.mnemonic: { r throws(TypeError) in .input(try Input(&r)) },
    Constant.mnemonic: { r throws(TypeError) in .constant(try Constant(&r)) },
    Map.mnemonic: { r throws(TypeError) in .map(try Map(&r)) },
    Zip.mnemonic: { r throws(TypeError) in .zip(try Zip(&r)) },
    Select.mnemonic: { r throws(TypeError) in .select(try Select(&r)) },
    MatMul.mnemonic: { r throws(TypeError) in .matmul(try MatMul(&r)) },
    Convolution.mnemonic: { r throws(TypeError) in .convolution(try Convolution(&r)) },
    Reduce.mnemonic: { r throws(TypeError) in .reduce(try Reduce(&r)) },
    Broadcast.mnemonic: { r throws(TypeError) in .broadcast(try Broadcast(&r)) },
    Reshape.mnemonic: { r throws(TypeError) in .reshape(try Reshape(&r)) },
    Transpose.mnemonic: { r throws(TypeError) in .transpose(try Transpose(&r)) },
    Slice.mnemonic: { r throws(TypeError) in .slice(try Slice(&r)) },
    Pad.mnemonic: { r throws(TypeError) in .pad(try Pad(&r)) },
    Concatenate.mnemonic: { r throws(TypeError) in .concatenate(try Concatenate(&r)) },
    Reverse.mnemonic: { r throws(TypeError) in .reverse(try Reverse(&r)) },
    Identity.mnemonic: { r throws(TypeError) in .identity(try Identity(&r)) },
    Fused.mnemonic: { r throws(TypeError) in .fused(try Fused(&r)) },
    FusedSums.mnemonic: { r throws(TypeError) in .fusedSums(try FusedSums(&r)) },
    AllReduce.mnemonic: { r throws(TypeError) in .allReduce(try AllReduce(&r)) },
    AllGather.mnemonic: { r throws(TypeError) in .allGather(try AllGather(&r)) },
    Shard.mnemonic: { r throws(TypeError) in .shard(try Shard(&r)) },
  ]

  /// Mnemonics of all operations, sorted.
  public static var mnemonics: [String] { readers.keys.sorted() }
}
