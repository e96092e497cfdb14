"""Intervals of scores and areas held against a known truth: simulations that `tests/simulate.py` and the tests share."""

from functools import cache

import numpy as np
import pandas as pd
import test_shares_correction as correction
from small_codebook import SCHEME

from helpers import compare
from helpers.coding.gold import Paired
from helpers.intervals import wilson
from helpers.shares import corrected_shares, statement_shares
from helpers.validity import scores
from helpers.validity.agreement import machine_agreement

STATEMENTS = np.array(["measure", "goal", "background", "other"], dtype=object)


def codings(rng: np.random.Generator, n_documents: int, each: int, spread: float) -> Paired:
    """Draw gold and machine codes of the gold units of documents in which the machine errs differently (logits ± `spread`)."""
    at, n_tools = np.repeat(np.arange(n_documents), each), len(SCHEME.tools)
    slip = 1 / (1 + 4 * np.exp(spread * rng.standard_normal(n_documents)))[at]  # one unit in five
    gold = STATEMENTS[(rng.random((len(at), 1)) > np.array([0.55, 0.75, 0.95])).sum(1)]
    machine = np.where(rng.random(len(at)) < slip, rng.permutation(STATEMENTS)[rng.integers(0, 4, len(at))], gold)
    has = rng.random((len(at), n_tools)) < np.array([0.3, 0.15, 0.08])
    wrong = rng.random(has.shape) < slip[:, None] * np.where(has, 1.0, 0.25)
    documents = pd.Series(at).map("d{:03d}".format)
    frame = pd.DataFrame({"doc_id": documents, "source_file": documents, "inclusion_probability": 0.1})
    return Paired(frame, list(SCHEME.tools), gold, machine, has, has ^ wrong)


def scores_covered(n_documents: int, each: int, spread: float, runs: int, n_bootstrap: int = 200) -> pd.DataFrame:
    """Return measure, of (what kind it is) and covered: whether each interval of a coder's scores holds the true score."""
    rng, found, true = np.random.default_rng(7), [], _true_scores(spread)
    for run in range(runs):
        found.append(_measured(codings(rng, n_documents, each, spread), n_bootstrap, run))
    rows = pd.concat(found).dropna(subset=["ci_low"])
    at = rows["measure"].map(true)
    held = rows["ci_low"].le(at + 1e-9) & rows["ci_high"].ge(at - 1e-9)
    return rows.assign(of=rows["measure"].str.split().str[:2].str.join(" ").map(_NAMED), covered=held)[
        ["measure", "of", "covered"]
    ]


@cache
def _true_scores(spread: float) -> pd.Series:
    """Return the scores over so many units that their own error is small beside that of the samples held against them."""
    found = [_measured(codings(np.random.default_rng([7, k]), 4000, 3, spread), 2) for k in range(12)]
    return pd.concat(found).groupby("measure", sort=False)["value"].mean()


_NAMED = {  # kinds of measures
    **{f"statement_{name}": "statements (κ, α, percent)" for name in ("kappa", "alpha", "percent")},
    **{f"tools_{name}": "sets of tools (α, percent)" for name in ("alpha_masi", "alpha_jaccard", "percent")},
    **{f"tools_{name}_f1": "micro and macro F1" for name in ("micro", "macro")},
    **{f"tool {name}": "precision, recall and F1 of single tools" for name in ("precision", "recall", "f1")},
}


def _measured(paired: Paired, n_bootstrap: int, seed: int = 0) -> pd.DataFrame:
    both = [f(paired, n_bootstrap, seed) for f in (machine_agreement, scores.overall)]
    rows = [part[part["weighting"] == "sample"][["measure", "value", "ci_low", "ci_high"]] for part in both]
    tools = scores.tool_scores(paired, SCHEME)
    for name in ("precision", "recall", "f1"):
        columns = {name: "value", f"{name}_low": "ci_low", f"{name}_high": "ci_high"}
        rows.append(tools[[*columns]].rename(columns=columns).assign(measure="tool " + name + " " + tools["tool"]))
    return pd.concat(rows, ignore_index=True)


def areas_covered(n_counties: int, runs: int) -> float:
    """Return how often intervals of `area_shares` hold the share of counties like these: of unequal size, unlike one another."""
    rng, held, codes = np.random.default_rng(3), [], np.array([0.03, 0.1, 0.3])

    def drawn(n: int) -> tuple[np.ndarray, np.ndarray]:
        size = rng.integers(30, 300, n)
        rate = 1 / (1 + (1 - codes) / codes * np.exp(-0.5 * rng.standard_normal((n, len(codes)))))
        return size, rng.binomial(size[:, None], rate)

    size, n = drawn(200_000)
    true = n.sum(0) / size.sum()
    for _ in range(runs):
        size, n = drawn(n_counties)
        names = [f"县{i:02d}" for i in range(n_counties)]
        documents = pd.DataFrame(
            {"doc_id": names, "county": names, "county_code": names, "year": 2020, "province": "省", "n_units": size}
        )
        cells = [documents.assign(dimension="tool", code=f"t{j}", estimate=n[:, j] / size) for j in range(len(codes))]
        found = compare.by_area(pd.concat(cells)[[*compare.GROUP, "dimension", "code", "estimate"]], documents)
        held += ((found["ci_low"] <= true) & (true <= found["ci_high"])).tolist()
    return float(np.mean(held))


def contrasts_covered(null_corpus, counties: int, each: int, runs: int) -> float:
    """Return how often the intervals between documents like these (`beyond_low`, `beyond_high`) hold 0 where nothing differs."""
    rng, held = np.random.default_rng(5), []
    for _ in range(runs):
        documents, by_document, cells = null_corpus(rng, counties, each)
        found = compare.pairwise(cells, documents, by_document=by_document).dropna(subset=["beyond_low"])
        held += ((found["beyond_low"] <= 0) & (found["beyond_high"] >= 0)).tolist()
    return float(np.mean(held))


def statements(sizes: dict[str, tuple[int, int]], runs: int) -> pd.DataFrame:
    """Return rows of `statement_shares` with the true shares; sizes: units and gold units of each document.

    The machine takes two in ten goals and backgrounds for measures; truth and errors differ between documents.
    """
    rng, found = np.random.default_rng(9), []
    units = correction.units(**{document: n for document, (n, _) in sizes.items()})
    docs = correction.documents(*[(document, f"县{document}", 2017) for document in sizes])
    docs = docs.assign(county_code=[f"43{i:04d}" for i in range(len(docs))])
    at = pd.Index(docs["doc_id"]).get_indexer(units["doc_id"])
    for _ in range(runs):
        mix = rng.dirichlet(np.array([0.55, 0.2, 0.2, 0.05]) * 20, len(docs)).cumsum(1)
        kind = (rng.random((len(at), 1)) > mix[at]).sum(1).clip(0, 3)
        slip = rng.random(len(at)) < rng.beta(4, 16, len(docs))[at]
        machine = np.where(slip, np.where(kind == 0, 1, 0), kind)
        rows = np.concatenate([rng.choice(np.flatnonzero(at == i), k, replace=False) for i, (_, k) in enumerate(sizes.values())])
        gold = correction.gold(units["unit_id"].to_numpy(object)[rows].tolist(), ["money"] * len(rows), np.nan)
        codes = units[["unit_id"]].assign(statement=STATEMENTS[machine])
        table = statement_shares(codes, docs, units, gold.assign(statement=STATEMENTS[kind[rows]]), SCHEME)
        kinds = pd.get_dummies(pd.Categorical.from_codes(kind, STATEMENTS)).groupby("县" + units["doc_id"].to_numpy())
        of = (
            pd.concat([kinds.mean(), kinds.sum().sum().div(len(kind)).to_frame("").T])
            .rename_axis("county")
            .stack()
            .rename("true")
        )
        of = of.rename_axis(["county", "statement"]).reset_index()
        found.append(table.assign(county=table["county"].fillna("")).merge(of, on=["county", "statement"]))
    out = pd.concat(found, ignore_index=True)
    out = out.assign(county=out["county"].where(out["county"] != ""))
    return out.assign(covered=out["true"].between(out["ci_low"] - 1e-9, out["ci_high"] + 1e-9))


def as_coded_covered(n_documents: int, sections: int, runs: int) -> pd.DataFrame:
    """Return covered and plain: how often intervals of `tool_shares` without gold, and Wilson's for independent sentences, hold
    the share of documents like these, or of sections like those of the one document. One county-year, 2 to 14 sentences a
    section, which are alike, as are those of a document."""
    rng, rows, codes = np.random.default_rng(12), [], np.array(list(SCHEME.tools)[:3])
    share, of_sections, of_documents = np.array([0.06, 0.15, 0.35]), 0.9, 0.5 * (n_documents > 1)

    def rates(document: np.ndarray) -> np.ndarray:
        own = of_documents * rng.standard_normal((document.max() + 1, 3))[document]
        return 1 / (1 + (1 - share) / share * np.exp(-own - of_sections * rng.standard_normal((len(document), 3))))

    true = dict(zip(codes, rates(np.arange(200_000)).mean(0), strict=True))
    for _ in range(runs):
        document = np.repeat(np.arange(n_documents), sections)
        size = rng.integers(2, 15, len(document))
        section = np.repeat(np.arange(len(document)), size)
        has = rng.random((len(section), 3)) < rates(document)[section]
        units = pd.DataFrame({"unit_id": np.arange(len(section)), "doc_id": [f"d{d:03d}" for d in document[section]]})
        unit, tool = np.nonzero(has)
        tools = pd.DataFrame({"unit_id": unit, "tool": codes[tool]})
        about = correction.documents(*[(name, "县", 2020) for name in units["doc_id"].unique()])
        units = units.assign(text="", heading_path=[f"第{s}章" for s in section])
        found = corrected_shares(units, tools, about, units, None, SCHEME)
        found = found[found["tool"].isin(codes) & found["county"].notna()]
        low, high = wilson(found["n_units"], np.full(len(found), len(section)))
        at = found["tool"].map(true)
        rows.append(pd.DataFrame({"covered": at.between(found["ci_low"], found["ci_high"]), "plain": (low <= at) & (at <= high)}))
    return pd.concat(rows, ignore_index=True)
