"""`helpers sample` and `helpers agreement`: units out to coders, their codes back as the gold file."""

import argparse
from pathlib import Path

from helpers import pipeline, store
from helpers.commands.ran import of_run, read_run

_LONGEST_NAME = 40  # of a coder: it becomes part of file names


def add_sample(commands) -> None:
    """Add `sample`."""
    parser = commands.add_parser("sample", help="draw a probability sample of units for coders: a sheet and a page each")
    of_run(parser, "codebook", "seed")
    parser.add_argument("-n", type=int, default=200, help="units to draw (default: 200)")
    parser.add_argument("--coders", default="A,B", help="names of the coders, comma between (default: A,B)")
    parser.add_argument("--more", action="store_true", help="draw a further wave beside the sample that is there")
    parser.add_argument(
        "--active", action="store_true", help="as --more, of sentences that the coder is unsure of, and rare tools"
    )
    parser.add_argument("--plan", action="store_true", help="tell how precise shares get with how many units, draw nothing")
    parser.set_defaults(command=_sample)


def add_agreement(commands) -> None:
    """Add `agreement`."""
    parser = commands.add_parser("agreement", help="read the coders' files, measure agreement, write the gold file")
    of_run(parser, "codebook", "seed")
    parser.set_defaults(command=_agreement)


def _sample(options: argparse.Namespace) -> int:
    from helpers import codebook, handcoding
    from helpers.report import fonts

    ran = read_run(options)
    folder = ran.folders.handcoding
    names = people(options.coders)
    ran.check()
    units, documents = (store.read_table(ran.folders.processed, name) for name in ("units", "documents"))
    if options.plan:
        return _plan(ran, units, documents, options)
    before, scheme = _before(folder, options.more or options.active), codebook.load(ran.codebook)
    worth = worth_of(ran, units, scheme) if options.active else None
    sample = handcoding.draw(units, documents, options.n, ran.parameter("seed"), before, worth)
    new = sample if before is None else sample[~sample["unit"].isin(set(before["unit"]))].reset_index(drop=True)
    wave = "" if before is None else f"-wave{int(sample['wave'].max())}"
    store.write_csv(folder / "sample.csv", sample)
    for name in names:
        print(handcoding.write_sheet(new, scheme, name, folder / f"coder_{name}{wave}.xlsx"))
        saves = f"coder_{name}{wave}.csv"
        print(handcoding.write_page(new, units, scheme, name, folder / f"coder_{name}{wave}.html", saves, fonts.faces))
    print(f"{len(new)} units of {new['source_file'].nunique()} documents, codebook {scheme.id}; each coder fills in the")
    print("sheet, or opens the page in a browser and puts the file that it saves into the same folder")
    print(f"next, when all have coded: {ran.next('agreement')}")
    return 0


def worth_of(ran: pipeline.Made, units, scheme):
    """Return what coding each unit would teach, by the codes of the run; SampleError where they are of another codebook."""
    from helpers import handcoding
    from helpers.handcoding import active

    codes, unit_tools, others = (store.read_table(ran.folders.processed, name) for name in ("codes", "unit_tools", "other_tools"))
    strange = set(unit_tools["tool"]) - set(scheme.tools)
    if strange:
        said = f"--active goes by the codes of the run, and they are of another codebook ({min(strange)})"
        raise handcoding.SampleError(f"{said}; run `{ran.next('report')}` first")
    return active.interest(units, codes, unit_tools, others)


def people(coders: str) -> list[str]:
    """Return the names that `--coders` gives; SampleError where they would make no file names or the same ones."""
    from helpers import handcoding

    names = [name.strip() for name in coders.split(",") if name.strip()]
    if not names or len({name.casefold() for name in names}) < len(names) or not all(name.isalnum() for name in names):
        raise handcoding.SampleError("--coders must be different names of letters and digits, such as A,B")
    if max(map(len, names)) > _LONGEST_NAME:
        raise handcoding.SampleError(f"--coders: a name has more than {_LONGEST_NAME} letters; a short one tells people apart")
    return names


def _before(folder: Path, more: bool):
    """Return the sample that a further wave is drawn beside; SampleError where there is none, or one that would be lost."""
    from helpers import handcoding

    if more and not (folder / "sample.csv").exists():
        raise handcoding.SampleError(f"{folder}: there is no sample.csv beside which more could be drawn; leave --more out")
    if more:
        return handcoding.read_sample(folder / "sample.csv")
    if kept := [*handcoding.there(folder), *handcoding.resolutions(folder)]:
        said = "is there already and may hold codes; move it away first, or draw a further wave with --more"
        raise handcoding.SampleError(f"{folder}: {kept[0].name} {said}")
    return None


def _plan(ran: pipeline.Made, units, documents, options: argparse.Namespace) -> int:
    from helpers.handcoding import plan

    for line in plan.tell(units, documents, _quality(ran.folders.processed), options.n):
        print(line)
    print(f"next: {ran.next('sample', '-n', options.n, '--coders', options.coders)}")
    return 0


def _quality(processed: Path) -> tuple[float, float] | None:
    """Return precision and recall of the coder over all tools (micro) on the run's gold units; None where there are none."""
    try:
        tools = store.read_table(processed, "validity_tools", ["support", "n_coded", "n_hit"]).sum()
    except store.MissingTable:
        return None
    return (float(tools["n_hit"] / tools["n_coded"]), float(tools["n_hit"] / tools["support"])) if tools["n_hit"] else None


def _agreement(options: argparse.Namespace) -> int:
    from helpers import codebook, handcoding

    ran = read_run(options)
    folder, scheme = ran.folders.handcoding, codebook.load(ran.codebook)
    if not (folder / "sample.csv").exists():
        raise handcoding.SampleError(f"{folder}: there is no sample.csv; run `{ran.next('sample')}` first")
    sample = handcoding.read_sample(folder / "sample.csv")
    coders = handcoding.coders(folder, scheme, sample)
    if not coders:
        raise handcoding.SampleError(f"{folder}: there is no coder's file (coder_*.xlsx or .csv); `sample` writes them")
    told = (line for coder in coders for line in (*coder.notes, *coder.problems))
    for line in (*handcoding.passed_over(folder), *told, *handcoding.alike(coders)):
        print(line)
    idle = [coder.paths[0].name for coder in coders if not len(coder.codes)]
    if idle:
        print(f"nothing is measured yet: no codes in {', '.join(idle)}; fill it in, or move it away if that person does not code")
        print(f"next: {ran.next('agreement')}")
        return 1
    return _write(ran, sample, coders, scheme)


def _write(ran: pipeline.Made, sample, coders: list, scheme) -> int:
    from helpers import handcoding

    folder = ran.folders.handcoding
    resolution = handcoding.resolution_of(folder, scheme, sample)
    found = handcoding.agree(sample, {c.name: c.codes for c in coders}, scheme, seed=ran.parameter("seed"))
    resolved = handcoding.resolve(sample, found, resolution.codes)
    store.write_csv(folder / "agreement.csv", found.measures)
    store.write_csv(folder / "disagreements.csv", handcoding.disagreements(sample, found, resolved))
    print(_told(found.measures) if len(coders) > 1 else "one coder: how far two people would agree cannot be known")
    still_open = resolved.loc[resolved["resolved_by"] == "", "unit"].tolist()
    for line in handcoding.resolution_problems(resolution, found, sample, still_open):
        print(line)
    if still_open:
        path = handcoding.ask(folder, sample, scheme, found, still_open)
        print(f"{len(still_open)} units are open: decide them together in {path}, then run this again")
        print(f"next: {ran.next('agreement')}")
        return 1
    print(f"gold file: {store.write_csv(folder / 'gold' / 'gold.csv', resolved)}; the next report uses it")
    print(f"next: {ran.next('report')}")
    return 1 if any(coder.problems for coder in coders) else 0


def _told(measures) -> str:
    """Return the table of agreement as lines; a value that is not defined is a dash, and below it stands why."""
    shown = measures.drop(columns="note").round(3).replace(-0.0, 0.0)
    shown = shown.astype(object).where(shown.notna(), "–")
    why = measures.loc[measures["note"] != ""].groupby("note", sort=False)["code"].agg(", ".join)
    return "\n".join([shown.to_string(index=False), *(f"{codes}: {note}" for note, codes in why.items())])
