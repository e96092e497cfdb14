"""Characters that carry no text, spaces where there are none in Chinese, and lines broken in the middle of a sentence."""

from __future__ import annotations

import re
from statistics import median
from unicodedata import east_asian_width

from helpers.repair.edits import EXACT, INFERRED, Edit
from helpers.repair.furniture import lines_of
from helpers.repair.rows import BREAK, CELL, rows

_INVISIBLE = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x85\xad\u200b-\u200f\u2028\u2029\u202a-\u202e\u2060-\u2064\ufeff\ufff9-\ufffc"
_ODD_ONE = re.compile(f"[\r─━{_INVISIBLE}]")
_ODD = re.compile(f"\r\n?|[{_INVISIBLE}]|[─━]{{2,}}")
_BREAKS = "\r\x0b\x0c\x85\u2028\u2029"
_IN_CELL = "\x0b" + BREAK
_BLANK = " \t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000"
_HAN = "㐀-鿿豈-﫿"
_MARK = "、。，；：？！“”‘’（）《》〈〉〔〕【】—…％"
_BLANKS = re.compile(f"[{_BLANK}]+")
_WIDE = re.compile("[\xa0\u2000-\u200a\u202f\u205f\u3000]")
_CHINESE = re.compile(f"[{_HAN}{_MARK}]")
_NUMBERING = re.compile(
    r"(?:第[一二三四五六七八九十百\d]+[章节条篇编部]分?|附[件表录图]?\s?\d*|[图表]\s?\d+(?:[-—.]\d+)*|\d+(?:\.\d+)*|[一二三四五六七八九十]+、?|专栏\s?\d+|[（(][一二三四五六七八九十\d]+[)）])\s*[:：.．、)）]?"
)
_PROSE = re.compile("[，。；,;]")
_ENDS = "。！？!?；;：:…”’）)】》〉.>＞"
_ITEM = re.compile(
    r"\s*(?:[一二三四五六七八九十百]+[、.．]|[（(][一二三四五六七八九十百\d]{1,3}[)）]|\d{1,3}[.、．)）](?!\d)|\d{1,2}(?:\.\d{1,2}){1,3}\s|第[一二三四五六七八九十百\d]+[章节条篇编部款项]|[①-⑳⑴-⒇]|附\s?件|附\s?表|附\s?录|专栏|[-—─](?!\d)|[●■◆○□▲★※•·]|[图表]\s?\d|抄送|主送|目\s*录)"
)
_TITLE_END = re.compile(
    r"(?:通知|意见|办法|方案|规划|细则|措施|决定|公告|计划|报告|纲要|通告|批复|函|规定|若干政策|实施意见|（.{2,12}）|\(.{2,12}\))$"
)
_BODY = re.compile(r"[\u4e00-\u9fff]{2,30}(?:政府|办公室|委员会|局|委|厅|中心|办|管委会|领导小组)(?:\s[\u4e00-\u9fff]{2,20})?")
_FIRM = re.compile(r"(?:公司|集团|合作社|厂|商行|经营部|农场|大学|学校|医院|协会)[）)]?$")  # a list has a firm a line
_DATE = re.compile(r"[（(]?\d{4}\s?年.{0,12}")


def characters(text: str) -> list[Edit]:
    """Line ends to line feeds; zero-width and control characters out; box-drawing dashes to dashes."""
    edits = []
    if not _ODD_ONE.search(text):
        return edits
    for m in _ODD.finditer(text):
        s = m[0]
        if s == "\r\n":
            edits.append(Edit(m.start(), m.start() + 1, "", "newline", EXACT, "CR LF"))
        elif s[0] in "─━":
            edits.append(Edit(m.start(), m.end(), "—" * len(s), "dash", EXACT, "box-drawing lines used as a dash"))
        elif s in _IN_CELL and _in_row(text, m.start()):
            if s != BREAK:
                edits.append(Edit(m.start(), m.end(), BREAK, "newline", EXACT, "line end inside a cell"))
        elif s in _BREAKS:
            edits.append(Edit(m.start(), m.end(), "\n", "newline", EXACT, "line end of another kind"))
        else:
            edits.append(Edit(m.start(), m.end(), "", "invisible", EXACT, "character without width or control character"))
    return edits


def _in_row(text: str, position: int) -> bool:
    start = text.rfind("\n", 0, position) + 1
    end = text.find("\n", position)
    return CELL in text[start : len(text) if end < 0 else end].strip()


def spaces(text: str) -> list[Edit]:
    """Spaces at the edges of lines and between Chinese characters; bodies in a list of signatures keep one, rows their tabs."""
    edits, line_start, line_end, line = [], 0, -1, ""
    tables, turn = rows(text), 0
    for m in _BLANKS.finditer(text):
        before, after = text[m.start() - 1 : m.start()], text[m.end() : m.end() + 1]
        while turn < len(tables) and tables[turn][1] < m.end():
            turn += 1
        if turn < len(tables) and tables[turn][0] <= m.start() and CELL in m[0]:
            if m[0].strip(CELL):
                tabs = CELL * m[0].count(CELL)
                edits.append(Edit(m.start(), m.end(), tabs, "space", EXACT, "space at the edge of a cell"))
            continue
        if not before or before == "\n" or not after or after == "\n":
            edits.append(Edit(m.start(), m.end(), "", "space", EXACT, "space at the edge of a line"))
            continue
        chinese = _CHINESE.match(before), _CHINESE.match(after)
        beside = chinese[0] and (chinese[1] or after.isdigit()) or chinese[1] and (before.isdigit() or before in "%.)")
        if not beside and not _WIDE.search(m[0]) and CELL not in m[0]:
            continue
        if m.start() > line_end:
            line_start = text.rfind("\n", 0, m.start()) + 1
            line_end = text.find("\n", m.start())
            line_end = len(text) if line_end < 0 else line_end
            line = text[line_start : min(line_end, line_start + 400)]
        kept = _kept(text, m, line, line_start, line_end)
        if kept != m[0]:
            reason = "one space is enough" if kept else "space inside Chinese text"
            edits.append(Edit(m.start(), m.end(), kept, "space", EXACT, reason))
    return edits


def _kept(text: str, m: re.Match, line: str, line_start: int, line_end: int) -> str:
    """What stays of the blanks: nothing, or one space."""
    before, after = text[m.start() - 1 : m.start()], text[m.end() : m.end() + 1]
    if not before or not after or before.isascii() and after.isascii():
        return " "
    numbered = m.start() - line_start <= 10 and _NUMBERING.fullmatch(text[line_start : m.start()])
    if numbered and before in ".．、)）":
        return ""  # 1. 支持 as 1.支持, which other formats write; 第一条 为 stays
    if before in _MARK and before not in "：" or after in _MARK:
        return "" if before not in "”》）" or _PROSE.search(line) else " "
    if numbered or before in ".)":
        return " "
    said = text[line_start : m.start()]
    if any(said.rfind(a) > said.rfind(b) for a, b in ("“”", "《》")) and before > "\u3400" and after > "\u3400":
        return " "  # “欢乐潇湘 幸福岳阳”: a space that the author set
    if _PROSE.search(line) or line_end - line_start > 60:
        return "" if len(m[0]) <= 3 or before.isdigit() or after.isdigit() else " "
    if before.isdigit() or after.isdigit():
        return "" if after in "年月日号万亿元个家名人吨亩%项户" or (before in "年月至第" and after.isdigit()) else " "
    pieces = line.split()
    if len(pieces) > 1 and all(len(p) == 1 for p in pieces):  # 目 录, 通 知
        return ""
    return " "


def _width(line: str) -> int:
    if line.isascii():
        return len(line)
    return sum(2 if east_asian_width(c) in "WFA" else 1 for c in line[:400])


def wraps(text: str) -> list[Edit]:
    """Join lines that were broken inside a sentence or a title; a file of one sentence a line keeps every line."""
    lines = [(s, e) for s, e in lines_of(text)]
    if len(lines) < 2:
        return []
    column = _column(text, lines)
    edits, titled = [], 0
    for k in range(len(lines) - 1):
        (start, end), (next_start, next_end) = lines[k], lines[k + 1]
        if start == end or next_start == next_end:
            continue
        line, following = text[max(start, end - 400) : end], text[next_start : min(next_end, next_start + 200)]
        if _ITEM.match(following) or line[-1] in "\t " or CELL in line or CELL in following:
            continue
        reason = None
        listed = _FIRM.search(line) and _FIRM.search(text[max(next_start, next_end - 8) : next_end])
        right = column and not listed and end - start < 400 and line[-1] not in _ENDS and _width(line) >= column - 7
        if right and not following[:1].isspace():
            reason = "line broken at the right edge"
        elif (
            line[-1] in "，、,"
            and len(line) > 6
            and "\u3400" < following[0] <= "鿿"
            or line[-1] in "，、"
            and following[0] in "“《"
        ):
            reason = "line broken behind a comma"
        elif _opened(line, following):
            reason = "line broken inside brackets or quotes"
        elif k < 40 and titled < 6 and _title_goes_on(line, following):
            reason, titled = "title over several lines", titled + 1
        if reason is None:
            continue
        gap = " " if line[-1].isascii() and line[-1].isalpha() and following[0].isascii() and following[0].isalpha() else ""
        edits.append(Edit(end, next_start, gap, "wrap", INFERRED, reason))
    return edits


def _column(text: str, lines: list[tuple[int, int]]) -> int:
    """Width at which the text was wrapped (a Chinese character counts two), or 0: the open lines must all be about as long."""
    open_ended, longest = [], 0
    for (start, end), (next_start, next_end) in zip(lines, lines[1:], strict=False):
        if end - start > 200:
            return 0
        if start == end:
            continue
        width = _width(text[start:end])
        longest = max(longest, width)
        if width >= 30 and text[end - 1] not in _ENDS and next_end > next_start and not _ITEM.match(text, next_start, next_end):
            open_ended.append(width)
    if len(open_ended) < 3:
        return 0
    column = int(median(open_ended))
    near = sum(abs(w - column) <= 5 for w in open_ended)
    filled = [w for (s, e) in lines if e > s and (w := _width(text[s:e])) > column + 6]
    return column if near >= 0.7 * len(open_ended) and len(filled) <= 0.05 * len(lines) and longest else 0


def _opened(line: str, following: str) -> bool:
    for opening, closing in ("《》", "（）", "()", "“”"):
        if line.rfind(opening) > line.rfind(closing):
            close, again = following.find(closing), following.find(opening)
            if (
                0 <= close <= 60
                and not 0 <= again < close
                and line[-1] not in "。；;：:！!"
                and len(line) - line.rfind(opening) <= 80
            ):
                return True
    return False


def _title_goes_on(line: str, following: str) -> bool:
    if len(line) > 60 or len(following) > 80 or _PROSE.search(line) or _DATE.match(following) or line[-1] in "：:":
        return False
    if re.search(r"(?:关于|印发|转发|下发|发布|批转|的)$", line) and not _BODY.fullmatch(following):
        return True
    if _BODY.fullmatch(line) and re.match(r"关于|印发|转发", following):
        return True
    return (
        bool(re.search(r"^关于|关于(?:印发|加快|进一步|促进|推进|做好|支持|实施)", line))
        and not _TITLE_END.search(line)
        and bool(re.search(r"的(?:通知|意见|实施意见|若干意见|决定|通告|公告|批复|函)$", following))
    )
