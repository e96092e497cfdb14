"""The steps of a fit: from the base model and the labelled sets to fitted weights and scores of what was held out."""

from pathlib import Path

import numpy as np
import pandas as pd
import torch

from helpers import codebook as codebooks
from helpers.coding import read_labelled
from helpers.coding.coder import Coder
from training import base, words
from training.fit import Recipe, below, fit, scores
from training.model import Model
from training.rows import rows_of

SEED = 0
FROZEN = 6
WRITTEN = Recipe(epochs=4, rate=3e-4)
BOTH = Recipe(epochs=2, rate=1.5e-4, real_share=2, written=0.25)


class Fitting:
    """The steps of a fit; each is made once and kept."""

    def __init__(self, wheel: str | Path, work: Path):
        self.work, self.book, self.labelled = work, codebooks.load("data/codebook/policy_tools.yml"), read_labelled()
        self.base = base.read(wheel)
        texts = sorted({*self.labelled["text"], *self.labelled["heading"]})
        self.pieces, self.table, self.names = words.cut(self.base, texts)
        self.rows = rows_of(self.labelled, self.pieces, self.book.tools)
        self.coder = Coder(self.book, self.labelled, method="linear")
        torch.manual_seed(SEED)
        self.model = Model(self.base, self.table, FROZEN, 4 + len(self.book.tools))
        self.halves = halves(self.labelled, self.rows.real)

    def make(self, step: str):
        """Return what a step gives: made before, or now."""
        path = self.work / f"{step}.pt"
        if not path.is_file():
            made = self._below() if step == "seen" else self._fitted(step)
            torch.save(made, path)
        return torch.load(path, weights_only=False)

    def _below(self) -> tuple[list, list]:
        return below(self.model, self.rows.bare), below(self.model, self.rows.headed)

    def _fitted(self, step: str):
        seen = self.make("seen")
        if step == "written":
            fit(self.model, self.rows, np.flatnonzero(~self.rows.real), WRITTEN, SEED, seen)
            return self.model.state_dict()
        self.model.load_state_dict(self.make("written"))
        own = self.halves[int(step[-1])] if step != "all" else np.zeros(0, np.int64)
        fit(self.model, self.rows, self.without(own), BOTH, SEED, seen)
        return self.model.state_dict() if step == "all" else scores(self.model, self.rows, own, seen[1])

    def without(self, own: np.ndarray) -> np.ndarray:
        """Return the rows that are none of `own` and like none of them."""
        return np.flatnonzero(~np.isin(self.coder.groups, self.coder.groups[own]))


def halves(labelled: pd.DataFrame, real: np.ndarray) -> list[np.ndarray]:
    """Return the rows of documents in two parts of whole counties: the county with most of them, and the others."""
    counties = labelled["county"].where(real)
    most = counties.value_counts().sort_index(kind="stable").idxmax()
    return [np.flatnonzero(real & counties.eq(most)), np.flatnonzero(real & counties.ne(most))]
