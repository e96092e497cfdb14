"""The pieces that Chinese policy texts need, cut from those of the base model."""

import re

import numpy as np

from helpers.coding.pieces import SPACE, Pieces
from training.base import Base

# Chinese characters, their punctuation, figures and signs; of Latin letters the single ones, so that nothing is unknown.
_SIGNS = r"\u3000-\u3020\u2000-\u206f\u2460-\u24ff\u00a0-\u00bf!-/:-@\[-`{-~×÷℃㎡"
_KEPT = re.compile(rf"{SPACE}?(?:[\u3400-\u9fff0-9{_SIGNS}]+|[A-Za-z])")
_ASIDE = re.compile(r"[\u3040-\u30ff\uac00-\ud7af]")


def cut(base: Base, texts: list[str]) -> tuple[Pieces, np.ndarray, list[str]]:
    """Return (what cuts texts, rows of the word table in the order of its numbers, the pieces).

    Kept are the pieces of Chinese characters, figures and signs, single letters, and what `texts` are cut into by all pieces.
    """
    special = set(base.special) | {1}
    decoded = [piece.decode() for piece in base.pieces]
    lowest = float(base.scores.min())
    ordinary = [i for i in range(len(decoded)) if i not in special and decoded[i]]
    whole = Pieces([decoded[i] for i in ordinary], base.scores[ordinary], base.replaced, lowest)
    used = {ordinary[n - 3] for text in texts for n in whole.numbers(text) if n > 2}
    kept = [i for i in ordinary if i in used or (_KEPT.fullmatch(decoded[i]) and not _ASIDE.search(decoded[i]))]
    names = [decoded[i] for i in kept]
    spelt = set("".join(names))
    replaced = {a: b for a, b in base.replaced.items() if set(b.replace(" ", SPACE)) <= spelt}
    rows = np.array([*base.special, *kept])
    return Pieces(names, base.scores[kept], replaced, lowest), rows, names
