"""A second dimension of the same sentences, from a second codebook in the same format, by its patterns alone."""

import numpy as np
import pandas as pd

from helpers.codebook import Codebook, find
from helpers.segment import snapped_all

_BATCH = 20_000


def unit_stages(units: pd.DataFrame, codes: pd.DataFrame, chain: Codebook) -> pd.DataFrame:
    """Return which categories of `chain` each unit addresses: unit_id, stage, score, evidence, evidence_start, evidence_end.

    units: unit_id, heading_path, text; codes: unit_id, statement. Units whose statement has no tools (`without_tools` of the
    codebook) address no stage either. A stage is given when the weights of its patterns reach the threshold; the score is
    w / (w + 1); with more stages than `max_tools`, those with most weight stay, earlier in the file first.
    Evidence is the first hit.
    """
    acts = set(codes.loc[~codes["statement"].isin(chain.without_tools), "unit_id"])
    mine = units[units["unit_id"].isin(acts)]
    parts = [_batch(mine.iloc[at : at + _BATCH], chain) for at in range(0, len(mine), _BATCH)]
    columns = {
        "unit_id": "str",
        "stage": "str",
        "score": float,
        "evidence": "str",
        "evidence_start": "Int64",
        "evidence_end": "Int64",
    }
    out = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(columns))
    return out.astype(columns)


def _batch(units: pd.DataFrame, chain: Codebook) -> pd.DataFrame:
    texts = units["text"].tolist()
    hits = find(chain.entries, texts, units["heading_path"].fillna("").tolist())
    owner = np.array([chain.tools.index(e.owner) for e in chain.entries])
    weight = np.array([e.weight for e in chain.entries])
    # A pattern counts once a unit, however many of its words stand there; the first hit in the text is its evidence.
    found = pd.DataFrame({"unit": hits.unit, "entry": hits.entry, "start": hits.start, "end": hits.end})
    found = found.assign(inside=found["start"] >= 0).sort_values(["unit", "entry", "start"], kind="stable")
    found = found.assign(stage=owner[found["entry"]], weight=weight[found["entry"]])
    once = found.drop_duplicates(["unit", "entry"])
    total = once.groupby(["unit", "stage"], sort=True)["weight"].sum().rename("total").reset_index()
    total = total[total["total"] >= chain.threshold].sort_values(["unit", "total", "stage"], ascending=[True, False, True])
    total = total[total.groupby("unit").cumcount() < chain.max_tools]
    speaking = found[found["inside"] & (found["weight"] > 0)].sort_values(
        ["unit", "stage", "start", "end"], ascending=[True, True, True, False]
    )
    evidence = speaking.drop_duplicates(["unit", "stage"])[["unit", "stage", "start", "end"]]
    out = total.merge(evidence, on=["unit", "stage"], how="left").sort_values(["unit", "stage"], kind="stable")
    unit, start, end = (out[name].fillna(-1).to_numpy(np.int64, copy=True) for name in ("unit", "start", "end"))
    inside = start >= 0
    start[inside], end[inside] = snapped_all(texts, unit[inside], start[inside], end[inside])
    ids, spans = units["unit_id"].to_numpy(object), zip(unit.tolist(), start.tolist(), end.tolist(), strict=True)
    return pd.DataFrame({
        "unit_id": ids[unit], "stage": np.array(chain.tools, dtype=object)[out["stage"].to_numpy(int)],
        "score": (out["total"] / (out["total"] + 1)).to_numpy(float),
        "evidence": [texts[u][a:b] if a >= 0 else None for u, a, b in spans],
        "evidence_start": pd.arrays.IntegerArray(start, ~inside), "evidence_end": pd.arrays.IntegerArray(end, ~inside),
    })  # fmt: skip
