"""Writes the files that the readers are tested with, and what NumPy and Pillow read in them.

    python Tests/DataTests/Files/record.py

needs NumPy and Pillow. The pictures in odd-images are made elsewhere, one of each odd kind.
"""

import io
import json
import pathlib
import struct
import zipfile

import numpy as np
from PIL import Image, ImageOps

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


if __name__ == "__main__":
    ROOT.mkdir(exist_ok=True)
    pictures()
    arrays()
    archives()
