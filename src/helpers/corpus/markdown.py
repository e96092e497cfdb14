"""Blocks of a Markdown text, as mistune (Lepture, BSD-3) parses it: marks taken off, tables by their cells, numbers kept."""

import html
import re
from collections.abc import Iterator

import mistune

from helpers.corpus.blocks import Block, Content, LeftOut, Unreadable, content
from helpers.corpus.texts import decode

_FRONT = re.compile(r"\s*---\s*\n(.{0,4000}?)\n---\s*(?:\n|$)", re.DOTALL)
_TITLE = re.compile(r"^(?:title|标题)\s*[:：]\s*[\"']?(.+?)[\"']?\s*$", re.MULTILINE)
_TAG = re.compile(r"<[A-Za-z/!][^<>]*>")
_PICTURE = LeftOut("markup", "description of a picture")


def read_markdown(data: bytes) -> Content:
    """Read the blocks of a Markdown file; the title in its front matter is a label."""
    decoded = decode(data)
    text = decoded.text.replace("\r\n", "\n").replace("\r", "\n")
    front = _FRONT.match(text)
    titled = _TITLE.search(front[1]) if front else None
    parse = mistune.create_markdown(renderer=None, plugins=["table", "strikethrough"])
    try:
        blocks = list(_blocks(parse(text[front.end() :] if front else text)))
    except (RecursionError, AttributeError, IndexError) as error:
        raise Unreadable("markdown_broken") from error
    return content(blocks, decoded.encoding, "md", f"标题：{titled[1]}" if titled else "")


def _blocks(tokens: list[dict], mark: str = "") -> Iterator[Block]:
    """Blocks of parsed tokens; `mark` is the number that a list puts before the first of them."""
    for token in tokens:
        kind, children = token["type"], token.get("children", [])
        if kind == "heading":
            yield Block("heading", _inline(children))
        elif kind in ("paragraph", "block_text"):
            yield from _lines(mark + _inline(children), "item" if mark else "paragraph")
            yield from (Block(text=_inline(c["children"]), left_out=_PICTURE) for c in children if c["type"] == "image")
        elif kind == "list":
            for number, item in enumerate(children, start=token["attrs"].get("start", 1)):
                yield from _blocks(item["children"], f"{number}{token['bullet']} " if token["attrs"]["ordered"] else "")
        elif kind == "table":
            for part in children:
                rows = [part] if part["type"] == "table_head" else part["children"]
                yield from (Block("row", cells=tuple(_inline(cell["children"]) for cell in row["children"])) for row in rows)
        elif kind in ("block_code", "block_html"):  # indented lines are paragraphs here: nobody writes code
            raw = token.get("raw", "")
            yield from _lines(_TAG.sub("", raw) if kind == "block_html" else raw, "paragraph")
        else:
            yield from _blocks(children)
        mark = ""


def _lines(text: str, kind: str) -> Iterator[Block]:
    for line in text.split("\n"):
        if line.strip():
            yield Block(kind, line.strip())
            kind = "paragraph"


def _inline(tokens: list[dict]) -> str:
    parts = []
    for token in tokens:
        kind = token["type"]
        if kind in ("softbreak", "linebreak") or kind == "inline_html" and token["raw"].lower().startswith("<br"):
            parts.append("\n")
        elif kind in ("text", "codespan"):
            parts.append(token["raw"])
        elif kind not in ("inline_html", "image"):
            parts.append(_inline(token.get("children", [])))
    return html.unescape("".join(parts)).replace("**", "")
