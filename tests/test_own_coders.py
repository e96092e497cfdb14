"""The second user's road as one: report, sample, coders, agreement, resolution, report, export, import; other codebooks too."""

import json
import shlex
from pathlib import Path

import filling
import pandas as pd
import pytest

from helpers import codebook, store
from helpers.__main__ import main

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


@pytest.fixture
def raw(invented_corpus, tmp_path):
    folder = tmp_path / "documents"
    folder.mkdir()
    for name in ("ningyuan-2018-plan.txt", "taihe-2020-opinions.txt"):
        (folder / name).write_bytes((invented_corpus / name).read_bytes())
    return folder


@pytest.mark.parametrize(("book", "language", "coders"), [("default", "en", "AB"), ("own", "zh", "ABC"), ("second", "en", "A")])
def test_the_whole_road(raw, tmp_path, capsys, book, language, coders):
    own = tmp_path / "books" / "climate tools.yml"  # a name with a blank, a folder that is not the project's
    own.parent.mkdir()
    own.write_text(OWN, encoding="utf-8")
    file = {"default": "data/codebook/policy_tools.yml", "own": str(own), "second": "data/codebook/mcdonnell_elmore.yml"}[book]
    scheme, out = codebook.load(file), tmp_path / "out"
    run = ["report", "--raw", str(raw), "--out", str(out), "-p", "codebook", file, "-p", "language", language]
    assert main([*run, "--only", "04_validity"]) == 0

    def follow() -> int:
        return main(pasted(capsys.readouterr().out))

    said = pasted(capsys.readouterr().out)
    assert main([*said, "-n", "24", "--coders", ",".join(coders)]) == 0  # no codebook, no folder of documents is named again
    folder = out / "handcoding"
    codes = filling.machine_codes(out / "processed")
    for seed, coder in enumerate(coders):
        said_by = filling.imperfect(codes, scheme.tools, seed, slips=0.2)
        filling.fill(folder / f"coder_{coder}.xlsx", said_by, as_people_write(scheme, seed))
    before = {path.name: path.read_bytes() for path in folder.glob("coder_*.xlsx")}
    status = follow()
    if len(coders) == 2:
        assert status == 1  # two imperfect coders differ somewhere
        truth = filling.imperfect(codes, scheme.tools, 9, slips=0)
        filling.fill(folder / "resolution.xlsx", truth)
        assert follow() == 0
    while (folder / "resolution.xlsx").exists() and status and len(coders) == 3:
        filling.fill(folder / "resolution.xlsx", filling.imperfect(codes, scheme.tools, 9, slips=0))
        status = follow()
    gold = pd.read_csv(folder / "gold" / "gold.csv", keep_default_na=False, encoding="utf-8-sig")
    assert len(gold) == 24 and (gold["statement"] != "").all()
    assert set(gold["tools"].str.split(";").explode()) - {""} <= set(scheme.tools)
    again = pasted(capsys.readouterr().out)
    assert again[0] == "report" and str(raw) in again and str(out) in again
    assert main([*again, "--only", "04_validity,06_commitments"]) == 0
    ran = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert ran["parameters"]["coders_are"] == "people" and ran["parameters"]["language"] == language
    assert store.resolve(ran["run"]["given"]["codebook"]) == store.resolve(file)
    shares = pd.read_parquet(out / "processed" / "tool_shares.parquet")
    assert shares["corrected_share"].notna().any()  # gold over all documents, of this codebook
    assert main(["export", "--out", str(out)]) == 0
    capsys.readouterr()
    assert main(["export-qda", "--out", str(out), "--blind"]) == 0
    assert {path.name: path.read_bytes() for path in folder.glob("coder_*.xlsx")} == before  # no file of a coder is touched
