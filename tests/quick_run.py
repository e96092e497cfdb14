"""A run in which each notebook is a line of Python: order, record, clean-up and commands are those of a whole run, in no time."""

from pathlib import Path

import pandas as pd
import pytest

from helpers import corpus, notices, pipeline, report, store
from helpers.pipeline import notebooks

TEXT = "平江县人民政府关于加快工业发展的意见\n支持企业技术改造{}项。\n"


def write_raw(folder: Path, n: int = 3) -> Path:
    """Write some documents that can be read."""
    folder.mkdir(parents=True)
    for number in range(n):
        (folder / f"a{number}.txt").write_text(TEXT.format(number), encoding="utf-8")
    return folder


class Notebooks:
    """Stands for papermill: `01_clean` reads the corpus, each other writes one figure's numbers; counts what ran."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch):
        self.ran: list[str] = []
        self.before = lambda name: None  # called before a notebook does anything
        self._monkeypatch = monkeypatch
        monkeypatch.setattr(notebooks, "execute", self._execute)
        monkeypatch.setattr(report, "build", self._report)
        monkeypatch.setattr(pipeline.run, "apart", lambda function, *given: function(*given))  # in the process that is patched

    def _execute(self, source, target, given, environment, **_tell) -> notebooks.Execution:
        self.before(source.stem)
        self.ran.append(source.stem)
        log, read = (target.with_name(f".{source.stem}.{kind}") for kind in ("written", "read"))
        target.parent.mkdir(parents=True, exist_ok=True)
        with self._monkeypatch.context() as patch:
            for name, path in ((notices.WRITTEN, log), (store.READ, read)):
                path.write_bytes(b"")
                patch.setenv(name, str(path))
            try:
                if source.stem == "01_clean":
                    corpus.write(given["raw_dir"], given["processed_dir"], n_jobs=1)
                else:
                    frame = pd.DataFrame({"text": ["支持企业。", f"{source.stem}"], "n": [1, 2.5]})
                    store.write_csv(Path(given["figures_dir"], f"{source.stem}.csv"), frame)
                written = log.read_text(encoding="utf-8").splitlines()
                digests = pd.read_json(read, typ="series").to_dict() if read.stat().st_size else {}
                return notebooks.Execution(source.stem, tuple(sorted(map(Path, set(written)))), digests)
            finally:
                for path in (log, read):
                    path.unlink(missing_ok=True)

    def _report(self, processed, _figures, _executed, target, *_rest, **_options) -> list[Path]:
        self.ran.append("report")
        n = len(store.read_table(processed, "documents"))
        return [store.write_text(target / "index.html", f"<p>{n}</p>\n")]


def run(raw: Path, out: Path, **options) -> list[tuple[str, str]]:
    """Do what `helpers report` does."""
    folders = pipeline.Folders(raw.resolve(), out.resolve())
    folders.check()
    with folders.alone():
        return pipeline.Run(folders, **options)()
