"""What a learner gets from 1,000 answers of a model for another codebook: `python -m benchmarks.taught OUT`, OUT a finished run.

`label -n 1000` asks a server on the loopback for codes of the run's sentences with `mcdonnell_elmore.yml`. It answers from the
labelled units and the run's codes, each tool of the first typology read as one of the second, a chosen part of the answers wrong.
The learned coder, cross-fitted, and the rules alone are then held against the gold units, read in the same way.
"""

import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from helpers import codebook, coding, store, validity
from helpers.__main__ import main
from helpers.structure import text_key
from tests.model_server import Endpoint, by_chance, read_as, serving

BOOK = "data/codebook/mcdonnell_elmore.yml"


def truths(processed: Path, labelled: pd.DataFrame) -> dict[str, tuple[str, list[str]]]:
    """Return statement and tools of each sentence in the second typology: as labelled, else as the run has coded it."""
    units, codes, tools = (store.read_table(processed, name) for name in ("units", "codes", "unit_tools"))
    said, used = codes.set_index("unit_id")["statement"], tools.groupby("unit_id")["tool"].agg(list).to_dict()
    found = {text_key(t): (said[u], read_as(used.get(u, []))) for u, t in zip(units["unit_id"], units["text"], strict=True)}
    return found | {text_key(r.text): (r.statement, read_as(r.tools.split(";"))) for r in labelled.itertuples()}


def taught(out: Path, truth: dict, wrong: float, n: int = 1000) -> pd.DataFrame:
    """Let a server that is wrong so often code `n` sentences of a run; return what the next report learns from."""
    tools = codebook.load(BOOK).tools

    def code(unit: dict) -> dict:
        statement, used = truth[text_key(unit["text"])]
        if by_chance(unit["text"], "wrong") < wrong:
            statement, used = "measure", [tools[int(by_chance(unit["text"], "which") * len(tools))]]
        return {"statement": statement, "tools": used, "evidence": unit["text"][:4] if used else ""}

    with serving(Endpoint(code)) as server:
        asked = ["-p", "llm_url", server.url, "-p", "llm_model", "m", "-p", "llm_batch", "50"]
        assert main(["label", "--out", str(out), "--codebook", BOOK, "-n", str(n), *asked]) == 0
    return coding.read_labelled(out / "handcoding" / "gold")


def measure(out: Path) -> None:
    """Print what rules and learners reach on the gold units, for answers of which none, one and three in ten are wrong."""
    scheme, labelled = codebook.load(BOOK), coding.read_labelled("data/gold")
    truth = truths(out / "processed", labelled[labelled["set"].isin(["gold", "train"])])
    units = store.read_table(out / "processed", "units")
    gold = coding.match(labelled[labelled["set"] == "gold"], units).dropna(subset=["unit_id"])
    gold = gold.assign(tools=[";".join(truth[text_key(text)][1]) for text in gold["text"]])
    tried = units[units["unit_id"].isin(gold["unit_id"])].reset_index(drop=True)[["unit_id", "text", "heading_path"]]
    for wrong in (0.0, 0.1, 0.3):
        with TemporaryDirectory() as folder:
            teaching = taught(Path(shutil.copytree(out, Path(folder) / "run")), truth, wrong)
        for method in ("learned", "linear", "rules")[: 2 if wrong else 3]:
            paired = coding.pair(gold, *coding.code_units(tried, scheme, teaching, 1, method), scheme)
            hit, said, there = (
                (m).sum() for m in (paired.gold_tools & paired.machine_tools, paired.machine_tools, paired.gold_tools)
            )
            kappa = validity.cohen_kappa(paired.gold, paired.machine)
            print(
                f"{wrong:.0%} wrong, {method}: micro F1 {2 * hit / (said + there):.2f}, κ {kappa:.2f}, {len(paired)} gold units"
            )


if __name__ == "__main__":
    measure(Path(sys.argv[1]))
