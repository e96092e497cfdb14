"""The report carries its own fonts: just the characters that it shows, so that no machine lacks a glyph."""

import base64
import io
import unicodedata
from functools import lru_cache, partial

import pylopdf_fonts_zh_cn as wheel
from fontTools import subset
from fontTools.ttLib import TTFont

from helpers import plots
from helpers.report.beside import beside

_ASCII = "".join(map(chr, range(0x20, 0x7F)))
_FEATURES = ["kern", "locl", "ccmp", "pwid"]  # pwid: quotation marks as wide as Latin text wants them


def font_folder() -> str:
    """Return the folder of the font files (Noto Sans SC and Noto Serif SC, OFL), for renderers that want a folder."""
    from pathlib import Path

    return str(Path(plots.font_path()).parent)


def faces(sans_text: str, serif_text: str) -> dict[str, str]:
    """Return {"sans": …, "serif": …}: WOFF2 in base64 with the characters of each text and ASCII.

    The two are cut side by side: it is half of the time that a report takes.
    """
    serif = beside(partial(woff2, "serif", characters(serif_text)))
    return {"sans": woff2("sans", characters(sans_text)), "serif": serif()}


def characters(text: str) -> str:
    """Return the distinct characters of `text` and ASCII, sorted."""
    return "".join(sorted(set(text) | set(_ASCII)))


@lru_cache(maxsize=8)
def woff2(face: str, wanted: str) -> str:
    """Subset one face to the characters `wanted`; the same characters give the same bytes."""
    options = subset.Options(
        layout_features=_FEATURES, name_IDs=[1, 2, 13, 14], hinting=False, desubroutinize=True, notdef_outline=True,
        drop_tables=["DSIG", "BASE", "VORG", "vhea", "vmtx"],
    )  # fmt: skip
    font = TTFont(_path(face), recalcTimestamp=False, recalcBBoxes=False, lazy=True)
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=wanted)
    subsetter.subset(font)
    font.flavor = "woff2"
    out = io.BytesIO()
    font.save(out)
    return base64.b64encode(out.getvalue()).decode("ascii")


def _path(face: str) -> str:
    return plots.font_path() if face == "sans" else str(wheel.serif_path())


@lru_cache(maxsize=1)
def _known() -> frozenset[int]:
    return frozenset(TTFont(_path("sans"), lazy=True).getBestCmap())


def visible(text: str) -> str:
    """Name the characters that no font can show (control, private use, unassigned) as [U+E5E5]; the rest stays as it is."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if _shown(c) else f"[U+{ord(c):04X}]" for c in text)


@lru_cache(maxsize=8192)
def _shown(character: str) -> bool:
    return character in "\n\t" or ord(character) in _known() or unicodedata.category(character) not in ("Cc", "Co", "Cn", "Cs")
