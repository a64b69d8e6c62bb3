"""Trains what the plan names and has not been trained, two runs at a time, and appends what they measured.

    python3 studies/advas/drive.py                go on with everything, in the order of the plan
    python3 studies/advas/drive.py --list         what is done, what comes next
    python3 studies/advas/drive.py --only ring    one cell; --stage pilot, pair, same-rate or ablation narrows it too
    python3 studies/advas/drive.py --until 03:20  end then, with the state saved

Each run is one process of one thread at nice 19. A signal (SIGTERM, SIGINT, SIGQUIT, SIGHUP) lets them save their state; the
same command goes on, also after SIGKILL. Exit codes: 0 done, 1 a run failed, 2 faulty arguments, 130 interrupted.
"""

from __future__ import annotations

import argparse
import datetime
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import endpoints
import features
import mechanism
import plan
import readouts
import verdict
from plan import RESULTS, ROOT, Run, Unit
from training import Failed, Interrupted, Machinery, lines, train

STAGES = ("pilot", "pair", "same-rate", "ablation")


def result_file(run: Run) -> Path:
    """ring.jsonl, pilots.jsonl, pairs.jsonl, ..., so that each is small."""
    return RESULTS / (f"{'ring-' if run.cell.is_ring else ''}{run.stage}s.jsonl")


def all_lines() -> list[readouts.Line]:
    """Every read-out there is."""
    return [
        line for path in sorted(RESULTS.glob("*.jsonl")) if not path.name.endswith("mechanism.jsonl")
        for line in readouts.read(path)
    ]


def finished() -> set[str]:
    """Keys of runs whose last read-out says how they ended."""
    return {line["run"] for line in all_lines() if "end" in line}


def mechanism_file(run: Run) -> Path:
    return RESULTS / f"{'ring-' if run.cell.is_ring else ''}mechanism.jsonl"


def units() -> Iterator[Unit]:
    """All units in the plan's order; those whose rates or costs are not known yet are left out."""
    known = all_lines()
    rates = {cell: plan.chosen_rates(cell, known) for cell in plan.ALL if plan.has_cost(cell)}

    def pairs(cell: plan.Cell, seeds: tuple[int, ...]) -> Iterator[Unit]:
        if found := rates.get(cell):
            yield from plan.pairs(cell, found, seeds)

    for cell in plan.ORDER:
        yield from plan.pilots(cell)
        yield from pairs(cell, cell.seeds)
    runs = endpoints.courses(known, "pair")
    time = endpoints.by_cell(runs, plan.CELLS, lambda pair: pair.difference(endpoints.log_of("fid")))
    if len(time) == len(plan.CELLS) and verdict.wants_more(time):
        for cell in plan.CELLS:
            yield from pairs(cell, cell.more_seeds)
    for cell in plan.CELLS:
        if found := rates.get(cell):
            yield from plan.same_rate(cell, found)
    if found := rates.get(plan.CELLS[0]):
        yield from plan.ablations(plan.CELLS[0], found)
    yield from pairs(plan.PHOTOGRAPHS, plan.PHOTOGRAPHS.seeds)


def do(unit: Unit, machinery: Machinery) -> None:
    """Trains the runs of a unit side by side, then measures and writes what they say."""
    machinery.identify()
    with ThreadPoolExecutor(len(unit)) as pool:
        ends = list(pool.map(lambda run: train(run, machinery), unit))
        averages = list(
            pool.map(
                lambda pair: mechanism.averaged(pair[0], machinery)
                if pair[1] == "finished" and not pair[0].cell.is_ring and pair[0].stage != "pilot"
                else None,
                zip(unit, ends),
            )
        )
    looked = unit[0].stage == "pair" and set(ends) == {"finished"}
    mechanisms = mechanism.measure(unit, machinery) if looked else []
    said = [lines(run, machinery, end) for run, end in zip(unit, ends)]
    # What `finished` looks at is written last: whatever is cut off here is done again.
    for run, (_, own) in zip(unit, said):
        if run.stage == "pair":
            readouts.append(mechanism_file(run), own)
    readouts.append(mechanism_file(unit[0]), mechanisms)
    for run, (outs, _), average in zip(unit, said, averages):
        if average is not None:
            outs[-1]["fid_averaged"] = average
        readouts.append(result_file(run), outs)
    clean(unit, machinery)


def clean(unit: Unit, machinery: Machinery) -> None:
    """Removes the checkpoints of a unit's runs but the last, where there are more."""
    for run in unit:
        folder = machinery.out / run.key
        if len(list(folder.glob("*/checkpoint-*"))) > 1:
            machinery.call(["clean", str(folder), "--yes"])


def wanted(unit: Unit, options: argparse.Namespace, done: set[str]) -> bool:
    cell = unit[0].cell
    return (
        any(run.key not in done for run in unit)
        and (options.only is None or cell.name in options.only)
        and (options.stage is None or unit[0].stage in options.stage)
        and (cell is not plan.PHOTOGRAPHS or "CIFAR10" in os.environ)
    )


def commit() -> str:
    """The commit that is checked out, and `-dirty` behind it where files have been changed since.

    Results and pages, which the study itself writes, do not count.
    """
    git = ["git", "-C", str(ROOT)]
    found = subprocess.run([*git, "rev-parse", "--short=12", "HEAD"], capture_output=True, text=True).stdout.strip()
    changed = [*git, "diff", "--quiet", "HEAD", "--", ".", ":!Docs", ":!studies/advas/results"]
    if found and subprocess.run(changed, capture_output=True).returncode != 0:
        return f"{found}-dirty"
    return found or "unknown"


def ends_at(text: str) -> float:
    """Seconds until the next time that the clock shows this."""
    now = datetime.datetime.now()
    try:
        clock = datetime.datetime.strptime(text, "%H:%M")
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is no time of the day: expected HH:MM, like 03:20") from None
    then = now.replace(hour=clock.hour, minute=clock.minute, second=0, microsecond=0)
    if then <= now:
        then += datetime.timedelta(days=1)
    return (then - now).total_seconds()


def listing(options: argparse.Namespace) -> None:
    done = finished()
    for unit in units():
        if wanted(unit, options, set()):
            state = "done" if not wanted(unit, options, done) else "to do"
            print(f"{state}  {'  '.join(f'{run.key} ({run.rounds:,} rounds)' for run in unit)}")


def tidy(machinery: Machinery) -> None:
    """Cleans finished units of which all checkpoints are there: a kill came between their last line and `clean`."""
    done = finished()
    for unit in units():
        if all(run.key in done for run in unit):
            clean(unit, machinery)


def work(options: argparse.Namespace, machinery: Machinery) -> int:
    """Takes one unit after another; pilots decide on rates of later ones, so that the list is made anew each time."""
    try:
        tidy(machinery)
        while True:
            done = finished()
            unit = next((unit for unit in units() if wanted(unit, options, done)), None)
            if unit is None:
                photographs = (run.key for unit in units() for run in unit if run.cell is plan.PHOTOGRAPHS)
                if "CIFAR10" not in os.environ and not done.issuperset(photographs):
                    print("photographs are left out: CIFAR10 does not name their folder", file=sys.stderr)
                return 0
            print(f"{datetime.datetime.now():%H:%M:%S} {' and '.join(run.key for run in unit)}", flush=True)
            machinery.features[unit[0].cell.measures] = features.entry(unit[0].cell.measures, machinery)
            features.refuse_others(unit[0], all_lines(), machinery)
            do(unit, machinery)
    except Interrupted:
        print("interrupted; the same command goes on", file=sys.stderr)
        return 130
    except Failed as failure:
        print(failure, file=sys.stderr)
        machinery.stop()
        return 1


def main() -> int:
    names = [cell.name for cell in plan.ALL]
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--binary", type=Path, default=ROOT / ".build/release/advas-run")
    parser.add_argument("--out", type=Path, default=ROOT / "runs/study", help="folder of the runs")
    parser.add_argument("--only", action="append", choices=names, help="repeatable")
    parser.add_argument("--stage", action="append", choices=STAGES, help="repeatable")
    parser.add_argument("--until", metavar="HH:MM", type=ends_at, help="end at this time of the day")
    parser.add_argument("--list", action="store_true", help="say what is done and train nothing")
    options = parser.parse_args()
    if options.list:
        listing(options)
        return 0
    if not options.binary.exists():
        print(f"study: there is no {options.binary}; build first", file=sys.stderr)
        return 2
    machinery = Machinery(options.binary.resolve(), options.out.resolve(), commit())
    # Runs have sessions of their own, so that what a terminal sends reaches them through here alone. Where `nohup` has SIGHUP
    # ignored, it stays so.
    hangup = [] if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN else [signal.SIGHUP]
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, *hangup):
        signal.signal(number, lambda *_: threading.Thread(target=machinery.stop).start())
    if options.until is not None:
        timer = threading.Timer(options.until, machinery.stop)
        timer.daemon = True
        timer.start()
    return work(options, machinery)


if __name__ == "__main__":
    sys.exit(main())
