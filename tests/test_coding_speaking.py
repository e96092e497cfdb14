"""Which labelled units speak for a codebook: the same in 03 and 04, whatever is misspelt, taken out or of another scheme."""

import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
import yaml
from test_notebooks import FOLDER, run_alone

from helpers import coding, store

BOOK = store.PROJECT_ROOT / "data/codebook/policy_tools.yml"
GOLD = store.PROJECT_ROOT / "data/gold"


def run_both(whole_run: Path, folder: Path, book: Path, gold: Path) -> tuple[Path, str, str]:
    """Run 03 and 04 on a copy of the tables; return the tables and what each notebook says."""
    tables, said = folder / "processed", []
    shutil.copytree(whole_run / "processed", tables)
    given = {"processed_dir": tables, "figures_dir": folder / "figures", "codebook": book, "gold_dir": gold}
    arguments = [part for name, value in given.items() for part in ("-p", name, str(value))]
    for name in ("03_tools", "04_validity"):
        done = run_alone(FOLDER, f"{name}.ipynb", folder / f"{name}.ipynb", *arguments)
        assert done.returncode == 0, done.stderr[-2000:]
        cells = json.loads((folder / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]
        outputs = [output for cell in cells for output in cell.get("outputs", [])]
        said.append("".join("".join(o.get("data", {}).get("text/markdown", [])) for o in outputs))
    return tables, *said


def edited(folder: Path, change) -> Path:
    """Write the shipped codebook, changed, to a file of its own."""
    scheme = yaml.safe_load(BOOK.read_text(encoding="utf-8"))
    change(scheme)
    (folder / "own.yml").write_text(yaml.safe_dump(scheme, allow_unicode=True), encoding="utf-8")
    return folder / "own.yml"


def test_one_tool_less_and_one_misspelt_label_cost_their_labels_not_the_coder(whole_run, tmp_path):
    gold = tmp_path / "gold"
    book = edited(tmp_path, lambda scheme: scheme["tools"].pop(3))
    shutil.copytree(GOLD, gold)
    lines = (gold / "gold.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    at = next(i for i, line in enumerate(lines) if ",measure,funding," in line)
    lines[at] = lines[at].replace(",measure,funding,", ",measure,fundng,", 1)
    (gold / "gold.csv").write_text("".join(lines), encoding="utf-8")
    tables, tools, validity = run_both(whole_run, tmp_path, book, gold)
    assert store.read_table(tables, "codes")["coder"].ne("rules").all()
    row = pd.read_csv(gold / "gold.csv").index[pd.read_csv(gold / "gold.csv")["tools"] == "fundng"][0] + 2
    assert f"fundng (gold.csv, row {row})" in tools and f"fundng (gold.csv, row {row})" in validity
    assert "Encoder and linear learner" in tools and "another codebook" not in tools + validity


def test_own_codebook_with_own_gold_is_measured_and_corrected(whole_run, tmp_path):
    """Tools of other names: the shipped labelled units are of another codebook, the team's own gold is not."""

    def renamed(scheme):
        scheme["rules"]["goal_tool"] = f"own_{scheme['rules']['goal_tool']}"
        for tool in scheme["tools"]:
            tool["id"] = f"own_{tool['id']}"

    book, gold = edited(tmp_path, renamed), tmp_path / "gold"
    gold.mkdir()
    units, documents = (store.read_table(whole_run / "processed", name) for name in ("units", "documents"))
    codes, given = (store.read_table(whole_run / "processed", name) for name in ("codes", "unit_tools"))
    joined = given.groupby("unit_id")["tool"].agg(lambda t: ";".join(f"own_{x}" for x in t))
    rows = units.merge(documents[["doc_id", "source_file", "county", "year"]]).merge(codes[["unit_id", "statement"]])
    rows = rows.assign(tools=rows["unit_id"].map(joined).fillna(""), unit=rows["unit_id"])
    rows = rows.rename(columns={"heading_path": "heading"})
    columns = ["unit", "source_file", "county", "year", "heading", "text", "statement", "tools"]
    rows[rows.groupby("doc_id").cumcount() % 2 == 0][columns].to_csv(gold / "gold.csv", index=False)
    tables, said, validity = run_both(whole_run, tmp_path, book, gold)
    assert "The rules alone coded" in said and "too few to learn from" in said
    assert store.read_table(tables, "tool_shares")["corrected_share"].notna().all()
    assert "micro F1" in validity and "another codebook" not in validity


@pytest.mark.parametrize("known, labels, speaks", [
    (["a", "b"], ["a", "b;c", "b"], True),  # most labels are known
    (["a", "b", "c"], ["a", "b", "x", "y", "z", "x"], True),  # of a larger scheme, with most tools of the codebook
    (["a", "b", "c"], ["a", "x", "y", "z"], False),  # a name in common is not a scheme
    (["a"], ["", ""], False),
])  # fmt: skip
def test_a_file_speaks_by_its_own_labels(known, labels, speaks):
    class Book:
        tools = known
        tool_list = tuple(SimpleNamespace(id=tool, learned_from="") for tool in known)

    own = pd.DataFrame({"text": "句", "statement": "measure", "tools": labels, "set": "gold", "row": range(2, len(labels) + 2)})
    other = own.assign(tools="q;r", set="train")  # another file, of another scheme, takes nothing away
    found = coding.speaking(pd.concat([own, other]), Book)
    assert (len(found) > 0) == speaks and set(found["set"]) <= {"gold"}
    assert set(";".join(found["tools"]).split(";")) - {""} <= set(known)
