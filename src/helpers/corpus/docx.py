"""Blocks of a Word document in reading order, with the numbers that Word makes itself."""

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import suppress

from docx.opc.part import PartFactory
from docx.oxml.ns import qn
from docx.package import Package
from docx.parts.document import DocumentPart
from lxml import etree

from helpers.corpus.blocks import Block, Content, LeftOut, Unreadable, content
from helpers.corpus.numbering import Numbering, numbered
from helpers.corpus.tables import Cell, in_region, table_blocks
from helpers.language.reasons import coded

# python-docx opens plain documents only; a template and a document with macros (never run here) have the same parts.
for _kind in ("ms-word.document.macroEnabled.main", "openxmlformats-officedocument.wordprocessingml.template.main",
              "ms-word.template.macroEnabledTemplate.main"):  # fmt: skip
    PartFactory.part_type_for[f"application/vnd.{_kind}+xml"] = DocumentPart
_MAX_ENTRIES, _MAX_EXPANDED, _MAX_RATIO = 5000, 300 * 2**20, 200
_SAID = {qn("w:t"), qn("w:delText"), qn("m:t"), qn("a:t")}  # text, formulas, drawings
_ALTERNATIVES = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"
_SIGNS = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
_SKIPPED = {qn(f"w:{tag}") for tag in ("pPr", "rPr", "instrText", "delInstrText", "sectPr", "tblPr", "tblGrid")}
_STRUCK = {qn("w:del"), qn("w:moveFrom")}
_BOX, _RUBY = qn("w:txbxContent"), qn("w:rt")
_NOTES = (("footnotes", "footnote"), ("endnotes", "endnote"))
_EMBEDDED = ("/aFChunk", "/subDocument", "/package")
_STRUCK_OUT = LeftOut("markup", "deleted in Word with its changes tracked")
_READING = LeftOut("markup", "reading printed above the characters (ruby)")
_HIDDEN = LeftOut("hidden", "text that Word does not show")
_COMMENT = LeftOut("markup", "comment in the margin")
_EDGE = LeftOut("furniture", "header or footer of the pages")
_CONTENTS = LeftOut("contents", "entry of the table of contents")


def read_docx(data: bytes) -> Content:
    """Read paragraphs, tables, text boxes and notes in order; raise Unreadable for broken files and bombs."""
    check_archive(data)
    try:
        document = Package.open(io.BytesIO(data)).main_document_part.document
    except Exception as error:  # python-docx raises KeyError, ValueError and its own errors for broken packages
        raise Unreadable("too_nested" if "Excessive depth" in str(error) else "word_broken") from error
    reading = _Reading(document)
    edges, notes, comments = _edges(document), [], []
    body = reading.blocks(document.element.body)
    for name, region in _NOTES:
        for note in _part(document, name):
            if note.get(qn("w:type")) in (None, "normal"):
                notes += in_region(reading.blocks(note), region)
    for note in _part(document, "comments"):
        comments += [_left_out(block, _COMMENT) for block in reading.blocks(note)]
    for points in _part(document, "diagramData"):
        lines = ("".join(node.text or "" for node in line.iter(qn("a:t"))) for line in points.iter(qn("a:p")))
        body += [Block(text=line, region="text box") for line in lines if line.strip()]
    n = _embedded(document)
    flags = (coded("embedded_unread", n=n),) if n else ()
    return content([*edges, *body, *notes, *comments], "docx", "docx", flags=flags)


def _embedded(document) -> int:
    """Count the files inside the file that are documents of their own; formulas of old programs are none."""
    chunks = sum(relation.reltype.endswith(_EMBEDDED) for relation in document.part.rels.values())
    objects = document.element.body.iter("{urn:schemas-microsoft-com:office:office}OLEObject")
    shown = [node for node in objects if not re.match(r"Equation|MathType", node.get("ProgID") or "")]
    return max(chunks, len(shown))


def check_archive(data: bytes, kind: str = "word_file") -> None:
    """Raise Unreadable for an archive that is broken or a bomb; `kind` is the word for the file."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Unreadable("archive_broken", what=f"@{kind}") from error
    expanded = sum(entry.file_size for entry in entries)
    bomb = any(e.file_size > 2**20 and e.file_size > _MAX_RATIO * max(1, e.compress_size) for e in entries)
    if len(entries) > _MAX_ENTRIES or expanded > _MAX_EXPANDED or bomb:
        raise Unreadable("archive_bomb", what=f"@{kind}")


def _part(document, name: str) -> list[etree._Element]:
    """Return the elements of parts beside the main text (footnotes, headers, comments), none of those that are broken."""
    found: list[etree._Element] = []
    for relation in document.part.rels.values():
        if relation.reltype.endswith(f"/{name}") and not relation.is_external:
            with suppress(etree.XMLSyntaxError, KeyError):
                found += etree.fromstring(relation.target_part.blob, etree.XMLParser(resolve_entities=False, no_network=True))
    return found


def _edges(document) -> list[Block]:
    texts: dict[str, None] = {}
    for element in (*_part(document, "header"), *_part(document, "footer")):
        for paragraph in element.iter(qn("w:p")):
            texts.setdefault("".join(_Pieces(paragraph).text).strip())
    return [Block(text=line, left_out=_EDGE) for text in texts for line in text.split("\n") if line]


def _left_out(block: Block, why: LeftOut) -> Block:
    return Block(text=block.text or " ".join(block.cells), region=block.region, left_out=why)


class _Pieces:
    """What a w:p element holds: its text (insertions in, field codes out), what is left out of it, and its text boxes."""

    def __init__(self, paragraph: etree._Element) -> None:
        self.text: list[str] = []
        self.left_out: list[tuple[LeftOut, str]] = []
        self.boxes: list[etree._Element] = []
        stack: list[tuple[etree._Element, LeftOut | None]] = [(paragraph, None)]
        while stack:
            node, why = stack.pop()
            if node.tag in _SKIPPED or not isinstance(node.tag, str):
                continue
            if node.tag == _BOX:
                self.boxes.append(node)
                continue
            why = why or self._why(node)
            said = node.text or "" if node.tag in _SAID else _SIGNS.get(node.tag)
            if said is None:
                stack.extend((child, why) for child in reversed(_shown(node)))
            elif why:
                self.left_out.append((why, said))
            elif node.tag != qn("w:br") or node.get(qn("w:type")) != "page":
                self.text.append(said)

    @staticmethod
    def _why(node: etree._Element) -> LeftOut | None:
        if node.tag in _STRUCK:
            return _STRUCK_OUT
        if node.tag == _RUBY:
            return _READING
        if node.tag == qn("w:r") and (hidden := node.find(f"{qn('w:rPr')}/{qn('w:vanish')}")) is not None:
            return None if hidden.get(qn("w:val")) in ("0", "false", "off") else _HIDDEN
        return None


class _Reading:
    """One pass over a document: every element once, whatever it is nested in."""

    def __init__(self, document) -> None:
        self.numbering = Numbering(document)
        self.styles = {
            style.get(qn("w:styleId")): (name.get(qn("w:val")) or "").lower()
            for style in document.styles.element.iter(qn("w:style"))
            if (name := style.find(qn("w:name"))) is not None
        }

    def blocks(self, parent: etree._Element, in_cell: bool = False) -> list[Block]:
        """Return the blocks of the paragraphs and tables in an element, through whatever wraps them."""
        out: list[Block] = []
        for child in _shown(parent):
            if child.tag in (qn("w:p"), qn("m:oMathPara")):
                out += self._paragraph(child, in_cell)
            elif child.tag == qn("w:tbl"):
                out += table_blocks(self._rows(child))
            elif child.tag in _STRUCK:
                out += [_left_out(block, _STRUCK_OUT) for block in self.blocks(child)]
            elif child.tag not in _SKIPPED:
                out += self.blocks(child, in_cell)
        return out

    def _paragraph(self, paragraph: etree._Element, in_cell: bool) -> list[Block]:
        pieces = _Pieces(paragraph)
        text, mark, style = "".join(pieces.text), self.numbering.mark(paragraph), self._style(paragraph)
        out: list[Block] = []
        if text.strip() or (in_cell and mark):  # Word numbers the empty cells of a column 序号
            why = _CONTENTS if re.match(r"toc\b|contents heading", style) else None
            kind = "heading" if re.match(r"heading \d|title$", style) else "item" if mark else "paragraph"
            out = [Block(kind, line, left_out=why) for line in numbered(mark, text).split("\n") if line.strip()]
        struck: dict[LeftOut, str] = {}
        for why, said in pieces.left_out:
            struck[why] = struck.get(why, "") + said
        out += [Block(text=said.replace("\n", " "), left_out=why) for why, said in struck.items() if said.strip()]
        return out + [block for box in pieces.boxes for block in in_region(self.blocks(box), "text box")]

    def _style(self, paragraph: etree._Element) -> str:
        link = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        return self.styles.get(link.get(qn("w:val")), "") if link is not None else ""

    def _rows(self, table: etree._Element) -> Iterator[list[Cell]]:
        for row in _inside(table, qn("w:tr")):
            before = row.find(f"{qn('w:trPr')}/{qn('w:gridBefore')}")
            cells = [Cell() for _ in range(min(_number(before), 60))]
            cells += [self._cell(cell) for cell in _inside(row, qn("w:tc"))]
            if row.find(f"{qn('w:trPr')}/{qn('w:del')}") is not None:
                cells = [Cell([_left_out(b, _STRUCK_OUT) for cell in cells for b in cell.blocks])]
            yield cells

    def _cell(self, cell: etree._Element) -> Cell:
        properties = qn("w:tcPr")
        merged = cell.find(f"{properties}/{qn('w:vMerge')}")
        continues = merged is not None and merged.get(qn("w:val")) in (None, "continue")
        width = _number(cell.find(f"{properties}/{qn('w:gridSpan')}")) or 1
        return Cell(self.blocks(cell, in_cell=True), min(width, 60), continues)


def _number(element: etree._Element | None) -> int:
    value = "" if element is None else element.get(qn("w:val")) or ""
    return int(value) if value.isascii() and value.isdigit() and len(value) < 4 else 0


def _inside(parent: etree._Element, tag: str) -> Iterator[etree._Element]:
    """Yield the rows of a table or the cells of a row, those in content controls too, none of a table inside them."""
    for child in _shown(parent):
        if child.tag == tag:
            yield child
        elif child.tag not in (qn("w:p"), qn("w:tbl"), qn("w:tc")):
            yield from _inside(child, tag)


def _shown(node: etree._Element) -> list[etree._Element]:
    """Return what is in an element; of the same thing for several programs, the first that holds text."""
    if node.tag != _ALTERNATIVES:
        return list(node)
    return next(([choice] for choice in node if any(said.text for said in choice.iter(*_SAID))), [])
