"""A record file: one whole round as named tensors (`advas-run record SPEC FILE`)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor


class RecordError(Exception):
    """A record that lacks something or holds something unknown."""


class Record:
    """The tensors of a record by key; remembers which were asked for."""

    def __init__(self, tensors: Mapping[str, Tensor], round: int = 0, seed: int | None = None) -> None:
        self._tensors = dict(tensors)
        self.round = round
        self.seed = seed
        """Of the run; None where the file does not say."""
        self._read: set[str] = set()

    @classmethod
    def load(cls, path: Path) -> Record:
        try:
            with safe_open(path, "pt") as file:
                metadata = file.metadata() or {}
            seed = int(metadata["seed"]) if "seed" in metadata else None
            return cls(load_file(path), int(metadata.get("round", 0)), seed)
        except Exception as error:  # safetensors raises its own types, by version
            raise RecordError(f"{path}: not a safetensors file: {error}") from error

    def save(self, path: Path) -> None:
        save_file(
            {name: value.contiguous() for name, value in self._tensors.items()},
            path,
            {"round": str(self.round)},
        )

    def __contains__(self, key: str) -> bool:
        return key in self._tensors

    def __getitem__(self, key: str) -> Tensor:
        self._read.add(key)
        try:
            return self._tensors[key]
        except KeyError:
            near = [name for name in self._tensors if name.split("/")[:2] == key.split("/")[:2]]
            hint = f"; beside it are {', '.join(sorted(near)[:8])}" if near else ""
            raise RecordError(f"the record has no {key!r}{hint}") from None

    def __setitem__(self, key: str, value: Tensor) -> None:
        # A copy: what it was made from may go on to change, or be a view of something larger.
        self._tensors[key] = value.detach().clone()

    def get(self, key: str) -> Tensor | None:
        return self[key] if key in self else None

    def under(self, prefix: str) -> dict[str, Tensor]:
        """The tensors whose keys start with `prefix`, by the rest of their keys."""
        return {
            key.removeprefix(prefix): self[key] for key in self._tensors if key.startswith(prefix)
        }

    def steps(self, player: str) -> int:
        """How many steps the player took in this round."""
        prefix = f"scalars/{player}/"
        numbers = {
            int(key.removeprefix(prefix).split("/")[0])
            for key in self._tensors
            if key.startswith(prefix)
        }
        return max(numbers, default=-1) + 1

    def unread(self, *groups: str) -> list[str]:
        """Keys of these groups that nobody asked for: values that would go unchecked."""
        return sorted(
            key for key in self._tensors if key.split("/")[0] in groups and key not in self._read
        )

    def is_float64(self) -> bool:
        return any(value.dtype == torch.float64 for value in self.under("parameters/").values())
