"""A paper as a Word file: three-line tables, captions that Word numbers, the fonts that theses ask for."""

import io
import re
import zipfile
from datetime import datetime
from xml.sax.saxutils import escape

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor

from helpers.paper.cited import runs
from helpers.paper.model import Figure, Heading, Paper, Paragraph, References, Table

_MADE = datetime(2025, 1, 1)  # a fixed date: the file must not know when it was made
_LATIN, _SONG, _HEI = "Times New Roman", "宋体", "黑体"  # on every Windows; other systems put their own in their place
_LINE = 15.6  # centimetres between the margins
_TALL = Cm(14)  # of a figure: half a page of text fits beside it
_TWIPS = 567  # a centimetre
_THICK, _THIN = 12, 6  # eighths of a point: the rules of a three-line table
_NO_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ITALIC = re.compile(r"\*([^*]+)\*")


def document(paper: Paper) -> bytes:
    """Return the file; the same paper gives the same bytes."""
    book = Document()
    _styles(book, paper.language)
    page = book.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm((21 - _LINE) / 2)
    page.top_margin = page.bottom_margin = Cm(2.5)
    book.core_properties.title, book.core_properties.author = paper.title, paper.author
    book.core_properties.created = book.core_properties.modified = _MADE
    book.core_properties.comments, book.core_properties.last_modified_by = "", paper.author
    _paragraph(book, paper.title, "Title")
    if paper.author:
        _paragraph(book, paper.author, "Author")
    _Writer(book, paper).blocks(paper.blocks)
    _page_numbers(page)
    out = io.BytesIO()
    book.save(out)
    return _undated(out.getvalue())


class _Writer:
    """Writes blocks one after the other; knows the numbers of tables, figures, headings and works."""

    def __init__(self, book, paper: Paper):
        self._book, self._paper, self._numbers, self._counted = book, paper, paper.numbers, [0, 0]

    def blocks(self, blocks: list) -> None:
        for block in blocks:
            match block:
                case Heading():
                    self._heading(block)
                case Paragraph():
                    self._cite(_paragraph(self._book, "", "Normal"), self._text(block))
                case Table():
                    self._table(block)
                case Figure():
                    self._figure(block)
                case References():
                    self._references()

    def _references(self) -> None:
        _paragraph(self._book, self._paper.words("paper.references"), "Heading 1")
        for number, text in enumerate(self._paper.references, start=1):
            line = _paragraph(self._book, f"[{number}] " if self._paper.style == "gbt" else "", "Bibliography")
            for i, part in enumerate(_ITALIC.split(text)):
                line.add_run(part).italic = i % 2 == 1 or None

    def _heading(self, heading: Heading) -> None:
        if heading.appendix:
            _paragraph(self._book, heading.text, "Heading 1").paragraph_format.page_break_before = True
            return
        self._counted = [self._counted[0] + 1, 0] if heading.level == 1 else [self._counted[0], self._counted[1] + 1]
        number = ".".join(map(str, self._counted[: heading.level]))
        _paragraph(self._book, f"{number}　{heading.text}", f"Heading {heading.level}")

    def _text(self, block: Paragraph) -> str:
        return self._paper.referring(block, self._label)

    def _label(self, key: str) -> str:
        return self._paper.words("figure" if key.startswith("figure-") else "table", n=self._numbers[key])

    def _cite(self, paragraph, text: str) -> None:
        order = [work.key for work in self._paper.works]
        for piece, works in runs(text, self._paper.works):
            paragraph.add_run(_clean(piece))
            if works and self._paper.style == "gbt":
                numbers = ", ".join(map(str, sorted(order.index(work.key) + 1 for work in works)))
                paragraph.add_run(f"[{numbers}]").font.superscript = True

    def _caption(self, block: Table | Figure, kind: str) -> None:
        before, _, after = self._paper.words(kind, n="\1").partition("\1")
        line = _paragraph(self._book, before, "Caption")
        line._p.append(_field(f"SEQ {kind.title()} \\* ARABIC", self._numbers[block.key]))
        line.add_run(f"{after}　")
        self._cite(line, block.caption)
        line.paragraph_format.keep_with_next = kind == "table"

    def _table(self, table: Table) -> None:
        self._caption(table, "table")
        body = self._book.element.body
        body.insert(len(body) - 1, parse_xml(_table_xml(table)))
        note = _paragraph(self._book, "", "Table note")
        if table.note:
            self._cite(note, self._paper.words("paper.note", text=table.note))

    def _figure(self, figure: Figure) -> None:
        line = _paragraph(self._book, "", "Figure")
        line.paragraph_format.keep_with_next = True
        shape = line.add_run().add_picture(str(figure.path), width=Cm(_LINE))
        if shape.height > _TALL:
            shape.width, shape.height = int(shape.width * _TALL / shape.height), _TALL
        shape._inline.docPr.set("descr", _clean(figure.caption)[:400])
        self._caption(figure, "figure")


def _field(code: str, shown: int):
    """Return a field, which Word fills in; `shown` stands there until it does."""
    return parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr=" {code} "><w:r><w:t>{shown}</w:t></w:r></w:fldSimple>')


def _paragraph(book, text: str, style: str):
    return book.add_paragraph(_clean(text), style=style)


def _clean(text: str) -> str:
    return _NO_XML.sub(" ", text)


def _table_xml(table: Table) -> str:
    """Write a three-line table: a thick rule above and below, a thin one under the head, which each page repeats."""
    whole = sum(table.widths)
    widths = [round(_LINE * _TWIPS * width / whole) for width in table.widths]
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    border = '<w:{0} w:val="single" w:sz="{1}" w:space="0" w:color="000000"/>'
    rules = border.format("top", _THICK) + border.format("bottom", _THICK)
    margins = "".join(
        f'<w:{side} w:w="{60 if side in ("left", "right") else 25}" w:type="dxa"/>' for side in ("top", "left", "bottom", "right")
    )
    look = f'<w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/><w:tblBorders>{rules}</w:tblBorders>'
    look += f'<w:tblLayout w:type="fixed"/><w:tblCellMar>{margins}</w:tblCellMar>'
    under = f"<w:tcBorders>{border.format('bottom', _THIN)}</w:tcBorders>"
    head = _row(table, table.heads, widths, under, "<w:tblHeader/>", True)
    keep = not table.long  # a short table stays on one page
    rows = "".join(_row(table, row, widths, "", "", keep and row is not table.rows[-1]) for row in table.rows)
    return f"<w:tbl {nsdecls('w')}><w:tblPr>{look}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{head}{rows}</w:tbl>"


def _row(table: Table, cells: list[str], widths: list[int], border: str, kind: str, keep: bool) -> str:
    out = [f"<w:tr><w:trPr><w:cantSplit/>{kind}</w:trPr>"]
    for i, (cell, width) in enumerate(zip(cells, widths, strict=True)):
        at = "center" if i in table.numbers else "left"
        look = f'<w:pPr><w:pStyle w:val="Tabletext"/>{"<w:keepNext/>" if keep else ""}<w:jc w:val="{at}"/></w:pPr>'
        lines = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in _clean(cell).split("\n"))
        out.append(
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{border}</w:tcPr><w:p>{look}<w:r>{lines}</w:r></w:p></w:tc>'
        )
    return "".join([*out, "</w:tr>"])


def _styles(book, language: str) -> None:
    """Set the styles: 12 points with lines half apart and indented in Chinese, 11 points in English."""
    chinese, styles = language == "zh", book.styles
    normal = styles["Normal"]
    _font(normal, _SONG, 12 if chinese else 11)
    normal.paragraph_format.line_spacing, normal.paragraph_format.space_after = 1.5 if chinese else 1.15, Pt(0 if chinese else 6)
    normal.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    _indent(normal, 2 if chinese else 0, 12)
    for name, size, at in (
        ("Title", 18, "CENTER"),
        ("Heading 1", 15, "LEFT"),
        ("Heading 2", 13, "LEFT"),
        ("Caption", 10.5, "CENTER"),
    ):
        style = styles[name]
        _font(style, _SONG if name == "Caption" else _HEI, size, bold=name != "Caption")
        _plain(style, WD_ALIGN_PARAGRAPH[at], before=6 if name == "Caption" else 12, after=6)
    for name, size, at in (
        ("Author", 12, "CENTER"),
        ("Table text", 9, "LEFT"),
        ("Table note", 9, "JUSTIFY"),
        ("Figure", 9, "CENTER"),
        ("Bibliography", 10.5, "JUSTIFY"),
    ):
        style = styles.add_style(name, 1)
        style.base_style = normal
        _font(style, _SONG, size)
        _plain(style, WD_ALIGN_PARAGRAPH[at], after=12 if name in ("Author", "Table note") else 0 if name == "Table text" else 4)
        style.paragraph_format.line_spacing = 1.0 if name != "Bibliography" else 1.25
    styles["Table text"].element.set(qn("w:styleId"), "Tabletext")
    hang = styles["Bibliography"].paragraph_format
    hang.left_indent, hang.first_line_indent = Cm(0.75), Cm(-0.75)
    del styles["Bibliography"].element.pPr.ind.attrib[qn("w:firstLineChars")]


def _font(style, chinese: str, size: float, bold: bool = False) -> None:
    style.font.name, style.font.size, style.font.bold, style.font.italic = _LATIN, Pt(size), bold, False
    style.font.color.rgb = RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in [name for name in fonts.attrib if name.endswith("Theme")]:
        del fonts.attrib[name]
    for part, face in (("eastAsia", chinese), ("hAnsi", _LATIN), ("cs", _LATIN)):
        fonts.set(qn(f"w:{part}"), face)


def _plain(style, at, before: float = 0, after: float = 0) -> None:
    form = style.paragraph_format
    form.alignment, form.space_before, form.space_after = at, Pt(before), Pt(after)
    for line in style.element.pPr.findall(qn("w:pBdr")):
        style.element.pPr.remove(line)
    _indent(style, 0)


def _indent(style, characters: int, size: float = 0) -> None:
    """Indent first lines by characters, as Chinese typesetting does; other programs go by the points."""
    style.paragraph_format.first_line_indent = Pt(characters * size)
    style.element.pPr.ind.set(qn("w:firstLineChars"), str(100 * characters))


def _page_numbers(page) -> None:
    line = page.footer.paragraphs[0]
    line.style = "Figure"
    line._p.append(_field("PAGE", 1))


def _undated(data: bytes) -> bytes:
    """Pack the file anew with one fixed date on every part."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, _MADE.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, source.read(name))
    return out.getvalue()
