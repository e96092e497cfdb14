"""How likely a run of Chinese characters is: a measure from the word frequencies of jieba's dictionary.

Characters inside a word are chained (bigrams within words), words follow each other freely (unigrams between them);
Jelinek and Mercer (1980) interpolation of the two. It needs no training text of its own and knows nothing of any one document.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache
from importlib.resources import files
from math import exp, log
from pathlib import Path
from typing import NamedTuple

_WITHIN = 0.6  # weight of "inside a word" against "between words"
_UNSEEN = log(2e-9)
_PAGES = 1.7e6  # brings document frequencies to the scale of the dictionary's counts (项目, 发展, 企业 agree)
LEXICON = Path(__file__).resolve().parents[3] / "data" / "codebook" / "lexicon.yml"
# Marks that occur in running text, with their share of all characters; any other symbol is taken for rubbish.
_MARKS = {"，": 0.05, "。": 0.025, "、": 0.03, "“": 0.012, "”": 0.012, "《": 0.005, "》": 0.005, "（": 0.008, "）": 0.008}
_MARKS |= {"；": 0.006, "：": 0.006, "〔": 0.001, "〕": 0.001, "—": 0.001, "·": 0.0005, "％": 0.001, "．": 0.0005, "？": 0.0005}
_MARKS |= dict.fromkeys("０１２３４５６７８９", 1e-6) | dict.fromkeys("①②③④⑤", 0.0002) | {"！": 0.0003, "‘": 0.0002, "’": 0.0002}
MARK_LOGS = {mark: log(share) for mark, share in _MARKS.items()}
_RUBBISH = log(1e-8)


# Slogans of the years since 2015, younger than both lists.
_YOUNG = (
    "六保 六稳 三保 三农 十三五 十四五 十五五 双碳 双创 双招双引 乡村振兴 共同富裕 专精特新 新质生产力 放管服 一带一路 四上企业"
)


class Frequencies(NamedTuple):
    words: dict[str, float]  # word → count
    total: float
    single: dict[str, float]  # character → count
    characters: float
    chained: dict[str, float]  # two characters inside a word → count


def _counts() -> dict[str, float]:
    """Words with their counts: jieba's dictionary (newspapers of the 1990s), its list of document frequencies (business
    pages, younger), and the project's own lexicon of policy terms."""
    counts: dict[str, float] = {}
    for line in (files("jieba") / "dict.txt").read_text(encoding="utf-8").splitlines():
        word, count, _ = line.split(" ")
        if len(count) > 1 or count > "5" or (len(word) == 1 and count > "0"):  # the rest settles nothing
            counts[word] = int(count)
    for line in (files("jieba") / "analyse" / "idf.txt").read_text(encoding="utf-8").splitlines():
        word, idf = line.split(" ")
        if len(word) > 1 and (n := _PAGES * exp(-float(idf))) > 15 and "一" <= word[0] <= "龥":
            counts[word] = counts.get(word, 0) + n
    for word in _YOUNG.split():
        counts[word] = counts.get(word, 0) + 1000
    if LEXICON.exists():
        for word in re.findall(r'word: "([一-龥]{2,8})"', LEXICON.read_text(encoding="utf-8")):
            counts[word] = counts.get(word, 0) + 300
    return counts


@lru_cache(maxsize=1)
def frequencies() -> Frequencies:
    """Read jieba's lists once a process (about a second); only damaged pages ever ask for it."""
    words = _counts()
    single, pair = defaultdict(float), defaultdict(float)
    for word, n in words.items():
        if len(word) == 2:
            single[word[0]] += n
            single[word[1]] += n
            pair[word] += n
            continue
        for c in word:
            single[c] += n
        for k in range(len(word) - 1):
            pair[word[k : k + 2]] += n
    return Frequencies(words, sum(words.values()), dict(single), sum(single.values()), dict(pair))


@lru_cache(maxsize=1)
def successors() -> dict[str, str]:
    """Character → the characters that follow it inside words."""
    following: dict[str, list[str]] = defaultdict(list)
    for first, second in frequencies().chained:
        following[first].append(second)
    return {first: "".join(seconds) for first, seconds in following.items()}


@lru_cache(maxsize=1 << 18)
def step(previous: str, character: str) -> float:
    """Log probability of a (simplified) character or mark after the one before it ('' at a start)."""
    if character in MARK_LOGS:
        return MARK_LOGS[character]
    if not "㐀" <= character <= "鿿":
        return _RUBBISH
    known = frequencies()
    alone = known.single.get(character)
    if not alone:
        return _UNSEEN
    inside = known.chained.get(previous + character)
    return log((1 - _WITHIN) * alone / known.characters + (_WITHIN * inside / known.single[previous] if inside else 0.0) + 2e-9)


def in_use(text: str) -> bool:
    """Does a (simplified) text consist of characters that running text has, one in a million or more, and of its marks?"""
    known = frequencies()
    return all(c.isascii() or c in MARK_LOGS or known.single.get(c, 0.0) > 1e-6 * known.characters for c in text)


def words_score(text: str) -> float:
    """Log probability of the best cut of a short text into words (unigram model, Viterbi)."""
    known = frequencies()
    best = [0.0] + [float("-inf")] * len(text)
    for end in range(1, len(text) + 1):
        best[end] = best[end - 1] + _word(text[end - 1], known)
        for start in range(max(0, end - 5), end - 1):
            if (n := known.words.get(text[start:end])) is not None and best[start] + (p := log(n / known.total)) > best[end]:
                best[end] = best[start] + p
    return best[-1]


def _word(c: str, known: Frequencies) -> float:
    """A character that is a word by itself."""
    if (n := known.words.get(c)) is not None:
        return log(n / known.total)
    if c in MARK_LOGS:
        return MARK_LOGS[c]
    return log(known.single[c] / known.characters / 10) if c in known.single else _UNSEEN


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
