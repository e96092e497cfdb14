"""What can be known to be wrong before anything runs: minutes into a run, the same mistake would cost the user the wait."""

from collections.abc import Mapping
from importlib import import_module

from helpers import asked, codebook, store
from helpers.asked import ParameterError
from helpers.pipeline.run import known

_READ_BY = {  # files with a form of their own; the rooms are slow to import
    "fields": ("helpers.topics.fields", "read_fields"), "rubrics": ("helpers.compare.rubrics", "load"),
    "commitment_words": ("helpers.commitments.lexicon", "load"),
}  # fmt: skip


def _check_place(name: str, value: str, default: str) -> None:
    """Raise ParameterError where a parameter names nothing, a file for a folder, or what is no regular file for a file."""
    place, wants_folder = store.resolve(value), bool(default) and store.resolve(default).is_dir()
    if not place.exists():
        raise ParameterError(f"parameter {name}: {value}: no such file or folder")
    if not (place.is_dir() if wants_folder else place.is_file()):
        raise ParameterError(f"parameter {name}: {value}: is no {'folder' if wants_folder else 'file'}; name one")


def check(given: Mapping[str, object]) -> None:
    """Raise ParameterError or CodebookError where a parameter names no file, no usable codebook or no valid value."""
    values = {**{name: parameter.default for name, parameter in known().items()}, **given}
    asked.check(values)
    for name, value in given.items():
        if known()[name].is_path and value:
            _check_place(name, value, known()[name].default)
    for name in ("codebook", "chain"):
        if given.get(name):
            codebook.load(given[name])
    for name, (room, read) in _READ_BY.items():
        if name in given:
            getattr(import_module(room), read)(given[name])
    asks = values["coder"] == "llm"
    if asks or any(name.startswith("llm_") for name in given):  # whoever codes: they are recorded, and a key must not be
        from helpers.coding import llm  # slow to import

        settings = llm.of_parameters(values if asks else {**values, "llm_model": values["llm_model"] or "none"})
        if asks:
            llm.make(codebook.load(values["codebook"]), settings.prompt)
