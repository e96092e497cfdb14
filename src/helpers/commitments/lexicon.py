"""The words that decide what is a promise, read from a lexicon file and put into the patterns of the grammar.

A file holds `groups`: `id`, `zh`, `note`, `words` (regular expressions, one an alternative), `examples` that the group
matches and `not` that it does not. A pattern of the grammar names a group as `<id>`: `(?:<achieve>)了?$`.
"""

import re
from functools import cache
from pathlib import Path

import yaml

from helpers import store
from helpers.codebook import CodebookError, bounded

DEFAULT = "data/codebook/commitments.yml"
_GROUP = re.compile(r"(?<!\?P)<([a-z_]+)>")


class Lexicon:
    """Groups of words; called with a pattern of the grammar it returns that pattern compiled, the groups put in."""

    def __init__(self, name: str, groups: dict[str, str]):
        self._name, self._groups, self._compiled = name, groups, {}

    def __call__(self, pattern: str) -> re.Pattern:
        if pattern not in self._compiled:
            self._compiled[pattern] = re.compile(_GROUP.sub(lambda group: self._words(group[1]), pattern))
        return self._compiled[pattern]

    def _words(self, group: str) -> str:
        if group not in self._groups:
            raise CodebookError(f"{self._name}: group {group} is missing; the grammar needs it, if only with one word")
        return self._groups[group]


@cache
def load(path: str = DEFAULT) -> Lexicon:
    """Read a lexicon; raise CodebookError naming file, group and fault."""
    return Lexicon(Path(path).name, {group["id"]: "|".join(group["words"]) for group in groups(path)})


def groups(path: str = DEFAULT) -> list[dict]:
    """Return the groups of a lexicon as they stand in its file, each checked; raise CodebookError naming the fault."""
    file = Path(store.resolve(path))
    try:
        raw = bounded.read(file)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise CodebookError(f"{file.name}: cannot be read ({error.__class__.__name__}); restore {DEFAULT}") from error
    entries = raw.get("groups") if isinstance(raw, dict) else None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise CodebookError(f"{file.name}: has no list `groups`; see {DEFAULT}")
    seen: set[str] = set()
    for entry in entries:
        _check(entry, seen, file.name)
    return entries


def _check(entry: dict, seen: set[str], name: str) -> None:
    for field in ("id", "note", "words", "examples"):
        if not entry.get(field):
            raise CodebookError(f"{name}: group {entry.get('id', entry)} has no {field}")
    if entry["id"] in seen:
        raise CodebookError(f"{name}: group {entry['id']} stands twice")
    seen.add(entry["id"])
    for field in ("words", "examples", "not"):
        if not isinstance(entry.get(field, []), list) or not all(isinstance(word, str) and word for word in entry.get(field, [])):
            raise CodebookError(f"{name}: {field} of group {entry['id']} must be a list of texts")
    for word in entry["words"]:
        try:
            if re.compile(word).groups or re.compile(word).search(""):
                raise CodebookError(
                    f"{name}: {word!r} of group {entry['id']} has a group of its own or matches nothing; use (?:…)"
                )
        except re.error as error:
            raise CodebookError(f"{name}: {word!r} of group {entry['id']} is not a regular expression: {error}") from error
