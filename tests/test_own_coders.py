"""The second user's road as one: report, sample, coders, agreement, resolution, report, export, import; other codebooks too."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import road
from test_rebuild import fresh_copy

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


# Names in Chinese only, three types of another scheme, and ids that are names of statements as well.
CHINESE = """\
id: wenlv
name: 文旅工具
source: 自拟
types:
- {id: ji, zh: 激励类}
- {id: guan, zh: 管制类}
- {id: xin, zh: 信息类}
tools:
- {id: other, type: ji, zh: 资金与其他, patterns: [{id: ji.a, words: [奖励, 补贴, 资金, 支持], note: 奖补, source: 自拟}]}
- {id: goal, type: guan, zh: 规范约束, patterns: [{id: guan.a, words: [不得, 严格, 管理, 规范], note: 约束, source: 自拟}]}
- {id: xin-1.a, type: xin, zh: 宣传、培训, patterns: [{id: xin.a, words: [宣传, 培训, 建设, 推进], note: 信息, source: 自拟}]}
rules: {max_tools: 2}
"""
BOOKS = {"default": "data/codebook/policy_tools.yml", "second": "data/codebook/mcdonnell_elmore.yml"}


def documents(corpus: Path, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("ningyuan-2018-plan.txt", "taihe-2020-opinions.txt"):
        shutil.copy(corpus / name, folder / name)
    return folder


@pytest.mark.parametrize(
    ("book", "language", "coders"),
    [("default", "en", "AB"), ("own", "zh", "ABC"), ("second", "en", "A"), ("chinese", "zh", "AB")],
)
def test_the_whole_road(invented_corpus, tmp_path, book, language, coders):
    """Report, sample, coders with slips, agreement, resolution, report, export, and back from qualitative software."""
    file = tmp_path / "编码表 books" / "climate tools.yml"  # names with blanks and Chinese letters, folders of one's own
    file.parent.mkdir()
    file.write_text(CHINESE if book == "chinese" else OWN, encoding="utf-8")
    raw = documents(invented_corpus, tmp_path / "我的 documents")
    road.walk(raw, tmp_path / "out (1)", BOOKS.get(book, str(file)), language, coders)


def test_the_road_in_the_project_s_own_folder(invented_corpus, tmp_path):
    """Without --out everything lies in the checkout, here a copy of it: no command is told where."""
    copy = fresh_copy(tmp_path / "我的 copy")
    shutil.rmtree(copy / "data" / "raw")
    raw = documents(invented_corpus, copy / "data" / "raw")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(copy / "src"), str(Path(road.__file__).parent)))}
    command = [sys.executable, road.__file__, str(raw)]
    done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-2000:]
    assert (copy / "handcoding" / "gold" / "gold.csv").exists() and (copy / "report" / "tables.xlsx").exists()
