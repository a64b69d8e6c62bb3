"""Parts of Docs/STUDY.md that follow from the results: tables in Markdown."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import endpoints
import inference
import plan
import verdict
from endpoints import Course, Pair, by_cell, counting, log_of, measured, paired, plain
from inference import Interval
from plan import CELLS, Cell
from words import change, figure, p_text, share, span, table

RING_ENDPOINTS = {
    "log sliced W₂": log_of("sliced_wasserstein"),
    "high-quality share": plain("high_quality"),
    "modes covered": plain("modes"),
}


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else math.nan


def rings(found: Sequence[Course]) -> str:
    """Each complete cell of the ring: three endpoints at equal time, and sliced W at equal rounds."""
    rows = []
    for cell in plan.RINGS:
        pairs = paired(found, cell)
        if len(pairs) < len(cell.seeds):
            rows.append([cell.name, f"{len(pairs)} of {len(cell.seeds)} pairs: not complete", *[""] * 5])
            continue
        both = {
            name: measured(pairs, lambda pair: (of(pair.off), of(pair.on))) for name, of in RING_ENDPOINTS.items()
        }
        said = verdict.of_ring({name: [on - off for off, on in values] for name, values in both.items()})
        for name, values in both.items():
            word, interval, p = said[name]
            there = "" if len(values) == len(pairs) else f", {number_of(values, pairs)} pairs"
            sides = [mean([pair[arm] for pair in values]) for arm in (0, 1)]
            rows.append([cell.name, name + there, *map(figure, sides), span(interval), p_text(p), word])
        steps = measured(pairs, lambda pair: pair.per_round("sliced_wasserstein"))
        rows.append(
            [cell.name, "log sliced W₂ at equal rounds", "", "", span(inference.t_interval(steps)),
             p_text(inference.sign_flip(steps)), "secondary"]
        )
    head = ["cell", "endpoint", "without", "with AdvAs", "difference (95 %)", "p", "with AdvAs it is"]
    return table(head, rows)


def cells(found: Sequence[Course], rows_of: Sequence[Cell] = CELLS) -> str:
    """Every cell of pictures: FID at equal time and at equal rounds, by its own pairs; Holm's over the complete cells."""
    time = by_cell(found, rows_of, lambda pair: pair.difference(log_of("fid")))
    steps = by_cell(found, rows_of, lambda pair: pair.per_round("fid"))
    adjusted, adjusted_steps = (
        inference.holm({name: inference.t_test(values) for name, values in side.items()}) for side in (time, steps)
    )
    counted = counting(found, rows_of)
    rows = []
    for cell in rows_of:
        if cell.name not in time:
            rows.append([cell.name, f"{len(paired(found, cell))} of {len(cell.seeds)} pairs", *[""] * 6])
            continue
        pairs = counted[cell.name]
        word, interval, p = verdict.of_cell(time[cell.name])
        both = measured(pairs, both_ends)
        # A second look may be seen through another network, whose FIDs are not added to the first's.
        alike = [pair for pair in pairs if pair.off.features == pairs[0].off.features]
        sides = list(zip(*measured(alike, both_ends)))
        rows.append(
            [cell.name, number_of(both, pairs), *(f"{math.exp(mean(side)):.1f}" for side in sides), change(interval),
             f"{p_text(p)}; {p_text(adjusted[cell.name])}",
             f"{change(inference.t_interval(steps[cell.name]))}; {p_text(adjusted_steps[cell.name])}",
             f"{word}; ρ {figure(inference.correlation(*sides), 2)}"]
        )
    head = ["cell", "pairs", "FID without", "with AdvAs", "equal time (95 %)", "exact p; Holm's, of t",
            "equal rounds (95 %); Holm's", "with AdvAs it is"]
    return table(head, rows)


def both_ends(pair: Pair) -> tuple[float, float]:
    """Log FID at the end of the budget, without and with AdvAs."""
    return log_of("fid")(pair.off), log_of("fid")(pair.on)


def number_of(some: Sequence[object], every: Sequence[object]) -> str:
    """How many pairs a row is of; all of them, or some of them."""
    return str(len(every)) if len(some) == len(every) else f"{len(some)} of {len(every)}"


def secondary(found: Sequence[Course], cells: Sequence[Cell] = CELLS) -> str:
    """Area, time to the baseline's FID, KID, recall, classes and the averaged generator of complete cells."""
    averaged = endpoints.last("fid_averaged")
    endings: dict[str, tuple[Callable[[Pair], float], Callable[[Interval], str]]] = {
        "area under log FID": (lambda pair: pair.difference(endpoints.area("fid")), span),
        "KID": (lambda pair: pair.difference(endpoints.last("kid")), lambda interval: span(interval, "+.1f")),
        "FID, averaged generator": (lambda pair: pair.difference(lambda course: math.log(averaged(course))), change),
        "recall": (lambda pair: pair.difference(endpoints.last("recall")), span),
        "divergence of classes": (lambda pair: pair.difference(endpoints.last("classes")), lambda i: span(i, "+.4f")),
        "share of the budget until the baseline's endpoint": (later_than_baseline, span),
    }
    pairs = counting(found, cells)
    rows = []
    for name, (difference, written) in endings.items():
        values = by_cell(found, cells, difference)
        adjusted = inference.holm({cell: inference.sign_flip(some) for cell, some in values.items()})
        for cell, some in values.items():
            late = sum(measured(pairs[cell], never_there)) if difference is later_than_baseline else 0
            rows.append(
                [cell, name, number_of(some, pairs[cell]),
                 written(inference.t_interval(some)) + (f"; at least: {late} never get there" if late else ""),
                 f"{p_text(inference.sign_flip(some))}; {p_text(adjusted[cell])}"]
            )
    return table(["cell", "endpoint", "pairs", "with AdvAs less without (95 %)", "exact p; Holm's"], rows)


def later_than_baseline(pair: Pair) -> float:
    """How much later, as a share of the budget, AdvAs first reaches the baseline's endpoint than the baseline itself."""
    target = log_of("fid")(pair.off)
    return endpoints.time_to(pair.on, "fid", target) - endpoints.time_to(pair.off, "fid", target)


def never_there(pair: Pair) -> bool:
    """Whether AdvAs does not reach the baseline's endpoint within its budget, so that its share counts as 1."""
    target = log_of("fid")(pair.off)
    return all(math.log(value) > target for value in pair.on.values("fid"))


def adversary_gradient(found: Sequence[Course]) -> str:
    """r, what AdvAs makes smaller, with it as a share of r without it: at equal time and at equal rounds."""
    rounds = by_cell(found, plan.ALL, lambda pair: pair.per_round("r"))
    rows = []
    for cell, values in by_cell(found, plan.ALL, lambda pair: pair.difference(log_of("r"))).items():
        larger = sum(value > 0 for value in values)
        rows.append(
            [cell, share(inference.t_interval(values)), f"{larger} of {len(values)}", p_text(inference.sign_flip(values)),
             share(inference.t_interval(rounds[cell]))]
        )
    head = ["cell", "r with AdvAs beside r without, equal time (95 %)", "larger in", "exact p", "equal rounds (95 %)"]
    return table(head, rows)


def critic_steps(found: Sequence[Course]) -> str:
    """AdvAs with one critic step against none with five, at equal time: cells of other seeds, so unpaired."""
    rows = []
    complete = counting(found, CELLS)
    for game in ("wgan-gp", "hinge", "non-saturating"):
        one, five = (complete.get(f"{game}-{steps}", []) for steps in (1, 5))
        if not one or not five:
            continue
        if len({pair.off.features for pair in (*one, *five)}) > 1:
            rows.append([game, "–", "–", "not compared: seen through different features", "–"])
            continue
        sides = [
            measured(one, lambda pair: log_of("fid")(pair.on)), measured(five, lambda pair: log_of("fid")(pair.off)),
        ]
        interval, p = inference.welch(*sides)
        rows.append([game, *(f"{math.exp(mean(side)):.1f}" for side in sides), change(interval), p_text(p)])
    head = ["game", "one step, with AdvAs", "five, without", "difference (95 %)", "p (Welch)"]
    return table(head, rows) if rows else "No game has both cells complete yet."


def runs(found: Sequence[Course], ring: bool) -> str:
    """Every run that ended, pilots too."""
    rows: list[list[str]] = []
    for course in found:
        last = course.lines[-1]
        if ring:
            figures = [figure(last.get(key)) for key in ("sliced_wasserstein", "high_quality", "modes", "r")]
        else:
            figures = [figure(last.get(key)) for key in ("fid", "kid", "recall", "fid_averaged", "r")]
        rows.append(
            [course.run.split("/")[0], course.cell, course.arm, course.rate, str(course.seed),
             f"{course.rounds:,}", *figures, ended(course)]
        )
    head = ["stage", "cell", "arm", "rate", "seed", "rounds"]
    head += ["sliced W₂", "high quality", "modes", "r"] if ring else ["FID", "KID", "recall", "FID, averaged", "r"]
    return table([*head, "end"], rows) if rows else "None has ended yet."


def ended(course: Course) -> str:
    return course.end + (", collapsed" if course.collapsed else "")


def ablations(found: Sequence[Course]) -> str:
    """Other penalties beside AdvAs and no penalty, a row a run: same rounds, features and seeds."""
    names = {"off": "none", "on": "AdvAs (split, auto)"}
    seeds = CELLS[0].seeds[:2]
    rows = []
    for arm in plan.ABLATIONS:
        runs = {course.seed: course for course in found if course.arm == arm and course.seed in seeds}
        for run in (runs[seed] for seed in seeds if seed in runs):
            with_endpoint = run.values("fid")
            rows.append(
                [names.get(arm, arm), str(run.seed), f"{math.exp(log_of('fid')(run)):.1f}" if with_endpoint else "–",
                 *(figure(run.lines[-1].get(key)) for key in ("fid_averaged", "r", "weight")), ended(run)]
            )
    if not rows:
        return "No ablation is complete yet."
    return table(["penalty", "seed", "FID", "FID, averaged", "r", "weight at the end", "end"], rows)
