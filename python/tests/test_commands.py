"""Which command is called, and how it ends, on commands that are made up here."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path
from typing import Any
from unittest import mock

import advas
from advas import _commands, _training


class Place(unittest.TestCase):
    """A test with folders of its own: what ADVAS_BIN names, the package, and one of PATH."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name).resolve()
        self.named, self.packaged, self.other = (self.folder / name for name in ("named", "package/prefix/bin", "other"))
        for each in (self.named, self.packaged, self.other):
            each.mkdir(parents=True)
        # Lookup alone is of these folders; the scripts themselves name their shell.
        environment = {"ADVAS_BIN": str(self.named), "PATH": str(self.other)}
        for patch in (
            mock.patch.dict(os.environ, environment),
            mock.patch.object(_commands, "__file__", str(self.folder / "package/_commands.py")),
        ):
            patch.start()
            self.addCleanup(patch.stop)

    def put(self, folder: Path, script: str = "exit 0") -> str:
        """Makes a command of this name in a folder."""
        path = folder / "advas-run"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return str(path)


class Finding(Place):
    def test_the_named_folder_goes_before_the_package_and_that_before_path(self) -> None:
        with self.assertRaises(FileNotFoundError):
            _commands.command()
        for folder in (self.other, self.packaged, self.named):
            path = self.put(folder)
            self.assertEqual(_commands.command(), path)

    def test_a_script_never_calls_itself(self) -> None:
        script = self.put(self.other)
        link = self.folder / "link"
        link.symlink_to(script)
        for own in (script, str(link)):
            with mock.patch.object(sys, "argv", [own, "list"]), mock.patch.object(os, "execv") as execute:
                self.assertRaises(FileNotFoundError, _commands.run_main)
                execute.assert_not_called()
        path = self.put(self.packaged)
        with mock.patch.object(sys, "argv", [script, "list"]), mock.patch.object(os, "execv") as execute:
            _commands.run_main()
        execute.assert_called_once_with(path, ["advas-run", "list"])


class Late(queue.SimpleQueue):
    """Lets an interrupt surface when the line that says that the output has ended is taken."""

    is_new = True

    def get(self) -> str:
        line = super().get(timeout=10)
        if not line and self.is_new:
            self.is_new = False
            raise KeyboardInterrupt
        return line


class Ending(Place):
    def test_an_interrupt_before_there_is_a_run_is_an_interrupt(self) -> None:
        self.put(self.named, "kill -INT $$")
        with self.assertRaises(KeyboardInterrupt):
            advas.run("ring.yaml", progress=False)

    def test_an_interrupt_behind_the_last_line_ends_too(self) -> None:
        self.put(self.named)
        with mock.patch.object(queue, "SimpleQueue", Late):
            self.assertEqual(_training.follow([], None, lambda event: None), (0, ""))

    def test_an_interrupt_before_anything_is_read_leaves_no_command_behind(self) -> None:
        self.put(self.named, "exec /bin/sleep 60")
        begun: list[subprocess.Popen[str]] = []
        begin = subprocess.Popen

        def noted(*arguments: Any, **named: Any) -> subprocess.Popen[str]:
            begun.append(begin(*arguments, **named))
            return begun[-1]

        interrupt = mock.patch.object(threading.Thread, "start", side_effect=KeyboardInterrupt)
        with mock.patch.object(subprocess, "Popen", noted), interrupt, self.assertRaises(KeyboardInterrupt):
            _training.follow([], None, lambda event: None)
        assert begun[0].stdout
        begun[0].stdout.close()
        self.assertEqual(begun[0].returncode, -signal.SIGKILL)

    def test_messages_are_lines_whatever_characters_are_in_them(self) -> None:
        message = "unknown objective 'wg\u2028an'"
        line = json.dumps({"level": "error", "message": message}, ensure_ascii=False)
        self.put(self.named, f"cat >&2 <<'END'\n{line}\nEND\nexit 2")
        with mock.patch.dict(os.environ, {"PATH": os.defpath}), self.assertRaises(advas.SpecError) as caught:
            advas.config("ring.yaml")
        self.assertEqual([each.message for each in caught.exception.diagnostics], [message])

    def test_a_command_of_another_signal_failed(self) -> None:
        self.put(self.named, f"kill -{signal.SIGKILL.value} $$")
        with self.assertRaises(advas.RunError):
            advas.run("ring.yaml", progress=False)


if __name__ == "__main__":
    unittest.main()
