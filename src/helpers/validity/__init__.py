"""How good the codes are, and what the shares are once coding error is taken out."""

from helpers.validity.agreement import cohen_kappa, draws, estimate, krippendorff_alpha, machine_agreement, percent_agreement
from helpers.validity.correction import UNKNOWN, corrected_shares, raw_shares, statement_shares
from helpers.validity.distribution import (
    NO_STAGE,
    SCENARIOS,
    crosswalk,
    crosswalk_shares,
    labelled,
    read_crosswalk,
    sensitivity,
    tool_distribution,
    tool_stages,
)
from helpers.validity.gold import Paired, codings, match, pair, speaks, tool_matrix, tool_sets, unknown_tools
from helpers.validity.listing import coding_table, filtered, numbered
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
from helpers.validity.stages import unit_stages

__all__ = [
    "causes", "CAUSES", "coder_agreement", "coding_table", "codings", "cohen_kappa", "confusion", "corrected_shares",
    "crosswalk", "crosswalk_shares", "draws", "estimate", "filtered", "group_scores", "krippendorff_alpha", "labelled",
    "machine_agreement", "macro_f1", "match", "micro_f1", "NO_STAGE", "numbered", "overall", "pair", "Paired",
    "percent_agreement", "raw_shares",
    "read_crosswalk", "SCENARIOS", "sensitivity", "speaks", "statement_confusion", "statement_shares", "tool_distribution",
    "tool_matrix", "tool_scores", "tool_sets", "tool_stages", "unit_stages", "UNKNOWN", "unknown_tools", "wilson", "worst",
]  # fmt: skip
