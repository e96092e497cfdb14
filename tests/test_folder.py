"""A corpus folder written ready, and every problem of one named with its remedy."""

import csv
import hashlib

import pytest

from helpers import folder
from helpers.__main__ import main

TEXT = "宁远县人民政府关于加快茶产业发展的意见\n宁政发〔2018〕7号\n一、目标\n到2020年,全县茶园面积达到9万亩。加快建设茶叶基地。\n"


def write_manifest(raw, *rows):
    names = ["path", "sha256", "bytes", "county", "province", "year", "title", "source", "licence"]
    with open(raw / "corpus.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture
def mine(tmp_path):
    folder.new(tmp_path / "mine")
    raw = tmp_path / "mine" / "raw"
    (raw / "tea.txt").write_text(TEXT, encoding="utf-8")
    return tmp_path / "mine"


def test_a_new_folder_says_what_to_do(tmp_path, capsys):
    assert main(["new", str(tmp_path / "mine")]) == 0
    assert (tmp_path / "mine" / "params.yml").exists()
    readme = (tmp_path / "mine" / "README.md").read_text(encoding="utf-8")
    assert "helpers check mine" in readme and "把文件放进" in readme
    assert "example.txt,," in readme
    assert main(["check", str(tmp_path / "mine")]) == 2  # there is no document yet
    (tmp_path / "mine" / "raw" / "tea.txt").write_text(TEXT, encoding="utf-8")
    capsys.readouterr()
    assert main(["check", str(tmp_path / "mine")]) == 0  # nothing of what was written is in the way
    assert "0 problems" in capsys.readouterr().out
    assert main(["new", str(tmp_path / "mine")]) == 2  # never over what is there


def test_a_good_folder_has_no_problem(mine, capsys):
    digest = hashlib.sha256((mine / "raw" / "tea.txt").read_bytes()).hexdigest()
    write_manifest(mine / "raw", {"path": "tea.txt", "sha256": digest, "county": "宁远县", "year": "2018"})
    assert main(["check", str(mine)]) == 0
    assert "1 document can be used; 0 problems" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"county": "宁原县"}, "did you mean"),
        ({"year": "2016"}, "outside 2017-2025"),
        ({"year": "去年"}, "is not a year"),
        ({"sha256": "0" * 64}, "checksum"),
    ],
)
def test_each_problem_names_row_and_remedy(mine, capsys, row, message):
    write_manifest(mine / "raw", {"path": "tea.txt", **row})
    assert main(["check", str(mine)]) in (1, 2)
    said = capsys.readouterr().out
    assert message in said and "tea.txt" in said


def test_a_missing_column_is_named(mine, capsys):
    (mine / "raw" / "corpus.csv").write_text("path,county\ntea.txt,宁远县\n", encoding="utf-8")
    assert main(["check", str(mine)]) == 1
    assert "column year is missing" in capsys.readouterr().out
    (mine / "raw" / "corpus.csv").write_text("path,county,year\ntea.txt,宁远县,2018\n", encoding="utf-8")
    main(["check", str(mine)])
    said = capsys.readouterr().out
    assert "column source is missing, column licence is missing: add them" in said and "1 problem\n" in said


def test_a_folder_that_is_not_there_is_one_line(tmp_path, capsys):
    assert main(["check", str(tmp_path / "nowhere")]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
