"""The house as DESIGN.md draws it: imports point down, modules and cells are short, what is asked for is used."""

import ast
import json
import re
import tomllib
from importlib.metadata import packages_distributions

import pytest

from helpers import colours, store

ROOT = store.PROJECT_ROOT
SOURCE = ROOT / "src" / "helpers"
# Lower floors first; rooms of one floor may know each other, but not in a circle.
FLOORS = [
    {"asked", "catalogue", "codebook", "colours", "distinct", "intervals", "keys", "language"}
    | {"notices", "references", "rows", "thresholds", "where", "within"},
    {"cache", "engine", "repair", "segment", "spark", "sql", "store", "structure"},
    {"coding", "commitments", "corpus", "terms", "topics"},
    {"compare", "shares", "validity"},
    {"export", "handcoding", "plots"},
    {"folder", "paper", "pipeline", "report"},
    {"commands"},
    {"__main__"},
]
LONG = 350  # lines of a module
NOT_IMPORTED = {
    "flit-core": "builds the package",
    "jupyterlab": "reads the notebooks",
    "papermill": "runs them",
    "brotli": "fonttools writes WOFF2 with it",
}


def room_of(path) -> str:
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imported(path) -> set[str]:
    """Return the rooms that a module imports, also inside functions."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else names
        if names == ["helpers"] and isinstance(node, ast.ImportFrom):
            names = [f"helpers.{alias.name}" for alias in node.names]
        found |= {name.split(".")[1] for name in names if name.startswith("helpers.")}
    return found - {room_of(path)}


MODULES = sorted(path for path in SOURCE.rglob("*.py") if path != SOURCE / "__init__.py")
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
EDGES = {(room_of(path), room) for path in MODULES for room in imported(path)}


def test_every_room_has_its_floor():
    assert {room_of(path) for path in MODULES} == set(FLOOR)


def test_imports_point_down():
    assert {(a, b) for a, b in EDGES if FLOOR[b] > FLOOR[a]} == set()


def test_rooms_of_one_floor_make_no_circle():
    level = {(a, b) for a, b in EDGES if FLOOR[a] == FLOOR[b]}
    while True:  # what nobody on the floor needs is taken away until nothing is left, or a circle
        needed = {b for _, b in level}
        rest = {(a, b) for a, b in level if a in needed}
        if rest == level:
            break
        level = rest
    assert not level


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_modules_are_short_and_named_for_what_they_know(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONG
    assert not re.search(r"util|misc|common|helper", path.stem)


def test_notebooks_are_few_short_cells_without_outputs():
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        cells = [cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]
        assert len(cells) <= 25 and not any(cell["outputs"] for cell in cells), path.name
        own = [cell for cell in cells if "parameters" not in cell["metadata"].get("tags", [])]  # of parameters a line each
        assert max("".join(cell["source"]).count("\n") + 1 for cell in own) <= 15, path.name
        assert any("parameters" in cell["metadata"].get("tags", []) for cell in cells), path.name


def test_packages_that_are_asked_for_are_imported():
    wanted = {
        re.split(r"[\[<>=; ]", name)[0].lower()
        for name in tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    }
    text = "\n".join(path.read_text(encoding="utf-8") for path in MODULES)
    used = set(re.findall(r"(?m)^\s*(?:import|from) (\w+)", text)) | set(re.findall(r'(?:import_module|find_spec)\("(\w+)', text))
    by = {
        name.lower().replace("_", "-") for module, names in packages_distributions().items() if module in used for name in names
    }
    assert wanted - by - set(NOT_IMPORTED) == set()
    assert set(NOT_IMPORTED) <= wanted


def test_the_palette_is_said_once():
    kinds = (".py", ".css", ".typ", ".j2", ".js", ".html")
    sources = {path: path.read_text(encoding="utf-8").lower() for path in SOURCE.rglob("*") if path.suffix in kinds}
    said = [(path.name, c) for path, text in sources.items() for c in colours.ON_PAGE[:7] if c in text]
    assert len(sources) > 100 and {name for name, _ in said} == {"colours.py"}
