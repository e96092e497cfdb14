"""The comparison's results arranged for tables and figures: labels in both languages, one row where a figure wants one."""

import pandas as pd

from helpers.compare.differences import Outcome
from helpers.compare.lengths import common_length
from helpers.compare.rubrics import Evidence, pmc_scores, unvarying
from helpers.language import LANGUAGES, document_labels
from helpers.language.topic_names import topic_names as named_topics
from helpers.structure import lineages
from helpers.topics import tables


def code_labels(scheme, topics: pd.DataFrame) -> pd.DataFrame:
    """Name every code of the differences: dimension, code, label_en, label_zh, from the codebook and the table `topics`."""
    rows = [("tool", tool, scheme.label(tool, "en"), scheme.label(tool, "zh")) for tool in scheme.tools]
    rows += [("type", type_, scheme.label(type_, "en"), scheme.label(type_, "zh")) for type_ in scheme.types]
    en, zh = (named_topics(topics.assign(stable=True), language) for language in LANGUAGES)  # without the star of figures
    rows += [("topic", str(topic), name, zh[topic]) for topic, name in en.items()]
    return pd.DataFrame(rows, columns=["dimension", "code", "label_en", "label_zh"])


def topic_names(topics: pd.DataFrame) -> pd.DataFrame:
    """Name the topics in both languages: topic, label_en, label_zh, stable."""
    return topics[["topic", "label_en", "label_zh", "stable"]]


def topics_by_tools(counted: pd.DataFrame, names: pd.DataFrame, scheme, language: str) -> pd.DataFrame:
    """Cross the strongest topic of the units with their tools: the table `topic_tools`, with names in both languages.

    counted: as `counts.BY_SECTION` answers; names: as from `topic_names`.
    """
    crossed = tables.crossed(counted, names, language)
    called = {f"tool_{lang}": crossed["tool"].map({tool: scheme.label(tool, lang) for tool in crossed["tool"].unique()})
              for lang in LANGUAGES}  # fmt: skip
    return crossed.assign(**called)


def with_labels(frame: pd.DataFrame, names: pd.DataFrame) -> pd.DataFrame:
    """Add label_en and label_zh to a frame with dimension and code; a code without a name is its own label."""
    joined = frame.merge(names, on=["dimension", "code"], how="left")
    return joined.assign(label_en=joined["label_en"].fillna(joined["code"]), label_zh=joined["label_zh"].fillna(joined["code"]))


def with_documents(frame: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """Add the labels of the documents of doc_id (document_en, document_zh), doc_a and doc_b (document_a_en …) to a frame.

    document_order (document_a_order …) is each document's place in the one order of figures.
    """
    labels = document_labels(documents).set_index("doc_id")
    labels["label_order"] = range(len(labels))
    sides = {"doc_id": "document", "doc_a": "document_a", "doc_b": "document_b"}
    found = {
        f"{name}_{language}": frame[column].map(labels[f"label_{language}"])
        for column, name in sides.items() if column in frame
        for language in (*LANGUAGES, "order")
    }  # fmt: skip
    return frame.assign(**found)


def example_of_change(rows: pd.DataFrame, documents: pd.DataFrame, names: pd.DataFrame) -> pd.DataFrame:
    """Pick the tools' changes of the county whose years lie furthest apart (most units where equal), labelled, largest first.

    rows: `Outcome.changes`. No rows where no county has documents of two years.
    """
    place = lineages(rows)
    n_units = place.map(documents.groupby(lineages(documents))["n_units"].sum())
    rank = rows.assign(place=place, span=rows["last_year"] - rows["first_year"], n_units=n_units)
    best = rank.sort_values(["span", "n_units", "place"], ascending=[False, False, True], kind="stable")["place"].head(1)
    chosen = with_labels(rows[place.isin(best)], names)
    return chosen.reindex(chosen["difference"].abs().sort_values(ascending=False, kind="stable").index).reset_index(drop=True)


def evidence(
    units: pd.DataFrame,
    documents: pd.DataFrame,
    codes: pd.DataFrame,
    unit_tools: pd.DataFrame,
    commitments: pd.DataFrame,
    actors: pd.DataFrame,
) -> Evidence:
    """Join what the rubrics look at: units with their statement, and only what belongs to these units of whole documents."""
    coded = units.merge(codes[["unit_id", "statement"]], on="unit_id", how="left").reset_index(drop=True)
    known = pd.Index(coded["unit_id"])  # one index for all: `isin` would make one a table
    own = [frame[known.get_indexer(frame["unit_id"]) >= 0] for frame in (unit_tools, commitments, actors)]
    few = ("statement", "tool", "tool_type", "kind")  # of few values, each asked for by many rules
    coded, *own = (frame.astype({name: "category" for name in few if name in frame}) for frame in (coded, *own))
    here = documents[documents["doc_id"].isin(units["doc_id"].unique())].reset_index(drop=True)
    return Evidence(coded, *own, here)


def scored(scores: pd.DataFrame, documents: pd.DataFrame, variables: list[dict]) -> pd.DataFrame:
    """Add labels of the document and (label_en, label_zh) of the variable, and total, to doc_id, variable, score; best first."""
    names = pd.DataFrame([(v["id"], v["en"], v["zh"]) for v in variables], columns=["variable", "label_en", "label_zh"])
    names["order"] = range(len(names))
    total = scores.groupby("doc_id")["score"].sum().rename("total").reset_index()
    full = scores[["doc_id", "variable", "score"]].merge(total, on="doc_id").merge(names, on="variable")
    full = full.sort_values(["total", "doc_id", "order"], ascending=[False, True, True], kind="stable").drop(columns="order")
    return with_documents(full, documents).reset_index(drop=True)


def index_table(diversity: pd.DataFrame, breadth: pd.DataFrame, strength: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """Stack all indices as doc_id, index, variable, value; "total" is the index itself; items: as `rubrics.pmc`."""
    totals = strength.groupby("doc_id", sort=False)["score"].sum().reset_index().assign(variable="total")
    parts = {
        "breadth": breadth.rename(columns={"breadth": "total"}).melt("doc_id", var_name="variable", value_name="score"),
        "diversity": diversity.melt("doc_id", var_name="variable", value_name="score"),
        "pmc": pmc_scores(items),
        "pmc_at_length": pmc_scores(items, "at_length"),
        "strength": pd.concat([strength, totals]),
    }
    stacked = pd.concat([parts.pop(name).assign(index=name) for name in sorted(parts)], ignore_index=True)
    stacked = stacked.rename(columns={"score": "value"})[["doc_id", "index", "variable", "value"]]
    return stacked.sort_values("doc_id", kind="stable", ignore_index=True)


def completeness(items: pd.DataFrame, sizes: pd.Series, rubric, language: str) -> dict:
    """State the length at which documents are compared, what does not vary, how right the items are (compare.pmc_said).

    sizes: the units of each document.
    """
    named, same = {variable["id"]: variable[language] for variable in rubric.pmc}, unvarying(items)
    total = pmc_scores(items, "at_length").query("variable == 'total'")["score"]
    right = items.drop_duplicates("item")["precision"].dropna()
    return {
        "n": len(total), "length": common_length(sizes), "shorter": int(total.isna().sum()), "low": total.min(),
        "high": total.max(), "same": [named[v] for v in same], "n_same": len(same),
        "n_items": items["item"].nunique(), "known": len(right), "precision": right.median() if len(right) else None,
        "worst": right.min() if len(right) else None,
    }  # fmt: skip


def answer(found: Outcome, names: pd.DataFrame, language: str) -> dict:
    """State how many differences remain after adjustment, and in which tool most county-years differ (text compare.answer)."""
    tools, label = found.tools, dict(zip(names["code"], names[f"label_{language}"], strict=True))
    first = min(tools.index, key=lambda code: (-tools[code], code)) if len(tools) else None
    return {"n": found.n, "sure": found.n_clear, "tools": len(tools), "tool": label.get(first), "pairs": tools.get(first)}
