"""The road of a codebook of one's own with a language model: report, replicates beside a person, report, replay; what is said."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import cells
import filling
import pandas as pd
import pytest
from model_server import KEY, Endpoint, by_chance, serving

from helpers import codebook, store
from helpers.__main__ import main
from helpers.coding import llm
from helpers.coding.llm import client
from helpers.language import say
from helpers.validity import facts

OWN = "data/codebook/mcdonnell_elmore.yml"
WORDS = {"inducements": "奖励补贴", "mandates": "严禁必须", "capacity_building": "建设培训", "system_changing": "改革机构"}


def code(unit: dict) -> dict:
    """Answer by single characters, with slips of its own."""
    tools = [tool for tool, signs in WORDS.items() if set(signs) & set(unit["text"]) and by_chance(unit["text"], tool) < 0.8]
    return {"statement": "measure", "tools": tools[:3], "evidence": unit["text"][:5] if tools else ""}


@pytest.fixture
def raw(invented_corpus, tmp_path) -> Path:
    folder = tmp_path / "documents"
    folder.mkdir()
    for name in ("ningyuan-2018-plan.txt", "taihe-2020-opinions.txt"):
        (folder / name).write_bytes((invented_corpus / name).read_bytes())
    return folder


def told(folder: Path) -> dict[str, bytes]:
    """Return the tables of a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix in (".parquet", ".csv")}


def test_the_road_with_a_model_as_coder_as_replicate_and_from_its_answers_alone(raw, tmp_path, monkeypatch, capsys):
    read = cells.instead_of_kernels(monkeypatch)
    monkeypatch.setattr(client, "_FIRST_WAIT", 0.01)
    monkeypatch.setenv("MODEL_KEY", KEY)
    scheme, out, other = codebook.load(OWN), tmp_path / "out", tmp_path / "other"
    given = ["-p", "codebook", OWN, "-p", "coder", "llm", "-p", "llm_model", "m"]
    report = ["report", "--raw", str(raw), "--jobs", "1", "--only", "04_validity"]
    with serving(Endpoint(code)) as server:
        asked = ["-p", "llm_url", server.url, "-p", "llm_key_env", "MODEL_KEY"]
        headers = [b"401", b"Authorization: Bearer " + KEY.encode()]
        server.before = lambda handler, n: not handler.reply(400, b" ".join(headers))  # it shows what it was sent
        assert main([*report, "--out", str(out), *given, *asked]) == 2
        server.before = lambda handler, n: False
        assert main([*report, "--out", str(out), *given, *asked]) == 0
        assert "units will be asked of m" in capsys.readouterr().err
        assert main(["sample", "--out", str(out), "-n", "24", "--coders", "A"]) == 0
        codes = filling.machine_codes(out / "processed")
        filling.fill(out / "handcoding" / "coder_A.xlsx", filling.imperfect(codes, scheme.tools, 1, slips=0.2))
        n = len(server.requests)
        assert main(["label", "--out", str(out), "--sample"]) == 0 and len(server.requests) == n  # it has said all that already
        assert main(["label", "--out", str(out), "--sample", "-p", "llm_temperature", "0.7"]) == 0
        assert len(server.requests) > n and {key for key in server.keys if key} == {f"Bearer {KEY}"}
    folder = out / "handcoding"
    assert {path.stem for path in folder.glob("coder_*.csv")} == {"coder_m", "coder_m_t07"}
    if main(["agreement", "--out", str(out)]) == 1:
        filling.fill(folder / "resolution.xlsx", filling.imperfect(codes, scheme.tools, 9, slips=0))
        assert main(["agreement", "--out", str(out)]) == 0
    assert main([*report, "--out", str(out), *given, *asked]) == 0  # the server is gone
    pairs = store.read_table(out / "processed", "validity_coders")
    assert len(pairs) == 3 and store.read_table(out / "processed", "tool_shares")["corrected_share"].notna().any()
    assert "codings of a language model are what it is measured by" in "".join(read)
    robust = store.read_table(out / "processed", "robustness")
    assert {"as_coded", "rules_only"} <= set(robust["scenario"])

    shutil.copytree(folder / "gold", tmp_path / "published" / "gold")
    answers = Path(shutil.copy(out / "processed.answers", tmp_path / "published" / "answers"))
    gold = ["-p", "gold_dir", str(tmp_path / "published" / "gold"), "-p", "coders_are", "mixed"]
    assert main([*report, "--out", str(other), *given, *gold, "--answers", str(answers)]) == 0
    assert told(other / "processed") == told(out / "processed")
    (other / "handcoding").mkdir()
    shutil.copy(folder / "sample.csv", other / "handcoding" / "sample.csv")
    for more in ([], ["-p", "llm_temperature", "0.7"]):
        assert main(["label", "--out", str(other), "--sample", *more, "--answers", str(answers)]) == 0
    for name in ("coder_m.csv", "coder_m_t07.csv"):
        assert (other / "handcoding" / name).read_bytes() == (folder / name).read_bytes()
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()]
    assert KEY not in "".join(capsys.readouterr())


def test_ctrl_c_ends_a_report_soon_though_the_endpoint_hangs_and_keeps_what_came(raw, tmp_path):
    out = tmp_path / "out"
    (raw / "taihe-2020-opinions.txt").unlink()
    with serving(Endpoint(code)) as server:
        server.before = lambda handler, n: n > 2 and bool(time.sleep(60))
        given = ["-p", "coder", "llm", "-p", "llm_model", "m", "-p", "llm_url", server.url, "-p", "llm_batch", "5"]
        given += ["-p", "llm_concurrency", "2"]
        command = [sys.executable, "-m", "helpers", "report", "--raw", str(raw), "--out", str(out), "--only", "03_tools", *given]
        with open(tmp_path / "said", "w") as said:
            process = subprocess.Popen(command, start_new_session=True, stdout=said, stderr=said, cwd=store.PROJECT_ROOT)
            while len(server.requests) < 4 and process.poll() is None:
                time.sleep(0.1)
            started = time.monotonic()
            os.killpg(process.pid, signal.SIGINT)
            assert process.wait(60) == 2 and time.monotonic() - started < 20
    assert "the same command goes on" in (tmp_path / "said").read_text()
    assert len(llm.Answers(out / "processed.answers").refresh()) == 10


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("n", [0, 3])
@pytest.mark.parametrize("coders_are", ["model", "people", "mixed"])
@pytest.mark.parametrize(("coder", "taught"), [("llm", False), ("learned", True), ("learned", False), ("rules", True)])
def test_a_model_is_not_judged_by_a_models_codes_without_a_word(language, n, coders_are, coder, taught):
    pairs = pd.DataFrame({"kappa": [0.9] * n, "micro_f1": [0.9] * n, "same_sets": [0.9] * n})
    codes = pd.DataFrame({"coder": [coder, "rules"]})
    said = say("validity.coders", language, **facts.coders(pairs, codes, coders_are, language, taught))
    words = "codings of a language model are what it is measured by" if language == "en" else "衡量它的也是大语言模型的编码"
    assert (words in said) == (coders_are != "people" and (coder == "llm" or (coder == "learned" and taught)))
