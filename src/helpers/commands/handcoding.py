"""`helpers sample` and `helpers agreement`: units out to coders, their codes back as the gold file."""

import argparse
from pathlib import Path

from helpers import pipeline, store

_CODEBOOK = "data/codebook/policy_tools.yml"


def add_sample(commands) -> None:
    """Add `sample`."""
    parser = commands.add_parser("sample", help="draw a probability sample of units and write an Excel sheet a coder")
    parser.add_argument("--out", type=Path, help="the report's folder (default: the project's own)")
    parser.add_argument("-n", type=int, default=200, help="units to draw (default: 200)")
    parser.add_argument("--coders", default="A,B", help="names of the coders, comma between (default: A,B)")
    parser.add_argument("--codebook", default=_CODEBOOK, help="the typology to code with")
    parser.add_argument("--seed", type=int, default=20250101)
    parser.set_defaults(command=_sample)


def add_agreement(commands) -> None:
    """Add `agreement`."""
    parser = commands.add_parser("agreement", help="read the coders' sheets, measure agreement, write the gold file")
    parser.add_argument("--out", type=Path, help="the report's folder (default: the project's own)")
    parser.add_argument("--codebook", default=_CODEBOOK, help="the typology they coded with")
    parser.add_argument("--seed", type=int, default=20250101)
    parser.set_defaults(command=_agreement)


def _sample(options: argparse.Namespace) -> int:
    from helpers import codebook, handcoding

    folders = pipeline.Folders.made(options.out)
    names = [name.strip() for name in options.coders.split(",") if name.strip()]
    if len(names) < 2 or len(set(names)) < len(names) or not all(name.isalnum() for name in names):
        raise handcoding.SampleError("--coders wants two different names or more, letters and digits, such as A,B")
    kept = sorted(path.name for path in folders.handcoding.glob("coder_*.xlsx"))
    if kept:
        raise handcoding.SampleError(f"{folders.handcoding}: {kept[0]} is there already and may hold codes; move it away first")
    units, documents = (store.read_table(folders.processed, name) for name in ("units", "documents"))
    sample = handcoding.draw(units, documents, options.n, options.seed)
    scheme = codebook.load(options.codebook)
    store.write_csv(folders.handcoding / "sample.csv", sample)
    for name in names:
        print(handcoding.write_sheet(sample, scheme, name, folders.handcoding / f"coder_{name}.xlsx"))
    print(f"{len(sample)} units of {sample['source_file'].nunique()} documents; after coding: python -m helpers agreement")
    return 0


def _agreement(options: argparse.Namespace) -> int:
    import pandas as pd

    from helpers import codebook, handcoding

    folder = pipeline.Folders.made(options.out).handcoding
    scheme = codebook.load(options.codebook)
    if not (folder / "sample.csv").exists():
        raise handcoding.SampleError(f"{folder}: there is no sample.csv; run `python -m helpers sample` first")
    sample = pd.read_csv(folder / "sample.csv", dtype={"unit": str, "heading": str, "text": str}, keep_default_na=False)
    sheets = _files(folder, scheme, sample)
    coded, problems = {}, []
    for path in sheets:
        read = handcoding.read_codings if path.suffix == ".csv" else handcoding.read_sheet
        coded[path.stem.removeprefix("coder_")], found = read(path, scheme, sample)
        problems += found
    return _write(folder, sample, coded, problems, scheme, options.seed)


def _files(folder: Path, scheme, sample) -> list[Path]:
    """Return one file a coder: a sheet, or the codings that `import-qda` wrote where the sheet was left blank."""
    from helpers import handcoding

    files = {path.stem: path for path in sorted(folder.glob("coder_*.xlsx"))}
    for path in sorted(folder.glob("coder_*.csv")):
        if path.stem in files and len(handcoding.read_sheet(files[path.stem], scheme, sample)[0]):
            raise handcoding.SampleError(f"{path.stem}: there are codes in both {path.stem}.xlsx and {path.name}; move one away")
        files[path.stem] = path
    if len(files) < 2:
        raise handcoding.SampleError(
            f"{folder}: agreement wants two coders' files (coder_*.xlsx or .csv) or more, there is {len(files)}"
        )
    return sorted(files.values())


def _write(folder: Path, sample, coded: dict, problems: list[str], scheme, seed: int) -> int:
    from helpers import handcoding

    decided = None
    if (folder / "resolution.xlsx").exists():
        asked = sample[sample["unit"].isin(handcoding.units_of(folder / "resolution.xlsx"))]
        decided, open_cells = handcoding.read_sheet(folder / "resolution.xlsx", scheme, asked)
        problems += open_cells
    found = handcoding.agree(sample, coded, scheme, seed=seed)
    resolved = handcoding.resolve(sample, found, decided)
    differ = handcoding.disagreements(sample, found, resolved)
    store.write_csv(folder / "agreement.csv", found.measures)
    store.write_csv(folder / "disagreements.csv", differ)
    print(found.measures.round(3).to_string(index=False))
    for problem in problems:
        print(problem)
    still_open = resolved.loc[resolved["resolved_by"] == "", "unit"]
    if len(still_open):
        if not (folder / "resolution.xlsx").exists():
            handcoding.write_sheet(sample[sample["unit"].isin(still_open)], scheme, "resolution", folder / "resolution.xlsx")
        print(f"{len(still_open)} units are open: decide them together in {folder / 'resolution.xlsx'}, then run this again")
        return 1
    print(f"gold file: {store.write_csv(folder / 'gold' / 'gold.csv', resolved)}; the next report uses it")
    return 1 if problems else 0
