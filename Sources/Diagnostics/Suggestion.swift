/// Finds the known name that a misspelt one was meant to be.
///
/// The distance counts insertions, deletions, substitutions and swaps of neighbours (Damerau 1964), whatever the case;
/// a name is near when it is at most `max(1, length / 3)` edits away; of one letter it is near to nothing, as every other
/// letter is one edit away. A word that is longer than names are is near to nothing either.
public func nearestName(to word: String, among names: some Sequence<String>) -> String? {
  // The table of the edits of two texts of megabytes would fill the memory.
  guard word.utf8.count <= 1024 else { return nil }
  let limit = word.count > 1 ? max(1, word.count / 3) : 0
  let letters = Array(word.lowercased().unicodeScalars)
  var best: (name: String, distance: Int)?
  for name in names {
    let other = Array(name.lowercased().unicodeScalars)
    // The distance is at least the difference of the lengths.
    guard abs(other.count - letters.count) <= limit else { continue }
    let distance = editDistance(letters, other)
    guard distance <= limit, distance < (best?.distance ?? Int.max) else { continue }
    best = (name, distance)
  }
  return best?.name
}

/// `did you mean 'x'?` for the nearest of `names`, or nil where none is near.
public func didYouMean(_ word: String, among names: some Sequence<String>) -> String? {
  nearestName(to: word, among: names).map { "did you mean '\($0)'?" }
}

/// The number of edits that turn `a` into `b`.
private func editDistance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
  var table = [[Int]](repeating: [Int](repeating: 0, count: b.count + 1), count: a.count + 1)
  for i in 0...a.count { table[i][0] = i }
  for j in 0...b.count { table[0][j] = j }
  guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
  for i in 1...a.count {
    for j in 1...b.count {
      let substitution = table[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
      table[i][j] = min(substitution, table[i - 1][j] + 1, table[i][j - 1] + 1)
      if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
        table[i][j] = min(table[i][j], table[i - 2][j - 2] + 1)
      }
    }
  }
  return table[a.count][b.count]
}
