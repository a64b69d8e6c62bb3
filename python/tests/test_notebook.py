"""The notebook of examples/ runs from its first cell to its last; skipped where nbclient is not installed."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path
from typing import Any

try:
    import nbformat
    from nbclient import NotebookClient
except ImportError:
    NotebookClient = None

ROOT = Path(__file__).resolve().parents[2]


@unittest.skipIf(NotebookClient is None, "no nbclient")
class Notebook(unittest.TestCase):
    def test_every_cell_runs_and_shows_what_it_says(self) -> None:
        notebook: Any = nbformat.read(ROOT / "examples/ring.ipynb", as_version=4)
        with tempfile.TemporaryDirectory() as folder:
            NotebookClient(notebook, timeout=300, resources={"metadata": {"path": folder}}).execute()
        outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
        texts = [output.get("text", "") + output.get("data", {}).get("text/plain", "") for output in outputs]
        self.assertIn(f"{{'G': {2 * 64 + 64 + 64 * 64 + 64 + 64 * 2 + 2}, 'D': {2 * 64 + 64 + 64 * 64 + 64 + 64 + 1}}}", texts)
        self.assertTrue(any("did you mean 'leaky_relu'?" in text for text in texts), texts)
        self.assertTrue(any("image/png" in output.get("data", {}) for output in outputs))


if __name__ == "__main__":
    unittest.main()
