"""The games that are timed, as data: each peer builds them in its own way.

Shapes are those of the specs of the same names (`programs.SPECS`). A layer is a tuple of its type and its sizes;
images have channels first. No game has batch norm in D, so that careful peers may run D on halves
or on joined batches.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

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


def plain(fan_in: int, out: int) -> Layer:
    """1x1, without bias."""
    return ("plain", fan_in, out)


def fir(up: int = 1, down: int = 1) -> Layer:
    """The filter 1 3 3 1 along both axes, with the gain of what is made larger."""
    return ("fir", up, down)


def residual(main: Layers, shortcut: Layers) -> Layer:
    return ("residual", main, shortcut)


def perceptron(out: int, width: int, activation: Layer) -> Layers:
    hidden: Layers = []
    for fan_in in (2, width, width):
        hidden += [linear(fan_in, width), activation]
    return [*hidden, linear(width, out)]


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


def dcgan_discriminator(size: int, width: int) -> Layers:
    slope = leaky_relu(0.2)
    images = [conv(1, width, 4, 2), slope, conv(width, 2 * width, 4, 2), slope]
    return [*images, ("flatten",), linear(2 * width * size * size, 1)]


def sndcgan_discriminator(width: int) -> Layers:
    layers: Layers = []
    widths = (3, *(width * factor for factor in (1, 1, 2, 2, 4, 4, 8)))
    for index, (fan_in, out) in enumerate(zip(widths, widths[1:])):
        kernel, stride = ((3, 1), (4, 2))[index % 2]
        layers += [conv(fan_in, out, kernel, stride), leaky_relu(0.1)]
    return [*layers, ("flatten",), linear(widths[-1] * 4 * 4, 1)]


CLASSES = 10
"""Of games whose networks see one."""


def resnet_generator(width: int, *, classes: bool = False, attention: int = 0) -> Layers:
    """`classes`: in the norms of blocks. Self-attention stands behind so many of the blocks."""
    norm: Layer = ("conditional_batch_norm", width, CLASSES) if classes else ("batch_norm", width)
    double, same = ("upsample",), conv(width, width)
    block = residual(
        main=[norm, RELU, double, same, norm, RELU, same],
        shortcut=[double, conv(width, width, 1)],
    )
    first: Layers = [linear(128, width * 4 * 4), ("reshape", width, 4, 4)]
    blocks = [block] * 3
    if attention:
        blocks.insert(attention, ("attention", width))
    return [*first, *blocks, ("batch_norm", width), RELU, conv(width, 3), ("tanh",)]


def resnet_discriminator(width: int, *, classes: bool = False, attention: int = 0) -> Layers:
    half, same, one = ("average_pool",), conv(width, width), conv(width, width, 1)
    blocks = [
        # Pooling before the shortcut's convolution is the same function for less work.
        residual([conv(3, width), RELU, same, half], [half, conv(3, width, 1)]),
        residual([RELU, same, RELU, same, half], [one, half]),
        residual([RELU, same, RELU, same], []),
        residual([RELU, same, RELU, same], []),
    ]
    if attention:
        blocks.insert(attention, ("attention", width))
    head = ("projection", width, CLASSES) if classes else linear(width, 1)
    return [*blocks, RELU, ("global_sum",), head]


def pair(width: int, groups: int) -> Layer:
    """Two of R3GAN's blocks, which widen twofold and work in groups."""
    block = residual(
        main=[
            conv(width, 2 * width, 1),
            leaky_relu(0.2),
            ("grouped", 2 * width, 2 * width, 3, groups),
            leaky_relu(0.2),
            plain(2 * width, width),
        ],
        shortcut=[],
    )
    return ("layers", [block, block])


def paired_generator(width: int, groups: int, latent: int) -> Layers:
    layers: Layers = [("basis", latent, width, 7)]
    for up in (fir(up=2), fir(up=2), plain(width, 1)):
        layers += [pair(width, groups), up]
    return layers


def paired_discriminator(width: int, groups: int) -> Layers:
    layers: Layers = [plain(1, width)]
    for down in ([fir(down=2)], [fir(down=2)], []):
        layers += [pair(width, groups), *down]
    return [*layers, ("depthwise", width, 7), ("flatten",), ("score", width)]


@dataclass(frozen=True)
class Game:
    """One D step and one G step a round; AdvAs with the split estimator and automatic weight."""

    generator: Layers
    discriminator: Layers
    batch: int
    sample: tuple[int, ...]
    latent: int = 128
    objective: str = "wgan"
    penalty: str = "wgan_gp"
    """D's: wgan_gp, r1, none, or r1_r2 with a relativistic objective."""
    penalty_weight: float = 10.0
    advas: bool = True
    spectral_norm: bool = False
    """In D."""
    both_normalised: bool = False
    """In G, too, but not on the tables of its conditional norms."""
    classes: bool = False
    """Whether both networks see the class of each sample."""
    lr: float = 1e-4
    betas: tuple[float, float] = (0.0, 0.9)


def ring(width: int = 128) -> Game:
    return Game(
        generator=perceptron(2, width, RELU),
        discriminator=perceptron(1, width, leaky_relu(0.2)),
        batch=256,
        sample=(2,),
        latent=2,
        penalty_weight=0.1,
    )


def dcgan(size: int = 28, width: int = 64, batch: int = 64) -> Game:
    """The game of Fashion-MNIST at any image size that is a multiple of 4."""
    return Game(
        generator=convolutional_generator(size // 4, (4 * width, 2 * width, width), channels=1),
        discriminator=dcgan_discriminator(size // 4, width),
        batch=batch,
        sample=(1, size, size),
    )


def sndcgan(width: int = 64) -> Game:
    return Game(
        generator=convolutional_generator(4, (8 * width, 4 * width, 2 * width, width), channels=3),
        discriminator=sndcgan_discriminator(width),
        batch=64,
        sample=(3, 32, 32),
        objective="hinge",
        penalty="none",
        spectral_norm=True,
    )


def resnet(width: int = 128) -> Game:
    return Game(
        generator=resnet_generator(width),
        discriminator=resnet_discriminator(width),
        batch=32,
        sample=(3, 32, 32),
    )


def conditional(width: int, critic: int, *, attention: int = 0, **settings: Any) -> Game:
    """BigGAN's game at 32 pixels, or SAGAN's, which has attention behind the second block of each network."""
    return Game(
        generator=resnet_generator(width, classes=True, attention=attention),
        discriminator=resnet_discriminator(critic, classes=True, attention=attention),
        batch=32,
        sample=(3, 32, 32),
        objective="hinge",
        penalty="none",
        spectral_norm=True,
        both_normalised=True,
        classes=True,
        lr=2e-4,
        **settings,
    )


def biggan(width: int = 256) -> Game:
    return conditional(width, width, betas=(0.0, 0.999))


def sagan(width: int = 256) -> Game:
    return conditional(width, width // 2, attention=2)


def r3gan(width: int = 64, groups: int = 8) -> Game:
    """R3GAN's game at 28 pixels."""
    return Game(
        generator=paired_generator(width, groups, latent=64),
        discriminator=paired_discriminator(width, groups),
        batch=32,
        sample=(1, 28, 28),
        latent=64,
        objective="relativistic",
        penalty="r1_r2",
        penalty_weight=1.0,
        lr=2e-4,
        betas=(0.0, 0.99),
    )


GAMES: dict[str, Game] = {
    "ring": ring(),
    "dcgan28": dcgan(),
    "sndcgan32": sndcgan(),
    "resnet32": resnet(),
    "biggan32": biggan(),
    "sagan32": sagan(),
    "r3gan28": r3gan(),
}
