"""Units and a codebook to codes: what each sentence does, which policy tools it uses, and the words that show it."""

import pandas as pd

from helpers.codebook import Codebook
from helpers.coding import llm
from helpers.coding.coder import METHODS, Coder, FittedCoder, tools_by_rules
from helpers.coding.corpus import Written, write
from helpers.coding.explain import explain
from helpers.coding.gold import Paired, codings, in_documents_with, match, pair, tool_matrix, with_labels
from helpers.coding.held_out import cross_fitted, leave_one_out
from helpers.coding.labelled import (
    MODEL_FILE,
    read_labelled,
    speaking,
    teaches,
    tool_sets,
    unknown_labels,
    warn_of_design,
)
from helpers.coding.listing import coding_table, filtered, numbered
from helpers.coding.stages import unit_stages

__all__ = [
    "METHODS", "MODEL_FILE", "Coder", "FittedCoder", "Paired", "Written", "code_units", "coding_table", "codings",
    "cross_fitted", "explain", "filtered", "in_documents_with", "leave_one_out", "llm", "match", "numbered", "pair",
    "read_labelled", "speaking", "teaches", "tool_matrix", "tool_sets", "tools_by_rules", "unit_stages", "unknown_labels",
    "warn_of_design", "with_labels", "write",
]  # fmt: skip


def code_units(
    units: pd.DataFrame, codebook: Codebook, labelled: pd.DataFrame | None = None, seed: int = 0, method: str = "learned"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Code every unit: return the tables `codes` and `unit_tools`.

    `units` needs unit_id, text and, where there is one, heading_path; `labelled` is what `read_labelled` returns. Units
    that were labelled are coded by a model that saw neither their label nor that of a sentence like them (cross-fitted).
    `method="rules"`, no labelled units, or labels of another scheme: the rule coder alone.

    >>> from helpers import codebook
    >>> units = pd.DataFrame({"unit_id": ["a", "b"], "text": ["对企业给予一次性奖励10万元。", "去年全县工业增长8%。"]})
    >>> codes, unit_tools = code_units(units, codebook.load("data/codebook/policy_tools.yml"))
    >>> codes["statement"].tolist(), unit_tools[["unit_id", "tool", "evidence"]].values.tolist()
    (['measure', 'background'], [['a', 'funding', '给予一次性奖励10万元']])
    """
    return Coder(codebook, labelled, seed, method).code(units)
