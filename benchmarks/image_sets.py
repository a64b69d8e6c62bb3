"""Writes the pictures of a folder in every other format that advas reads, each by a program of its own kind."""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

import h5py
import numpy as np
from PIL import Image
from safetensors.numpy import save_file

ENDINGS = (".png", ".jpg", ".jpeg", ".webp")


class ImageSet(NamedTuple):
    """A set as a spec names it."""

    name: str
    """What the table calls it."""
    entry: dict[str, Any]
    """Keys of `data`, without batch and cache."""


def pictures(folder: Path) -> list[Path]:
    """The pictures below a folder, by name."""
    return sorted(p for p in folder.rglob("*") if p.suffix.lower() in ENDINGS)


def write_all(folder: Path, out: Path, shape: list[int]) -> list[ImageSet]:
    """All formats of the pictures in `folder`, which have `shape` (channels, height, width); files go to `out`."""
    files = pictures(folder)
    if not files:
        raise SystemExit(f"there are no pictures under {folder}")
    pixels = np.stack([_pixels(path, shape) for path in files])
    sized = {"shape": shape}
    sets = [
        ImageSet(f"folder, {files[0].suffix[1:].upper()}", {"type": "images", "path": str(folder), **sized}),
        ImageSet("folder, PNG", {"type": "images", "path": str(_png(pixels, out / "png")), **sized}),
        ImageSet("folder, WebP", {"type": "images", "path": str(_webp(pixels, out / "webp")), **sized}),
        ImageSet("zip of the files", {"type": "images", "path": str(_zip(files, folder, out / "set.zip")), **sized}),
        ImageSet("webdataset tar", {"type": "webdataset", "path": str(_tar(files, out / "set.tar")), **sized}),
        ImageSet("TFRecord", {"type": "tfrecord", "path": str(_tfrecord(pixels, out / "set.tfrecords")), **sized}),
    ]
    np.save(out / "set.npy", pixels)
    np.savez_compressed(out / "set.npz", arr_0=pixels)
    save_file({"samples": pixels}, str(out / "set.safetensors"))
    pixels.tofile(out / "set.bin")
    with h5py.File(out / "set.h5", "w") as file:
        file.create_dataset("imgs", data=pixels, chunks=(min(500, len(pixels)), *shape))
    sets += [
        ImageSet("npy", {"type": "npy", "path": str(out / "set.npy"), **sized}),
        ImageSet("npz, deflated", {"type": "npy", "path": str(out / "set.npz"), **sized}),
        ImageSet("safetensors", {"type": "safetensors", "path": str(out / "set.safetensors"), **sized}),
        ImageSet("HDF5, chunks of 500", {"type": "hdf5", "path": str(out / "set.h5"), **sized}),
        ImageSet("raw", {"type": "raw", "path": str(out / "set.bin"), **sized}),
        ImageSet("idx.gz", {"type": "idx", "path": str(_idx(pixels, out / "idx")), **sized}),
    ]
    if shape == [3, 32, 32] and len(pixels) == 10_000:
        sets.append(ImageSet("CIFAR-10 binary", {"type": "cifar10", "path": str(_cifar(pixels, out / "cifar"))}))
        sets[-1].entry["split"] = "test"
    return sets


def _pixels(path: Path, shape: list[int]) -> np.ndarray:
    with Image.open(path) as picture:
        array = np.asarray(picture.convert("RGB" if shape[0] == 3 else "L"))
    array = array.transpose(2, 0, 1) if shape[0] == 3 else array[None]
    if list(array.shape) != shape:
        raise SystemExit(f"{path} has the shape {list(array.shape)}, not {shape}")
    return array


def _picture(sample: np.ndarray) -> Image.Image:
    return Image.fromarray(sample.transpose(1, 2, 0) if len(sample) == 3 else sample[0])


def _png(pixels: np.ndarray, folder: Path) -> Path:
    folder.mkdir()
    for number, sample in enumerate(pixels):
        _picture(sample).save(folder / f"{number:06}.png", compress_level=6)
    return folder


def _webp(pixels: np.ndarray, folder: Path) -> Path:
    folder.mkdir()
    for number, sample in enumerate(pixels):
        _picture(sample).save(folder / f"{number:06}.webp", quality=80)
    return folder


def _zip(files: list[Path], root: Path, path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for file in files:
            archive.write(file, file.relative_to(root))
    return path


def _tar(files: list[Path], path: Path) -> Path:
    with tarfile.open(path, "w", dereference=True) as archive:
        for number, file in enumerate(files):
            archive.add(file, f"{number:06}{file.suffix}")
    return path


def _idx(pixels: np.ndarray, folder: Path) -> Path:
    folder.mkdir()
    header = struct.pack(f">HBB{pixels.ndim}I", 0, 8, pixels.ndim, *pixels.shape)
    name = f"train-images-idx{pixels.ndim}-ubyte.gz"
    (folder / name).write_bytes(gzip.compress(header + pixels.tobytes(), 6))
    return folder


def _cifar(pixels: np.ndarray, folder: Path) -> Path:
    folder.mkdir()
    rows = np.concatenate([np.zeros((len(pixels), 1), np.uint8), pixels.reshape(len(pixels), -1)], axis=1)
    rows.tofile(folder / "test_batch.bin")
    return folder


def _tfrecord(pixels: np.ndarray, path: Path) -> Path:
    """StyleGAN's records: an Example with `shape` and `data`."""
    out = io.BytesIO()
    for sample in pixels:
        shape = _field(3, _field(1, b"".join(_varint(size) for size in sample.shape)))
        data = _field(1, _field(1, sample.tobytes()))
        features = b"".join(
            _field(1, _field(1, name) + _field(2, value)) for name, value in ((b"data", data), (b"shape", shape))
        )
        record = _field(1, features)
        length = struct.pack("<Q", len(record))
        out.write(length + _masked(length) + record + _masked(record))
    path.write_bytes(out.getvalue())
    return path


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes(out + bytes([value]))


def _field(number: int, payload: bytes) -> bytes:
    """A field of a protocol buffer that holds bytes."""
    return _varint(number << 3 | 2) + _varint(len(payload)) + payload


_TABLE = np.arange(256, dtype=np.uint32)
for _ in range(8):
    _TABLE = np.where(_TABLE & 1, (_TABLE >> 1) ^ np.uint32(0x82F63B78), _TABLE >> 1).astype(np.uint32)
_CRC = [int(value) for value in _TABLE]


def _masked(data: bytes) -> bytes:
    """The checksum of a record: CRC-32C, turned by 15 bits, with a constant."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ _CRC[(crc ^ byte) & 255]
    crc ^= 0xFFFFFFFF
    return struct.pack("<I", ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF)
