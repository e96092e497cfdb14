"""Bytes to text: strict decoding, and a judgement by plausibility where several encodings fit."""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

from helpers.repair import foreign_bytes, plausible
from helpers.repair.edits import FLAGGED, Edit
from helpers.repair.traditional import simplified


class DecodeError(ValueError):
    """The bytes are no text in any encoding that Chinese documents come in; the message says why."""


class Decoded(NamedTuple):
    text: str
    encoding: str


_BOMS = ((codecs.BOM_UTF8, "utf-8-sig", 3), (codecs.BOM_UTF16_LE, "utf-16-le", 2), (codecs.BOM_UTF16_BE, "utf-16-be", 2))
# Names under which pages declare an encoding, and the superset in which their files are really written.
_SUPERSET = {"gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "cp936": "gb18030", "gb18030": "gb18030",
             "gb_2312-80": "gb18030", "hz-gb-2312": "hz", "big5": "big5hkscs", "big5-hkscs": "big5hkscs", "cp950": "cp950",
             "utf8": "utf-8", "utf-8": "utf-8", "utf-16": "utf-16-le"}  # fmt: skip
_BINARY = {
    b"%PDF": "PDF",
    b"PK\x03\x04": "ZIP or Office",
    b"\xd0\xcf\x11\xe0": "old Office",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"Rar!": "RAR",
    b"7z\xbc\xaf": "7z",
    b"\x1f\x8b": "gzip",
    b"{\\rtf": "RTF",
}
LOST = "\ufffd"  # the replacement character
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_LEAST = -11.5  # mean log probability a character below which a text is taken for rubbish (running text: -6 to -8)


def decode(data: bytes, declared: str | None = None) -> Decoded:
    """Decode a document's bytes; `declared` is the charset that an HTML page or a server names.

    Order: byte order mark; strict UTF-8; the declared charset, if the text then reads like text; else the most plausible of
    GB18030, Big5 and UTF-16. Bytes of another encoding among UTF-8 are kept as private characters where they are settled, which
    `repair` turns into text with a log; others (a character cut in two) become U+FFFD, which it flags. UTF-8 that was encoded
    twice is undone where all of it comes back.
    Line ends stay as they are, a byte order mark is left out. Raises DecodeError.
    """
    for magic, kind in _BINARY.items():
        if data.startswith(magic):
            raise DecodeError(f"not a text file but {kind} data: save it as text, or give it its proper extension")
    for mark, encoding, length in _BOMS:
        if data.startswith(mark):
            try:
                return Decoded(_checked(data[length:].decode(encoding.removesuffix("-sig"))), encoding)
            except UnicodeDecodeError as error:
                if (text := _tolerated(data[length:], encoding.removesuffix("-sig"))) is not None:
                    return Decoded(text, encoding)
                raise DecodeError(
                    f"begins as {encoding} but byte {error.start + length} does not fit: save it as UTF-8"
                ) from error
    failed = 0
    if b"\x00" not in data:
        try:
            text = _checked(data.decode("utf-8"))
            twice = foreign_bytes.undo_twice(text)
            better = twice is not None and _plausibility(twice) > max(_LEAST, _plausibility(text) + 1)
            return Decoded(twice, "utf-8, encoded twice") if better else Decoded(text, "utf-8")
        except UnicodeDecodeError as error:
            failed = error.start
            text, n_foreign, n_high = foreign_bytes.read(data)
            if n_foreign <= max(3, n_high // 4) and n_foreign * 4 < len(text) and _plausibility(_without_private(text)) > _LEAST:
                return Decoded(_checked(text), "utf-8")
    candidates = [_SUPERSET.get((declared or "").strip().lower().replace("_", "-"), "")] if declared else []
    for encoding in filter(None, candidates):
        if (text := _tried(data, encoding)) is not None and _plausibility(text) > _LEAST:
            return Decoded(_checked(text), encoding)
    encodings = ("gb18030", "big5hkscs") if b"\x00" not in data else ()
    if len(data) % 2 == 0:
        encodings += ("utf-16-le", "utf-16-be")
    scored = [(_plausibility(text), e, text) for e in encodings if (text := _tried(data, e)) is not None]
    if scored:
        score, encoding, text = max(scored, key=lambda entry: entry[0])
        if score > _LEAST:
            return Decoded(_checked(text), encoding)
    likely = ("gb18030", "big5hkscs") if b"\x00" not in data else ("utf-16-le", "utf-16-be")
    scored = [(_plausibility(text), e, text) for e in likely if (text := _tolerated(data, e)) is not None]
    if scored:
        score, encoding, text = max(scored, key=lambda entry: entry[0])
        return Decoded(text, encoding)
    if b"\x00" in data:
        raise DecodeError(f"binary data (a zero byte at offset {data.index(0)}): no text document")
    raise DecodeError(f"no encoding fits (not UTF-8 at byte {failed}, nor GB18030, Big5 or UTF-16 text): save it as UTF-8")


def _without_private(text: str) -> str:
    return re.sub(f"[{LOST}\U0010f000-\U0010f1ff]", "", text)


def _tried(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _tolerated(data: bytes, encoding: str) -> str | None:
    """The text with U+FFFD for bytes that do not fit, when these are three at most or one in a thousand, and the rest is text."""
    text = data.decode(encoding, errors="replace")
    bad = text.count(LOST)
    if (
        bad > max(3, len(data) // 1000)
        or bad * 12 > len(text)
        or "\x00" in text
        or _plausibility(text.replace(LOST, "")) <= _LEAST
    ):
        return None
    return _checked(text)


def undecodable(text: str) -> list[Edit]:
    """Flags on the places whose bytes did not fit the encoding."""
    reason = "bytes that do not fit the file's encoding: a character is lost"
    return [Edit(m.start(), m.end(), m[0], "undecodable", FLAGGED, reason) for m in re.finditer(f"{LOST}+", text)]


def _plausibility(text: str) -> float:
    """Mean log probability a character; ASCII-only text counts as readable, control characters do not."""
    sample = text if len(text) <= 6000 else text[:2000] + text[len(text) // 2 :][:2000] + text[-2000:]
    if _CONTROL.search(sample):
        return -99.0
    table = simplified()
    plain = "".join(table.get(c, c) for c in sample)
    foreign = sum(1 for c in plain if not c.isascii())
    return plausible.mean_step(plain, len(plain)) if foreign else -8.0


def _checked(text: str) -> str:
    if (m := _CONTROL.search(text)) and (m[0] == "\x00" or len(_CONTROL.findall(text)) * 200 > len(text)):
        raise DecodeError(f"binary data (control character {ord(m[0]):#04x} at offset {m.start()}): no text document")
    return text
