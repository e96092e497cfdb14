"""The sites' own procedure, forwards: what the pinyin artefact does to a page. The tests of `repair` invert it.

1. Simplified becomes traditional, character by character, as far as GBK can write it.
2. On the GBK bytes, every character c of a table is replaced by c(reading), one table entry after the other, ignoring
   where characters begin. A pair of bytes that belongs to two characters is replaced as well: that tears them apart.
3. The bytes are read as GBK again: a pair that is none becomes `?`, both bytes gone.
"""

from __future__ import annotations

import random
from functools import cache

import opencc

from helpers.repair.readings import readings, toneless

# Characters with more than one traditional form stay as they are on these pages (縉云, 后, 系统 as 系統 …).
_KEPT = "云后里干台系面只制采并占范于丰谷余郁冲几松斗游布群床恒涌"


@cache
def _s2t() -> opencc.OpenCC:
    return opencc.OpenCC("s2t")


def in_gbk(character: str) -> bool:
    try:
        return len(character.encode("gbk")) <= 2
    except UnicodeEncodeError:
        return False


@cache
def traditional_character(c: str) -> str:
    if c == "着":
        return "著"
    t = _s2t().convert(c)
    return c if c in _KEPT or len(t) != 1 or not in_gbk(t) else t


def traditional(text: str) -> str:
    return "".join(map(traditional_character, text))


def table(texts: list[str], size: int, tones: bool = True, seed: int = 1) -> list[tuple[str, str]]:
    """A site's table: the `size` most frequent characters that the conversion changes, one reading each, in any order."""
    counts: dict[str, int] = {}
    for c in "".join(texts):
        t = traditional_character(c)
        if t != c and c != "着":
            counts[t] = counts.get(t, 0) + 1
    chosen = sorted(counts, key=lambda t: (-counts[t], t))[:size]
    from pypinyin.pinyin_dict import pinyin_dict

    pairs = [(t, pinyin_dict[ord(t)].split(",")[0]) for t in chosen if readings(t)]
    random.Random(seed).shuffle(pairs)
    return [(t, p if tones else toneless(p)) for t, p in pairs]


def torn_apart(text: str, entries: list[tuple[str, str]], repeats: int = 1) -> bytes:
    """Byte-wise replacement, entry after entry (as str_replace does it with arrays)."""
    data = text.encode("gbk", errors="ignore")
    for character, reading in entries:
        code = character.encode("gbk")
        data = data.replace(code, code + f"({reading})".encode("gbk") * repeats)
    return data


def read_again(data: bytes, euro: str = "€", lost: str = "?") -> str:
    """GBK to text as the sites' converters do it: a pair that is none is one `?`; a lone 80 is the euro sign of code page 936.

    lost: what a pair of high bytes that GBK does not define becomes (`?`, nothing, or a private-use character).
    """
    parts, k = [], 0
    while k < len(data):
        if data[k] < 0x80:
            parts.append(chr(data[k]))
            k += 1
            continue
        if data[k] == 0x80 and euro:
            parts.append(euro)
            k += 1
            continue
        pair = data[k : k + 2]
        if len(pair) == 2 and pair[1:] in b"\r\n":  # a line end is never swallowed
            parts.append("?")
            k += 1
            continue
        try:
            parts.append(pair.decode("gbk"))
        except UnicodeDecodeError:
            high = len(pair) == 2 and pair[1] >= 0x80
            parts.append("?" if not high else pair.decode("gb18030", errors="replace") if lost == "private" else lost)
        k += 2
    return "".join(parts)


def garble(text: str, entries: list[tuple[str, str]], repeats: int = 1, euro: str = "€", lost: str = "?") -> str:
    """The page as it comes off the site."""
    return read_again(torn_apart(traditional(text), entries, repeats), euro, lost)


def with_commas(data: bytes) -> bytes:
    """The second insertion of some sites: a comma before full-width marks, found byte by byte as well."""
    for mark in "，？！":
        code = mark.encode("gbk")
        data = data.replace(code, b"," + code)
    return data
