"""A raw folder of bad and odd files among four good ones, made anew for each test."""

import io
import os
import shutil
import sys
import zipfile
from pathlib import Path

import docx
from office_writers import packed, web_archive, with_macros

FIXTURES = Path(__file__).parent / "fixtures" / "corpus"
NEWLINE = "\n"  # no backslash may stand in an f-string before Python 3.12
SECRET = "平江县绝密砂石规划"  # stands in a file beside the raw folder; must turn up nowhere
LIVE = (
    "<script>alert('办')</script><img src=x onerror=alert(1)><svg onload=alert(2)>\"'><a href=javascript:alert(3)>点</a>{{7*7}}"
)


def text(county: str, sentence: str = "支持企业技术改造,给予资金奖励。") -> str:
    head = f"{county}人民政府关于加快工业发展的意见\n{county[:2]}政发〔2020〕7号\n一、总体要求\n推动{county}工业高质量发展。\n"
    return f"{head}二、措施\n{sentence}\n办好{county}产业园区。\n"


def bomb() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * (40 * 2**20))
    return data.getvalue()


def locked_pdf() -> bytes:
    """A PDF behind a password: the standard handler with keys that fit none."""
    keys = "<" + "41" * 32 + ">"
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>", "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]>>",
        f"<</Filter/Standard/V 1/R 2/O{keys}/U{keys}/P -4>>",
    ]  # fmt: skip
    body = "%PDF-1.4\n" + "".join(f"{i} 0 obj{o}endobj\n" for i, o in enumerate(objects, 1))
    return (body + "trailer<</Root 1 0 R/Encrypt 4 0 R/ID[<00><00>]>>").encode()


def word(*paragraphs: str) -> bytes:
    document, data = docx.Document(), io.BytesIO()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    document.save(data)
    return data.getvalue()


def outside(said: str) -> str:
    """An OpenDocument text with an entity that leads to a file beside the raw folder."""
    space = "urn:oasis:names:tc:opendocument:xmlns"
    lines = "".join(f"<text:p>{line}</text:p>" for line in said.split(NEWLINE))
    return (
        "<!DOCTYPE x [<!ENTITY a SYSTEM '../secret.txt'>]>"
        f"<office:document-content xmlns:office='{space}:office:1.0' xmlns:text='{space}:text:1.0'>"
        f"<office:body><office:text>{lines}<text:p>&a;</text:p></office:text></office:body></office:document-content>"
    )


def broken_word() -> bytes:
    whole = word(text("临湘市"))
    return whole[: len(whole) // 2]


# name → bytes and a word of the sentence that must stand in the quarantine
BAD: dict[str, tuple[bytes, str]] = {
    "empty.txt": (b"", "empty"),
    "blank.txt": ("\n \t　\n".encode(), "blank"),
    "binary.txt": (bytes(range(256)) * 40, ""),
    "image.png": (b"\x89PNG\r\n\x1a\n" + b"\x01" * 99, "image"),
    "photo.txt": (b"\xff\xd8\xff\xe0" + bytes(range(256)) * 9, "image"),
    "english.txt": (b"This county supports industry. " * 60, "Chinese"),
    "nul.txt": (text("汨罗市").encode() + b"\0\0\0", "NUL"),
    "cut.docx": (broken_word(), "broken"),
    "cut.pdf": (b"%PDF-1.7\n1 0 obj<</Type/Catalog>>" + b"\x00\xff" * 99, "broken"),
    "locked.pdf": (locked_pdf(), "password"),
    "bomb.docx": (bomb(), "zip bomb"),
    "endless.txt": (("发展工业,支持企业" * 200_000).encode(), "line"),  # 5 MB in one line
    "strange.xyz": (text("临湘市").encode(), "unknown kind"),
    "noextension": (text("临湘市").encode(), "without extension"),
    "markup.html": (b"<html><script>" + b"var a=1;" * 99 + b"</script></html>", ""),
    ".hidden.txt": (text("临湘市").encode(), "hidden"),
    "mojibake.txt": (bytes([0x81, 0xFF, 0xFE, 0x80, 0x9F] * 300), ""),
    "macro.xlsm": (b"PK\x03\x04" + b"\x01" * 99, "unknown kind"),
    "old.doc": (b"\xd0\xcf\x11\xe0" + b"\x01" * 999, ".docx"),
    "nested.rtf": (b"{\\rtf1" + b"{" * 90_000, "nested"),
    "bomb.zip": (packed({"a.txt": b"0" * (40 * 2**20)}), "zip bomb"),
    "bomb.odt": (packed({"content.xml": b"0" * (40 * 2**20)}), "zip bomb"),
    "cut.mht": (web_archive(b"<html><meta charset=utf-8></html>")[:200], "web archive"),
    "=1+1.csv": (b"=1+1,2\n", "table"),
}
# odd, but documents: they are done, and what they hold stays text
ODD: dict[str, bytes] = {
    "live.html": (
        f"<html><head><title>{LIVE}</title></head><body onload=alert(9)><p>"
        f"{text('宁都县').replace(NEWLINE, '</p><p>')}<script>alert(4)</script></p></body></html>"
    ).encode(),
    "live.txt": text("遂川县", f"支持企业{LIVE}技术改造。").encode(),
    "formula.txt": text("万安县", "=HYPERLINK(\"http://x\",\"点\")支持企业。\n@SUM(1)补贴企业。\n+1奖励企业。\n-2支持园区。").encode(),
    "a b  c.txt": text("永新县").encode(),
    "😀工业.txt": text("安福县").encode(),
    f"{'n' * 195}.txt": text("吉水县").encode(),
    "a..b...txt": text("新干县").encode(),
    "crlf.txt": text("峡江县").replace("\n", "\r\n").encode(),
    "cr.txt": text("永丰县").replace("\n", "\r").encode(),
    "wide.txt": text("莲花县").encode("utf-16"),
    "macro.docm": with_macros(word(*text("泰和县").split("\n"))),
    "page.doc": f"<html><body><p>{text('上犹县').replace(NEWLINE, '</p><p>')}</p></body></html>".encode(),
    "word.txt": word(*text("崇义县").split("\n")),
    "outside.odt": packed({"content.xml": outside(text("大余县")).encode()}),
    "frame.mht": web_archive(
        f"<html><iframe src=file:///etc/passwd></iframe><p>{text('全南县').replace(NEWLINE, '</p><p>')}</p></html>".encode()
    ),
    "object.rtf": rb"{\rtf1\ansi\ansicpg936{\object\objdata 0102}{\field{\*\fldinst INCLUDETEXT /etc/passwd}{\fldrslt }}"
    + b"".join(b"\\'%02x" % byte if byte != 10 else b"\\par " for byte in text("龙南市").encode("gbk")) + b"}",
    "deep.html": ("<div>" * 5000 + "".join(f"<p>{line}</p>" for line in text("上栗县").split("\n"))).encode(),
    "sub/folder/inner.txt": text("芦溪县").encode(),
    "<b>bold.txt" if sys.platform != "win32" else "bold.txt": text("井冈山市").encode(),
}  # fmt: skip


def make(folder: Path) -> dict[str, str]:
    """Fill `folder`/raw; return {name: word that its sentence in the quarantine must hold}."""
    raw = folder / "raw"
    shutil.copytree(FIXTURES, raw)
    (folder / "secret.txt").write_text(text("平江县", SECRET + "。"), encoding="utf-8")
    expected = {}
    for name, (data, said) in BAD.items():
        (raw / name).write_bytes(data)
        expected[name] = said
    for name, data in ODD.items():
        (raw / name).parent.mkdir(parents=True, exist_ok=True)
        (raw / name).write_bytes(data)
    paths = {"../secret.txt": text("平江县").encode(), "/etc/passwd": b"root", "b.zip": packed({})}
    deep = packed({"a.txt": text("平江县").encode()})
    for _ in range(4):
        deep = packed({"a.zip": deep})
    paths |= {"deep.zip": deep, "bomb.zip": packed({"a.txt": b"0" * (40 * 2**20)})}
    (raw / "pack.zip").write_bytes(packed({"里.txt": text("信丰县").encode(), **paths}))
    expected |= {f"pack.zip/{name}": said for name, said in (("../secret.txt", "leads out"), ("etc/passwd", "leads out"))}
    expected["pack.zip/b.zip"] = "no documents"
    expected["pack.zip/deep.zip/a.zip/a.zip"] = "archive in an archive"
    expected["pack.zip/bomb.zip"] = "zip bomb"
    first = sorted(path.name for path in FIXTURES.glob("*.txt"))[0]
    shutil.copy(raw / first, raw / "zz-twice.txt")
    expected["zz-twice.txt"] = "same document"
    (raw / "folder.txt").mkdir()  # a folder that is called like a document
    if sys.platform != "win32":
        (raw / "back\\slash.txt").write_text(text("临湘市"), encoding="utf-8")
        (raw / "sub" / "b\\s").mkdir()
        (raw / "sub" / "b\\s" / "a.txt").write_text(text("临湘市"), encoding="utf-8")
        expected |= {"back\\slash.txt": "backslash", "sub/b\\s/a.txt": "backslash"}
        os.symlink(folder / "secret.txt", raw / "out.txt")
        os.symlink(raw, raw / "loop")
        os.symlink("nowhere", raw / "dangling.txt")
        os.mkfifo(raw / "pipe.txt")
        expected |= {"out.txt": "out of the folder", "loop": "link", "dangling.txt": "nowhere", "pipe.txt": "regular"}
    if sys.platform != "win32" and os.geteuid():  # to root nothing is locked
        (raw / "locked").mkdir(mode=0)
        (raw / "locked.txt").touch(mode=0)
        expected |= {"locked": "permissions", "locked.txt": "permissions"}
    if sys.platform == "linux":
        (Path(os.fsdecode(os.fsencode(raw) + b"/\xb9\xa4.txt"))).write_bytes(text("石城县").encode())
    rows = [
        "path,sha256,bytes,county,province,year,title,source,licence", "gone.txt,,,宁远县,,2018,,,",
        "../secret.txt,,,平江县,,2020,,,",
        f"a b  c.txt,{'0' * 64},,永新县,,2020,,,", "/etc/passwd,,,,,,,,",
        f"live.txt,,,遂川县,,2020,{LIVE.replace(',', '')!r},=1+1,@x",
    ]  # fmt: skip
    (raw / "corpus.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    expected |= {
        "gone.txt": "row 2",
        "../secret.txt": "out of the folder",
        "a b  c.txt": "checksum",
        "/etc/passwd": "out of the folder",
    }
    return expected


def good(expected: dict[str, str]) -> set[str]:
    """Names that must be documents."""
    names = {path.name for path in FIXTURES.glob("*.txt")} | set(ODD) | {"pack.zip/里.txt"}
    if sys.platform == "linux":
        names.add("\\udcb9\\udca4.txt")
    return names - set(expected)


def state(raw: Path) -> dict[str, tuple]:
    """What must not change: bytes, times and kind of everything in the folder."""
    found = {}
    for path in sorted(raw.rglob("*")):
        status = path.lstat()
        data = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
        found[str(path)] = (status.st_mtime_ns, status.st_size, status.st_mode, hash(data))
    return found
