"""Executed notebooks as pages: contents, results, code one click away; nothing of a document is markup, nothing is loaded."""

import base64
import io
import json
import re

import pandas as pd
import report_fixture
from PIL import Image

from helpers import report
from helpers.plots.shown import as_html, laid_out
from helpers.report import notebooks

NASTY = "<script>alert(1)</script>"


def executed(folder, table: str = "") -> None:
    picture = report_fixture.png(1500, 400)
    outputs = [
        {"data": {"text/markdown": [f"**Answer** {NASTY}"]}},
        {"data": {"text/html": [table], "text/plain": ["plain"]}},
        {"data": {"image/png": base64.b64encode(picture).decode("ascii"), "text/plain": "Image"}},
    ]
    cells = [
        {"cell_type": "markdown", "id": "a", "source": ["# 01 · Title\n", "\n", "## Part"]},
        {"cell_type": "code", "id": "b", "source": [f"x = '{NASTY}'"], "outputs": outputs},
        {"cell_type": "code", "id": "c", "source": ["raw_dir = '/home/me'"], "metadata": {"tags": ["injected-parameters"]}},
    ]
    folder.mkdir()
    (folder / "01_clean.ipynb").write_text(json.dumps({"cells": cells}), encoding="utf-8")
    (folder / "02_x.failed.ipynb").write_text("{}", encoding="utf-8")


def test_a_page_has_contents_results_and_code_and_nothing_live(tmp_path):
    table = as_html(laid_out(pd.DataFrame({"text": [NASTY], "n_units": [3]}), ["text", "n_units"], "en"))
    executed(tmp_path / "nb", table)
    (page,) = report.notebook_pages(tmp_path / "nb", tmp_path / "out", "en")
    text = page.read_text(encoding="utf-8")
    assert page.name == "01_clean.html" and "<script" not in text and "default-src 'none'" in text
    assert "--t0: #0072b2" in text and "@@" not in text
    assert re.findall(r'<li><a href="#(part-\d)">', text) == ["part-0", "part-1"] == re.findall(r'<h\d id="(part-\d)">', text)
    assert '<td class="n">3</td>' in text and 'style="' not in text.partition("<body>")[2]
    assert "data:image/png;base64," in text and "<summary>Code</summary>" in text and "Answer" in text and "/home/me" not in text
    assert report.notebook_pages(tmp_path / "nb", tmp_path / "again", "en")[0].read_bytes() == page.read_bytes()


def test_markup_that_is_no_table_of_ours_is_not_taken(tmp_path):
    executed(tmp_path / "nb", f"<div><table></table>{NASTY}</div>")
    (page,) = report.notebook_pages(tmp_path / "nb", tmp_path / "out", "zh")
    assert "<div><table>" not in page.read_text(encoding="utf-8") and "plain" in page.read_text(encoding="utf-8")


def test_a_table_is_laid_out_in_the_language_with_intervals_and_dashes():
    frame = pd.DataFrame({
        "county": ["湘阴县", None], "tool": ["funding", None],
        "share": [0.25, None], "ci_low": [0.2, None], "ci_high": [0.3, None],
        "f1": [0.5, 0.25], "f1_low": [0.4, None], "f1_high": [0.6, None],
        "stable": [True, False],
    })  # fmt: skip
    columns = ["county", "tool", "share", "f1", "stable"]
    rows = laid_out(frame, columns, "zh").values.tolist()
    assert rows == [["湘阴县", "funding", "25.0% [20.0, 30.0]", "0.50 [0.40, 0.60]", "是"], ["–", "–", "–", "0.25", "否"]]
    assert list(laid_out(frame, columns, "en"))[0] == "county"


def test_pictures_keep_rare_colours_and_columns_of_numbers_stand_right():
    picture = Image.new("RGB", (256, 256))
    picture.putdata([(0, 0, x) for _ in range(256) for x in range(256)])
    picture.paste((0, 150, 90), (0, 0, 8, 8))
    out = io.BytesIO()
    picture.save(out, "PNG")
    small = notebooks._picture(base64.b64encode(out.getvalue()).decode("ascii"))
    red, green, blue = Image.open(io.BytesIO(base64.b64decode(small.partition(",")[2]))).convert("RGB").getpixel((3, 3))
    assert green > 110 and green > blue + 30 and red < 60
    sides = re.findall("text-align:(left|right)", as_html(pd.DataFrame({"title": ["2017", "–", "甲"], "n": ["1", "–", "30"]})))
    assert sides == ["left", "right"] * 4
