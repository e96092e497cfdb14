"""How likely a run of Chinese characters is: a measure from the word frequencies of jieba's dictionary.

Characters inside a word are chained (bigrams within words), words follow each other freely (unigrams between them);
Jelinek and Mercer (1980) interpolation of the two. It needs no training text of its own and knows nothing of any one document.
"""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from importlib.resources import files
from math import log
from typing import NamedTuple

_WITHIN = 0.6  # weight of "inside a word" against "between words"
_UNSEEN = log(2e-9)
# Marks that occur in running text, with their share of all characters; any other symbol is taken for rubbish.
_MARKS = {"，": 0.05, "。": 0.025, "、": 0.03, "“": 0.012, "”": 0.012, "《": 0.005, "》": 0.005, "（": 0.008, "）": 0.008}
_MARKS |= {"；": 0.006, "：": 0.006, "〔": 0.001, "〕": 0.001, "—": 0.001, "·": 0.0005, "％": 0.001, "．": 0.0005, "？": 0.0005}
_MARKS |= dict.fromkeys("０１２３４５６７８９", 1e-6) | dict.fromkeys("①②③④⑤", 0.0002) | {"！": 0.0003, "‘": 0.0002, "’": 0.0002}
MARK_LOGS = {mark: log(share) for mark, share in _MARKS.items()}
_RUBBISH = log(1e-8)


class Frequencies(NamedTuple):
    words: dict[str, float]  # word → log probability
    single: dict[str, float]  # character → probability
    chained: dict[str, float]  # two characters inside a word → probability of the second after the first


@lru_cache(maxsize=1)
def frequencies() -> Frequencies:
    """Read jieba's dictionary once a process (about a second); only damaged pages ever ask for it."""
    single, pair, words, total = defaultdict(int), defaultdict(int), {}, 0
    for line in (files("jieba") / "dict.txt").read_text(encoding="utf-8").splitlines():
        word, count, _ = line.split(" ")
        n = int(count)
        if n < 3 and len(word) > 1:  # half of the list, and nothing that settles anything
            continue
        words[word] = n
        total += n
        if len(word) == 2:
            single[word[0]] += n
            single[word[1]] += n
            pair[word] += n
            continue
        for c in word:
            single[c] += n
        for k in range(len(word) - 1):
            pair[word[k : k + 2]] += n
    characters = sum(single.values())
    return Frequencies(
        {w: log(n / total) for w, n in words.items() if n},
        {c: n / characters for c, n in single.items()},
        {p: n / single[p[0]] for p, n in pair.items()},
    )


@lru_cache(maxsize=1 << 18)
def step(previous: str, character: str) -> float:
    """Log probability of a (simplified) character or mark after the one before it ('' at a start)."""
    if character in MARK_LOGS:
        return MARK_LOGS[character]
    if not "㐀" <= character <= "鿿":
        return _RUBBISH
    known = frequencies()
    p = (1 - _WITHIN) * known.single.get(character, 0.0) + _WITHIN * known.chained.get(previous + character, 0.0)
    return log(p + 2e-9) if p else _UNSEEN


def words_score(text: str) -> float:
    """Log probability of the best cut of a short text into words (unigram model, Viterbi)."""
    words, single = frequencies().words, frequencies().single
    best = [0.0] + [float("-inf")] * len(text)
    for end in range(1, len(text) + 1):
        c = text[end - 1]
        alone = words.get(c)
        if alone is None:
            alone = MARK_LOGS.get(c, log(single[c] / 10) if c in single else _UNSEEN)
        best[end] = best[end - 1] + alone
        for start in range(max(0, end - 5), end - 1):
            if (p := words.get(text[start:end])) is not None and best[start] + p > best[end]:
                best[end] = best[start] + p
    return best[-1]


def mean_step(text: str, limit: int = 4000) -> float:
    """Mean log probability a character of the Chinese part of a text's beginning; 0 when it has none."""
    total, n, previous = 0.0, 0, ""
    for c in text[:limit]:
        if c.isascii() or c.isspace():
            previous = ""
            continue
        total += step(previous, c)
        previous, n = c, n + 1
    return total / n if n else 0.0
