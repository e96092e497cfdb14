"""YAML within limits: counted before it is built, so that no file of a few hundred bytes takes all memory or ends the process."""

import copy
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

MAX_BYTES, MAX_DEPTH, MAX_VALUES = 5_000_000, 40, 500_000
_KEPT = 16  # texts whose value is remembered
PLAIN = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # no tag builds an object
_PARSER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_STARTS, _ENDS = (yaml.SequenceStartEvent, yaml.MappingStartEvent), (yaml.SequenceEndEvent, yaml.MappingEndEvent)


def read(path: str | Path, loader: Any = PLAIN) -> object:
    """Return the value of a YAML file (UTF-8) of at most 5 MB; raise OSError, UnicodeDecodeError, or yaml.YAMLError as `load`."""
    path = Path(path)
    if path.exists() and not path.is_file():
        raise yaml.YAMLError("is not a regular file")  # a pipe or a device would keep its reader waiting
    with open(path, "rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise yaml.YAMLError(f"is larger than {MAX_BYTES // 10**6} MB")
    return load(data.decode("utf-8-sig"), loader)


def load(text: str, loader: Any = PLAIN) -> object:
    """Return the value of a YAML text as the class `loader` builds it.

    Raises yaml.YAMLError for what is no YAML, is nested deeper than 40 levels, holds more than 500,000 values (those that an
    alias repeats are counted each time), refers to itself or merges mappings (`<<`), whose sizes multiply.
    """
    return copy.deepcopy(_built(text, loader))  # each caller has a value of its own


@lru_cache(_KEPT)
def _built(text: str, loader: Any) -> object:
    """Build a value once: a codebook is asked for several times a process, and to read it takes a quarter of a second."""
    _count(text)
    built = loader(text)
    try:
        return built.get_single_data()
    finally:
        built.dispose()


def _count(text: str) -> None:
    """Walk over the events of a text, which takes no memory for what is nested, and count what would be built."""
    sizes, names, known = [0], [""], {}
    for event in yaml.parse(text, Loader=_PARSER):
        if isinstance(event, _STARTS):
            sizes.append(1)
            names.append(event.anchor or "")
            if len(sizes) > MAX_DEPTH:
                _refuse(f"nested too deeply, more than {MAX_DEPTH} levels", event)
            continue
        if isinstance(event, _ENDS):
            size, name = sizes.pop(), names.pop()
        elif isinstance(event, yaml.ScalarEvent):
            size, name = 1, event.anchor or ""
            if (event.value == "<<" and not event.style) or str(event.tag).endswith(":merge"):
                _refuse("<< merges mappings: write their keys out", event)
        elif isinstance(event, yaml.AliasEvent):
            if event.anchor in names:
                _refuse(f"*{event.anchor} refers to itself", event)
            size, name = known.get(event.anchor, 1), ""
        else:
            continue
        if name:
            known[name] = size
        sizes[-1] += size
        if sizes[-1] > MAX_VALUES:
            _refuse(f"more than {MAX_VALUES:,} values", event)


def _refuse(problem: str, event: yaml.Event) -> None:
    raise yaml.composer.ComposerError(None, None, problem, event.start_mark)
