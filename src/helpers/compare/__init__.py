"""Shares and tokens → differences between counties and years, with their uncertainty, and the indices of the field."""

from helpers.compare import counts, regression, rubrics, topic_clusters
from helpers.compare.differences import (
    GROUP,
    Outcome,
    changes,
    detectable,
    groups,
    outcome,
    pairs_in_parts,
    pairwise,
    shares_long,
    widest,
)  # fmt: skip
from helpers.compare.frames import (
    answer,
    code_labels,
    completeness,
    evidence,
    example_of_change,
    index_table,
    scored,
    topic_names,
    topics_by_tools,
    with_documents,
    with_labels,
)
from helpers.compare.indices import breadth, diversity
from helpers.compare.panel import by_area, grid, trends
from helpers.compare.passages import PASSAGE, shared_passages
from helpers.compare.regression import KEY, YearbookError, read_yearbook, regress
from helpers.compare.similarity import distribution, jensen_shannon, pairs

__all__ = [
    "GROUP", "KEY", "Outcome", "PASSAGE", "YearbookError", "answer", "breadth", "by_area", "changes", "code_labels",
    "completeness", "counts", "detectable", "distribution", "diversity", "evidence", "example_of_change", "grid", "groups",
    "index_table", "jensen_shannon", "outcome", "pairs", "pairs_in_parts", "pairwise", "read_yearbook", "regress",
    "regression", "rubrics", "scored", "shared_passages", "shares_long", "topic_clusters", "topic_names", "topics_by_tools",
    "trends", "widest", "with_documents", "with_labels",
]  # fmt: skip
