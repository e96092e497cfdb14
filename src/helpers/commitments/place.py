"""A number where it stands in its sentence: what every rule about it looks at."""

from dataclasses import dataclass

from helpers.commitments.lexicon import Lexicon
from helpers.commitments.numbers import Quantity


@dataclass(frozen=True, slots=True)
class Place:
    """A number of `text` (names and dates blanked out; `shown` keeps the names): all borders are offsets in both."""

    number: Quantity
    text: str
    shown: str
    begin: int  # where its part of the sentence begins, after the last ;
    clause: tuple[int, int]
    item: int  # where its item of a list begins: after the number before it, if that stands in the same clause
    tail: int  # where 以上 and the like behind it end
    joined: str  # kind of the number before it where only 、 or 和 stands between
    before: str  # kind of the number before it
    words: Lexicon

    @property
    def left(self) -> str:
        """The words of its part of the sentence before it."""
        return self.text[self.begin : self.number.start]

    @property
    def own(self) -> str:
        """The words of its clause before it."""
        return self.text[self.clause[0] : self.number.start]

    @property
    def more(self) -> str:
        """What stands between number and tail: 以上, 左右, or nothing."""
        return self.text[self.number.end : self.tail]

    def find(self, pattern: str, start: int = 0, end: int | None = None):
        """Search the sentence from `start` to `end` for a pattern with groups of the lexicon."""
        return self.words(pattern).search(self.text, start, len(self.text) if end is None else end)
