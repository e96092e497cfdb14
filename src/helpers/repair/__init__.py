"""Text in, clean text out, with a log of every repair and the way back to the raw offsets; pure functions.

decode(bytes, declared=None) → Decoded(text, encoding); raises DecodeError (a ValueError)
repair(text) → Repaired(text, repairs, to_raw)
apply(raw, repairs) → the clean text
defect_table(defects, repairs) → what became of the known defects
"""

from __future__ import annotations

from typing import NamedTuple

from helpers.repair import encodings, furniture, glyphs, layout, misprints, pinyin, traditional
from helpers.repair.defects import defect_table
from helpers.repair.edits import Draft, RawOffsets, Repair, apply
from helpers.repair.encodings import Decoded, DecodeError, decode

__all__ = ["DecodeError", "Decoded", "Repair", "Repaired", "apply", "decode", "defect_table", "repair"]


class Repaired(NamedTuple):
    text: str
    repairs: list[Repair]
    to_raw: RawOffsets


def repair(text: str) -> Repaired:
    """Clean a decoded text; the log is sorted, its spans lie apart, and `apply` with it gives the clean text."""
    draft = Draft(text)
    draft.revise(layout.characters(draft.text))
    draft.revise(pinyin.undo(draft.text))
    draft.revise(traditional.to_simplified(draft.text))
    outside = furniture.remove(draft.text)
    published = "\n".join(draft.text[e.start : e.end] for e in outside)
    draft.revise(outside)
    draft.revise(layout.spaces(draft.text))
    draft.revise(layout.wraps(draft.text))
    draft.revise(glyphs.restore(draft.text, published))
    draft.revise(misprints.correct(draft.text))
    draft.revise(encodings.undecodable(draft.text))
    repairs = draft.repairs()
    return Repaired(draft.text, repairs, RawOffsets.of(repairs))
