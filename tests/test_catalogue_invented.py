"""A table that nobody knew is added to the catalogue: it is checked, described, exported and shown; no other file changes."""

import openpyxl
import pandas as pd
import pytest
import report_fixture

from helpers import catalogue, export, pipeline, store
from helpers.catalogue import load
from helpers.report import material, sections
from helpers.report.model import More
from helpers.report.words import Words

FIELD = ["share", "share of bees", "蜜蜂占比", "how much of the sentence hums"]
TABLE = {
    "title": ["Bees of the sentences", "句中的蜜蜂"], "about": "One row a sentence with bees.", "key": ["unit_id"],
    "fields": ["unit_id", "bees", "n_units?"], "here": {"n_units": "sentences that hum alike"},
}  # fmt: skip


@pytest.fixture(params=["more", "core"])
def invented(request, monkeypatch):
    """The catalogue with one field and one table more, as if both stood in its files."""
    monkeypatch.setitem(load.read("fields.yml")["fields"], "bees", FIELD)
    monkeypatch.setitem(load.read("tables.yml")["02_describe"]["tables"], "bees", TABLE | {"place": request.param})
    _forget()
    yield request.param
    monkeypatch.undo()
    _forget()


def _forget() -> None:
    load.tables.cache_clear()
    load.notebooks.cache_clear()


def test_an_invented_table_is_known_everywhere(invented, tmp_path):
    folders = report_fixture.write(tmp_path)
    unit = store.read_table(folders[0], "units", ["unit_id"])["unit_id"].iloc[0]
    bees = pd.DataFrame({"unit_id": [unit], "bees": [0.25], "n_units": [3]})

    assert "bees" in catalogue.notebooks()["02_describe"].writes
    dictionary = catalogue.data_dictionary()
    assert (
        "## bees" in dictionary
        and "| bees | share of bees · 蜜蜂占比 | share | no | how much of the sentence hums |" in dictionary
    )
    assert "sentences that hum alike" in dictionary

    with pytest.raises(catalogue.SchemaError, match="outside 0 to 1"):
        store.write_table(folders[0], "bees", bees.assign(bees=2.0))
    with pytest.raises(catalogue.SchemaError, match="unit_id has values that units does not have"):
        store.write_table(folders[0], "bees", bees.assign(unit_id="nobody"))
    with pytest.raises(store.MissingTable, match="02_describe"):
        store.read_table(tmp_path, "bees")
    store.write_table(folders[0], "bees", bees)
    assert (folders[0] / "bees.csv").read_text(encoding="utf-8-sig") == f"unit_id,bees,n_units\n{unit},0.25,3\n"

    book = openpyxl.load_workbook(export.excel(folders[0], tmp_path / "tables.xlsx"))
    assert [cell.value for cell in book["bees"][2]] == [unit, 0.25, 3] and book["bees"]["B2"].number_format == "0.0%"
    assert "蜜蜂占比" in {cell.value for cell in book["Dictionary 字典"]["D"]}
    export.latex(folders[0], tmp_path / "tex", "zh")
    assert "蜜蜂占比" in (tmp_path / "tex" / "bees.tex").read_text(encoding="utf-8")

    for language in ("en", "zh"):
        page = sections.edition(material.load(*folders, report_fixture.RUN), Words(language))
        blocks = next(section.blocks for section in page.sections if section.id == "describe")
        if invented == "more":
            blocks = [table for block in blocks if isinstance(block, More) for table in block.tables]
        shown = next(block for block in blocks if getattr(block, "source", "") == "bees")
        assert shown.caption == catalogue.title("bees", language)
        assert [column.label for column in shown.columns][1] == catalogue.heading("bees", language)
        assert shown.rows[0][1].text == "25.0%"
    assert set(pipeline.NEEDS) == set(catalogue.notebooks())
