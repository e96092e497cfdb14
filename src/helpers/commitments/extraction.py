"""From units to the table of commitments: what is promised in each sentence, with the words that say so."""

import re
from functools import lru_cache, partial
from itertools import groupby

import numpy as np
import pandas as pd

from helpers import catalogue, engine
from helpers.commitments import indicators, lexicon, lists
from helpers.commitments.deadlines import deadline_rows
from helpers.commitments.lexicon import Lexicon
from helpers.commitments.money import condition, fund_named_after, purpose
from helpers.commitments.numbers import base_value, fold, opened, quantities
from helpers.commitments.periods import Date, dates, year_of
from helpers.commitments.place import Place
from helpers.commitments.targets import comparator, is_count, kind_of
from helpers.commitments.windows import windows, without_endless_numbers
from helpers.commitments.wording import BRACKET, MASK, clauses, mask, past_spans, reports, without_furniture
from helpers.segment import snapped_all

# A unit without any of these can hold no commitment; one fast search spares the slow reading of most units.
HINT = re.compile(
    r"[0-9０-９]|翻番|翻[一两二三]番|翻倍|两位数|分之|年内|年底|年末|半年|季度|月底|[破过超达上入][百千万亿]|[十百千二三四五六七八九两][余多]?[家个项名所座条亩户万%％倍成]"
)
_SHOWS = opened("０-９翻两二三四五六七八九十百千一分年半季月破过超达上入", HINT.pattern)
CONDITION = "condition"  # a clause of eligibility, told by its heading
_BATCH = 40  # documents a worker reads at a time
_STOCK = 20_000  # sentences that a worker remembers
_TAIL = re.compile(r"\s?(?:人民币)?(?:及以上|以上|以内|以下|左右|上下|内(?![外部容贸需陆蒙]))?")
_YEAR = re.compile(r"[〔\[【](20\d\d)[〕\]】]|[(（](20\d\d)\s?[-—]\s?20\d\d|^\s*(20\d\d)年\d+月(?:\d+日)?$")
_DEADLINE_COLUMN = r"(?:时限|时间|期限|日期)[^：|]{0,6}：([^|]*\d\s?[年月][^|]{0,12})"
_DEADLINE_CELL = r"(?:^|\| )((?:20\d\d\s?年[^|：，]{0,8}|[本当]年[^|：，]{0,6})[前底内])(?: \||$)"  # in a table without headings
_PART = re.compile(r"其中|[(](?:含|其中)")
_JOINED = re.compile(r"[、和及或与\s](?:最高|最多|不超过)?|以及|(?:元|人民币)?[、和及]?(?:人民币)?")


def extract(
    units: pd.DataFrame,
    codes: pd.DataFrame | None = None,
    documents: pd.DataFrame | None = None,
    words: str = lexicon.DEFAULT,
) -> pd.DataFrame:
    """Return the commitments of `units`: targets, sums of public money and deadlines, as the catalogue declares them.

    Requires unit_id, doc_id, text; uses position, paragraph, heading_path, is_repeat where they are there, `codes.statement`
    and `documents.year` where they are given (else the year is read off the document's own number or date). Repeated
    sentences (`is_repeat`) are read once: their later places give no rows. Offsets are code points in the unit's text.
    A sentence under a heading that reports (工作回顾) is background, whatever its code. `words` is the file of the words that
    decide what is a promise; CodebookError names what is wrong with it. Definitions: `data/gold/commitments.md`.
    """
    reading = _reading_list(units, codes, documents, lexicon.load(words))
    columns = ["unit_id", "doc_id", "text", "paragraph", "is_repeat", "statement", "reference", "hinted", "due"]
    units_of = zip(*(reading[column].tolist() for column in columns), strict=True)
    documents_read = [list(group) for _, group in groupby(units_of, key=lambda unit: unit[1])]
    done = engine.map(partial(_read_documents, words=words), engine.batches(documents_read, _BATCH))
    return _table([row for rows in done for row in rows])


def _read_documents(documents: list[list[tuple]], words: str) -> list[dict]:
    """Read a batch of documents in one worker; what a sentence says of the next one ends with its document."""
    rows: list[dict] = []
    texts: list[str] = []
    number, start, end = [], [], []  # of the sentence in `texts`, and of what it says there, for each row
    for units in documents:
        weak, before = False, None
        for unit_id, _doc_id, text, paragraph, is_repeat, statement, reference, hinted, due in units:
            weak = weak and (before == paragraph or statement == "background")
            before = paragraph
            found, weak = _read_once(due + text, statement, int(reference), weak, hinted, words)
            if found and not is_repeat:
                rows += [{"unit_id": unit_id, **row} for row in found]
                number += [len(texts)] * len(found)
                start += [max(row["start"] - len(due), 0) for row in found]  # without the deadline before the sentence
                end += [max(row["end"] - len(due), 0) for row in found]
                texts.append(text)
    spans = snapped_all(texts, *(np.array(values, np.int64) for values in (number, start, end)))  # no word is cut
    for row, first, last in zip(rows, *(values.tolist() for values in spans), strict=True):
        row |= {"start": first, "end": last}
    return rows


def _due(table_row: pd.Series, text: pd.Series) -> pd.Series:
    """Return `2021年12月底前，` where the sentence is a cell whose row has that day in its column of deadlines, else ''."""
    rows = table_row.fillna("").astype("str")
    said = rows.str.extract(_DEADLINE_COLUMN, expand=False).fillna(rows.str.extract(_DEADLINE_CELL, expand=False))
    said = said.fillna("").str.strip()
    said = said.where(said.str.endswith(("前", "内", "底")) | (said == ""), said + "前")
    return (said + "，").where((said != "") & ~text.str.contains(r"\d\s?[年月]", regex=True), "")


@lru_cache(_STOCK)
def _read_once(text: str, statement: str, reference: int, weak: bool, hinted: bool, words: str) -> tuple[list[dict], bool]:
    """Read a sentence that other documents of the same year copied only once; its rows are shared, so nobody may change them."""
    return read(text, statement, reference, weak, hinted, words)


def _reading_list(
    units: pd.DataFrame, codes: pd.DataFrame | None, documents: pd.DataFrame | None, words: Lexicon
) -> pd.DataFrame:
    """Bring what the reader needs into one frame, only units that hint at a commitment."""
    frame = pd.DataFrame({"unit_id": units["unit_id"], "doc_id": units["doc_id"], "text": units["text"].astype("str").fillna("")})
    frame["paragraph"] = units["paragraph"].fillna(-1) if "paragraph" in units else -1
    frame["is_repeat"] = units["is_repeat"].fillna(False).astype(bool) if "is_repeat" in units else False
    frame["statement"] = ""
    if codes is not None and len(codes):
        frame["statement"] = units["unit_id"].map(codes.drop_duplicates("unit_id").set_index("unit_id")["statement"]).fillna("")
    if "heading_path" in units:
        headings = units["heading_path"].fillna("").astype("str")
        reporting = [heading for heading in headings.unique() if reports(heading, words)]
        frame.loc[headings.isin(reporting), "statement"] = "background"
        conditions = [
            heading for heading in headings.unique() if words("<condition_heading>").search(heading.rsplit(" > ", 1)[-1])
        ]
        frame.loc[headings.isin(conditions) & (frame["statement"] != "background"), "statement"] = CONDITION
    frame["reference"] = frame["doc_id"].map(_years(frame, documents)).fillna(0).astype(int)
    frame["due"] = _due(units["table_row"], frame["text"]) if "table_row" in units else ""
    frame["hinted"] = frame["text"].str.contains(HINT.pattern, regex=True) | (frame["due"] != "")
    return frame[frame["hinted"]]


def _years(frame: pd.DataFrame, documents: pd.DataFrame | None) -> dict[str, int]:
    """Return the year of each document: as declared, else of its number, date line or span of the plan in its first units."""
    years: dict[str, int] = {}
    if documents is not None and len(documents):
        known = documents.dropna(subset=["year"])
        years = dict(zip(known["doc_id"], known["year"].astype(int), strict=True))
    open_ = frame[~frame["doc_id"].isin(set(years))]  # most documents have their year: only the others are read
    first = open_.groupby("doc_id", sort=False).head(15)
    for doc_id, text in zip(first["doc_id"], first["text"], strict=True):
        named = _YEAR.search(text)
        if named:
            years.setdefault(doc_id, int(named[named.lastindex]))
    return years


def read(
    text: str, statement: str = "", reference: int = 0, weak: bool = False, hinted: bool = True, words: str = lexicon.DEFAULT
) -> tuple[list[dict], bool]:
    """Read one sentence; returns its rows and whether it ends in a report of the past (for the next one of its paragraph).

    >>> rows, past = read("到2025年,规模以上工业企业达到120家。", "goal", 2021)
    >>> [(row["kind"], row["indicator"], row["value"], row["year"]) for row in rows]
    [('target', '规模以上工业企业', '120', '2025')]
    """
    rows, known = [], lexicon.load(words)
    for shift, piece in windows(text) if hinted else ():
        found, weak = _read_window(piece, statement, reference, weak, known)
        rows += [row | {"start": row["start"] + shift, "end": row["end"] + shift} for row in found]
    return rows, weak


def _read_window(text: str, statement: str, reference: int, weak: bool, words: Lexicon) -> tuple[list[dict], bool]:
    folded = fold(without_endless_numbers(text))
    plain = without_furniture(folded)
    if statement == "background" and plain != folded and BRACKET.search(folded):
        statement = ""  # what departments answer for is no background
    masked = mask(plain)
    if not _SHOWS.search(masked):
        return [], weak
    spans = past_spans(masked, reference, statement, weak, words)
    found = dates(masked)
    bare, shown = _without(masked, found), _without(plain, found)
    parts = clauses(bare)

    def past(position: int) -> bool:
        return any(start <= position < end and is_past for start, end, is_past in spans)

    rows, taken = _numbers(bare, shown, parts, found, past, words)
    if statement == CONDITION:
        rows = [row for row in rows if row["kind"] == "money"]
    elif statement != "other":
        rows += deadline_rows(plain, found, parts, taken, past, words)
    rows.sort(key=lambda row: (row["start"], row["end"]))
    return [_finished(row) for row in rows], spans[-1][2]


def _without(text: str, found: list[Date]) -> str:
    for date in found:
        text = text[: date.start] + MASK * (date.end - date.start) + text[date.end :]
    return text


def _numbers(
    text: str, shown: str, parts: list[tuple[int, int]], found: list[Date], past, words: Lexicon
) -> tuple[list[dict], list[int]]:
    """Read the targets and sums of one sentence; also the starts of all numbers that were promises."""
    runs: list[tuple[Place, list[dict]]] = []  # numbers that 、 or 和 joins, with the place of the first
    taken: list[int] = []
    last_end, last_kind, subject, whole = 0, "", "", None
    for number in quantities(text):
        clause = next(part for part in parts if part[0] <= number.start < part[1]) if parts else (0, len(text))
        between = text[last_end : number.start]
        joined = last_kind if _JOINED.fullmatch(between) and last_end else ""
        place = Place(
            number, text, shown,
            begin=max(text.rfind(";", 0, number.start), text.rfind("；", 0, number.start)) + 1,
            clause=clause, item=max(clause[0], last_end if clause[0] <= last_end <= number.start else clause[0]),
            tail=_TAIL.match(text, number.end).end(), joined=joined, before=last_kind, words=words,
        )  # fmt: skip
        kind = "" if past(number.start) else kind_of(place)
        if not kind:
            # A threshold or a name is no border of the item: 过5000万元企业5家 counts 过5000万元企业.
            continue
        row = _row(place, kind, subject)
        row["year"] = year_of(number.start, place.tail, place.item, clause, found, text)
        last = runs[-1][1][-1] if runs else None
        if _PART.search(between) and last:
            whole = last if "(" not in between or whole is None else whole
        if joined and last and last["unit"] == row["unit"]:
            row["year"] = last["year"]
        if joined == kind == "money" and last:
            row |= {"indicator": last["indicator"], "condition": last["condition"]}
        row |= _relation(place, whole, row)
        subject = row["indicator"] if row["unit"] in ("家", "个", "户") else subject
        if joined == kind and runs:
            runs[-1][1].append(row)
        else:
            runs.append((place, [row]))
        taken.append(number.start)
        last_end, last_kind = place.tail, kind
    return _named(runs), taken


def _named(runs: list[tuple[Place, list[dict]]]) -> list[dict]:
    """Return the rows of all runs; what 分别 shares out has each its own name, metrics that share one rate a row each."""
    rows: list[dict] = []
    for place, run in runs:
        run = lists.like_the_first(run)
        shared = lists.shared_out(place, run, rows)
        rows += shared if shared is not None else [row for one in run for row in _split(one)]
    return rows


def _split(row: dict) -> list[dict]:
    """Give each of several metrics that share one rate its own row."""
    if row["kind"] != "target" or row["unit"] not in ("%", "个百分点", "百分点"):
        return [row]
    return [row | {"indicator": words} for words in indicators.coordinated(row["indicator"])]


def _row(place: Place, kind: str, subject: str) -> dict:
    """Fill the columns of one number."""
    number, text, shown = place.number, place.text, place.shown
    item_end = min((text.find(mark, place.tail) for mark in ",;。、:" if text.find(mark, place.tail) >= 0), default=len(text))
    start = max(place.item, text.rfind("(", place.item, number.start) + 1)
    words = indicators.name(shown, (start, item_end), (number.start, number.end), place.tail, subject, is_count(number))
    if kind == "money":
        words = fund_named_after(shown, place.tail) or indicators.paid(shown[place.begin : number.start], words)
    return {
        "kind": kind, "indicator": indicators.balanced(words), "comparator": comparator(place, kind),
        "value": number.value, "unit": number.unit, "condition": condition(place) if kind == "money" else "",
        "start": _start(text, start), "end": place.tail,
        "low": number.low, "high": number.high, "base": base_value(number.low, number.unit),
    }  # fmt: skip


def _start(text: str, position: int) -> int:
    """Move past blanks and joints, so that the evidence begins with a word."""
    while position < len(text) and text[position] in f"{MASK} 、,和及":
        position += 1
    return position


def _relation(place: Place, whole: dict | None, row: dict) -> dict:
    """Tell 其中 items (with the whole that they are part of) and 累计 sums."""
    if whole is not None and row["kind"] == whole["kind"] and (row["unit"] == whole["unit"]):
        words = purpose(place.shown, place.tail, place.words) or row["indicator"]
        named = words if words[-2:] in whole["indicator"] or row["kind"] == "money" else f"{words}{whole['indicator']}"
        return {"relation": "part", "part_of": whole["indicator"], "indicator": named}
    return {"relation": "cumulative" if "累计" in place.text[place.item : place.number.start] else "", "part_of": ""}


def _finished(row: dict) -> dict:
    return {"low": None, "high": None, "base": None, "relation": "", "part_of": ""} | row


def _table(rows: list[dict]) -> pd.DataFrame:
    """Put the rows into the declared shape; the same promise found twice at one place is one row."""
    if not rows:
        return catalogue.empty("commitments")
    names = {"low": "value_low", "high": "value_high", "base": "value_base", "start": "evidence_start", "end": "evidence_end"}
    frame = pd.DataFrame(rows).rename(columns=names)
    frame = frame.drop_duplicates(list(catalogue.table("commitments").key), ignore_index=True)
    return catalogue.check(frame, "commitments")
