"""Parts of Docs/STUDY.md that follow from the results: tables in Markdown."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import endpoints
import inference
import plan
import verdict
from endpoints import Course, Pair, by_cell, log_of, paired, percent, plain
from inference import Interval
from plan import CELLS

RING_ENDPOINTS = {
    "log sliced W₂": log_of("sliced_wasserstein"),
    "high-quality share": plain("high_quality"),
    "modes covered": plain("modes"),
}


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def figure(value: float | None, digits: int = 4) -> str:
    return "–" if value is None or not math.isfinite(value) else f"{value:.{digits}g}"


def p_text(p: float) -> str:
    return f"{p:.2g}" if p >= 1e-4 else f"{p:.1e}"


def span(interval: Interval, show: str = "+.3f") -> str:
    return f"{interval.mean:{show}} ({interval.low:{show}} ... {interval.high:{show}})"


def change(interval: Interval) -> str:
    """A difference of logs in percent."""
    low, high = (percent(v) if math.isfinite(v) else v for v in (interval.low, interval.high))
    return f"{percent(interval.mean):+.1f} % ({low:+.1f} ... {high:+.1f})"


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
        said = verdict.of_ring({name: [pair.difference(of) for pair in pairs] for name, of in RING_ENDPOINTS.items()})
        for name, of in RING_ENDPOINTS.items():
            word, interval, p = said[name]
            sides = [mean([of(getattr(pair, arm)) for pair in pairs]) for arm in ("off", "on")]
            rows.append([cell.name, name, *map(figure, sides), span(interval), p_text(p), word])
        steps = [pair.per_round("sliced_wasserstein") for pair in pairs]
        rows.append(
            [cell.name, "log sliced W₂ at equal rounds", "", "", span(inference.t_interval(steps)),
             p_text(inference.sign_flip(steps)), "secondary"]
        )
    head = ["cell", "endpoint", "without", "with AdvAs", "difference (95 %)", "p", "with AdvAs it is"]
    return table(head, rows)


def cells(found: Sequence[Course]) -> str:
    """Every cell of Fashion-MNIST: FID at equal time and at equal rounds, by its own pairs."""
    time = by_cell(found, CELLS, lambda pair: pair.difference(log_of("fid")))
    steps = by_cell(found, CELLS, lambda pair: pair.per_round("fid"))
    adjusted = inference.holm({name: inference.t_test(values) for name, values in time.items()})
    rows = []
    for cell in CELLS:
        pairs = paired(found, cell)
        if cell.name not in time:
            rows.append([cell.name, f"{len(pairs)} of {len(cell.seeds)} pairs", *[""] * 6])
            continue
        word, interval, p = verdict.of_cell(time[cell.name])
        sides = [[log_of("fid")(getattr(pair, arm)) for pair in pairs] for arm in ("off", "on")]
        rows.append(
            [cell.name, str(len(pairs)), *(f"{math.exp(mean(side)):.1f}" for side in sides), change(interval),
             f"{p_text(p)}; {p_text(adjusted[cell.name])}", change(inference.t_interval(steps[cell.name])),
             f"{word}; ρ {figure(inference.correlation(*sides), 2)}"]
        )
    head = ["cell", "pairs", "FID without", "with AdvAs", "equal time (95 %)", "exact p; Holm's, of t",
            "equal rounds (95 %)", "with AdvAs it is"]
    return table(head, rows)


def secondary(found: Sequence[Course]) -> str:
    """Area, time to the baseline's FID, KID, recall, classes and the averaged generator of complete cells."""
    endings = {
        "area under log FID": lambda pair: pair.difference(endpoints.area("fid")),
        "KID": lambda pair: pair.difference(endpoints.last("kid")),
        "log FID, averaged generator": lambda pair: pair.difference(
            lambda course: math.log(endpoints.last("fid_averaged")(course))),
        "recall": lambda pair: pair.difference(endpoints.last("recall")),
        "divergence of classes": lambda pair: pair.difference(endpoints.last("classes")),
        "share of the budget to the other's last FID": time_to_baseline,
    }
    rows = []
    for name, difference in endings.items():
        for cell, values in by_cell(found, CELLS, difference).items():
            rows.append([cell, name, span(inference.t_interval(values)), p_text(inference.sign_flip(values))])
    return table(["cell", "endpoint", "with AdvAs less without (95 %)", "exact p"], rows)


def time_to_baseline(pair: Pair) -> float:
    """How much sooner, as a share of the budget, AdvAs reaches what the baseline ends at; positive is later than it."""
    target = log_of("fid")(pair.off)
    return endpoints.time_to(pair.on, "fid", target) - endpoints.time_to(pair.off, "fid", target)


def critic_steps(found: Sequence[Course]) -> str:
    """AdvAs with one critic step against none with five, at equal time: cells of other seeds, so unpaired."""
    rows = []
    for game in ("wgan-gp", "hinge", "non-saturating"):
        one, five = (paired(found, f"{game}-{steps}") for steps in (1, 5))
        if len({pair.off.features for pair in (*one, *five)}) > 1:
            rows.append([game, "–", "–", "not compared: seen through different features", "–"])
        elif len(one) >= 5 and len(five) >= 5:
            sides = [[log_of("fid")(pair.on) for pair in one], [log_of("fid")(pair.off) for pair in five]]
            interval, p = inference.welch(*sides)
            rows.append([game, *(f"{math.exp(mean(side)):.1f}" for side in sides), change(interval), p_text(p)])
    head = ["game", "one step, with AdvAs", "five, without", "difference (95 %)", "p (Welch)"]
    return table(head, rows) if rows else "No game has both cells complete yet."


def runs(found: Sequence[Course], ring: bool) -> str:
    """Every run that ended, pilots too."""
    rows = []
    for course in found:
        end = course.end + (", collapsed" if course.collapsed else "")
        last = course.lines[-1]
        if ring:
            figures = [figure(last.get(key)) for key in ("sliced_wasserstein", "high_quality", "modes", "r")]
        else:
            figures = [figure(last.get(key)) for key in ("fid", "kid", "recall", "fid_averaged", "r")]
        rows.append(
            [course.run.split("/")[0], course.cell, course.arm, course.rate, str(course.seed),
             f"{course.rounds:,}", *figures, end]
        )
    head = ["stage", "cell", "arm", "rate", "seed", "rounds"]
    head += ["sliced W₂", "high quality", "modes", "r"] if ring else ["FID", "KID", "recall", "FID, averaged", "r"]
    return table([*head, "end"], rows)


def is_ring(cell: str) -> bool:
    return cell in {known.name for known in plan.RINGS}


def ablations(found: Sequence[Course]) -> str:
    """Other penalties beside AdvAs and no penalty, all for the same rounds, features and seeds."""
    cell = CELLS[0]
    seeds = cell.seeds[:2]
    rows = []
    names = {"off": "none", "on": "AdvAs (split, auto)"}
    for arm in plan.ABLATIONS:
        runs = [course for course in found if course.arm == arm and course.seed in seeds]
        if len(runs) == len(seeds):
            rows.append([names.get(arm, arm), *(f"{math.exp(log_of('fid')(run)):.1f}" for run in runs)])
    if not rows:
        return "No ablation is complete yet."
    return table(["penalty", *(f"FID, seed {seed}" for seed in seeds)], rows)
