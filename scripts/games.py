"""Games made by the grammar of the expression language, for scripts/fuzz: well-formed specs, or nearly so.

`game(random)` gives the text of a spec. Values are made by type, as the checker sees them: one number, one value
per sample of some shape, or params; `flaw` is the chance that a choice ignores the type or the rules.
"""

from __future__ import annotations

import random

UNARY = ["abs", "exp", "log", "sqrt", "square", "tanh", "sigmoid", "softplus", "relu", "sign", "wright_omega", "lambertw"]
TAME = ["abs", "square", "tanh", "sigmoid", "softplus", "relu", "sign"]  # of any number, and small
OPERATORS = ["+", "-", "*", "/", "<", "<=", ">", ">=", "==", "!="]
REDUCTIONS = ["mean", "sum", "min", "max", "norm", "sumsq", "var", "logsumexp"]
ACTIVATIONS = ["relu", "tanh", "sigmoid", "softplus", "leaky_relu: 0.2", "elu", "gelu", "swish"]
OPTIMIZERS = [
    "{type: adam, lr: 1e-4, betas: [0, 0.9]}", "{type: adamw, lr: 1e-3, weight_decay: 0.01}", "{type: sgd, lr: 0.01}",
    "{type: sgd, lr: 0.01, momentum: 0.9, nesterov: true}", "{type: rmsprop, lr: 1e-4}", "{type: adagrad, lr: 0.01}",
]  # fmt: skip
OBJECTIVES = ["wgan", "hinge", "non_saturating", "minimax", "least_squares", "relativistic", "relativistic_average", "mmd"]
PENALTIES = [
    "wgan_gp", "wgan_lp", "r1: {weight: 1}", "r2: {weight: 1}", "advas", "consensus: {weight: 1e-3}", "dragan",
    "nagarajan_kolter: {weight: 1e-3}", "spectral_norm", "weight_clipping", "gradient_norm_clipping", "max_gp",
    "weight_decay: {player: generator, weight: 1e-3}", "orthogonal", "lecam: {weight: 1e-3}", "latent_diversity",
]  # fmt: skip
NUMBERS = ["0", "1", "2", "0.5", "3", "1e-3", "-1", "2.5", "1e30"]


class Maker:
    """Makes the expressions of one game."""

    def __init__(self, random_: random.Random, flaw: float, wild: bool) -> None:
        self.random = random_
        self.flaw = flaw
        self.unary = UNARY if wild else TAME
        self.orders_left = 3  # grads that may stand inside one another
        self.names: dict[tuple[int, ...], list[str]] = {(2,): ["x", "z"], (2, 4, 4): ["w"]}
        self.scalars: list[str] = ["k"]
        self.functions: list[str] = []
        self.players = ["discriminator", "generator"]

    def chance(self, p: float) -> bool:
        return self.random.random() < p

    def pick(self, *choices):
        return self.random.choice(choices)()

    def flawed(self) -> bool:
        return self.chance(self.flaw)

    # Values of each type; `depth` bounds how they nest.

    def scalar(self, depth: int) -> str:
        if self.flawed():
            return self.anything(depth)
        if depth <= 0:
            return self.random.choice([*NUMBERS[:6], *self.scalars, "mean(D(x))", "mean(D(G(z)))"])
        small = depth - 1
        return self.pick(
            lambda: self.reduction(small),
            lambda: self.reduction(small),
            lambda: f"({self.scalar(small)} {self.random.choice(OPERATORS)} {self.scalar(small)})",
            lambda: f"{self.random.choice(self.unary)}({self.scalar(small)})",
            lambda: f"-{self.scalar(small)}",
            lambda: f"({self.scalar(small)})^{self.random.choice(['2', '3', '0.5', '-1', '1'])}",
            lambda: f"where({self.scalar(small)} > {self.scalar(0)}, {self.scalar(small)}, {self.scalar(small)})",
            lambda: f"clamp({self.scalar(small)}, -1, {self.scalar(0) if self.flawed() else 1})",
            lambda: f"detach({self.scalar(small)})",
            lambda: f"ema({self.scalar(small)}, 0.9)",
            lambda: self.loss(),
            lambda: self.of_parameters(small),
            lambda: self.of_gradient(small),
            lambda: self.of_pairs(small),
            lambda: self.call(self.scalar(small)),
            lambda: f"{self.random.choice(['min', 'max'])}({self.scalar(small)}, {self.scalar(small)})",
        )

    def shape(self) -> tuple[int, ...]:
        return self.random.choice([(2,), (2,), (1,), (2, 4, 4)])

    def reduction(self, depth: int) -> str:
        value = self.sample(self.shape(), depth)
        half = ", half=" + self.random.choice("12") if self.chance(0.15) else ""
        return f"{self.random.choice(REDUCTIONS)}({value}{half})"

    def sample(self, shape: tuple[int, ...], depth: int) -> str:
        if self.flawed():
            return self.anything(depth)
        leaves = list(self.names.get(shape, []))
        if shape == (1,):
            leaves += ["D(x)", "D(G(z))", "C(w)", "uniform(over=sample)", "normal(over=sample)"]
        if shape == (2,):
            leaves += ["G(z)", "fresh(x)", "fresh(z)", "normal(like=x)"]
        if shape == (2, 4, 4):
            leaves += ["fresh(w)", "uniform(like=w, low=-1)", "P(w)"]
        if depth <= 0:
            return self.random.choice(leaves)
        small = depth - 1
        same = lambda: self.sample(shape, small)  # noqa: E731
        choices = [
            same,
            lambda: f"({same()} {self.random.choice(OPERATORS)} {same()})",
            lambda: f"({same()} {self.random.choice('+-*')} {self.scalar(small)})",
            lambda: f"{self.random.choice(self.unary)}({same()})",
            lambda: f"detach({same()})",
            lambda: f"roll({same()}, {self.random.choice(['1', '-1', '3', '0'])})",
            lambda: f"where({same()} > 0, {same()}, {same()})",
            lambda: self.call(same()),
            lambda: f"({same()} * {self.sample((1,), small)})",
            lambda: f"max({same()}, {same()})",
        ]
        if shape == (1,):
            choices += [
                lambda: f"D({self.sample((2,), small)})",
                lambda: f"C({self.sample((2, 4, 4), small)})",
                lambda: f"{self.random.choice(REDUCTIONS)}({self.sample(self.shape(), small)}, over=sample)",
                lambda: f"dot({self.sample((2,), small)}, {self.sample((2,), small)}, over=sample)",
                lambda: f"slice({self.sample((2,), small)}, 1, 2, axis=channel)",
                lambda: f"sum(exp(-sqdist({self.sample((2,), small)}, {self.sample((2,), small)})), over=sample)",
            ]
        if shape == (2,):
            choices += [
                lambda: f"G({self.sample((2,), small)})",
                lambda: f"concat({self.sample((1,), small)}, {self.sample((1,), small)})",
                lambda: f"flip({same()}, axis=channel)",
                lambda: f"mean({self.sample((2, 4, 4), small)}, over=channel)",
                lambda: self.gradient("x", small),
            ]
        if shape == (2, 4, 4):
            axis = self.random.choice(["width", "height", "channel"])
            choices += [
                lambda: f"flip({same()}, axis={axis})",
                lambda: f"shift({same()}, {self.random.choice(['1', '-2', '9'])}, axis={axis})",
                lambda: f"shift({same()}, 3*{self.sample((1,), 0)}, axis=width, most=2)",
                lambda: f"concat(slice({same()}, 0, 1, axis=channel), slice({same()}, 1, 2, axis=channel))",
                lambda: self.gradient("w", small),
            ]
        return self.random.choice(choices)()

    def gradient(self, stream: str, depth: int) -> str:
        """A gradient by a stream, of a score that depends on it."""
        leaf = self.names[(2, 4, 4) if stream == "w" else (2,)][0]
        if self.orders_left <= 0:
            return leaf
        self.orders_left -= 1
        score = "C(w)" if stream == "w" else "D(x)"
        inner = self.random.choice([f"sum({score})", f"sum({score}*{self.sample((1,), depth)})", f"mean(tanh({score})^2)"])
        self.orders_left += 1
        return f"grad({inner}, {stream})"

    def parameters(self) -> str:
        return self.random.choice(["params(D)", "params(D)", "params(G)", "params(discriminator)", "params(D, G)"])

    def of_parameters(self, depth: int) -> str:
        return self.random.choice(
            [f"sumsq({self.parameters()})", f"norm({self.parameters()})", f"orthogonality({self.parameters()})",
             f"sum({self.parameters()})", f"dot({(p := self.parameters())}, tanh({p}))"])  # fmt: skip

    def of_gradient(self, depth: int) -> str:
        """A number made of a gradient by params; the inner value may hold gradients in turn."""
        if self.orders_left <= 0:
            return "mean(D(x))"
        self.orders_left -= 1
        inner = self.random.choice(["mean(D(x))", "loss(discriminator)", f"mean(D(x)) + {self.scalar(depth)}"])
        if self.chance(0.3):
            inner = f"mean(D(x)) * {self.of_gradient(depth)}"
        self.orders_left += 1
        return self.random.choice(["sumsq", "norm", "sum"]) + f"(grad({inner}, params(D)))"

    def of_pairs(self, depth: int) -> str:
        over = self.random.choice(["", ", over=distinct"])
        return f"mean(exp(-sqdist({self.sample((2,), depth)}, {self.sample((2,), depth)})){over})"

    def loss(self) -> str:
        options = self.random.choice(["", "", ", half=1", ", half=2", ", draw=2", ", penalties=true"])
        return f"loss({self.random.choice(self.players)}{options})"

    def call(self, value: str) -> str:
        return f"{self.random.choice(self.functions)}({value})" if self.functions else value

    def anything(self, depth: int) -> str:
        """What may not fit its place."""
        small = max(0, depth - 1)
        return self.pick(
            lambda: self.sample(self.shape(), small),
            lambda: self.parameters(),
            lambda: f"grad({self.scalar(small)}, {self.random.choice(['x', 'z', 'params(G)', 'w', 'k'])})",
            lambda: self.random.choice(["nobody", "D", "loss(nobody)", "G(w)", "x^x", "mean()", "params(x)", "slice(x, 2, 1)"]),
            lambda: self.random.choice([*NUMBERS, "1e309", "1/0", "log(0)", "sqrt(-1)", "count(x)", "rank(w)"]),
            lambda: f"{self.random.choice([*UNARY, *REDUCTIONS, 'fresh', 'ema', 'dot', 'roll'])}({self.scalar(small)}, {small})",
        )


def layers(random_: random.Random, output: int, *, image: bool = False) -> str:
    """A list of layers that ends in a vector of `output`."""
    parts = []
    if image:
        parts += [f"conv: {{out: {random_.choice([1, 2])}, kernel: 3, padding: 1, stride: {random_.choice([1, 2])}}}"]
        parts += [random_.choice(["average_pool: 2", "batch_norm", "{repeat: {times: 2, do: [relu]}}", "tanh"])]
        parts += ["flatten"]
    for _ in range(random_.randrange(3)):
        width = random_.choice([1, 2, 3, 8])
        parts += [f"linear: {width}", random_.choice(ACTIVATIONS)]
        if random_.random() < 0.2:
            parts += [f"residual: {{main: [{{linear: {width}}}, {random_.choice(['tanh', 'softplus'])}]}}"]
        if random_.random() < 0.1:
            parts += ["batch_norm"]
    parts += [f"linear: {output}"]
    return "[" + ", ".join(p if ":" not in p or p.startswith("{") else f"{{{p}}}" for p in parts) + "]"


def game(random_: random.Random) -> str:
    """The text of a spec."""
    flaw = random_.choice([0, 0, 0, 0.01, 0.05])
    maker = Maker(random_, flaw, wild=random_.random() < 0.5)
    batch = random_.choice([2, 4, 4, 6, 8, 1, 3] if random_.random() < 0.3 else [4, 8])
    data = random_.choice(["ring, modes: 3", "grid, side: 2", "moons", "swissroll"])
    lines = [
        "spec: 1", "name: game", f"seed: {random_.randrange(9)}", "vars: {k: 0.5}",
        f"data: {{x: {{type: {data}, batch: {batch}}}}}",
        "latent: {z: {shape: [2]}, w: {shape: [2, 4, 4]}}", "networks:",
        f"  G: {{input: z, layers: {layers(random_, 2)}}}",
        f"  D: {{input: x, layers: {layers(random_, 1)}}}",
        f"  C: {{input: w, layers: {layers(random_, 1, image=True)}}}",
        f"  P: {{input: w, layers: [{{conv: {{out: 2, kernel: 3, padding: 1}}}}, {random_.choice(['tanh', 'relu'])}]}}",
    ]  # fmt: skip
    if random_.random() < 0.3:
        lines += ["define: {functions: {f(v): \"tanh(v)*v\", g(v): \"f(v) + f(f(v))\"}}"]
        maker.functions = ["f", "g"]
    if random_.random() < 0.7:
        lines += [f"objective: {random_.choice(OBJECTIVES)}"]
    else:
        minimizes = [maker.scalar(random_.randrange(1, 3)) for _ in range(2)]
        lines += [
            "players:",
            f"  discriminator: {{trains: [D, C, P], minimizes: \"mean(D(x)) - mean(D(G(z))) + mean(C(P(w)))*{minimizes[0]}\"}}",
            f"  generator: {{trains: G, minimizes: \"-mean(D(G(z))) + 0.1*{minimizes[1]}\"}}",
        ]  # fmt: skip
    entries = random_.sample(PENALTIES, random_.choice([0, 0, 1, 2]))
    regularizers = [f"  - {entry if ':' not in entry else '{' + entry + '}'}" for entry in entries]
    for number in range(random_.choice([0, 1, 1, 2])):
        regularizers += own_penalty(maker, number)
    if regularizers:
        lines += ["regularizers:", *regularizers]
    lines += [f"optimizer: {random_.choice(OPTIMIZERS)}"]
    update = random_.choice(["", "", ", update: simultaneous", ", update: extragradient", ", update: simultaneous, share: [x, z]"])
    lines += [f"train: {{total: 2{update}, threads: {random_.choice([1, 2])}}}", "lint: {silence: [idle_penalty]}"]
    return "\n".join(lines) + "\n"


def own_penalty(maker: Maker, number: int) -> list[str]:
    """The lines of a penalty with a few `let` values."""
    random_ = maker.random
    saved = ({shape: list(names) for shape, names in maker.names.items()}, list(maker.scalars))
    lets = []
    for index in range(random_.randrange(4)):
        name = f"a{index}"
        if random_.random() < 0.5:
            lets += [f"{name}: \"{maker.scalar(2)}\""]
            maker.scalars.append(name)
        else:
            shape = maker.shape()
            lets += [f"{name}: \"{maker.sample(shape, 2)}\""]
            maker.names.setdefault(shape, []).append(name)
    value = maker.scalar(random_.randrange(1, 5))
    maker.names, maker.scalars = saved
    weight = random_.choice(["1e-3", "1e-3", "auto", "0", "1"])
    every = f", every: {random_.choice([1, 2, 3])}" if random_.random() < 0.2 else ""
    player = random_.choice(maker.players)
    inner = f"let: {{{', '.join(lets)}}}, " if lets else ""
    return [f"  - {{name: q{number}, player: {player}, weight: {weight}{every}, {inner}value: \"{value}\"}}"]
