"""Executed notebooks and tables in, one self-contained HTML file an edition out; the same report as PDF."""

from functools import partial
from pathlib import Path

import pandas as pd

from helpers import catalogue, store
from helpers.report import evidence, material, page, promises, sections
from helpers.report.beside import beside
from helpers.report.model import More, Prose, Report, Table
from helpers.report.notebooks import pages as notebook_pages
from helpers.report.words import LANGUAGES, Words

_LOOKED_AT = 60  # rows of a table in a copy that is only looked at

__all__ = ["build", "notebook_pages", "pdf", "views_of"]


def build(
    processed_dir, figures_dir, executed_dir, report_dir, run: dict, language: str = "en", codebook=None, carry_tables=True
) -> list[Path]:
    """Write `index.html` in `language` and the other edition beside it; return the files written.

    `run` is the record of the run: `versions` {name: version}, `parameters` {name: value} (`codebook`, `county_filter`,
    `year_min`, `year_max`, `seed`, `segmenter` are looked at), `inputs` and `outputs` {file: SHA-256} (may be nested by folder).
    `codebook` is the codebook's file; without it, the shipped one of the name in `run["parameters"]["codebook"]`.
    Without `carry_tables` the page is for looking only: its tables are shorter and cannot be downloaded from it.
    Tables and figures that are not there leave a line that says which notebook makes them. Same tables, same bytes.
    """
    content = material.load(processed_dir, figures_dir, executed_dir, run, codebook)
    order = (language, *(other for other in LANGUAGES if other != language))
    files = dict(zip(order, ("index.html", page.NAMES[order[1]]), strict=True))
    # asked for before the other edition forks off, which then shares it
    promises.counted(content), promises.money(content), content.compared
    units, csv = evidence.data(content), page.downloads(content) if carry_tables else ({}, [])

    def rendered(edition: str) -> str:
        words = Words(edition, content.codebook, content.names)
        report = sections.edition(content, words)
        if not carry_tables:
            _shorten(report, words)
        other = next(name for kind, name in files.items() if kind != edition)
        return page.render(report, content, words, units, csv, other)

    second = beside(partial(rendered, order[1]))
    pages = [rendered(order[0]), second()]
    folder = store.resolve(report_dir)
    return [store.write_text(folder / files[kind], text) for kind, text in zip(order, page.finish(pages), strict=True)]


def _shorten(report: Report, words: Words) -> None:
    """Leave the first rows of each long table; what is cut is said under it, as always, and where the whole is."""
    for section in report.sections:
        if section.id == "downloads":
            section.blocks = [Prose(words("lead_copy"), "lead")]
        for block in section.blocks:
            for table in block.tables if isinstance(block, More) else [block]:
                if isinstance(table, Table) and table.source and len(table.rows) > _LOOKED_AT:
                    table.total, table.rows = max(table.total or 0, len(table.rows)), table.rows[:_LOOKED_AT]


def views_of(processed_dir, run: dict, codebook=None) -> dict[str, pd.DataFrame]:
    """Return the tables that are made where they are shown, by name; those of tables that are not there are left out."""
    content = material.load(processed_dir, "", None, run, codebook)
    return {name: content[name] for name in catalogue.views() if name in content.present}


def pdf(processed_dir, figures_dir, executed_dir, path, run: dict, language: str = "en", codebook=None) -> Path:
    """Write the same report as a PDF (A4), set by typst with the fonts of the wheel; arguments as in `build`."""
    from helpers.report import typeset  # the compiler is loaded only when a PDF is asked for

    content = material.load(processed_dir, figures_dir, executed_dir, run, codebook)
    words = Words(language, content.codebook, content.names)
    return typeset.write(sections.edition(content, words), words, store.resolve(path))
