"""Blocks of a web page: the declared charset honoured, tables by their cells, what stands round the text left out."""

import re
from collections.abc import Iterator

from lxml import etree

from helpers.corpus.blocks import Block, Content, LeftOut, Unreadable, content
from helpers.corpus.html_lists import LISTS, Lists
from helpers.corpus.numbering import numbered
from helpers.corpus.page import Surroundings, is_named
from helpers.corpus.sniff import with_breaks
from helpers.corpus.tables import Cell, table_blocks
from helpers.corpus.texts import decode

_CHARSET = re.compile(
    rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w-]{2,20})|<\?xml[^>]{0,80}encoding=[\"']([\w-]{2,20})", re.IGNORECASE
)
_CODE = frozenset({"script", "style", "head", "svg", "template", "iframe", "object", "embed", "math"})
_BLOCKS = frozenset(
    "address article aside blockquote body br center dd details dir div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 "  # noqa: SIM905
    "h5 h6 header hr html li main menu nav ol p pre section summary caption tbody tfoot thead table tr td th ul".split()
)
_DEEPEST = 400
_MERGED = 200_000  # cells that only continue the one above; a few hundred bytes can ask for millions
_ATTRIBUTES = frozenset(
    "class id style hidden colspan rowspan href name content title start reversed type value".split()  # noqa: SIM905
)
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_META = {"articletitle": "标题", "contentsource": "来源", "sitename": "网站", "pubdate": "发布时间"}
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_NOT_SHOWN = LeftOut("hidden", "text that the page does not show")
_CONTROL = LeftOut("navigation", "button or field of the web page")
_READING = LeftOut("markup", "reading printed above the characters (ruby)")
_EDGE = LeftOut("furniture", "header or footer of the pages")
_CONTROLS = frozenset({"select", "button", "textarea", "noscript", "option"})


def read_html(data: bytes) -> Content:
    """Read the blocks of a page in its order; its title and meta labels are returned apart."""
    found = _CHARSET.search(data[:8192])
    declared = next((g.decode("ascii", "replace") for g in found.groups() if g), None) if found else None
    decoded = decode(data, declared)
    # `<乡>` is content: only a letter, / or ! behind < can open a tag.
    source = with_breaks(re.sub(r"<(?![A-Za-z/!?])", "&lt;", decoded.text.replace("\0", "")))
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, no_network=True, target=_Tree())
    try:
        page = etree.fromstring(source.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError, AssertionError) as error:
        raise Unreadable("page_broken") from error
    labels = _labels(page)
    return content(_Walk(page, labels).blocks(), decoded.encoding, "html", labels)


def _labels(page: etree._Element) -> str:
    found = []
    for meta in page.iter("meta"):
        name = str(meta.get("name", "")).lower()
        if name in _META and meta.get("content"):
            found.append(f"{_META[name]}:{meta.get('content')}")
    title = next(page.iter("title"), None)
    if title is not None and (said := "".join(title.itertext()).strip()):
        found.append(said)
    return "\n".join(re.sub(r"\s+", " ", line) for line in found[:50])


class _Tree:
    """Target of the parser: the tree of a page without comments, flat below `_DEEPEST`, where libxml2 would lose the text."""

    def __init__(self) -> None:
        self.stack = [etree.Element("page")]
        self.said: list[str] = []  # the parser gives a text in pieces, one for each entity

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._write()
        kept = {name: _NO_XML.sub("", value) for name, value in attributes.items() if name in _ATTRIBUTES}
        parent = self.stack[min(len(self.stack), _DEEPEST) - 1]
        self.stack.append(etree.SubElement(parent, re.sub(r"[^\w.-]|^[^a-z]", "_", tag), kept))

    def end(self, tag: str) -> None:
        self._write()
        if len(self.stack) > 1:
            self.stack.pop()

    def data(self, text: str) -> None:
        self.said.append(text)

    def _write(self) -> None:
        text, self.said = _NO_XML.sub("", "".join(self.said)), []
        if not text or (self.stack[-1].tag in _CODE - {"head"} and len(self.stack) > _DEEPEST):
            return
        node = self.stack[min(len(self.stack), _DEEPEST) - 1]
        last = next(node.iterchildren(reversed=True), None)  # len(node) would count them all
        if last is None:
            node.text = (node.text or "") + text
        else:
            last.tail = (last.tail or "") + text

    def close(self) -> etree._Element:
        self._write()
        return self.stack[0]


class _Table:
    """A table while its cells are read; rows that a cell spans get one that continues it, as many as `room` has on the page."""

    def __init__(self, room: Iterator[int]) -> None:
        self.room = room
        self.rows: list[list[Cell]] = []
        self.column = 0  # the next free one of the last row
        self.spans: dict[int, int] = {}

    def row(self) -> None:
        self.rows.append([])
        self.column = 0

    def cell(self, width: int, height: int) -> Cell:
        if not self.rows:
            self.row()
        self.fill()
        cell = Cell(width=width)
        for k in range(self.column, self.column + width if height > 1 else self.column):
            self.spans[k] = height
        self.rows[-1].append(cell)
        self.column += width
        return cell

    def fill(self) -> None:
        """Continue the cells that reach down from the row above, up to the next free column."""
        while self.spans.get(self.column, 0) > 1 and len(self.rows) > 1:
            if next(self.room, None) is None:
                raise Unreadable("merged_cells", n=_MERGED)
            self.spans[self.column] -= 1
            self.rows[-1].append(Cell(continues=True))
            self.column += 1

    def end_row(self) -> None:
        if self.rows:
            self.fill()


class _Walk:
    """One walk over the page, without recursion: pages nest their tables deeper than Python may."""

    def __init__(self, page: etree._Element, labels: str) -> None:
        self.page, self.round = page, Surroundings(page, labels)
        self.out: list[Block] = []
        self.lists: list[list[Block]] = [self.out]
        self.tables: list[_Table] = []
        self.room = iter(range(_MERGED))
        self.buffer: list[str] = []
        self.why: list[tuple[etree._Element, LeftOut]] = []
        self.outside: list[etree._Element] = []
        self.kind, self.verbatim, self.links, self.linked = "paragraph", 0, 0, True
        self.numbers = Lists()

    def blocks(self) -> list[Block]:
        events = etree.iterwalk(self.page, events=("start", "end"))
        for event, node in events:
            if event == "start":
                if node.tag in _CODE:
                    events.skip_subtree()
                    continue
                self._start(node)
                self._say(node.text)
            else:
                if node.tag not in _CODE:
                    self._end(node)
                self._say(node.tail)
        self._flush()
        return self.out

    def _start(self, node: etree._Element) -> None:
        tag = node.tag
        why = None
        if not self.why:
            hidden = _HIDDEN.search(node.get("style") or "") or node.get("hidden") is not None
            why = (
                _NOT_SHOWN
                if hidden
                else _CONTROL
                if tag in _CONTROLS
                else _EDGE
                if tag == "div" and node.get("title") in ("header", "footer")  # as LibreOffice saves them
                else _READING
                if tag in ("rt", "rp")
                else self.round.why(node)
            )
        if why or tag in _BLOCKS:
            self._flush()
        if why:
            self.why.append((node, why))
        if self.round.is_outside(node):
            self._flush()
            self.outside.append(node)
        if tag == "pre":
            self.verbatim += 1
        elif tag == "table":
            self.tables.append(_Table(self.room))
        elif tag == "tr" and self.tables:
            self.tables[-1].row()
        elif tag in ("td", "th") and self.tables:
            cell = self.tables[-1].cell(_span(node, "colspan"), _span(node, "rowspan"))
            self.lists.append(cell.blocks)
        elif tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
            self.kind = "heading"
        elif tag == "a":
            self.links += 1
        elif tag in LISTS:
            self.numbers.begin(node, not is_named(node))
        elif tag == "li":
            self.kind = "item"
            self.numbers.item(node)

    def _end(self, node: etree._Element) -> None:
        tag = node.tag
        ends = self.why and self.why[-1][0] is node
        if ends or tag in _BLOCKS:
            self._flush()
        if ends:
            self.why.pop()
        if self.outside and self.outside[-1] is node:
            self._flush()
            self.outside.pop()
        if tag == "a":
            self.links -= 1
        elif tag in LISTS:
            self.numbers.end()
        elif tag == "li":
            self.numbers.end_item()
        if tag == "pre":
            self.verbatim -= 1
        elif tag == "tr" and self.tables:
            self.tables[-1].end_row()
        elif tag in ("td", "th") and self.tables:
            self.lists.pop()
        elif tag == "table":
            self.lists[-1].extend(table_blocks(self.tables.pop().rows))
        if tag in _BLOCKS:
            self.kind = "paragraph"

    def _say(self, text: str | None) -> None:
        if text:
            self.linked &= bool(self.links) or text.isspace()
            self.buffer.append(text.replace("\r\n", "\n") if self.verbatim else re.sub(r"[ \t\r\n\f]+", " ", text))

    def _flush(self) -> None:
        text, self.buffer = "".join(self.buffer), []
        linked, self.linked = self.linked, True
        if not text.strip():
            return
        for line in text.split("\n") if self.verbatim else [re.sub(r" +", " ", text)]:
            if line := line.strip():
                why = self.why[-1][1] if self.why else self.round.outside(line) if self.outside else None
                mark = "" if why else self.numbers.take(line, linked)
                self.lists[-1].append(Block(self.kind, numbered(mark, line), left_out=why))


def _span(node: etree._Element, name: str) -> int:
    value = (node.get(name) or "").strip()
    return (
        min(int(value), 60 if name == "colspan" else 5000)
        if value.isascii() and value.isdigit() and len(value) < 6 and int(value)
        else 1
    )
