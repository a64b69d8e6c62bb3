#!/usr/bin/env python3
"""Runs advas on every row of `cases.CASES` and compares each round with PyTorch: `make parity`.

One line per row and precision. float64 shows the largest relative error of the reference executor;
float32 shows the fast executor's largest error as a multiple of torch's own float32 error on the
same numbers; `but for 1 at a kink` says that float64 had to take the other slope of so many rectifiers
whose input is 0 but for rounding (kinks.py). A row that is too far prints all its terms. Behind them
stands a table with one line for each entry of `advas-run list objectives` and `regularizers`: its
largest error in float64 over all ways to use it. An entry without a row is a fault. Exit codes are the
oracle's.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import torch

import cases
import dynamics_cases
import prelude_cases
import published_cases
import spectral_cases
from cases import Case
from comparison import FLOAT32_FLOOR, Row, largest_error, scientific, show, table
from oracle import compare
from record import RecordError

GAMES = cases.GAMES | prelude_cases.GAMES | dynamics_cases.GAMES | spectral_cases.GAMES | published_cases.GAMES
CASES = cases.CASES + prelude_cases.CASES + dynamics_cases.CASES + spectral_cases.CASES + published_cases.CASES
ROOT = Path(__file__).resolve().parents[2]
COLUMNS = ("scalars", "auto gradients", "gradient", "update", "running stats", "average", "start")


def column(row: Row) -> str:
    """The column of the summary in which a term is counted."""
    if row.term.startswith("gradient of "):
        return "auto gradients"
    return row.term if row.term in COLUMNS else "scalars"


def cell(rows: list[Row], precision: str) -> str:
    if not rows:
        return "-"
    if precision == "float64":
        return scientific(largest_error(row.error for row in rows))
    ratios = [row.error / max(row.torch_error or 0, FLOAT32_FLOOR) for row in rows]
    return f"{largest_error(ratios):.2f}x"


def verdict(rows: list[Row]) -> str:
    """The worst of the rows' verdicts."""
    return max(rows, key=lambda row: (not row.passes, row.kinks)).verdict


def record(binary: Path, case: Case, precision: str, path: Path) -> None:
    """Has advas-run write one round; raises RecordError with what it said when it fails."""
    spec = Path(GAMES[case.game].path)
    if text := GAMES[case.game].spec:
        spec = path.with_name("spec.yaml")
        spec.write_text(text.replace("ROOT", str(ROOT)))
    command = [str(binary), "record", str(spec), str(path), "--at", str(case.at)]
    # Minimal filtering rounds more than the sums of products that torch's own float32 is judged by.
    command += ["--precision", precision, "--set", "train.convolutions=direct"]
    for setting in case.settings:
        command += ["--set", setting]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if result.returncode != 0:
        raise RecordError(f"{' '.join(command)}\nexit {result.returncode}: {result.stderr.strip()}")


def judge(binary: Path, case: Case, precision: str, folder: Path) -> list[Row]:
    path = folder / "round.safetensors"
    record(binary, case, precision, path)
    game = GAMES[case.game].with_settings(case.settings)
    return compare(game, path, float32=precision == "float32", bound=case.bound)


def listed(binary: Path) -> list[str]:
    """Every objective and regularizer that advas knows."""
    names = []
    for kind in ("objectives", "regularizers"):
        text = subprocess.run([binary, "list", kind], capture_output=True, text=True, check=True)
        names += [line.split()[0] for line in text.stdout.splitlines() if line.strip()]
    return names


SHAPES = ("mlp", "conv")
KINDS = {"value": ("scalars",), "gradients": ("gradient", "auto gradients"), "update": ("update",)}


def by_entry(names: list[str], results: dict[str, list[Row]]) -> list[list[str]]:
    """Lines of the second table: largest errors of both players, on each kind of networks."""
    lines = [["entry", "ways to use it", *(f"{shape} {kind}" for shape in SHAPES for kind in KINDS)]]
    for name in names:
        uses = {title for title in results if title.split()[1:2] == [name]}
        cells = []
        for shape in SHAPES:
            rows = [row for title in uses if title.split()[0] == shape for row in results[title]]
            for columns in KINDS.values():
                errors = [row.error for row in rows if column(row) in columns]
                cells.append(scientific(largest_error(errors)) if errors else "-")
        lines.append([name, str(len({title.split(" ", 1)[1] for title in uses})), *cells])
    return lines


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("only", nargs="*", help="run rows whose title contains one of these")
    parser.add_argument("--binary", type=Path, default=ROOT / ".build/release/advas-run")
    parser.add_argument("--precision", choices=("float64", "float32"), help="default: both")
    parser.add_argument("--terms", action="store_true", help="print every term of every row")
    options = parser.parse_args()
    torch.set_num_threads(2)
    if not options.binary.exists():
        print(f"parity: no {options.binary}: run `swift build -c release` first", file=sys.stderr)
        return 2
    lines = [["game and settings", "precision", *COLUMNS, ""]]
    status = 0
    results: dict[str, list[Row]] = {}
    with tempfile.TemporaryDirectory(prefix="advas-parity-") as folder:
        for case in CASES:
            if options.only and not any(text in case.title for text in options.only):
                continue
            for precision in case.precisions:
                if options.precision not in (None, precision):
                    continue
                start = time.monotonic()
                try:
                    rows = judge(options.binary, case, precision, Path(folder))
                except RecordError as error:
                    print(f"\n{case.title}, {precision}: {error}", file=sys.stderr)
                    lines.append([case.title, precision, *["-"] * len(COLUMNS), "NO RECORD"])
                    status = 2
                    continue
                if precision == "float64":
                    results[case.title] = rows
                passes = all(row.passes for row in rows)
                if not passes:
                    status = max(status, 1)
                if options.terms or not passes:
                    print(f"\n{case.title}, {precision}\n{show(rows)}")
                cells = [cell([r for r in rows if column(r) == c], precision) for c in COLUMNS]
                lines.append([case.title, precision, *cells, verdict(rows)])
                print(
                    f"{case.title}, {precision}: {time.monotonic() - start:.0f} s", file=sys.stderr
                )
    if len(lines) == 1:
        print(f"parity: no row matches {' '.join(options.only)}", file=sys.stderr)
        return 2
    print(f"\n{table(lines)}")
    names = listed(options.binary)
    print(f"\n{table([line for line in by_entry(names, results) if line[1] != '0'])}")
    if not options.only and options.precision != "float32":
        missing = [line[0] for line in by_entry(names, results) if line[1] == "0"]
        if missing:
            print(f"parity: no row for {', '.join(missing)}", file=sys.stderr)
            status = max(status, 1)
    print(f"\nbounds: float64 {Case.bound:.0e} or as the case says, float32 3x torch's own error; torch {torch.__version__}")
    return status


if __name__ == "__main__":
    sys.exit(main())
