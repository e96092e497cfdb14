"""How good the codes are: agreement between coders, machine and gold; precision, recall and F1; which mistakes are made."""

from helpers.validity.agreement import by_chance, cohen_kappa, krippendorff_alpha, machine_agreement, percent_agreement
from helpers.validity.mistakes import CAUSES, causes, confusion, worst
from helpers.validity.scores import (
    coder_agreement,
    group_scores,
    macro_f1,
    micro_f1,
    overall,
    statement_confusion,
    tool_scores,
)

__all__ = [
    "CAUSES", "by_chance", "causes", "coder_agreement", "cohen_kappa", "confusion", "group_scores", "krippendorff_alpha",
    "machine_agreement", "macro_f1", "micro_f1", "overall", "percent_agreement", "statement_confusion", "tool_scores", "worst",
]  # fmt: skip
