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
