"""The residual networks of specs/resnet as torch modules, from the papers and their code."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn.functional import interpolate

from blocks import (
    ConditionalBatchNorm,
    Heads,
    Layers,
    MeanPool,
    Norm,
    ProjectionHead,
    Residual,
    SelfAttention,
    SumPool,
    conv1,
    conv3,
    down,
    first,
    nearest,
    same,
    up,
)
from networks import Networks, normalise

CLASSES = 10


def tables(channels: int) -> nn.Module:
    return ConditionalBatchNorm(channels, CLASSES)


def last(inputs: int, outputs: int) -> nn.Module:
    """The convolution before tanh, where it is no block: its weights start in another way."""
    return nn.Conv2d(inputs, outputs, 3, padding=1)


def generator(
    widths: list[int], *, side: int = 4, latent: int = 128, norm: Norm = nn.BatchNorm2d, tail: nn.Module, attention: int = 0
) -> Layers:
    """Blocks from `side` pixels on, of these channels; self-attention stands behind so many of them."""
    layers: list[nn.Module] = [
        nn.Linear(latent, side * side * widths[0]),
        nn.Unflatten(1, (widths[0], side, side)),
    ]
    for index, (i, o) in enumerate(zip(widths, widths[1:]), start=1):
        layers.append(up(i, o, norm))
        if index == attention:
            layers.append(SelfAttention(o))
    return Layers(*layers, nn.BatchNorm2d(widths[-1]), nn.ReLU(), tail, nn.Tanh())


Head = nn.Module | dict[str, nn.Module]
"""What D ends in, or its outputs by name."""


def judge(blocks: list[nn.Module], head: Head, pool: type[nn.Module] = SumPool) -> Layers:
    if isinstance(head, dict):
        return Heads(*blocks, nn.ReLU(), pool(), **head)
    return Layers(*blocks, nn.ReLU(), pool(), head)


def auxiliary(features: int) -> Head:
    """The heads of an ACGAN."""
    return {"score": nn.Linear(features, 1), "kind": nn.Linear(features, CLASSES)}


def normalised(networks: Networks, *, both: bool = False) -> Networks:
    """Spectral norm in D, or in both networks, but not on the tables of G's norms."""
    normalise(networks["D"])
    if both:
        normalise(networks["G"], but=(ConditionalBatchNorm,))
    return networks


# 28 pixels, one channel: 7, 14, 28.


def judge28(c: int, head: Head, *, attention: bool = False, pool: type[nn.Module] = SumPool) -> Layers:
    blocks = [first(1, c), down(c, c, c), same(c)]
    if attention:
        blocks.insert(1, SelfAttention(c))
    return judge(blocks, head, pool)


def sngan28(*, width: int, critic: int) -> Networks:
    made = generator([width] * 3, side=7, tail=conv3(width, 1))
    return normalised({"G": made, "D": judge28(critic, nn.Linear(critic, 1))})


def sagan28(*, width: int, critic: int) -> Networks:
    made = generator([width] * 3, side=7, tail=conv3(width, 1), attention=1)
    return normalised({"G": made, "D": judge28(critic, nn.Linear(critic, 1), attention=True)}, both=True)


def biggan28(*, width: int, critic: int) -> Networks:
    made = generator([width] * 3, side=7, latent=64, norm=tables, tail=conv3(width, 1), attention=1)
    judge = judge28(critic, ProjectionHead(critic, CLASSES), attention=True)
    return normalised({"G": made, "D": judge}, both=True)


def acgan28(*, width: int, critic: int) -> Networks:
    made = generator([width] * 3, side=7, norm=tables, tail=last(width, 1))
    return {"G": made, "D": judge28(critic, auxiliary(critic), pool=MeanPool)}


# 32 pixels, from 4.


def judge32(c: int, head: Head, *, attention: bool = False, pool: type[nn.Module] = SumPool) -> Layers:
    blocks = [first(3, c), down(c, c, c), same(c), same(c)]
    if attention:
        blocks.insert(2, SelfAttention(c))
    return judge(blocks, head, pool)


def sngan32(*, width: int, critic: int) -> Networks:
    made = generator([width] * 4, tail=last(width, 3))
    return normalised({"G": made, "D": judge32(critic, nn.Linear(critic, 1, bias=False))})


def projection32(*, width: int, critic: int) -> Networks:
    made = generator([width] * 4, norm=tables, tail=last(width, 3))
    return normalised({"G": made, "D": judge32(critic, ProjectionHead(critic, CLASSES))})


def biggan32(*, width: int, critic: int) -> Networks:
    networks = projection32(width=width, critic=critic)
    normalise(networks["G"], but=(ConditionalBatchNorm,))
    return networks


def sagan32(*, width: int, critic: int) -> Networks:
    made = generator([width] * 4, norm=tables, tail=last(width, 3), attention=2)
    judge = judge32(critic, ProjectionHead(critic, CLASSES), attention=True)
    return normalised({"G": made, "D": judge}, both=True)


def wgan_gp32(*, width: int, critic: int) -> Networks:
    made = generator([width] * 4, tail=last(width, 3))
    return {"G": made, "D": judge32(critic, nn.Linear(critic, 1), pool=MeanPool)}


def acgan32(*, width: int, critic: int) -> Networks:
    made = generator([width] * 4, norm=tables, tail=last(width, 3))
    return {"G": made, "D": judge32(critic, auxiliary(critic), pool=MeanPool)}


class AutoGAN(nn.Module):
    """G of AutoGAN-A (Gong et al. 2019, by its code); attributes are named as the spec's layers."""

    def __init__(self, width: int) -> None:
        super().__init__()

        def enter() -> Layers:
            return Layers(nn.ReLU(), nearest(), conv3(width, width))

        def smooth() -> nn.Module:
            return nn.Upsample(scale_factor=2, mode="bilinear")

        def leave() -> Layers:
            return Layers(nn.ReLU(), conv3(width, width))

        for name, module in {
            "0": nn.Linear(128, 16 * width),
            "s1": enter(),
            "cell1": Residual(Layers(leave()), Layers(nearest(), conv1(width, width))),
            "h2": Layers(nn.ReLU(), smooth(), conv3(width, width)),
            "6": conv1(width, width),
            "cell2": Residual(Layers(leave()), Layers(smooth(), conv1(width, width))),
            "h3": enter(),
            "from1": conv1(width, width),
            "13": conv1(width, width),
            "15": leave(),
            "16": nn.BatchNorm2d(width),
            "18": conv3(width, 3),
        }.items():
            self.add_module(name, module)

    def forward(self, z: Tensor) -> Tensor:
        def grown(value: Tensor, factor: int, mode: str = "nearest") -> Tensor:
            return interpolate(value, scale_factor=factor, mode=mode)

        part = self._modules
        start = part["0"](z).unflatten(1, (-1, 4, 4))
        first_skip = part["s1"](start)
        cell1 = part["cell1"](first_skip, other=start)
        second_skip = part["h2"](cell1) + part["6"](grown(first_skip, 2, "bilinear"))
        cell2 = part["cell2"](second_skip, other=cell1)
        skips = part["from1"](grown(first_skip, 4)) + part["13"](grown(second_skip, 2))
        cell3 = part["15"](part["h3"](cell2) + skips)
        return part["18"](part["16"](cell3).relu()).tanh()


def autogan32(*, width: int, critic: int) -> Networks:
    return {"G": AutoGAN(width), "D": sngan32(width=width, critic=critic)["D"]}
