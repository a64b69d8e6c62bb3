"""Makes the figures and the tables of Docs/STUDY.md and STUDY-PLAN.md from the lines of results/.

    python3 studies/advas/analyse.py            writes the page's parts between its marks, and Docs/figures/study-*.svg
    python3 studies/advas/analyse.py --check    says where the page differs from the results, and writes nothing

What stands outside the marks `<!-- study: NAME -->` ... `<!-- end -->` is written by hand and left as it is.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import charts
import inference
import mechanisms
import pages
import plan
import readouts
import verdict
from endpoints import Course, by_cell, courses, is_second_look, log_of
from plan import CELLS, RESULTS, ROOT
from words import change, figure, table

PAGES = (ROOT / "Docs/STUDY-PLAN.md", ROOT / "Docs/STUDY.md")
FIGURES = ROOT / "Docs/figures"
STAGES = ("pilot", "pair", "same-rate", "ablation")


class Results:
    """All lines, and the runs that they make."""

    def __init__(self, folder: Path = RESULTS) -> None:
        self.mechanism: list[readouts.Line] = []
        lines: list[readouts.Line] = []
        for path in sorted(folder.glob("*.jsonl")):
            (self.mechanism if path.stem.endswith("mechanism") else lines).extend(readouts.read(path))
        self.lines = lines
        self.courses = {stage: courses(lines, stage) for stage in STAGES}

    @property
    def pairs(self) -> list[Course]:
        return self.courses["pair"]

    def runs(self, cells: Sequence[plan.Cell]) -> list[Course]:
        """All runs of some cells that have ended, pilots first."""
        names = {cell.name for cell in cells}
        return [course for stage in STAGES for course in self.courses[stage] if course.cell in names]


def headline(results: Results) -> str:
    """The verdict by the rules, or what stands instead of it while pairs are missing."""
    time = by_cell(results.pairs, CELLS, lambda pair: pair.difference(log_of("fid")))
    if len(time) == len(CELLS) and (is_second_look(results.pairs) or not verdict.wants_more(time)):
        rounds = by_cell(results.pairs, CELLS, lambda pair: pair.per_round("fid"))
        r = by_cell(results.pairs, CELLS, lambda pair: pair.difference(log_of("r")))
        cosine = mechanisms.cosines(results.pairs, results.mechanism)
        return verdict.sentence(verdict.verdict(time, rounds, r, cosine), time, rounds, r, cosine)
    if len(time) == len(CELLS):
        pooled = inference.stratified_interval(time, 1 - verdict.LOOK)
        return (
            f"On Fashion-MNIST there is no verdict yet: after five pairs in each cell FID is {change(pooled)} with "
            f"AdvAs (interval of {100 * (1 - verdict.LOOK):.2f} %), and by the plan all cells are extended to eight."
        )
    said = []
    for cell in CELLS:
        if cell.name in time:
            word, interval, p = verdict.of_cell(time[cell.name])
            said.append(f"in {cell.name} {word} with AdvAs, FID {change(interval)}, exact p {p:.2g}")
    there = "; ".join(said) if said else "none of its cells is complete"
    return f"On Fashion-MNIST there is no verdict yet, {len(time)} of {len(CELLS)} cells complete: {there}."


def rates(results: Results) -> str:
    """What the pilots chose."""
    rows = []
    for cell in plan.ALL:
        found = plan.chosen_rates(cell, results.lines)
        if cell is not plan.PHOTOGRAPHS:
            rows.append([cell.name, *([found["off"], found["on"]] if found else ["pilots missing", ""])])
    return table(["cell", "rate without AdvAs", "with AdvAs"], rows)


def costs() -> str:
    """Milliseconds a round, and the rounds that the budget buys."""
    rows = []
    for cell in (plan.RING, *CELLS, plan.PHOTOGRAPHS):
        if plan.has_cost(cell):
            ms = [plan.cost(cell, arm) for arm in ("off", "on")]
            rounds = [f"{plan.rounds_of(cell.budget, cost):,}" for cost in ms]
            rows.append([cell.name, f"{cell.budget:.0f} s", *map(figure, ms), f"{ms[1] / ms[0]:.2f}", *rounds])
    head = ["cell", "budget", "ms a round without", "with AdvAs", "ratio", "rounds without", "with AdvAs"]
    return table(head, rows) if rows else "Not measured yet."


def parts(results: Results) -> dict[str, Callable[[], str]]:
    """The text of every part by the name of its mark."""
    return {
        "costs": costs,
        "headline": lambda: headline(results),
        "rates": lambda: rates(results),
        "rings": lambda: pages.rings(results.pairs),
        "cells": lambda: pages.cells(results.pairs),
        "photographs": lambda: pages.cells(results.pairs, [plan.PHOTOGRAPHS]),
        "secondary": lambda: pages.secondary(results.pairs, plan.PICTURES),
        "adversary gradient": lambda: pages.adversary_gradient(results.pairs),
        "critic steps": lambda: pages.critic_steps(results.pairs),
        "mechanism": lambda: mechanisms.table(results.pairs, results.mechanism),
        "ablations": lambda: pages.ablations(results.courses["ablation"]),
        "ring runs": lambda: pages.runs(results.runs(plan.RINGS), ring=True),
        "runs": lambda: pages.runs(results.runs(CELLS), ring=False),
        "photograph runs": lambda: pages.runs(results.runs([plan.PHOTOGRAPHS]), ring=False),
    }


def filled(page: str, texts: dict[str, Callable[[], str]]) -> str:
    """The page with every part as the results have it. Raises ValueError for a mark that nobody fills."""

    def part(match: re.Match[str]) -> str:
        name = match.group(1)
        if name not in texts:
            raise ValueError(f"no part is called '{name}'")
        return f"<!-- study: {name} -->\n\n{texts[name]()}\n\n<!-- end -->"

    return re.sub(r"<!-- study: (.+?) -->\n.*?<!-- end -->", part, page, flags=re.DOTALL)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing, exit 1 where something differs")
    options = parser.parse_args(arguments)
    results = Results()
    made = {page: filled(page.read_text(), parts(results)) for page in PAGES if page.exists()}
    made |= {FIGURES / f"study-{name}.svg": text for name, text in charts.all_of(results.pairs, results.mechanism).items()}
    differ = [path for path, text in made.items() if not path.exists() or path.read_text() != text]
    for path in differ:
        if options.check:
            print(f"{path.relative_to(ROOT)} differs from the results", file=sys.stderr)
        else:
            path.write_text(text := made[path])
            print(f"{path.relative_to(ROOT)}: {len(text):,} characters")
    return 1 if options.check and differ else 0


if __name__ == "__main__":
    sys.exit(main())
