"""Rows of tables in a text: which tabs are the borders of cells, and borders drawn with | or │ made tabs.

After the repair a tab stands between two cells and nowhere else, so that `structure` reads rows by their tabs.
"""

from __future__ import annotations

import re

from helpers.repair.edits import EXACT, INFERRED, Edit
from helpers.repair.furniture import lines_of

CELL, BREAK = "\t", "\u2028"  # between cells; between the paragraphs of one cell
_BLANK = " \xa0\u2000-\u200a\u202f\u205f\u3000"
_BAR = re.compile("[|│┃｜║¦]")
_DRAWN = re.compile(rf"(?<![{_BLANK}])[{_BLANK}]*[|│┃｜║¦][{_BLANK}]*")
_RULE = re.compile(r"[\s|│┃｜║+\-─━═┄┈:：┌┐└┘├┤┬┴┼╔╗╚╝╠╣╦╩╬╭╮╰╯┏┓┗┛┣┫┳┻╋]+")
_CORNER = re.compile("[│┃║┌┐└┘├┤┬┴┼╔╗╚╝╠╣╦╩╬┏┓┗┛┣┫┳┻╋]|-{3}|─{2}|━{2}|═{2}")
_NUMBERED = re.compile(
    r"(?:第[一二三四五六七八九十百零\d]{1,5}[章节条篇编部]分?|[一二三四五六七八九十百]{1,3}[、.．]|[（(][一二三四五六七八九十百\d]{1,3}[)）][、.]?|\d{1,3}[.、．)）]"
    r"|\d{1,2}(?:\.\d{1,2}){1,3}|[①-⑳⑴-⒇]|附\s?[件表录]\s?\d*\s?[:：]?|[●■◆○□▲★※•·\-—])"
)
_LABEL = re.compile(r".{1,14}[:：]")
_SIGNED = re.compile(r"\d{4}\s?年\s?\d{1,2}\s?月(?:\s?\d{1,2}\s?日)?(?:印发|印制|发布|起草)?")
_ENDS = "。！？!?；;"
_OPEN = "的和与及在对为由将把至到从以按向并或，、"  # a sentence goes on behind them
_PAUSE = re.compile("[，。；：！？,;:!?]")


def borders(text: str) -> list[Edit]:
    """Edits that make drawn borders tabs and take drawn rules out: at least two rows of as many borders, one below the other."""
    if not _BAR.search(text):
        return []
    lines = [(start, end, text[start:end].strip()) for start, end in lines_of(text)]
    drawn = [len(_BAR.findall(line)) if _is_drawn(line) else 0 for _, _, line in lines]
    rule = [
        bool(line) and not drawn[k] and bool(_RULE.fullmatch(line) and _CORNER.search(line))
        for k, (_, _, line) in enumerate(lines)
    ]
    edits: list[Edit] = []
    for k, (start, end, _) in enumerate(lines):
        near = [j for step in (-1, 1) if (j := _beside(lines, rule, k, step)) is not None]
        if drawn[k] and (any(drawn[j] == drawn[k] for j in near) or any(rule[j] for j in (k - 1, k + 1) if 0 <= j < len(lines))):
            found = list(_DRAWN.finditer(text, start, end))
            for m in found:
                edge = not text[start : m.start()].strip() or not text[m.end() : end].strip()
                edits.append(
                    Edit(m.start(), m.end(), "" if edge else CELL, "table", INFERRED, "border of a cell, drawn with characters")
                )
        elif rule[k] and any(drawn[j] for j in near):
            stop = min(end + 1, len(text))
            edits.append(Edit(start, stop, "", "table", EXACT, "rule of a table, drawn with characters"))
    return [edit for edit in edits if edit.start < edit.end]


def _is_drawn(line: str) -> bool:
    if not _BAR.search(line):
        return False
    pieces = [piece.strip() for piece in _DRAWN.split(line)]
    return sum(bool(piece) and not _RULE.fullmatch(piece) for piece in pieces) >= 2


def _beside(lines: list, rule: list[bool], at: int, step: int) -> int | None:
    """Return the next line on that side that is neither blank nor a rule."""
    at += step
    while 0 <= at < len(lines) and (rule[at] or not lines[at][2]):
        at += step
    return at if 0 <= at < len(lines) else None


def rows(text: str) -> list[tuple[int, int]]:
    """Return the spans of the lines that are rows of a table, their tabs the borders of cells.

    Three cells are a row, and so are two unless the tab follows a number (一、⇥总则), a label (来源：⇥…) or interrupts a
    sentence; a line with one cell or such a pair is a row where a row with as many tabs stands above or below it, and two
    lines of a few words and a sentence (种植⇥每亩补助500元，…。) are rows together.
    """
    if CELL not in text:
        return []
    lines = [(s, e, text[s:e]) for s, e in lines_of(text) if text[s:e].strip()]
    tabs = [line.count(CELL) for _, _, line in lines]
    sure = [bool(n) and _is_row(line) for n, (_, _, line) in zip(tabs, lines, strict=True)]
    worded = [n == 1 and _is_worded(line) for n, (_, _, line) in zip(tabs, lines, strict=True)]
    for k in range(1, len(lines)):
        if worded[k] and worded[k - 1]:
            sure[k - 1] = sure[k] = True
    for order in (range(1, len(lines)), range(len(lines) - 2, -1, -1)):
        step = -1 if order.step > 0 else 1
        for k in order:
            sure[k] = (
                sure[k]
                or bool(tabs[k])
                and sure[k + step]
                and tabs[k + step] == tabs[k]
                and not _LABEL.fullmatch(_pieces(lines[k][2])[0])
            )
    return [(s, e) for (s, e, _), row in zip(lines, sure, strict=True) if row]


def _pieces(line: str) -> list[str]:
    return [piece for part in line.split(CELL) if (piece := part.strip())] or [""]


def _is_worded(line: str) -> bool:
    """Tell whether a line is a few words and a sentence."""
    pieces = _pieces(line)
    if len(pieces) != 2 or len(pieces[0]) > 12 or pieces[0][-1] in _OPEN:
        return False
    return not (_NUMBERED.fullmatch(pieces[0]) or _LABEL.fullmatch(pieces[0]) or _PAUSE.search(pieces[0])) and len(pieces[1]) > 8


def _is_row(line: str) -> bool:
    pieces = _pieces(line)
    if len(pieces) < 2 or all(len(piece) == 1 for piece in pieces) or _LABEL.fullmatch(pieces[0]):
        return False
    if len(pieces) > 2:
        return True
    first, second = pieces
    broken = second[-1] in _ENDS and first[-1] not in _ENDS
    return not (_NUMBERED.fullmatch(first) or _SIGNED.fullmatch(second) or broken)
