"""Texts to the numbers of word pieces: a Unigram model (Kudo 2018) whose pieces and scores came with the base model."""

from functools import lru_cache

import numpy as np

SPACE = "\u2581"  # how the pieces write a space
BEGIN, END, UNKNOWN = 0, 1, 2
_UNKNOWN_PENALTY = 10.0


class Pieces:
    """Cuts texts into the pieces whose scores add up to most.

    `pieces` are those after BEGIN, END and UNKNOWN; `scores` their logarithmic probabilities; `replaced` what single
    characters are written as before (width, compatibility forms), given as the texts of both sides.
    """

    def __init__(self, pieces: list[str], scores: np.ndarray, replaced: dict[str, str], lowest: float):
        self.score = dict(zip(pieces, scores.tolist(), strict=True))
        self.number = {piece: i for i, piece in enumerate(pieces, start=UNKNOWN + 1)}
        self._longest = max(map(len, pieces))
        self._unknown = lowest - _UNKNOWN_PENALTY
        self.replaced = replaced
        self._replaced = str.maketrans(replaced)
        self.numbers = lru_cache(maxsize=4096)(self._numbers)  # headings recur

    def plain(self, text: str) -> str:
        """Return a text as the pieces spell it."""
        text = text.translate(self._replaced)
        while "  " in text:
            text = text.replace("  ", " ")
        return (text if text.startswith(" ") else " " + text).replace(" ", SPACE)

    def _numbers(self, text: str) -> tuple[int, ...]:
        """Return the numbers of the pieces of one text (best path, Viterbi)."""
        text = self.plain(text)
        best, back = [0.0] + [-1e30] * len(text), [(0, UNKNOWN)] * (len(text) + 1)
        score, number = self.score, self.number
        for start in range(len(text)):
            so_far = best[start]
            for end in range(start + 1, min(start + self._longest, len(text)) + 1):
                piece = text[start:end]
                value = score.get(piece)
                if value is not None and so_far + value > best[end]:
                    best[end], back[end] = so_far + value, (start, number[piece])
            if so_far + self._unknown > best[start + 1]:
                best[start + 1], back[start + 1] = so_far + self._unknown, (start, UNKNOWN)
        found, at = [], len(text)
        while at:
            at, piece = back[at]
            found.append(piece)
        return tuple(reversed(found))
