"""Scores by rubric: policy strength and completeness of design, each item from coded sentences, each with its sentence.

A rubric file (YAML) lists indices, their variables and the variables' items. An item holds when at least `min_units` units
meet all its conditions: `statement` (any of), `tools` (any of), `types` (any of), `pattern` (regular expression on the
sentence), `commitment` (kinds, any of), `actor` (true: a department is named), `horizon` ([from, to] years between the
document and the last year that it sets a target for), `form` (any of, on the document), `always`. Nothing is scored from a
bare keyword: `pattern` needs `statement` beside it.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

_CONDITIONS = {"statement", "tools", "types", "pattern", "commitment", "actor", "horizon", "form", "always", "min_units"}


class RubricError(ValueError):
    """A rubric file is broken; the message names the file, the entry and the reason."""


@dataclass(frozen=True)
class Rubrics:
    """A checked rubric file: `strength` variables with thresholds, `pmc` variables with items, as written."""

    id: str
    strength: list[dict]
    pmc: list[dict]


def load(path: str | Path) -> Rubrics:
    """Read and check a rubric file; raise RubricError with file, entry and reason."""
    path = Path(path)
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RubricError(f"{path}: no such file; give the path of a rubric file") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise RubricError(f"{path.name}: not readable as YAML: {' '.join(str(error).split())}") from None
    if not isinstance(raw, dict) or not {"id", "strength", "pmc"} <= set(raw):
        raise RubricError(f"{path.name}: wants the entries id, strength and pmc")
    for variable in raw["strength"]:
        _check_strength(path.name, variable)
    for variable in raw["pmc"]:
        _check_variable(path.name, variable)
    return Rubrics(str(raw["id"]), raw["strength"], raw["pmc"])


def _check_strength(file: str, variable: dict) -> None:
    missing = {"id", "en", "zh", "source"} - set(variable)
    if missing or not {"forms"} & set(variable) and not {"when", "per_100", "thresholds"} <= set(variable):
        raise RubricError(
            f"{file}, strength {variable.get('id', '?')}: wants id, en, zh, source and forms, or when and thresholds"
        )
    if "thresholds" in variable and (
        len(variable["thresholds"]) != 5 or sorted(variable["thresholds"]) != variable["thresholds"]
    ):
        raise RubricError(f"{file}, strength {variable['id']}: wants five rising thresholds, one for each of the scores 1 to 5")
    if "when" in variable:
        _check_conditions(file, variable["id"], variable["when"])


def _check_variable(file: str, variable: dict) -> None:
    if not {"id", "en", "zh", "source", "items"} <= set(variable):
        raise RubricError(f"{file}, pmc {variable.get('id', '?')}: wants id, en, zh, source and items")
    for item in variable["items"]:
        if not {"id", "en", "zh", "when"} <= set(item):
            raise RubricError(f"{file}, pmc item {item.get('id', '?')}: wants id, en, zh and when")
        _check_conditions(file, item["id"], item["when"])


def _check_conditions(file: str, entry: str, when: dict) -> None:
    unknown = sorted(set(when) - _CONDITIONS)
    if unknown:
        raise RubricError(f"{file}, {entry}: unknown conditions {', '.join(unknown)}; known: {', '.join(sorted(_CONDITIONS))}")
    if "pattern" in when and "statement" not in when:
        raise RubricError(f"{file}, {entry}: a pattern needs a statement beside it, so that no bare keyword scores")
    try:
        re.compile(when.get("pattern", ""))
    except re.error as error:
        raise RubricError(f"{file}, {entry}: pattern is no regular expression: {error}") from None


@dataclass(frozen=True)
class Evidence:
    """What the rubrics look at: units with their statement; tools, commitments and actors by unit; the documents."""

    units: pd.DataFrame
    unit_tools: pd.DataFrame
    commitments: pd.DataFrame
    actors: pd.DataFrame
    documents: pd.DataFrame

    def meets(self, when: dict) -> pd.Series:
        """Return, for each unit, whether it meets all conditions that can be read off a unit."""
        units = self.units
        holds = pd.Series(True, index=units.index)
        if "statement" in when:
            holds &= units["statement"].isin(when["statement"])
        for key, column in (("tools", "tool"), ("types", "tool_type")):
            if key in when:
                holds &= units["unit_id"].isin(self.unit_tools.loc[self.unit_tools[column].isin(when[key]), "unit_id"])
        if "commitment" in when:
            holds &= units["unit_id"].isin(self.commitments.loc[self.commitments["kind"].isin(when["commitment"]), "unit_id"])
        if when.get("actor"):
            holds &= units["unit_id"].isin(self.actors["unit_id"])
        if "horizon" in when:
            holds &= units["unit_id"].isin(self._within(*when["horizon"]))
        if "form" in when:
            forms = self.documents.set_index("doc_id")["doc_form"]
            holds &= units["doc_id"].map(forms).isin(when["form"])
        if "pattern" in when:
            holds &= units["text"].str.contains(when["pattern"], regex=True, na=False)
        return holds

    def _within(self, low: int, high: int) -> pd.Series:
        years = self.units[["unit_id", "doc_id"]].merge(self.documents[["doc_id", "year"]], on="doc_id")
        dated = self.commitments.merge(years, on="unit_id", suffixes=("", "_of_document"))
        ahead = pd.to_numeric(dated["year"], errors="coerce") - dated["year_of_document"].astype("float64")
        return dated.loc[ahead.between(low, high), "unit_id"]


def strength(rubrics: Rubrics, evidence: Evidence) -> pd.DataFrame:
    """Score each document's policy strength, 0 to 5 a variable.

    The form scores by a table; the other variables by how many of 100 measures meet the conditions, one point for each
    threshold reached. Returns doc_id, variable, rate (per 100 measures; empty for the form), score.
    """
    measures = evidence.units[evidence.units["statement"] == "measure"].groupby("doc_id").size()
    names = evidence.documents["doc_id"]
    parts = []
    for variable in rubrics.strength:
        if "forms" in variable:
            points = {form: score for score, forms in variable["forms"].items() for form in forms}
            score = evidence.documents["doc_form"].map(points).fillna(0)
            parts.append(pd.DataFrame({"doc_id": names, "variable": variable["id"], "rate": np.nan, "score": score}))
            continue
        hits = evidence.units[evidence.meets(variable["when"])].groupby("doc_id").size()
        rate = (100 * hits.reindex(names).fillna(0) / measures.reindex(names)).fillna(0).to_numpy(dtype=float)
        score = np.searchsorted(variable["thresholds"], rate, side="right").astype(float)
        parts.append(pd.DataFrame({"doc_id": names, "variable": variable["id"], "rate": rate, "score": score}))
    return pd.concat(parts, ignore_index=True)


def pmc(rubrics: Rubrics, evidence: Evidence) -> pd.DataFrame:
    """Fill the multi-input-output table of the PMC index (Ruiz Estrada 2011): one row a document and second-level item.

    Returns doc_id, variable, item, value (0 or 1), unit_id and evidence (its first sentence; empty for 0 and for `always`).
    """
    parts = [
        _item(evidence, item["when"]).assign(variable=variable["id"], item=item["id"])
        for variable in rubrics.pmc
        for item in variable["items"]
    ]
    return pd.concat(parts, ignore_index=True)[["doc_id", "variable", "item", "value", "unit_id", "evidence"]]


def _item(evidence: Evidence, when: dict) -> pd.DataFrame:
    names = evidence.documents[["doc_id"]]
    if when.get("always"):
        return names.assign(value=1, unit_id=None, evidence=None)
    hits = evidence.units[evidence.meets(when)]
    enough = hits.groupby("doc_id").size() >= when.get("min_units", 1)
    first = hits.drop_duplicates("doc_id")[["doc_id", "unit_id", "text"]].rename(columns={"text": "evidence"})
    first = first[first["doc_id"].isin(enough.index[enough])].assign(value=1)
    return names.merge(first, on="doc_id", how="left").fillna({"value": 0}).astype({"value": "int64"})


def pmc_scores(items: pd.DataFrame) -> pd.DataFrame:
    """Average the items of each variable and add the variables up: doc_id, variable ("total" for the sum), score."""
    scores = items.groupby(["doc_id", "variable"], sort=False)["value"].mean().rename("score").reset_index()
    total = scores.groupby("doc_id", sort=False)["score"].sum().reset_index().assign(variable="total")
    return pd.concat([scores, total], ignore_index=True)[["doc_id", "variable", "score"]]


def surface(scores: pd.DataFrame, doc_id: str) -> np.ndarray:
    """Arrange a document's first nine variables as the 3 x 3 PMC matrix."""
    values = scores[(scores["doc_id"] == doc_id) & (scores["variable"] != "total")]["score"].to_numpy(dtype=float)[:9]
    return np.pad(values, (0, 9 - len(values)), constant_values=np.nan).reshape(3, 3)


# Ruiz Estrada's (2011) four grades of consistency, lower bounds of the ten-variable sum.
GRADES = ((9.0, "perfect", "完美"), (7.0, "good", "优秀"), (5.0, "acceptable", "可接受"), (0.0, "low", "不足"))


def grade(total: float) -> tuple[str, str]:
    """Return the grade of a PMC total in English and Chinese."""
    return next((en, zh) for low, en, zh in GRADES if total >= low)
