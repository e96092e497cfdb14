"""The word lists as data: what the segmenter keeps whole, what makes no topic; read, checked, and refused with a place."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from helpers import store
from helpers.codebook import bounded

FOLDER = "data/codebook"
NAME_KINDS = frozenset({"place", "person", "organisation"})
CONTENT_KINDS = frozenset({"policy", "industry", "park", "programme"})
_KINDS = NAME_KINDS | CONTENT_KINDS | {"department_stem"}


class LexiconError(ValueError):
    """A word list cannot be used; the message says which file, which entry and why."""


@dataclass(frozen=True)
class Lexicon:
    """`words`: word → kind; `stems`: parts of department names; `stopwords`: word → kind; `keep`, `everyday`: exceptions."""

    words: dict[str, str]
    stems: tuple[str, ...]
    stopwords: dict[str, str]
    keep: frozenset[str]
    everyday: frozenset[str]

    def __hash__(self) -> int:
        return id(self)

    def content(self, word: str) -> bool:
        """Tell whether the lexicon vouches for `word` as content."""
        return self.words.get(word) in CONTENT_KINDS


def load(lexicon: str | Path, stopwords: str | Path) -> Lexicon:
    """Read both files; raise LexiconError naming file, entry and reason when one is malformed."""
    terms, stops = _mapping(lexicon), _mapping(stopwords)
    entries = _entries(terms, lexicon, _KINDS)
    stop_entries = _entries(stops, stopwords, set(stops.get("kinds") or {}))
    return Lexicon(
        words={w: kind for w, kind in entries if kind != "department_stem"},
        stems=tuple(sorted({w for w, kind in entries if kind == "department_stem"}, key=lambda w: (-len(w), w))),
        stopwords=dict(stop_entries),
        keep=_words(stops, "keep", stopwords),
        everyday=_words(stops, "everyday", stopwords),
    )


@cache
def default_lexicon() -> Lexicon:
    """Return the shipped word lists."""
    folder = store.resolve(FOLDER) if (store.resolve(FOLDER) / "lexicon.yml").exists() else store.PROJECT_ROOT / FOLDER
    return load(folder / "lexicon.yml", folder / "stopwords.yml")


def _mapping(path: str | Path) -> dict:
    try:
        raw = bounded.read(path)
    except FileNotFoundError:
        raise LexiconError(f"{Path(path).name}: no such file; the word lists stand in {FOLDER}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise LexiconError(f"{Path(path).name}: not a YAML file in UTF-8: {str(error).splitlines()[0]}") from error
    if not isinstance(raw, dict) or not isinstance(raw.get("entries"), list) or not isinstance(raw.get("sources"), dict):
        raise LexiconError(f"{Path(path).name}: must have `sources:` (a mapping) and `entries:` (a list)")
    return raw


def _entries(raw: dict, path: str | Path, kinds: Iterable[str]) -> list[tuple[str, str]]:
    seen, out, name = set(), [], Path(path).name
    for number, entry in enumerate(raw["entries"], start=1):
        word = entry.get("word") if isinstance(entry, dict) else None
        where = f"{name}, entry {number} ({word})"
        if not isinstance(word, str) or not word.strip():
            raise LexiconError(f"{where}: has no `word`")
        if entry.get("kind") not in kinds:
            raise LexiconError(f"{where}: kind {entry.get('kind')!r} is none of {', '.join(sorted(kinds))}")
        if entry.get("source") not in raw["sources"]:
            raise LexiconError(f"{where}: source {entry.get('source')!r} is not declared under `sources:`")
        key = (word, entry["kind"] == "department_stem")
        if key in seen:
            raise LexiconError(f"{where}: stands twice; keep one")
        seen.add(key)
        out.append((word, entry["kind"]))
    return out


def _words(raw: dict, field: str, path: str | Path) -> frozenset[str]:
    words = raw.get(field) or []
    wrong = [w for w in words if not isinstance(w, str)]
    if wrong:
        raise LexiconError(f"{Path(path).name}, {field}: {wrong[0]!r} is not a word; put it between quotation marks")
    return frozenset(words)
