"""`helpers export-qda` and `helpers import-qda`: documents and codes to QualCoder, NVivo, MAXQDA, ATLAS.ti and back."""

import argparse
import re
from pathlib import Path

from helpers import pipeline, store
from helpers.commands.ran import of_run, read_run


def add_export_qda(commands) -> None:
    """Add `export-qda`."""
    parser = commands.add_parser("export-qda", help="write documents and codes as a REFI-QDA project (.qdpx)")
    of_run(parser, "raw", "codebook")
    parser.add_argument(
        "--blind", action="store_true", help="no codes, for coders; the units of handcoding/sample.csv are marked"
    )
    parser.set_defaults(command=_export)


def add_import_qda(commands) -> None:
    """Add `import-qda FILE`."""
    parser = commands.add_parser("import-qda", help="read codings from a REFI-QDA project, one handcoding/coder_NAME.csv a coder")
    parser.add_argument("file", type=Path)
    of_run(parser, "raw", "codebook")
    parser.add_argument("--coder", metavar="NAME", help="whose codings they are, where the program calls every user alike")
    parser.set_defaults(command=_import)


def _corpus(ran: pipeline.Made):
    """Return the documents of a run, their units, their clean texts and the units' places in them."""
    from helpers.corpus.clean_texts import clean_texts
    from helpers.export import qda

    ran.check()
    documents, repairs, units = (store.read_table(ran.folders.processed, name) for name in ("documents", "repairs", "units"))
    texts = clean_texts(ran.folders.raw, documents, repairs)
    return documents, units, texts, qda.unit_spans(units, texts)


def _export(options: argparse.Namespace) -> int:
    import pandas as pd

    from helpers import codebook
    from helpers.export import qda

    ran = read_run(options)
    documents, units, texts, spans = _corpus(ran)
    if options.blind:
        codings = _sampled(ran, units)
    else:
        codes, unit_tools = (store.read_table(ran.folders.processed, name) for name in ("codes", "unit_tools"))
        codings = qda.machine_codings(units, codes, unit_tools)
    path = ran.folders.report / ("blind.qdpx" if options.blind else "project.qdpx")
    scheme = codebook.load(ran.codebook)
    print(qda.write_qdpx(path, documents, texts, spans, pd.DataFrame(codings, columns=qda.CODINGS), scheme))
    print(f"next, with the project as the other program exports it: {ran.next('import-qda', Path('FILE.qdpx'))}")
    return 0


def _sampled(ran: pipeline.Made, units) -> list[tuple]:
    """Return a mark on each unit of the sample; none when nothing was drawn."""
    from helpers import handcoding
    from helpers.export import qda

    path = ran.folders.handcoding / "sample.csv"
    if not path.exists():
        print(f"no units are marked: nothing was drawn yet (`{ran.next('sample')}`)")
        return []
    chosen = units[units["unit_id"].isin(set(handcoding.read_sample(path)["unit"]))]
    return [(row.unit_id, "sample", qda.TO_CODE, 0, len(row.text)) for row in chosen.itertuples(index=False)]


def _import(options: argparse.Namespace) -> int:
    from helpers import codebook
    from helpers.export import qda_read

    ran = read_run(options)
    documents, _, texts, spans = _corpus(ran)
    scheme = codebook.load(ran.codebook)
    found = qda_read.read_qdpx(options.file, documents, texts, spans, scheme)
    coders, doubtful = qda_read.as_coders(found.codings, scheme)
    for problem in (*found.problems, *doubtful):
        print(problem)
    machine = _machine(ran.folders)
    for coder in sorted(set(coders) & machine):
        print(f"{coder}: {len(coders[coder])} units coded by the program, not by a coder, were left out")
    people = {coder: rows for coder, rows in coders.items() if coder not in machine}
    if not people:
        raise qda_read.QdaError(f"{options.file.name}: holds no coding of a person that could be read")
    paths = _paths(ran.folders.handcoding, list(people), options)
    for coder, rows in people.items():
        notes = found.notes[found.notes["coder"] == coder].groupby("unit_id")["note"].agg("; ".join)
        with_notes = rows.assign(note=rows["unit"].map(notes).fillna("")) if len(notes) else rows
        print(f"{store.write_csv(paths[coder], with_notes)}: {len(rows)} units coded by {coder}")
    print(f"next: {ran.next('agreement')}")
    return 1 if found.problems or doubtful else 0


def _paths(folder: Path, people: list[str], options: argparse.Namespace) -> dict[str, Path]:
    """Return a file a coder, none of which is there yet; QdaError says what to do where one is."""
    from helpers.export.qda import QdaError

    if options.coder and len(people) > 1:
        raise QdaError(f"{options.file.name}: --coder names one coder, and {len(people)} have coded: {', '.join(people)}")
    if options.coder and not re.fullmatch(r"\w+", options.coder):
        raise QdaError(f"--coder must be letters and digits, not {options.coder!r}")
    paths: dict[str, Path] = {}
    for coder in people:
        plain = re.sub(r"\W+", "", options.coder or coder)[:40] or "unknown"  # a name from a file becomes part of a path
        taken, n, name = {path.name.casefold() for path in paths.values()}, 1, plain
        while f"coder_{name}.csv".casefold() in taken:
            n += 1
            name = f"{plain}_{n}"
        paths[coder] = folder / f"coder_{name}.csv"
    there = [path.name for path in paths.values() if path.exists()]
    if there:
        raise QdaError(
            f"{folder}: {there[0]} is there already and is not written over; if this is another person, give --coder NAME, "
            "if it is a newer state of the same codings, move the old file away first"
        )
    return paths


def _machine(folders: pipeline.Folders) -> set[str]:
    try:
        return {"sample", *store.read_table(folders.processed, "codes", ["coder"])["coder"]}
    except store.MissingTable:
        return {"sample"}
