"""The five answers at the opening, written from the tables; each number in them stands in a table of the report."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from helpers import compare
from helpers.commitments import facts, spending
from helpers.language import count, percent, points
from helpers.report import changes, cleaning, promises, results
from helpers.report.cells import estimate
from helpers.report.fonts import visible
from helpers.report.material import Material
from helpers.report.model import Finding
from helpers.report.results import STABLE, WHOLE, group_key, link, numbered
from helpers.report.words import Words
from helpers.shares import best
from helpers.structure import lineages
from helpers.thresholds import is_commonest

_TOP, _GROUPS = 3, 8
_UNSEEN = (("statement_kappa", "kappa"), ("tools_micro_f1", "micro_f1"))


def write(material: Material, words: Words, label: Callable[[str], str]) -> list[Finding]:
    """Return up to five findings; one whose tables are missing leaves its place to the next.

    `label(anchor)` gives "Table 3" or "Figure 2" for an anchor, or "" when the report has no such thing.
    """
    makers = (tools, change, topics, commitments, reliability, repairs)
    found = [finding for make in makers if (finding := make(material, words)) is not None][:5]
    return [_labelled(finding, label) for finding in found]


def _labelled(finding: Finding, label: Callable[[str], str]) -> Finding:
    links = [(text or label(anchor.lstrip("#")), anchor) for text, anchor in finding.links]
    return replace(finding, links=tuple(pair for pair in links if pair[0]))


def tools(material: Material, words: Words) -> Finding | None:
    """Which tools each county-year leans on, with intervals."""
    shares = material["tool_shares"]
    single = shares[shares["tool"].notna() & (shares["n_units"] > 0)]
    there, ranked = _ranked(single, "tool")
    named = [group for group in there if group != WHOLE] or there  # the whole stands last
    if not named:
        return None
    size = dict(zip(there, np.bincount(ranked["own"], ranked["n_units"]), strict=True))
    largest = set(sorted(named, key=lambda group: (-size[group], str(group)))[:_GROUPS])
    shown = [group for group in named if group in largest]
    types, top, rows = results.type_order(material), results.scale(single), []
    for group in shown:
        leading = ranked[ranked["own"] == named.index(group)].head(_TOP)
        cells = tuple(
            (words.tool(r.tool), estimate(r, words, top, link(group, tool=r.tool)), types.index(r.tool_type))
            for r in leading.itertuples()
        )
        rows.append((words.group(*group), cells))
    first = _leading_types(shares, set(named))
    kind = _commonest([kind for kind, _sure in first.values()])[0] if first else types[0]
    inside = single.drop_duplicates("tool").set_index("tool")["tool_type"].to_dict()
    if material.codebook is not None:
        inside = {tool.id: tool.type for tool in material.codebook.tool_list} | inside
    n_type = sum(of == kind for of in inside.values())
    text = words("f_tools_text", n_type=n_type, n_tools=len(inside), type=words.inside(words.tool(kind)))
    text += _resting_on(material, kind, words)
    if len(named) > len(shown):
        text += words("space") + words("f_tools_more", n=len(shown), all=len(named))
    links = (("", "#table-type-shares"), ("", "#table-tool-shares"))
    return Finding(
        "finding-tools",
        _tools_headline(first, ranked[ranked["own"] < len(named)], named, words),
        text,
        links,
        tuple(rows),
        words("bars_run", top=percent(top)),
    )


def _resting_on(material: Material, kind: str, words: Words) -> str:
    """Say in how many county-years the leading type keeps its lead without its two commonest tools, where that is fewer."""
    rows = material["robustness"]
    rows = rows[rows["tool_type"] == kind].set_index("scenario")
    filtered = len(material.documents) < len(material.tables["documents"])  # the table speaks of all documents
    if filtered or not {"as_coded", "without_commonest"} <= set(rows.index):
        return ""
    with_them, without = rows.loc["as_coded", "n_first"], rows.loc["without_commonest"]
    shares = material["sensitivity"].dropna(subset=["tool"])
    shares = shares[shares["tool_type"] == kind].pivot(index="tool", columns="scenario", values="share")
    left_out = shares.index[(shares["as_coded"] > 0) & (shares["without_commonest"] == 0)]
    if not len(left_out) or without["n_first"] >= with_them:
        return ""
    named = words.join([words("quoted", name=words.tool(tool)) for tool in left_out])
    told = {"type": words.inside(words.tool(kind)), "tools": named}
    sums = {"before": int(with_them), "n": int(without["n_first"]), "all": int(without["n_cells"])}
    return words("space") + words("f_tools_rests", **told, **sums)


def _ranked(shares: pd.DataFrame, name: str) -> tuple[list[tuple], pd.DataFrame]:
    """Return the county-years in order, and the rows of each, the largest share first; `own`: which of them is a row's."""
    there, own = numbered(shares)
    rows = shares.assign(own=own, largest=best(shares).fillna(0))
    return there, rows.sort_values(["own", "largest", name], ascending=[True, False, True], kind="stable")


def _leading_types(shares: pd.DataFrame, named: set[tuple]) -> dict[tuple, tuple[str, bool]]:
    """Return for each county-year the type with the largest share, and whether its interval lies above the next one's."""
    there, ranked = _ranked(shares[shares["tool"].isna()], "tool_type")
    place = ranked.groupby("own").cumcount()
    first, second = (ranked[place == n].set_index("own") for n in (0, 1))
    sure = first["ci_low"] > second["ci_high"].reindex(first.index)
    rows = zip(first.index, first["tool_type"], sure.tolist(), strict=True)
    return {there[own]: (kind, above) for own, kind, above in rows if there[own] in named}


def _tools_headline(leading: dict[tuple, tuple], ranked: pd.DataFrame, named: list[tuple], words: Words) -> str:
    """Say which type leads in most county-years, and which tool is first most often."""
    tool, n_tool = _commonest(ranked.drop_duplicates("own")["tool"].tolist())
    if len(named) == 1 or not leading:
        two = ranked.loc[ranked["own"] == 0, "tool"].head(2)
        return words("f_tools", group=words.group(*named[0]), tools=words.join([words.tool(one) for one in two]))
    kind, n = _commonest([kind for kind, _sure in leading.values()])
    n_sure = sum(sure for own, sure in leading.values() if own == kind)
    named_type = words.sentence_case(words.tool(kind))
    said = words("f_tools_all", type=named_type, n=n, all=len(leading), n_sure=n_sure, each=n == len(leading))
    if n_tool > 1:
        return said + words("f_tools_same", tool=words.tool(tool), n_tool=n_tool)
    return said + words("f_tools_differ")


def _commonest(names: list[str]) -> tuple[str, int]:
    sums = pd.Series(names, dtype="str").value_counts()
    name = min(sums.index, key=lambda key: (-sums[key], key))
    return name, int(sums[name])


def change(material: Material, words: Words) -> Finding | None:
    """The largest change of a tool between the first and the last year of one county."""
    rows = changes.changes(material)
    if not len(rows):
        return None
    top = rows.iloc[0]
    columns = {"difference": "difference", "low": "ci_low", "high": "ci_high", "raw": "difference_as_coded"}
    signed = {key: points(top[column]) for key, column in columns.items()}
    mine = material.documents[lineages(material.documents) == lineages(rows).iloc[0]]
    told = {"corrected": top["basis"] != "as coded", "clear": bool(top["differs"]), "forms": changes.several_forms(mine)}
    told["judged"] = pd.notna(top["ci_low"])  # no gold sentence speaks for a folder without
    verdict = words("sure" if top["differs"] else "unsure" if told["judged"] else "unjudged", **told)
    county = words.county(top["county"], code=top["county_code"])
    about = {"county": county, "first": int(top["first_year"]), "last": int(top["last_year"])}
    name = words.tool(top["code"])
    shares = {"before": percent(top["before"]), "after": percent(top["after"])}
    text = words("f_change_text", tool=words("quoted", name=name), verdict=verdict, **shares, **about, **signed, **told)
    least = compare.detectable(material.compared.reached, top["ci_low"], top["ci_high"])
    if least == least:
        text += words("space") + words("f_change_power", least=points(least).lstrip("+"))
    without = _without_annexes(material, top, mine)
    if without is not None:
        text += words("space") + words(
            "f_change_annexes", tool=words("quoted", name=name), raw=signed["raw"], without=points(without)
        )
    others = lineages(rows).nunique() - 1
    if others:
        text += words("space") + words("f_change_more", n=others)
    years = (about["first"], about["last"])
    sides = ((top["first_county"], years[0], top["first_county_code"]), (top["county"], years[1], top["county_code"]))
    sentences = [(words("sentences_of", year=side[1]), link(side, tool=top["code"])) for side in sides]
    headline = words(
        "f_change" if top["differs"] else "f_change_unsure" if told["judged"] else "f_change_unjudged",
        tool=words("quoted", name=name),
        forms=told["forms"],
        **about,
        **signed,
    )
    return Finding("finding-change", headline, text, (("", "#table-changes"), *sentences))


def _without_annexes(material: Material, change, mine: pd.DataFrame) -> float | None:
    """Return a change as coded in the documents `mine` without their annexes; None where none has one, or a year nothing else."""
    query = """
        SELECT year, coalesce(annex, '') <> '' AS annexed, count(*) AS n, count(tool) AS n_using
        FROM units JOIN mine USING (doc_id)
            LEFT JOIN (SELECT unit_id, tool FROM unit_tools JOIN code USING (tool)) USING (unit_id)
        GROUP BY ALL"""
    sums = material.ask(query, mine=mine[["doc_id", "year"]], code=pd.DataFrame({"tool": [change["code"]]}))
    body = sums[~sums["annexed"]].set_index("year")
    years = [change["first_year"], change["last_year"]]
    if not sums["annexed"].any() or not all(year in body.index for year in years):
        return None
    first, last = (body.loc[year, "n_using"] / body.loc[year, "n"] for year in years)
    return float(last - first)


def topics(material: Material, words: Words) -> Finding | None:
    """The commonest topic and how well it holds; nothing where the corpus carries no topics or refits disagree on the largest."""
    frame = material["topics"].sort_values(["n_units", "topic"], ascending=[False, True], kind="stable")
    total = int(frame["n_units"].sum())
    if not total:
        return None
    if "stable" in frame:  # the fields put together as "other" are no topic
        frame = frame.sort_values("stable", ascending=False, kind="stable")
    top, n_stable = frame.iloc[0], results.carried(frame)
    if not is_commonest(top, n_stable):
        return None
    text = words(
        "f_topics_text", n_units=count(top["n_units"]), all_units=count(total), threshold=STABLE,
        n=int(frame["stability"].notna().sum()),
        rank=int((frame["stability"] > top["stability"]).sum()) + 1, stability=f"{top['stability']:.2f}",
        n_stable=n_stable, largest=percent(top["largest"]), words=words.join(visible(top["top_words"]).split()[:5]),
    )  # fmt: skip
    if pd.notna(top.get("k_low")):
        text += words("space") + words("f_topics_k", low=percent(top["k_low"]), high=percent(top["k_high"]))
    shares = material["topic_shares"]
    own = shares[(shares["topic"] == top["topic"]) & shares["ci_low"].notna()]
    spread = [row for row in own.itertuples() if group_key(row) != WHOLE]
    if len(spread) > 1:
        ends = min(spread, key=best), max(spread, key=best)
        low, high = (estimate(row, words, 1.0) for row in ends)
        named = dict(zip(("low_group", "high_group"), (words.group(*group_key(row)) for row in ends), strict=True))
        if low.text != high.text:
            said = {"low": f"{low.text} {low.aside}", "high": f"{high.text} {high.aside}"}
            text += words("space") + words("f_topics_spread", **named, **said)
    headline = words("f_topics", label=visible(words.topic(top["label"])), share=percent(top["n_units"] / total))
    links = (("", "#table-topics"), ("", "#table-topic-shares"), (words("see_sentences"), link(WHOLE, topic=top["topic"])))
    return Finding("finding-topics", headline, text, links)


def commitments(material: Material, words: Words) -> Finding | None:
    """How many promises, of which kind, and who promises most."""
    if not material.has("commitments") or not material.has("units"):
        return None
    frame = promises.counted(material)
    if not len(frame):
        return None
    there, own = numbered(frame, "document_year")
    kinds, sizes = frame.groupby("kind")["n"].sum(), dict(zip(there, np.bincount(own, frame["n"]).astype(int), strict=True))
    sums, checkable = {kind: int(kinds.get(kind, 0)) for kind in promises.KINDS}, int(frame["checkable"].sum())
    forms = facts.by_form(spending.forms(promises.money(material)), words.language)
    text = words("f_commitments_text", **sums, checkable=checkable, forms=forms)
    if len(sizes) > 1:
        most = max(sizes, key=lambda group: (sizes[group], str(group)))
        text += words("space") + words("f_largest", group=promises.group_label(most, words), n=count(sizes[most]))
    text += words("space") + words("f_commitments_caveat", money=sums["money"])
    links = (("", "#table-commitment-counts"), ("", "#table-commitments"))
    return Finding("finding-commitments", words("f_commitments", n=int(frame["n"].sum()), checkable=checkable), text, links)


def measured_shortly(material: Material, words: Words) -> list[str]:
    """Return κ and F1 with their names: in a county that the coder has not seen where that is known, else on the gold units."""
    return _unseen(material["validity_groups"], words) or [
        f"{words(f'short_{name}')} {row.value:.2f}" for name, row in _agreement(material).items() if name in dict(_UNSEEN)
    ]


def _agreement(material: Material) -> dict:
    frame = material["validity_agreement"]
    frame = frame[(frame["weighting"] == "sample") & frame["value"].notna()]
    return {row.measure: row for row in frame.itertuples()}


def reliability(material: Material, words: Words) -> Finding | None:
    """How far the codes can be relied on."""
    rows = _agreement(material)
    if "statement_kappa" not in rows and "tools_micro_f1" not in rows:
        return None
    said = [_measured(rows[name], words) for name in ("statement_kappa", "tools_micro_f1", "tools_macro_f1") if name in rows]
    same = rows.get("tools_percent")
    told = {
        "n": count(max(row.n_units for row in rows.values())), "who": words("gold.who"),
        "measures": words("brief_then").join(said),
        "whole": words("f_reliability_whole", percent=percent(same.value)) if same is not None else "",
        "caveat": words("gold.caveat").rstrip(),
    }  # fmt: skip
    links = (("", "#table-validity-agreement"), ("", "#table-validity-tools"))
    unseen = bool(_unseen(material["validity_groups"], words))
    measures = words("brief_then").join(measured_shortly(material, words))
    headline = words("f_reliability", against=words("gold.against"), measures=measures, unseen=unseen)
    return Finding("finding-reliability", headline, words("f_reliability_text", **told), links)


def _unseen(groups: pd.DataFrame, words: Words) -> list[str]:
    """Return the figures of a coder that has seen no document of the county, which is what a new folder gets; none by rules."""
    rows = groups[groups["kind"] == "all_left_out"]
    found = [(name, rows[column].iloc[0]) for name, column in _UNSEEN if len(rows) and pd.notna(rows[column].iloc[0])]
    return [f"{words(f'short_{name}')} {value:.2f}" for name, value in found]


def _measured(row, words: Words) -> str:
    bounds = words("in_interval", low=f"{row.ci_low:.2f}", high=f"{row.ci_high:.2f}") if row.ci_low == row.ci_low else ""
    return f"{words(f'report.measured.{row.measure}')} {row.value:.2f} {bounds}".strip()


def repairs(material: Material, words: Words) -> Finding | None:
    """How many places were repaired and how many only flagged."""
    frame = cleaning.counts(material)
    if not len(frame):
        return None
    flagged = int(frame.loc[frame["certainty"] == "flagged", "n"].sum())
    sums = frame[frame["certainty"] != "flagged"].groupby("rule")["n"].sum().reset_index()
    sums = sums.sort_values(["n", "rule"], ascending=[False, True], kind="stable").head(3)
    rules = words.join([words.rule(r.rule) + words("labels.in_brackets", n=count(r.n)) for r in sums.itertuples()])
    n = int(frame["n"].sum()) - flagged
    links = (("", "#table-repair-rules"), ("", "#table-repairs"))
    return Finding("finding-repairs", words("f_repairs", n=n, flagged=flagged), words("f_repairs_text", rules=rules, n=n), links)
