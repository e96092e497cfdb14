"""How far shares hang on choices: the same codes counted otherwise."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

import numpy as np
import pandas as pd

from helpers.codebook import Codebook, load
from helpers.codebook.loader import SHIPPED
from helpers.distinct import distinct
from helpers.shares.correction import groups_of, places, unit_index

SCENARIOS = (
    "as_coded", "by_paragraph", "by_section", "by_document", "length_weighted", "single_label", "rules_only", "linear_only",
    "without_commonest", "without_annexes", "without_ocr", "without_longest",
)  # fmt: skip
SECOND = "second_codebook"  # a scenario of `robustness` alone: its types are others
_LEFT_OUT = 2  # so many of the commonest tools of the commonest type are left out in `without_commonest`


@dataclass(frozen=True)
class _Run:
    """One way to count: `unit` and `tool` (numbers) as coded, each pair once; of each unit its weight and document (numbers)."""

    unit: np.ndarray
    tool: np.ndarray
    weight: np.ndarray
    document: np.ndarray

    def counted_by(self, wider: np.ndarray) -> "_Run":
        """Count wider units: `wider` is the number of the wider unit of each unit."""
        _, first, wider = np.unique(wider, return_index=True, return_inverse=True)
        n = int(self.tool.max(initial=0)) + 1
        pairs = distinct(wider[self.unit] * n + self.tool)
        return _Run(pairs // n, pairs % n, np.ones(len(first)), self.document[first])

    def weighted(self, weight: np.ndarray) -> "_Run":
        return _Run(self.unit, self.tool, weight.astype(float), self.document)

    def only(self, rows: np.ndarray) -> "_Run":
        """Count some of the codes."""
        return _Run(self.unit[rows], self.tool[rows], self.weight, self.document)


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
    parts = [_shares(run, codebook).assign(scenario=name) for name, run in _runs(unit_tools, units, codebook, others)]
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
    names = _documents(units)[0]
    group = pd.Series(groups.group, index=groups.documents).reindex(names).fillna(0).to_numpy(int)
    runs = ((name, run, codebook) for name, run in _runs(unit_tools, units, codebook, others))
    if second is not None:
        runs = chain(runs, ((SECOND, _plain(frame, units, book), book) for frame, book in [second]))  # when its turn comes
    parts = [_ranked(run, book, group, len(groups.frame)).assign(scenario=name) for name, run, book in runs]
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


def _runs(
    unit_tools: pd.DataFrame, units: pd.DataFrame, codebook: Codebook, others: pd.DataFrame | None
) -> Iterator[tuple[str, _Run]]:
    """Yield the ways to count, one after the other: of millions of units there is not room for all."""
    plain = _plain(unit_tools, units, codebook)
    document, n_documents = plain.document, int(plain.document.max(initial=-1)) + 1
    yield "as_coded", plain
    for name, column in (("by_paragraph", "paragraph"), ("by_section", "heading_path")):
        if column in units and len(units):
            wider = _numbers(units[column])
            yield name, plain.counted_by(document * (wider.max() + 1) + wider)
    if n_documents > 1:
        yield "by_document", plain.counted_by(document)
    length = units["n_chars"] if "n_chars" in units else units["text"].fillna("").str.len()
    yield "length_weighted", plain.weighted(length.to_numpy())
    unit, tool, row = _numbered(unit_tools, units, codebook)
    order = np.lexsort((tool, -unit_tools["score"].to_numpy(float)[row], unit))
    yield "single_label", plain.only(order[np.diff(unit[order], prepend=-1) > 0])
    for coder in () if others is None else ("rules", "linear"):
        if len(own := others[others["coder"] == coder]):
            yield f"{coder}_only", _plain(own, units, codebook)
    if len(plain.unit):
        yield "without_commonest", plain.only(~np.isin(plain.tool, _commonest(plain, codebook)))
    for name, column in (("without_annexes", "annex"), ("without_ocr", "is_ocr")):
        marks = units[column] if column in units else pd.Series("", units.index)
        kept = (marks.isna() | marks.isin(["", False])).to_numpy(bool)
        if kept.any() and not kept.all():
            yield name, plain.weighted(kept)
    if n_documents > 1:
        yield "without_longest", plain.weighted(document != np.bincount(document).argmax())


def _plain(unit_tools: pd.DataFrame, units: pd.DataFrame, codebook: Codebook) -> _Run:
    """Return the codes counted as they are."""
    unit, tool, _ = _numbered(unit_tools, units, codebook)
    return _Run(unit, tool, np.ones(len(units)), _documents(units)[1])


def _documents(units: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return the documents of the units in the order of their ids, and which of them each unit stands in."""
    number, names = pd.factorize(units["doc_id"])
    names = np.asarray(names, dtype=object)
    order = np.argsort(names, kind="stable")
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return names[order], rank[number]


def _numbers(values: pd.Series) -> np.ndarray:
    """Return a number for each different value; an empty cell is an empty text."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        return values.cat.codes.to_numpy(np.int64) + 1
    return pd.factorize(values.fillna("") if values.dtype == "str" else values, use_na_sentinel=False)[0]


def _commonest(run: _Run, codebook: Codebook) -> list[int]:
    """Return the commonest tools of the commonest type, as numbers."""
    leading = codebook.types[int(np.bincount(_types_of(run, codebook)[1], minlength=len(codebook.types)).argmax())]
    n = np.bincount(run.tool, minlength=len(codebook.tools))
    mine = [i for i, tool in enumerate(codebook.tools) if codebook.type_of(tool) == leading]
    return sorted(mine, key=lambda i: (-n[i], i))[:_LEFT_OUT]


def _numbered(unit_tools: pd.DataFrame, units: pd.DataFrame, codebook: Codebook) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return numbers of unit and tool, and the row, of the rows of `unit_tools` about one of the units and of the tools."""
    unit, tool = places(unit_index(units["unit_id"]), unit_tools["unit_id"]), places(pd.Index(codebook.tools), unit_tools["tool"])
    there = np.flatnonzero((unit >= 0) & (tool >= 0))
    return unit[there].astype(np.int32), tool[there].astype(np.int32), there


def _types_of(run: _Run, codebook: Codebook) -> tuple[np.ndarray, np.ndarray]:
    """Return units and types (numbers), each pair once: a unit counts once in a type."""
    type_of = np.array([codebook.types.index(codebook.type_of(tool)) for tool in codebook.tools], dtype=np.int64)
    once = distinct(run.unit.astype(np.int64) * len(codebook.types) + type_of[run.tool])
    return once // len(codebook.types), once % len(codebook.types)


def _shares(run: _Run, codebook: Codebook) -> pd.DataFrame:
    """Return the weighted share of each type and tool over the units with a weight."""
    unit, kind = _types_of(run, codebook)
    by_type = np.bincount(kind, weights=run.weight[unit], minlength=len(codebook.types))
    by_tool = np.bincount(run.tool, weights=run.weight[run.unit], minlength=len(codebook.tools))
    rows = [(None, kind, total) for kind, total in zip(codebook.types, by_type, strict=True)]
    rows += [(tool, codebook.type_of(tool), total) for tool, total in zip(codebook.tools, by_tool, strict=True)]
    out = pd.DataFrame(rows, columns=["tool", "tool_type", "share"]).astype({"tool": "str"})
    return out.assign(share=out["share"] / max(run.weight.sum(), 1e-12))
