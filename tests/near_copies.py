"""Invented texts with copies that are nearly the same, for tests and `make bench`."""

import numpy as np


def shingles(text: str) -> set[str]:
    return {text[i : i + 8] for i in range(len(text) - 7)}


def exact(a: str, b: str) -> float:
    return len(shingles(a) & shingles(b)) / len(shingles(a) | shingles(b))


def altered_pairs(n: int, seed: int = 1, least: float = 0.8) -> list[tuple[str, str]]:
    """Invent texts of 60 to 3,000 letters, each with a copy in which runs are replaced, so that a Jaccard of `least` is left."""
    rng, made = np.random.default_rng(seed), []
    while len(made) < n:
        letters = rng.integers(0x4E00, 0x4E00 + 3000, int(np.exp(rng.uniform(np.log(60), np.log(3000)))))
        other = letters.copy()
        for _ in range(1 + int(len(letters) * rng.uniform(0, 0.012))):
            at = rng.integers(0, len(letters))
            other[at : at + rng.integers(1, 4)] = 0x9FA0
        pair = tuple("".join(map(chr, text)) for text in (letters, other))
        if pair[0] != pair[1] and exact(*pair) >= least:
            made.append(pair)
    return made
