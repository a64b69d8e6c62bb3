/// `1 round`, `20 rounds`: a count and what is counted, a noun whose plural ends in s.
package func counted(_ count: Int, _ noun: String) -> String { "\(count) \(plural(noun, count))" }

/// `round` for one, `rounds` for any other count.
package func plural(_ noun: String, _ count: Int) -> String { count == 1 ? noun : noun + "s" }
