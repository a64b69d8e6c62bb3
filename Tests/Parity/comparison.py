"""Relative errors and the table that shows them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor


FLOAT32_FACTOR = 3.0
"""So many times torch's own float32 error may a float32 record be away."""
FLOAT32_FLOOR = 2.0**-23
"""No float32 result can be asked to be nearer than its own spacing."""


@dataclass(frozen=True)
class Row:
    """One term of one player's step: how far the record is from float64, and how far it may be."""

    player: str
    term: str
    error: float
    torch_error: float | None
    """The same error of torch's own float32; None where none was computed."""
    bound: float
    kinks: int = 0
    """Inputs of rectifiers, 0 but for rounding, that take the other slope in float64 for this error."""

    @property
    def verdict(self) -> str:
        if not self.passes:
            return "TOO FAR"
        return f"but for {self.kinks} at a kink" if self.kinks else ""

    @property
    def passes(self) -> bool:
        return self.error <= self.bound < math.inf  # False for NaN


def relative_error(found: Mapping[str, Tensor], exact: Mapping[str, Tensor]) -> float:
    """|a - b| / |b| over all tensors together; |a| where b is 0; NaN for unlike names or shapes, and where a or b has one."""
    if found.keys() != exact.keys():
        return math.nan
    if any(found[name].numel() != exact[name].numel() for name in exact):
        return math.nan
    a, b = concatenated(found, list(exact)), concatenated(exact, list(exact))
    size = b.norm()
    return float((a - b).norm() / size) if size != 0 else float(a.norm())


def largest_error(errors: Iterable[float]) -> float:
    """NaN where one of them is, which Python's own max may pass over."""
    return float(torch.tensor(list(errors), dtype=torch.float64).max())


def concatenated(values: Mapping[str, Tensor], names: list[str]) -> Tensor:
    parts = [values[name].detach().double().reshape(-1) for name in names]
    return torch.cat(parts) if parts else torch.zeros(0, dtype=torch.float64)


def show(rows: list[Row]) -> str:
    lines = [["step", "term", "error", "torch float32", "bound", ""]]
    for row in rows:
        numbers = [scientific(value) for value in (row.error, row.torch_error, row.bound)]
        lines.append([row.player, row.term, *numbers, row.verdict])
    return table(lines)


def table(rows: list[list[str]]) -> str:
    """Rows of text as columns: the first to the left, numbers to the right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    numeric = [all(is_number(row[i]) for row in rows[1:]) for i in range(len(widths))]
    lines = [
        "  ".join(
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, numeric)
        ).rstrip()
        for row in rows
    ]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)


def is_number(text: str) -> bool:
    try:
        float(text.removesuffix("x"))
    except ValueError:
        return text in ("", "-")
    return True


def scientific(value: float | None) -> str:
    return "-" if value is None else f"{value:.1e}"
