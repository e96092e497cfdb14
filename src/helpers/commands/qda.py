"""`helpers export-qda` and `helpers import-qda`: documents and codes to NVivo, MAXQDA, ATLAS.ti and back."""

import argparse
import csv
import re
from pathlib import Path

from helpers import pipeline, store

_CODEBOOK = "data/codebook/policy_tools.yml"


def add_export_qda(commands) -> None:
    """Add `export-qda`."""
    parser = commands.add_parser("export-qda", help="write documents and codes as a REFI-QDA project (.qdpx)")
    _common(parser)
    parser.add_argument(
        "--blind", action="store_true", help="no codes, for coders; the units of handcoding/sample.csv are marked"
    )
    parser.set_defaults(command=_export)


def add_import_qda(commands) -> None:
    """Add `import-qda FILE`."""
    parser = commands.add_parser("import-qda", help="read codings from a REFI-QDA project, one handcoding/coder_NAME.csv a coder")
    parser.add_argument("file", type=Path)
    _common(parser)
    parser.set_defaults(command=_import)


def _common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, help="the report's folder (default: the project's own)")
    parser.add_argument("--raw", type=Path, help="folder with the documents (default: data/raw)")
    parser.add_argument("--codebook", default=_CODEBOOK, help="the typology that the units are coded with")


def _corpus(options: argparse.Namespace):
    """Return the folders, the documents, their clean texts and the units' places in them."""
    from helpers.corpus.clean_texts import clean_texts
    from helpers.export import qda

    raw = (options.raw or store.PROJECT_ROOT / "data" / "raw").resolve()
    folders = pipeline.Folders(raw, options.out.resolve() if options.out else None)
    documents, repairs, units = (store.read_table(folders.processed, name) for name in ("documents", "repairs", "units"))
    texts = clean_texts(raw, documents, repairs)
    return folders, documents, units, texts, qda.unit_spans(units, texts)


def _export(options: argparse.Namespace) -> int:
    import pandas as pd

    from helpers import codebook
    from helpers.export import qda

    folders, documents, units, texts, spans = _corpus(options)
    if options.blind:
        codings = _sampled(folders.handcoding / "sample.csv", units)
    else:
        codes, unit_tools = (store.read_table(folders.processed, name) for name in ("codes", "unit_tools"))
        codings = qda.machine_codings(units, codes, unit_tools)
    name = "blind.qdpx" if options.blind else "project.qdpx"
    scheme = codebook.load(options.codebook)
    print(qda.write_qdpx(folders.report / name, documents, texts, spans, pd.DataFrame(codings, columns=qda.CODINGS), scheme))
    return 0


def _sampled(path: Path, units) -> list[tuple]:
    """Return a mark on each unit of the sample; none when nothing was drawn."""
    from helpers.export import qda

    if not path.exists():
        return []
    with open(path, encoding="utf-8", newline="") as file:
        wanted = {row["unit"] for row in csv.DictReader(file)}
    chosen = units[units["unit_id"].isin(wanted)]
    return [(row.unit_id, "sample", qda.TO_CODE, 0, len(row.text)) for row in chosen.itertuples(index=False)]


def _import(options: argparse.Namespace) -> int:
    from helpers import codebook
    from helpers.export import qda_read

    folders, documents, _, texts, spans = _corpus(options)
    scheme = codebook.load(options.codebook)
    found = qda_read.read_qdpx(options.file, documents, texts, spans, scheme)
    coders, doubtful = qda_read.as_coders(found.codings, scheme)
    machine = _machine(folders)
    for problem in (*found.problems, *doubtful):
        print(problem)
    written = 0
    for coder, rows in coders.items():
        if coder in machine:
            print(f"{coder}: {len(rows)} units coded by the program, not by a coder, were left out")
            continue
        name = re.sub(r"\W+", "", coder) or "unknown"
        print(f"{store.write_csv(folders.handcoding / f'coder_{name}.csv', rows)}: {len(rows)} units coded by {coder}")
        written += 1
    if not written:
        raise qda_read.QdaError(f"{options.file.name}: holds no coding of a person that could be read")
    return 1 if found.problems or doubtful else 0


def _machine(folders: pipeline.Folders) -> set[str]:
    try:
        return {"sample", *store.read_table(folders.processed, "codes", ["coder"])["coder"]}
    except store.MissingTable:
        return {"sample"}
