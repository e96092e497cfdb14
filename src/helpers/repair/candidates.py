"""Which characters may stand in a torn place, and how likely each is there."""

from __future__ import annotations

from functools import lru_cache
from heapq import nlargest

from helpers.repair import plausible
from helpers.repair.gbk import LEADS, characters, pair_of
from helpers.repair.traditional import only_simplified, only_traditional, simplified


@lru_cache(maxsize=1)
def undefined() -> dict[int, list[int]]:
    """Byte → the lead bytes with which GBK makes no pair of it."""
    known = characters()
    every = {u: [v for v in LEADS if u << 8 | v not in known] for u in (0x80, *LEADS)}
    return {u: seconds for u, seconds in every.items() if seconds}


@lru_cache(maxsize=4096)
def likely(last: str) -> list[bytes]:
    """GBK codes of what may well follow when neither byte is known: successors in words, common characters, marks."""
    known = plausible.frequencies()
    common = nlargest(700, known.single, key=known.single.__getitem__)
    back = written()
    chosen = dict.fromkeys([*plausible.successors().get(last, ""), *common, *"，。、”“《》；："])
    return [code for c in chosen for t in (c, *back.get(c, ())) if (code := pair_of(t))]


@lru_cache(maxsize=1)
def written() -> dict[str, list[str]]:
    """Simplified character → its traditional forms."""
    forms: dict[str, list[str]] = {}
    for t, s in simplified().items():
        forms.setdefault(s, []).append(t)
    return forms


@lru_cache(maxsize=1 << 16)
def cost_of(character: str, previous: str, traditional: bool) -> float:
    """Log probability of a character after the (simplified) one before it, on a page that is traditional or not."""
    plain = simplified().get(character, character)
    cost = plausible.step(previous, plain)
    if traditional and character in only_simplified():
        cost -= 6.0  # the site's converter would have made it traditional
    if not traditional and character in only_traditional():
        cost -= 6.0
    return cost
