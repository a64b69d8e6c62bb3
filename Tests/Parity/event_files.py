"""Reads the event files that a run writes for TensorBoard with TensorBoard's own package.

A small game is trained, and goes on from a checkpoint before its last one. Then every number of metrics.jsonl must be
there once, in order, as float32; pictures must be the run's PNG files; histograms must count every parameter; and the
table of runs must hold what the spec says.

    event_files.py ADVAS_RUN
"""

import json
import pathlib
import struct
import subprocess
import sys
import tempfile

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.hparams import metadata
from tensorboard.util import tensor_util

SPEC = """\
spec: 1
name: ring
seed: 3
data: {x: {type: ring, modes: 8, radius: 2, sigma: 0.05, batch: 16}}
latent: {z: {shape: [2], distribution: normal}}
networks:
  G: {input: z, layers: [linear: 16, relu, linear: 2]}
  D: {input: x, layers: [linear: 16, relu, linear: 1]}
objective: wgan
regularizers: [wgan_gp, advas]
optimizer: {type: adam, lr: 1e-3}
train: {total: 30, threads: 1}
metrics: [{modes: {samples: 200, every: 5}}, {sliced_wasserstein: {samples: 200, every: 10}}]
log: {every: 5, tensorboard: true}
samples: {every: 10}
checkpoint: {every: 10}
"""


def f32(value):
    return struct.unpack("f", struct.pack("f", value))[0]


def numbers(value, tag):
    """Tags and values below a member of a line."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from numbers(inner, tag if name == "value" else f"{tag}/{name}")
    elif value is None:  # what is not finite
        yield tag, float("nan")
    elif isinstance(value, (int, float)):
        yield tag, f32(value)


def expected(lines):
    """The series of each tag: steps and values."""
    series = {}
    for line in lines:
        for name, value in line.items():
            if name == "round":
                continue
            for tag, number in numbers(value, name if isinstance(value, dict) else f"run/{name}"):
                series.setdefault(tag, []).append((line["round"], number))
    return series


def main(advas_run):
    with tempfile.TemporaryDirectory() as place:
        place = pathlib.Path(place)
        (place / "spec.yaml").write_text(SPEC)
        run = place / "runs/00000-ring"
        for arguments in (
            ["spec.yaml"],
            ["resume", str(run), "--from", "checkpoint-000010.safetensors"],
        ):
            subprocess.run([advas_run, *arguments], cwd=place, check=True, stdout=subprocess.DEVNULL)
        check(run)


def check(run):
    files = sorted(path.name for path in run.glob("events.out.tfevents.*"))
    assert len(files) == 2, files
    accumulator = EventAccumulator(str(run), size_guidance={"tensors": 0})
    accumulator.Reload()

    def tensors(tag):
        return [(e.step, tensor_util.make_ndarray(e.tensor_proto)) for e in accumulator.Tensors(tag)]

    def plugin(tag):
        return accumulator.SummaryMetadata(tag).plugin_data.plugin_name

    lines = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    series = expected(lines)
    tags = accumulator.Tags()["tensors"]
    scalars = [tag for tag in tags if plugin(tag) == "scalars"]
    assert sorted(scalars) == sorted(series), set(scalars) ^ set(series)
    for tag, points in series.items():
        found = [(step, float(value)) for step, value in tensors(tag)]
        # Nothing equals what is not a number, but its text.
        assert repr(found) == repr(points), (tag, found, points)
    pictures = tensors("samples")
    assert plugin("samples") == "images"
    assert [step for step, _ in pictures] == [10, 20, 30], pictures
    for step, (width, height, png) in pictures:
        assert png == (run / f"fakes{step:06}.png").read_bytes()
        assert (int(width), int(height)) == struct.unpack(">II", png[16:24])
    sizes = {"G.0.weight": 32, "G.0.bias": 16, "G.2.weight": 32, "G.2.bias": 2}
    sizes |= {"D.0.weight": 32, "D.0.bias": 16, "D.2.weight": 16, "D.2.bias": 1}
    for name, size in sizes.items():
        histograms = tensors(f"parameters/{name}")
        assert [step for step, _ in histograms] == [10, 20, 30], name
        assert all(bins[:, 2].sum() == size for _, bins in histograms), name
    texts = tensors("spec")
    assert plugin("spec") == "text" and b"objective: wgan" in texts[0][1][0]
    contents = accumulator.PluginTagToContent("hparams")
    start = metadata.parse_session_start_info_plugin_data(contents["_hparams_/session_start_info"])
    end = metadata.parse_session_end_info_plugin_data(contents["_hparams_/session_end_info"])
    table = metadata.parse_experiment_plugin_data(contents["_hparams_/experiment"])
    assert start.hparams["seed"].number_value == 3
    assert start.hparams["optimizer.lr"].number_value == 1e-3
    assert start.hparams["objective"].string_value == "wgan"
    assert end.status == 1
    shown = {info.name.tag for info in table.metric_infos}
    assert {"generator/loss", "metrics/modes/covered", "metrics/sliced_wasserstein"} <= shown
    assert shown <= set(tags), shown - set(tags)
    count = sum(map(len, series.values()))
    print(
        f"event files: {len(series)} series of {count} numbers, {len(pictures)} pictures, "
        f"{len(sizes)} histograms, {len(start.hparams)} hyperparameters as written"
    )


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]).resolve())
