"""What a text file really holds: a web page, Markdown, or plain text."""

import re
from typing import Literal

_PAGE = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|meta)\b", re.IGNORECASE | re.DOTALL
)
_TAG = re.compile(
    r"</?(?:p|div|span|br|t[dhr]|table|tbody|a|h[1-6]|li|[uo]l|strong|b|em|font|img|section|o:p|body)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_BLOCK_TAG = re.compile(r"<(?:p|div|br|tr|li|h[1-6]|section)\b", re.IGNORECASE)
_HEADING = re.compile(r"^ {0,3}#{1,6} +\S", re.MULTILINE)
_TABLE = re.compile(r"^ {0,3}\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)+\|?\s*$", re.MULTILINE)
_STRONG = re.compile(r"\*\*[^*\n]+\*\*|__[^_\n]+__")
_LINK = re.compile(r"!?\[[^\]\n]*\]\([^)\s]+\)")
_LIST = re.compile(r"^ {0,3}[-*+] +[\u4e00-\u9fff]", re.MULTILINE)
_LEAST_TAGS = 5


def kind_of(text: str) -> Literal["html", "markdown", "text"]:
    """Tell the kind of a text by its marks: `<乡>` is no tag, `#1 机组` and one pair of asterisks are no Markdown."""
    if _PAGE.match(text) or "<" in text and len(_TAG.findall(text)) >= _LEAST_TAGS:
        return "html"
    if _TABLE.search(text):
        return "markdown"
    marks = [len(pattern.findall(text)) for pattern in (_HEADING, _STRONG, _LINK, _LIST)]
    return "markdown" if sum(marks) >= 3 and (marks[0] or marks[1] or marks[2]) else "text"


def with_breaks(source: str) -> str:
    """Return the source of a piece of a page whose lines were never marked up, with a <br> a line."""
    return (
        source
        if _PAGE.match(source) or "<script" in source or (len(_BLOCK_TAG.findall(source)) * 4 >= source.count("\n"))
        else source.replace("\n", "<br>\n")
    )
