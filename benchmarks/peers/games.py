"""The games that are timed, as data: each peer builds them in its own way.

Shapes are those of the specs of the same names. A layer is a tuple of its type and its sizes;
images have channels first. No game has batch norm in D, so that careful peers may run D on halves
or on joined batches.
"""

from __future__ import annotations

from dataclasses import dataclass

Layer = tuple
Layers = list[Layer]

RELU: Layer = ("relu",)


def linear(fan_in: int, out: int) -> Layer:
    return ("linear", fan_in, out)


def conv(fan_in: int, out: int, kernel: int = 3, stride: int = 1) -> Layer:
    """Padded so that stride 1 keeps the size and a kernel of 4 with stride 2 halves it."""
    return ("conv", fan_in, out, kernel, stride, (kernel - 1) // 2)


def conv_transpose(fan_in: int, out: int) -> Layer:
    """Kernel 4, stride 2, padding 1: doubles the size."""
    return ("conv_transpose", fan_in, out, 4, 2, 1)


def leaky_relu(slope: float) -> Layer:
    return ("leaky_relu", slope)


def residual(main: Layers, shortcut: Layers) -> Layer:
    return ("residual", main, shortcut)


def perceptron(out: int, activation: Layer) -> Layers:
    hidden: Layers = []
    for fan_in in (2, 128, 128):
        hidden += [linear(fan_in, 128), activation]
    return [*hidden, linear(128, out)]


def convolutional_generator(size: int, widths: tuple[int, ...], channels: int) -> Layers:
    """DCGAN: each width after the first doubles height and width, which start at `size`."""
    first = widths[0]
    layers: Layers = [
        linear(128, first * size * size),
        ("reshape", first, size, size),
        ("batch_norm", first),
        RELU,
    ]
    for fan_in, out in zip(widths, widths[1:]):
        layers += [conv_transpose(fan_in, out), ("batch_norm", out), RELU]
    return [*layers, conv(widths[-1], channels), ("tanh",)]


def dcgan_discriminator() -> Layers:
    slope = leaky_relu(0.2)
    return [
        conv(1, 64, 4, 2), slope, conv(64, 128, 4, 2), slope, ("flatten",), linear(128 * 7 * 7, 1)
    ]  # fmt: skip


def sndcgan_discriminator() -> Layers:
    layers: Layers = []
    widths = (3, 64, 64, 128, 128, 256, 256, 512)
    for index, (fan_in, out) in enumerate(zip(widths, widths[1:])):
        kernel, stride = ((3, 1), (4, 2))[index % 2]
        layers += [conv(fan_in, out, kernel, stride), leaky_relu(0.1)]
    return [*layers, ("flatten",), linear(512 * 4 * 4, 1)]


def resnet_generator(width: int = 128) -> Layers:
    norm, double, same = ("batch_norm", width), ("upsample",), conv(width, width)
    block = residual(
        main=[norm, RELU, double, same, norm, RELU, same],
        shortcut=[double, conv(width, width, 1)],
    )
    first: Layers = [linear(128, width * 4 * 4), ("reshape", width, 4, 4)]
    return [*first, block, block, block, norm, RELU, conv(width, 3), ("tanh",)]


def resnet_discriminator(width: int = 128) -> Layers:
    half, same, one = ("average_pool",), conv(width, width), conv(width, width, 1)
    return [
        # Pooling before the shortcut's convolution is the same function for less work.
        residual([conv(3, width), RELU, same, half], [half, conv(3, width, 1)]),
        residual([RELU, same, RELU, same, half], [one, half]),
        residual([RELU, same, RELU, same], []),
        residual([RELU, same, RELU, same], []),
        RELU,
        ("global_sum",),
        linear(width, 1),
    ]


@dataclass(frozen=True)
class Game:
    """One D step and one G step a round; AdvAs with the split estimator and automatic weight."""

    generator: Layers
    discriminator: Layers
    batch: int
    sample: tuple[int, ...]
    latent: int = 128
    objective: str = "wgan"
    gradient_penalty: float = 10.0
    """Weight of WGAN-GP; 0 for none."""
    spectral_norm: bool = False
    lr: float = 1e-4
    betas: tuple[float, float] = (0.0, 0.9)


GAMES: dict[str, Game] = {
    "ring": Game(
        generator=perceptron(2, RELU),
        discriminator=perceptron(1, leaky_relu(0.2)),
        batch=256,
        sample=(2,),
        latent=2,
    ),
    "dcgan28": Game(
        generator=convolutional_generator(7, (256, 128, 64), channels=1),
        discriminator=dcgan_discriminator(),
        batch=64,
        sample=(1, 28, 28),
    ),
    "sndcgan32": Game(
        generator=convolutional_generator(4, (512, 256, 128, 64), channels=3),
        discriminator=sndcgan_discriminator(),
        batch=64,
        sample=(3, 32, 32),
        objective="hinge",
        gradient_penalty=0,
        spectral_norm=True,
    ),
    "resnet32": Game(
        generator=resnet_generator(),
        discriminator=resnet_discriminator(),
        batch=32,
        sample=(3, 32, 32),
    ),
}
