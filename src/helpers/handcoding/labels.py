"""What people type for a code, understood: identifier, Chinese or English name, full-width letters, several in one cell."""

import re
import unicodedata
from difflib import get_close_matches

from helpers.codebook import STATEMENTS, Codebook

STATEMENT_NAMES = {"measure": "措施", "goal": "目标", "background": "背景", "other": "其他"}
# What people write where there is no tool, or a dash; not a question mark, which says that they do not know.
_NONE = re.compile(r"(无|没有|不涉及|不用)(政策)?工具|无|没有|不涉及|不适用|none|no tools?|n[./ ]?a\.?|[-–—−_/\\.、。 ]+", re.I)
_BETWEEN = re.compile(r"[、,;/|+&\n]+")  # of text that is NFKC already: ，；／｜＋ are these


class NotACode(ValueError):
    """A cell holds something else than codes; the message quotes it and names the nearest code."""


class Labels:
    """The codes of one codebook by all that they are called."""

    def __init__(self, codebook: Codebook, kinds: tuple[str, str] = ("statement", "tool")):
        self._kinds = kinds  # what messages call a statement and a tool
        self._order = codebook.tools
        self._tools = _by_key({tool.id: (tool.names["en"], tool.names["zh"]) for tool in codebook.tool_list})
        self._statements = _by_key({name: (name, STATEMENT_NAMES[name]) for name in STATEMENTS}) | {"其它": "other"}

    def statement(self, cell: object) -> str:
        """Return the statement that a cell names, "" for an empty one; raise NotACode."""
        text = _plain(cell)
        if not text:
            return ""
        found = _one(text, self._statements)
        if not found:
            raise NotACode(_refusal(cell, text, self._kinds[0], STATEMENTS))
        return found

    def tools(self, cell: object) -> list[str]:
        """Return the tools that a cell names, in its order; raise NotACode where any part of it is none."""
        text = _plain(cell)
        parts = [] if _NONE.fullmatch(text) else [part for part in _BETWEEN.split(text) if part.strip()]
        parts = [part for part in parts if not _NONE.fullmatch(part.strip())]
        if unsure := next((part for part in parts if not _key(part)), ""):
            raise NotACode(_refusal(cell, unsure, self._kinds[1], self._order))
        found = []
        while parts:  # a label may hold such a mark itself: the longest run of parts that is one
            for n in range(len(parts), 0, -1):
                if tool := _one(parts[0], self._tools) if n == 1 else self._tools.get(_key("".join(parts[:n])), ""):
                    found.append(tool)
                    parts = parts[n:]
                    break
            else:
                raise NotACode(_refusal(cell, parts[0], self._kinds[1], self._order))
        return found


def _plain(cell: object) -> str:
    return unicodedata.normalize("NFKC", "" if cell is None else str(cell)).strip()


def _key(text: str) -> str:
    """Return letters and digits alone, in one case: blanks of every kind and marks make no other label."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum() or c == "_")


def _by_key(names: dict[str, tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for code, (en, zh) in names.items():
        found |= dict.fromkeys(map(_key, (en, zh, en + zh, zh + en, code + zh, zh + code, code + en, code + en + zh)), code)
    return found | {_key(code): code for code in names}


def _one(text: str, known: dict[str, str]) -> str:
    """Return the code that a text names; an identifier may be followed by words that name no other code."""
    if code := known.get(_key(text)):
        return code
    first, *rest = text.split()
    code = known.get(_key(first), "") if re.fullmatch(r"[\w.\-]+", first, re.ASCII) else ""
    return code if code and not any(known.get(_key(word), code) != code for word in rest) else ""


def _refusal(cell: object, part: str, kind: str, names) -> str:
    near = get_close_matches(part.split()[0].casefold(), list(names), 1, 0.6)
    return f"{str(cell)!r} is not a {kind} of the codebook{f'; did you mean {near[0]}?' if near else ''}"
