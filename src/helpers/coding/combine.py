"""Linear learner and encoder together: a weighted mean of their scores, with weights that left-out counties taught."""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.codebook import STATEMENTS, Codebook
from helpers.coding import encoder as encoders
from helpers.coding import likeness
from helpers.coding.likeness import text_sum

HELD_OUT = "held_out.csv"  # beside the weights: what is said of labelled units, by encoders that had not seen them


@dataclass(frozen=True)
class Partner:
    """The encoder as one codebook uses it: for statements, which all codebooks share, and for the tools that both have.

    It speaks of tools when more than half of its own are in the codebook, or more than half of the codebook's are its own;
    a tool that goes by another name says so (`learned_from`).
    """

    codebook: Codebook
    path: Path = encoders.SHIPPED

    def __post_init__(self) -> None:
        encoders.check(self.path)

    @property
    def key(self) -> str:
        """Return what the encoder's scores depend on: the checksum of both files."""
        files = (self.path, self.path.parent / HELD_OUT, self.path.parent / likeness.FILE)
        there = (file.read_bytes() for file in files if file.is_file())
        return hashlib.sha256(b"".join(hashlib.sha256(data).digest() for data in there)).hexdigest()

    @property
    def columns(self) -> np.ndarray:
        """Return for each output of the learner (tools, then statements) that of the encoder, -1 where it has none."""
        about = _loaded(self.path).about
        own = {tool: len(STATEMENTS) + i for i, tool in enumerate(about["tools"])}
        tools = [own.get(tool.learned_from or tool.id, -1) for tool in self.codebook.tool_list]
        shared = sum(column >= 0 for column in tools)
        speaks = 2 * len({c for c in tools if c >= 0}) > len(own) or 2 * shared > len(tools)
        return np.array([*(tools if speaks else [-1] * len(tools)), *range(len(STATEMENTS))])

    def scores(self, texts: list[str], headings: list[str]) -> np.ndarray:
        """Return units x outputs (tools, then statements) as the encoder scores them, NaN where it has no such output.

        It was fitted on labelled sentences. Those of documents have the scores of an encoder that had not seen their county,
        of those that were written for fitting it says nothing.
        """
        held, own = _held_out(self.path), _loaded(self.path)
        found = [held.get(text_sum(text)) for text in texts]
        new = [i for i, row in enumerate(found) if row is None]
        scored = own.score([texts[i] for i in new], [headings[i] for i in new])
        for i, row in zip(new, scored, strict=True):
            found[i] = row
        scores = np.array(found).reshape(len(texts), len(own.about["statements"]) + len(own.about["tools"]))
        return np.where(self.columns < 0, np.nan, scores[:, self.columns])

    @property
    def space(self) -> likeness.Space | None:
        """Return the directions of sentence vectors and those of the labelled sentences that ship; None where there are none."""
        return _space(self.path)

    def vectors(self, texts: list[str], headings: list[str]) -> np.ndarray:
        """Return the sentence vectors of units (texts x WIDTH): of labelled sentences those that ship."""
        found = [self.space.known.get(text_sum(text)) for text in texts]
        new = [i for i, row in enumerate(found) if row is None]
        means = _loaded(self.path).read([texts[i] for i in new], [headings[i] for i in new])[1]
        for i, row in zip(new, self.space.vectors(means), strict=True):
            found[i] = row
        return np.array(found, dtype=np.int8).reshape(len(texts), len(self.space.directions))

    def join(self, linear: np.ndarray, texts: list[str], headings: list[str]) -> np.ndarray:
        """Return the weighted mean of linear scores (units x outputs, given above 0) and the encoder's."""
        weights, scores = _loaded(self.path).about["weights"], self.scores(texts, headings)
        is_tool = np.arange(linear.shape[1]) < len(self.codebook.tools)
        part = np.where(is_tool, weights["tool"], weights["statement"])
        mean = (1 - part) * linear + part * (scores - np.where(is_tool, weights["border"], 0.0))
        return np.where(np.isnan(scores), linear, mean)


@lru_cache(maxsize=2)
def _loaded(path: Path) -> encoders.Encoder:
    """Return the encoder, read once in each process."""
    return encoders.Encoder(path)


@lru_cache(maxsize=2)
def _space(path: Path) -> likeness.Space | None:
    return likeness.load(path)


@lru_cache(maxsize=2)
def _held_out(path: Path) -> dict[str, np.ndarray]:
    table = pd.read_csv(path.parent / HELD_OUT, dtype={"text": str})
    return dict(zip(table["text"], table.drop(columns="text").to_numpy(float), strict=True))
