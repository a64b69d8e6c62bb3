"""Writes the files that the readers are tested with, and what NumPy and Pillow read in them.

    python Tests/DataTests/Files/record.py

needs NumPy, SciPy, h5py, tfrecord and Pillow 11.3: Pillow 13 takes the vertical pass of a resize first for some sizes, which rounds otherwise. The pictures in odd-images are made elsewhere, one of each odd kind.
"""

import csv
import io
import json
import pathlib
import tarfile
import wave
import zipfile

import h5py
import numpy as np
from PIL import Image, ImageOps
from scipy.io import wavfile
from tfrecord.writer import TFRecordWriter

ROOT = pathlib.Path(__file__).parent / "formats"
RNG = np.random.default_rng(7)


def photo(width, height):
    """A smooth picture with some noise, so that filters and codecs have something to do."""
    y, x = np.mgrid[0:height, 0:width]
    planes = [128 + 100 * np.sin(x / 3 + c) * np.cos(y / 4 - c) for c in range(3)]
    noise = RNG.normal(0, 8, (height, width, 3))
    return Image.fromarray(np.clip(np.stack(planes, -1) + noise, 0, 255).astype(np.uint8))


def planes(image):
    array = np.asarray(image)
    return array.reshape(image.height, image.width, -1).transpose(2, 0, 1).ravel().tolist()


def pictures():
    values = {}
    image = photo(20, 14)
    image.save(ROOT / "photo.png")
    image.save(ROOT / "photo.webp", lossless=True)
    for name in ("BOX", "BILINEAR", "HAMMING", "BICUBIC", "LANCZOS"):
        method = getattr(Image.Resampling, name)
        for w, h in ((7, 5), (33, 9)):
            key = f"{name.lower()} {w} {h}"
            values[f"stretch {key}"] = planes(image.resize((w, h), method))
            values[f"crop {key}"] = planes(ImageOps.fit(image, (w, h), method))
            values[f"pad {key}"] = planes(ImageOps.pad(image, (w, h), method))
            plane = image.getchannel(0).convert("F").resize((w, h), method)
            values[f"float {key}"] = [float(v) for v in np.asarray(plane).ravel()]
    values["grey"] = planes(image.convert("L"))
    values["pixels"] = planes(image)
    # Transparent on the left, opaque on the right.
    alpha = np.clip(25 * np.arange(20) - 100, 0, 255).astype(np.uint8)
    image.putalpha(Image.fromarray(np.tile(alpha, (14, 1))))
    image.save(ROOT / "transparent.png")
    method = Image.Resampling.LANCZOS
    for mode in ("LA", "RGBA"):
        seen = image.convert(mode)
        for w, h in ((7, 5), (24, 14)):
            key = f"{mode} {w} {h}"
            values[f"stretch {key}"] = planes(seen.resize((w, h), method))
            values[f"crop {key}"] = planes(ImageOps.fit(seen, (w, h), method))
            values[f"pad {key}"] = planes(ImageOps.pad(seen, (w, h), method))
    (ROOT / "photo.json").write_text(json.dumps(values, separators=(",", ":")) + "\n")


def arrays():
    images = RNG.integers(0, 256, (6, 4, 5, 3), dtype=np.uint8)
    labels = np.array([0, 2, 1, 0, 2, 2])
    np.save(ROOT / "images.npy", images)
    np.save(ROOT / "fortran.npy", np.asfortranarray(images))
    np.save(ROOT / "big-endian.npy", images.astype(">f4"))
    np.save(ROOT / "half.npy", (images / 256).astype(np.float16))
    np.save(ROOT / "labels.npy", labels)
    np.save(ROOT / "objects.npy", np.array([{"a": 1}], dtype=object))
    np.savez(ROOT / "stored.npz", arr_0=images, arr_1=labels)
    np.savez_compressed(ROOT / "deflated.npz", arr_0=images, arr_1=np.eye(3)[labels])
    values = images.transpose(0, 3, 1, 2)
    expected = {
        "values": values.ravel().tolist(),
        "labels": labels.tolist(),
        "half": [float(v) for v in (values / 256).astype(np.float16).ravel()],
    }
    (ROOT / "arrays.json").write_text(json.dumps(expected, separators=(",", ":")) + "\n")
    # Two CIFAR records, of either set.
    pixels = np.concatenate([np.arange(3072) % 251, np.arange(3072) % 241]).astype(np.uint8)
    for name, heads in (("cifar10", [b"\x03", b"\x09"]), ("cifar100", [b"\x01\x07", b"\x13\x63"])):
        folder = ROOT / name
        folder.mkdir(exist_ok=True)
        data = b"".join(h + pixels[i * 3072:][:3072].tobytes() for i, h in enumerate(heads))
        (folder / ("test_batch.bin" if name == "cifar10" else "test.bin")).write_bytes(data)


def archives():
    names = ["00000/img0.png", "00000/img1.png", "00001/img2.png"]
    files = []
    for i in range(3):
        data = io.BytesIO()
        Image.new("RGB", (4, 4), (40 * i, 10, 255 - i)).save(data, "png")
        files.append(data.getvalue())
    text = json.dumps({"labels": [[n.replace("/", "\\"), 2 - i] for i, n in enumerate(names)]})
    for name, method in (("stored.zip", zipfile.ZIP_STORED), ("deflated.zip", zipfile.ZIP_DEFLATED)):
        with zipfile.ZipFile(ROOT / name, "w", method) as archive:
            for n, data in zip(names, files):
                archive.writestr(zipfile.ZipInfo(n, (2020, 1, 1, 0, 0, 0)), data, method)
            if method == zipfile.ZIP_STORED:
                archive.writestr(zipfile.ZipInfo("dataset.json", (2020, 1, 1, 0, 0, 0)), text, method)
            archive.writestr(zipfile.ZipInfo("__MACOSX/._a.png", (2020, 1, 1, 0, 0, 0)), b"no")


def sets():
    """Four small pictures with classes in every container; the values are those of NumPy's array."""
    rng = np.random.default_rng(11)
    images = rng.integers(0, 256, (4, 3, 5, 4), dtype=np.uint8)
    labels = np.array([2, 0, 1, 2])
    (ROOT / "sets.json").write_text(
        json.dumps({"values": images.ravel().tolist(), "labels": labels.tolist()}) + "\n")
    for name, array in (("biggan.h5", images), ("studiogan.h5", images.transpose(0, 2, 3, 1))):
        with h5py.File(ROOT / name, "w") as file:
            file.create_dataset("imgs", data=array, chunks=(2, *array.shape[1:]), compression="gzip")
            file.create_dataset("labels", data=labels)
            file.create_dataset("floats", data=images.astype(">f8") / 4)
    counted = np.arange(240, dtype=np.uint8).reshape(4, 3, 5, 4)
    chunks = {"chunks": (3, 2, 3, 3), "compression": "gzip", "shuffle": True}
    with h5py.File(ROOT / "filters.h5", "w") as file:
        file.create_dataset("imgs", data=counted, **{**chunks, "chunks": (3, 3, 5, 4), "fletcher32": True})
        file.create_dataset("boxes", data=(counted.astype(int) * 100 - 9000).astype(">i2"), **chunks)
        sparse = file.create_dataset("sparse", (4, 3, 5, 4), np.float16, fillvalue=1.5, **chunks)
        sparse[3] = counted[3]
        file.create_dataset("offsets", data=counted, chunks=(3, 3, 5, 4), scaleoffset=True)
    (ROOT / "raw.bin").write_bytes(b"head" + images.transpose(0, 2, 3, 1).astype(">i2").tobytes())
    with tarfile.open(ROOT / "shard-000.tar", "w", format=tarfile.PAX_FORMAT) as archive:
        for i, image in enumerate(images):
            if i == 2:
                archive.close()
                archive = tarfile.open(ROOT / "shard-001.tar", "w", format=tarfile.GNU_FORMAT)
            png = io.BytesIO()
            Image.fromarray(image.transpose(1, 2, 0)).save(png, "png")
            key = f"part.x/{'long' * 30}{i:06d}"
            for ending, data in (("cls", str(labels[i]).encode()), ("png", png.getvalue())):
                info = tarfile.TarInfo(f"{key}.{ending}")
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
        archive.close()
    writer = TFRecordWriter(str(ROOT / "stylegan-r02.tfrecords"))
    for image in images:
        writer.write({"shape": (list(image.shape), "int"), "data": (image.tobytes(), "byte")})
    writer.close()
    np.save(ROOT / "stylegan.labels.npy", np.eye(3, dtype=np.float32)[labels])


def table():
    """Names and notes with quotes, separators and line breaks, written by the csv module."""
    rows = [("name", "age", "job, kind", "mass"), ('a "b"', 3, "x,\ny", 1.5), ("c", -4, "z", 2e3),
            ("d", 0, "x,\ny", 0.25)]
    for name, dialect in (("table.csv", "excel"), ("table.tsv", "excel-tab")):
        with open(ROOT / name, "w", newline="") as file:
            csv.writer(file, dialect).writerows(rows)


def sounds():
    """Ten samples in every form; the wave module writes integers, SciPy floats."""
    folder = ROOT / "sounds"
    folder.mkdir(exist_ok=True)
    x = np.array([0, 0.5, -0.5, 0.999, -1, 0.25, -0.125, 0.0625, 0.75, -0.75])
    expected = {}
    for bits in (8, 16, 24, 32):
        scale = 2 ** (bits - 1)
        numbers = np.clip(np.round(x * scale), -scale, scale - 1).astype(int)
        data = b"".join(
            int(n + (128 if bits == 8 else 0)).to_bytes(bits // 8, "little", signed=bits > 8)
            for n in numbers)
        with wave.open(str(folder / f"pcm{bits}.wav"), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(bits // 8)
            file.setframerate(8000)
            file.writeframes(data)
        expected[f"pcm{bits}"] = (numbers / scale).astype(np.float32).tolist()
    for name, kind in (("float32", np.float32), ("float64", np.float64)):
        wavfile.write(folder / f"{name}.wav", 8000, x.astype(kind))
        expected[name] = x.astype(np.float32).tolist()
    with wave.open(str(ROOT / "stereo.wav"), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(8))
    (ROOT / "sounds.json").write_text(json.dumps(expected) + "\n")


if __name__ == "__main__":
    ROOT.mkdir(exist_ok=True)
    pictures()
    arrays()
    archives()
    sets()
    table()
    sounds()
