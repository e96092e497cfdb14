"""Bytes of another encoding in a UTF-8 file: a pasted line of GB18030, a Windows quotation mark, a text that was encoded twice.

`read` gives every byte that is settled a private character of its own, so that the raw text keeps the byte and `settle` can
log what becomes of it; what is not settled becomes U+FFFD, which `encodings.undecodable` flags.
"""

from __future__ import annotations

import re

from helpers.repair.edits import INFERRED, Edit

_GB, _WINDOWS = 0x10F000, 0x10F100  # private characters: one for each byte of GB18030, one for each of Windows-1252
_P = f"[{chr(_GB + 0x80)}-{chr(_GB + 0xFF)}]"
_GB_RUN = re.compile(f"(?:{_P}[0-9]{_P}[0-9]|{_P}(?:{_P}|[@-~]))+")
_WINDOWS_RUN = re.compile(f"[{chr(_WINDOWS)}-{chr(_WINDOWS + 0xFF)}]+")
_MARKS = re.compile(rb"(?:[\xa1\xa3][\xa1-\xfe])+")  # punctuation and full-width characters of GB 2312
_WORDS = re.compile(rb"(?:[\xa1\xa3\xb0-\xf7][\xa1-\xfe])+")
_UNCUT = re.compile(rb"[\xb0-\xf7][\xc0-\xfe]")  # no remainder of a UTF-8 character looks like this
_STRAY = re.compile("[\udc80-\udcff]")
# Two-byte characters beside such bytes belong to them: pairs of GB18030 often look like one (C2 B2 is ² or half of 新材).
_STRAYS = re.compile("[\u0080-\u07ff]*[\udc80-\udcff](?:[\udc80-\udcff\u0080-\u07ff])*")
_LONG = re.compile("[\u0800-\ud7ff\ue000-\uffff]")  # characters of three bytes, as Chinese ones are
_USUAL = re.compile("[\u4e00-\u9fff\u3000-\u3017\uff01-\uff5e“”‘’—…·]")
_HIGH = re.compile(rb"[\x80-\xff]")
# What a single byte of Windows-1252 must stand between, for it may also be the rest of a character that was cut.
_BESIDE = {
    0x85: r"[\u4e00-\u9fff]|", 0x96: r"[\d\u4e00-\u9fff]|[\d\u4e00-\u9fff]", 0x97: r"[\d\u4e00-\u9fff]|[\d\u4e00-\u9fff]",
    0xA0: "|", 0xB0: r"\d|", 0xB1: r"|\d", 0xB2: "[m米]|", 0xB3: "[m米]|", 0xB7: r"[\w]|[\w]", 0xD7: r"[\d\w]|[\d\w]",
    0xE9: "[a-z]|", 0xAE: "[A-Za-z]|",
}  # fmt: skip
_PAIRS = ((b"\x93", b"\x94"), (b"\x91", b"\x92"))
# UTF-8 bytes that were read one by one as Latin-1 or Windows-1252 (æ¹˜ for 湘), and written again.
_AS_WINDOWS = {bytes([b]).decode("cp1252"): b for b in range(0x80, 0xA0) if b not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)}
_TRAIL = "\u0080-\u00bf" + "".join(map(re.escape, _AS_WINDOWS))
_TWICE = re.compile(  # the look at one letter is what a text without any costs
    f"(?=[\u00c2-\u00f4])(?:[\u00c2-\u00df][{_TRAIL}]|[\u00e0-\u00ef][{_TRAIL}]{{2}}|[\u00f0-\u00f4][{_TRAIL}]{{3}})+"
)


def read(data: bytes) -> tuple[str, int, int]:
    """Decode as UTF-8 what is UTF-8; return the text, the bytes that are none, and the bytes beyond ASCII that are."""
    lines, n_foreign, n_high, position = [], 0, 0, 0
    for line in data.split(b"\n"):
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError:
            text, foreign = _line(line, position == 0, position + len(line) >= len(data))
            n_foreign += foreign
            n_high -= foreign
        n_high += len(_HIGH.findall(line))
        lines.append(text)
        position += len(line) + 1
    return "\n".join(lines), n_foreign, n_high


def settle(text: str) -> list[Edit]:
    """Edits that put the characters for the private ones, and undo parts that were encoded twice."""
    edits = []
    if re.search(f"[{chr(_GB)}-{chr(_WINDOWS + 0xFF)}]", text):
        for pattern, base, encoding, name in (
            (_GB_RUN, _GB, "gb18030", "GB18030"),
            (_WINDOWS_RUN, _WINDOWS, "cp1252", "Windows-1252"),
        ):
            for m in pattern.finditer(text):
                data = bytes(ord(c) - base if ord(c) >= base else ord(c) for c in m[0])
                after = data.decode(encoding, errors="replace")
                edits.append(Edit(m.start(), m.end(), after, "foreign bytes", INFERRED, f"bytes of {name} in a UTF-8 file"))
    for m in _TWICE.finditer(text) if not text.isascii() else ():
        if after := _once(m[0]):
            edits.append(
                Edit(
                    m.start(), m.end(), after, "encoded twice", INFERRED, "UTF-8 that was read as Windows-1252 and encoded again"
                )
            )
    return sorted(edits)


def undo_twice(text: str) -> str | None:
    """Return a text that was encoded twice as it was before, or None: it must come back whole and be mostly such runs."""
    runs = _TWICE.findall(text)
    foreign = len(text) - len(text.encode("ascii", "ignore"))
    if runs and sum(map(len, runs)) > 0.6 * foreign:
        return _TWICE.sub(lambda m: _once(m[0]) or m[0], text)
    try:
        return text.encode("gb18030").decode("utf-8") if foreign > 8 else None  # 娓橀槾 for 湘阴
    except (UnicodeEncodeError, UnicodeDecodeError):
        return None


def _once(run: str) -> str:
    try:
        return bytes(_AS_WINDOWS.get(c, ord(c)) for c in run).decode("utf-8")
    except (UnicodeDecodeError, ValueError):
        return ""


def _line(line: bytes, first: bool, last: bool) -> tuple[str, int]:
    """Decode a line that is not all UTF-8: a whole line of GB18030, or single bytes among UTF-8."""
    text = line.decode("utf-8", "surrogateescape")
    n_foreign = len(_STRAY.findall(text))
    n_high = len(_HIGH.findall(line))
    if n_high >= 8 and 6 * len(_LONG.findall(text)) < n_high and _reads_as_chinese(line):
        return "".join(chr(_GB + b) if b >= 0x80 else chr(b) for b in line), n_high

    def read_run(found: re.Match) -> str:
        cut = first and found.start() < 2 or last and found.end() > len(text) - 2
        run = found[0].encode("utf-8", "surrogateescape")
        return run.decode("utf-8", "replace") if cut else _run(run, text, found.start())

    return _STRAYS.sub(read_run, text), n_foreign


def _reads_as_chinese(line: bytes) -> bool:
    try:
        beyond = [c for c in line.decode("gb18030") if not c.isascii()]
    except UnicodeDecodeError:
        return False
    return len(_USUAL.findall("".join(beyond))) >= 0.9 * len(beyond)


def _run(run: bytes, line: str, at: int) -> str:
    if _MARKS.fullmatch(run) or _WORDS.fullmatch(run) and (len(run) >= 4 or _UNCUT.fullmatch(run)):
        return "".join(chr(_GB + b) for b in run)
    if len(run) == 1 and _stands_well(run[0], line, at):
        return chr(_WINDOWS + run[0])
    return run.decode("utf-8", "replace")


def _stands_well(byte: int, line: str, at: int) -> bool:
    """Does a byte of Windows-1252 stand where its character belongs: quotation marks in pairs, ² behind m, ° behind a digit?"""
    for pair in ("\udc93\udc94", "\udc91\udc92"):
        if line[at] in pair:
            found = "".join(c for c in line if c in pair)
            return found == pair * (len(found) // 2)
    if byte not in _BESIDE:
        return False
    before, after = _BESIDE[byte].split("|")
    return bool(re.fullmatch(before or ".?", line[at - 1 : at])) and bool(re.fullmatch(after or ".?", line[at + 1 : at + 2]))
