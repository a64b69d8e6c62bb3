import ArgumentParser

@main
struct AdvasRun: ParsableCommand {
  func run() throws {}
}
