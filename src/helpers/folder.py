"""A corpus folder of one's own: written ready to be filled, and checked before it is used (floor 6, beside `report`)."""

import csv
import io
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import pandas as pd

from helpers import corpus, store
from helpers.structure import county_by_name
from helpers.structure.divisions import register

YEARS = range(2017, 2026)
_README = """\
# Corpus folder · 语料文件夹

1. Put the documents into `raw/` (text, HTML, Word, WPS, RTF, .odt, PDF with a text layer, .zip of these). 把文件放进 `raw/`。
2. Fill in `raw/corpus.csv`, one row a file, or leave it: only `path` is required, the text gives the rest. For example:
   填写 `raw/corpus.csv`，每个文件一行；也可不填：只有 `path` 必填，空格会从正文识别。例如：

{example}

3. Check · 检查: `python -m helpers check {name}`
4. Report · 生成报告: `python -m helpers report --raw {name}/raw --out {name} --params {name}/params.yml`

The report is `report/index.html`; what could not be used is in `processed/quarantine.csv` with the reason.
报告在 `report/index.html`；未能使用的文件及原因在 `processed/quarantine.csv`。
"""
_PARAMS = """\
# Parameters of the report, NAME: VALUE; what is not here has its default (README of the project).
# 报告参数，每行一个“名称: 值”；未列出的用默认值。
# title: What stands above the report · 报告标题
# author: Who answers for it · 署名
language: en
year_min: 2017
year_max: 2025
county_filter: []
"""
_EXAMPLE = {
    "path": "example.txt", "county": "湘阴县", "province": "湖南省", "year": "2017", "title": "关于促进工业发展的五年行动计划",
    "source": "web page, date of access", "licence": "official document, no copyright (PRC Copyright Law, Art. 5)",
}  # fmt: skip


class FolderError(ValueError):
    """A folder cannot be written or checked; the message says why and what to do."""


def new(target: Path) -> list[Path]:
    """Write a ready corpus folder: raw/corpus.csv with its headings, params.yml, README.md with an example, in both languages.

    Returns the files written; raises FolderError when the folder holds anything already.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise FolderError(f"{target}: is there already and not empty; name a new folder")
    table = io.StringIO()
    writer = csv.DictWriter(table, corpus.MANIFEST_COLUMNS, lineterminator="\n")
    writer.writeheader()
    headings = table.getvalue()
    writer.writerow(_EXAMPLE)
    example = "".join(f"       {line}\n" for line in table.getvalue().splitlines()).rstrip()
    readme = _README.format(name=target.name, example=example)
    contents = {"raw/corpus.csv": headings, "params.yml": _PARAMS, "README.md": readme}
    return [store.write_text(target / name, text) for name, text in contents.items()]


@dataclass(frozen=True)
class Checked:
    """What a run would make of a folder: its documents, and problems as (file or row, remedy)."""

    documents: pd.DataFrame
    problems: list[tuple[str, str]]


def check(target: Path) -> Checked:
    """Read a corpus folder as a run would.

    Found: wrong checksum, missing or unreadable file, duplicate, path out of the folder, a county that no division list has
    (with the nearest names), a year outside 2017-2025 or not a year, missing columns, documents without county or year.
    Raises FolderError without a raw folder.
    """
    raw = target / "raw" if (target / "raw").is_dir() else target
    if not raw.is_dir():
        raise FolderError(f"{target}: no such folder; `python -m helpers new {target}` writes one")
    built = corpus.build(raw)
    problems = [] if len(built.documents) + len(built.quarantine) else [(str(raw), "no documents are there yet: put them in")]
    problems += list(built.quarantine[["source_file", "reason"]].itertuples(index=False, name=None))
    manifest = corpus.read_manifest(raw)
    if manifest.found:
        problems += _columns(raw)
    for name, row in sorted(manifest.rows.items()):
        where = f"corpus.csv row {row.line} ({name})"
        problems += [(where, problem) for problem in (*_year(row), *_county(row)) if problem]
    for row in built.documents.itertuples(index=False):
        problems += [(row.source_file, remedy) for column, remedy in _UNKNOWN.items() if pd.isna(getattr(row, column))]
    return Checked(built.documents, problems)


_UNKNOWN = {
    "county": "no county was recognised: write it into corpus.csv, columns path and county, or the report calls it unknown",
    "year": "no year was recognised: write it into corpus.csv, columns path and year, or the report calls it unknown",
}


def recognised(found: Checked) -> list[str]:
    """Return a line a document: file → county, code, year, form, title, sentences."""
    lines = []
    for row in found.documents.sort_values("source_file", kind="stable").itertuples(index=False):
        seen = [row.county, row.county_code, row.year, row.doc_form, row.title]
        told = ", ".join("unknown" if pd.isna(value) or value == "" else str(value) for value in seen)
        lines.append(f"{row.source_file} → {told}, {row.n_units} sentence{'s' if row.n_units != 1 else ''}")
    return lines


def _columns(raw: Path) -> list[tuple[str, str]]:
    path = raw / "corpus.csv" if (raw / "corpus.csv").is_file() else raw.parent / "corpus.csv"
    first = path.read_text(encoding="utf-8-sig", errors="replace").splitlines()[0]
    missing = [c for c in corpus.MANIFEST_COLUMNS if c not in {name.strip().lower() for name in first.split(",")}]
    if not missing:
        return []
    named = ", ".join(f"column {name} is missing" for name in missing)
    return [("corpus.csv row 1", f"{named}: add {'it, it' if len(missing) == 1 else 'them, they'} may stay empty")]


def _year(row: corpus.ManifestRow) -> list[str]:
    if not row["year"]:
        return []
    if row.year is None:
        return [f"year {row['year']!r} is not a year: write four digits, or leave it empty"]
    return [] if row.year in YEARS else [f"year {row.year} is outside 2017-2025: correct it, or leave the file out"]


def _county(row: corpus.ManifestRow) -> list[str]:
    written, known = row["county"], register().by_name
    if not written or county_by_name(written, row.year, row["province"], row["city"]).county in known:
        return []
    near = get_close_matches(written, sorted(known), 3, 0.5)
    hint = f"did you mean {', '.join(near)}? " if near else ""
    return [f"county {written!r} is in no list of divisions: {hint}write the full name (县, 区 or 市 included)"]
