"""What can be known to be wrong before anything runs: minutes into a run, the same mistake would cost the user the wait."""

from collections.abc import Mapping

from helpers import asked, codebook, store
from helpers.asked import ParameterError
from helpers.pipeline.run import known


def check(given: Mapping[str, object]) -> None:
    """Raise ParameterError or CodebookError where a parameter names no file, no usable codebook or no valid value."""
    values = {**{name: parameter.default for name, parameter in known().items()}, **given}
    asked.check(values)
    for name, value in given.items():
        if known()[name].is_path and value and not store.resolve(value).exists():
            raise ParameterError(f"parameter {name}: {value}: no such file or folder")
    for name in ("codebook", "chain"):
        if name in given:
            codebook.load(given[name])
    if values["coder"] == "llm":
        from helpers.coding import llm  # slow to import

        llm.make(codebook.load(values["codebook"]), llm.of_parameters(values).prompt)
