"""Blocks of a file in Rich Text Format: paragraphs, tables by their cells, notes, text boxes, with every letter accounted for.

striprtf (BSD-3) was compared: it gives one text with `|` between cells, loses notes, text boxes and numbers of older programs,
keeps what was deleted or hidden, and stops at two-byte characters of which one byte is written as a plain letter.
"""

import re
from dataclasses import dataclass, replace

from helpers.corpus.blocks import Block, Content, LeftOut, Unreadable, content
from helpers.corpus.rtf_story import Story

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|([^\\{}\r\n]+)|[\r\n]+|.", re.DOTALL
)
_DEEPEST = 2000
_CHARSETS = {
    "77": "mac_roman", "128": "cp932", "129": "cp949", "134": "gb18030", "136": "cp950", "161": "cp1253", "162": "cp1254",
    "204": "cp1251", "238": "cp1250",
}  # fmt: skip
_SIGNS = {
    "tab": "\t", "line": "\n", "softline": "\n", "emdash": "—", "endash": "–", "emspace": "\u2003", "enspace": "\u2002",
    "qmspace": "\u2005", "bullet": "•", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "zwj": "\u200d",
}  # fmt: skip
_SYMBOLS = {"~": "\xa0", "_": "-", "\t": "\t", "\\": "\\", "{": "{", "}": "}"}
# Groups whose text is no text of the document; those that begin with \* and are not named here are passed over too.
_SKIPPED = frozenset(
    "fonttbl colortbl stylesheet info pict fldinst objdata nonesttables bkmkstart bkmkend sn sv listtable listoverridetable "  # noqa: SIM905
    "pntxtb pntxta ftnsep ftnsepc ftncn aftnsep aftnsepc aftncn xe tc rxe template filetbl revtbl upr shprslt themedata".split()
)
_ENTERED = frozenset({"shpinst", "nesttableprops", "footnote", "annotation", "do", "ud", "listtext", "pntext", "background"})
_STORIES = {
    "footnote": "footnote", "annotation": "comment", "shptxt": "text box", "dptxbxtext": "text box",
    **dict.fromkeys(("header", "headerl", "headerr", "headerf", "footer", "footerl", "footerr", "footerf"), "edge"),
}  # fmt: skip
_DELETED = LeftOut("markup", "deleted in Word with its changes tracked")
_HIDDEN = LeftOut("hidden", "text that Word does not show")
_COMMENT = LeftOut("markup", "comment in the margin")
_EDGE = LeftOut("furniture", "header or footer of the pages")


@dataclass(slots=True)
class _State:
    """What a group inherits and gives back at its end."""

    skip: bool = False
    font: str = ""
    unicode_skip: int = 1
    why: LeftOut | None = None
    depth: int = 0  # of the table that the paragraph stands in
    in_mark: bool = False
    in_fonts: bool = False
    opened: bool = False  # a story begins with this group


class _Reader:
    """One pass over the tokens of a file."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.state, self.stack = _State(), []
        self.body = Story()
        self.open = [self.body]
        self.out: dict[str, list[Block]] = {"edge": [], "footnote": [], "comment": [], "text box": []}
        self.fonts: dict[str, str] = {}
        self.font = self.default_font = ""
        self.code_page = "cp1252"
        self.bytes = bytearray()
        self.passed = 0  # characters still to be passed over behind \u
        self.starred = False
        self.edges: dict[bool, list[tuple[int, bool, bool]]] = {False: [], True: []}
        self.merged = {"down": False, "across": False}
        self.nested = 0  # depth of the group with the properties of a nested row

    def blocks(self) -> list[Block]:
        position, data = 0, self.data
        while position < len(data):
            found = _TOKEN.match(data, position)
            position = found.end()
            word, number, code, symbol, brace, text = found.groups()
            if code is not None:
                self._bytes(bytes([int(code, 16)]), 1)
            elif text is not None:
                self._bytes(text, len(text))
            elif word is not None:
                name = word.decode("ascii")
                if name == "bin":
                    position += max(int(number or 0), 0)
                else:
                    self._flush()
                    self._word(name, number)
            elif brace is not None:
                self._flush()
                self.passed, self.starred = 0, False
                if brace == b"{":
                    self._begin()
                elif not self._end():
                    break
            elif symbol is not None:
                self._symbol(symbol.decode("latin-1"))
        self._flush()
        while self.stack:
            self._end()
        return self._put_together()

    def _put_together(self) -> list[Block]:
        edges = dict.fromkeys(block.text or " ".join(block.cells) for block in self.out["edge"])
        comments = [Block(text=b.text or " ".join(b.cells), left_out=_COMMENT) for b in self.out["comment"]]
        return [*(Block(text=text, left_out=_EDGE) for text in edges), *self.body.done(), *self.out["footnote"], *comments]

    def _begin(self) -> None:
        if len(self.stack) >= _DEEPEST:
            raise Unreadable("too_nested")
        self.stack.append(self.state)
        self.state = replace(self.state, opened=False)

    def _end(self) -> bool:
        """End a group; tell whether the file goes on."""
        if self.state.opened:
            story = self.open.pop()
            if story.region == "text box":
                self.open[-1].into(self.stack[-1].depth).extend(story.done())
            else:
                self.out[story.region].extend(story.done())
        if self.nested >= len(self.stack):
            self.nested = 0
        self.state = self.stack.pop() if self.stack else self.state
        return bool(self.stack)

    def _bytes(self, data: bytes, n: int) -> None:
        if self.passed and not self.state.skip:
            taken = min(self.passed, n)
            self.passed -= taken
            data = data[taken:]
        if self.state.in_fonts or self.state.skip:
            return
        self.bytes += data

    def _flush(self) -> None:
        if not self.bytes:
            return
        data, self.bytes = bytes(self.bytes), bytearray()
        named = self.fonts.get(self.state.font)
        for codec in (named, self.code_page, "gb18030", "cp1252"):
            if codec and (text := _decoded(data, codec)) is not None:
                return self._say(text)
        self._say(data.decode("gb18030", "replace"))

    def _say(self, text: str) -> None:
        if self.state.skip or self.state.in_fonts:
            return
        if self.state.in_mark:
            self.open[-1].mark.append(text)
        else:
            self.open[-1].said.append((text, self.state.why))

    def _symbol(self, symbol: str) -> None:
        if symbol == "*":
            self._flush()
            self.starred = True
        elif symbol in "\r\n":
            self._flush()
            self._word("par", None)
        elif self.passed:
            self._flush()
            self.passed -= 1
        elif symbol in _SYMBOLS:
            self._bytes(_SYMBOLS[symbol].encode("ascii"), 1) if symbol != "~" else (self._flush(), self._say("\xa0"))
        else:
            self._flush()  # a soft hyphen, an index entry's colon: nothing that is printed

    def _word(self, name: str, number: bytes | None) -> None:
        value = int(number) if number is not None else None
        starred, self.starred = self.starred, False
        state, story = self.state, self.open[-1]
        if name == "fonttbl":
            state.in_fonts = True
        elif name in _SKIPPED or (starred and name not in _ENTERED):
            state.skip = True
        elif name == "ud":
            state.skip = False
        elif name == "f":
            state.font = str(value)
        elif name == "fcharset" and state.in_fonts:
            self.fonts[state.font] = _CHARSETS.get(str(value), "")
        elif name == "ansicpg" and value:
            self.code_page = {936: "gb18030", 65001: "utf-8"}.get(value, f"cp{value}")
        elif name == "deff":
            self.default_font = state.font = str(value)
        elif name == "uc":
            state.unicode_skip = min(max(value if value is not None else 1, 0), 8)
        elif state.skip or state.in_fonts:
            return
        elif name == "u" and value is not None:
            self._say(chr(value % 0x10000))
            self.passed = state.unicode_skip
        elif name in _SIGNS:
            self._say(_SIGNS[name])
        elif name in ("listtext", "pntext"):
            state.in_mark = True
        elif name in _STORIES:
            self.open.append(Story(_STORIES[name]))
            self.state = replace(state, opened=True, depth=0, why=None, in_mark=False)
        elif name == "ftnalt" and story.region == "footnote":
            story.region = "endnote"
            self.out.setdefault("endnote", self.out["footnote"])
        elif name == "nesttableprops":
            self.nested = len(self.stack)
        else:
            self._layout(name, value, state, story)

    def _layout(self, name: str, value: int | None, state: _State, story: Story) -> None:
        """Control words of paragraphs and tables."""
        if name in ("par", "sect", "page", "column") and (name in ("par", "sect") or story.said) and not state.in_mark:
            story.paragraph(state.depth)
        elif name == "pard" and not state.in_mark:
            state.depth, story.heading = 0, False
        elif name == "plain":
            state.font, state.why = self.default_font, None
        elif name == "outlinelevel":
            story.heading = value is not None and value < 9
        elif name == "intbl":
            state.depth = max(state.depth, 1)
        elif name == "itap" and value is not None:
            state.depth = min(max(value, 0), 20)
        elif name in ("cell", "nestcell"):
            story.end_cell(max(state.depth, 1 if name == "cell" else 2) if name == "nestcell" else 1)
        elif name in ("row", "nestrow"):
            edges = self.edges[name == "nestrow"]
            story.end_row(max(len(story.rows), 2) if name == "nestrow" else 1, list(edges))
        elif name == "trowd":
            self.edges[bool(self.nested)] = []
        elif name in ("clvmrg", "clmrg"):
            self.merged["down" if name == "clvmrg" else "across"] = True
        elif name == "cellx" and len(self.edges[bool(self.nested)]) < 1000:
            self.edges[bool(self.nested)].append((value or 0, self.merged["down"], self.merged["across"]))
            self.merged = {"down": False, "across": False}
        elif name in ("v", "deleted"):
            state.why = None if value == 0 else _HIDDEN if name == "v" else _DELETED


def _decoded(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeDecodeError, LookupError):
        return None


def read_rtf(data: bytes) -> Content:
    """Read paragraphs, tables, text boxes and notes in order; raise Unreadable for groups nested without end."""
    blocks = _Reader(data).blocks()
    return content([_whole(block) for block in blocks], "rtf", "rtf")


def _whole(block: Block) -> Block:
    """Join the halves of characters beyond the first plane, which RTF writes one by one."""
    return replace(block, text=_joined(block.text), cells=tuple(map(_joined, block.cells)))


def _joined(text: str) -> str:
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
