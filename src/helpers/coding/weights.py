"""Weights in a safetensors file: numbers of 64, 32, 16, 8 or 4 bits, read without any library of learning."""

import json
import struct
from pathlib import Path

import numpy as np

BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])  # 32 numbers of 4 bits, as llama.cpp's Q4_0 has them
_TYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I8": "i1", "U8": "u1", "U32": "<u4"}
_NAMES = {np.dtype(code): name for name, code in _TYPES.items()}


def read(path: str | Path) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """Read (tensors, metadata); raises ValueError where the file is damaged or of another kind."""
    data = Path(path).read_bytes()
    try:
        (length,) = struct.unpack_from("<Q", data)
        header = json.loads(data[8 : 8 + length])
        about = header.pop("__metadata__", {})
        tensors = {}
        for name, entry in header.items():
            kind, (begin, end) = np.dtype(_TYPES[entry["dtype"]]), entry["data_offsets"]
            count = (end - begin) // kind.itemsize
            tensors[name] = np.frombuffer(data, kind, count, 8 + length + begin).reshape(entry["shape"])
    except (struct.error, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path}: is damaged or not a file of weights; restore it from the repository") from error
    return tensors, about


def write(path: str | Path, tensors: dict[str, np.ndarray], about: dict[str, str]) -> None:
    """Write tensors (by name, so that the same ones give the same bytes) and metadata."""
    header, parts, at = {"__metadata__": dict(sorted(about.items()))}, [], 0
    for name, tensor in sorted(tensors.items()):
        parts.append(np.ascontiguousarray(tensor).tobytes())
        header[name] = {
            "dtype": _NAMES[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [at, at + len(parts[-1])],
        }  # fmt: skip
        at += len(parts[-1])
    head = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    head += b" " * (-len(head) % 8)
    Path(path).write_bytes(struct.pack("<Q", len(head)) + head + b"".join(parts))


def floats(blocks: np.ndarray) -> np.ndarray:
    """Return the numbers of 4-bit blocks: (nibble - 8) x scale, the low nibbles of a block before the high ones."""
    low, high = blocks["nibbles"] & 15, blocks["nibbles"] >> 4
    values = np.concatenate([low, high], axis=-1).astype(np.float32) - 8
    return values * blocks["scale"].astype(np.float32)[..., None]


def matrix(tensors: dict[str, np.ndarray], name: str) -> np.ndarray:
    """Return a matrix as float32, whichever way it is kept: as it is, by rows of 8 bits with a scale each, or in 4-bit blocks."""
    if name in tensors:
        return tensors[name].astype(np.float32)
    if f"{name}.8" in tensors:
        return tensors[f"{name}.8"].astype(np.float32) * tensors[f"{name}.scale"][:, None]
    return from_blocks(tensors[f"{name}.4"])


def from_blocks(rows: np.ndarray) -> np.ndarray:
    """Return rows of 4-bit blocks (bytes) as float32."""
    return floats(np.ascontiguousarray(rows).view(BLOCK)).reshape(len(rows), -1)


def eight_bits(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (rows as whole numbers of -127 to 127, the scale of each row)."""
    scale = np.maximum(np.abs(values).max(axis=1), 1e-12).astype(np.float32) / np.float32(127)
    return np.rint(values / scale[:, None]).astype(np.int8), scale
