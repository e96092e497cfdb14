"""Paragraphs and the heading tree: which lines are headings, which are items of a list, and what stands under what."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pandas as pd

from helpers.structure.marks import ANNEX, ARTICLE, SECOND, AnnexLine, Mark, annex_at, mark_at, number_of
from helpers.structure.sentences import has_words, is_duty_line, split, text_key
from helpers.structure.tables import CELL, Cell, read

_LINE = re.compile(r"[^\r\n\x0b\x0c\x85\u2029]+")
_STOP = re.compile(r"[。；;！？!?]")
_CONTENTS = re.compile(r"\s*目\s*[录錄次]\s*$")
_CONTENTS_ENTRY = re.compile(r"(?:[.．…·•\-—_\s]{2,}|\s)[(（-]?\d{1,3}[)）-]?\s*$")
_DATE_LINE = re.compile(
    r"\s*[(（]?(?:\d{4}|[〇○零Ｏ一二三四五六七八九]{4})\s?年\s?[\d一二三四五六七八九十]{1,3}\s?月(?:\s?[\d一二三四五六七八九十]{1,3}\s?日)?[)）]?\s*$"
)
_RULE_WORDS = re.compile(r"[,，\d由应可为不须]")
# Money, rates and sizes; the codebook takes ②成立4个产业办公室。 for a heading.
_AMOUNT = re.compile(
    r"(?<![第“\d.])\d[\d.,]*\s?[余多]?(?:[%％‰]|[十百千]?[万亿]?[美欧]?元|[万亿]"
    r"|[十百千]?(?:家|所|名|人|户|亩|公[里顷斤]|千?米|平方|立方|吨|座|千瓦|兆瓦|头|只|株))"
)
_LONGEST_HEADING = 45
_LONGEST_RUN_IN = 25


@dataclass(slots=True)
class Paragraph:
    """A line of the clean text that is not blank; `kind` is body, heading, annex, contents, duty or row."""

    number: int
    start: int
    end: int
    text: str
    mark: Mark | None
    kind: str = "body"
    annex: AnnexLine | None = None


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading with its place in the clean text; run-in headings are opening sentences of a paragraph."""

    level: int
    text: str
    start: int
    end: int
    path: str
    annex: str
    paragraph: int
    run_in: bool


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of coding with its place in the clean text: `text == clean[start:end]`; position and paragraph from 1."""

    position: int
    heading_path: str
    text: str
    start: int
    end: int
    paragraph: int
    annex: str
    row: str = ""  # what the row of its table says round it


@dataclass(slots=True)
class Outline:
    """Headings and units of one text, in their order; the cells of its tables that hold no sentence; how many tables."""

    headings: list[Heading] = field(default_factory=list)
    units: list[Unit] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)
    n_tables: int = 0


def paragraphs(text: str) -> list[Paragraph]:
    """Cut `text` at its line breaks and tell headings, annexes and tables of contents from body paragraphs."""
    found = []
    for match in _LINE.finditer(text):
        line = match.group()
        if CELL in line and has_words(line):
            found.append(Paragraph(len(found) + 1, match.start(), match.end(), line, None, "row"))
        elif has_words(line):
            start = match.start() + len(line) - len(line.lstrip())
            stripped = line.strip()
            found.append(
                Paragraph(len(found) + 1, start, start + len(stripped), stripped, mark_at(stripped), "body", annex_at(stripped))
            )
    _name_kinds(found)
    return found


def _name_kinds(lines: list[Paragraph]) -> None:
    for index, line in enumerate(lines):
        if line.kind == "row":
            continue
        if line.annex and _opens_annex(lines, index):
            line.kind = "annex"
        elif line.mark and _may_be_heading(line):
            line.kind = "heading"
        elif is_duty_line(line.text, 0, len(line.text)):
            line.kind = "duty"
    _drop_contents(lines)
    _drop_lists(lines)
    _drop_strays(lines)


def _opens_annex(lines: list[Paragraph], index: int) -> bool:
    # 附件1 alone opens an annex; 附件：1.… and 附件1：… in a row are the list of annexes at the end of the main text.
    annex, following = lines[index].annex, lines[index + 1] if index + 1 < len(lines) else None
    if not annex.rest:
        return following is None or not (following.mark and annex.name == "附件" and _listed(lines, index + 1))
    if not annex.numbered or _STOP.search(annex.rest) or len(annex.rest) > _LONGEST_HEADING or mark_at(annex.rest):
        return False
    beside = [lines[i] for i in (index - 1, index + 1) if 0 <= i < len(lines)]
    return following is not None and not _DATE_LINE.match(following.text) and not any(b.annex and b.annex.rest for b in beside)


def _listed(lines: list[Paragraph], index: int) -> bool:
    pair = lines[index : index + 2]
    return len(pair) == 2 and all(p.mark and p.mark.level > SECOND and _may_be_heading(p) for p in pair)


def _may_be_heading(line: Paragraph) -> bool:
    words = line.text[line.mark.end :]
    if not words or _STOP.search(line.text) or words[-1] in "，,、":
        return False
    return len(words) <= (_LONGEST_HEADING if line.mark.level <= SECOND else 30)


def _drop_contents(lines: list[Paragraph]) -> None:
    # Entries under 目录 are no headings: they end where the first of them comes back as a real one.
    for index, line in enumerate(lines):
        if not _CONTENTS.match(line.text):
            continue
        first = None
        for following in range(index + 1, len(lines)):
            entry = lines[following]
            key = text_key(_CONTENTS_ENTRY.sub("", entry.text))
            if key == first or not (entry.kind in ("heading", "annex") or _CONTENTS_ENTRY.search(entry.text)):
                break
            first, entry.kind = first or key, "contents"


def _drop_lists(lines: list[Paragraph]) -> None:
    # A heading has something under it. Two and more of one depth in a row without anything are items of a list.
    bare = [_is_bare(lines, i) for i in range(len(lines))]
    in_list = [
        bare[i] and (lines[i].mark.level >= ARTICLE and lines[i].mark.level > SECOND or _beside(lines, bare, i))
        for i in range(len(lines))
    ]
    after_list = False
    for index, line in enumerate(lines):
        opens_list = bool(line.annex) and line.kind != "annex" and bool(mark_at(line.annex.rest))
        item = line.kind == "heading" and (in_list[index] or after_list and line.mark.level > SECOND)
        if item:
            line.kind = "body"
        after_list = opens_list or item and after_list


def _drop_strays(lines: list[Paragraph]) -> None:
    # 第七章 without a sixth and an eighth is a line among excerpts, and does not stand above all that follows.
    numbers = {(line.mark.level, _number(line)) for line in lines if line.mark and line.kind != "contents"}
    for line in lines:
        if line.kind == "heading" and (number := _number(line)) > 1:
            level = line.mark.level
            if (level, number - 1) not in numbers and (level, number + 1) not in numbers:
                line.kind = "body"


def _number(line: Paragraph) -> int:
    return number_of(line.text[: line.mark.end])


def _is_bare(lines: list[Paragraph], index: int) -> bool:
    line = lines[index]
    if line.kind != "heading":
        return False
    following = lines[index + 1] if index + 1 < len(lines) else None
    if following is None or following.kind in ("annex", "contents"):
        return True
    return following.mark is not None and following.mark.level <= line.mark.level


def _beside(lines: list[Paragraph], bare: list[bool], index: int) -> bool:
    neighbours = [i for i in (index - 1, index + 1) if 0 <= i < len(lines)]
    return any(bare[i] and lines[i].mark.level == lines[index].mark.level for i in neighbours)


def outline(text: str) -> Outline:
    """Read headings and units of a clean text.

    The heading path of a unit are the headings above it, outermost first. A run-in heading (codebook: an enumerated
    sentence of at most 25 characters with more text behind it in its paragraph) stands above the rest of its paragraph
    and above deeper enumerated paragraphs that follow. An annex begins a new tree, so numbering may restart.
    """
    out, stack, annex, table = Outline(), [], "", []
    for line in [*paragraphs(text), None]:
        if line and line.kind == "row":
            table.append(line)
            continue
        _add_table(out, text, table, _path(stack), annex)
        table = []
        if line is None:
            break
        if line.kind == "annex":
            annex, stack = line.annex.name, [(ANNEX, line.text, False)]
            out.headings.append(Heading(ANNEX, line.text, line.start, line.end, line.text, annex, line.number, False))
        elif line.kind == "heading":
            stack = [entry for entry in stack if entry[0] < line.mark.level]
            stack.append((line.mark.level, line.text, False))
            out.headings.append(
                Heading(line.mark.level, line.text, line.start, line.end, _path(stack), annex, line.number, False)
            )
        elif line.kind == "duty" and out.units and _follows(text, out.units[-1], line):
            last = out.units.pop()
            out.units.append(
                Unit(last.position, last.heading_path, text[last.start : line.end], last.start, line.end, line.number, last.annex)
            )
        else:
            stack = _settle(stack, line)
            for level, start, end in _sentences(text, line):
                if level is None:
                    unit = Unit(len(out.units) + 1, _path(stack), text[start:end], start, end, line.number, annex)
                    out.units.append(unit)
                    continue
                stack = [entry for entry in stack if entry[0] < level]
                stack.append((level, text[start:end], True))
                out.headings.append(Heading(level, text[start:end], start, end, _path(stack), annex, line.number, True))
    return out


def _follows(text: str, last: Unit, line: Paragraph) -> bool:
    return last.paragraph == line.number - 1 and CELL not in text[last.end : line.start]


def _add_table(out: Outline, text: str, lines: list[Paragraph], path: str, annex: str) -> None:
    """Add the sentences of a table as units under the heading above it, and its other cells."""
    out.n_tables += bool(lines)
    for line, row in zip(lines, read(text, [(p.start, p.end) for p in lines]) if lines else (), strict=True):
        out.cells += [cell for cell in row.cells if cell.kind != "prose" and cell.start < cell.end]
        for cell, start, end in row.sentences(text):
            unit = Unit(len(out.units) + 1, path, text[start:end], start, end, line.number, annex, row.context(cell))
            out.units.append(unit)


def _settle(stack: list, line: Paragraph) -> list:
    """Close the headings that a body paragraph ends."""
    if line.kind == "contents" or _DATE_LINE.match(line.text):  # what follows the signature is another text
        return [entry for entry in stack if entry[0] == ANNEX]
    if line.mark:
        return [entry for entry in stack if entry[0] < line.mark.level]
    return [entry for entry in stack if not entry[2]]


def _sentences(text: str, line: Paragraph) -> Iterator[tuple[int | None, int, int]]:
    spans = split(text, line.start, line.end)
    for index, (start, end) in enumerate(spans):
        mark = mark_at(text, start, end)
        yield mark.level if mark and _is_run_in(text, mark, spans, index) else None, start, end


def _is_run_in(text: str, mark: Mark, spans: list[tuple[int, int]], index: int) -> bool:
    start, end = spans[index]
    sentence, n_mark = text[start:end], mark.end - start
    if index + 1 == len(spans) or sentence.find("。") != len(sentence) - 1 or n_mark >= len(sentence) - 1:
        return False
    if _AMOUNT.search(sentence, n_mark):  # （二）县财政安排3000万元技改资金。 says what is done
        return False
    if mark.level == ARTICLE:  # 第三条 扶持对象。 is a heading, 第八条 县财政每年安排500万元。 is a rule
        return len(sentence) - n_mark <= 11 and not _RULE_WORDS.search(sentence, n_mark)
    return len(sentence) - 1 - n_mark <= _LONGEST_RUN_IN


def _path(stack: list) -> str:
    return " > ".join(entry[1] for entry in stack)


def sections(units: pd.DataFrame) -> pd.Series:
    """Name the section in which each unit stands: its document and the headings above it (units: doc_id, heading_path).

    >>> sections(pd.DataFrame({"doc_id": ["a", "a"], "heading_path": ["一、目标", None]})).tolist()
    ['a > 一、目标', 'a > ']
    """
    return units["doc_id"].astype("str") + " > " + units["heading_path"].fillna("").astype("str")
