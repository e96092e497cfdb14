"""What is learned from labelled units: features of their texts, and weights from which any units can be left out."""

from functools import cached_property
from zlib import crc32

import numpy as np
import pandas as pd

from helpers import codebook as codebooks
from helpers.codebook import STATEMENTS, Codebook
from helpers.coding.features import Features
from helpers.coding.labelled import TAUGHT
from helpers.coding.ridge import Ridge
from helpers.structure import text_key

# Chosen on train.csv, invented.csv and examples.csv by leaving out counties, authors and batches; gold.csv was only looked at.
_PENALTY = 0.15
_HEADED = 35  # per cent of the sentences written for fitting that are learned with their headings; units of documents all are


def entries_of(codebook: Codebook) -> tuple:
    """Return the entries of tools, then those of statements: the order in which hits number them."""
    return (*codebook.entries, *codebook.statement_entries)


class Learner:
    """One model of all outputs (tools, then statements), fitted when first asked.

    It learns most sentences that were written for fitting without the headings above them (chosen by their letters, so that
    always the same are): otherwise a unit that has no heading would be taken for what such units mostly are in the labelled
    sets, and a heading that is not about the sentences under it, such as the first line of a file, would mislead more.
    """

    def __init__(self, codebook: Codebook, labelled: pd.DataFrame, leaving: np.ndarray | None = None):
        self.codebook, self.labelled, self.leaving = codebook, labelled, leaving
        self.texts = labelled["text"].tolist()
        kept = labelled["set"].isin(TAUGHT) | (labelled["text"].map(lambda t: crc32(text_key(t).encode()) % 100) < _HEADED)
        self.headings = [heading if keep else "" for heading, keep in zip(labelled["heading"], kept, strict=True)]

    @cached_property
    def _hits(self) -> codebooks.Hits:
        return codebooks.find(entries_of(self.codebook), self.texts, self.headings)

    @cached_property
    def features(self) -> Features:
        """Return the features, made from the labelled texts (not from their labels)."""
        return Features(self.codebook, self.texts, self.headings, self._hits)

    @cached_property
    def _ridge(self) -> Ridge:
        rows = self.features.matrix(self.texts, self.headings, self._hits)
        used = [set(t.split(";")) for t in self.labelled["tools"]]
        tools = np.array([[t in u for t in self.codebook.tools] for u in used])
        said = self.labelled["statement"].to_numpy()[:, None] == np.array(STATEMENTS)[None, :]
        targets = np.hstack([tools, said]) * 2.0 - 1
        # Tools lean on how common they are; statements do not, since other folders report more or less than ours.
        centred = np.arange(targets.shape[1]) < len(self.codebook.tools)
        return Ridge(rows, targets, centred, _PENALTY, self.leaving)

    def weights(self, without: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Return (features x outputs, prior of each output) learned without the labelled rows numbered `without`."""
        return self._ridge.weights(without)
