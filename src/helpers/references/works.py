"""What is known of each work, and which works a text names."""

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

_BETWEEN = 60  # characters between the first author and the year: co-authors, an opening bracket


@dataclass(frozen=True)
class Work:
    """One work; `type` is article | book | chapter | report | preprint, `container` the journal or volume that it stands in."""

    key: str
    type: str
    authors: tuple[str, ...]
    year: int
    title: str
    container: str = ""
    volume: str = ""
    number: str = ""
    pages: str = ""
    edition: str = ""
    publisher: str = ""
    doi: str = ""
    url: str = ""
    language: str = "en"

    @property
    def first_author(self) -> str:
        return self.authors[0].partition(",")[0]


@cache
def works() -> dict[str, Work]:
    """Return all works by key, in alphabetical order of authors and year."""
    read = yaml.safe_load(files("helpers.references").joinpath("works.yml").read_text(encoding="utf-8"))
    made = [_work(key, about) for key, about in read.items()]
    return {work.key: work for work in sorted(made, key=lambda work: (" ".join(work.authors).casefold(), work.year, work.key))}


def _work(key: str, about: dict) -> Work:
    words = {name: str(value) for name, value in about.items() if name not in ("authors", "year", "in")}
    return Work(key=key, authors=tuple(about["authors"]), year=int(about["year"]), container=str(about.get("in", "")), **words)


def cited(text: str) -> list[Work]:
    """Return the works that a text names, by first author and year soon after, in the order of `works`.

    >>> [work.key for work in cited("κ（Cohen, 1960）; Rao & Wu (1988); Fay, a name without a year")]
    ['cohen1960', 'rao1988']
    """
    return [work for work in works().values() if _names(text, work)]


def _names(text: str, work: Work) -> bool:
    return (
        re.search(rf"(?<!\w){re.escape(work.first_author)}(?![^\W_])[^.。]{{0,{_BETWEEN}}}?{work.year}(?!\d)", _plain(text))
        is not None
    )


def _plain(text: str) -> str:
    """Return a text whose “et al.” ends no sentence."""
    return text.replace("et al.", "et al")
