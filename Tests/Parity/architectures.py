#!/usr/bin/env python3
"""Writes the table of published networks into Docs/ARCHITECTURES.md: `make architectures`.

Parameters, operations, memory and the time to compile are those of `advas-run check`; the differences are of
one round of the same networks, narrow, from PyTorch in float64 (published_cases.py), with AdvAs; `gradcheck`
is the largest relative error of `advas-run gradcheck` on that narrow game. Exit codes: 0 done, 1 where a round
differs or a check fails, 2 where something does not run.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import torch

import published_cases
import run
from comparison import largest_error, scientific
from record import RecordError

PAGE = run.ROOT / "Docs/ARCHITECTURES.md"
START, END = "<!-- measured: make architectures -->", "<!-- end -->"
ENVIRONMENT = {**os.environ, "CIFAR10": "/cifar", "IMAGES": "/photos"}
HEAD = "| spec | paper | G | D | operations a round | memory | compiled | from PyTorch | gradcheck | follows |"

ATTEMPTS = 3
"""The quickest counts: others wait for a busy machine."""

ABOUT: dict[str, tuple[str, str]] = {
    "dcgan28": ("", "the layers of dcgan64"),
    "dcgan32": ("", "the layers of dcgan64"),
    "dcgan64": ("Radford et al. 2016", "pytorch/examples: no biases, half of the figure's channels"),
    "wgan-gp28": ("Gulrajani et al. 2017", "the authors' TensorFlow code for MNIST, its padding and its crop"),
    "wgan-gp32": ("Gulrajani et al. 2017", "the same code for CIFAR-10, without classes"),
    "acgan32": ("Odena et al. 2017", "the same code, with classes and the weights of its classifier"),
    "acgan28": ("", "the same blocks on Fashion-MNIST, in a size for two cores"),
    "sndcgan32": ("Miyato et al. 2018", "the paper's table 3, as StudioGAN reads it"),
    "sndcgan28": ("", "the same layers on Fashion-MNIST, in a size for two cores"),
    "sngan32": ("Miyato et al. 2018", "the authors' Chainer code: no bias in the score"),
    "sngan48": ("Miyato et al. 2018", "mimicry's widths, upsampling as in Chainer"),
    "sngan64": ("Miyato et al. 2018", "the authors' Chainer code, without classes"),
    "sngan128": ("Miyato et al. 2018", "the authors' Chainer code, without classes"),
    "sngan28": ("", "the same blocks on Fashion-MNIST, in a size for two cores"),
    "projection32": (
        "Miyato, Koyama 2018",
        "the authors' Chainer code, with a bias in the score, as mimicry, BigGAN and StudioGAN have it (Chainer: 1,055,104)",
    ),
    "sagan32": ("Zhang et al. 2019", "mimicry's and StudioGAN's size, the authors' attention"),
    "sagan128": ("Zhang et al. 2019", "the authors' TensorFlow code: attention at 32 pixels"),
    "sagan28": ("", "attention at 14 pixels on Fashion-MNIST, in a size for two cores"),
    "biggan32": ("Brock et al. 2019", "the authors' PyTorch script for CIFAR-10"),
    "biggan128": ("Brock et al. 2019", "the authors' PyTorch script for ImageNet, channels of 96"),
    "biggan28": ("", "all of BigGAN's parts but the pieces of z on Fashion-MNIST, in a size for two cores"),
    "autogan32": ("Gong et al. 2019", "the authors' code: the second cell hands on what the first was added to"),
    "infogan28": ("Chen et al. 2016", "table 1, on Fashion-MNIST"),
    "realnvp": ("Dinh et al. 2017", "points in the plane: halves in place of masks; parameters of all couplings under G"),
    "r3gan32": ("Huang et al. 2024", "the authors' code for CIFAR-10, without classes and augmentation"),
    "r3gan64": ("Huang et al. 2024", "the authors' code for FFHQ at 64 pixels"),
    "r3gan28": ("", "the same blocks on Fashion-MNIST, in a size for two cores"),
    "stylegan2-32": ("Karras et al. 2020", "stylegan2-ada-pytorch with eight layers of M; lazy terms in the optimizer's own steps"),
    "stylegan2-64": ("Karras et al. 2020", "the same, config-f"),
    "stylegan2-256": ("Karras et al. 2020", "the same, in batches of 8"),
    "stylegan2-ada32": ("Karras et al. 2020, ADA", "stylegan2-ada-pytorch, configuration `cifar`: two layers of M, D without residual blocks"),
    "stylegan2-ada28": ("", "stylegan2-28 with adaptive augmentation, on 2,000 pictures"),
    "fastgan64": ("Liu et al. 2021", "the code's blocks for 256 pixels, fewer of them; decoders judged by absolute differences"),
    "stylegan2-28": ("", "the same layers on Fashion-MNIST, in a size for two cores"),
    "pix2pix256": ("Isola et al. 2017", "the authors' PyTorch code: unet_256, patches of 70 pixels"),
    "pix2pix32": ("", "the same layers for 32 pixels, in a size for two cores"),
    "cyclegan256": ("Zhu et al. 2017", "the authors' PyTorch code; both translators, and both discriminators"),
    "cyclegan32": ("", "the same layers for 32 pixels, in a size for two cores"),
    "wavegan": ("Donahue et al. 2019", "the authors' TensorFlow code, shifts of phases by sample"),
    "wavegan4096": ("", "the same layers for a quarter of the length, in a size for two cores"),
    "people": ("Xu et al. 2019", "the authors' code: ten rows a pack, conditions; on a table of made-up people"),
    "vae28": ("Kingma, Welling 2014", "convolutions of our own; E's parameters stand under G, G's under D"),
}
"""Paper, and which reading of it the spec follows."""

ALONE = {name: f"specs/stylegan2/{name}.yaml" for name in ("stylegan2-256", "stylegan2-ada28", "stylegan2-ada32")}
"""Specs that have no narrow game to compare: their layers are those of others here, or of run.py's cases of ADA."""


@dataclass
class Row:
    name: str
    cells: list[str]
    passes: bool

    @property
    def line(self) -> str:
        return "| " + " | ".join(self.cells) + " |"


def output(binary: Path, *arguments: str) -> str:
    """What a command prints; raises RecordError with what it said when it fails."""
    result = subprocess.run(
        [binary, *arguments], cwd=run.ROOT, env=ENVIRONMENT, capture_output=True, text=True
    )
    if result.returncode not in (0, 1):
        raise RecordError(f"{' '.join(arguments)}\n{result.stderr.strip()}")
    return result.stdout + (result.stderr if result.returncode else "")


def checked(binary: Path, path: str) -> list[str]:
    """Parameters of both networks, operations, planned memory and seconds of compilation."""
    texts = [output(binary, "check", path) for _ in range(ATTEMPTS)]
    text = texts[0]
    networks = dict(re.findall(r"network (\w+): .*, ([\d,]+) parameters", text))
    operations = re.search(r"([\d.]+ \w)FLOP per round", text)
    memory = re.search(r"plan: .* = ([\d.]+ \w+)", text)
    seconds = [compile_time(text) for text in texts]
    parameters = list(networks.values())
    if len(parameters) > 2:
        # All that is not called D, or DA and DB, makes samples.
        judges = [count for name, count in networks.items() if name.startswith("D")]
        makers = [count for name, count in networks.items() if not name.startswith("D")]
        parameters = [total(makers), total(judges) if judges else "-"]
    if len(parameters) != 2 or not (operations and memory):
        raise RecordError(f"check {path} says nothing of networks, operations, memory or time:\n{text}")
    return [*parameters, f"{operations[1]}FLOP", memory[1], f"{min(seconds):.2f} s"]


def total(counts: list[str]) -> str:
    return f"{sum(int(count.replace(',', '')) for count in counts):,}"


def compile_time(text: str) -> float:
    """Seconds of all stages, as `check` says them."""
    stages = re.search(r"compiled for .*: (.*)", text)
    if not stages:
        raise RecordError(f"check says nothing of the time to compile:\n{text}")
    return sum(float(part) for part in re.findall(r"([\d.]+) s", stages[1]))


def gradcheck(binary: Path, spec: Path) -> tuple[str, bool]:
    text = output(binary, "gradcheck", str(spec))
    errors = [float(error) for error in re.findall(r"(\d\.\de-\d+)(?:  TOO FAR)?$", text, re.MULTILINE)]
    if not errors and "skipped: crosses a kink" in text:
        return "kinks", True
    if not errors:
        raise RecordError(f"gradcheck compares nothing:\n{text}")
    return scientific(max(errors)), "all within" in text


def compared(binary: Path, name: str, folder: Path) -> tuple[list[str], bool]:
    """How far a round of the narrow game is from PyTorch, and its derivatives from differences; whether both pass."""
    base = published_cases.BASE[name]
    case = next(c for c in published_cases.CASES if c.game in (name, f"{name} split"))
    rows = run.judge(binary, case, "float64", folder)
    spec = folder / "narrow.yaml"
    spec.write_text(base.spec.replace("ROOT", str(run.ROOT)))
    error, holds = gradcheck(binary, spec)
    return [scientific(largest_error(r.error for r in rows)), error], holds and all(r.passes for r in rows)


def row(binary: Path, name: str, folder: Path) -> Row:
    if name in ALONE:
        path, (differences, passes) = ALONE[name], (["-", "-"], True)
    else:
        path = re.search(r"include: ROOT/(.*)", published_cases.BASE[name].spec)[1]
        differences, passes = compared(binary, name, folder)
    paper, follows = ABOUT[name]
    place = path.removeprefix("specs/").removesuffix(".yaml")
    link = f"[`{place}`](../{path})"
    return Row(name, [link, paper, *checked(binary, path), *differences, follows], passes)


def replaced(page: str, lines: list[str]) -> str:
    before, _, rest = page.partition(START)
    _, _, after = rest.partition(END)
    if not after:
        raise RecordError(f"{PAGE.name} has no {START} ... {END}")
    table = "\n".join([HEAD, re.sub("[^|]+", "---", HEAD), *lines])
    return f"{before}{START}\n\n{table}\n\n{END}{after}"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("only", nargs="*", help="print these lines alone, and write nothing")
    parser.add_argument("--binary", type=Path, default=run.ROOT / ".build/release/advas-run")
    options = parser.parse_args()
    torch.set_num_threads(2)
    names = options.only or list(ABOUT)
    rows = []
    try:
        with tempfile.TemporaryDirectory(prefix="advas-architectures-") as folder:
            for name in names:
                rows.append(row(options.binary, name, Path(folder)))
                print(rows[-1].line, flush=True)
        if not options.only:
            PAGE.write_text(replaced(PAGE.read_text(), [row.line for row in rows]))
    except (RecordError, KeyError) as error:
        print(f"architectures: {error}", file=sys.stderr)
        return 2
    failed = [row.name for row in rows if not row.passes]
    if failed:
        print(f"architectures: too far from PyTorch, or from differences: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
