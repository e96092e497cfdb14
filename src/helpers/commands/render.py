"""`helpers export`, `pdf`, `docs`, `dictionary`: other forms of what a run has made."""

import argparse
from pathlib import Path

from helpers import pipeline, store


def _with_out(parser: argparse.ArgumentParser, command) -> None:
    parser.add_argument("--out", type=Path, help="the report's folder (default: the project's own)")
    parser.set_defaults(command=command)


def add_export(commands) -> None:
    """Add `export`."""
    _with_out(commands.add_parser("export", help="write all tables as one Excel workbook and as LaTeX"), _export)


def add_pdf(commands) -> None:
    """Add `pdf`."""
    parser = commands.add_parser("pdf", help="write the report as PDF (no browser or TeX needed)")
    parser.add_argument("--language", choices=("en", "zh"), default="en")
    _with_out(parser, _pdf)


def add_docs(commands) -> None:
    """Add `docs`."""
    commands.add_parser("docs", help="refresh the rendered copy in docs/").set_defaults(command=_docs)


def add_dictionary(commands) -> None:
    """Add `dictionary`."""
    commands.add_parser("dictionary", help="write data/processed/DATA_DICTIONARY.md").set_defaults(command=_dictionary)


def _export(options: argparse.Namespace) -> int:
    from helpers import export

    folders = pipeline.Folders.made(options.out)
    print(export.excel(folders.processed, folders.report / "tables.xlsx"))
    export.latex(folders.processed, folders.report / "latex")
    print(folders.report / "latex")
    return 0


def _pdf(options: argparse.Namespace) -> int:
    from helpers import report

    folders = pipeline.Folders.made(options.out)
    target = folders.report / ("report.pdf" if options.language == "en" else "report.zh.pdf")
    about = pipeline.Run(folders).recorded()
    print(report.pdf(folders.processed, folders.figures, folders.executed, target, about, options.language))
    return 0


def _docs(_options: argparse.Namespace) -> int:
    from helpers import report

    folders = pipeline.Folders.made(None)
    about = pipeline.Run(folders).recorded()
    places = (folders.processed, folders.figures, folders.executed, store.PROJECT_ROOT / "docs")
    for path in report.build(*places, about, carry_tables=False):
        print(path)
    return 0


def _dictionary(_options: argparse.Namespace) -> int:
    from helpers import catalogue

    print(store.write_text(store.PROJECT_ROOT / "data" / "processed" / "DATA_DICTIONARY.md", catalogue.data_dictionary()))
    return 0
