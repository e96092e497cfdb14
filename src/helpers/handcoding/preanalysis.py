"""A pre-analysis file: what will be analysed and how, fixed before people code, and held against what was done afterwards."""

import hashlib
import re
from pathlib import Path

import pandas as pd
import yaml

from helpers import store
from helpers.asked import Refused
from helpers.codebook import Codebook, bounded
from helpers.intervals import holm

FILE = "preanalysis.yml"
_CONTRAST = re.compile(r"\s*(\S+)\s+(\d{4})\s+-\s+(\S+)\s+(\d{4})\s*:\s*(\S+)\s*")
_RULE = "two-sided, 5 %, Holm over the contrasts of this file; without contrasts Benjamini-Hochberg over the table `differences`"


class PreanalysisError(Refused):
    """A pre-analysis file cannot be written or read; the message says why and what to do."""


def plan(
    codebook: Codebook, file: Path, units: pd.DataFrame, sample: pd.DataFrame | None, settings: dict, contrasts: list[str]
) -> dict:  # fmt: skip
    """Return what a pre-analysis file fixes, as plain values.

    file: that of the codebook; units: unit_id, doc_id, text; sample: as `read_sample`, None where none is drawn; settings: seed
    and coder of the run; contrasts: “place year - place year: tool or type”, place a county's name or six-digit code. Raises
    PreanalysisError for a contrast that cannot be read or names what the codebook does not have.
    """
    known = {*codebook.tools, *codebook.types}
    for contrast in contrasts:
        found = _CONTRAST.fullmatch(contrast)
        if found is None or found[5] not in known:
            shape = "is not “place year - place year: tool”"
            why = shape if found is None else f"names {found[5]}, which is no tool of {codebook.id}"
            like = f"'430624 2017 - 430624 2025: {codebook.tools[0]}'"
            raise PreanalysisError(f"--contrast {contrast!r} {why}; write for example {like}")
    drawn = None if sample is None else sample.sort_values("unit")[["unit", "inclusion_probability"]].round(6)
    of_file = hashlib.sha256(file.read_bytes()).hexdigest()
    return {
        "codebook": {"id": codebook.id, "version": str(codebook.version), "sha256": of_file},
        "documents": {"n": int(units["doc_id"].nunique()), "units": len(units), "sha256": _sha(units[["unit_id", "text"]])},
        "sample": {"n": 0 if drawn is None else len(drawn), "sha256": "" if drawn is None else _sha(drawn)},
        "settings": dict(settings), "rule": _RULE, "contrasts": list(contrasts),
    }  # fmt: skip


def _sha(frame: pd.DataFrame) -> str:
    return hashlib.sha256(frame.to_csv(index=False, lineterminator="\n").encode()).hexdigest()


def write(path: Path, planned: dict) -> Path:
    """Write the file; it is for people too, and never written over."""
    if path.exists():
        raise PreanalysisError(f"{path}: is there already; a plan that is changed afterwards is none")
    return store.write_text(path, yaml.safe_dump(planned, allow_unicode=True, sort_keys=False))


def read(path: Path) -> dict:
    """Read a pre-analysis file; raise PreanalysisError where it is none."""
    try:
        found = bounded.read(path)
    except UnicodeDecodeError:
        raise PreanalysisError(f"{path}: is not UTF-8; take the file as `preanalysis` wrote it") from None
    except yaml.YAMLError as error:
        raise PreanalysisError(f"{path}: is not readable as YAML: {' '.join(str(error).split())}") from None
    if not isinstance(found, dict) or not {"codebook", "documents", "sample", "settings", "contrasts"} <= set(found):
        raise PreanalysisError(f"{path}: is no file that `preanalysis` wrote")
    contrasts = found["contrasts"]
    if not isinstance(contrasts, list) or not all(isinstance(contrast, str) for contrast in contrasts):
        raise PreanalysisError(f"{path}: contrasts must be a list of texts; take the file as `preanalysis` wrote it")
    return found


def departures(planned: dict, now: dict) -> list[str]:
    """Say, a line each, where what is there now is not what was planned."""
    out = []
    for part in ("codebook", "documents", "sample", "settings", "rule"):
        before, after = planned.get(part), now.get(part)
        whole = not isinstance(before, dict) or not isinstance(after, dict)
        pairs = [("", before, after)] if whole else [(f" {k}", before.get(k), after.get(k)) for k in after]
        out += [f"{part}{name}: planned {_short(a)}, now {_short(b)}" for name, a, b in pairs if a != b]
    return out


def _short(value: object) -> str:
    return f"{value[:12]}…" if isinstance(value, str) and len(value) == 64 else str(value) if value not in (None, "") else "none"


def results(contrasts: list[str], differences: pd.DataFrame) -> pd.DataFrame:
    """Look the contrasts up in the table `differences`: contrast, difference (first less second), ci_low, ci_high, p_holm, basis.

    p_holm: adjusted over these contrasts alone (Holm 1979), empty for shares as coded. A contrast that the
    table does not have has empty cells.
    """
    rows = [_found(contrast, differences) for contrast in contrasts]
    out = pd.DataFrame(rows, columns=["contrast", "difference", "ci_low", "ci_high", "p_value", "basis"])
    adjusted = holm(out["p_value"].astype(float).dropna())
    return out.assign(p_holm=adjusted.reindex(out.index)).drop(columns="p_value")


def of_codes(contrasts: list[str], differences: pd.DataFrame) -> pd.DataFrame:
    """Return the differences in the codes that the contrasts name: all that `results` looks at."""
    codes = {_CONTRAST.fullmatch(contrast).groups()[-1] for contrast in contrasts}
    return differences[differences["code"].isin(codes)]


def _found(contrast: str, differences: pd.DataFrame) -> tuple:
    place_a, year_a, place_b, year_b, code = _CONTRAST.fullmatch(contrast).groups()

    def is_side(side: str, place: str, year: str) -> pd.Series:
        there = (differences[f"county_{side}"] == place) | (differences[f"county_code_{side}"] == place)
        return there.fillna(False).astype(bool) & (differences[f"year_{side}"] == int(year)).fillna(False).astype(bool)

    mine = (differences["code"] == code) & differences["dimension"].isin(["tool", "type"])
    for sign, first, second in ((1, "a", "b"), (-1, "b", "a")):
        rows = differences[mine & is_side(first, place_a, year_a) & is_side(second, place_b, year_b)]
        if len(rows):
            row = rows.iloc[0]
            ends = sorted((sign * row["ci_low"], sign * row["ci_high"]))
            return contrast, sign * row["difference"], *ends, row["p_value"], row["basis"]
    return contrast, None, None, None, None, ""
