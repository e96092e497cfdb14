"""`helpers preanalysis`: fix before coding what will be analysed; run once more, hold it against what was done."""

import argparse
from functools import partial

from helpers import store
from helpers.commands.ran import of_run, read_run


def add_preanalysis(commands) -> None:
    """Add `preanalysis`."""
    parser = commands.add_parser(
        "preanalysis", help="write a file that fixes codebook, sample, contrasts and seeds before coding; later, check it"
    )
    of_run(parser, "codebook", "seed")
    parser.add_argument(
        "--contrast", action="append", default=[], metavar="'PLACE YEAR - PLACE YEAR: TOOL'",
        help="a difference that is planned; PLACE is a county's name or its six-digit code; may be given several times",
    )  # fmt: skip
    parser.set_defaults(command=_preanalysis)


def _preanalysis(options: argparse.Namespace) -> int:
    from helpers import codebook, handcoding
    from helpers.handcoding import preanalysis

    ran = read_run(options)
    ran.check()
    folder, path = ran.folders.handcoding, ran.folders.handcoding / preanalysis.FILE
    units = store.read_table(ran.folders.processed, "units", ["unit_id", "doc_id", "text"])
    drawn = handcoding.read_sample(folder / "sample.csv") if (folder / "sample.csv").exists() else None
    planned = preanalysis.read(path) if path.exists() else None
    contrasts = planned["contrasts"] if planned else options.contrast
    settings = {"seed": ran.parameter("seed"), "coder": ran.parameter("coder")}
    now = preanalysis.plan(codebook.load(ran.codebook), ran.codebook, units, drawn, settings, contrasts)
    if planned:
        return _checked(ran, path, planned, now, options)
    print(f"{preanalysis.write(path, now)}: codebook, documents, sample, seed and {len(contrasts)} contrasts are fixed")
    if (folder / "gold" / "gold.csv").exists():
        print("codes are there already: this file was written after coding, and says so by its place only; tell your readers")
    if drawn is None:
        print("no sample is drawn yet: draw it (`sample`), move this file away and write it once more, and the sample is in it")
    print("deposit the file where its date is kept (a registry, a commit)")
    print(f"next: {ran.next('agreement' if drawn is not None else 'sample')}")
    return 0


def _checked(ran, path, planned: dict, now: dict, options: argparse.Namespace) -> int:
    from helpers.handcoding import preanalysis

    if options.contrast:
        raise preanalysis.PreanalysisError(f"{path}: is there already; its contrasts stand, and --contrast adds none afterwards")
    changed = preanalysis.departures(planned, now)
    print("\n".join(changed) if changed else f"{path}: all is as it was planned")
    if planned["contrasts"]:
        rows = store.by_batches(partial(preanalysis.of_codes, planned["contrasts"]), ran.folders.processed, "differences")
        found = preanalysis.results(planned["contrasts"], rows)
        print(found.round(4).astype(object).where(found.notna(), "–").to_string(index=False))
    print(f"next: {ran.next('report')}")
    return 1 if changed else 0
