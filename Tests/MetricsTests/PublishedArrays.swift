import Metrics

/// The arrays of `Vectors/published.json`, by the names that it gives them.
enum PublishedArrays {
  /// 64 rows of 8 features.
  static var a: Matrix {
    var a = HashArrays.normal(64, 8, seed: 1)
    for row in 0..<64 { a[row, 1] += 0.5 * a[row, 0] }
    return a
  }

  /// 48 rows of 8 features.
  static var b: Matrix {
    var b = HashArrays.normal(48, 8, seed: 2)
    let shift = HashArrays.uniform(1, 8, seed: 3)
    for row in 0..<48 {
      for column in 0..<8 { b[row, column] = 1.5 * b[row, column] + 0.25 * shift[0, column] }
      b[row, 2] -= 0.75 * b[row, 0]
    }
    return b
  }

  static var real: Matrix { HashArrays.normal(40, 3, seed: 21) }

  static var fake: Matrix {
    var fake = HashArrays.normal(30, 3, seed: 22)
    for i in fake.values.indices { fake.values[i] = 0.8 * fake.values[i] + 0.3 }
    return fake
  }
}

/// The larger arrays of `Vectors/recorded.json`.
enum RecordedArrays {
  /// 700 rows of 40 features.
  static var x: Matrix {
    var x = HashArrays.normal(700, 40, seed: 101)
    for i in x.values.indices { x.values[i] += 0.3 }
    for row in 0..<700 { x[row, 3] += 0.5 * x[row, 0] }
    return x
  }

  /// 600 rows of 40 features.
  static var y: Matrix {
    var y = HashArrays.normal(600, 40, seed: 102)
    for i in y.values.indices { y.values[i] = 1.2 * y.values[i] + 0.35 }
    for row in 0..<600 { y[row, 7] -= 0.5 * y[row, 1] }
    return y
  }
}
