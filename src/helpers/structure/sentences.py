"""Sentences by the codebook's unit of coding: where a paragraph falls apart, and what stays together."""

import re
import sys
import unicodedata

from helpers.structure.marks import mark_at

CLOSERS = "”\"’'）)》」』】〉］]"
# The codebook's marks, with the closing brackets and quotation marks that follow them.
_END = re.compile(rf"[。；;！？!?]+[ \u3000]?(?:[{re.escape(CLOSERS)}]+[。；;！？!?]*)*")
# A bracket that opens a list of who is responsible; words of office within its first characters or before its end.
_DUTY = re.compile(
    r"牵头|责任(?:单位|领导|部门|人|主体|科室)|配合(?:单位|部门)|参与单位|协助单位|主办单位|协办单位|实施单位|完成(?:时限|时间)"
    r"|按职责分工|分工负责|(?:局|委|办|部|委会|政府|中心|镇|乡|街道|单位|部门|公司|银行|院)(?:等[^()（）]{0,12})?(?:共同|分别|配合|具体|组织)?负责"
)
_BRACKET = re.compile(r"[(（](?:[^()（）\n]|[(（][^()（）\n]{0,200}[)）]){1,1500}[)）]")
_DUTY_LINE = re.compile(
    r"\s*[(（【\[]?\s*(?:牵头|责任|配合|主办|协办|参与|实施|协助)(?:单位|部门|领导|科室|主体|人)[】\]]?\s*[:：]"
)
_WORDS = re.compile(r"[^\W_]+")


def text_key(text: str) -> str:
    """Return the letters and digits of `text` (NFKC), by which units are matched across spellings and spaces."""
    if not text.isascii() and not unicodedata.is_normalized("NFKC", text):
        text = unicodedata.normalize("NFKC", text)
    return "".join(_WORDS.findall(text))


def has_words(text: str, start: int = 0, end: int = sys.maxsize) -> bool:
    """Tell whether `text[start:end]` holds a letter or digit at all."""
    return _WORDS.search(text, start, end) is not None


def duty_brackets(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return the spans of the responsibility brackets in `text[start:end]`, an unclosed last one up to the end."""
    if text.find("(", start, end) < 0 and text.find("（", start, end) < 0:
        return []
    spans = [m.span() for m in _BRACKET.finditer(text, start, end) if _DUTY.search(text, m.start(), m.end())]
    last = max(text.rfind("(", start, end), text.rfind("（", start, end))
    if last > (spans[-1][1] if spans else start - 1) and max(text.find(")", last, end), text.find("）", last, end)) < 0:
        spans += [(last, end)] if _DUTY_LINE.match(text, last, end) else []
    return spans


def statement_key(text: str) -> str:
    """Return the text key of what a sentence says: without its enumeration mark and its responsibility brackets.

    Annexes repeat the targets of the main text word for word but name other departments behind them.
    """
    mark = mark_at(text)
    begin = mark.end if mark else 0
    kept, last = [], begin
    for start, end in duty_brackets(text, begin, len(text)):
        kept.append(text[last:start])
        last = end
    return text_key("".join([*kept, text[last:]]))


def is_duty_line(text: str, start: int, end: int) -> bool:
    """Tell whether a whole paragraph is a list of responsible bodies, with or without brackets."""
    if _DUTY_LINE.match(text, start, end):
        return True
    stripped = text[start:end].strip()
    return stripped[:1] in "(（" and bool(_BRACKET.fullmatch(stripped.rstrip("。；;"))) and bool(_DUTY.search(stripped))


def split(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return the spans of the sentences of the paragraph `text[start:end]`, blanks at their edges left out.

    A span ends behind 。；;！？!? and what closes after it; a responsibility bracket behind the mark belongs to the sentence
    before, and marks inside such a bracket do not split. Pieces without letter or digit join the sentence before.
    """
    if is_duty_line(text, start, end):
        return _trimmed(text, [(start, end)])
    guarded = duty_brackets(text, start, end)
    spans, begin, position, turn = [], start, start, 0
    while found := _END.search(text, position, end):
        while turn < len(guarded) and guarded[turn][1] <= found.start():
            turn += 1
        if turn < len(guarded) and guarded[turn][0] < found.start():  # a mark inside a responsibility bracket
            position = guarded[turn][1]
            continue
        stop = _take_quote(text, found, begin)
        while turn < len(guarded) and guarded[turn][0] < stop:
            turn += 1
        while turn < len(guarded) and not text[stop : guarded[turn][0]].strip():
            stop = guarded[turn][1]
            tail = _END.match(text, stop, end)
            stop, turn = tail.end() if tail else stop, turn + 1
        spans.append((begin, stop))
        begin = position = stop
    if begin < end:
        spans.append((begin, end))
    return _trimmed(text, spans)


def _take_quote(text: str, found: re.Match, begin: int) -> int:
    # A straight quotation mark closes only when one is open in this sentence; else it opens the next.
    stop, mark = found.end(), found.group()
    for quote in "\"'":
        if quote in mark and text.count(quote, begin, found.start()) % 2 == 0:
            stop = min(stop, found.start() + mark.index(quote))
    return stop


def _trimmed(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    out: list[tuple[int, int]] = []
    for start, end in spans:
        while start < end and text[start].isspace():
            start += 1
        while start < end and text[end - 1].isspace():
            end -= 1
        if start >= end:
            continue
        if has_words(text, start, end):
            out.append((start, end))
        elif out:
            out[-1] = (out[-1][0], end)
    return out
