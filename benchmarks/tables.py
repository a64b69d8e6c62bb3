"""Tables of text, and the machine that a table is of."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

from programs import PEERS, ROOT, Command
from turns import answer

Row = list[str]


def table(rows: list[Row], left: int = 1) -> str:
    """Columns, the first `left` to the left and others to the right; the first row is the head."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = [
        "  ".join(
            cell.ljust(width) if i < left else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths))
        ).rstrip()
        for row in rows
    ]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def machine() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        model = platform.processor() or platform.machine()
    return f"{model}, {os.cpu_count()} cores, {platform.system()} {platform.release()}"


def commit() -> str:
    """The commit that is checked out, marked where files differ from it."""
    command = ["git", "-C", str(ROOT), "describe", "--always", "--dirty"]
    return subprocess.run(command, capture_output=True, text=True).stdout.strip() or "unknown"


def peaks(cores: list[int]) -> dict[str, float]:
    """sgemm in GF/s and a copy in GB/s, now."""
    command: Command = [sys.executable, str(PEERS / "peaks.py"), "--threads", str(len(cores))]
    return answer(command, cores)


def peaks_text(found: dict[str, float]) -> str:
    return f"sgemm {found['sgemm_gflops']:.0f} GF/s, copy {found['copy_gbs']:.1f} GB/s"
