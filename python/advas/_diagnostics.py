"""What advas says about a spec or a run, and the exceptions that carry it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Diagnostic:
    """One message with its place and how to mend it; lines and columns count from 1."""

    level: str
    message: str
    file: str | None = None
    line: int | None = None
    column: int | None = None
    end_line: int | None = None
    end_column: int | None = None
    hint: str | None = None
    notes: tuple[Diagnostic, ...] = ()

    @staticmethod
    def parse(values: dict[str, Any]) -> Diagnostic:
        """Makes a diagnostic of what `ADVAS_DIAGNOSTICS=json` writes."""
        notes = tuple(Diagnostic.parse(note) for note in values.get("notes", ()))
        return Diagnostic(**{**values, "notes": notes})

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}: " if self.file else ""
        hint = f"\n  {self.hint}" if self.hint else ""
        notes = "".join(f"\n{note}" for note in self.notes)
        return f"{place}{self.level}: {self.message}{hint}{notes}"


class AdvasError(Exception):
    """What a command refused or could not do; `diagnostics` has every message with its place."""

    def __init__(self, diagnostics: list[Diagnostic], text: str = "") -> None:
        super().__init__("\n".join(map(str, diagnostics)) or text)
        self.diagnostics = diagnostics


class SpecError(AdvasError):
    """The spec or the data that it names is faulty."""


class RunError(AdvasError):
    """The run itself failed: no space or memory, or numbers that are not finite; its state is saved where that can be."""


class UsageError(AdvasError):
    """A command or a function was called with arguments that it does not know."""


class AdvasWarning(UserWarning):
    """What advas warns of."""


def read(text: str) -> tuple[list[Diagnostic], str]:
    """The diagnostics among the lines of standard error, and the other lines."""
    found, rest = [], []
    # JSON leaves line separators of Unicode as they are, and `splitlines` would cut there.
    for line in text.rstrip("\n").split("\n"):
        try:
            values = json.loads(line) if line.startswith("{") else None
        except json.JSONDecodeError:
            values = None
        if isinstance(values, dict) and "level" in values:
            found.append(Diagnostic.parse(values))
        else:
            rest.append(line)
    return found, "\n".join(rest)


def failure(status: int, diagnostics: list[Diagnostic], text: str) -> AdvasError:
    """The exception for an exit code."""
    kind = {2: SpecError, 64: UsageError}.get(status, RunError)
    return kind(diagnostics, text or f"advas-run ended with exit code {status}")
