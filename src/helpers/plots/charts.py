"""The register of charts: how each is drawn, which facts its caption states, how it is saved beside its data and shown."""

import importlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from IPython.display import Image, Markdown, display
from matplotlib.figure import Figure

from helpers import store
from helpers.codebook import Codebook
from helpers.language import LANGUAGES, say
from helpers.plots import canvas, drawn
from helpers.plots.shown import as_html, laid_out
from helpers.plots.style import use_style

CHARTS: dict[str, "Chart"] = {}


@dataclass(frozen=True)
class Chart:
    """`draw(frame, language)` gives the Figure; `facts(frame, language)` what its caption, `<section>.<name>.caption`, states."""

    name: str
    section: str
    draw: Callable[[pd.DataFrame, str], Figure]
    facts: Callable[[pd.DataFrame, str], dict]
    table: str = ""
    place: str = "body"
    least: int = 1  # rows below which there is nothing to see

    def caption(self, frame: pd.DataFrame, language: str) -> str:
        """Return the caption of `frame` drawn."""
        return say(f"{self.section}.{self.name}.caption", language, **self.facts(frame, language))


def chart(
    name: str, section: str, facts: Callable[[pd.DataFrame, str], dict], table: str = "", place: str = "body", least: int = 1
):
    """Register the decorated `draw(frame, language)` under `name`.

    `section` is the part of the report it stands in and the file of its texts (clean, describe, tools, validity, topics,
    commitments, compare); `table` names the processed table behind it, if there is one; `place` is body or appendix; a frame of
    fewer than `least` rows is not drawn.
    """

    def register(draw):
        CHARTS[name] = Chart(name, section, draw, facts, table, place, least)
        return draw

    return register


@dataclass(frozen=True)
class Gallery:
    """What one notebook shows: figures, sentences, tables (`Gallery(figures_dir, language, "07_compare", scheme)`)."""

    figures_dir: str | Path
    language: str
    notebook: str
    codebook: Codebook | None = None  # names the tools in tables

    def show(self, name: str, frame: pd.DataFrame) -> None:
        """Draw chart `name` in every language, save it beside its data, and show it with its caption.

        A frame without rows, or with too few to be seen, leaves a sentence, and no figure of an earlier run.
        """
        if len(frame) < _entry(name, self.notebook).least:
            for path in store.resolve(self.figures_dir).glob(f"{name}.*"):
                path.unlink()
            display(Markdown(say("labels.nothing_to_draw", self.language, name=name)))
            return
        display(save(name, frame, self.figures_dir, self.language, self.notebook))
        about = (store.resolve(self.figures_dir) / f"{name}.json").read_text(encoding="utf-8")
        display(Markdown(json.loads(about)["caption"][self.language]))

    def say(self, key: str, **facts) -> None:
        """Show text `key` of this notebook's file (compare.yml for 07_compare), filled; a key with a dot names another file."""
        key = key if "." in key else f"{self.notebook.partition('_')[2]}.{key}"
        display(Markdown(say(key, self.language, **facts)))

    def table(self, frame: pd.DataFrame, columns: list[str], n: int = 10) -> None:
        """Show the first `n` rows of a frame as readers see tables: headings, names and shares of the run's language."""
        shown = laid_out(frame.head(n), columns, self.language, self.codebook)
        plain = shown.to_string(index=False) if len(shown) else " · ".join(shown)
        display({"text/html": as_html(shown), "text/plain": plain}, raw=True)
        if len(frame) > n:
            self.say("labels.first_rows", shown=n, n=len(frame))

    def written(self, tables: dict[str, pd.DataFrame]) -> None:
        """Show which tables were written, with their rows."""
        self.say("labels.written", tables=[say("labels.rows", self.language, table=name, n=len(t)) for name, t in tables.items()])


def _entry(name: str, notebook: str) -> Chart:
    """Find a chart; the room of the notebook that asks (03_tools: plots/tools.py) is loaded when it has to be."""
    if name not in CHARTS:
        importlib.import_module(f"helpers.plots.{notebook.partition('_')[2]}")
    return CHARTS[name]


def save(name: str, frame: pd.DataFrame, figures_dir: str | Path, language: str = "en", notebook: str = "") -> Image:
    """Draw chart `name` in every language and write `name.<language>.png`, `.svg`, `name.csv` and `name.json` (captions). Rows too
    many for a spreadsheet (`store.CSV_ROWS`) are written as Parquet.

    Returns the picture in `language`. Nothing in the files depends on time or place. Within a run, files that would come out as
    they are stay (`plots.drawn`).
    """
    entry = _entry(name, notebook)
    folder = store.resolve(figures_dir)
    files = [folder / f"{name}.{edition}.{kind}" for edition in LANGUAGES for kind in ("png", "svg")]
    files += [_data(folder, name, frame), folder / f"{name}.json"]
    before = drawn.of(name, notebook, frame, files, (entry.draw, entry.facts))
    if before is None or not before.stands():
        _draw(entry, frame, folder, notebook)
        if before:
            before.keep()
    return Image(filename=str(folder / f"{name}.{language}.png"), width=720)


def _draw(entry: Chart, frame: pd.DataFrame, folder: Path, notebook: str) -> None:
    name = entry.name
    for edition in LANGUAGES:
        use_style()
        _write(entry.draw(frame, edition), folder / f"{name}.{edition}")
    _write_data(folder, name, frame)
    caption = {edition: entry.caption(frame, edition) for edition in LANGUAGES}
    about = {
        "name": name,
        "section": entry.section,
        "table": entry.table,
        "notebook": notebook,
        "place": entry.place,
        "caption": caption,
    }
    store.write_text(folder / f"{name}.json", json.dumps(about, ensure_ascii=False, indent=1, sort_keys=True) + "\n")


def _data(folder: Path, name: str, frame: pd.DataFrame) -> Path:
    return folder / f"{name}.{'csv' if len(frame) <= store.CSV_ROWS else 'parquet'}"


def _write_data(folder: Path, name: str, frame: pd.DataFrame) -> None:
    """Write what a figure draws, and take away the file in which a former run did so."""
    path = _data(folder, name, frame)
    if path.suffix == ".csv":
        store.write_csv(path, frame)
        path.with_suffix(".parquet").unlink(missing_ok=True)
    else:
        rows = pa.Table.from_pandas(frame.round(store.DECIMALS), preserve_index=False).replace_schema_metadata(None)
        store.write_atomic(path, lambda partial: pq.write_table(rows, partial, compression="zstd"))
        store.without_csv(folder, name, len(frame))


def _write(figure: Figure, stem: Path) -> None:
    for suffix, write in ((".png", canvas.write_png), (".svg", canvas.write_svg)):
        path = stem.with_name(f"{stem.name}{suffix}")
        store.write_atomic(path, lambda partial, write=write: write(figure, partial))
    plt.close("all")
