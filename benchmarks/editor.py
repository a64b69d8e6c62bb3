#!/usr/bin/env python3
"""How long the language server takes to answer about shipped specs, in milliseconds.

    benchmarks/editor.py [--binary advas-run] [--repeats 5] [SPEC ...]

Before each question a comment of the spec is changed, so that the answer needs a check of the new text. Without arguments
every shipped spec is asked about; the table has medians of the twelve slowest. The pause that precedes diagnostics (25 ms)
is not counted. Exit codes: 0 every median within 50 ms, 1 not.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LIMIT = 50.0  # ms
PAUSE = 25.0  # ms that the server waits for before a check
QUESTIONS = ["completion", "hover", "definition", "formatting"]


class Server:
    """A language server, and what it has said."""

    def __init__(self, binary: Path) -> None:
        self.process = subprocess.Popen([binary, "lsp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.number = 0
        self.ask("initialize", {"capabilities": {}})

    def send(self, **message: Any) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def receive(self) -> dict[str, Any]:
        assert self.process.stdout
        length = int(self.process.stdout.readline().split(b":")[1])
        self.process.stdout.readline()
        return json.loads(self.process.stdout.read(length))

    def ask(self, method: str, parameters: Any) -> Any:
        self.number += 1
        self.send(id=self.number, method=method, params=parameters)
        while (message := self.receive()).get("id") != self.number:
            pass
        return message

    def wait_for(self, uri: str, version: int) -> None:
        while (message := self.receive()).get("params", {}).get("version") != version or message["params"]["uri"] != uri:
            pass


def milliseconds(body: Any) -> float:
    start = time.perf_counter()
    body()
    return (time.perf_counter() - start) * 1e3


def measure(server: Server, path: Path, repeats: int) -> dict[str, float]:
    """The median of each kind of answer about a spec."""
    uri, text = path.as_uri(), path.read_text()
    document = {"uri": uri, "version": 0}
    server.send(method="textDocument/didOpen", params={"textDocument": {**document, "languageId": "yaml", "text": text}})
    server.wait_for(uri, 0)
    lines = text.splitlines()
    # A layer in the middle of the spec, or whatever stands there.
    layers = [i for i, line in enumerate(lines) if line.lstrip().startswith("- ")] or [len(lines) // 2]
    line = layers[len(layers) // 2]
    place = {"textDocument": {"uri": uri}, "position": {"line": line, "character": len(lines[line]) - len(lines[line].lstrip()) + 3}}
    version = 0

    def change() -> None:
        nonlocal version
        version += 1
        server.send(
            method="textDocument/didChange",
            params={"textDocument": {"uri": uri, "version": version}, "contentChanges": [{"text": f"{text}# {version}\n"}]},
        )

    def diagnostics() -> None:
        change()
        server.wait_for(uri, version)

    def question(name: str) -> None:
        change()
        options = {"options": {"tabSize": 2, "insertSpaces": True}}
        answer = server.ask(f"textDocument/{name}", {**place, **(options if name == "formatting" else {})})
        assert "result" in answer, answer

    times = {"diagnostics": statistics.median(milliseconds(diagnostics) for _ in range(repeats)) - PAUSE}
    for name in QUESTIONS:
        times[name] = statistics.median(milliseconds(lambda: question(name)) for _ in range(repeats))
    server.send(method="textDocument/didClose", params={"textDocument": {"uri": uri}})
    return times


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=Path, default=ROOT / ".build/release/advas-run")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("specs", nargs="*", type=Path, metavar="SPEC")
    options = parser.parse_args()
    server = Server(options.binary)
    specs = [spec.resolve() for spec in options.specs] or sorted((ROOT / "specs").rglob("*.yaml"))
    rows = {spec: measure(server, spec, options.repeats) for spec in specs}
    names = ["diagnostics", *QUESTIONS]
    print("spec".ljust(34) + "".join(name.rjust(13) for name in names))
    slowest = sorted(rows, key=lambda spec: -max(rows[spec].values()))
    for spec in slowest[:12]:
        print(spec.stem.ljust(34) + "".join(f"{rows[spec][name]:13.1f}" for name in names))
    medians = {name: statistics.median(row[name] for row in rows.values()) for name in names}
    print(f"median of {len(rows)}".ljust(34) + "".join(f"{medians[name]:13.1f}" for name in names))
    return 0 if max(max(row.values()) for row in rows.values()) <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
