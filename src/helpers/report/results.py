"""Shares of tools, statements and topics by county-year; each number linked to its sentences."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from helpers.language import count, percent
from helpers.report.cells import MAX_ROWS, blank, county_key, estimate, evidence_link, text
from helpers.report.declared import declared
from helpers.report.fonts import visible
from helpers.report.material import Material
from helpers.report.model import Cell, Column, Table
from helpers.report.words import Words
from helpers.shares import best
from helpers.thresholds import STABLE

MAX_GROUPS = 8  # county-years side by side in one table; with more, one row each
WHOLE = (None, None, None)
GROUP = ("county", "county_code", "year")
GLOSSED = ("supply", "environment", "demand")  # types that the opening explains in a few words
_STATEMENTS = ("measure", "goal", "background", "other")


def group_key(row) -> tuple:
    """Return (county, year, county_code) with None for what is not known."""
    code = getattr(row, "county_code", None)
    return (None if blank(row.county) else row.county, None if blank(row.year) else int(row.year), None if blank(code) else code)


def group_order(group: tuple) -> tuple:
    """Sort as all figures do, by division code, then year; what is not known and the whole corpus last."""
    county, year, code = group
    return (group == WHOLE, code is None, str(code or ""), county is None, county or "", year is None, year or 0)


def span(documents: pd.DataFrame, words: Words) -> str:
    """Say from which year to which documents are."""
    years = sorted({int(year) for year in documents["year"].dropna()})
    if not years:
        return words("unknown_year")
    return words("years_range" if len(years) > 1 else "years_one", first=years[0], last=years[-1])


def groups(frame: pd.DataFrame) -> list[tuple]:
    """Return the county-years of a table of shares in order."""
    return numbered(frame)[0]


def numbered(frame: pd.DataFrame, year: str = "year") -> tuple[list[tuple], np.ndarray]:
    """Return the county-years of a table in order, and for each row where its own stands among them; `year`: the column."""
    columns = [c for c in (*GROUP[:-1], year) if c in frame]
    by = frame[columns].groupby(columns, dropna=False, observed=True, sort=False)
    keys = [group_key(row) for row in by.head(1).rename(columns={year: "year"}).itertuples()]
    found = sorted(set(keys), key=group_order)
    place = {key: at for at, key in enumerate(found)}
    return found, np.array([place[key] for key in keys], np.int64)[by.ngroup().to_numpy()]


def link(group: tuple, **more) -> str:
    """Return the address of a group's sentences."""
    where = {} if group == WHOLE else {"county": county_key(group[0], group[2]), "year": group[1]}
    return evidence_link(**where, **more)


def order_of(material: Material, frame: pd.DataFrame, column: str) -> list[str]:
    """Return the tools or types that occur: in the codebook's order, those that it does not know last."""
    known = list(getattr(material.codebook, {"tool": "tools", "tool_type": "types"}[column], ()) or ())
    there = sorted(frame[column].dropna().unique())
    return [name for name in known if name in there] + [name for name in there if name not in known]


def type_order(material: Material) -> list[str]:
    """Return all types of tools in the codebook's order, unknown ones last: the place of a type is its colour."""
    known = list(getattr(material.codebook, "types", ()) or ())
    there = set(material["tool_shares"]["tool_type"]) | set(material.used["tool_type"])
    return known + sorted(there - set(known))


def scale(frame: pd.DataFrame) -> float:
    """Return the share at the right end of the drawn intervals: the same for a whole table."""
    columns = [c for c in ("share", "corrected_share", "ci_high") if c in frame.columns]
    top = frame[columns].max().max()
    return float(top) if top and top == top else 1.0


def side_by_side(
    frame: pd.DataFrame, column: str, names: list, first: Callable[[object], Cell], code: Callable[[object], dict], words: Words
) -> Table:
    """Return one row a name and one column a county-year, each cell a share with its interval and its sentences."""
    there, top = groups(frame), scale(frame)
    cells = {(getattr(row, column), group_key(row)): row for row in frame.itertuples()}
    rows = []
    for name in names:
        found = [(group, cells.get((name, group))) for group in there]
        rows.append([first(name), *(Cell("") if r is None else estimate(r, words, top, link(g, **code(name))) for g, r in found)])
    heads = [Column(words.column(column)), *(Column(words.group(*group), "number") for group in there)]
    return Table("", "", heads, rows)


def share_tables(material: Material, words: Words) -> list[Table]:
    """Return the shares by type and by tool, county-years side by side while they fit."""
    shares, made = material["tool_shares"], []
    types = type_order(material)
    kinds = dict(zip(shares["tool"], shares["tool_type"], strict=True)) | {kind: kind for kind in types}
    for column, frame in (("tool_type", shares[shares["tool"].isna()]), ("tool", shares[shares["tool"].notna()])):
        if not len(frame):
            continue
        code = _type_code if column == "tool_type" else _tool_code

        def first(name, code=code) -> Cell:
            return Cell(words.tool(name), href=evidence_link(**code(name)), colour=types.index(kinds[name]))

        names = order_of(material, frame, column)
        if len(groups(frame)) <= MAX_GROUPS:
            table = side_by_side(frame, column, _by_size(frame, names) if column == "tool" else names, first, code, words)
        else:
            table = _one_below_the_other(frame, column, names, first, code, words)
        key = "type_shares" if column == "tool_type" else "tool_shares"
        table.id, table.caption, table.source = f"table-{key.replace('_', '-')}", words(key), "tool_shares"
        table.note = words("type_shares_note") + words("space") + words("bars_run", top=percent(scale(frame)))
        made.append(table)
    return made


def _type_code(name: str) -> dict:
    return {"tool": f"type:{name}"}


def _tool_code(name: str) -> dict:
    return {"tool": name}


def _by_size(frame: pd.DataFrame, names: list[str]) -> list[str]:
    """Sort tools by their share in the whole corpus, else by their largest share."""
    sizes: dict[str, float] = {}
    whole = frame[frame["county"].isna() & frame["year"].isna()]
    for row in (whole if len(whole) else frame).itertuples():
        sizes[row.tool] = max(sizes.get(row.tool, 0.0), best(row) or 0.0)
    return sorted(names, key=lambda name: (-sizes.get(name, 0.0), names.index(name)))


def _one_below_the_other(frame: pd.DataFrame, column: str, names: list, first: Callable, code: Callable, words: Words) -> Table:
    heads = [Column(words.column(c)) for c in ("county", column)] + [Column(words.column("n_units"), "number")]
    heads += [Column(words.column("share"), "number"), Column(words("share_of"), "number")]
    top, rank = scale(frame), {name: i for i, name in enumerate(names)}
    order = np.lexsort((frame[column].map(rank), numbered(frame)[1]))
    rows = []
    for row in frame.iloc[order[:MAX_ROWS]].itertuples():
        group, name = group_key(row), getattr(row, column)
        address = link(group, **code(name))
        cells = [Cell(words.group(*group)), first(name), Cell(count(row.n_units), float(row.n_units), address)]
        rows.append([*cells, Cell(text(row.share, "share", words), row.share), estimate(row, words, top, address)])
    return Table("", "", heads, rows, total=len(frame))


def statement_table(material: Material, words: Words) -> Table | None:
    """Return what the sentences of each county-year do: measure, goal, background, other."""
    frame = material["statement_shares"]
    if not len(frame):
        return None
    if len(groups(frame)) > MAX_GROUPS:
        table = declared(frame, "statement_shares", words)
    else:

        def first(name) -> Cell:
            return Cell(words.value(name), href=evidence_link(statement=name))

        names = [name for name in _STATEMENTS if name in set(frame["statement"])]
        table = side_by_side(frame, "statement", names, first, lambda name: {"statement": name}, words)
    table.id, table.caption, table.source = "table-statements", words("statement_mix"), "statement_shares"
    return table


def carried(topics: pd.DataFrame) -> int:
    """Return how many topics come back above noise, as 05_topics judged them."""
    return int((topics["stable"] if "stable" in topics else topics["stability"] >= STABLE).sum())


def tried(material: Material) -> int:
    """Return how many topics or fields were fitted, before those not carried were put together."""
    sweep = material["topic_sweep"]
    chosen = sweep.loc[sweep["chosen"].astype(bool), "n_topics"] if len(sweep) else sweep.get("n_topics", [])
    return int(chosen.iloc[0]) if len(chosen) and len(material["topics"]) else len(material["topics"])


def topic_tables(material: Material, words: Words) -> list[Table]:
    """Return the topics by size, with their words and stability, and their shares by county-year."""
    topics = material["topics"].sort_values(["topic"], kind="stable")
    rows, total = [], max(int(topics["n_units"].sum()), 1)
    for row in topics.itertuples():
        mark = "" if getattr(row, "stable", row.stability >= STABLE) else f" ({words('unstable')})"
        address = evidence_link(topic=row.topic)
        rows.append([
            Cell(str(row.topic), float(row.topic)), Cell(f"{visible(words.topic(row.label, both=True))}{mark}", href=address),
            Cell(visible(row.top_words)),
            Cell(count(row.n_units), float(row.n_units), address), Cell(percent(row.n_units / total), row.n_units / total),
            _stability(row), Cell(percent(row.largest), row.largest), _other_numbers(row),
        ])  # fmt: skip
    texts, numbers = ("label", "top_words"), ("n_units", "share", "stability", "largest", "k_range")
    heads = [Column(words.column(name), "text" if name in texts else "number") for name in ("topic", *texts, *numbers)]
    made = [Table("table-topics", words("topics_table"), heads, rows, words("topics_note", n=count(total)), source="topics")]
    shares = material["topic_shares"]
    if not len(shares):
        return made
    if len(groups(shares)) > MAX_GROUPS:
        return [*made, declared(shares, "topic_shares", words)]
    labels = dict(zip(topics["topic"], topics["label"], strict=True))

    def first(topic) -> Cell:
        return Cell(f"{topic} {visible(words.topic(labels.get(topic, '')))}", float(topic), evidence_link(topic=topic))

    table = side_by_side(shares, "topic", sorted(shares["topic"].unique()), first, lambda topic: {"topic": topic}, words)
    table.id, table.caption, table.source = "table-topic-shares", words("topic_shares_table"), "topic_shares"
    return [*made, table]


def _stability(topic) -> Cell:
    """Return a topic's stability, empty for the fields put together, which are no topic."""
    return Cell("", -1.0) if blank(topic.stability) else Cell(f"{topic.stability:.2f}", topic.stability)


def _other_numbers(topic) -> Cell:
    """Return the range of a topic's share under other numbers of topics, empty where none was tried."""
    low = getattr(topic, "k_low", None)
    return Cell("", -1.0) if blank(low) else Cell(f"{percent(low)}–{percent(topic.k_high)}", low)
