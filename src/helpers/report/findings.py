"""The five answers at the opening, written from the tables; each number in them stands in a table of the report."""

from collections.abc import Callable

import pandas as pd

from helpers.report import results
from helpers.report.cells import best, blank, estimate, interval_text
from helpers.report.fonts import visible
from helpers.report.material import Material
from helpers.report.model import Finding
from helpers.report.results import STABLE, group_key, groups, link
from helpers.report.words import Words, count, percent

_TOP, _GROUPS = 3, 8


def write(material: Material, words: Words, label: Callable[[str], str]) -> list[Finding]:
    """Return up to five findings; one whose tables are missing leaves its place to the next.

    `label(anchor)` gives "Table 3" or "Figure 2" for an anchor, or "" when the report has no such thing.
    """
    makers = (tools, change, topics, promises, reliability, repairs)
    made = (make(material, words) for make in makers)
    found = [finding for finding in made if finding is not None][:5]
    return [_labelled(finding, label) for finding in found]


def _labelled(finding: Finding, label: Callable[[str], str]) -> Finding:
    links = tuple((text or label(anchor.lstrip("#")), anchor) for text, anchor in finding.links)
    return Finding(finding.id, finding.headline, finding.text, tuple(pair for pair in links if pair[0]), finding.rows)


def tools(material: Material, words: Words) -> Finding | None:
    """Which tools each county-year leans on, with intervals."""
    shares = material["tool_shares"]
    single = shares[shares["tool"].notna() & (shares["n_units"] > 0)]
    named = [g for g in groups(single) if g != (None, None)] or groups(single)
    if not named:
        return None
    by_group: dict[tuple, list] = {}
    for row in single.itertuples():
        by_group.setdefault(group_key(row), []).append(row)
    size = {g: sum(row.n_units for row in by_group[g]) for g in named}
    shown = [g for g in named if g in sorted(named, key=lambda g: (-size[g], str(g)))[:_GROUPS]]
    types = list(getattr(material.codebook, "types", ()) or sorted(shares["tool_type"].unique()))
    top, rows = results.scale(single), []
    for group in shown:
        leading = sorted(by_group[group], key=lambda r: (-(best(r) or 0), r.tool))[:_TOP]
        cells = tuple(_named(row, group, words, top, types) for row in leading)
        rows.append((words.group(*group), cells))
    text = words("f_tools_text")
    if len(named) > len(shown):
        text += " " + words("f_tools_more", n=len(shown), all=len(named))
    links = (("", "#table-type-shares"), ("", "#table-tool-shares"))
    return Finding("finding-tools", _headline(shares, by_group, shown, size, words), text, links, tuple(rows))


def _named(row, group: tuple, words: Words, top: float, types: list[str]):
    cell = estimate(row, words, top, link(group, tool=row.tool))
    colour = types.index(row.tool_type) if row.tool_type in types else len(types)
    return (words.tool(row.tool), cell, colour)


def _headline(shares: pd.DataFrame, by_group: dict, shown: list[tuple], size: dict, words: Words) -> str:
    of_types = shares[shares["tool"].isna()]
    leading = {}
    for row in of_types.itertuples():
        group, value = group_key(row), best(row) or 0
        if group in size and value > leading.get(group, (-1, ""))[0]:
            leading[group] = (value, row.tool_type)
    kinds = pd.Series([kind for _value, kind in leading.values()], dtype="str").value_counts().sort_index(kind="stable")
    if len(leading) > 1:
        kind = kinds.sort_values(ascending=False, kind="stable").index[0]
        headline = words("f_tools_all", type=_sentence_case(words.tool(kind), words), n=int(kinds[kind]), all=len(leading))
        return headline
    first = sorted(by_group[shown[0]], key=lambda r: (-(best(r) or 0), r.tool))[:2]
    return words("f_tools", group=words.group(*shown[0]), tools=words.join([words.tool(row.tool) for row in first]))


def _sentence_case(text: str, words: Words) -> str:
    return text[:1].upper() + text[1:] if words.language == "en" else text


def change(material: Material, words: Words) -> Finding | None:
    """The largest change of a tool between the first and the last year of one county."""
    rows = changes(material)
    if not len(rows):
        return None
    top = rows.iloc[0]
    clear = top.low > 0 or top.high < 0
    numbers = {"difference": f"{100 * top.difference:+.1f}", "low": f"{100 * top.low:+.1f}", "high": f"{100 * top.high:+.1f}"}
    about = {"county": words.county(top.county), "first": int(top.first_year), "last": int(top.last_year)}
    text = words(
        "f_change_text", tool=_sentence_case(words.tool(top.tool), words), before=percent(top.before), after=percent(top.after),
        verdict=words("sure" if clear else "unsure"), **about, **numbers,
    )  # fmt: skip
    others = rows["county"].nunique() - 1
    if others:
        text += " " + words("f_change_more", n=others)
    sentences = [
        (f"{words('see_sentences')} {year}", link((top.county, year), tool=top.tool)) for year in (about["first"], about["last"])
    ]
    links = (("", "#table-changes"), *sentences)
    return Finding("finding-change", words("f_change", tool=words.tool(top.tool), **about), text, links)


def changes(material: Material) -> pd.DataFrame:
    """Return, for each county with two years or more, the change of each tool from its first to its last year.

    The interval of a difference of two independent shares is had from their own limits (Zou & Donner, 2008).
    Largest clear change first. Columns: county, tool, tool_type, first_year, last_year, before, after, difference, low, high.
    """
    shares = material["tool_shares"]
    frame = shares[shares["tool"].notna() & shares["county"].notna() & shares["year"].notna()].copy()
    columns = ["county", "tool", "tool_type", "first_year", "last_year", "before", "after", "difference", "low", "high"]
    years = frame.groupby("county", observed=True)["year"].agg(["min", "max"])
    years = years[years["min"] < years["max"]]
    frame["best"] = frame["corrected_share"].fillna(frame["share"])
    frame = frame[frame["ci_low"].notna() & frame["ci_high"].notna()].merge(years, left_on="county", right_index=True)
    keep = ["county", "tool", "tool_type", "best", "ci_low", "ci_high", "min", "max"]
    pair = frame.loc[frame["year"] == frame["min"], keep].merge(
        frame.loc[frame["year"] == frame["max"], keep[:-2]], on=["county", "tool", "tool_type"], suffixes=("_1", "_2")
    )
    pair = pair.rename(columns={"min": "first_year", "max": "last_year", "best_1": "before", "best_2": "after"})
    pair["difference"] = pair["after"] - pair["before"]
    down = ((pair["after"] - pair["ci_low_2"]) ** 2 + (pair["ci_high_1"] - pair["before"]) ** 2) ** 0.5
    up = ((pair["ci_high_2"] - pair["after"]) ** 2 + (pair["before"] - pair["ci_low_1"]) ** 2) ** 0.5
    pair["low"], pair["high"] = pair["difference"] - down, pair["difference"] + up
    pair["clear"] = (pair["low"] > 0) | (pair["high"] < 0)
    pair["size"] = pair["difference"].abs()
    order = pair.sort_values(["clear", "size", "county", "tool"], ascending=[False, False, True, True], kind="stable")
    return order[columns].reset_index(drop=True)


def topics(material: Material, words: Words) -> Finding | None:
    """The commonest topic and how well it holds."""
    frame = material["topics"].sort_values(["n_units", "topic"], ascending=[False, True], kind="stable")
    total = int(frame["n_units"].sum())
    if not len(frame) or not total:
        return None
    top = frame.iloc[0]
    rank = int((frame["stability"] > top["stability"]).sum()) + 1
    text = words(
        "f_topics_text", n_units=count(top["n_units"]), all_units=count(total), n=len(frame), rank=words("rank", rank=rank),
        words=words.join(visible(top["top_words"]).split()[:5]), stability=f"{top['stability']:.2f}", threshold=STABLE,
        n_stable=int((frame["stability"] >= STABLE).sum()),
    )  # fmt: skip
    headline = words("f_topics", label=visible(top["label"]), share=percent(top["n_units"] / total))
    links = (("", "#table-topics"), ("", "#table-topic-shares"), (words("see_sentences"), link((None, None), topic=top["topic"])))
    return Finding("finding-topics", headline, text, links)


def promises(material: Material, words: Words) -> Finding | None:
    """How many promises, of which kind, and who promises most."""
    if not len(material["commitments"]) or not len(material.units):
        return None
    frame = results.commitments(material)
    kinds = frame["kind"].value_counts()
    dated = int((frame["year"].notna() & (frame["year"].astype(object) != "")).sum())
    sums = frame.groupby(["county", "document_year"], dropna=False, observed=True).size().reset_index(name="n")
    sums = sums.sort_values(["n", "county", "document_year"], ascending=[False, True, True], kind="stable")
    largest = ""
    if len(sums) > 1:
        top = sums.iloc[0]
        group = words.group(*(None if blank(v) else v for v in (top["county"], top["document_year"])))
        largest = words("f_largest", group=group, n=count(top["n"]))
    numbers = {
        key: count(kinds.get(kind, 0)) for key, kind in (("targets", "target"), ("money", "money"), ("deadlines", "deadline"))
    }
    headline = words("f_commitments", n=count(len(frame)), n_dated=count(dated))
    links = (("", "#table-commitment-counts"), ("", "#table-commitments"))
    return Finding("finding-commitments", headline, words("f_commitments_text", largest=largest, **numbers), links)


def reliability(material: Material, words: Words) -> Finding | None:
    """How far the codes can be relied on."""
    return None


def repairs(material: Material, words: Words) -> Finding | None:
    """How many places were repaired and how many only flagged."""
    frame = material["repairs"]
    if not len(frame):
        return None
    frame = frame[frame["doc_id"].isin(material.documents["doc_id"])]
    flagged = int((frame["certainty"] == "flagged").sum())
    sums = frame[frame["certainty"] != "flagged"].groupby("rule", observed=True).size().reset_index(name="n")
    sums = sums.sort_values(["n", "rule"], ascending=[False, True], kind="stable").head(3)
    rules = words.join([f"{words.value(r.rule).replace('_', ' ')} ({count(r.n)})" for r in sums.itertuples()])
    headline = words("f_repairs", n=count(len(frame) - flagged), flagged=count(flagged))
    text = words("f_repairs_text", rules=rules)
    return Finding("finding-repairs", headline, text, (("", "#table-repair-rules"), ("", "#table-repairs")))


def pair_text(low: float, high: float, words: Words) -> str:
    """Write an interval of shares in brackets."""
    first, last = interval_text(low, high)
    return words("in_interval", low=first, high=last)
