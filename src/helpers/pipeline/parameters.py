"""The notebooks' parameters: read from their tagged cells, typed by their defaults, checked before anything runs."""

import ast
import json
import math
import reprlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from helpers.asked import CHOICES, ParameterError, is_choice
from helpers.codebook import bounded

FOLDERS = ("raw_dir", "processed_dir", "figures_dir")
_FILES = {"llm_answers", "yearbook"}  # named by no default
_KINDS = {str: "text", int: "a whole number", float: "a number", bool: "true or false", list: "a list such as \"['湘阴县']\""}


@dataclass(frozen=True)
class Parameter:
    """One parameter with its default; the default's type is the parameter's type."""

    name: str
    default: object

    @property
    def is_path(self) -> bool:
        return isinstance(self.default, str) and ("/" in self.default or self.name in _FILES)

    def convert(self, value: object) -> object:
        """Return `value` (text, or a list of texts) in this parameter's type, codes with their zeros; raise ParameterError."""
        kind = type(self.default)
        try:
            converted = _CONVERT[kind](value)
        except (ValueError, TypeError, yaml.YAMLError):
            raise ParameterError(f"parameter {self.name} must be {_KINDS[kind]}, not {reprlib.repr(value)}") from None
        if not is_choice(self.name, converted):
            raise ParameterError(f"parameter {self.name} is one of {', '.join(CHOICES[self.name])}, not {reprlib.repr(value)}")
        return converted

    def fits(self, value: object) -> bool:
        """Tell whether a value, from a record say, has this parameter's type and may be had by it."""
        kinds = (int, float) if isinstance(self.default, float) else (type(self.default),)
        texts = value if isinstance(value, list) else [value] if isinstance(value, str) else []
        return type(value) in kinds and all(map(_is_text, texts)) and is_choice(self.name, value)


def _is_text(value: object) -> bool:
    """Tell whether a value is text that can be written: a byte of a command line that is no UTF-8 becomes half a character."""
    return isinstance(value, str) and not any("\ud800" <= character <= "\udfff" or character == "\0" for character in value)


def _text(value: object) -> str:
    if not _is_text(value):
        raise TypeError
    return value


def _truth(value: object) -> bool:
    return ("false", "true").index(str(value).strip().lower()) == 1


def _listing(value: object) -> list[str]:
    # BaseLoader builds text and containers only: `no`, 010101 and 2019-01-01 stay what was typed.
    items = bounded.load(value, yaml.BaseLoader) if isinstance(value, str) else value
    if not isinstance(items, list) or not all(map(_is_text, items)):
        raise TypeError
    return items


def _whole(value: object) -> int:
    if len(_text(value)) > 18:  # more than the type of a column holds
        raise ValueError
    return int(value)


def _number(value: object) -> float:
    number = float(_text(value))
    if not math.isfinite(number):
        raise ValueError
    return number


_CONVERT = {str: _text, int: _whole, float: _number, bool: _truth, list: _listing}


def of_notebook(path: Path) -> dict[str, Parameter]:
    """Read the cell tagged `parameters` of one notebook: its literal assignments, by name."""
    found = {}
    for statement in ast.parse(_code(path)[0]).body:
        if isinstance(statement, ast.Assign):
            name = statement.targets[0].id
            found[name] = Parameter(name, ast.literal_eval(statement.value))
    return found


def used(path: Path) -> set[str]:
    """Return the names that the other code cells of a notebook read: a parameter that is none of them changes nothing there."""
    trees = [ast.parse(source) for source in _code(path)[1]]
    return {node.id for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _code(path: Path) -> tuple[str, list[str]]:
    """Return the source of the parameters cell (empty without one) and the sources of the other code cells."""
    cells = [c for c in json.loads(path.read_text(encoding="utf-8"))["cells"] if c["cell_type"] == "code"]
    tagged = [c for c in cells if "parameters" in c.get("metadata", {}).get("tags", [])][:1]
    others = ["".join(c["source"]) for c in cells if c not in tagged]
    return "".join(tagged[0]["source"]) if tagged else "", others


def read_file(path: Path) -> dict[str, object]:
    """Read a YAML file of parameters with every scalar as text; raise ParameterError naming the file when it is no mapping."""
    try:
        content = bounded.read(path, yaml.BaseLoader)
    except FileNotFoundError:
        raise ParameterError(f"{path}: no such file; --params must name a YAML file of NAME: VALUE lines") from None
    except OSError as error:
        raise ParameterError(f"{path}: cannot be read ({error.strerror}); --params must name a YAML file") from None
    except UnicodeDecodeError:
        raise ParameterError(f"{path}: is not UTF-8; save it again as UTF-8") from None
    except yaml.YAMLError as error:
        raise ParameterError(f"{path}: not readable as YAML: {' '.join(str(error).split())}") from None
    if content in (None, ""):
        return {}
    if not isinstance(content, dict):
        raise ParameterError(f"{path}: must hold lines of NAME: VALUE")
    return content


def typed(given: Mapping[str, object], known: Mapping[str, Parameter]) -> dict[str, object]:
    """Return the given parameters in the types of the notebooks' own; raise ParameterError listing the valid names."""
    for name in given:
        if name not in known:
            raise ParameterError(f"no notebook has a parameter {name!r}; valid names: {', '.join(sorted(known))}")
        if name in FOLDERS:
            raise ParameterError(f"parameter {name} is set by --raw and --out")
    return {name: known[name].convert(value) for name, value in given.items()}
