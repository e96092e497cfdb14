"""Traditional to simplified characters, for texts that are traditional as a whole (OpenCC's t2s tables, Apache 2.0)."""

from __future__ import annotations

import re
from functools import lru_cache

from helpers.repair.edits import EXACT, INFERRED, Edit

# Words in which 著 is itself in simplified writing (zhù); everywhere else traditional 著 is 着. Source: 现代汉语词典, 著.
_ZHU_AFTER = "显顯昭卓名论論专專编編译譯原巨遗遺土合拙撰新旧舊所其大力主"
_ZHU_BEFORE = "名作述者称稱书書录錄文译譯家"
# OpenCC leaves 著 as it stands; in county documents these are always 着 (力著 etc. never open a 著-word).
_ZHE_BEFORE = "力眼重手落实實陆陸陸火装裝想急色"
_QIAN_KEPT = re.compile("乾(?=[县縣安州潭元务務坤隆陵卦])")  # 乾 (qián) in names is not 干
_BESIDES = str.maketrans({"産": "产", "滙": "汇", "鉄": "铁", "値": "值", "羣": "群", "牀": "床", "恆": "恒"})


def _in_codec(character: str, codec: str) -> bool:
    try:
        character.encode(codec)
    except UnicodeEncodeError:
        return False
    return True


@lru_cache(maxsize=1)
def _converter():
    import opencc

    return opencc.OpenCC("t2s")


@lru_cache(maxsize=1)
def simplified() -> dict[str, str]:
    """Character → simplified character, one by one, for those that change."""
    every = [chr(c) for c in range(0x4E00, 0xA000)]
    changed = _converter().convert("\n".join(every)).translate(_BESIDES).split("\n")
    return {t: s for t, s in zip(every, changed, strict=True) if t != s and len(s) == 1}


@lru_cache(maxsize=1)
def only_traditional() -> frozenset[str]:
    """Characters that a simplified text does not use (outside GB 2312; 著, 乾, 於 … are inside and prove nothing)."""
    return frozenset(t for t in simplified() if not _in_codec(t, "gb2312"))


@lru_cache(maxsize=1)
def only_simplified() -> frozenset[str]:
    """Simplified characters that a traditional text does not use (outside Big5; 后, 云, 里 … are inside and prove nothing)."""
    table = simplified()
    return frozenset(
        s for t, s in table.items() if s not in table and _in_codec(s, "gb2312") and not _in_codec(s, "big5") and s not in "着"
    )


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern, re.Pattern]:
    return tuple(re.compile("[" + "".join(sorted(found())) + "]") for found in (only_traditional, only_simplified))


def counts(text: str) -> tuple[int, int]:
    """How many characters only traditional, how many only simplified writing uses (the second is 0 when the first is)."""
    traditional, simple = _patterns()
    if not traditional.search(text):
        return 0, 0
    return len(traditional.findall(text)), len(simple.findall(text))


def is_traditional(text: str) -> bool:
    """Judge the text as a whole: a simplified text that quotes a few traditional characters is not traditional."""
    many, few = counts(text)
    return many > 2 * few


def to_simplified(text: str) -> list[Edit]:
    """Edits that turn a traditional text into simplified writing, one a run of changed characters; none for a simplified text."""
    lone_zhe = re.compile(f"著(?=[{_ZHE_BEFORE}])")
    if not is_traditional(text):
        if "著" not in text or _patterns()[1].search(text):
            return []
        # Nothing in the text tells the two writings apart but 著力, which simplified writing does not know.
        return [Edit(m.start(), m.end(), "着", "traditional", INFERRED, "著力, 著眼 …: 着 in simplified writing")
                for m in lone_zhe.finditer(text)]  # fmt: skip
    try:
        target = _converter().convert(text).translate(_BESIDES)
    except UnicodeEncodeError:  # half of a surrogate pair, as broken pages have them
        target = ""
    if len(target) != len(text):  # a phrase of another length: character by character keeps the offsets
        table = simplified()
        target = "".join(table.get(c, c) for c in text)
    changed = list(target)
    for m in _QIAN_KEPT.finditer(text):
        changed[m.start()] = "乾"
    for m in re.finditer("著", text):
        before, after = text[m.start() - 1 : m.start()], text[m.end() : m.end() + 1]
        named = (before and before in _ZHU_AFTER and not (after and after in _ZHE_BEFORE)) or (after and after in _ZHU_BEFORE)
        changed[m.start()] = "著" if named else "着"
    edits, k, n = [], 0, len(text)
    while k < n:
        if changed[k] == text[k]:
            k += 1
            continue
        start = k
        while k < n and changed[k] != text[k]:
            k += 1
        edits.append(
            Edit(start, k, "".join(changed[start:k]), "traditional", EXACT, "traditional text, in simplified characters")
        )
    return edits
