"""Questions that train nothing."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from typing import Any

from ._commands import Spec, call, flags, spec_arguments
from ._runs import Run


def check(
    spec: Spec, *, set: Mapping[str, Any] | None = None, threads: int | None = None
) -> dict[str, Any]:
    """Compiles a spec and says what it costs: networks with their parameters, players, FLOPs, bytes, predicted seconds of a round.

    Of a spec with a sweep every run is checked. Each answer then also says the number of the run and what it sets, and
    predicts no seconds; those of two runs or more are the list of the key "runs". Raises SpecError with every fault.
    """
    arguments, text = spec_arguments(spec, set)
    lines = call("check", *arguments, *flags(threads=threads), "--json", text=text).split("\n")
    answers: list[dict[str, Any]] = [json.loads(line) for line in lines if line]
    return answers[0] if len(answers) == 1 else {"runs": answers}


def config(spec: Spec, *, set: Mapping[str, Any] | None = None) -> str:
    """The spec with every value and where it comes from."""
    arguments, text = spec_arguments(spec, set)
    return call("config", *arguments, text=text)


def explain(name: str) -> str:
    """What is known of an objective, regularizer, layer, function, metric, or whatever else a spec can name."""
    return call("explain", name)


def compare(
    runs: Iterable[Run | str | os.PathLike[str]], by: str, *, at: int | None = None
) -> dict[str, Any]:
    """What a value of the spec changed: figures with differences and intervals, paired over seeds."""
    folders = [str(each.folder) if isinstance(each, Run) else os.fspath(each) for each in runs]
    answer: dict[str, Any] = json.loads(call("compare", *folders, "--json", *flags(by=by, at=at)))
    return answer
