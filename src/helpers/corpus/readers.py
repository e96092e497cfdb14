"""Bytes of a file → its blocks and text, by the reader of its kind, each with limits; what cannot be read says why."""

import re
from importlib import import_module

from helpers.corpus import isolated
from helpers.corpus.blocks import Content, Unreadable, plain
from helpers.corpus.kinds import IMAGES, MARKUP, kind_of_file
from helpers.corpus.sniff import kind_of
from helpers.corpus.texts import decode

_CJK = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]+")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ufffe\uffff]")
_HALF = re.compile("[\ud800-\udfff]")
MAX_CHARS = 20_000_000
MAX_LINE = 300_000  # the longest paragraph of a real document is far below; a file in one endless line is damaged


_LARGE = 4 * 2**20  # bytes; a page takes a hundred times its size in memory while it is parsed
# Libraries are heavy: a folder of plain text must not wait for them.
_READERS = {
    **dict.fromkeys(MARKUP, "html"), ".docx": "docx", ".pdf": "pdf", ".md": "markdown", ".doc": "word97", ".rtf": "rtf",
    ".odt": "odt", ".ofd": "ofd", ".mht": "mht", **dict.fromkeys(IMAGES.values(), "image"),
}  # fmt: skip
ISOLATED = frozenset(_READERS) - MARKUP - {".md"}  # read in a process of their own: their libraries may not come back


def read(data: bytes, suffix: str) -> Content:
    """Read the bytes of a file named `suffix`, as what they are; raise Unreadable with one sentence where that is impossible."""
    if not data.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise Unreadable("blank")
    kind = kind_of_file(data, suffix)
    if kind in ISOLATED or (len(data) > _LARGE and (kind in MARKUP or suffix not in (".txt", ".md"))):
        return isolated.read(data, kind)
    return read_here(data, kind)


def read_here(data: bytes, suffix: str) -> Content:
    """Read the bytes of a file of kind `suffix` in this process."""
    if suffix == ".zip":
        raise Unreadable("not_document", what="@named_archive")
    return _checked(reader(suffix)(data))


def reader(suffix: str):
    """Return the function (bytes → Content) that reads files of kind `suffix`; plain text is what has no other reader."""
    name = _READERS.get(suffix)
    return getattr(import_module(f"helpers.corpus.{name}"), f"read_{name}") if name else _read_text


def _read_text(data: bytes) -> Content:
    """Read plain text; a page or Markdown that was saved as .txt is read as what it is."""
    decoded = decode(data)
    kind = {"html": ".html", "markdown": ".md"}.get(kind_of(decoded.text))
    return reader(kind)(data) if kind else plain(decoded.text, decoded.encoding)


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
