"""The second user's road as one: report, sample, coders, agreement, resolution, report, export, import; other codebooks too."""

import json
import shlex
from pathlib import Path

import cells
import filling
import pandas as pd
import pytest
import readers_eyes

from helpers import codebook, store
from helpers.__main__ import main
from helpers.corpus.clean_texts import clean_texts
from helpers.export import qda

OWN = """\
id: dualcarbon
version: "0.1"
name: {en: Climate tools, zh: 双碳工具}
source: a team of one's own
types:
- {id: carrot, en: Incentive, zh: 激励类}
- {id: stick, en: Constraint, zh: 约束类}
tools:
- id: green_money
  type: carrot
  en: Money, and awards
  zh: 资金、奖励
  counts: pays for what is wanted
  patterns:
  - {id: green_money.pay, words: [奖励, 补贴, 补助, 资金, 支持], note: pays, source: test}
- id: green_rule
  type: stick
  en: Rule
  zh: 规则
  patterns:
  - {id: green_rule.must, words: [严禁, 不得, 必须, 规范, 严格, 管理], note: binds, source: test}
- id: green_plan
  type: stick
  en: Plan
  zh: 规划
  patterns:
  - {id: green_plan.aim, words: [到2020年, 目标, 力争, 达到, 规划, 建设], note: aims, source: test}
"""


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


BOOKS = {"default": "data/codebook/policy_tools.yml", "second": "data/codebook/mcdonnell_elmore.yml"}


@pytest.fixture
def raw(invented_corpus, tmp_path):
    folder = tmp_path / "documents"
    folder.mkdir()
    for name in ("ningyuan-2018-plan.txt", "taihe-2020-opinions.txt"):
        (folder / name).write_bytes((invented_corpus / name).read_bytes())
    return folder


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


@pytest.mark.parametrize(("book", "language", "coders"), [("default", "en", "AB"), ("own", "zh", "ABC"), ("second", "en", "A")])
def test_the_whole_road(raw, tmp_path, monkeypatch, capsys, book, language, coders):
    """Report, sample, coders with slips, agreement, resolution, report, export, and back from qualitative software."""
    read = cells.instead_of_kernels(monkeypatch)
    root = tmp_path / "out"
    file = BOOKS.get(book, str(tmp_path / "books" / "climate tools.yml"))  # a name with a blank, a folder of one's own
    (tmp_path / "books").mkdir()
    (tmp_path / "books" / "climate tools.yml").write_text(OWN, encoding="utf-8")
    scheme, processed = codebook.load(file), root / "processed"

    def follow(*more: str) -> int:
        return main([*pasted(capsys.readouterr().out), *more])

    given = ["-p", "codebook", file, "-p", "language", language, "-p", "coder", "rules"]
    assert main(["report", "--raw", str(raw), "--out", str(root), *given, "--jobs", "1", "--only", "04_validity"]) == 0
    assert follow("-n", "24", "--coders", ",".join(coders)) == 0  # no codebook, no folder of documents is named again
    folder, codes = root / "handcoding", filling.machine_codes(processed)
    for seed, coder in enumerate(coders):
        said = filling.imperfect(codes, scheme.tools, seed, slips=0.2)
        filling.fill(folder / f"coder_{coder}.xlsx", said, as_people_write(scheme, seed))
    before = {path.name: path.read_bytes() for path in folder.glob("coder_*.xlsx")}
    truth = filling.imperfect(codes, scheme.tools, 9, slips=0)
    status = follow()
    assert status == (1 if len(coders) == 2 else status)  # two imperfect coders differ somewhere
    if (folder / "resolution.xlsx").exists():  # three may settle all by majority, one has nothing to settle
        filling.fill(folder / "resolution.xlsx", truth)
        status = follow()
    assert status == 0
    gold = pd.read_csv(folder / "gold" / "gold.csv", keep_default_na=False, encoding="utf-8-sig")
    assert len(gold) == 24 and (gold["statement"] != "").all()
    assert set(gold["tools"].str.split(";").explode()) - {""} <= set(scheme.tools)
    again = pasted(capsys.readouterr().out)
    assert again[0] == "report" and str(raw) in again and str(root) in again
    assert main([*again, "--jobs", "1", "--only", "04_validity,06_commitments"]) == 0
    ran = json.loads((root / "run.json").read_text(encoding="utf-8"))
    assert ran["parameters"]["coders_are"] == "people" and ran["parameters"]["language"] == language
    assert store.resolve(ran["run"]["given"]["codebook"]) == store.resolve(file)
    assert store.read_table(processed, "tool_shares")["corrected_share"].notna().any()  # gold of this codebook's own
    assert not [text for text in read if readers_eyes.STRANGE.search(text)]
    out = ["--out", str(root)]
    assert main(["export", *out]) == 0
    assert main(["export-qda", *out, "--blind"]) == 0
    brought = coded_elsewhere(root / "report", processed, raw, scheme, {unit: truth[unit] for unit in gold["unit"]})
    capsys.readouterr()
    assert main(["import-qda", str(brought), *out, "--coder", "Q"]) == 0
    assert follow() in (0, 1)  # one coder more: what was decided stays decided
    kept = pd.read_csv(folder / "gold" / "gold.csv", keep_default_na=False, encoding="utf-8-sig").set_index("unit")
    decided = gold[gold["resolved_by"] == "discussion"].set_index("unit")
    assert kept.loc[decided.index, ["statement", "tools"]].equals(decided[["statement", "tools"]])
    imported = pd.read_csv(folder / "coder_Q.csv", keep_default_na=False, encoding="utf-8-sig")
    assert dict(zip(imported["unit"], imported["statement"], strict=True)) == {unit: truth[unit][0] for unit in gold["unit"]}
    assert main(["import-qda", str(brought), *out, "--coder", "Q"]) == 2  # never over a file that is there
    assert {path.name: path.read_bytes() for path in folder.glob("coder_*.xlsx")} == before  # no file of a coder is touched
