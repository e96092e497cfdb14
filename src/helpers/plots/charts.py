"""The register of charts: how each is drawn, what its caption says, and how it is saved beside its data."""

import importlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
from IPython.display import Image
from matplotlib.figure import Figure

from helpers import store
from helpers.plots import canvas
from helpers.plots.style import use_style

LANGUAGES = ("en", "zh")
CHARTS: dict[str, "Chart"] = {}


@dataclass(frozen=True)
class Chart:
    """`draw(frame, language)` gives the Figure; `caption(frame)` gives {"en": …, "zh": …} written from the data."""

    name: str
    section: str
    draw: Callable[[pd.DataFrame, str], Figure]
    caption: Callable[[pd.DataFrame], dict[str, str]]
    table: str = ""


def chart(name: str, section: str, caption: Callable[[pd.DataFrame], dict[str, str]], table: str = ""):
    """Register the decorated `draw(frame, language)` under `name`.

    `section` is the part of the report it stands in (clean, describe, tools, validity, topics, commitments, compare);
    `table` names the processed table behind it, if there is one.
    """

    def register(draw):
        CHARTS[name] = Chart(name, section, draw, caption, table)
        return draw

    return register


def _entry(name: str, notebook: str) -> Chart:
    """Find a chart; the room of the notebook that asks (03_tools: plots/tools.py) is loaded when it has to be."""
    if name not in CHARTS:
        importlib.import_module(f"helpers.plots.{notebook.partition('_')[2]}")
    return CHARTS[name]


def save(name: str, frame: pd.DataFrame, figures_dir: str | Path, language: str = "en", notebook: str = "") -> Image:
    """Draw chart `name` in both languages and write `name.<language>.png`, `.svg`, `name.csv` and `name.json` (captions).

    Returns the picture in `language`, for the notebook to show. Nothing in the files depends on time or place.
    """
    entry = _entry(name, notebook)
    folder = store.resolve(figures_dir)
    for edition in LANGUAGES:
        use_style()
        _write(entry.draw(frame, edition), folder / f"{name}.{edition}")
    store.write_csv(folder / f"{name}.csv", frame)
    about = {"name": name, "section": entry.section, "table": entry.table, "notebook": notebook, "caption": entry.caption(frame)}
    store.write_text(folder / f"{name}.json", json.dumps(about, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
    return Image(filename=str(folder / f"{name}.{language}.png"), width=720)


def _write(figure: Figure, stem: Path) -> None:
    for suffix, write in ((".png", canvas.write_png), (".svg", canvas.write_svg)):
        path = stem.with_name(f"{stem.name}{suffix}")
        store.write_atomic(path, lambda partial, write=write: write(figure, partial))
    plt.close(figure)
