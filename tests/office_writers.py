"""The documents of `writers` as other office programs write them: RTF in Word's manner, OpenDocument, web archives, macros."""

import email.message
import html
import io
import zipfile
from collections import defaultdict


def _escaped(text: str) -> str:
    """Text as Word writes it with the code page 936: bytes as \\'xx, a second byte that is a letter as that letter."""
    out = []
    for char in text:
        if char in "\\{}":
            out.append("\\" + char)
        elif char.isascii():
            out.append(char)
        else:
            try:
                data = char.encode("gbk")
            except UnicodeEncodeError:
                units = char.encode("utf-16-le")
                out += [f"\\u{int.from_bytes(units[k : k + 2], 'little', signed=True)}?" for k in range(0, len(units), 2)]
                continue
            out += [chr(b) if k and chr(b).isascii() and chr(b) not in "\\{}" else f"\\'{b:02x}" for k, b in enumerate(data)]
    return "".join(out)


def as_rtf(paper) -> bytes:
    out = [
        r"{\rtf1\ansi\ansicpg936\deff0{\fonttbl{\f0\froman\fcharset0 Times New Roman;}{\f1\fnil\fcharset134 \'cb\'ce\'cc\'e5;}}",
        r"{\*\generator Riched20 10.0.19041}{\info{\title x}}{\header\pard " + _escaped(paper.head) + r"\par}\viewkind4\uc1",
    ]
    for part in paper.parts:
        if isinstance(part, str):
            out.append(rf"\pard\fi480\f1 {_escaped(part)}\par")
            continue
        boxes = {(r, c): (height, width, text) for r, c, height, width, text in part.boxes()}
        down: dict[int, tuple[int, int]] = {}
        for r in range(len(part.rows)):
            edges, cells, c = "", "", 0
            while c < len(part.rows[0]):
                if (r, c) in boxes:
                    height, width, text = boxes[r, c]
                    down[c] = (height - 1, width)
                    merged = r"\clvmgf" if height > 1 else ""
                    cells += r"\pard\intbl " + r"\par ".join(map(_escaped, text.split("\n"))) + r"\cell "
                else:
                    left, width = down[c]
                    down[c], merged = (left - 1, width), r"\clvmrg"
                    cells += r"\pard\intbl\cell "
                c += width
                edges += rf"{merged}\cellx{c * 1400}"
            out.append(rf"\trowd\trgaph108{edges} {cells}\row")
    return ("\n".join(out) + "}").encode("ascii")


def as_odt(paper) -> bytes:
    names = {
        "office": "office", "text": "text", "table": "table", "style": "style",
    }  # fmt: skip
    head = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{path}:1.0"' for name, path in names.items())
    out = []
    for part in paper.parts:
        if isinstance(part, str):
            out.append(f"<text:p>{html.escape(part)}</text:p>")
            continue
        n = len(part.rows[0])
        grid: dict[int, dict[int, str]] = defaultdict(dict)
        for r, c, height, width, text in part.boxes():
            inner = "".join(f"<text:p>{html.escape(line)}</text:p>" for line in text.split("\n"))
            spans = f'table:number-rows-spanned="{height}" table:number-columns-spanned="{width}"'
            grid[r][c] = f"<table:table-cell {spans}>{inner}</table:table-cell>"
        rows = ["".join(grid[r].get(c, "<table:covered-table-cell/>") for c in range(n)) for r in range(len(part.rows))]
        columns = f'<table:table-column table:number-columns-repeated="{n}"/>'
        out.append(
            f"<table:table>{columns}" + "".join(f"<table:table-row>{row}</table:table-row>" for row in rows) + "</table:table>"
        )
    inner = f"<office:body><office:text>{''.join(out)}</office:text></office:body>"
    body = f"<office:document-content {head}>{inner}</office:document-content>"
    edge = f"<style:header><text:p>{html.escape(paper.head)}</text:p></style:header>"
    master = f"<office:master-styles><style:master-page style:name='S'>{edge}</style:master-page></office:master-styles>"
    return packed(
        {
            "mimetype": b"application/vnd.oasis.opendocument.text",
            "content.xml": body.encode(),
            "styles.xml": f"<office:document-styles {head}>{master}</office:document-styles>".encode(),
        }
    )


def packed(members: dict[str, bytes]) -> bytes:
    """An archive of members."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return data.getvalue()


def web_archive(page: bytes, charset: str = "gbk") -> bytes:
    """A page as browsers save it in one file."""
    message = email.message.EmailMessage()
    message["From"] = "<Saved by Blink>"
    message["MIME-Version"] = "1.0"
    message["Snapshot-Content-Location"] = "http://example.invalid/a.html"
    text = page.decode().replace("<meta charset=utf-8>", "")
    message.add_related(text.encode(charset, "xmlcharrefreplace"), "text", "html", cte="quoted-printable")
    message.get_payload()[0].set_param("charset", charset)
    message.add_related(b"p {color: red}", "text", "css", cte="base64")
    return message.as_bytes()


def with_macros(word: bytes) -> bytes:
    """The .docm of a .docx."""
    with zipfile.ZipFile(io.BytesIO(word)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    plain = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    kinds = members["[Content_Types].xml"].replace(plain, b"application/vnd.ms-word.document.macroEnabled.main+xml")
    bin_ = b'<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>'
    members["[Content_Types].xml"] = kinds.replace(b"</Types>", bin_)
    return packed({**members, "word/vbaProject.bin": b"\xd0\xcf\x11\xe0Sub AutoOpen()"})


def ofd_of(pdf: bytes) -> bytes:
    """A PDF printed as OFD: runs of characters with their steps, borders as paths, millimetres from the top."""
    import pypdfium2

    from helpers.corpus.pdf_page import borders, characters

    mm, members, pages = 25.4 / 72, {}, []
    document = pypdfium2.PdfDocument(pdf)
    for number in range(len(document)):
        page = document[number]
        width, height = page.get_size()
        out = []
        for run in _runs(characters(page)[0]):
            x, y, size = run[0].x0 * mm, (height - run[0].y1) * mm, run[0].size * mm
            steps = " ".join(f"{(b.x0 - a.x0) * mm:.3f}" for a, b in zip(run, run[1:], strict=False))
            text = html.escape("".join(char.text for char in run))
            deltas = f' DeltaX="{steps}"' if steps else ""
            out.append(
                f'<ofd:TextObject ID="{len(out) + 1}" Boundary="{x:.3f} {y:.3f} 100 {size:.3f}" Font="1" Size="{size:.3f}">'
                f'<ofd:TextCode X="0" Y="{0.88 * size:.3f}"{deltas}>{text}</ofd:TextCode></ofd:TextObject>'
            )
        for x0, y0, x1, y1 in borders(page):
            path = f"M 0 0 L {(x1 - x0) * mm:.3f} {(y0 - y1) * mm:.3f}"
            out.append(
                f'<ofd:PathObject ID="{len(out) + 1}" Boundary="{x0 * mm:.3f} {(height - y0) * mm:.3f} 1 1">'
                f"<ofd:AbbreviatedData>{path}</ofd:AbbreviatedData></ofd:PathObject>"
            )
        area = f"<ofd:Area><ofd:PhysicalBox>0 0 {width * mm:.3f} {height * mm:.3f}</ofd:PhysicalBox></ofd:Area>"
        inner = f'{area}<ofd:Content><ofd:Layer ID="1">{"".join(out)}</ofd:Layer></ofd:Content>'
        members[f"Doc_0/Pages/Page_{number}/Content.xml"] = _ofd("Page", inner)
        pages.append(f'<ofd:Page ID="{number + 100}" BaseLoc="Pages/Page_{number}/Content.xml"/>')
    root = "<ofd:DocBody><ofd:DocInfo/><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody>"
    body = f"<ofd:CommonData/><ofd:Pages>{''.join(pages)}</ofd:Pages>"
    return packed({"OFD.xml": _ofd("OFD", root), "Doc_0/Document.xml": _ofd("Document", body), **members})


def _ofd(name: str, inner: str) -> bytes:
    return f'<ofd:{name} xmlns:ofd="http://www.ofdspec.org/2016">{inner}</ofd:{name}>'.encode()


def _runs(chars):
    """Characters that touch each other on a line, as one run."""
    out = []
    for char in chars:
        last = out[-1][-1] if out else None
        if last and abs(last.y0 - char.y0) < 1 and -1 < char.x0 - last.x1 < 0.3 * char.size:
            out[-1].append(char)
        else:
            out.append([char])
    return out
