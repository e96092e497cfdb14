"""The fitted encoder: text and heading to a score for each statement and tool, in NumPy alone.

Layers as in XLM-R (Conneau et al. 2020) and, before it was fitted here, multilingual-e5-small (Wang et al. 2024). One unit at
a time and one thread, so that no score depends on what else is coded, on threads or on workers; GELU by its tanh form, with
which it was fitted.
"""

import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from helpers import store
from helpers.asked import Refused
from helpers.coding import weights
from helpers.coding.pieces import BEGIN, END, Pieces

SHIPPED = store.PROJECT_ROOT / "data" / "models" / "encoder.safetensors"
MOST_TEXT, MOST_HEADING = 160, 48  # pieces: longer texts lose their end, longer heading paths their beginning
_LETTERS_TEXT, _LETTERS_HEADING = 1000, 400  # more than these pieces spell
DECIMALS = 4
_REMEMBERED = 10_000
_GELU = np.float32(np.sqrt(2 / np.pi))


def sequence(pieces: Pieces, text: str, heading: str) -> tuple[tuple[int, ...], int]:
    """Return (numbers of a text and, as a second segment, of the end of its heading path; how many are the text's)."""
    own = (BEGIN, *pieces.numbers(text[:_LETTERS_TEXT])[:MOST_TEXT], END)
    above = pieces.numbers(heading[-_LETTERS_HEADING:])[-MOST_HEADING:] if heading else ()
    return (own + (END, *above, END) if above else own), len(own)


def check(path: Path) -> None:
    """Raise Refused, which says what can be done, where the weights are missing."""
    if not path.is_file():
        raise Refused(
            f"the encoder's weights are missing ({path}): restore them from the repository, fit them with `make encoder`, "
            "or choose `coder: linear` or `coder: rules`"
        )


class Encoder:
    """Scores units with the weights of a file."""

    def __init__(self, path: str | Path = SHIPPED):
        self.path = Path(path)

    @cached_property
    def _file(self) -> tuple[dict[str, np.ndarray], dict]:
        check(self.path)
        tensors, about = weights.read(self.path)
        return tensors, json.loads(about["about"])

    @property
    def about(self) -> dict:
        """Return what the file says of itself: statements, tools, sizes, rows by hash, seed."""
        return self._file[1]

    @cached_property
    def pieces(self) -> Pieces:
        """Return what cuts texts into pieces."""
        tensors, about = self._file
        blob, ends = tensors["pieces"].tobytes(), tensors["pieces.end"].tolist()
        names = [blob[a:b].decode() for a, b in zip([0, *ends[:-1]], ends, strict=True)]
        return Pieces(names, tensors["pieces.score"], about["replaced"], about["lowest"])

    @cached_property
    def _layers(self) -> list[dict[str, np.ndarray]]:
        tensors, about = self._file
        layers = []
        for i in range(about["layers"]):
            layer = {n: weights.matrix(tensors, f"{i}.{n}") for n in ("qkv", "out", "up", "down")}
            layers.append(layer | {n: _columns(tensors[f"{i}.{n}"]) for n in _VECTORS})
        return layers

    @cached_property
    def _ends(self) -> dict[str, np.ndarray]:
        tensors, _ = self._file
        return {n: weights.matrix(tensors, n) for n in ("places", "norm", "head", "head.bias")}

    def score(self, texts: Sequence[str], headings: Sequence[str]) -> np.ndarray:
        """Return units x outputs (statements, then tools) of -1 (no) to 1 (yes), rounded.

        Statements share one certainty among them, tools have each their own.
        """
        return self.read(texts, headings)[0]

    def read(self, texts: Sequence[str], headings: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Return (scores as `score` has them, units x hidden: the mean of the last layer over the pieces of each text)."""
        n_outputs = len(self.about["statements"]) + len(self.about["tools"])
        scores, means = np.zeros((len(texts), n_outputs)), np.zeros((len(texts), len(self._ends["norm"][0])), np.float32)
        if len(self._recent) > _REMEMBERED:
            self._recent.clear()
        with threadpool_limits(1):
            for row, unit in enumerate(zip(texts, headings, strict=True)):
                if unit not in self._recent:
                    pooled = self._pooled(*unit)
                    logits = (self._ends["head"] @ pooled + self._ends["head.bias"]).astype(np.float64)
                    self._recent[unit] = self._of_logits(logits), pooled[: means.shape[1]]
                scores[row], means[row] = self._recent[unit]
        return scores, means

    @cached_property
    def _recent(self) -> dict[tuple[str, str], tuple[np.ndarray, np.ndarray]]:
        """Return what was read of late: sentences recur, and scores and vectors are asked for one after the other."""
        return {}

    def _of_logits(self, logits: np.ndarray) -> np.ndarray:
        n = len(self.about["statements"])
        said = np.exp(logits[:n] - logits[:n].max())
        tools = 1 / (1 + np.exp(-np.clip(logits[n:], -30, 30)))
        return np.round(2 * np.concatenate([said / said.sum(), tools]) - 1, DECIMALS)

    def _pooled(self, text: str, heading: str) -> np.ndarray:
        """Return mean and maximum of the last layer over the pieces of the text."""
        x, n_text = self._states(text, heading)
        own = x[:, :n_text]
        return np.concatenate([own.mean(axis=1), own.max(axis=1)])

    def _states(self, text: str, heading: str) -> tuple[np.ndarray, int]:
        """Return (hidden x pieces after the last layer, how many pieces are the text's)."""
        numbers, n_text = sequence(self.pieces, text, heading)
        tensors, about = self._file
        x = (weights.from_blocks(tensors["words.4"][list(numbers)]) + self._ends["places"][: len(numbers)]).T.copy()
        x = _normed(x, *_columns(self._ends["norm"]), about["epsilon"])
        for layer in self._layers:
            x = _through(x, layer, about["heads"], about["epsilon"])
        return x, n_text


_VECTORS = ("qkv.bias", "out.bias", "up.bias", "down.bias", "norm_1", "norm_2")


def _columns(vectors: np.ndarray) -> np.ndarray:
    return vectors.astype(np.float32)[..., None]


def _normed(x: np.ndarray, weight: np.ndarray, bias: np.ndarray, epsilon: float) -> np.ndarray:
    x = x - x.mean(axis=0)
    return x * weight / np.sqrt((x * x).mean(axis=0) + np.float32(epsilon)) + bias


def _through(x: np.ndarray, layer: dict[str, np.ndarray], heads: int, epsilon: float) -> np.ndarray:
    """Return hidden x pieces after one layer: a column a piece, since BLAS is quickest with the large matrix on the left."""
    hidden, length = x.shape
    q, k, v = (layer["qkv"] @ x + layer["qkv.bias"]).reshape(3, heads, hidden // heads, length)
    seen = k.transpose(0, 2, 1) @ q * np.float32((hidden // heads) ** -0.5)
    seen = np.exp(seen - seen.max(axis=1, keepdims=True))
    mixed = (v @ (seen / seen.sum(axis=1, keepdims=True))).reshape(hidden, length)
    x = _normed(x + layer["out"] @ mixed + layer["out.bias"], *layer["norm_1"], epsilon)
    inner = layer["up"] @ x + layer["up.bias"]
    inner *= np.float32(0.5) * (1 + np.tanh(_GELU * (inner + np.float32(0.044715) * inner * inner * inner)))
    return _normed(x + layer["down"] @ inner + layer["down.bias"], *layer["norm_2"], epsilon)
