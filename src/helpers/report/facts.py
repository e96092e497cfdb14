"""What ran, as far as sentences about method and limits depend on it: asked once here, filled into every text that needs it."""

import re
from dataclasses import asdict, dataclass

import pandas as pd

from helpers.report import cleaning
from helpers.report.material import Material
from helpers.structure import lineages

_SHIPPED = "policy_tools"
_FEW = 30  # documents below which topics are as likely those of single documents


@dataclass(frozen=True)
class Facts:
    """The facts of one run, under the names by which texts choose their variant (`when`) and fill their fields.

    gold: none | model | people | mixed | unknown, who coded the gold sentences that speak for the documents; coders: who coded
    those by which the coder was measured, elsewhere where none speak for these; n_codings: codings
    of each of them (1 where they were coded once); assumed: whether how some of them were drawn is not known; shipped_gold:
    whether they are those of the project; coder: rules | linear | learned | llm; n_linear: units that the
    encoder left to the linear learner; corrected: none | some | all, which county-years' shares;
    source: the codebook's, "" where it names none; n_single: county-years of one document;
    tool_gold: gold sentences that use a tool, the median of tools; compared, indices: whether there are such tables.
    """

    gold: str
    coders: str
    n_codings: int
    assumed: bool
    shipped_gold: bool
    coder: str
    n_linear: int
    corrected: str
    codebook: str
    default_codebook: bool
    source: str
    model: str
    segmenter: str
    seed: object
    n_topics: int
    n_repairs: int
    n_flagged: int
    n_inferred: int
    documents: int
    county_years: int
    n_single: int
    tool_gold: float
    compared: bool
    indices: bool

    @property
    def learned(self) -> bool:
        return self.coder in ("learned", "linear")

    def values(self) -> dict[str, object]:
        """Return the facts as the fields of texts."""
        told = {"learned": self.learned, "by_llm": self.coder == "llm", "corrected_any": self.corrected != "none"}
        told["some"] = self.coder == "learned" and self.n_linear > 0
        told |= {"single": self.n_single == self.county_years, "few_documents": self.documents < _FEW}
        return {**asdict(self), **told, "known_source": bool(self.source) and not self.default_codebook}


def of(material: Material, codebook_name: str) -> Facts:
    """Read the facts off a run's tables and record; `codebook_name` is what the edition calls the codebook."""
    used, scheme = material.run.get("parameters", {}), material.codebook
    coders = used.get("coders_are", "model")
    repairs, sizes = cleaning.counts(material).groupby("certainty")["n"].sum(), _sizes(material.documents)
    source, own = scheme.source if scheme is not None else "", material.run.get("inputs", {}).get("parameters", {})
    return Facts(
        gold=coders if _is_measured(material) else "none", coders=coders,
        n_codings=_codings(material), assumed=_assumed(material),
        shipped_gold="gold_dir" not in own and coders == "model",
        coder=_coder(material), n_linear=material.coders.get("linear", 0),
        corrected=_corrected(material), codebook=codebook_name,
        default_codebook=scheme is None or scheme.id == _SHIPPED,
        source=re.sub(r"[.;。；]+$", "", " ".join(source.split())), model=used.get("model", "seeded"),
        segmenter=used.get("segmenter", "jieba"), seed=used.get("seed", ""),
        n_topics=len(material["topics"]), n_repairs=int(repairs.drop("flagged", errors="ignore").sum()),
        n_flagged=int(repairs.get("flagged", 0)), n_inferred=int(repairs.get("inferred", 0)),
        documents=len(material.documents), county_years=len(sizes), n_single=int((sizes == 1).sum()),
        tool_gold=_tool_gold(material["validity_tools"]), compared=material.has("differences"), indices=material.has("indices"),
    )  # fmt: skip


def _sizes(documents: pd.DataFrame) -> pd.Series:
    """Return how many documents each county-year has."""
    return documents.assign(lineage=lineages(documents)).groupby(["lineage", "year"], dropna=False).size()


def _tool_gold(tools: pd.DataFrame) -> float:
    own = tools[tools["support"].notna()]["support"] if "support" in tools else pd.Series(dtype=float)
    return float(own.median()) if len(own) else float("nan")


def _is_measured(material: Material) -> bool:
    """Tell whether gold sentences stand in the documents."""
    return bool(material["validity_agreement"]["value"].notna().any())


def _assumed(material: Material) -> bool:
    measured = material["validity_agreement"]
    return bool("design" in measured and (measured["design"] == "assumed").any())


def _codings(material: Material) -> int:
    pairs = material["validity_coders"]
    return max(len({*pairs["coder_a"], *pairs["coder_b"]}), 1) if len(pairs) else 1


def _coder(material: Material) -> str:
    """Say which coder ran: what it wrote beside its codes tells, and the parameter with or without the encoder."""
    coders = set(material.coders) - {"rules"}
    asked = str(material.run.get("parameters", {}).get("coder", "learned")).partition(":")[0]
    return "llm" if any(name.startswith("llm") for name in coders) else asked if coders else "rules"


def _corrected(material: Material) -> str:
    shares = material["tool_shares"]
    spoken = shares[shares["tool"].isna() & shares["county"].notna()]["corrected_share"].notna()
    return "none" if not spoken.any() else "all" if spoken.all() else "some"
