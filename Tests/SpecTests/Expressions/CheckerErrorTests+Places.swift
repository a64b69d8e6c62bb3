extension CheckerErrorTests {
  /// Of functions that move elements, and of `half=`.
  static let places: [Fault] = [
    Fault(
      "mean(flip(z))", "'flip' works along width, found one value per sample of shape [128]",
      at: "z", hint: "of values that are no images, axis=channel is the first axis of a sample"),
    Fault("mean(flip(2))", "'flip' expects one value per sample, found a number", at: "2"),
    Fault(
      "mean(flip(x, axis=hieght))", "'axis' expects channel, height or width, found 'hieght'",
      at: "hieght", hint: "did you mean 'height'?"),
    Fault(
      "mean(slice(s, 0, 1))", "'slice' works along channel, found one number per sample", at: "s"),
    Fault(
      "mean(slice(z, -1, 4))", "'from' expects a whole number from 0 to 127, found -1", at: "-1"),
    Fault("mean(slice(z, 4, 4))", "'to' expects a whole number from 5 to 128, found 4", at: "4"),
    Fault(
      "mean(slice(z, 0, s))", "'to' expects a number, found one number per sample", at: "s"),
    Fault("mean(shift(x, 28))", "'by' expects a whole number from -27 to 27, found 28", at: "28"),
    Fault(
      "mean(shift(x, s))", "'shift' needs 'most' where 'by' is known only during the run",
      at: "shift",
      hint: "write, for example, shift(v, uniform(over=sample, low=-4, high=5), most=4)"),
    Fault(
      "mean(shift(x, z, most=2))",
      "'by' expects a number, or one number per sample, found one value per sample of shape [128]",
      at: "z"),
    Fault(
      "mean(shift(x, s, most=0))", "'most' expects a whole number from 1 to 27, found 0", at: "0"),
    Fault(
      "mean(concat(x, z))",
      "'concat' puts channels side by side, so that all else must agree, found one value per sample"
        + " of shape [128] beside channels of shape [28, 28]", at: "z"),
    Fault(
      "mean(concat(z, s))",
      "'concat' expects values with a channel axis, found one number per sample",
      at: "s"),
    Fault(
      "mean(concat(x))", "'concat' expects 2 to 100 arguments, found 1", at: "concat",
      hint: "concat(a, b, ...)"),
    Fault(
      "mean(max_pool(x, 2, kernel=3))", "the argument 'kernel' is given twice", at: "kernel"),
    Fault(
      "mean(roll(x, 0.5))",
      "'by' expects a whole number from -2147483648 to 2147483648, found 0.5", at: "0.5"),
    Fault(
      "mean(roll(mean(x), 1))", "'roll' expects one value per sample, found a number", at: "mean"),
    Fault(
      "mean(pack(x, 1))", "'n' expects a whole number from 2 to 65536, found 1", at: "1"),
    Fault(
      "mean(pack(mean(x), 2))", "'pack' expects one value per sample, found a number", at: "mean"),
    Fault(
      "mean(mean(pack(x, 2), over=sample)*uniform(over=sample))",
      "packs of 2 samples meet single samples", at: "*",
      hint: "pack both alike; a draw for packs of v is uniform(like=v)"),
    Fault(
      "mean(concat(pack(z, 4), pack(pack(z, 2), 4)))", "packs of 8 samples meet packs of 4",
      at: "concat", hint: "pack both alike; a draw for packs of v is uniform(like=v)"),
    Fault("rank(1)", "'rank' expects one value per sample, found a number", at: "1"),
    Fault("mean(x, half=0)", "'half' expects a whole number from 1 to 2, found 0", at: "0"),
    Fault("mean(mean(x, over=sample, half=1))", "'half' and 'over' exclude each other", at: "1"),
    Fault(
      "norm(params(D), half=2)",
      "'half' takes samples of one value per sample, found values shaped as params(D)", at: "2"),
    Fault(
      "mean(max(x, z, half=1))", "'half' is for max of one value", at: "1",
      hint: "max(v, over=sample|channel, half=1|2) or max(a, b)"),
    Fault("mean(hflip(x))", "unknown function 'hflip'", at: "hflip", hint: "write flip(v)"),
    Fault(
      "mean(chunk(x, 2))", "unknown function 'chunk'", at: "chunk",
      hint: "write slice(v, from, to, axis=channel|height|width)"),
  ]
}
