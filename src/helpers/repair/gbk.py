"""GBK bytes of characters and characters of byte pairs, as the sites' converters saw them."""

from __future__ import annotations

from functools import lru_cache

LEADS = range(0x81, 0xFF)
TRAILS = [*range(0x40, 0x7F), *range(0x80, 0xFF)]


@lru_cache(maxsize=1 << 16)
def pair_of(character: str) -> bytes | None:
    """The two GBK bytes of a character (private-use characters stand for undefined pairs), or None."""
    try:
        code = character.encode("gb18030")
    except UnicodeEncodeError:
        return None
    return code if len(code) == 2 else None


def is_common(character: str) -> bool:
    """One of the 3,755 characters of the first level of GB 2312?"""
    code = pair_of(character)
    return code is not None and 0xB0 <= code[0] <= 0xD7 and code[1] >= 0xA1


@lru_cache(maxsize=1)
def characters() -> dict[int, str]:
    """(lead << 8 | trail) → character, for every pair that GBK defines."""
    table = {}
    for lead in LEADS:
        for trail in TRAILS:
            try:
                table[lead << 8 | trail] = bytes((lead, trail)).decode("gbk")
            except UnicodeDecodeError:
                continue
    return table
