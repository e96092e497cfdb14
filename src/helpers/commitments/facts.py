"""What 06_commitments says, as facts: the fields of the texts in commitments.yml, taken from the data."""

import pandas as pd

from helpers.language import name, place, say


def commitments(placed: pd.DataFrame, n_units: int) -> dict:
    """State how many commitments of each kind were lifted, from how many sentences of `n_units`."""
    kinds, relations, sentences = placed["kind"].value_counts(), placed["relation"].value_counts(), placed["unit_id"].nunique()
    counts = {kind: int(kinds.get(kind, 0)) for kind in ("target", "money", "deadline")}
    counts |= {which: int(relations.get(which, 0)) for which in ("part", "cumulative")}
    return {"n": len(placed), "sentences": sentences, "share": sentences / max(n_units, 1), **counts}


def agreement(paired: pd.DataFrame, gold: pd.DataFrame) -> dict:
    """State how often the extraction agrees with the gold sentences, on which it was written."""
    none = gold.loc[gold["kind"] == "none", "key"]
    return {
        "n": len(paired), "sentences": gold["key"].nunique(), "found": int((paired["outcome"] == "found").sum()),
        "none": none.nunique(), "wrong": int(paired.loc[paired["outcome"] == "extra", "key"].isin(none).sum()),
    }  # fmt: skip


def table(rows: pd.DataFrame, shown: int) -> dict:
    """State how much of the table is shown and how much of it has a year of its own."""
    return {"n": len(rows), "shown": min(shown, len(rows)), "dated": int(rows["due"].fillna("").ne("").sum())}


def comparison(compared: pd.DataFrame, language: str) -> dict:
    """State which indicators can be compared across county-years."""
    keys = [key for key in ("county", "county_code", "doc_id", "year") if key in compared]
    pairs = compared.drop_duplicates(["indicator_id", "measure", *keys])
    groups = pairs.groupby(["indicator_id", f"label_{language}", "measure"]).size()
    shared = groups[groups > 1].sort_values(ascending=False, kind="stable")
    row = "commitments.indicators_side_by_side.row"
    names = [f"{say(row, language, label=label, measure=m)} {n}" for (_, label, m), n in shared.head(6).items()]
    return {"n": len(groups), "shared": len(shared), "names": names}


def money(rows: pd.DataFrame, language: str) -> dict:
    """State how many sums are named in which form."""
    return {"n": int(rows["n_sums"].sum()), "forms": by_form(rows.groupby("form")["n_sums"].sum(), language)}


def by_form(sums: pd.Series, language: str) -> str:
    """Write how many sums there are of each form, the commonest first."""
    ordered = sums.sort_index().sort_values(ascending=False, kind="stable")
    return say("labels.list_comma", language).join(f"{name(form, language)} {n:,}" for form, n in ordered.items())


def due(rows: pd.DataFrame) -> dict:
    """State how many commitments can be dated."""
    dated = rows[rows["due"].str.fullmatch(r"20\d\d").fillna(False).astype(bool)]
    n, years = int(rows["n_commitments"].sum()), dated["due"]
    return {"n": n, "dated": int(dated["n_commitments"].sum()), "first": years.min(), "last": years.max()}


def conflicts(rows: pd.DataFrame, language: str) -> dict:
    """Name the metrics for which one document gives several values."""
    named = [f"{row.indicator} {row.values.replace(';', ' / ')} {row.unit}" for row in rows.head(8).itertuples()]
    return {"n": len(rows), "named": say("labels.semicolon", language).join(named)}


def actors(rows: pd.DataFrame, n_units: int) -> dict:
    """State how many departments are named, and for how many of `n_units` no one is."""
    units, roles = rows["unit_id"].nunique(), rows["role"].value_counts()
    unknown = rows.loc[(rows["body"].fillna("") == "") & ~rows["is_collective"].astype(bool), "department"].nunique()
    return {
        "n": rows["department"].nunique(), "units": units, "share": units / max(n_units, 1), "unknown": unknown,
        "lead": int(roles.get("lead", 0)), "responsible": int(roles.get("responsible", 0)),
    }  # fmt: skip


def centrality(rows: pd.DataFrame, language: str) -> dict:
    """Name the best-linked department of each county."""
    first = rows[rows["degree"] > 0].drop_duplicates(["county", "county_code"])
    named = [
        say("commitments.best_linked", language, county=place(r.county, language, r.county_code), department=r.department,
            between=r.betweenness, n=r.degree) for r in first.itertuples()
    ]  # fmt: skip
    return {"n": len(first), "named": say("labels.semicolon", language).join(named)}


def led(rows: pd.DataFrame) -> dict:
    """State which department leads the widest range of tools."""
    breadth = rows.groupby("department")["tool"].nunique().sort_values(ascending=False, kind="stable")
    return {"n": len(breadth), "department": next(iter(breadth.index), ""), "tools": int(next(iter(breadth), 0))}
