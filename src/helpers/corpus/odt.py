"""Blocks of an OpenDocument text: paragraphs, tables by their cells, notes, text boxes, and the numbers that its lists make."""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator

from lxml import etree

from helpers.corpus.blocks import Block, Content, LeftOut, Unreadable, content
from helpers.corpus.docx import check_archive
from helpers.corpus.numbering import numbered, written
from helpers.corpus.tables import Cell, in_region, table_blocks

_NAMES = {
    name: f"{{urn:oasis:names:tc:opendocument:xmlns:{path}:1.0}}"
    for name, path in {"office": "office", "text": "text", "table": "table", "style": "style", "draw": "drawing"}.items()
}
_FORMATS = {"一": "chineseCounting", "壹": "chineseCounting", "①": "decimalEnclosedCircle", "a": "lowerLetter",
            "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}  # fmt: skip
_DEEPEST = 150
_DELETED = LeftOut("markup", "deleted with changes tracked")
_HIDDEN = LeftOut("hidden", "text that the program does not show")
_COMMENT = LeftOut("markup", "comment in the margin")
_READING = LeftOut("markup", "reading printed above the characters (ruby)")
_EDGE = LeftOut("furniture", "header or footer of the pages")
_CONTENTS = LeftOut("contents", "entry of the table of contents")


def _q(name: str) -> str:
    prefix, local = name.split(":")
    return _NAMES[prefix] + local


_PASSED = {_q(f"text:{tag}-decls") for tag in ("sequence", "variable", "user-field")}
_PASSED |= {_q("text:tracked-changes"), _q("office:forms")}
_INDEXES = {
    _q(f"text:{tag}")
    for tag in ("table-of-content", "illustration-index", "table-index", "object-index", "alphabetical-index", "user-index")
}


def read_odt(data: bytes) -> Content:
    """Read an .odt package or a flat .fodt; raise Unreadable for encrypted, broken and endless files."""
    if data.startswith(b"PK"):
        check_archive(data, "odt_file")
        body, styles = _members(data)
    else:
        body = styles = _parsed(data)
    text = body.find(f"{_q('office:body')}/{_q('office:text')}")
    if text is None:
        raise Unreadable("odt_no_text")
    reading = _Reading([styles, body] if styles is not body else [body])
    edges = dict.fromkeys(line for block in reading.edges(styles) for line in (block.text or " ".join(block.cells)).split("\n"))
    blocks = reading.blocks(text, 0)
    furniture = [Block(text=line, left_out=_EDGE) for line in edges if line.strip()]
    return content([*furniture, *blocks, *reading.notes, *reading.comments], "odt", "odt")


def _members(data: bytes) -> tuple[etree._Element, etree._Element]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            if "META-INF/manifest.xml" in names and b"encryption-data" in archive.read("META-INF/manifest.xml"):
                raise Unreadable("locked")
            body = _parsed(archive.read("content.xml"))
            return body, _parsed(archive.read("styles.xml")) if "styles.xml" in names else etree.Element("none")
    except (zipfile.BadZipFile, KeyError, RuntimeError, OSError, NotImplementedError, EOFError, ValueError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable("odt_broken") from error


def _parsed(data: bytes) -> etree._Element:
    try:
        return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable("odt_broken") from error


class _Reading:
    """One pass over a document: styles, the state of its lists, and what stands off the main text."""

    def __init__(self, roots: list[etree._Element]) -> None:
        self.notes: list[Block] = []
        self.comments: list[Block] = []
        self.hidden: set[str] = set()
        self.levels: dict[str, dict[int, etree._Element]] = {}
        self.counts: dict[str, dict[int, int]] = {}
        self.deleted: dict[str, etree._Element] = {}
        for root in roots:
            for style in root.iter(_q("style:style")):
                properties = style.find(_q("style:text-properties"))
                if properties is not None and properties.get(_q("text:display")) == "none":
                    self.hidden.add(style.get(_q("style:name")))
            for style in [*root.iter(_q("text:list-style")), *root.iter(_q("text:outline-style"))]:
                outline = style.tag == _q("text:outline-style")
                name = "" if outline else style.get(_q("style:name"), "")
                self.levels[name] = {
                    _number(level.get(_q("text:level")), 1): level for level in style if isinstance(level.tag, str)
                }
            for region in root.iter(_q("text:changed-region")):
                if (gone := region.find(_q("text:deletion"))) is not None:
                    name = region.get(_q("text:id")) or region.get("{http://www.w3.org/XML/1998/namespace}id", "")
                    self.deleted[name] = gone

    def edges(self, styles: etree._Element) -> Iterator[Block]:
        for page in styles.iter(_q("style:master-page")):
            for part in page:
                if isinstance(part.tag, str) and re.search(r"\}(?:header|footer)", part.tag):
                    yield from self.blocks(part, 0)

    def blocks(self, parent: Iterable[etree._Element], depth: int, mark: str = "", why: LeftOut | None = None) -> list[Block]:
        """Return the blocks of elements one after the other; `mark` is the number that a list puts before the first of them."""
        if depth > _DEEPEST:
            raise Unreadable("too_nested")
        out: list[Block] = []
        for child in parent:
            tag = child.tag
            if tag in (_q("text:p"), _q("text:h")):
                out += self._paragraph(child, depth, mark, why)
                mark = ""
            elif tag == _q("text:list"):
                out += self._list(child, depth, [], why)
            elif tag == _q("table:table"):
                out += table_blocks(self._rows(child, depth))
            elif tag in _INDEXES:
                out += self.blocks(child, depth + 1, why=_CONTENTS)
            elif tag == _q("text:section") and child.get(_q("text:display")) == "none":
                out += self.blocks(child, depth + 1, why=_HIDDEN)
            elif tag == _q("text:change") or isinstance(tag, str) and tag.startswith(_NAMES["draw"]) and tag != _q("draw:a"):
                out += self._paragraph(child, depth, "", why, alone=True)
            elif isinstance(tag, str) and tag not in _PASSED:
                out += self.blocks(child, depth + 1, mark, why)  # whatever holds paragraphs
        return out

    def _list(self, node: etree._Element, depth: int, above: list[str], why: LeftOut | None, on: bool = False) -> list[Block]:
        """Count the items of a list; `above` holds the style names of the lists round it, `on` says that it continues one."""
        if depth > _DEEPEST:
            raise Unreadable("too_nested")
        style = node.get(_q("text:style-name")) or (above[-1] if above else "")
        level = len(above) + 1
        counts = self.counts.setdefault(style, {})
        goes_on = on or node.get(_q("text:continue-numbering")) == "true" or bool(node.get(_q("text:continue-list")))
        if level == 1 and not goes_on:
            counts.clear()
        for deeper in [known for known in counts if known >= level] if level > 1 and not goes_on else []:
            del counts[deeper]
        out: list[Block] = []
        for item in node:
            if not isinstance(item.tag, str):
                continue
            mark = ""
            first = next((c for c in item if isinstance(c.tag, str)), None)
            if item.tag == _q("text:list-item") and first is not None and first.tag != _q("text:list"):
                start = _number(item.get(_q("text:start-value")), 0)
                mark = self._mark(style, level, counts, start)
            for child in item:
                if child.tag == _q("text:list"):
                    out += self._list(child, depth + 1, [*above, style], why, goes_on and child is first)
                else:
                    out += self.blocks([child], depth + 1, mark, why)
                    mark = ""
        return out

    def _mark(self, style: str, level: int, counts: dict[int, int], start: int = 0) -> str:
        definition = self.levels.get(style, {}).get(level)
        if definition is None:
            return ""
        first = _number(definition.get(_q("text:start-value")), 1)
        counts[level] = start or counts.get(level, first - 1) + 1
        for deeper in [known for known in counts if known > level]:
            del counts[deeper]
        kind = definition.get(_q("style:num-format")) or ""
        if not kind:
            return ""
        shown = min(_number(definition.get(_q("text:display-levels")), 1), level)
        numbers = [
            _written(counts.get(k, 1), self.levels[style][k].get(_q("style:num-format")) or "1")
            for k in range(level - shown + 1, level + 1)
            if k in self.levels[style]
        ]
        return (definition.get(_q("style:num-prefix")) or "") + ".".join(numbers) + (definition.get(_q("style:num-suffix")) or "")

    def _paragraph(self, node: etree._Element, depth: int, mark: str, why: LeftOut | None, alone: bool = False) -> list[Block]:
        pieces = _Pieces(self, node, depth, alone)
        text = "".join(pieces.text)
        if node.tag == _q("text:h") and not mark and not node.get(_q("text:is-list-header")):
            mark = (
                self._mark("", _number(node.get(_q("text:outline-level")), 1), self.counts.setdefault("", {}))
                if text.strip()
                else ""
            )
        kind = "heading" if node.tag == _q("text:h") else "item" if mark else "paragraph"
        lines = numbered(mark, text).split("\n") if text.strip() or (mark and depth) else []
        out = [Block(kind, line.strip(), left_out=why) for line in lines if line.strip()]
        gone: dict[LeftOut, str] = {}
        for reason, said in pieces.left_out:
            gone[reason] = gone.get(reason, "") + said
        out += [Block(text=said.replace("\n", " "), left_out=reason) for reason, said in gone.items() if said.strip()]
        return out + in_region(pieces.boxes, "text box")

    def _rows(self, table: etree._Element, depth: int) -> Iterator[list[Cell]]:
        left: dict[int, int] = {}  # rows that a cell still reaches down, by column
        for row in table.iter(_q("table:table-row")):
            if next(row.iterancestors(_q("table:table"))) is not table:
                continue
            cells: list[Cell] = []
            for node in row:
                if node.tag == _q("table:covered-table-cell"):
                    column = sum(cell.width for cell in cells)
                    if left.get(column, 0) > 0:
                        left[column] -= 1
                        cells.append(Cell(self.blocks(node, depth + 1), continues=True))
                elif node.tag == _q("table:table-cell"):
                    width = min(_number(node.get(_q("table:number-columns-spanned")), 1), 60)
                    column = sum(cell.width for cell in cells)
                    if (height := min(_number(node.get(_q("table:number-rows-spanned")), 1), 5000)) > 1:
                        left |= {column + k: height - 1 for k in range(width)}
                    repeated = min(_number(node.get(_q("table:number-columns-repeated")), 1), 60)
                    cells += [Cell(self.blocks(node, depth + 1), width) for _ in range(repeated)]
            yield cells


class _Pieces:
    """What a paragraph holds: its text, what is left out of it, its text boxes; notes and comments go to their lists."""

    def __init__(self, reading: _Reading, paragraph: etree._Element, depth: int, alone: bool) -> None:
        self.reading, self.depth = reading, depth + 1
        self.text: list[str] = []
        self.left_out: list[tuple[LeftOut, str]] = []
        self.boxes: list[Block] = []
        if alone:
            self._element(paragraph, None)
        else:
            self._inside(paragraph, None)

    def _say(self, text: str | None, why: LeftOut | None) -> None:
        if text:
            said = re.sub(r"[ \t\r\n]+", " ", text)
            self.left_out.append((why, said)) if why else self.text.append(said)

    def _inside(self, node: etree._Element, why: LeftOut | None) -> None:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise Unreadable("too_nested")
        self._say(node.text, why)
        for child in node:
            if isinstance(child.tag, str):
                self._element(child, why)
            self._say(child.tail, why)
        self.depth -= 1

    def _element(self, node: etree._Element, why: LeftOut | None) -> None:
        tag, reading = node.tag, self.reading
        if tag == _q("text:s"):
            self.text.append(" " * min(_number(node.get(_q("text:c")), 1), 100))
        elif tag in (_q("text:tab"), _q("text:line-break")):
            self.text.append("\t" if tag == _q("text:tab") else "\n")
        elif tag == _q("text:note"):
            body = node.find(_q("text:note-body"))
            region = "endnote" if node.get(_q("text:note-class")) == "endnote" else "footnote"
            reading.notes += in_region(reading.blocks(body, self.depth), region) if body is not None else []
        elif tag == _q("office:annotation"):
            found = reading.blocks(node, self.depth)
            reading.comments += [Block(text=b.text or " ".join(b.cells), left_out=_COMMENT) for b in found]
        elif tag == _q("text:change"):
            gone = reading.deleted.get(node.get(_q("text:change-id"), ""))
            self.left_out += (
                [(_DELETED, b.text or " ".join(b.cells)) for b in reading.blocks(gone, self.depth)] if gone is not None else []
            )
        elif tag == _q("text:ruby-text"):
            self._inside(node, _READING)
        elif tag == _q("text:hidden-text"):
            self._say(node.get(_q("text:string-value")), _HIDDEN)
        elif tag.startswith(_NAMES["draw"]):
            self._drawing(node)
        elif tag.startswith((_NAMES["text"], "{urn:oasis:names:tc:opendocument:xmlns:meta")):
            self._inside(node, _HIDDEN if node.get(_q("text:style-name")) in reading.hidden else why)

    def _drawing(self, node: etree._Element) -> None:
        """Read the text boxes of a drawing; the text of a shape stands in it without one."""
        if node.tag in (_q("draw:frame"), _q("draw:a"), _q("draw:g")):
            for child in node:
                if isinstance(child.tag, str) and child.tag.startswith(_NAMES["draw"]):
                    self._drawing(child)
        else:
            self.boxes += self.reading.blocks(node, self.depth)


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else default


def _written(number: int, kind: str) -> str:
    """Write a number as a list's format shows it, which is named by its first members (`一, 二, 三, ...`)."""
    return written(number, next((name for sign, name in _FORMATS.items() if kind.startswith(sign) or sign in kind), "decimal"))
