/// Outputs of networks that calls name, or forget to, and networks that functions are given.
extension CheckerErrorTests {
  static let outputs: [Fault] = [
    Fault(
      "mean(E(x))", "this call must say which output of the network 'E' it means", at: "E",
      hint: "outputs are 'mean', 'spread'; write E(...).mean"),
    Fault(
      "mean(E(x).maen)", "the network 'E' has no output 'maen'", at: "maen",
      hint: "did you mean 'mean'?"),
    Fault(
      "mean(D(x).h)", "the network 'D' has no output 'h'", at: "h",
      hint: "name a layer, and list it in 'outputs' of 'D'"),
    Fault(
      "norm(x).h", "only the call of a network has outputs", at: "h",
      hint: "write D(x).h, where D is a network with 'outputs: [h]'"),
    Fault(
      "mean(handed(d, x))",
      "'handed' calls its argument 'N', so that it must be the name of a network, but found 'd'",
      at: "d", hint: "did you mean 'D'?"),
    Fault(
      "mean(both(x, D(x)))",
      "'both' calls its argument 'N', so that it must be the name of a network, but found 'D(x)'",
      at: "D(x)", hint: "networks are 'C', 'D', 'E', 'G', 'S'"),
    Fault(
      "mean(both(x, y, D))", "'both' expects 2 arguments, found 3", at: "D", hint: "both(v, N)"),
  ]
}
