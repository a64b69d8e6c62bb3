"""Makes the Python wheel: the module of `python/` with the commands and their libraries inside it.

    packaging/wheel.py --version 0.2.0 PREFIX FOLDER

PREFIX has the libraries beside the commands (packaging/bundle). The archive is sorted, and every time in it is that of
SOURCE_DATE_EPOCH. The tag says which C library the commands were linked with: they need that one or a later.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import os
import platform
import time
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

METADATA = """\
Metadata-Version: 2.1
Name: advas
Version: {version}
Summary: Adversarial training from a YAML file, compiled ahead of time, on the CPU
License: Apache-2.0
Requires-Python: >=3.9
Provides-Extra: arrays
Requires-Dist: numpy; extra == "arrays"
Description-Content-Type: text/markdown

{description}"""

WHEEL = "Wheel-Version: 1.0\nGenerator: advas\nRoot-Is-Purelib: false\nTag: {tag}\n"

ENTRIES = """\
[console_scripts]
advas-run = advas._commands:run_main
advas-graph = advas._commands:graph_main
"""


def tag() -> str:
    """`py3-none-manylinux_2_36_x86_64` where the C library is glibc 2.36."""
    library, version = platform.libc_ver()
    if library != "glibc":
        raise SystemExit("wheel: only wheels for glibc are made")
    return f"py3-none-manylinux_{version.replace('.', '_')}_{platform.machine()}"


def files(prefix: Path, info: str, version: str, tag: str) -> dict[str, tuple[bytes, bool]]:
    """Contents and whether it is a program, by the path in the archive."""
    found: dict[str, tuple[bytes, bool]] = {}

    def add(name: str, path: Path) -> None:
        found[name] = (path.read_bytes(), os.access(path, os.X_OK))

    for path in sorted((ROOT / "python/advas").rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            add(f"advas/{path.relative_to(ROOT / 'python/advas').as_posix()}", path)
    for folder in ("bin", "lib", "share/advas"):
        for path in sorted((prefix / folder).rglob("*")):
            if path.is_file():
                add(f"advas/prefix/{path.relative_to(prefix).as_posix()}", path)
    for path in sorted((prefix / "share/doc/advas").rglob("*")):
        if path.is_file():
            add(f"{info}/licenses/{path.relative_to(prefix / 'share/doc/advas').as_posix()}", path)
    description = (ROOT / "python/README.md").read_text()
    texts = {
        "METADATA": METADATA.format(version=version, description=description),
        "WHEEL": WHEEL.format(tag=tag),
        "entry_points.txt": ENTRIES,
    }
    for name, text in texts.items():
        found[f"{info}/{name}"] = (text.encode(), False)
    return found


def record(found: dict[str, tuple[bytes, bool]], name: str) -> bytes:
    """Digest and size of every file, as PEP 376 wants them; the record itself has none."""
    lines = []
    for path, (contents, _) in found.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(contents).digest()).rstrip(b"=").decode()
        lines.append(f"{path},sha256={digest},{len(contents)}\n")
    return "".join([*lines, f"{name},,\n"]).encode()


def write(path: Path, found: dict[str, tuple[bytes, bool]]) -> None:
    date = time.gmtime(int(os.environ["SOURCE_DATE_EPOCH"]))[:6]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, (contents, is_program) in found.items():
            entry = zipfile.ZipInfo(name, date)
            entry.external_attr = (0o100755 if is_program else 0o100644) << 16
            entry.create_system = 3
            archive.writestr(entry, contents, zipfile.ZIP_DEFLATED, compresslevel=9)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--version", required=True)
    parser.add_argument("prefix", type=Path)
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    info = f"advas-{options.version}.dist-info"
    found = files(options.prefix, info, options.version, tag())
    found[f"{info}/RECORD"] = (record(found, f"{info}/RECORD"), False)
    path = options.folder / f"advas-{options.version}-{tag()}.whl"
    write(path, found)
    print(path)


if __name__ == "__main__":
    main()
