"""The files of the catalogue, read once: fields.yml, tables.yml."""

from functools import cache
from importlib.resources import files

import yaml

from helpers.catalogue.model import Field, Notebook, Table

SafeLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # what yaml.safe_load does, in C: seven times as fast


@cache
def read(name: str) -> dict:
    """Return one of the files as it stands."""
    return SafeLoader(files("helpers.catalogue").joinpath(name).read_text(encoding="utf-8")).get_single_data()


@cache
def tables() -> dict[str, Table]:
    """Return all tables that are written, by name, in the order of the notebooks that make them."""
    return {name: table for name, table in _all().items() if not table.made_from}


@cache
def views() -> dict[str, Table]:
    """Return the tables that are not written but made from others where they are shown, by name."""
    return {name: table for name, table in _all().items() if table.made_from}


def _all() -> dict[str, Table]:
    refers = {field: table for table, fields in read("fields.yml")["refers"].items() for field in fields}
    return {
        name: _table(name, notebook, entry, refers)
        for notebook, about in read("tables.yml").items()
        for name, entry in about["tables"].items()
    }


@cache
def notebooks() -> dict[str, Notebook]:
    """Return all notebooks by name, in running order; each runs after those that make what it reads."""
    known = tables()
    return {
        name: Notebook(
            name, about["section"], tuple(about["reads"]), tuple(table for table in about["tables"] if table in known),
            tuple(table for table in about["tables"] if table not in known),
            tuple(sorted({known[table].maker for table in about["reads"]})),
        )
        for name, about in read("tables.yml").items()
    }  # fmt: skip


def _table(name: str, notebook: str, entry: dict, refers: dict[str, str]) -> Table:
    here, key = entry.get("here", {}), tuple(entry["key"])
    own = key[0] if len(key) == 1 else ""
    fields = tuple(
        _field(text.removesuffix("?"), here, not text.endswith("?"), {k: t for k, t in refers.items() if t != name or k != own})
        for text in entry["fields"]
    )
    rest = {part: entry[part] for part in ("csv", "covers", "place") if part in entry}
    return Table(
        name, notebook, tuple(entry["title"]), entry["about"], fields, key, crossed=tuple(entry.get("crossed", ())),
        made_from=tuple(entry.get("made_from", ())), **rest,
    )  # fmt: skip


def _field(name: str, here: dict, required: bool, refers: dict[str, str]) -> Field:
    """Return the field as fields.yml has it, with what the table says of it instead."""
    type_, english, chinese, about, *shown = read("fields.yml")["fields"][name]
    own = here.get(name)
    if isinstance(own, list):
        type_, about, *shown = own
    elif own:
        about = own
    categories = tuple(type_) if isinstance(type_, list) else ()
    type_ = "str" if categories else type_
    return Field(name, type_, (english, chinese), about, "".join(shown), categories, required, refers.get(name, ""))
