"""The feature networks of specs/features as torch modules, with the names that their published files have."""

from __future__ import annotations

import sys
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d, max_pool2d, relu, relu6

# Behind this folder, which has a module `record` of its own.
sys.path.append(str(Path(__file__).resolve().parents[1] / "LayersTests"))
from torch_layers import SameConv  # noqa: E402


class Features(nn.Module):
    """A classifier, called for its features and its classes."""


class Block(nn.Module):
    """Wider, filtered by channels, narrower (Sandler et al. 2018); the first of all is not wider."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int, wider: int) -> None:
        super().__init__()
        inner = inputs * wider
        if wider > 1:
            self._expand_conv = SameConv(inputs, inner, 1, 1, bias=False)
            self._bn0 = nn.BatchNorm2d(inner, 1e-3)
        self._depthwise_conv = SameConv(inner, inner, kernel, stride, groups=inner, bias=False)
        self._bn1 = nn.BatchNorm2d(inner, 1e-3)
        self._project_conv = SameConv(inner, outputs, 1, 1, bias=False)
        self._bn2 = nn.BatchNorm2d(outputs, 1e-3)

    def forward(self, x: Tensor) -> Tensor:
        y = relu6(self._bn0(self._expand_conv(x))) if hasattr(self, "_bn0") else x
        y = relu6(self._bn1(self._depthwise_conv(y)))
        y = self._bn2(self._project_conv(y))
        return x + y if x.shape == y.shape else y


class EfficientNetLite0(Features):
    # Repetitions, kernel, stride, factor of width, channels that come in and go out.
    WIDTHS = [
        (1, 3, 1, 1, 32, 16), (2, 3, 2, 6, 16, 24), (2, 5, 2, 6, 24, 40), (3, 3, 2, 6, 40, 80), (3, 5, 1, 6, 80, 112),
        (4, 5, 2, 6, 112, 192), (1, 3, 1, 6, 192, 320),
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self._conv_stem = SameConv(3, 32, 3, 2, bias=False)
        self._bn0 = nn.BatchNorm2d(32, 1e-3)
        self._blocks = nn.ModuleList()
        for times, kernel, stride, wider, inputs, outputs in self.WIDTHS:
            for i in range(times):
                self._blocks.append(
                    Block(inputs if i == 0 else outputs, outputs, kernel, stride if i == 0 else 1, wider)
                )
        self._conv_head = SameConv(320, 1280, 1, 1, bias=False)
        self._bn1 = nn.BatchNorm2d(1280, 1e-3)
        self._fc = nn.Linear(1280, 1000)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        x = relu6(self._bn0(self._conv_stem(x)))
        for block in self._blocks:
            x = block(x)
        features = relu6(self._bn1(self._conv_head(x))).mean((2, 3))
        return features, self._fc(features)


class Unit(nn.Module):
    def __init__(self, inputs: int, outputs: int, kernel, stride: int = 1, padding=0) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, padding, bias=False)
        self.bn = nn.BatchNorm2d(outputs, 1e-3)

    def forward(self, x: Tensor) -> Tensor:
        return relu(self.bn(self.conv(x)))


def row(inputs: int, outputs: int, width: int) -> Unit:
    return Unit(inputs, outputs, (1, width), 1, (0, width // 2))


def column(inputs: int, outputs: int, height: int) -> Unit:
    return Unit(inputs, outputs, (height, 1), 1, (height // 2, 0))


class Mixed(nn.Module):
    """Branches of units side by side, and behind them one of a pool.

    A branch is a list of names of units; names within a list are side by side, too.
    """

    def __init__(self, pool: str, branches: list[list], **units: Unit) -> None:
        super().__init__()
        self.pool, self.branches = pool, branches
        for name, unit in units.items():
            self.add_module(name, unit)

    def forward(self, x: Tensor) -> Tensor:
        values = []
        for branch in self.branches:
            y = x
            for step in branch:
                units = [step] if isinstance(step, str) else step
                y = torch.cat([getattr(self, name)(y) for name in units], 1)
            values.append(y)
        pooled = {
            "mean": lambda: avg_pool2d(x, 3, 1, 1, count_include_pad=False),
            "max": lambda: max_pool2d(x, 3, 1, 1),
            "less": lambda: max_pool2d(x, 3, 2),
        }[self.pool]()
        return torch.cat([*values, self.branch_pool(pooled) if hasattr(self, "branch_pool") else pooled], 1)


def mixed_a(i: int, pooled: int) -> Mixed:
    return Mixed(
        "mean",
        [["branch1x1"], ["branch5x5_1", "branch5x5_2"], ["branch3x3dbl_1", "branch3x3dbl_2", "branch3x3dbl_3"]],
        branch1x1=Unit(i, 64, 1), branch5x5_1=Unit(i, 48, 1), branch5x5_2=Unit(48, 64, 5, 1, 2),
        branch3x3dbl_1=Unit(i, 64, 1), branch3x3dbl_2=Unit(64, 96, 3, 1, 1), branch3x3dbl_3=Unit(96, 96, 3, 1, 1),
        branch_pool=Unit(i, pooled, 1),
    )  # fmt: skip


def mixed_b(i: int) -> Mixed:
    return Mixed(
        "less", [["branch3x3"], ["branch3x3dbl_1", "branch3x3dbl_2", "branch3x3dbl_3"]],
        branch3x3=Unit(i, 384, 3, 2), branch3x3dbl_1=Unit(i, 64, 1), branch3x3dbl_2=Unit(64, 96, 3, 1, 1),
        branch3x3dbl_3=Unit(96, 96, 3, 2),
    )  # fmt: skip


def mixed_c(c: int) -> Mixed:
    twice = [f"branch7x7dbl_{k}" for k in range(1, 6)]
    return Mixed(
        "mean", [["branch1x1"], ["branch7x7_1", "branch7x7_2", "branch7x7_3"], twice],
        branch1x1=Unit(768, 192, 1),
        branch7x7_1=Unit(768, c, 1), branch7x7_2=row(c, c, 7), branch7x7_3=column(c, 192, 7),
        branch7x7dbl_1=Unit(768, c, 1), branch7x7dbl_2=column(c, c, 7), branch7x7dbl_3=row(c, c, 7),
        branch7x7dbl_4=column(c, c, 7), branch7x7dbl_5=row(c, 192, 7), branch_pool=Unit(768, 192, 1),
    )  # fmt: skip


def mixed_d() -> Mixed:
    return Mixed(
        "less", [["branch3x3_1", "branch3x3_2"], [f"branch7x7x3_{k}" for k in range(1, 5)]],
        branch3x3_1=Unit(768, 192, 1), branch3x3_2=Unit(192, 320, 3, 2),
        branch7x7x3_1=Unit(768, 192, 1), branch7x7x3_2=row(192, 192, 7), branch7x7x3_3=column(192, 192, 7),
        branch7x7x3_4=Unit(192, 192, 3, 2),
    )  # fmt: skip


def mixed_e(i: int, pool: str) -> Mixed:
    return Mixed(
        pool,
        [
            ["branch1x1"], ["branch3x3_1", ["branch3x3_2a", "branch3x3_2b"]],
            ["branch3x3dbl_1", "branch3x3dbl_2", ["branch3x3dbl_3a", "branch3x3dbl_3b"]],
        ],
        branch1x1=Unit(i, 320, 1), branch3x3_1=Unit(i, 384, 1), branch3x3_2a=row(384, 384, 3),
        branch3x3_2b=column(384, 384, 3), branch3x3dbl_1=Unit(i, 448, 1), branch3x3dbl_2=Unit(448, 384, 3, 1, 1),
        branch3x3dbl_3a=row(384, 384, 3), branch3x3dbl_3b=column(384, 384, 3), branch_pool=Unit(i, 192, 1),
    )  # fmt: skip


class Inception(Features):
    """Inception-v3 of the graph that FID is measured by."""

    def __init__(self) -> None:
        super().__init__()
        self.Conv2d_1a_3x3 = Unit(3, 32, 3, 2)
        self.Conv2d_2a_3x3 = Unit(32, 32, 3)
        self.Conv2d_2b_3x3 = Unit(32, 64, 3, 1, 1)
        self.Conv2d_3b_1x1 = Unit(64, 80, 1)
        self.Conv2d_4a_3x3 = Unit(80, 192, 3)
        mixed = {
            "5b": mixed_a(192, 32), "5c": mixed_a(256, 64), "5d": mixed_a(288, 64), "6a": mixed_b(288), "6b": mixed_c(128),
            "6c": mixed_c(160), "6d": mixed_c(160), "6e": mixed_c(192), "7a": mixed_d(), "7b": mixed_e(1280, "mean"),
            "7c": mixed_e(2048, "max"),
        }  # fmt: skip
        self.order = [f"Mixed_{name}" for name in mixed]
        for name, block in mixed.items():
            self.add_module(f"Mixed_{name}", block)
        self.fc = nn.Linear(2048, 1008)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        x = self.Conv2d_2b_3x3(self.Conv2d_2a_3x3(self.Conv2d_1a_3x3(x)))
        x = self.Conv2d_4a_3x3(self.Conv2d_3b_1x1(max_pool2d(x, 3, 2)))
        x = max_pool2d(x, 3, 2)
        for name in self.order:
            x = getattr(self, name)(x)
        features = x.mean((2, 3))
        return features, self.fc(features)
