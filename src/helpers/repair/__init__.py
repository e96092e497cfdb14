"""Text in, clean text out, with a log of every repair and the way back to the raw offsets; pure functions.

decode(bytes, declared=None) → Decoded(text, encoding); raises DecodeError (a ValueError)
repair(text, left_out=()) → Repaired(text, repairs, to_raw)
apply(raw, repairs) → the clean text
defect_table(defects, repairs) → what became of the known defects
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from helpers.repair import (
    encodings,
    entities,
    foreign_bytes,
    forms,
    furniture,
    glyphs,
    labels,
    layout,
    misprints,
    one_line,
    pinyin,
    rows,
    tails,
    traditional,
)
from helpers.repair.defects import defect_table
from helpers.repair.edits import EXACT, FLAGGED, INFERRED, Draft, Edit, RawOffsets, Repair, apply
from helpers.repair.encodings import Decoded, DecodeError, decode

__all__ = [
    "EXACT",
    "FLAGGED",
    "INFERRED",
    "DecodeError",
    "Decoded",
    "Edit",
    "Repair",
    "Repaired",
    "apply",
    "decode",
    "defect_table",
    "repair",
]


class Repaired(NamedTuple):
    text: str
    repairs: list[Repair]
    to_raw: RawOffsets


def repair(text: str, left_out: Sequence[Edit] = ()) -> Repaired:
    """Clean a decoded text; the log is sorted, its spans lie apart, and `apply` with it gives the clean text.

    `left_out` are the edits that the reader of the file asks for, sorted and apart: what is no part of the document.

    >>> repair("加快 产 业 发 展。").text
    '加快产业发展。'
    """
    draft = Draft(text)
    draft.revise(list(left_out))
    draft.revise(foreign_bytes.settle(draft.text))
    draft.revise(entities.unescape(draft.text))
    draft.revise(rows.borders(draft.text))
    draft.revise(layout.characters(draft.text))
    draft.revise(forms.unify(draft.text))
    draft.revise(forms.apart(draft.text))
    draft.revise(pinyin.undo(draft.text))
    draft.revise(traditional.to_simplified(draft.text))
    draft.revise(tails.remove(draft.text))
    draft.revise(one_line.restore(draft.text))
    labelled = labels.remove(draft.text)
    published = "\n".join(draft.text[e.start : e.end] for e in labelled)
    draft.revise(labelled)
    outside = furniture.remove(draft.text)
    published += "\n" + "\n".join(draft.text[e.start : e.end] for e in outside)
    draft.revise(outside)
    draft.revise(layout.spaces(draft.text))
    draft.revise(layout.wraps(draft.text))
    draft.revise(glyphs.restore(draft.text, published))
    draft.revise(misprints.correct(draft.text))
    draft.revise(encodings.undecodable(draft.text))
    repairs = draft.repairs()
    return Repaired(draft.text, repairs, RawOffsets.of(repairs))
