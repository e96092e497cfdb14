"""Bytes of a text file → its text, in whatever encoding it is in."""

from helpers import repair
from helpers.corpus.blocks import Unreadable


def decode(data: bytes, declared: str | None = None):
    """Decode bytes, turning every failure into the sentence for the quarantine."""
    try:
        return repair.decode(data, declared)
    except (UnicodeError, LookupError, ValueError) as error:
        utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
        if b"\0" in data and not utf16:
            raise Unreadable("nul_bytes") from error
        raise Unreadable("no_encoding") from error
