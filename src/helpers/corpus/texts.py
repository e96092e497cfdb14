"""Bytes of a plain text → its text, in whatever encoding it is in; a page or Markdown saved as .txt is read as what it is."""

from helpers import repair
from helpers.corpus.blocks import Content, Unreadable, plain
from helpers.corpus.sniff import kind_of


def read_text(data: bytes) -> Content:
    """Read plain text in whatever encoding it is in."""
    decoded = decode(data)
    kind = kind_of(decoded.text)
    if kind == "html":
        from helpers.corpus.html import read_html

        return read_html(data)
    if kind == "markdown":
        from helpers.corpus.markdown import read_markdown

        return read_markdown(data)
    return plain(decoded.text, decoded.encoding)


def decode(data: bytes, declared: str | None = None):
    """Decode bytes, turning every failure into the sentence for the quarantine."""
    try:
        return repair.decode(data, declared)
    except (UnicodeError, LookupError, ValueError) as error:
        utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
        if b"\0" in data and not utf16:
            raise Unreadable("nul_bytes") from error
        raise Unreadable("no_encoding") from error
