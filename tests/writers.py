"""One invented document by several real writers: text, HTML, python-docx, typst, reportlab, those of `office_writers`."""

import html
import io
from dataclasses import dataclass, field
from pathlib import Path

import docx
import pylopdf_fonts_zh_cn
import typst
from office_writers import as_odt, as_rtf, ofd_of, web_archive, with_macros

FONTS = str(Path(pylopdf_fonts_zh_cn.__file__).parent)


@dataclass(frozen=True)
class Table:
    """Rows of cells; None is merged with the cell above it, '' with the cell to its left where `spans`."""

    rows: list[list[str | None]]
    spans: bool = True

    def boxes(self):
        """Yield row, column, height, width and text of every cell."""
        for r, row in enumerate(self.rows):
            for c, text in enumerate(row):
                if text is None or (text == "" and c and self.spans):
                    continue
                width = 1
                while self.spans and c + width < len(row) and row[c + width] == "":
                    width += 1
                height = 1
                while r + height < len(self.rows) and self.rows[r + height][c] is None:
                    height += 1
                yield r, c, height, width, text


@dataclass(frozen=True)
class Paper:
    """A document: its title, lines under it, the body (paragraphs and tables), the signature, a running head."""

    title: str
    number: str
    body: list[str | Table]
    signature: tuple[str, ...]
    head: str = ""
    lines: tuple[str, ...] = field(default=())

    @property
    def parts(self) -> list[str | Table]:
        return [self.title, self.number, *self.body, *self.signature]


def as_txt(paper: Paper) -> bytes:
    out = []
    for part in paper.parts:
        out += (
            [part]
            if isinstance(part, str)
            else ["\t".join("" if c is None else c.replace("\n", "\v") for c in row) for row in part.rows]
        )
    return "\n".join(out).encode()


def as_html(paper: Paper) -> bytes:
    out = []
    for part in paper.parts:
        if isinstance(part, str):
            out.append(f"<p style='text-indent:2em'>{html.escape(part)}</p>")
            continue
        rows: dict[int, list[str]] = {}
        for r, _, height, width, text in part.boxes():
            inner = "".join(f"<p><span>{html.escape(line)}</span></p>" for line in text.split("\n"))
            rows.setdefault(r, []).append(f"<td rowspan={height} colspan='{width}'>{inner}</td>")
        out.append("<table><tbody>" + "".join(f"<tr>{''.join(cells)}</tr>" for cells in rows.values()) + "</tbody></table>")
    return f"<html><head><meta charset=utf-8></head><body><div>{''.join(out)}</div></body></html>".encode()


def as_docx(paper: Paper) -> bytes:
    document, data = docx.Document(), io.BytesIO()
    if paper.head:
        document.sections[0].header.paragraphs[0].text = paper.head
    for part in paper.parts:
        if isinstance(part, str):
            document.add_paragraph(part)
            continue
        table = document.add_table(len(part.rows), len(part.rows[0]))
        for r, c, height, width, text in part.boxes():
            cell = table.cell(r, c)
            if (height, width) != (1, 1):
                cell = cell.merge(table.cell(r + height - 1, c + width - 1))
            lines = text.split("\n")
            cell.paragraphs[0].text = lines[0]
            for line in lines[1:]:
                cell.add_paragraph(line)
    document.save(data)
    return data.getvalue()


def as_typst(paper: Paper, height: int = 140, heading: bool = False) -> bytes:
    """Pages of `height` millimetres, with the first row of each table printed again on each where `heading`."""

    def said(text: str) -> str:
        return '#"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

    head = f"header: [{said(paper.head)}], " if paper.head else ""
    out = [
        f"#set page(width: 210mm, height: {height}mm, margin: 20mm, {head}"
        "footer: context align(center)[— #counter(page).display() —])",
        '#set text(font: "Noto Serif SC", size: 12pt, lang: "zh")',
        "#set par(first-line-indent: (amount: 2em, all: true), justify: true)",
        f"#align(center)[#text(size: 16pt)[{said(paper.title)}]]",
        f"#align(center)[{said(paper.number)}]",
    ]
    for part in [*paper.body, *paper.signature]:
        if part in paper.signature:
            out.append(f"#align(right)[{said(part)}]")
        elif isinstance(part, str):
            out.append(f"#par[{said(part)}]")
        else:
            widest = [max(len(row[c] or "") for row in part.rows) for c in range(len(part.rows[0]))]
            widths = ", ".join("1fr" if n > 12 else "auto" for n in widest)
            cells = [
                f"table.cell(x: {c}, y: {r}, rowspan: {height}, colspan: {width})[#set par(first-line-indent: 0em)\n"
                + " #linebreak() ".join(map(said, text.split("\n"))) + "]"
                for r, c, height, width, text in part.boxes()
            ]  # fmt: skip
            n = sum(r == 0 for r, *_ in part.boxes()) if heading else 0
            first = f"table.header({', '.join(cells[:n])}), " if n else ""
            out.append(f"#table(columns: ({widths}), {first}{', '.join(cells[n:])})")
    return typst.compile("\n\n".join(out).encode(), font_paths=[FONTS])


def as_reportlab(paper: Paper) -> bytes:
    from reportlab.lib import colors
    from reportlab.lib.pagesizes import A5, landscape
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate
    from reportlab.platypus import Table as Grid

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    body = ParagraphStyle("body", fontName="STSong-Light", fontSize=11, leading=16, wordWrap="CJK", firstLineIndent=22)
    cell = ParagraphStyle("cell", parent=body, firstLineIndent=0, fontSize=9, leading=12)
    title = ParagraphStyle("title", parent=body, fontSize=15, leading=20, alignment=1, firstLineIndent=0)
    end = ParagraphStyle("end", parent=body, alignment=2)
    data, flow = io.BytesIO(), [Paragraph(paper.title, title)]

    def edges(canvas, document) -> None:
        canvas.setFont("STSong-Light", 9)
        canvas.drawString(60, landscape(A5)[1] - 30, paper.head)
        canvas.drawCentredString(landscape(A5)[0] / 2, 25, f"- {document.page} -")

    for part in paper.parts[1:]:
        if isinstance(part, str):
            flow.append(Paragraph(html.escape(part), end if part in paper.signature else body))
            continue
        n = len(part.rows[0])
        rows = [[""] * n for _ in part.rows]
        style = [("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("VALIGN", (0, 0), (-1, -1), "MIDDLE")]
        for r, c, height, width, text in part.boxes():
            rows[r][c] = [Paragraph(html.escape(line), cell) for line in text.split("\n")]
            style.append(("SPAN", (c, r), (c + width - 1, r + height - 1)))
        weights = [max(3, min(14, max(len(line) for row in part.rows for line in (row[c] or "").split("\n")))) for c in range(n)]
        flow.append(Grid(rows, colWidths=[470 * w / sum(weights) for w in weights], style=style))
    SimpleDocTemplate(data, pagesize=landscape(A5), invariant=True).build(flow, onFirstPage=edges, onLaterPages=edges)
    return data.getvalue()


WRITERS = {
    "txt": (as_txt, ".txt"),
    "html": (as_html, ".html"),
    "docx": (as_docx, ".docx"),
    "docm": (lambda paper: with_macros(as_docx(paper)), ".docm"),
    "ofd": (lambda paper: ofd_of(as_typst(paper)), ".ofd"),
    "rtf": (as_rtf, ".rtf"),
    "odt": (as_odt, ".odt"),
    "mht": (lambda paper: web_archive(as_html(paper)), ".mht"),
    "typst": (as_typst, ".pdf"),
    "reportlab": (as_reportlab, ".pdf"),
}
