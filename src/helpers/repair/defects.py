"""The known defects of the shipped documents against the log: what became of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ["source_file", "offset", "n_hits", "text", "defect", "treatment", "remark"]


def defect_table(defects: pd.DataFrame, repairs: pd.DataFrame) -> pd.DataFrame:
    """Say for every known defect whether it was repaired, flagged or left on purpose, with before and after.

    defects: data/codebook/defects.csv (source_file, offset into the raw text, n_hits, text, defect, treatment, remark).
    repairs: source_file, rule, raw_start, raw_end, before, after, certainty, reason, as `corpus` logs them.
    Returns one row a defect in the order given, with outcome (repaired | flagged | kept), before, after, rule, and
    as_expected (outcome == treatment). A repair belongs to a defect when it begins within the 40 characters from its
    offset on, or covers it; of several the nearest of the expected kind counts.
    """
    import pandas as pd

    rows = []
    by_file = dict(list(repairs.groupby("source_file", sort=False))) if len(repairs) else {}
    for defect in defects.itertuples(index=False):
        near = by_file.get(defect.source_file)
        outcome, before, after, rule = "kept", "", "", ""
        if near is not None:
            at = int(defect.offset)
            span = max(1, min(40, len(str(defect.text))))
            near = near[(near["raw_start"] < at + span) & (near["raw_end"] > at)]
            flagged = near["certainty"].astype(str).eq("flagged") | near["reason"].str.contains("open: ", regex=False)
            wanted = near[flagged] if defect.treatment == "flagged" else near[~flagged]
            if defect.treatment != "kept" and len(wanted):
                first = wanted.iloc[0]
                outcome = "flagged" if defect.treatment == "flagged" else "repaired"
                before, after, rule = first["before"], first["after"], first["rule"]
        rows.append((outcome, before, after, rule, outcome == defect.treatment))
    found = pd.DataFrame(rows, columns=["outcome", "before", "after", "rule", "as_expected"], index=defects.index)
    return pd.concat([defects[COLUMNS], found], axis=1)
