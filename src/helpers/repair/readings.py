"""Readings of characters: which pinyin an annotation may carry. Source: pypinyin's dictionary (MIT), with polyphones."""

from __future__ import annotations

import re
from functools import lru_cache
from unicodedata import normalize

_TONES = re.compile("[\u0300\u0301\u0304\u030c]")
TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿế"
LETTERS = "a-zɡɑüêāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"
HAS_TONE = re.compile(f"[{TONED}]")


@lru_cache(maxsize=1 << 12)
def toneless(syllable: str) -> str:
    """`xiàn` → `xian`; ü stays ü (sites write v or u for it, see `reads`)."""
    plain = _TONES.sub("", normalize("NFD", syllable.replace("ɡ", "g").replace("ɑ", "a")))
    return normalize("NFC", plain).replace("v", "ü")


@lru_cache(maxsize=1)
def _dictionary() -> dict[int, str]:
    from pypinyin.pinyin_dict import pinyin_dict

    return pinyin_dict


@lru_cache(maxsize=1 << 16)
def readings(character: str) -> frozenset[str]:
    """All readings of a character, each with and without its tone."""
    toned = [normalize("NFC", r) for r in _dictionary().get(ord(character), "").split(",") if r]
    return frozenset(toned) | frozenset(toneless(r) for r in toned)


@lru_cache(maxsize=1)
def syllables() -> frozenset[str]:
    """Every syllable there is, without tones."""
    toned = {r for value in set(_dictionary().values()) for r in value.split(",")}
    return frozenset(map(toneless, toned))


@lru_cache(maxsize=1 << 16)
def reads(character: str, syllable: str) -> bool:
    """Is the syllable (toned or toneless, lü also as lv or lu) a reading of the character?"""
    known = readings(character)
    if not known:
        return False
    syllable = normalize("NFC", syllable.replace("ɡ", "g").replace("ɑ", "a"))
    if syllable in known:
        return True
    plain = toneless(syllable)
    if plain == syllable.replace("v", "ü"):  # no tone given
        return plain in known or plain.replace("ü", "u") in {k.replace("ü", "u") for k in known}
    # The tone of a polyphone or of a neutral syllable may differ between dictionaries: the syllable decides.
    return plain in known
