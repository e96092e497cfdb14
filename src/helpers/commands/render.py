"""`helpers export`, `pdf`, `paper`, `docs`, `dictionary`: other forms of what a run has made."""

import argparse

from helpers import store
from helpers.commands.ran import of_run, read_run


def add_export(commands) -> None:
    """Add `export`."""
    parser = commands.add_parser("export", help="write all tables as one Excel workbook and as LaTeX")
    of_run(parser)
    parser.add_argument("--figures", action="store_true", help="write each figure with its title, source and n, too")
    parser.set_defaults(command=_export)


def add_pdf(commands) -> None:
    """Add `pdf`."""
    parser = commands.add_parser("pdf", help="write the report as PDF (no browser or TeX needed)")
    of_run(parser, "codebook", "language")
    parser.set_defaults(command=_pdf)


def add_paper(commands) -> None:
    """Add `paper`."""
    parser = commands.add_parser("paper", help="write methods, tables, figures and references for a thesis, as Word and LaTeX")
    of_run(parser, "codebook", "language")
    parser.add_argument("--references", choices=("apa", "gbt"), help="style: APA, or GB/T 7714 (default: by language)")
    parser.set_defaults(command=_paper)


def add_docs(commands) -> None:
    """Add `docs`."""
    commands.add_parser("docs", help="refresh the rendered copy in docs/").set_defaults(command=_docs)


def add_dictionary(commands) -> None:
    """Add `dictionary`."""
    commands.add_parser("dictionary", help="write data/processed/DATA_DICTIONARY.md").set_defaults(command=_dictionary)


def _export(options: argparse.Namespace) -> int:
    from helpers import export, paper, report

    ran = read_run(options)
    folders = ran.folders
    ran.check(folders.processed, *((folders.figures,) if options.figures else ()))
    with folders.alone():
        views = report.views_of(folders.processed, {"parameters": ran.given}, ran.codebook)
        printed = paper.printed(folders.processed, ran.record or {"parameters": ran.given}, ran.language, ran.codebook)
        print(export.excel(folders.processed, folders.report / "tables.xlsx", views=views, printed=printed))
        export.latex(folders.processed, folders.report / "latex", ran.language, views=views)
        if options.figures:
            _titled(ran)
    print(folders.report / "latex")
    print(f"next: {ran.next('pdf')}")
    return 0


def _titled(ran) -> None:
    """Write the run's figures with title, source and n beside the workbook."""
    from helpers import corpus, plots

    documents = store.read_table(ran.folders.processed, "documents")
    asked = {name: ran.given[name] for name in ("county_filter", "year_min", "year_max") if name in ran.given}
    shown = corpus.select(documents, **asked)
    target = ran.folders.report / "figures"
    plots.titled(ran.folders.figures, target, ran.language, len(shown), int(shown["n_units"].sum()))
    print(target)


def _pdf(options: argparse.Namespace) -> int:
    from helpers import report

    ran = read_run(options)
    folders = ran.folders
    target = folders.report / ("report.pdf" if ran.language == "en" else "report.zh.pdf")
    places = (folders.processed, folders.figures, folders.executed)
    about = ran.readable()
    ran.check(*places)
    with folders.alone():
        print(report.pdf(*places, target, about, ran.language, codebook=ran.codebook))
    print(f"next: {ran.next('export-qda')}")
    return 0


def _paper(options: argparse.Namespace) -> int:
    from helpers import paper

    ran = read_run(options)
    folders = ran.folders
    places = (folders.processed, folders.figures, folders.executed)
    about = ran.readable()
    ran.check(*places)
    with folders.alone():
        written = paper.write(*places, folders.paper, about, ran.language, ran.codebook, options.references)
    for path in written:
        if path.suffix in (".docx", ".tex", ".bib"):
            print(path)
    print(f"next: {ran.next('export')}")
    return 0


def _docs(options: argparse.Namespace) -> int:
    from helpers import report

    ran = read_run(options)
    folders = ran.folders
    places = (folders.processed, folders.figures, folders.executed)
    about = ran.readable()
    ran.check(*places)
    for path in report.build(
        *places, store.PROJECT_ROOT / "docs", about, ran.language, codebook=ran.codebook, carry_tables=False
    ):
        print(path)
    for path in report.notebook_pages(folders.executed, store.PROJECT_ROOT / "docs" / "notebooks", ran.language):
        print(path)
    return 0


def _dictionary(_options: argparse.Namespace) -> int:
    from helpers import catalogue

    print(store.write_text(store.PROJECT_ROOT / "data" / "processed" / "DATA_DICTIONARY.md", catalogue.data_dictionary()))
    return 0
