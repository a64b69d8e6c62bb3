"""Tensors in files of torch.save, read without torch, and safetensors, written without their package.

Of a pickle only tensors and ordered mappings are rebuilt; whatever else it names stops the reading, so that nothing of the
file runs. Both of torch's forms are read: the archive, and the older one with all in a row.
"""

from __future__ import annotations

import json
import pickle
import struct
import zipfile
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

MAGIC = 0x1950A86A20F9469CFC6C
# The type's name in safetensors, and bytes of an element.
STORAGES = {
    "FloatStorage": ("F32", 4), "DoubleStorage": ("F64", 8), "HalfStorage": ("F16", 2), "LongStorage": ("I64", 8),
    "IntStorage": ("I32", 4), "ByteStorage": ("U8", 1), "BoolStorage": ("BOOL", 1),
}  # fmt: skip


class NotWeights(Exception):
    """What stands in the file is not what is read here."""


@dataclass
class Storage:
    type: str
    size: int
    content: bytes = b""


@dataclass
class Tensor:
    storage: Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    @property
    def type(self) -> str:
        return self.storage.type

    def content(self) -> bytes:
        """Its elements, rows first."""
        size = self.storage.size
        packed, step = [], 1
        for length in reversed(self.shape):
            packed.insert(0, step)
            step *= length
        if all(s == p or n == 1 for s, p, n in zip(self.strides, packed, self.shape)):
            return self.storage.content[self.offset * size : (self.offset + step) * size]
        offsets = [self.offset]
        for length, stride in zip(self.shape, self.strides):
            offsets = [place + i * stride for place in offsets for i in range(length)]
        return b"".join(self.storage.content[place * size : (place + 1) * size] for place in offsets)


class Reader(pickle.Unpickler):
    """Rebuilds tensors and ordered mappings, and nothing else."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__(file, encoding="latin1")
        self.storages: dict[str, Storage] = {}

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return lambda storage, offset, shape, strides, *rest: Tensor(storage, offset, tuple(shape), tuple(strides))
        if (module, name) == ("torch._utils", "_rebuild_parameter"):
            return lambda data, *rest: data
        if module == "torch" and name in STORAGES:
            return name
        raise NotWeights(f"it holds {module}.{name}, which is no tensor; scripts/convert-weights reads such files")

    def persistent_load(self, identity: tuple) -> Storage:
        _, kind, key = identity[:3]
        return self.storages.setdefault(key, Storage(*STORAGES[kind]))


def from_archive(path: Path) -> Any:
    with zipfile.ZipFile(path) as archive:
        root = next((n[: -len("data.pkl")] for n in archive.namelist() if n.endswith("data.pkl")), None)
        if root is None:
            raise NotWeights("it is an archive without data.pkl")
        with archive.open(root + "data.pkl") as file:
            reader = Reader(file)
            value = reader.load()
        for key, storage in reader.storages.items():
            storage.content = archive.read(f"{root}data/{key}")
    return value


def from_row(file: BinaryIO) -> Any:
    if Reader(file).load() != MAGIC:
        raise NotWeights("it is no file of torch.save")
    Reader(file).load()
    Reader(file).load()
    reader = Reader(file)
    value = reader.load()
    for key in Reader(file).load():
        (count,) = struct.unpack("<q", file.read(8))
        storage = reader.storages[key]
        storage.content = file.read(count * storage.size)
        if len(storage.content) < count * storage.size:
            raise NotWeights("it is cut off")
    return value


def tensors(path: Path) -> dict[str, Tensor]:
    """The state_dict in a file of torch.save.

    Raises NotWeights, with the reason, where there is none.
    """
    try:
        if zipfile.is_zipfile(path):
            value = from_archive(path)
        else:
            with path.open("rb") as file:
                value = from_row(file)
    # Bytes that are no pickle, or a damaged one, raise whatever their opcodes come to.
    except (
        pickle.UnpicklingError, EOFError, struct.error, LookupError, ArithmeticError, AttributeError, MemoryError,
        TypeError, ValueError, zipfile.BadZipFile,
    ) as error:  # fmt: skip
        raise NotWeights(f"it cannot be read: {error}" if str(error) else "it is cut off") from error
    if not isinstance(value, dict) or not all(isinstance(tensor, Tensor) for tensor in value.values()):
        raise NotWeights("it holds something else than tensors by name")
    return dict(value)


def write_safetensors(path: Path, found: dict[str, Tensor], metadata: dict[str, str]) -> None:
    """Writes tensors by name in the safetensors format, in their order."""
    header: dict[str, Any] = {"__metadata__": metadata}
    contents, start = [], 0
    for name, tensor in found.items():
        content = tensor.content()
        header[name] = {
            "dtype": tensor.type, "shape": list(tensor.shape), "data_offsets": [start, start + len(content)],
        }  # fmt: skip
        contents.append(content)
        start += len(content)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(text)))
        file.write(text)
        file.writelines(contents)
