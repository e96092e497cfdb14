"""A web page saved as one file (.mht, "single file"): its first page, read as any other page."""

import email
import email.policy
import re
from dataclasses import replace
from email.message import Message

from helpers.corpus.blocks import Content, Unreadable
from helpers.corpus.html import read_html
from helpers.language.reasons import coded

_CHARSET = re.compile(rb"<meta[^>]{0,200}charset", re.IGNORECASE)
_MOST_PARTS = 5000


def read_mht(data: bytes) -> Content:
    """Read the page that the archive begins with; other pages in it (frames, a Word file's headers) are named in the flags."""
    try:
        parts = [part for part in email.message_from_bytes(data, policy=email.policy.compat32).walk() if not part.is_multipart()]
        pages = [(part, body) for part in parts[:_MOST_PARTS] if (body := _body(part)).strip()]
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise Unreadable("mht_broken") from error
    if not pages:
        raise Unreadable("mht_no_page")
    (first, body), others = pages[0], [p for p, said in pages[1:] if re.search(r"[\u3400-\u9fff]{4}", _text(p, said))]
    charset = first.get_content_charset("")
    if charset and not _CHARSET.search(body[:8192]):
        body = f"<meta charset={re.sub('[^a-z0-9_-]', '', charset.lower())}>".encode("ascii", "ignore") + body
    page = read_html(body)
    flags = (coded("mht_more", n=len(others)),) if others else ()
    return replace(page, format="mht", flags=(*page.flags, *flags))


def _body(part: Message) -> bytes:
    if part.get_content_type() not in ("text/html", "application/xhtml+xml"):
        return b""
    body = part.get_payload(decode=True)
    return body if isinstance(body, bytes) else b""


def _text(part: Message, body: bytes) -> str:
    try:
        text = body.decode(part.get_content_charset("") or "utf-8", "ignore")
    except LookupError:
        text = body.decode("utf-8", "ignore")
    return re.sub(r"<style.*?</style>|<[^>]*>|&[#\w]+;", "", text, flags=re.DOTALL | re.IGNORECASE)
