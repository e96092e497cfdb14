"""What a report is built from: tables, each read when it is shown, figures, the cells that drew them; else empty frames."""

import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pandas as pd

from helpers import catalogue, compare, corpus, store
from helpers.report import views

_MAX_DRAWING = 600_000  # bytes of an SVG that the page takes as it is
_WIDTH = 1600  # pixels: twice what a column shows
# Schemes beside the codebook, and the fields whose identifiers they name: one identifier may mean another thing in each.
_SCHEMES = {
    "value_chain.yml": ("stage", "stages"), "rubrics.yml": ("variable", "item"), "indicators.yml": ("indicator_id", "purpose"),
    "policy_tools.yml": (), "mcdonnell_elmore.yml": (),  # one is the second codebook of the other
}  # fmt: skip
_OF_PARAMETER = {"chain": _SCHEMES["value_chain.yml"], "rubrics": _SCHEMES["rubrics.yml"]}
MOST = 20_000  # rows up to which a table is read whole; of a longer one, what is shown and counted
_MEMORY = "300MB"  # for queries
_SAVED = re.compile(r"""gallery\.show\(\s*["']([\w-]+)["']""")


@dataclass(frozen=True)
class Picture:
    """One figure as `plots.save` left it, with the cell of the executed notebook that made it."""

    name: str
    section: str
    notebook: str
    caption: dict[str, str]
    images: dict[str, Path]
    csv: str
    code: str
    place: str = "body"


class Tables(dict):
    """The tables of a folder by name, each read when it is first asked for (empty where it is not made yet)."""

    def __init__(self, folder: str | Path):
        super().__init__()
        self.folder = folder

    def __missing__(self, name: str) -> pd.DataFrame:
        if name not in self.made:
            return self.setdefault(name, catalogue.empty(name))
        return self.setdefault(name, store.read_table(self.folder, name))

    def __setitem__(self, name: str, frame: pd.DataFrame) -> None:
        """Put a frame in the place of what lies on disk."""
        super().__setitem__(name, frame)
        self.made.pop(name, None)

    @cached_property
    def made(self) -> dict[str, int]:
        """Tables that are there, with their numbers of rows: no table is read for that."""
        return {name: n for name in catalogue.tables() if (n := store.n_rows(self.folder, name)) is not None}


@dataclass
class Material:
    """Tables by name (empty frames for those not made yet), figures, the run's record and the codebook's labels."""

    tables: dict[str, pd.DataFrame]
    present: set[str]
    pictures: list[Picture]
    run: dict
    codebook: object = None
    names: dict[str, tuple[str, str]] = field(default_factory=dict)
    kept: dict[str, pd.DataFrame] = field(default_factory=dict, init=False)  # what several sections ask for

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name in catalogue.views():
            if name not in self.tables:
                self.tables[name] = views.make(name, self)
            return self.tables[name]
        return self.tables[name] if self.whole else corpus.shown(self.tables[name], self.documents)

    @cached_property
    def whole(self) -> bool:
        """Whether the filters show all documents."""
        return len(self.documents) == len(self.tables["documents"])

    def ask(self, query: str, **frames: pd.DataFrame) -> pd.DataFrame:
        """Answer SQL over the run's tables and over `reported`, the documents that the filters show; each query once."""
        if not frames and query in self.kept:
            return self.kept[query]
        made = getattr(self.tables, "made", ())
        absent = {name for name in catalogue.tables() if name in query and name not in made}
        absent = {name: self.tables[name].assign(file_row_number=range(len(self.tables[name]))) for name in absent}
        reported = self.documents[["doc_id", "county", "county_code", "year"]]
        found = store.sql(query, getattr(self.tables, "folder", None), _MEMORY, reported=reported, **absent, **frames)
        return found if frames else self.kept.setdefault(query, found)

    def head(self, name: str, n: int, order: Callable[[pd.DataFrame], pd.DataFrame] | None = None) -> pd.DataFrame:
        """Return the first `n` rows, in `order`, of a table of any length, read some rows at a time."""
        if name in catalogue.views():
            return views.make(name, self, n)
        kept = catalogue.empty(name)
        for rows in self.parts(name):
            kept = pd.concat([kept, rows], ignore_index=True)
            kept = (order(kept) if order else kept).head(n)
            if len(kept) == n and not order:
                break
        return kept

    def n_shown(self, name: str) -> int:
        """Return how many rows of a table the filters show."""
        return self.n_rows(name) if self.whole or name in catalogue.views() else sum(map(len, self.parts(name)))

    def parts(self, name: str) -> Iterator[pd.DataFrame]:
        """Yield the rows of a table that the filters show, some at a time."""
        held = name in self.tables or not self.has(name)
        there = [self.tables[name]] if held else store.iter_table(self.tables.folder, name)
        for rows in there:
            yield rows if self.whole else corpus.shown(rows, self.documents)

    @cached_property
    def compared(self) -> compare.Outcome:
        """What the differences come to: of thousands of counties there are millions."""
        return compare.outcome(self.parts("differences"))

    def n_rows(self, name: str) -> int:
        """Return how many rows a table has, whatever the filters show; of one made where it is shown, how many it shows."""
        if name in catalogue.views():
            return views.n_rows(name, self)
        return len(self.tables[name]) if name in self.tables else self.tables.made.get(name, 0)

    def has(self, name: str) -> bool:
        return self.n_rows(name) > 0

    @cached_property
    def documents(self) -> pd.DataFrame:
        """Documents that the run reports on: those of the counties and years asked for, and those without a year."""
        documents, used = self.tables["documents"], self.run.get("parameters", {})
        asked = {name: used[name] for name in ("county_filter", "year_min", "year_max") if name in used}
        return corpus.select(documents, **asked) if len(documents) else documents

    @cached_property
    def n_units(self) -> int:
        """How many units the documents reported on have."""
        return int(self.ask("SELECT count(*) AS n FROM units SEMI JOIN reported USING (doc_id)")["n"][0])

    @cached_property
    def used(self) -> pd.DataFrame:
        """The tools that units of these documents use, with their types."""
        return self.ask("SELECT DISTINCT tool, tool_type FROM unit_tools WHERE regexp_replace(unit_id, ':\\d+$', '') IN "
                        "(SELECT doc_id FROM reported)")  # fmt: skip

    @cached_property
    def coders(self) -> dict[str, int]:
        """How many units each coder coded."""
        found = self.ask(
            f"SELECT coder, count(*) AS n FROM codes SEMI JOIN {views.REPORTED_UNITS} USING (unit_id) "
            "WHERE coder IS NOT NULL GROUP BY coder"
        )
        return dict(zip(found["coder"], found["n"], strict=True))


def load(processed_dir, figures_dir, executed_dir, run: dict, codebook: str | Path | None = None) -> Material:
    """Find everything; `codebook` is the file of the codebook, found by the name in the run's parameters when not given."""
    tables = Tables(processed_dir)
    cells = _cells(Path(executed_dir)) if executed_dir else {}
    topics = tables["topics"]
    labels = {t.label: (t.label_en, t.label_zh) for t in topics.itertuples()} if "label_en" in topics else {}
    present = set(tables.made) | {name for name, view in catalogue.views().items() if set(view.made_from) <= set(tables.made)}
    pictures = _pictures(Path(figures_dir), cells)
    return Material(tables, present, pictures, run, _codebook(run, codebook), _names(run) | labels)


def _codebook(run: dict, path: str | Path | None):
    name = path or run.get("parameters", {}).get("codebook") or "policy_tools.yml"
    candidates = [Path(name), store.PROJECT_ROOT / "data" / "codebook" / Path(name).name]
    found = next((candidate for candidate in candidates if candidate.is_file()), None)
    if found is None:
        return None
    from helpers import codebook

    return codebook.load(found)


def _names(run: dict) -> dict[str, tuple[str, str]]:
    """Collect the names that the other schemes of the run (stages, rubrics) give to their identifiers.

    {"field:id": (en, zh)}, and {id: (en, zh)} for whoever knows no field.
    """
    folder, found = store.PROJECT_ROOT / "data" / "codebook", {}
    used = {key: value for key, value in run.get("parameters", {}).items() if key != "codebook" and isinstance(value, str)}
    chosen = [Path(value).name for value in used.values() if value.endswith((".yml", ".yaml"))]
    fields = _SCHEMES | {Path(used[key]).name: of for key, of in _OF_PARAMETER.items() if key in used}
    for name in dict.fromkeys([*chosen, *_SCHEMES]):
        path = folder / name
        if path.is_file() and path.stat().st_size < 2_000_000:
            own: dict[str, tuple[str, str]] = {}
            _collect(catalogue.SafeLoader(path.read_text(encoding="utf-8")).get_single_data(), own)
            found |= {f"{field}:{id}": names for field in fields.get(name, ()) for id, names in own.items()}
            found |= {id: names for id, names in own.items() if id not in found}
    return found


def _collect(node, found: dict[str, tuple[str, str]]) -> None:
    if isinstance(node, dict):
        if {"id", "en", "zh"} <= set(node):
            found.setdefault(str(node["id"]), (str(node["en"]), str(node["zh"])))
        node = list(node.values())
    for part in node if isinstance(node, list) else ():
        _collect(part, found)


def _pictures(folder: Path, cells: dict[str, str]) -> list[Picture]:
    found = []
    for path in sorted(folder.glob("*.json")) if folder.is_dir() else ():
        about = json.loads(path.read_text(encoding="utf-8"))
        images = {edition: folder / f"{path.stem}.{edition}.png" for edition in about.get("caption", {})}
        csv_path = folder / f"{path.stem}.csv"
        csv = csv_path.read_text(encoding="utf-8-sig") if csv_path.exists() else ""
        if images and all(image.exists() for image in images.values()):
            code = cells.get(path.stem, "")
            place = about.get("place", "body")
            found.append(
                Picture(path.stem, about["section"], about.get("notebook", ""), about["caption"], images, csv, code, place)
            )
    order = {code_name: i for i, code_name in enumerate(cells)}
    return sorted(found, key=lambda p: (p.notebook, order.get(p.name, len(order)), p.name))


def _cells(folder: Path) -> dict[str, str]:
    """Find, in the executed notebooks, the cell that saved each figure: name → source, in the order in which they stand."""
    found: dict[str, str] = {}
    for path in sorted(folder.glob("*.ipynb")) if folder.is_dir() else ():
        if ".failed" in path.name or path.name.startswith("."):
            continue
        for cell in json.loads(path.read_text(encoding="utf-8")).get("cells", []):
            source = "".join(cell["source"])
            if cell["cell_type"] == "code" and "gallery.show(" in source:
                for name in _SAVED.findall(source):
                    found.setdefault(name, source)
    return found


def raster(path: Path, narrow: bool = False) -> tuple[bytes, tuple[int, int]]:
    """Return a figure's PNG and its size in pixels, on demand no wider than a sharp screen shows it."""
    from PIL import Image

    data = path.read_bytes()
    picture = Image.open(io.BytesIO(data))
    if not narrow or picture.width <= _WIDTH:
        return data, picture.size
    height = round(picture.height * _WIDTH / picture.width)
    small = picture.convert("RGB").resize((_WIDTH, height), Image.Resampling.BICUBIC).quantize(128)
    out = io.BytesIO()
    small.save(out, "PNG", optimize=True)
    return (out.getvalue(), small.size) if out.tell() < len(data) else (data, picture.size)


def is_drawing(path: Path) -> bool:
    """Tell whether the SVG beside a PNG is the lighter of the two: a drawing, and not a picture in a frame."""
    drawing = path.with_suffix(".svg")
    return drawing.exists() and drawing.stat().st_size < _MAX_DRAWING
