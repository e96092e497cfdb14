"""Figures as files: print resolution and text as text in both languages, the same bytes whatever was drawn before."""

import importlib
import json
import tracemalloc

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from matplotlib.figure import Figure
from PIL import Image

from helpers import language, plots, store
from helpers.language import texts
from helpers.plots import canvas, charts, style
from helpers.plots.clean import repairs_by_rule
from helpers.plots.commitments import indicators_side_by_side
from helpers.plots.compare import similarity
from helpers.plots.tools import tool_distribution
from helpers.plots.validity import tool_confusion


@pytest.fixture
def bars(monkeypatch):
    """A chart of its own in the register."""
    monkeypatch.setattr(charts, "CHARTS", {})

    monkeypatch.setitem(texts._file("tools"), "bars", {"caption": {"en": "{n} bars", "zh": "{n} 条"}})

    @plots.chart("bars", section="tools", facts=lambda frame, language: {"n": len(frame)})
    def draw(frame: pd.DataFrame, language: str) -> Figure:
        figure, axes = plt.subplots(figsize=(4.0, 2.5))
        axes.barh(frame["name"], frame["n"])
        axes.set_xlabel({"en": "sentences", "zh": "句子"}[language])
        return figure

    return pd.DataFrame({"name": ["湘阴县 2017", "y&z <b>"], "n": [3, 1]})


def test_both_languages_for_print_with_their_data(bars, tmp_path):
    plots.save("bars", bars, tmp_path, "zh")
    for edition, label in (("en", "sentences"), ("zh", "句子")):
        with Image.open(tmp_path / f"bars.{edition}.png") as picture:
            assert picture.size == (1200, 750) and round(picture.info["dpi"][0]) == canvas.DPI
        drawing = (tmp_path / f"bars.{edition}.svg").read_text(encoding="utf-8")
        assert f">{label}</text>" in drawing and ">湘阴县 2017</text>" in drawing and "y&amp;z &lt;b&gt;" in drawing
    assert (tmp_path / "bars.csv").read_text(encoding="utf-8-sig").startswith("name,n\n湘阴县 2017,3")


def test_rows_too_many_for_a_spreadsheet_are_parquet(bars, tmp_path, monkeypatch):
    charts.save("bars", bars, tmp_path)
    monkeypatch.setattr(store, "CSV_ROWS", 1)
    charts.save("bars", bars, tmp_path)
    assert not (tmp_path / "bars.csv").exists()
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "bars.parquet"), bars)
    monkeypatch.setattr(store, "CSV_ROWS", 2)
    charts.save("bars", bars, tmp_path)
    assert (tmp_path / "bars.csv").exists() and not (tmp_path / "bars.parquet").exists()


def test_same_bytes_whatever_was_measured_before(bars, tmp_path):
    plots.save("bars", bars, tmp_path / "a")
    canvas._remembered.cache_clear()
    canvas._heights.cache_clear()
    plots.save("bars", bars, tmp_path / "b")
    for path in sorted((tmp_path / "a").iterdir()):
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes(), path.name


def test_texts_are_as_large_as_matplotlib_measures_them(bars):
    """The remembered sizes are those of the library's own renderer; between lines there is more room."""
    from matplotlib.backends.backend_agg import RendererAgg
    from matplotlib.font_manager import FontProperties

    plots.use_style()
    own, theirs = canvas._Raster(10, 10, canvas.DPI), RendererAgg(10, 10, canvas.DPI)
    prop = FontProperties(size=9)
    assert own.get_text_width_height_descent("县 Ag", prop, False) == theirs.get_text_width_height_descent("县 Ag", prop, False)
    figure = plt.figure(dpi=canvas.DPI)
    line = figure.text(0, 0, "县\nAg")
    boxes = [line.get_window_extent(renderer).bounds for renderer in (own, theirs)]
    plt.close(figure)
    room = canvas._LEAD * line.get_size() * canvas.DPI / 72
    assert boxes[0][2] == pytest.approx(boxes[1][2]) and boxes[0][3] == pytest.approx(boxes[1][3] + 2 * room)


def test_an_empty_frame_leaves_a_sentence_and_no_figure_of_an_earlier_run(bars, tmp_path, capsys):
    gallery = plots.Gallery(tmp_path, "en", "03_tools")
    gallery.show("bars", bars)
    about = json.loads((tmp_path / "bars.json").read_text(encoding="utf-8"))
    assert len(list(tmp_path.iterdir())) == 6 and about["caption"] == {"en": "2 bars", "zh": "2 条"}
    gallery.show("bars", bars.head(0))
    assert list(tmp_path.iterdir()) == []


def test_every_chart_has_its_caption_and_every_caption_its_chart(monkeypatch):
    for name in ("clean", "describe", "tools", "validity", "topics", "commitments", "compare"):
        importlib.import_module(f"helpers.plots.{name}")
    drawn = {f"{chart.section}.{chart.name}.caption" for chart in charts.CHARTS.values()}
    written = {key for key, _ in language.entries() if key.endswith(".caption")}
    assert drawn == written


def test_a_figure_can_be_had_with_its_title_its_source_and_n(bars, tmp_path):
    plots.save("bars", bars, tmp_path)
    (path,) = plots.titled(tmp_path, tmp_path / "with", "en", 5, 1284)
    with Image.open(path) as picture, Image.open(tmp_path / "bars.en.png") as bare:
        assert picture.height > bare.height and picture.info["dpi"] == bare.info["dpi"]
        above = picture.convert("L").crop((0, 0, picture.width, 120))
        assert min(above.get_flattened_data() if hasattr(above, "get_flattened_data") else above.getdata()) < 100  # letters
    assert path.read_bytes() == plots.titled(tmp_path, tmp_path / "with", "en", 5, 1284)[0].read_bytes()


def test_numbers_on_confused_tools_are_the_units_that_were_counted():
    """A miss with two wrong tools is half a unit in each of their cells; each cell said one."""
    rows = pd.DataFrame(
        [("a", "a", 3.0), ("a", "b", 0.5), ("a", "c", 1.5), ("b", "b", 2.0), ("none", "c", 1.0), ("c", "a", 1 / 3)],
        columns=["tool", "coded_as", "n_units"],
    ).assign(share=lambda f: f["n_units"] / f.groupby("tool")["n_units"].transform("sum"))  # fmt: skip
    order = {"a": 0, "b": 1, "c": 2, "none": 9}
    rows = rows.assign(order=rows["tool"].map(order), coded_order=rows["coded_as"].map(order), label_en=rows["tool"],
                       coded_label_en=rows["coded_as"])  # fmt: skip
    figure = tool_confusion(rows, "en")
    written = sorted(float(text.get_text()) for text in figure.axes[0].texts if text.get_text())
    assert written == sorted(rows["n_units"].round(1))


def test_the_likeness_of_thousands_of_documents_is_not_laid_out_all_with_all():
    """Of 27,000 county-years a table of the square of the documents, of which sixteen are drawn, took 7.5 GB."""
    n = 4_000
    names = [f"d{i:05d}" for i in range(n)]
    sides = {f"doc_{side}": names[at : n - 1 + at] for side, at in (("a", 0), ("b", 1))}
    orders = {f"document_{side}_order": range(at, n - 1 + at) for side, at in (("a", 0), ("b", 1))}
    labels = {f"document_{side}_en": of for side, of in (("a", sides["doc_a"]), ("b", sides["doc_b"]))}
    frame = pd.DataFrame({**sides, **orders, **labels, "tools": 0.5, "topics": 0.4, "wording": 0.3})
    tracemalloc.start()
    try:
        figure = similarity(frame, "en")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(figure.axes[0].get_yticklabels()) == 16
    assert peak < n * n * 8 / 4  # bytes: a quarter of one such table


def on_each_other(figure: Figure, texts: list) -> list[tuple[str, str]]:
    """Return the pairs of texts of a drawn figure that lie on each other."""
    figure.draw_without_rendering()
    boxes = [(text.get_text(), text.get_window_extent()) for text in texts if text.get_text()]
    return [(a, b) for i, (a, box) in enumerate(boxes) for b, other in boxes[:i] if box.overlaps(other)]


def test_of_many_documents_the_likeness_of_the_nearest_is_drawn_and_can_be_read():
    n = 40
    pairs = [(a, b) for b in range(n) for a in range(b)]
    names = [f"Jingning She Autonomous County {2000 + i}" for i in range(n)]
    near = {(0, 39): 0.9, (7, 31): 0.8, (7, 20): 0.7}
    frame = pd.DataFrame(pairs, columns=["document_a_order", "document_b_order"])
    frame = frame.assign(
        **{f"doc_{side}": frame[f"document_{side}_order"].map("d{:02d}".format) for side in "ab"},
        **{f"document_{side}_en": frame[f"document_{side}_order"].map(names.__getitem__) for side in "ab"},
        tools=0.5, topics=0.4, wording=[near.get(pair, 0.1) for pair in pairs],
    )  # fmt: skip
    style.use_style()
    figure = similarity(frame, "en")
    labels = figure.axes[0].get_yticklabels()
    assert {names[i] for i in (0, 7, 20, 31, 39)} < {label.get_text() for label in labels} and len(labels) == 16
    assert not on_each_other(figure, labels)
    assert "Shown: 16 of 40 documents" in charts.CHARTS["similarity"].caption(frame, "en")
    assert "Shown" not in charts.CHARTS["similarity"].caption(frame[(frame["document_b_order"] < 16)], "en")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_long_names_of_counties_stand_beside_each_other(language):
    counties = (
        ("怀来县", "130730"),
        ("新宾满族自治县", "210422"),
        ("积石山保安族东乡族撒拉族自治县", "622927"),
        ("大悟县", "420922"),
    )
    rows = [{"county": county, "county_code": code, "year": 2017 + i} for i, (county, code) in enumerate(counties * 2)][:6]
    frame = pd.DataFrame(rows).assign(
        indicator_id="firms", label_en="Firms", label_zh="企业数", measure="level",
        comparator=">=", value="120", unit="家", due="2025", value_base=120.0,
    )  # fmt: skip
    style.use_style()
    figure = indicators_side_by_side(frame, language)
    assert not on_each_other(figure, figure.axes[0].texts)


def test_no_legend_lies_on_the_data():
    style.use_style()
    rules = pd.DataFrame(
        {"rule": ["space", "dash"], "n_repairs": [300, 200], "exact": [300, 0], "inferred": 0, "flagged": [0, 200]}
    )
    types = {"supply": 0.1, "environment": 0.2, "demand": 0.6}
    tools = pd.DataFrame([(name, kind, share) for kind, share in types.items() for name in (None, f"{kind} tool")],
                         columns=["tool", "tool_type", "share"])  # fmt: skip
    tools = tools.assign(
        label_en=tools["tool"].fillna(tools["tool_type"]), corrected_share=tools["share"], ci_low=0.05, ci_high=0.7
    )
    for figure in (repairs_by_rule(pd.DataFrame(rules), "en"), tool_distribution(tools, "en")):
        figure.draw_without_rendering()
        legends = [*figure.legends, figure.axes[0].get_legend()]
        assert not any(one.get_window_extent().overlaps(figure.axes[0].get_window_extent()) for one in legends if one)
