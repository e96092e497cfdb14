"""Labels that a portal prints around a document (标题：, 索引号, 发文字号：) with their values, however they are set.

Label and value may stand on one line, on two, in cells, under a row of labels, or glued to the next pair. Only the lines before
the first sentence and the last ones are read: 名称： inside a document is its own.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

import yaml

from helpers.repair.edits import EXACT, Edit

_WORDS = yaml.safe_load(files("helpers.repair").joinpath("page_labels.yml").read_text(encoding="utf-8"))
_FIELDS = ("title", "doc_number", "issuer", "dated", "printed", "published", "other", "foot")
_FIELD = {name: field for field in _FIELDS for name in _WORDS[field].split()}
_WEAK = frozenset(_WORDS["weak"].split())
_BLANK = "[ \u3000\xa0\u2002\u2003]*"
_ONE = "|".join(_BLANK.join(map(re.escape, name)) for name in sorted(_FIELD, key=len, reverse=True))
_CELL = re.compile(r"[\t|｜]+")
_SENTENCE = re.compile(r"[。；;！!？?]")
_BODY = re.compile(
    r"\s*(?:第\s?[一二三四五六七八九十百\d]+\s?[章条编]|[一二三四五六七八九十]+、|[(（][一二三四五六七八九十]+[)）]|\d{1,2}[.、．])"
    r"|[\u4e00-\u9fff].*(?:各|政府|委员会|办公室|局|单位|部门|企业)[^:：]*[:：]\s*$"
)
_TITLE = re.compile(
    r"关于|印发|的通知|(?:办法|意见|方案|规划|计划|细则|规定|措施|纲要|政策|报告|条例|决定|公告|批复|要点)(?:[(（].*[)）])?$"
)
_DATE = re.compile(r"(?:19|20)\d\d\s?[-年/.]|二[〇○零]")
_NUMBER = re.compile(r"(?:19|20)\d\d.*号|^第.{1,6}号|^无$")
_LONGEST, _WIDEST, _HEAD, _FOOT = 160, 4000, 60, 15
_CRUMB = re.compile(
    r"(?:(?:您|你)?(?:当前|现在|目前)?(?:所在|的)*位置\s*[:：]?)?[\s>＞»›]*[^\s>＞»›→/:：。,，]{2,20}(?:\s*(?:[-－—=]{0,2}[>＞»›→]+|/)\s*[^>＞»›→/:：。]{2,24}){1,8}"
)
_SITE_WORD = re.compile(r"首\s?页|公开|门户网站|政府网|网站|栏目|目录|^\s*[>＞»›]")
_SITE_NAME = re.compile(
    r"(?:网站)?首\s?页|[\u4e00-\u9fff]{2,20}(?:门户网站?|政府网站?|政府信息公开(?:网|平台|专栏)|信息网|政务网)"
)
_FOOT_LINE = re.compile(r"[\u4e00-\u9fff]{0,3}(?:ICP备|公网安备)|网站标识码|(?:您|你)?(?:当前|现在)?(?:所在|的)*位置\s*[:：]")
_TIMED = re.compile(r"(?:发布)?时间\s*[:：]\s*20\d\d-\d\d?-\d\d?(?:\s\d\d?:\d\d(?::\d\d)?)?(?=\s|$)")


class Label(NamedTuple):
    """A label and its value; field is title, doc_number, issuer, dated, printed, published, foot or other."""

    field: str
    name: str
    value: str


class _Patterns(NamedTuple):
    """Names of labels as they may be set."""

    marked: re.Pattern  # by a colon, or in brackets
    bare: re.Pattern  # alone
    opening: re.Pattern  # before a value
    spaced: re.Pattern  # with blanks between the letters


@cache
def _patterns() -> _Patterns:
    """Compile them when the first text is read: they take a fifth of a second, and a run that changes nothing reads none."""
    return _Patterns(
        marked=re.compile(rf"[\[【(（]?{_BLANK}(?P<name>{_ONE}){_BLANK}(?:[】\])）]{_BLANK}[:：]?|[:：])"),
        bare=re.compile(rf"{_BLANK}(?:{_ONE}){_BLANK}"),
        opening=re.compile(rf"(?P<name>{_ONE})(?:[ \t\u3000\xa0]+(?=\S)|$)"),
        spaced=re.compile(rf"(?<![\u4e00-\u9fff])(?:{_ONE})(?={_BLANK}(?:[:：】\])）\t|]|$))"),
    )


def read_labels(text: str) -> list[Label]:
    """Return the labels that stand before the first sentence and at the foot of a text, in order."""
    return [label for _, _, labels in _blocks(text) for label in labels]


def remove(text: str) -> list[Edit]:
    """Edits that take the lines of labels and their values out, a block of lines each."""
    edits: list[Edit] = []
    blocks = _blocks(text)
    if blocks and not re.search(r"[\u4e00-\u9fff]", _without(text, blocks)):
        return []
    for start, end, labels in blocks:
        reason = "label of the web page" if labels else "button, link or breadcrumb of the web page"
        if start and end == len(text) and text[start - 1] == "\n":
            start -= 1
        if edits and edits[-1].end >= start and edits[-1].reason == reason:
            edits[-1] = edits[-1]._replace(end=end)
        else:
            edits.append(Edit(start, end, "", "furniture", EXACT, reason))
    return edits


def without_labels(text: str) -> str:
    """Return the text without the lines that `remove` would take out."""
    edits = remove(text)
    return _without(text, [(edit.start, edit.end, []) for edit in edits])


def _without(text: str, blocks: list[tuple[int, int, list[Label]]]) -> str:
    parts, position = [], 0
    for start, end, _ in blocks:
        parts.append(text[position:start])
        position = end
    return "".join([*parts, text[position:]])


@lru_cache(4)
def _blocks(text: str) -> list[tuple[int, int, list[Label]]]:
    """Start, end (behind the line feed) and labels of each block of label lines; a breadcrumb has no labels.

    Kept for the texts of the document at hand, which is asked for its labels again and for what it is without them.
    """
    spans, start = [], 0
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        if text[start:end].strip():
            spans.append((start, end, text[start:end].strip(" \t\r\n\u3000\xa0")))
        start = end
    stop = next((k for k, (_, _, line) in enumerate(spans[:_HEAD]) if _is_body(line)), min(_HEAD, len(spans)))
    found = _read(spans[:stop], at_foot=False)
    return found + _read(spans[max(stop, len(spans) - _FOOT) :], at_foot=True)


def _is_body(line: str) -> bool:
    line = line[:_WIDEST]
    if _patterns().marked.match(_compact(line)):
        return False
    return bool(_BODY.match(line)) or bool(_SENTENCE.search(line)) and len(line) > 20


def _read(spans: list[tuple[int, int, str]], at_foot: bool) -> list[tuple[int, int, list[Label]]]:
    found, k = [], 0
    bare = [bool(_patterns().bare.fullmatch(line)) for _, _, line in spans]
    parsed = [_pairs(line) for _, _, line in spans]
    sure = [bool(p) and _is_sure(p, line, at_foot) for p, (_, _, line) in zip(parsed, spans, strict=True)]
    while k < len(spans):
        start, end, line = spans[k]
        beside = parsed[k] and (_in_company(sure, bare, k) or _in_company([bool(p) for p in parsed], bare, k, 2))
        pairs = parsed[k] if sure[k] or beside else None
        if pairs is None and not at_foot and 0 < k < len(spans) - 1 and sure[k - 1] and sure[k + 1]:
            pairs = _unknown(line)
        if at_foot and pairs and any(_FIELD[n] in ("title", "issuer") for n, _ in pairs):
            pairs = None
        if pairs is None and not at_foot and bare[k] and _in_company(sure, bare, k):
            pairs = [(re.sub(r"\s", "", line), "")]
        if pairs is None:
            if (not at_foot or len(spans) - k <= 6) and _is_crumb(line) or not at_foot and k < 4 and _SITE_NAME.fullmatch(line):
                found.append((start, end, []))
            k += 1
            continue
        following = spans[k + 1][2] if k + 1 < len(spans) else ""
        if len(pairs) > 2 and not any(value for _, value in pairs):
            cells = [cell.strip() for cell in _CELL.split(following.strip("|"))]
            if len(cells) == len(pairs):  # a row of labels over a row of values
                pairs, end, k = [(n, cell) for (n, _), cell in zip(pairs, cells, strict=True)], spans[k + 1][1], k + 1
        name, value = pairs[-1]
        nothing_follows = k + 1 >= len(spans) or parsed[k + 1] or bare[k + 1] or _is_crumb(following)
        if not value and not nothing_follows and _fits(_FIELD.get(name, "other"), following):
            pairs[-1], end, k = (name, following), spans[k + 1][1], k + 1
        if not pairs[-1][1] and bare[k] and not _in_company(sure, bare, k, 2):  # 标题 alone may be a heading
            k += 1
            continue
        found.append((start, end, [Label(_FIELD.get(n, "other"), n, v.strip(" \t|｜\u3000\xa0")) for n, v in pairs]))
        k += 1
    return found


def _unknown(line: str) -> list[tuple[str, str]] | None:
    """Read a label that no list has where it stands between two that are known (内容分类: 政策法规)."""
    found = re.fullmatch(r"([\u4e00-\u9fff \u3000]{2,10})[:：]\s*([^。；，,]{0,40})", line)
    return [(found[1], found[2])] if found else None


def _in_company(sure: list[bool], bare: list[bool], k: int, others: int = 1) -> bool:
    """A bare or weak label counts beside others, its own value or theirs in between."""
    return sum(sure[i] or bare[i] for i in range(max(0, k - 3), min(len(sure), k + 4)) if i != k) >= others


def _is_sure(pairs: list[tuple[str, str]], line: str, at_foot: bool) -> bool:
    if len(line) > _LONGEST and len(pairs) < 3:
        return False
    if len(pairs) > 1 or not at_foot and re.match(r"\s*(?:标\s*题|名\s*称)\s*[:：]", line):
        return not at_foot or not _SENTENCE.search(line)
    name, value = pairs[0]
    colon = bool(re.search("[:：】]", line))
    if _FIELD[name] == "foot" and not at_foot:
        return False
    if len(value) > 80 and _SENTENCE.search(value):
        return False
    return colon and name not in _WEAK


def _pairs(line: str) -> list[tuple[str, str]]:
    """Return labels and values of a line that begins with a label, else nothing."""
    if len(line) > _WIDEST:
        return []
    line = _compact(_TIMED.sub(lambda m: "发布时间：" + re.split("[:：]", m[0], maxsplit=1)[1], line)).strip(" \t|｜")
    cells = [cell.strip() for cell in _CELL.split(line)]
    if len(cells) > 1 and _FIELD.get(cells[0].rstrip(":：")):
        pairs: list[tuple[str, str]] = []
        for cell in cells:
            if (name := cell.rstrip(":： ")) in _FIELD:
                pairs.append((name, ""))
            elif _patterns().marked.match(cell):
                pairs += _chain(cell, _patterns().marked)
            elif pairs:
                pairs[-1] = (pairs[-1][0], f"{pairs[-1][1]} {cell}".strip())
        return pairs
    if _patterns().marked.match(line):
        return _chain(line, _patterns().marked)
    return _chain(line, _patterns().opening) if _patterns().opening.match(line) and not _patterns().bare.fullmatch(line) else []


def _chain(line: str, pattern: re.Pattern) -> list[tuple[str, str]]:
    marks = list(pattern.finditer(line))
    if pattern is _patterns().opening:
        marks = [m for m in marks if m.start() == 0 or line[m.start() - 1] in " \t"]
    ends = [m.start() for m in marks[1:]] + [len(line)]
    return [(re.sub(r"\s", "", m["name"]), line[m.end() : end].strip()) for m, end in zip(marks, ends, strict=True)]


def _compact(line: str) -> str:
    """有 效 性 → 有效性, where a colon, bracket, cell border or line end follows."""
    return _patterns().spaced.sub(lambda m: "".join(m[0].split()), line)


def _fits(field: str, value: str) -> bool:
    """Could a line be the value of the label above it?"""
    if len(value) > 120 or _SENTENCE.search(value) or value.endswith((":", "：")):
        return False
    if field == "title":
        return len(value) >= 5
    if field == "doc_number":
        return bool(_NUMBER.search(value)) and len(value) <= 40
    if field in ("dated", "printed", "published"):
        return bool(_DATE.search(value)) and len(value) <= 24
    return len(value) <= 30 and not _TITLE.search(value)


def _is_crumb(line: str) -> bool:
    if len(line) > 120 or _SENTENCE.search(line):
        return False
    return bool(_FOOT_LINE.match(line)) or bool(_CRUMB.fullmatch(line)) and bool(_SITE_WORD.search(line))
