"""How good the codes are, and what the shares are once coding error is taken out."""

from helpers.validity.agreement import cohen_kappa, draws, estimate, krippendorff_alpha, machine_agreement, percent_agreement
from helpers.validity.correction import corrected_shares, statement_shares
from helpers.validity.gold import Paired, codings, match, pair, speaks, tool_matrix, tool_sets, unknown_tools
from helpers.validity.mistakes import CAUSES, causes, confusion, worst
from helpers.validity.scores import (
    coder_agreement,
    group_scores,
    macro_f1,
    micro_f1,
    overall,
    statement_confusion,
    tool_scores,
    wilson,
)

__all__ = [
    "CAUSES", "Paired", "causes", "coder_agreement", "codings", "cohen_kappa", "confusion", "corrected_shares", "draws", "estimate",
    "group_scores", "krippendorff_alpha", "machine_agreement", "macro_f1", "match", "micro_f1", "overall", "pair",
    "percent_agreement", "speaks", "statement_confusion", "statement_shares", "tool_matrix", "tool_scores", "tool_sets",
    "unknown_tools", "wilson", "worst",
]  # fmt: skip
