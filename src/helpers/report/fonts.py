"""The report carries its own fonts: just the characters that it shows (cut by HarfBuzz), so that no machine lacks a glyph."""

import base64
import io
import unicodedata
from functools import lru_cache, partial
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import brotli
import pylopdf_fonts_zh_cn as wheel
import uharfbuzz as hb
from fontTools.ttLib import TTFont
from fontTools.ttLib import woff2 as container

_ASCII = "".join(map(chr, range(0x20, 0x7F)))
_DROPPED, _NAMES = ["DSIG", "BASE", "VORG", "vhea", "vmtx"], [1, 2, 13, 14]
# A twelfth larger than at brotli's own quality of 11, in a twentieth of the time; fontTools has no setting for it.
_QUICKLY = SimpleNamespace(compress=partial(brotli.compress, quality=9), MODE_FONT=brotli.MODE_FONT)
_FEATURES = ["kern", "locl", "ccmp", "pwid"]  # pwid: quotation marks as wide as Latin text wants them


def font_folder() -> str:
    """Return the folder of the font files (Noto Sans SC and Noto Serif SC, OFL), for renderers that want a folder."""
    return str(Path(wheel.sans_path()).parent)


def faces(sans_text: str, serif_text: str) -> dict[str, str]:
    """Return {"sans": …, "serif": …}: WOFF2 in base64 with the characters of each text and ASCII."""
    return {"sans": woff2("sans", characters(sans_text)), "serif": woff2("serif", characters(serif_text))}


def characters(text: str) -> str:
    """Return the distinct characters of `text` and ASCII, sorted."""
    return "".join(sorted(set(text) | set(_ASCII)))


@lru_cache(maxsize=8)
def woff2(face: str, wanted: str) -> str:
    """Subset one face to the characters `wanted`; the same characters give the same bytes."""
    asked = hb.SubsetInput()
    asked.unicode_set.update(map(ord, wanted))
    for chosen, kept in ((asked.layout_feature_tag_set, map(_tag, _FEATURES)), (asked.name_id_set, _NAMES)):
        chosen.clear()
        chosen.update(kept)
    asked.drop_table_tag_set.update(map(_tag, _DROPPED))
    asked.flags = hb.SubsetFlags.NO_HINTING | hb.SubsetFlags.DESUBROUTINIZE | hb.SubsetFlags.NOTDEF_OUTLINE
    font = TTFont(io.BytesIO(hb.subset(_face(face), asked).blob.data), recalcTimestamp=False, recalcBBoxes=False, lazy=True)
    font.flavor = "woff2"
    out = io.BytesIO()
    with mock.patch.object(container, "brotli", _QUICKLY):
        font.save(out)
    return base64.b64encode(out.getvalue()).decode("ascii")


def _tag(name: str) -> int:
    return int.from_bytes(name.encode("ascii"), "big")


def _face(face: str) -> hb.Face:
    return hb.Face(hb.Blob.from_file_path(str(wheel.sans_path() if face == "sans" else wheel.serif_path())))


@lru_cache(maxsize=1)
def _known() -> frozenset[int]:
    return frozenset(_face("sans").unicodes)


def visible(text: str) -> str:
    """Name the characters that no font can show (control, private use, unassigned) as [U+E5E5]; the rest stays as it is."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if _shown(c) else f"[U+{ord(c):04X}]" for c in text)


@lru_cache(maxsize=8192)
def _shown(character: str) -> bool:
    return character in "\n\t" or ord(character) in _known() or unicodedata.category(character) not in ("Cc", "Co", "Cn", "Cs")
