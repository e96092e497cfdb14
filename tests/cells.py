"""A notebook's code run here, cell by cell, without a kernel: figures are not drawn, their captions are written all the same."""

import contextlib
import io
import json
from pathlib import Path

import pandas as pd
import pytest

from helpers import plots, store
from helpers.plots import charts

_SETTINGS = "display."  # of pandas: a notebook's own must not outlive it


def run(monkeypatch: pytest.MonkeyPatch, name: str, processed: Path, figures: Path, **parameters: object) -> list[str]:
    """Run notebook `name` on the tables in `processed`; return its captions in both languages and what it said."""
    said: list[str] = []

    def show(self, figure: str, frame: pd.DataFrame) -> None:
        if not frame.empty:
            said.extend(charts._entry(figure, self.notebook).caption(frame, language) for language in ("en", "zh"))

    monkeypatch.setattr(plots.Gallery, "show", show)
    monkeypatch.setattr(charts, "display", lambda shown: said.append(shown.data))
    cells = [
        c
        for c in json.loads((store.PROJECT_ROOT / f"notebooks/{name}.ipynb").read_text("utf-8"))["cells"]
        if c["cell_type"] == "code"
    ]
    around = {"__name__": "notebook"}
    with pd.option_context("display.max_colwidth", 80), contextlib.redirect_stdout(io.StringIO()):
        for cell in cells:
            exec(compile("".join(cell["source"]), f"{name}", "exec"), around)
            if "parameters" in cell["metadata"].get("tags", []):
                around |= {"processed_dir": str(processed), "figures_dir": str(figures), **parameters}
    return said
