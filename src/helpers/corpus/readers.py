"""Bytes of a file → its blocks and text: plain text, HTML, Word and PDF, each with limits; what cannot be read says why."""

import re
from importlib import import_module

from helpers.corpus.blocks import Content, Unreadable
from helpers.corpus.texts import read_text

_CJK = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]+")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ufffe\uffff]")
_SIGNATURES = (
    (b"%PDF", ".pdf", "a_pdf"), (b"PK\x03\x04", ".docx", "an_office_file"), (b"\xd0\xcf\x11\xe0", "", "an_old_office_file"),
    (b"\x89PNG", "", "an_image"), (b"\xff\xd8\xff", "", "an_image"), (b"GIF8", "", "an_image"), (b"\x1f\x8b", "", "an_archive"),
    (b"Rar!", "", "an_archive"), (b"7z\xbc\xaf", "", "an_archive"), (b"\x7fELF", "", "a_program"), (b"MZ\x90", "", "a_program"),
)  # fmt: skip
_HALF = re.compile("[\ud800-\udfff]")
MAX_CHARS = 20_000_000
MAX_LINE = 300_000  # the longest paragraph of a real document is far below; a file in one endless line is damaged


_MARKUP = frozenset({".html", ".htm", ".xhtml", ".shtml"})
_LARGE = 4 * 2**20  # bytes; a page takes a hundred times its size in memory while it is parsed
ISOLATED = frozenset({".docx", ".pdf"})  # read in a process of their own (see `isolated`): their libraries may not come back
# Word and PDF libraries are heavy: a folder of plain text must not wait for them.
_READERS = {**dict.fromkeys(_MARKUP, "html"), ".docx": "docx", ".pdf": "pdf", ".md": "markdown"}


def read(data: bytes, suffix: str) -> Content:
    """Read the bytes of a file of kind `suffix`; raise Unreadable with one sentence where that is impossible."""
    if not data.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise Unreadable("blank")
    kind = next((entry for entry in _SIGNATURES if data.startswith(entry[0])), None)
    if kind and kind[1] != suffix:
        raise Unreadable("wrong_kind", kind=f"@{kind[2]}", suffix=suffix)
    if suffix in ISOLATED or (suffix in _MARKUP and len(data) > _LARGE):
        from helpers.corpus import isolated

        return isolated.read(data, suffix)
    return read_here(data, suffix)


def read_here(data: bytes, suffix: str) -> Content:
    """Read the bytes of a file of kind `suffix` in this process."""
    return _checked(reader(suffix)(data))


def reader(suffix: str):
    """Return the function (bytes → Content) that reads files of kind `suffix`; plain text is what has no other reader."""
    name = _READERS.get(suffix)
    return getattr(import_module(f"helpers.corpus.{name}"), f"read_{name}") if name else read_text


def _checked(content: Content) -> Content:
    text = content.text
    if len(text) > MAX_CHARS:
        raise Unreadable("many_characters", n=MAX_CHARS)
    if "\0" in text:
        raise Unreadable("nul_bytes")
    if _HALF.search(text):
        raise Unreadable("half_characters")
    if not text.strip():
        raise Unreadable("only_blanks")
    longest = max(map(len, text.splitlines()))
    if longest > MAX_LINE:
        raise Unreadable("endless_line", n=longest)
    if len(_CONTROL.findall(text)) > max(3, len(text) // 100):
        raise Unreadable("binary")
    n_cjk = sum(map(len, _CJK.findall(text)))
    if not n_cjk:
        raise Unreadable("no_chinese")
    if n_cjk < 0.05 * len(text) and (n_letters := sum(map(str.isalpha, text))) > 200 and n_cjk < 0.05 * n_letters:
        raise Unreadable("hardly_chinese")
    return content
