"""The codes that a model gave a corpus: they stand in the place of another coder's, which keeps the units that the model lost."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from helpers import catalogue, store
from helpers.cache import key
from helpers.codebook import Codebook
from helpers.coding.llm.answers import Answer
from helpers.coding.llm.ask import Asking, complete
from helpers.coding.llm.check import span
from helpers.coding.llm.hostile import speaks_to_a_model
from helpers.coding.llm.prompt import make
from helpers.coding.llm.settings import Settings
from helpers.segment import snapped

CODER = "llm"
DOUBTS = "model_doubts"
_NEAR = 120  # characters shown of the sentence before and of that after
_COLUMNS = ["unit_id", "doc_id", "heading_path", "text"]


@dataclass(frozen=True)
class Given:
    """`codes`: statement, tools and evidence by unit; `doubts`: table model_doubts; `n_lost`: units without a valid answer."""

    codes: dict[str, tuple[str, tuple[str, ...], str]] = field(default_factory=dict)
    doubts: pd.DataFrame = field(default_factory=lambda: catalogue.empty(DOUBTS))
    n_lost: int = 0

    def mark(self, unit_ids: list[str]) -> str:
        """Return the checksum of the codes of some units."""
        return key(repr([self.codes.get(unit) for unit in unit_ids]))

    def over(
        self, units: pd.DataFrame, codes: pd.DataFrame, unit_tools: pd.DataFrame, codebook: Codebook
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return (codes, unit_tools) of units with the model's in the place of those that are given; scores are 1."""
        found = [self.codes.get(unit) for unit in units["unit_id"]]
        there = np.array([own is not None for own in found], dtype=bool)
        said = [own[0] if own else None for own in found]
        codes = codes.assign(
            statement=np.where(there, said, codes["statement"]),
            statement_score=np.where(there, 1.0, codes["statement_score"]),
            coder=np.where(there, CODER, codes["coder"]),
        )
        ids, texts = units["unit_id"].tolist(), units["text"].tolist()
        rows = [_row(ids[i], texts[i], tool, own[2], codebook) for i, own in enumerate(found) if own for tool in own[1]]
        kept = unit_tools[~unit_tools["unit_id"].isin({i for i, known in zip(ids, there, strict=True) if known})]
        own = pd.DataFrame(rows, columns=list(unit_tools.columns))
        own = own.astype(unit_tools.dtypes.to_dict() if len(unit_tools) else {})  # no row has no types
        both = pd.concat([kept, own], ignore_index=True) if len(kept) else own
        place = {unit: number for number, unit in enumerate(ids)}
        order = np.lexsort([both["tool"].map({t: n for n, t in enumerate(codebook.tools)}), both["unit_id"].map(place)])
        return codes, both.iloc[order].reset_index(drop=True)


def _row(unit: str, text: str, tool: str, evidence: str, codebook: Codebook) -> dict:
    start, end = snapped(text, *span(evidence, text))
    said = {"unit_id": unit, "tool": tool, "tool_type": codebook.type_of(tool), "score": 1.0}
    return {**said, "evidence": text[start:end], "evidence_start": start, "evidence_end": end}


def given(processed_dir: str | Path, codebook: Codebook, labelled: pd.DataFrame | None, settings: Settings) -> Given:
    """Let the model code all units of a folder; answers are kept beside the tables, and nothing that is kept is asked again."""
    asking = Asking(settings, make(codebook, settings.prompt, labelled), codebook, store_of(processed_dir))
    items = list(items_of(processed_dir))
    answers = complete(asking, items)
    codes = {i["id"]: (a.statement, a.tools, a.evidence) for i, a in zip(items, answers, strict=True) if a and not a.fault}
    return Given(codes, doubts(items, answers), len(items) - len(codes))


def store_of(processed_dir: str | Path) -> Path:
    """Return the file in which the answers of a folder of tables are kept."""
    folder = store.resolve(processed_dir)
    return folder.with_name(f"{folder.name}.answers")


def doubts(items: list[dict], answers: list[Answer | None]) -> pd.DataFrame:
    """Return table model_doubts: units whose answers did not count, and those that look like an instruction to a model."""
    rows = [(item["id"], "instruction") for item in items if speaks_to_a_model(f"{item['heading']}\n{item['text']}")]
    rows += [(i["id"], "not asked" if a is None else a.fault) for i, a in zip(items, answers, strict=True) if not a or a.fault]
    place = {item["id"]: number for number, item in enumerate(items)}
    rows.sort(key=lambda row: (place[row[0]], row[1]))
    return catalogue.check(pd.DataFrame(rows, columns=["unit_id", "doubt"], dtype="str"), DOUBTS)


def items_of(processed_dir: str | Path, wanted: set[str] | None = None) -> Iterator[dict]:
    """Yield what a model is shown of each unit (of those `wanted`): id, text, heading, the sentences beside it, form and year."""
    about = store.read_table(processed_dir, "documents").set_index("doc_id")
    form = about["doc_form"].fillna("").to_dict() if "doc_form" in about else {}
    year = {doc: None if pd.isna(value) else int(value) for doc, value in about["year"].items()}
    for units in store.iter_table(processed_dir, "units", _COLUMNS, batch_rows=1):
        docs, texts = units["doc_id"].tolist(), units["text"].tolist()
        headings = units["heading_path"].fillna("").tolist()
        for at, (unit, doc) in enumerate(zip(units["unit_id"], docs, strict=True)):
            if wanted is None or unit in wanted:
                before = texts[at - 1][-_NEAR:] if at and docs[at - 1] == doc else ""
                after = texts[at + 1][:_NEAR] if at + 1 < len(docs) and docs[at + 1] == doc else ""
                around = {"before": before, "after": after, "form": form.get(doc, ""), "year": year.get(doc)}
                yield {"id": unit, "text": texts[at], "heading": headings[at], **around}
