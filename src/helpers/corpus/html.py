"""Text of a web page: the declared charset honoured, scripts and styles dropped, one line a block."""

import re
import warnings

from bs4 import BeautifulSoup, Comment, NavigableString, Tag

from helpers.corpus.readers import Content, Unreadable, decode

_CHARSET = re.compile(
    rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w-]{2,20})|<\?xml[^>]{0,80}encoding=[\"']([\w-]{2,20})", re.IGNORECASE
)
_DROPPED = frozenset(
    {"script", "style", "noscript", "template", "iframe", "object", "embed", "svg", "head", "select", "button", "textarea"}
)
_BLOCKS = frozenset(
    "address article aside blockquote body br center dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 "  # noqa: SIM905
    "h6 header hr html li main nav ol p pre section table tbody tfoot thead tr ul".split()
)
_META = {"articletitle": "标题", "contentsource": "来源", "sitename": "网站", "pubdate": "发布时间"}
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_MAX_NODES = 2_000_000


def read_html(data: bytes) -> Content:
    """Read the text of a page in the order of the page; its title and meta labels are returned apart."""
    found = _CHARSET.search(data[:8192])
    declared = next((g.decode("ascii", "replace") for g in found.groups() if g), None) if found else None
    decoded = decode(data, declared)
    # `<乡>` is content: only a letter, / or ! behind < can open a tag.
    source = re.sub(r"<(?![A-Za-z/!?])", "&lt;", decoded.text)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            page = BeautifulSoup(source, "lxml")
        except (RecursionError, ValueError, AssertionError) as error:
            raise Unreadable("the page is too broken to be parsed: save its text as .txt") from error
    return Content(_text(page), decoded.encoding, _labels(page))


def _text(page: BeautifulSoup) -> str:
    # Walked with a stack of our own: pages nest their tables deeper than Python may recurse.
    pieces: list[str] = []
    stack: list = [page]
    for _ in range(_MAX_NODES):
        if not stack:
            break
        node = stack.pop()
        if isinstance(node, str) and not isinstance(node, Tag):
            if type(node) is NavigableString or not isinstance(node, (Comment, NavigableString)):
                pieces.append(re.sub(r"[ \t\r\n\f]+", " ", node) if not isinstance(node, _Break) else str(node))
            continue
        if node.name in _DROPPED or _HIDDEN.search(str(node.get("style", ""))):
            continue
        mark = _Break("\n") if node.name in _BLOCKS else _Break("\t") if node.name in ("td", "th") else None
        if mark:
            stack.append(mark)
        stack.extend(reversed(node.contents))
        if mark and mark == "\n":
            stack.append(mark)
    text = "\n".join(line.strip(" \t") for line in "".join(pieces).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", text).strip()


class _Break(str):
    """A line or cell break put in by us, as against blanks of the source."""


def _labels(page: BeautifulSoup) -> str:
    found = []
    for meta in page.find_all("meta", limit=200):
        name = str(meta.get("name", "")).lower()
        if name in _META and meta.get("content"):
            found.append(f"{_META[name]}:{meta['content']}")
    title = page.find("title")
    if title and title.get_text(strip=True):
        found.append(title.get_text(" ", strip=True))
    return "\n".join(re.sub(r"\s+", " ", line) for line in found)
