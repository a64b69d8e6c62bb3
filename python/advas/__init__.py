"""Adversarial training from a YAML file, compiled ahead of time, on the CPU.

    import advas
    run = advas.run("gan.yaml", set={"train.total": 2000})
    run.picture()

Everything is done by the commands `advas-run` and `advas-graph`, which the wheel brings; this module calls them, and makes
exceptions of their messages.
"""

from ._diagnostics import AdvasError, AdvasWarning, Diagnostic, RunError, SpecError, UsageError
from ._questions import check, compare, config, explain
from ._runs import Picture, Report, Run
from ._training import resume, run, sweep

__all__ = [
    "AdvasError", "AdvasWarning", "Diagnostic", "Picture", "Report", "Run", "RunError", "SpecError", "UsageError",
    "check", "compare", "config", "explain", "resume", "run", "sweep",
]
