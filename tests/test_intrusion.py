"""People test the topics: sheets out, answers back as spreadsheets save them, scored against the key."""

import shutil

import pandas as pd
import pytest

from helpers import rows, store
from helpers.__main__ import main
from helpers.handcoding import SampleError, intrusion

WORDS = {f"word_{i}": [f"词{i}{item}" for item in "甲乙丙"] for i in range(1, 7)}
SHEET = pd.DataFrame({"item": [1, 2, 3], **WORDS, "answer": None})
KEY = pd.DataFrame({"item": [1, 2, 3], "topic": [4, 2, 4], "intruder": ["词3甲", "词6乙", "词1丙"]})
EMPTY = pd.DataFrame(columns=["item", "unit_id", "text", "option_1", "answer"])


def saved(tmp_path, answers):
    path = tmp_path / "word_intrusion_A.csv"
    SHEET.assign(answer=answers).to_csv(path, index=False, encoding="gbk")
    return path


def test_answers_are_numbers_or_words_and_are_scored(tmp_path):
    answers, problems = intrusion.read(saved(tmp_path, ["３", "词6乙 ", "2"]), SHEET)
    assert not problems and answers.to_dict() == {1: 3, 2: 6, 3: 2}
    found = intrusion.scored(answers, SHEET, KEY).set_index("topic")
    assert found.loc[0, ["n", "n_hit"]].tolist() == [3, 2] and found.loc[4, "share"] == 0.5
    assert (found["ci_low"] < found["share"]).all() and found.loc[2, "ci_high"] == 1


def test_what_is_no_answer_is_named_and_not_scored(tmp_path):
    answers, problems = intrusion.read(saved(tmp_path, ["7", "", "别的"]), SHEET)
    assert answers.empty and [p.split(":")[0] for p in problems] == ["word_intrusion_A.csv, row 2", "word_intrusion_A.csv, row 4"]
    assert intrusion.scored(answers, SHEET, KEY).empty


def test_a_sheet_of_other_topics_is_refused(tmp_path):
    with pytest.raises(SampleError, match="row 2: is of other topics"):
        intrusion.read(saved(tmp_path, ["1", "1", "1"]), SHEET.assign(word_1="别的词"))


def test_nothing_is_written_over(tmp_path):
    tables = {"word_intrusion": SHEET, "topic_intrusion": EMPTY}
    assert [p.name for p in intrusion.write(tmp_path, tables, ["A", "B"])] == ["word_intrusion_A.csv", "word_intrusion_B.csv"]
    before = (tmp_path / "word_intrusion_B.csv").read_bytes()
    with pytest.raises(SampleError, match="move it away"):
        intrusion.write(tmp_path, tables, ["C", "B"])
    assert (tmp_path / "word_intrusion_B.csv").read_bytes() == before and not (tmp_path / "word_intrusion_C.csv").exists()


def test_a_run_without_topics_says_so(whole_run, tmp_path, capsys):
    out = shutil.copytree(whole_run, tmp_path / "out")
    assert main(["intrusion", "--out", str(out)]) == 1
    assert "no topics" in capsys.readouterr().out and not list((out / "handcoding").glob("*_intrusion_*"))


def test_the_command_writes_sheets_then_scores_them(whole_run, tmp_path, capsys, monkeypatch):
    out = shutil.copytree(whole_run, tmp_path / "out")
    tables = {"word_intrusion": SHEET, "word_intrusion_key": KEY}
    monkeypatch.setattr(store, "read_table", lambda folder, name: tables.get(name, EMPTY))
    assert main(["intrusion", "--out", str(out), "--coders", "甲,B"]) == 0
    assert "next, when they are filled in: " in capsys.readouterr().out
    written = sorted((out / "handcoding").glob("word_intrusion_*.csv"))
    for path in written:
        rows.read(path).assign(answer="3").to_csv(path, index=False, encoding="utf-8")
    assert main(["intrusion", "--out", str(out)]) == 0
    assert capsys.readouterr().out.count("3 of 3 answered, 1 found") == len(written) == 2
    assert set(rows.read(out / "handcoding" / "intrusion.csv")["coder"]) == {"甲", "B"}


@pytest.mark.parametrize("names", ["A B", "../A", "A,a", ",", "甲" * 41])
def test_names_that_make_no_files_are_refused_as_sample_does(whole_run, tmp_path, capsys, names):
    out = shutil.copytree(whole_run, tmp_path / "out")
    for command in ("intrusion", "sample"):
        assert main([command, "--out", str(out), "--coders", names]) == 2
        assert "--coders" in capsys.readouterr().err and not list(out.rglob("*intrusion*A*.csv"))
