"""A notebook's code run here, cell by cell, without a kernel: figures are not drawn, their captions are written all the same."""

import contextlib
import io
import json
from pathlib import Path

import pandas as pd
import pytest

from helpers import notices, plots, store
from helpers.pipeline import notebooks
from helpers.plots import charts


def run(monkeypatch: pytest.MonkeyPatch, name: str, processed: Path, figures: Path, **parameters: object) -> list[str]:
    """Run notebook `name` on the tables in `processed`; return its captions in both languages and what it said."""
    said: list[str] = []

    def show(self, figure: str, frame: pd.DataFrame) -> None:
        if not frame.empty:
            said.extend(charts._entry(figure, self.notebook).caption(frame, language) for language in ("en", "zh"))

    monkeypatch.setattr(plots.Gallery, "show", show)
    monkeypatch.setattr(charts, "display", lambda shown, **_raw: None if isinstance(shown, dict) else said.append(shown.data))
    content = json.loads((store.PROJECT_ROOT / f"notebooks/{name}.ipynb").read_text(encoding="utf-8"))
    around: dict[str, object] = {"__name__": "notebook"}
    with pd.option_context("display.max_colwidth", 80), contextlib.redirect_stdout(io.StringIO()):
        for cell in content["cells"]:
            if cell["cell_type"] == "code":
                exec(compile("".join(cell["source"]), name, "exec"), around)
            if "parameters" in cell["metadata"].get("tags", []):
                around |= {"processed_dir": str(processed), "figures_dir": str(figures), **parameters}
    return said


def instead_of_kernels(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let commands run notebooks in this process, one at a time (--jobs 1); return the list that what they say is put into."""
    said: list[str] = []

    def execute(source, target, given, environment, **_tell) -> notebooks.Execution:
        target.parent.mkdir(parents=True, exist_ok=True)
        log, read = (target.with_name(f".{source.stem}.{kind}") for kind in ("written", "read"))
        with monkeypatch.context() as patch:
            for name, path in ((notices.WRITTEN, log), (store.READ, read)):
                path.write_bytes(b"")
                patch.setenv(name, str(path))
            folders = {key: Path(given[key]) for key in ("processed_dir", "figures_dir")}
            own = {key: value for key, value in given.items() if key not in folders}
            said.extend(run(patch, source.stem, *folders.values(), **own))
        written = {Path(line) for line in log.read_text(encoding="utf-8").splitlines()}
        digests = json.loads(read.read_text(encoding="utf-8")) if read.stat().st_size else {}
        for path in (log, read):
            path.unlink()
        return notebooks.Execution(source.stem, tuple(sorted(written)), digests)

    monkeypatch.setattr(notebooks, "execute", execute)
    return said
