"""The coding page in a real browser: keys, undo, what is kept, what is saved and read back. Skipped without Chromium."""

import time

import openpyxl  # noqa: F401  (the page is the sheet's twin: both are read by the same reader)
import pandas as pd
import pytest
import report_browser

from helpers import codebook, handcoding
from helpers.handcoding import read_file
from helpers.report import fonts

PROGRAM = report_browser.find()
pytestmark = [
    pytest.mark.skipif(PROGRAM is None, reason="no Chromium on this machine: the coding page is not driven"),
    pytest.mark.xdist_group("browser"),
]
SCHEME = codebook.load("data/codebook/policy_tools.yml")
HOSTILE = "</script><b>对“技改”给予奖励</b>,=1+1。"


@pytest.fixture(scope="module")
def sample():
    rows = [(f"a:{i:05d}", "a.txt", "湘阴县", 2019, "一、任务", f"支持企业技改{i}。", 0.5) for i in range(1, 7)]
    rows[3] = (*rows[3][:5], HOSTILE, 0.5)
    return pd.DataFrame(rows, columns=["unit", "source_file", "county", "year", "heading", "text", "inclusion_probability"])


@pytest.fixture(scope="module")
def page(sample, tmp_path_factory):
    units = pd.DataFrame({"unit_id": sample["unit"], "doc_id": "a", "position": range(1, 7), "text": sample["text"]})
    path = tmp_path_factory.mktemp("page") / "coder_A.html"
    return handcoding.write_page(sample, units, SCHEME, "A", path, faces=fonts.faces)


@pytest.fixture
def browser(chromium, page, tmp_path):
    chromium.errors.clear()
    chromium.requests.clear()
    chromium.call("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(tmp_path))
    chromium.open(page)
    chromium.run("localStorage.clear(), unsaved = false")
    chromium.open(page)
    yield chromium
    chromium.run("unsaved = false")
    assert chromium.errors == []
    assert not [url for url in chromium.requests if not url.startswith(("file:", "about:"))]


def press(browser, *keys: str) -> None:
    for key in keys:
        text = {"Enter": "\r", " ": " "}.get(key, key if len(key) == 1 else "")
        browser.call("Input.dispatchKeyEvent", type="keyDown", key=key, text=text)
        browser.call("Input.dispatchKeyEvent", type="keyUp", key=key)


def saved(browser, folder):
    browser.run("document.getElementById('save').click()")
    end = time.monotonic() + 20
    while not (path := folder / "coder_A.csv").exists() and time.monotonic() < end:
        time.sleep(0.05)
    return path


def test_sentences_are_coded_by_keys_and_come_back_as_from_a_sheet(browser, sample, tmp_path):
    press(browser, "1", "w", "e", "Enter", "3", "Enter", "1", "Backspace", "2", "s", " ", "1", "w")
    path = saved(browser, tmp_path)
    read = read_file(path, SCHEME, sample)
    assert read.codes.values.tolist() == [
        ["a:00001", "measure", "funding;technology"], ["a:00002", "background", ""], ["a:00003", "goal", "planning"],
        ["a:00004", "measure", "funding"],
    ]  # fmt: skip
    assert read.saved and [line for line in read.problems if "a:00005" in line]


def test_rules_of_the_codebook_hold(browser):
    press(browser, "1", "q", "w", "e", "r")
    assert browser.run("of(0).tools.length") == SCHEME.max_tools  # the fourth is refused, and said
    assert browser.run("document.getElementById('message').textContent") != ""
    press(browser, "3")
    assert browser.run("of(0).tools.length") == 0 and browser.run("document.querySelector('#tools .choice').disabled")
    press(browser, "Backspace")
    assert browser.run("of(0).statement") == "measure" and browser.run("of(0).tools.length") == 3  # undo brings them back


def test_codes_outlive_the_page_and_the_file_carries_them_on(browser, page, tmp_path):
    press(browser, "1", "w", "/")
    browser.call("Input.insertText", text='=疑问,"引号"')
    press(browser, "Escape")
    path = saved(browser, tmp_path)
    browser.open(page)
    assert browser.run("of(0).tools.join()") == "funding"
    written = path.read_text(encoding="utf-8-sig")
    assert "'=疑问" in written  # no formula in a spreadsheet
    browser.run("localStorage.clear(), codes = {}, unsaved = false, draw()")
    browser.run(f"open(new File([{written!r}], 'coder_A.csv'))")
    assert browser.run("of(0).note") == '=疑问,"引号"' and browser.run("of(0).statement") == "measure"


def test_a_note_is_kept_while_it_is_typed_and_is_one_step_for_undo(browser, page, tmp_path):
    press(browser, "1", "w", "/")
    for part in ("对象", "不明"):
        browser.call("Input.insertText", text=part)
    browser.call("Input.dispatchKeyEvent", type="keyDown", key="s", modifiers=2)  # Ctrl+S, the cursor still in the note
    end = time.monotonic() + 20
    while not (path := tmp_path / "coder_A.csv").exists() and time.monotonic() < end:
        time.sleep(0.05)
    assert "对象不明" in path.read_text(encoding="utf-8-sig")
    browser.open(page)
    assert browser.run("of(0).note") == "对象不明"
    press(browser, "/")
    for part in ("，", "再议"):
        browser.call("Input.insertText", text=part)
    press(browser, "Escape", "Backspace")
    assert browser.run("of(0).note") == "对象不明"


def test_the_page_open_twice_loses_nothing(browser):
    press(browser, "1", "w")
    browser.run(
        "window.dispatchEvent(new StorageEvent('storage', {key: KEY, newValue: JSON.stringify({at: 4, codes: {...codes, "
        "[UNITS[4].unit]: {statement: 'goal', tools: [], note: '', when: 'later'}}})}))"
    )
    press(browser, "e")
    kept = "Object.entries(JSON.parse(localStorage.getItem(KEY)).codes).map(([u, code]) => u + code.statement).sort().join()"
    assert browser.run(kept) == "a:00001measure,a:00005goal" and browser.run("at") == 0


def test_hostile_text_stays_text_and_both_languages_fit(browser, page, tmp_path):
    browser.run("go(3)")
    assert browser.run("document.getElementById('unit').textContent") == HOSTILE
    for width in (390, 1280):
        for dark in (False, True):
            browser.open(page, width, dark=dark)
            assert browser.run("document.documentElement.scrollWidth") <= width
    for language, word in (("zh", "计入"), ("en", "Counts")):
        browser.run(f"language = '{language}', shown = DATA.tools[1], draw()")
        assert word in browser.run("document.getElementById('about').textContent")
    browser.run("localStorage.clear()")
