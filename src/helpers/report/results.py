"""Tables of the results: tools and topics by county-year, commitments, repairs; each number linked to its sentences."""

import pandas as pd

from helpers.report.cells import best, blank, declared, estimate, evidence_link, text
from helpers.report.fonts import visible
from helpers.report.material import Material
from helpers.report.model import Cell, Column, Table
from helpers.report.words import Words, count

MAX_GROUPS = 8  # county-years side by side in one table; with more, one row each
STABLE = 0.75


def group_key(row) -> tuple:
    """Return (county, year) with None for what is not known."""
    return (None if blank(row.county) else row.county, None if blank(row.year) else int(row.year))


def groups(frame: pd.DataFrame) -> list[tuple]:
    """Return the county-years of a table of shares: by county, then year; the whole corpus last."""
    found = {group_key(row) for row in frame[["county", "year"]].drop_duplicates().itertuples()}
    return sorted(found, key=lambda g: (g == (None, None), g[0] is None, g[0] or "", g[1] is None, g[1] or 0))


def link(group: tuple, **more) -> str:
    """Return the address of a group's sentences."""
    county, year = group
    where = {} if group == (None, None) else {"county": county, "year": year}
    return evidence_link(**where, **more)


def order_of(material: Material, frame: pd.DataFrame, column: str) -> list[str]:
    """Return the tools or types that occur: in the codebook's order, those that it does not know last."""
    known = list(getattr(material.codebook, {"tool": "tools", "tool_type": "types"}[column], ()) or ())
    there = sorted(frame[column].dropna().unique())
    return [name for name in known if name in there] + [name for name in there if name not in known]


def share_tables(material: Material, words: Words) -> list[Table]:
    """Return the shares by type and by tool, county-years side by side while they fit."""
    shares = material["tool_shares"]
    of_types, of_tools = shares[shares["tool"].isna()], shares[shares["tool"].notna()]
    types, made = order_of(material, shares, "tool_type"), []
    for frame, column, key in ((of_types, "tool_type", "type_shares"), (of_tools, "tool", "tool_shares")):
        if not len(frame):
            continue
        make = _side_by_side if len(groups(frame)) <= MAX_GROUPS else _one_below_the_other
        table = make(frame, column, order_of(material, frame, column), words, scale(frame), types)
        table.id, table.caption, table.note = f"table-{key.replace('_', '-')}", words(key), words("type_shares_note")
        table.source = "tool_shares"
        made.append(table)
    return made


def scale(frame: pd.DataFrame) -> float:
    """Return the share at the right end of the drawn intervals: the same for a whole table."""
    columns = [c for c in ("share", "corrected_share", "ci_high") if c in frame.columns]
    top = frame[columns].max().max()
    return float(top) if top and top == top else 1.0


def _side_by_side(frame: pd.DataFrame, column: str, names: list[str], words: Words, top: float, types: list[str]) -> Table:
    there = groups(frame)
    cells = {(getattr(row, column), group_key(row)): row for row in frame.itertuples()}
    sizes = {name: max((best(cells[name, g]) or 0 for g in there if (name, g) in cells), default=0) for name in names}
    if column == "tool":
        whole = {name: best(cells[name, (None, None)]) for name in names if (name, (None, None)) in cells}
        names = sorted(names, key=lambda name: (-(whole.get(name, sizes[name]) or 0), name))
    kinds, rows = dict(zip(frame[column], frame["tool_type"], strict=True)), []
    for name in names:
        row = [Cell(words.tool(name), href=evidence_link(tool=_code(column, name)), colour=types.index(kinds[name]))]
        for group in there:
            found = cells.get((name, group))
            row.append(Cell("") if found is None else estimate(found, words, top, link(group, tool=_code(column, name))))
        rows.append(row)
    heads = [Column(words.column(column))] + [Column(words.group(*group), "number") for group in there]
    return Table("", "", heads, rows)


def _code(column: str, name: str) -> str:
    """Return how a link names a tool or a whole type."""
    return f"type:{name}" if column == "tool_type" else name


def _one_below_the_other(frame: pd.DataFrame, column: str, names: list[str], words: Words, top: float, types: list[str]) -> Table:
    heads = [Column(words.column(c)) for c in ("county", column)] + [Column(words.column("n_units"), "number")]
    heads += [Column(words.column("share"), "number"), Column(words("share_of"), "number")]
    rank = {name: i for i, name in enumerate(names)}
    where = {group: i for i, group in enumerate(groups(frame))}
    ordered = sorted(frame.itertuples(), key=lambda r: (where[group_key(r)], rank[getattr(r, column)]))
    rows = []
    for row in ordered[:300]:
        group, name = group_key(row), getattr(row, column)
        address = link(group, tool=_code(column, name))
        cells = [
            Cell(words.group(*group)),
            Cell(words.tool(name), colour=types.index(row.tool_type)),
            Cell(count(row.n_units), float(row.n_units), address),
        ]
        rows.append([*cells, Cell(text(row.share, "share", words), row.share), estimate(row, words, top, address)])
    return Table("", "", heads, rows, total=len(frame))


def statement_table(material: Material, words: Words) -> Table | None:
    """Return how many sentences of each county-year are measures, goals, background and other."""
    units = material.units
    if not len(units) or units["statement"].isna().all():
        return None
    kinds = ("measure", "goal", "background", "other")
    sums = units.groupby(["county", "year", "statement"], dropna=False, observed=True).size()
    by_group: dict[tuple, dict] = {}
    for (county, year, kind), n in sums.items():
        by_group.setdefault(group_key(pd.Series({"county": county, "year": year})), {})[kind] = int(n)
    rows = []
    for group in sorted(by_group, key=lambda g: (g[0] is None, g[0] or "", g[1] is None, g[1] or 0)):
        found, all_n = by_group[group], sum(by_group[group].values())
        label = words.group(*group) if group != (None, None) else f"{words('unknown')}, {words('unknown_year')}"
        row = [Cell(label)]
        for kind in kinds:
            n = found.get(kind, 0)
            row.append(
                Cell(f"{n:,} ({100 * n / all_n:.0f}%)", float(n), evidence_link(county=group[0], year=group[1], statement=kind))
            )
        rows.append([*row, Cell(count(all_n), float(all_n), evidence_link(county=group[0], year=group[1]))])
    heads = [Column(words.column("county"))] + [Column(words.value(kind), "number") for kind in kinds]
    return Table(
        "table-statements", words("statement_mix"), [*heads, Column(words("total"), "number")], rows[:300], total=len(rows)
    )


def topic_tables(material: Material, words: Words) -> list[Table]:
    """Return the topics by size, with their words and stability, and their shares by county-year."""
    topics = material["topics"].sort_values(["topic"], kind="stable")
    rows = []
    for row in topics.itertuples():
        mark = f" ({words('unstable')})" if row.stability < STABLE else ""
        label = Cell(f"{visible(row.label)}{mark}", href=evidence_link(topic=row.topic))
        number, size = (
            Cell(str(row.topic), float(row.topic)),
            Cell(count(row.n_units), float(row.n_units), evidence_link(topic=row.topic)),
        )
        rows.append([number, label, Cell(visible(row.top_words)), size, Cell(f"{row.stability:.2f}", row.stability)])
    heads = [
        (c, k)
        for c, k in (
            ("topic", "number"),
            ("label", "text"),
            ("top_words", "text"),
            ("n_units", "number"),
            ("stability", "number"),
        )
    ]
    made = [Table("table-topics", words("topics_table"), [Column(words.column(c), k) for c, k in heads], rows, source="topics")]
    shares = material["topic_shares"]
    there = groups(shares)
    if len(shares) and len(there) <= MAX_GROUPS:
        labels = dict(zip(topics["topic"], topics["label"], strict=True))
        cells = {(row.topic, group_key(row)): row for row in shares.itertuples()}
        top, body = scale(shares), []
        for topic in sorted(shares["topic"].unique()):
            row = [Cell(f"{topic} {visible(labels.get(topic, ''))}", float(topic), evidence_link(topic=topic))]
            for group in there:
                found = cells.get((topic, group))
                row.append(Cell("") if found is None else estimate(found, words, top, link(group, topic=topic)))
            body.append(row)
        columns = [Column(words.column("topic"))] + [Column(words.group(*group), "number") for group in there]
        made.append(Table("table-topic-shares", words("topic_shares_table"), columns, body, source="topic_shares"))
    elif len(shares):
        made.append(declared(shares, "topic_shares", words))
    return made


def commitments(material: Material) -> pd.DataFrame:
    """Return the commitments of the documents reported on, with county, year of the document and text."""
    about = material.units[["unit_id", "county", "year", "text"]].rename(columns={"year": "document_year"})
    return material["commitments"].merge(about, on="unit_id", how="inner")


def commitment_tables(material: Material, words: Words) -> list[Table]:
    """Return the counts by county-year and kind with the money promised, and the list of commitments."""
    frame = commitments(material)
    rows = []
    keys = frame[["county", "document_year"]].rename(columns={"document_year": "year"})
    for group in sorted(
        {group_key(r) for r in keys.itertuples()}, key=lambda g: (g[0] is None, g[0] or "", g[1] is None, g[1] or 0)
    ):
        same = (keys["county"].isna() if group[0] is None else keys["county"] == group[0]).fillna(False)
        same &= (keys["year"].isna() if group[1] is None else keys["year"] == group[1]).fillna(False)
        part = frame[same.astype(bool)]
        cells = [Cell(words.group(*group) if group != (None, None) else words("unknown"))]
        cells += [Cell(count(n), float(n)) for n in ((part["kind"] == kind).sum() for kind in ("target", "money", "deadline"))]
        money = part.loc[part["kind"] == "money", "value_base"].sum()
        rows.append([*cells, Cell(f"{money:,.0f}", float(money)), Cell(count(len(part)), float(len(part)))])
    heads = [Column(words.column("county"))] + [Column(words.value(k), "number") for k in ("target", "money", "deadline")]
    heads += [Column(words("money_sum"), "number"), Column(words("total"), "number")]
    counts = Table("table-commitment-counts", words("commitments_counts"), heads, rows[:300], total=len(rows))
    hidden = ("value_low", "value_high", "value_base", "evidence_start", "evidence_end")
    full = declared(frame, "commitments", words, without=hidden, limit=400)
    full.caption = words("commitments_table")
    return [counts, full]


def actor_table(material: Material, words: Words) -> Table:
    """Return departments by the number of sentences that they lead or share."""
    frame = material["actors"].merge(material.units[["unit_id"]], on="unit_id", how="inner")
    sums = frame.groupby(["department", "role"], observed=True)["unit_id"].nunique().unstack(fill_value=0)
    sums = sums.reindex(columns=["lead", "responsible"], fill_value=0)
    sums["all"] = sums["lead"] + sums["responsible"]
    sums = sums.reset_index().sort_values(["all", "department"], ascending=[False, True], kind="stable")
    rows = [
        [
            Cell(visible(r.department), href=evidence_link(q=r.department)),
            *(Cell(count(n), float(n)) for n in (r.lead, r.responsible, r.all)),
        ]
        for r in sums.head(300).rename(columns={"all": "all"}).itertuples()
    ]
    heads = [Column(words.column("department"))] + [Column(words.value(role), "number") for role in ("lead", "responsible")]
    total = Column(words("total"), "number")
    return Table("table-actors", words("actors_table"), [*heads, total], rows, source="actors", total=len(sums))


def repair_tables(material: Material, words: Words) -> list[Table]:
    """Return repairs by rule with one example before and after, and the list of repairs."""
    frame = material["repairs"].merge(material.documents[["doc_id"]], on="doc_id", how="inner")
    frame = frame.sort_values(["doc_id", "raw_start", "raw_end", "rule"], kind="stable")
    sums = frame.groupby(["rule", "certainty"], observed=True).size().reset_index(name="n")
    sums = sums.sort_values(["n", "rule", "certainty"], ascending=[False, True, True], kind="stable")
    rows = []
    for row in sums.itertuples():
        same = frame[(frame["rule"] == row.rule) & (frame["certainty"] == row.certainty)]
        short = same[same["before"].fillna("").str.len().between(1, 40)]
        example = (short if len(short) else same).iloc[0]
        cells = [
            Cell(words.value(row.rule).replace("_", " ")),
            Cell(words.value(row.certainty)),
            Cell(count(row.n), float(row.n)),
        ]
        rows.append([*cells, change(example["before"], example["after"])])
    heads = [Column(words.column("rule")), Column(words.column("certainty")), Column("n", "number"), Column(words("example"))]
    made = [Table("table-repair-rules", words("repairs_table"), heads, rows[:300], total=len(rows))]
    full = declared(frame, "repairs", words, without=("reason",))
    return [*made, full]


def change(before, after) -> Cell:
    """Return a cell that shows a repair: what stood there struck out, what stands there now beside it."""
    before, after = ("" if blank(v) else _spaces(str(v)) for v in (before, after))
    if before == after:
        return Cell(visible(before[:120]))
    return Cell(visible(after[:120]) or "∅", struck=visible(before[:120]) or "∅")


def _spaces(value: str) -> str:
    """Make white space visible: a repair of it could not be seen otherwise."""
    return value.replace("\n", "⏎").replace("\u00a0", "␣").replace("\u3000", "␣").replace("\t", "⇥")
