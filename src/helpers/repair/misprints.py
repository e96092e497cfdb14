"""Frequent misprints, from a reviewed list: repaired where the pattern leaves no choice, flagged where it leaves some."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import yaml

from helpers.repair.edits import FLAGGED, INFERRED, Edit

LIST = Path(__file__).resolve().parents[3] / "data" / "codebook" / "misprints.yml"


class Misprint(NamedTuple):
    hint: str  # a literal part, looked for first because that is fast
    pattern: re.Pattern
    replacement: str | None  # None: flag only
    note: str


@lru_cache(maxsize=1)
def load() -> tuple[Misprint, ...]:
    """Read data/codebook/misprints.yml; raises ValueError naming the entry that is wrong."""
    entries = yaml.safe_load(LIST.read_text(encoding="utf-8"))
    found = []
    for k, entry in enumerate(entries["misprints"], 1):
        missing = {"find", "hint", "note", "source"} - set(entry)
        if missing:
            raise ValueError(f"misprints.yml, entry {k}: {', '.join(sorted(missing))} missing; add it")
        found.append(Misprint(entry["hint"], re.compile(entry["find"], re.M), entry.get("replace"), entry["note"]))
    return tuple(found)


def correct(text: str) -> list[Edit]:
    """Edits for the listed misprints that occur in a text."""
    edits = []
    for misprint in load():
        if misprint.hint not in text:
            continue
        for m in misprint.pattern.finditer(text):
            if misprint.replacement is None:
                edits.append(Edit(m.start(), m.end(), m[0], "misprint", FLAGGED, misprint.note))
            else:
                edits.append(Edit(m.start(), m.end(), m.expand(misprint.replacement), "misprint", INFERRED, misprint.note))
    return sorted(edits)
