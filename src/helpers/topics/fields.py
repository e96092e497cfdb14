"""The file of policy fields and the words that seed them: what a seeded topic is, said before any corpus is read."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml

from helpers import store
from helpers.codebook import bounded

FIELDS = "data/codebook/policy_fields.yml"
_PARTS = ("id", "en", "zh", "seeds", "note", "source")
LEAST = 2  # seeds of a field that a corpus must use


class FieldError(ValueError):
    """The file of fields cannot be used; the message says which entry and why."""


@dataclass(frozen=True)
class Field:
    """A policy field: identifier, names in both languages, seed words."""

    id: str
    en: str
    zh: str
    seeds: tuple[str, ...]


OTHER = Field("other", "fields that this corpus does not carry", "本语料不能支撑的领域", ())


def read_fields(path: str | Path = FIELDS) -> tuple[Field, ...]:
    """Read the file of fields; raise FieldError naming the entry that is wrong."""
    path = store.resolve(path)
    try:
        raw = bounded.read(path)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise FieldError(f"{path.name} cannot be read: {str(error).splitlines()[0]}") from error
    entries = raw.get("fields") if isinstance(raw, dict) else None
    if not isinstance(entries, list) or len(entries) < 3:
        raise FieldError(f"{path.name}: needs `fields`, a list of three fields or more")
    found: dict[str, str] = {}
    out = []
    for number, entry in enumerate(entries, start=1):
        where = f"{path.name}, fields, entry {number}"
        missing = [part for part in _PARTS if not isinstance(entry, dict) or not str(entry.get(part) or "").strip()]
        if missing:
            raise FieldError(f"{where}: needs {', '.join(missing)}")
        field = Field(str(entry["id"]), str(entry["en"]), str(entry["zh"]), tuple(str(entry["seeds"]).split()))
        for seed in field.seeds:
            if found.setdefault(seed, field.id) != field.id or field.seeds.count(seed) > 1:
                raise FieldError(f"{where}: the seed {seed} stands twice (in {found[seed]} first); a seed has one field")
        out.append(field)
    if len({field.id for field in out}) < len(out):
        raise FieldError(f"{path.name}: an id stands twice; each field needs its own")
    return tuple(out)


def seeded_words(fields: Sequence[Field], words: Sequence[str]) -> tuple[tuple[Field, ...], np.ndarray]:
    """Return the fields of which the corpus uses two seeds or more, and which word seeds which of them (fields × words)."""
    column = {word: i for i, word in enumerate(words)}
    places = {field: [column[seed] for seed in field.seeds if seed in column] for field in fields}
    used = tuple(field for field in fields if len(places[field]) >= LEAST)
    seeds = np.zeros((len(used), len(words)), bool)
    for row, field in zip(seeds, used, strict=True):
        row[places[field]] = True
    return used, seeds
