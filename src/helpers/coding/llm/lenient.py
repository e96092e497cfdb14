"""JSON as models write it: single, full-width or curly quotes, full-width signs, commas too many, comments, names without quotes.

Only what is whole is read: an object that does not end is none, so nothing that was cut off becomes a code. (json-repair, which
does the same for more kinds of mistakes, also ends what was cut off.)
"""

import json
import re
from collections.abc import Iterator

_BLANK = re.compile(r"(?:[\s\ufeff]+|//[^\n]*|/\*.{0,1000}?\*/)*", re.DOTALL)
_WORD = re.compile(r"[A-Za-z_$][\w$-]{0,63}|-?\d{1,20}(?:\.\d{1,20})?")
_QUOTES = {'"': '"＂', "＂": '"＂', "'": "'＇", "＇": "'＇", "“": "”“", "”": "”", "‘": "’‘", "’": "’", "「": "」", "`": "`"}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_PLAIN = str.maketrans("｛｝［］：，、", "{}[]:,,")
_MEANS = {"true": True, "false": False, "null": None, "True": True, "False": False, "None": None}
_AFTER = re.compile(r"[\s\ufeff]*(?:[,:}\]，：｝］、]|//|/\*|$)")  # what may stand behind a string; another quote belongs to it
_LONGEST, _DEEPEST, _MOST_TRIED, _MOST_LOOKS = 20_000, 6, 10_000, 500_000  # so that no answer takes long to read
_OPENS = re.compile("[{｛]")


class _NotWhole(ValueError):
    pass


class _Spent(Exception):
    pass


def objects(text: str) -> Iterator[dict]:
    """Yield the whole objects of a text, the outermost first found, wherever they stand.

    >>> list(objects("Codes: {'id': 'a', 'tools': ['tax',], } and {“id”：“b”， “tools”: [] } and {'id': 'c', 'to"))
    [{'id': 'a', 'tools': ['tax']}, {'id': 'b', 'tools': []}]
    """
    decoder, reader, at = json.JSONDecoder(strict=False), _Reader(text), 0
    for _ in range(_MOST_TRIED):
        if not (found := _OPENS.search(text, at)):
            return
        at = found.start()
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            try:
                value, end = reader.value(at, _DEEPEST)
            except _NotWhole:
                at += 1
                continue
            except _Spent:
                return
        if isinstance(value, dict):
            yield value
        at = end


class _Reader:
    def __init__(self, text: str):
        self._text, self.left = text, _MOST_LOOKS

    def _sign(self, at: int) -> tuple[str, int]:
        """Return the next sign that is no blank or comment, in its plain form, and its place."""
        at = _BLANK.match(self._text, at).end()
        if at >= len(self._text):
            raise _NotWhole
        return self._text[at].translate(_PLAIN), at

    def value(self, at: int, deep: int) -> tuple[object, int]:
        """Return the value that begins at a place, and where it ends."""
        sign, at = self._sign(at)
        if deep and sign == "{":
            return self._object(at + 1, deep - 1)
        if deep and sign == "[":
            return self._list(at + 1, deep - 1)
        if sign in _QUOTES:
            return self._string(at)
        word = _WORD.match(self._text, at)
        if not word:
            raise _NotWhole
        said = word[0]
        number = float(said) if "." in said else int(said) if said.lstrip("-").isdecimal() else said
        return _MEANS.get(said, number), word.end()

    def _object(self, at: int, deep: int) -> tuple[dict, int]:
        found = {}
        while True:
            sign, at = self._sign(at)
            if sign == "}":
                return found, at + 1
            if sign == ",":
                at += 1
                continue
            name, at = self._string(at) if sign in _QUOTES else self.value(at, 0)
            sign, at = self._sign(at)
            if sign != ":":
                raise _NotWhole
            found[str(name)], at = self.value(at + 1, deep)

    def _list(self, at: int, deep: int) -> tuple[list, int]:
        found = []
        while True:
            sign, at = self._sign(at)
            if sign == "]":
                return found, at + 1
            if sign == ",":
                at += 1
                continue
            value, at = self.value(at, deep)
            found.append(value)

    def _string(self, at: int) -> tuple[str, int]:
        """Return a string: its quote ends it where such a sign follows as may stand behind a string."""
        ends, parts, start = _QUOTES[self._text[at]], [], at + 1
        sign, place = re.compile(rf"[\\{ends}]"), start
        while found := sign.search(self._text, place, at + _LONGEST):
            self.left -= 1
            if self.left < 0:
                raise _Spent
            place = found.end()
            if found[0] == "\\":
                parts.append(self._text[start : place - 1])
                said, start = self._escaped(place)
                parts.append(said)
                place = start
            elif _AFTER.match(self._text, place):
                return "".join([*parts, self._text[start : place - 1]]), place
        raise _NotWhole

    def _escaped(self, at: int) -> tuple[str, int]:
        sign = self._text[at : at + 1]
        if sign == "u" and re.fullmatch("[0-9a-fA-F]{4}", self._text[at + 1 : at + 5]):
            return chr(int(self._text[at + 1 : at + 5], 16)), at + 5
        return _ESCAPES.get(sign, sign), at + 1
