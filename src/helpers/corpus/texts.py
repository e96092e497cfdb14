"""Bytes of a plain text → its text, in whatever encoding it is in."""

from helpers import repair
from helpers.corpus.blocks import Content, Unreadable, plain


def read_text(data: bytes) -> Content:
    """Read plain text in whatever encoding it is in."""
    decoded = decode(data)
    return plain(decoded.text, decoded.encoding)


def decode(data: bytes, declared: str | None = None):
    """Decode bytes, turning every failure into the sentence for the quarantine."""
    utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    if b"\0" in data and not utf16 and data.count(b"\0") < len(data) // 8:
        raise Unreadable("the text holds NUL bytes, so it is damaged or binary: fetch it again or save it as plain text")
    try:
        return repair.decode(data, declared)
    except (UnicodeError, LookupError, ValueError) as error:
        raise Unreadable("no encoding fits its bytes (tried UTF-8, GB18030, UTF-16, Big5): save it as UTF-8") from error
