"""How far shares hang on choices: the same codes counted otherwise."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.codebook import Codebook, load
from helpers.codebook.loader import SHIPPED
from helpers.shares.correction import groups_of

SCENARIOS = (
    "as_coded", "by_paragraph", "by_section", "by_document", "length_weighted", "single_label", "rules_only", "linear_only",
    "without_commonest", "without_annexes", "without_ocr", "without_longest",
)  # fmt: skip
SECOND = "second_codebook"  # a scenario of `robustness` alone: its types are others
_LEFT_OUT = 2  # so many of the commonest tools of the commonest type are left out in `without_commonest`


@dataclass(frozen=True)
class _Run:
    """One way to count: `coded` has unit and tool (numbers), each pair once; of each unit its weight and document (numbers)."""

    coded: pd.DataFrame
    weight: np.ndarray
    document: np.ndarray

    def counted_by(self, unit: np.ndarray) -> "_Run":
        """Count wider units: `unit` is the number of the wider unit of each unit."""
        first = np.unique(unit, return_index=True)[1]
        coded = self.coded.assign(unit=unit[self.coded["unit"]]).drop_duplicates()
        return _Run(coded, np.ones(len(first)), self.document[first])

    def weighted(self, weight: np.ndarray) -> "_Run":
        return _Run(self.coded, weight.astype(float), self.document)


def sensitivity(
    unit_tools: pd.DataFrame, units: pd.DataFrame, codebook: Codebook, others: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Recompute shares under other choices: scenario, tool (empty for a type), tool_type, share, difference.

    units: those reported, with doc_id, text or n_chars (its length) and, where they are known, paragraph, heading_path, annex.
    Wider units (paragraph, section, document) have a tool that one of their sentences has. `others`: table other_tools, what
    other coders would give (`rules_only`, `linear_only`).
    `without_commonest` leaves out the two commonest tools of the commonest type, `without_annexes` the units of annexes,
    `without_ocr` what was read by text recognition, `without_longest` the document with most units. A choice that changes nothing
    here, because there is no annex, no second document or no rule coder beside, is left out. difference: from `as_coded`.
    """
    return _stacked(_runs(unit_tools, units, codebook, others), codebook)


def _stacked(runs: dict[str, _Run], codebook: Codebook) -> pd.DataFrame:
    parts = [_shares(run, codebook).assign(scenario=name) for name, run in runs.items()]
    out = pd.concat(parts, ignore_index=True)
    out["difference"] = out["share"] - np.tile(parts[0]["share"].to_numpy(), len(parts))
    return out[["scenario", "tool", "tool_type", "share", "difference"]]


def robustness(
    unit_tools: pd.DataFrame, units: pd.DataFrame, documents: pd.DataFrame, codebook: Codebook,
    others: pd.DataFrame | None = None, second: tuple[pd.DataFrame, Codebook] | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Return the table `robustness`: what becomes of the order of the types under each choice of `sensitivity`.

    documents: those of the units, with doc_id, county, county_code, year. second: the units' tools (unit_id, tool) by another
    codebook, and that codebook; its types are the rows of the scenario `second_codebook` and have no difference. Columns:
    scenario, tool_type, share, difference, n_first (county-years in which the type alone has the largest share) and n_cells
    (county-years with a unit that uses a tool).
    """
    groups = groups_of(documents, units)
    names = np.sort(units["doc_id"].unique())
    group = pd.Series(groups.group, index=groups.documents).reindex(names).fillna(0).to_numpy(int)
    runs = {name: (run, codebook) for name, run in _runs(unit_tools, units, codebook, others).items()}
    if second is not None:
        runs[SECOND] = _as_coded(*second, units), second[1]
    parts = [_ranked(run, book, group, len(groups.frame)).assign(scenario=name) for name, (run, book) in runs.items()]
    out = pd.concat(parts, ignore_index=True)
    before = parts[0].set_index("tool_type")["share"]
    out["difference"] = (out["share"] - out["tool_type"].map(before)).where(out["scenario"] != SECOND)
    return out[["scenario", "tool_type", "share", "difference", "n_first", "n_cells"]]


def second_codebook(codebook: Codebook) -> Codebook:
    """Load the shipped codebook that `codebook` is not: the second one, beside it the collection's own."""
    second = load(SHIPPED.with_name("mcdonnell_elmore.yml"))
    return load(SHIPPED) if second.id == codebook.id else second


def _ranked(run: _Run, codebook: Codebook, group: np.ndarray, n_groups: int) -> pd.DataFrame:
    """Return the types' shares, and in how many groups of documents (the first is the whole) each alone comes first."""
    shares = _shares(run, codebook)
    n = len(codebook.types)
    once, kind = _types_of(run, codebook)
    sums = np.bincount(group[run.document[once]] * n + kind, weights=run.weight[once], minlength=n_groups * n)
    sums = sums.reshape(-1, n)[1:]
    sums = sums[sums.sum(1) > 0]
    alone = (sums == sums.max(1, keepdims=True)).sum(1) == 1 if len(sums) else np.zeros(0, bool)
    first = np.bincount(sums[alone].argmax(1), minlength=n) if alone.any() else np.zeros(n, int)
    return shares[shares["tool"].isna()].drop(columns="tool").assign(n_first=first, n_cells=len(sums))


def _as_coded(unit_tools: pd.DataFrame, codebook: Codebook, units: pd.DataFrame) -> _Run:
    index, documents = pd.Index(units["unit_id"].to_numpy(object)), units["doc_id"].to_numpy(str)
    return _Run(_numbered(unit_tools, index, codebook), np.ones(len(units)), np.unique(documents, return_inverse=True)[1])


def _runs(unit_tools: pd.DataFrame, units: pd.DataFrame, codebook: Codebook, others: pd.DataFrame | None) -> dict[str, _Run]:
    # Units and tools by their numbers: names of hundreds of thousands would be copied for every scenario.
    index = pd.Index(units["unit_id"].to_numpy(object))
    coded = _numbered(unit_tools, index, codebook)
    names, document = np.unique(units["doc_id"].to_numpy(str), return_inverse=True)
    plain = _Run(coded, np.ones(len(units)), document)
    order = np.lexsort((coded["tool"], -unit_tools["score"].to_numpy(float)[coded.index], coded["unit"]))
    runs = {"as_coded": plain}
    for name, column in (("by_paragraph", "paragraph"), ("by_section", "heading_path")):
        if column in units and len(units):
            wider = pd.factorize(units[column].astype("str").fillna(""))[0]
            runs[name] = plain.counted_by(np.unique(document * (wider.max() + 1) + wider, return_inverse=True)[1])
    if len(names) > 1:
        runs["by_document"] = plain.counted_by(document)
    length = units["n_chars"] if "n_chars" in units else units["text"].fillna("").str.len()
    runs["length_weighted"] = plain.weighted(length.to_numpy())
    runs["single_label"] = _Run(coded.iloc[order].drop_duplicates("unit"), plain.weight, document)
    for coder in () if others is None else ("rules", "linear"):
        if len(own := others[others["coder"] == coder]):
            runs[f"{coder}_only"] = _Run(_numbered(own, index, codebook), plain.weight, document)
    if len(coded):
        runs["without_commonest"] = _Run(coded[~coded["tool"].isin(_commonest(plain, codebook))], plain.weight, document)
    for name, column in (("without_annexes", "annex"), ("without_ocr", "is_ocr")):
        marks = units[column].fillna("").astype(object) if column in units else pd.Series("", units.index)
        kept = marks.isin(["", False]).to_numpy()
        if kept.any() and not kept.all():
            runs[name] = plain.weighted(kept)
    if len(names) > 1:
        runs["without_longest"] = plain.weighted(document != np.bincount(document).argmax())
    return runs


def _commonest(run: _Run, codebook: Codebook) -> list[int]:
    """Return the commonest tools of the commonest type, as numbers."""
    leading = codebook.types[int(np.bincount(_types_of(run, codebook)[1], minlength=len(codebook.types)).argmax())]
    n = np.bincount(run.coded["tool"], minlength=len(codebook.tools))
    mine = [i for i, tool in enumerate(codebook.tools) if codebook.type_of(tool) == leading]
    return sorted(mine, key=lambda i: (-n[i], i))[:_LEFT_OUT]


def _numbered(unit_tools: pd.DataFrame, index: pd.Index, codebook: Codebook) -> pd.DataFrame:
    """Return numbers of unit and tool, by place in `unit_tools`, of rows about a unit of `index` and a tool of the codebook."""
    unit = index.get_indexer(unit_tools["unit_id"].to_numpy(object))
    tool = pd.Index(codebook.tools).get_indexer(unit_tools["tool"].to_numpy(object))
    there = np.flatnonzero((unit >= 0) & (tool >= 0))
    return pd.DataFrame({"unit": unit[there], "tool": tool[there]}, index=there)


def _types_of(run: _Run, codebook: Codebook) -> tuple[np.ndarray, np.ndarray]:
    """Return units and types (numbers), each pair once: a unit counts once in a type."""
    type_of = np.array([codebook.types.index(codebook.type_of(tool)) for tool in codebook.tools], dtype=np.int64)
    once = np.unique(run.coded["unit"].to_numpy() * len(codebook.types) + type_of[run.coded["tool"].to_numpy()])
    return once // len(codebook.types), once % len(codebook.types)


def _shares(run: _Run, codebook: Codebook) -> pd.DataFrame:
    """Return the weighted share of each type and tool over the units with a weight."""
    unit, kind = _types_of(run, codebook)
    by_type = np.bincount(kind, weights=run.weight[unit], minlength=len(codebook.types))
    by_tool = np.bincount(run.coded["tool"], weights=run.weight[run.coded["unit"].to_numpy()], minlength=len(codebook.tools))
    rows = [(None, kind, total) for kind, total in zip(codebook.types, by_type, strict=True)]
    rows += [(tool, codebook.type_of(tool), total) for tool, total in zip(codebook.tools, by_tool, strict=True)]
    out = pd.DataFrame(rows, columns=["tool", "tool_type", "share"]).astype({"tool": "str"})
    return out.assign(share=out["share"] / max(run.weight.sum(), 1e-12))
