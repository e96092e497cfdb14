"""The road of a second user, walked in this process: report, sample, coders, agreement, resolution, report, export and back.

`python road.py DOCUMENTS` walks it in the project's own folder, wherever the copy lies that is imported.
"""

import contextlib
import io
import json
import shlex
import sys
from pathlib import Path

import cells
import filling
import pandas as pd
import pytest
import readers_eyes

from helpers import codebook, pipeline, store
from helpers.__main__ import main
from helpers.corpus.clean_texts import clean_texts
from helpers.export import qda


def pasted(output: str) -> list[str]:
    """Return the last line's command as a shell would split it, without the program."""
    line = output.strip().splitlines()[-1]
    assert line.startswith("next"), output
    words = shlex.split(line.partition(": ")[2])
    assert words[1:3] == ["-m", "helpers"] and Path(words[0]).name.startswith("python"), line
    return words[3:]


def as_people_write(scheme, seed: int):
    """Return how one coder writes a tool: identifier and name, the Chinese half, the English half in full-width capitals."""
    ways = (
        lambda tool: f"{tool} {scheme.label(tool, 'zh')}",
        lambda tool: f"\u00a0{scheme.label(tool, 'zh')} ",
        lambda tool: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in scheme.label(tool, "en").upper()),
    )
    return ways[seed % len(ways)]


def coded_elsewhere(out: Path, processed: Path, raw: Path, scheme, said: dict) -> Path:
    """Write what a coder gives back from qualitative software: the codes of some sentences, as a REFI-QDA project."""
    documents, repairs, units = (store.read_table(processed, name) for name in ("documents", "repairs", "units"))
    texts = clean_texts(raw, documents, repairs)
    rows = [
        (unit.unit_id, "Li Wei", code, 0, len(unit.text))
        for unit in units[units["unit_id"].isin(set(said))].itertuples()
        for code in (said[unit.unit_id][0], *map(qda.tool_code, said[unit.unit_id][1]))
    ]
    codings = pd.DataFrame(rows, columns=qda.CODINGS).drop_duplicates()
    return qda.write_qdpx(out / "from outside.qdpx", documents, texts, qda.unit_spans(units, texts), codings, scheme)


class Walk:
    """Runs commands one after the other and keeps what the last one said, so that the next can be pasted."""

    def __init__(self):
        self.said = ""

    def __call__(self, *arguments: str) -> int:
        with contextlib.redirect_stdout(io.StringIO()) as out:
            status = main(list(arguments))
        self.said = out.getvalue()
        return status

    def follow(self, *more: str) -> int:
        return self(*pasted(self.said), *more)


def walk(raw: Path, out: Path | None, file: str, language: str, coders: str) -> None:
    """Walk the whole road on the documents `raw`, in `out` or (None) in the project's own folder; the codebook is `file`."""
    with pytest.MonkeyPatch.context() as patch:
        _walk(cells.instead_of_kernels(patch), raw, pipeline.Folders(raw.resolve(), out), file, language, coders)


def _walk(read: list[str], raw: Path, folders: pipeline.Folders, file: str, language: str, coders: str) -> None:
    run, scheme, processed = Walk(), codebook.load(file), folders.processed
    where = ["--out", str(folders.out)] if folders.out else []
    own = ["-p", "codebook", file, "-p", "language", language, "-p", "coder", "rules"]
    assert run("report", "--raw", str(raw), *where, *own, "--jobs", "1", "--only", "04_validity") == 0
    assert run.follow("-n", "24", "--coders", ",".join(coders)) == 0  # no codebook, no folder of documents is named again
    folder, codes = folders.handcoding, filling.machine_codes(processed)
    for seed, coder in enumerate(coders):
        said = filling.imperfect(codes, scheme.tools, seed, slips=0.2)
        filling.fill(folder / f"coder_{coder}.xlsx", said, as_people_write(scheme, seed))
    before = {path.name: path.read_bytes() for path in folder.glob("coder_*.xlsx")}
    truth = filling.imperfect(codes, scheme.tools, 9, slips=0)
    status = run.follow()
    assert status == (1 if len(coders) == 2 else status)  # two imperfect coders differ somewhere
    if (folder / "resolution.xlsx").exists():  # three may settle all by majority, one has nothing to settle
        filling.fill(folder / "resolution.xlsx", truth)
        status = run.follow()
    assert status == 0, run.said
    gold = pd.read_csv(folder / "gold" / "gold.csv", keep_default_na=False, encoding="utf-8-sig")
    assert len(gold) == 24 and (gold["statement"] != "").all()
    assert set(gold["tools"].str.split(";").explode()) - {""} <= set(scheme.tools)
    again = pasted(run.said)
    assert again[0] == "report" and (str(raw) in again or raw == store.PROJECT_ROOT / "data" / "raw")
    assert ("--out" in again) == (folders.out is not None)
    assert run.follow("--jobs", "1", "--only", "04_validity,06_commitments") == 0
    ran = json.loads(folders.run_file.read_text(encoding="utf-8"))
    assert ran["parameters"]["coders_are"] == "people" and ran["parameters"]["language"] == language
    assert store.resolve(ran["run"]["given"]["codebook"]) == store.resolve(file)
    assert store.read_table(processed, "tool_shares")["corrected_share"].notna().any()  # gold of this codebook's own
    assert not [text for text in read if readers_eyes.STRANGE.search(text)]
    assert run("export", *where) == 0
    assert run("export-qda", *where, "--blind") == 0
    brought = coded_elsewhere(folders.report, processed, raw, scheme, {unit: truth[unit] for unit in gold["unit"]})
    assert run("import-qda", str(brought), *where, "--coder", "Q") == 0
    assert run.follow() in (0, 1)  # one coder more: what was decided stays decided
    kept = pd.read_csv(folder / "gold" / "gold.csv", keep_default_na=False, encoding="utf-8-sig").set_index("unit")
    decided = gold[gold["resolved_by"] == "discussion"].set_index("unit")
    assert kept.loc[decided.index, ["statement", "tools"]].equals(decided[["statement", "tools"]])
    imported = pd.read_csv(folder / "coder_Q.csv", keep_default_na=False, encoding="utf-8-sig")
    assert dict(zip(imported["unit"], imported["statement"], strict=True)) == {unit: truth[unit][0] for unit in gold["unit"]}
    assert run("import-qda", str(brought), *where, "--coder", "Q") == 2  # never over a file that is there
    assert {path.name: path.read_bytes() for path in folder.glob("coder_*.xlsx")} == before  # no file of a coder is touched


if __name__ == "__main__":
    walk(Path(sys.argv[1]), None, "data/codebook/mcdonnell_elmore.yml", "zh", "AB")
