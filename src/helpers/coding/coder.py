"""The coder: units and a codebook, with or without labelled units, to statements, tools and evidence."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from helpers import codebook as codebooks
from helpers.codebook import STATEMENTS, Codebook
from helpers.coding import decide, evidence
from helpers.coding.combine import Partner
from helpers.coding.features import Features, rule_scores
from helpers.coding.labelled import TAUGHT, folds, likeness_groups, speaking, teaches
from helpers.coding.learner import Learner, entries_of
from helpers.segment import snapped_all
from helpers.structure import text_key

METHODS = ("learned", "linear", "rules")
N_FOLDS = 5
# Chosen on train.csv, invented.csv and examples.csv by leaving out counties, authors and batches; gold.csv was only looked at.
_BORDER = -0.32
_STEEPNESS = 5.0
# Other folders report more and set more goals than the labelled plans do.
_LEAN = [0.1 if s in ("background", "goal") else 0.0 for s in STATEMENTS]
_BATCH = 20_000
_ONES_OWN = 12  # letters and digits from which a sentence is its author's
_CODES = {"unit_id": str, "statement": str, "statement_score": float, "coder": str}
_UNIT_TOOLS = {
    "unit_id": str, "tool": str, "tool_type": str, "score": float, "evidence": str, "evidence_start": int, "evidence_end": int,
}  # fmt: skip


class Coder:
    """What a codebook and its labelled units teach; `fit` gives the coder that codes.

    Learned when labelled units that speak for this codebook teach enough and `method` allows it, else rules alone; `linear`
    is the linear learner without the encoder. Raises Refused where the encoder is wanted and its weights are missing.
    """

    def __init__(self, codebook: Codebook, labelled: pd.DataFrame | None = None, seed: int = 0, method: str = "learned"):
        if method not in METHODS:
            raise ValueError(f"method {method!r} is unknown: use one of {', '.join(METHODS)}")
        self.codebook, self.seed = codebook, seed
        spoken = speaking(labelled, codebook)
        self.learned = method != "rules" and teaches(spoken)
        self.labelled = spoken if self.learned else None
        self.partner = Partner(codebook) if self.learned and method == "learned" else None

    @cached_property
    def learner(self) -> Learner:
        """Return what learns from the labelled units."""
        real = self.groups[self.labelled["set"].isin(TAUGHT)]
        return Learner(self.codebook, self.labelled, np.isin(self.groups, real))

    @cached_property
    def groups(self) -> np.ndarray:
        """Return the groups of labelled units that are the same or nearly so."""
        return likeness_groups(self.labelled["text"].tolist())

    def code(self, units: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return (codes, unit_tools) of `units` (unit_id, text, heading_path where there is one)."""
        units = checked(units)
        rows = rows_with(self.row_of, units["text"].tolist())
        left_out = self.left_out(rows)
        fold = fold_of_units(rows, left_out)
        return self.fit(fold, left_out).code(units, fold)

    def fit(self, folds: Iterable[int] = (-1,), left_out: np.ndarray | None = None) -> "FittedCoder":
        """Return a coder for units of these folds: f is fitted without the labelled rows whose `left_out` is f, -1 with all."""
        if not self.learned:
            return FittedCoder(self.codebook)
        without = {f: None if f < 0 else np.flatnonzero(left_out == f) for f in sorted(set(map(int, folds)))}
        weights = {f: self.learner.weights(rows) for f, rows in without.items()}
        return FittedCoder(self.codebook, self.learner.features, weights, self.partner)

    @cached_property
    def row_of(self) -> dict[str, int]:
        """Return the labelled row by its letters and digits (of several the last)."""
        return {text_key(t): row for row, t in enumerate(self.labelled["text"])} if self.learned else {}

    def left_out(self, rows: np.ndarray) -> np.ndarray:
        """Return the fold of each labelled row, given those (`rows_with`) of all units to be coded; -1: in every fit.

        Sentences of fewer than twelve letters that were written for fitting (各位代表！) are anybody's, and stay in every fit.
        """
        if not self.learned:
            return np.zeros(0, np.int64)
        keys, taught = list(map(text_key, self.labelled["text"])), self.labelled["set"].isin(TAUGHT).to_numpy()
        there = {keys[row] for row in np.unique(rows[rows >= 0]).tolist() if taught[row] or len(keys[row]) >= _ONES_OWN}
        if not there:
            return np.full(len(keys), -1, dtype=np.int64)
        held = taught | np.array([key in there for key in keys])
        return folds(self.labelled["text"].tolist(), self.groups, held, N_FOLDS, self.seed)


@dataclass(frozen=True)
class FittedCoder:
    """Codes units, and holds only what that takes: features, the weights learned without each fold, the encoder; else rules."""

    codebook: Codebook
    features: Features | None = None
    weights: dict[int, tuple[np.ndarray, np.ndarray]] = field(default_factory=dict)
    partner: Partner | None = None

    def hits(self, units: pd.DataFrame) -> codebooks.Hits:
        """Return where the entries of the codebook match in units (text, heading_path)."""
        return codebooks.find(entries_of(self.codebook), units["text"].tolist(), units["heading_path"].tolist())

    def code(
        self,
        units: pd.DataFrame,
        fold: np.ndarray | None = None,
        hits: codebooks.Hits | None = None,
        asked: np.ndarray | None = None,
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return (codes, unit_tools) of `checked` units, each coded with the weights of its fold (none given: -1).

        No unit's codes depend on what other units are coded with it. `hits` of all units, where they are known already;
        `asked` marks those that the encoder reads too (none given: all).
        """
        fold = np.full(len(units), -1) if fold is None or self.features is None else fold
        asked = np.full(len(units), self.partner is not None) if asked is None or self.partner is None else asked
        parts = []
        for at in range(0, len(units), _BATCH if hits is None else max(len(units), 1)):
            batch = units.iloc[at : at + _BATCH] if hits is None else units
            found = self.hits(batch) if hits is None else hits
            kinds = np.stack([fold, asked])[:, at : at + len(batch)]
            for number, both in np.unique(kinds, axis=1).T.tolist():
                chosen = np.flatnonzero((kinds[0] == number) & (kinds[1] == both))
                here = (batch, found) if len(chosen) == len(batch) else (batch.iloc[chosen], found.take(chosen))
                codes, tools, unit = self._code_batch(*here, number, bool(both))
                parts.append((codes, tools, at + chosen, at + chosen[unit]))
        return _in_order(parts)

    def by_rules(self, units: pd.DataFrame, hits: codebooks.Hits) -> pd.DataFrame:
        """Return unit_id, tool, tool_type (categories) as the rules alone give them; no evidence is looked for."""
        decided = decide.by_rules(self.codebook, rule_scores(self.codebook, hits, len(units))[1])
        unit, tool = np.nonzero(decided.tools)
        tools, types = list(self.codebook.tools), list(self.codebook.types)
        kind = np.array([types.index(self.codebook.type_of(t)) for t in tools], dtype=np.int64)[tool]
        named = {"tool": pd.Categorical.from_codes(tool, tools), "tool_type": pd.Categorical.from_codes(kind, types)}
        return pd.DataFrame({"unit_id": units["unit_id"].to_numpy()[unit], **named})

    def linear(self, units: pd.DataFrame, hits: codebooks.Hits, fold: int) -> np.ndarray:
        """Return what the linear learner says of units: units x outputs (tools, then statements), a tool is given above 0."""
        weights, prior = self.weights[fold]
        score = self.features.matrix(units["text"].tolist(), units["heading_path"].tolist(), hits) @ weights
        return np.asarray(score) + prior + np.array([-_BORDER] * len(self.codebook.tools) + _LEAN)

    def sureness(self, units: pd.DataFrame, fold: np.ndarray) -> np.ndarray:
        """Return how far the linear learner puts the statement of each `checked` unit before the next one, rounded.

        On train.csv, counties left out, reading the tenth that is least sure gives all that the encoder adds to kappa and a
        third of what it adds to micro F1, three tenths most of that; how near tools are to their border told less.
        """
        sure, hits = np.zeros(len(units)), self.hits(units)
        for number in np.unique(fold).tolist():
            rows = np.flatnonzero(fold == number)
            said = np.sort(self.linear(units.iloc[rows], hits.take(rows), number)[:, len(self.codebook.tools) :], axis=1)
            sure[rows] = said[:, -1] - said[:, -2]
        return np.round(sure, 6)

    def _code_batch(
        self, units: pd.DataFrame, hits: codebooks.Hits, fold: int, both: bool
    ) -> tuple[pd.DataFrame, pd.DataFrame, np.ndarray]:
        """Return (codes, unit_tools, row of each tool's unit) of one batch of one fold, by `both` learners or one."""
        texts, n_tools = units["text"].tolist(), len(self.codebook.tools)
        if self.features is None:
            coder = "rules"
            decided = decide.by_rules(self.codebook, rule_scores(self.codebook, hits, len(texts))[1])
        else:
            coder = "cross-fitted" if fold >= 0 else "learned" if both else "linear"
            score = self.linear(units, hits, fold)
            if both:
                score = self.partner.join(score, texts, units["heading_path"].tolist())
            decided = decide.decide(self.codebook, score[:, n_tools:], score[:, :n_tools], _STEEPNESS)
        unit, tool = np.nonzero(decided.tools)
        start, end = evidence.from_rules(self.codebook, hits, unit, tool)
        bare = np.flatnonzero(start < 0)
        if len(bare):
            shown = [texts[u] for u in unit[bare]]
            if self.features is not None:
                start[bare], end[bare] = evidence.from_ngrams(self.features, self.weights[fold][0], shown, tool[bare])
            else:  # a heading decided: the whole sentence is what it decided about
                start[bare], end[bare] = 0, [len(t) for t in shown]
        start, end = snapped_all(texts, unit, start, end)
        return *self._frames(units["unit_id"].to_numpy(object), texts, decided, (unit, tool, start, end), coder), unit

    def _frames(self, ids: np.ndarray, texts: list[str], decided: decide.Decisions, found: tuple, coder: str):
        unit, tool, start, end = found
        codes = pd.DataFrame({
            "unit_id": ids,
            "statement": np.array(STATEMENTS, dtype=object)[decided.statement],
            "statement_score": decided.statement_score,
            "coder": coder,
        })  # fmt: skip
        tools = np.array(self.codebook.tools, dtype=object)[tool]
        types = {t: self.codebook.type_of(t) for t in self.codebook.tools}
        unit_tools = pd.DataFrame({
            "unit_id": ids[unit],
            "tool": tools,
            "tool_type": [types[t] for t in tools],
            "score": decided.tool_score[unit, tool],
            "evidence": [texts[u][s:e] for u, s, e in zip(unit.tolist(), start.tolist(), end.tolist(), strict=True)],
            "evidence_start": start,
            "evidence_end": end,
        })  # fmt: skip
        return codes, unit_tools


def tools_by_rules(units: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """Return unit_id, tool, tool_type (categories) as the rule coder of `code_units` gives them, without the evidence, sooner.

    units: unit_id, text and, where there is one, heading_path. Where only shares are asked for.

    >>> from helpers import codebook
    >>> units = pd.DataFrame({"unit_id": ["a"], "text": ["对企业给予一次性奖励10万元。"]})
    >>> tools_by_rules(units, codebook.load("data/codebook/policy_tools.yml")).values.tolist()
    [['a', 'funding', 'supply']]
    """
    coder = FittedCoder(codebook)
    batches = (units.iloc[at : at + _BATCH] for at in range(0, max(len(units), 1), _BATCH))
    return pd.concat([coder.by_rules(batch, coder.hits(checked(batch))) for batch in batches], ignore_index=True)


def rows_with(row_of: dict[str, int], texts: Iterable[str]) -> np.ndarray:
    """Return for each text the row with the same letters and digits, -1 where there is none."""
    if not row_of:
        return np.full(len(texts), -1, dtype=np.int64)
    return np.array([row_of.get(text_key(t), -1) for t in texts], dtype=np.int64)


def fold_of_units(rows: np.ndarray, left_out: np.ndarray) -> np.ndarray:
    """Return the fold in which each unit is coded, from its labelled row (-1: none) and the folds of those."""
    return np.where(rows >= 0, left_out[np.maximum(rows, 0)], -1) if len(left_out) else np.full(len(rows), -1)


def checked(units: pd.DataFrame) -> pd.DataFrame:
    """Return unit_id, text, heading_path (and doc_id) as plain text; raise ValueError naming a column that is missing."""
    missing = [c for c in ("unit_id", "text") if c not in units]
    if missing:
        raise ValueError(f"units have no column {missing[0]!r}: coding needs unit_id and text")
    heading = units["heading_path"] if "heading_path" in units else pd.Series("", index=units.index)
    columns = {"unit_id": units["unit_id"], "text": units["text"], "heading_path": heading}
    columns |= {"doc_id": units["doc_id"]} if "doc_id" in units else {}
    return pd.DataFrame({name: _plain(column) for name, column in columns.items()}, index=units.index, dtype=object)


def _plain(column: pd.Series) -> np.ndarray:
    """Return a column as Python's own strings: texts are read several times, and Arrow's would be made anew each time."""
    values, missing = column.to_numpy(object), column.isna().to_numpy()
    if column.dtype != "str":
        values = np.array([str(value) for value in values], dtype=object)
    return np.where(missing, "", values) if missing.any() else values


def _in_order(parts: list) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return codes in the order of the units, tools in that order and then in the codebook's."""
    if not parts:
        return tuple(pd.DataFrame({k: pd.Series(dtype=v) for k, v in types.items()}) for types in (_CODES, _UNIT_TOOLS))
    if len(parts) == 1:
        return parts[0][:2]
    codes, tools, row, row_of_tool = zip(*parts, strict=True)
    return tuple(
        pd.concat(frames, ignore_index=True).iloc[np.argsort(np.concatenate(rows), kind="stable")].reset_index(drop=True)
        for frames, rows in ((codes, row), (tools, row_of_tool))
    )
