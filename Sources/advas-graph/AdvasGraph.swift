import ArgumentParser

@main
struct AdvasGraph: ParsableCommand {
  func run() throws {}
}
