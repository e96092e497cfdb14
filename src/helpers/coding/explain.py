"""Why a unit was coded as it was: every pattern and every n-gram that spoke for or against, with its weight."""

import numpy as np
import pandas as pd

from helpers import codebook as codebooks
from helpers.codebook import STATEMENTS, Codebook
from helpers.codebook.match import Haystack
from helpers.coding import ngrams
from helpers.coding.coder import Coder
from helpers.coding.features import SIZES
from helpers.coding.learner import entries_of

_COLUMNS = ["output", "kind", "what", "text", "start", "end", "weight", "note"]
_SHOWN = 8


def explain(
    text: str, heading: str, codebook: Codebook, labelled: pd.DataFrame | None = None, seed: int = 0, coder: Coder | None = None
) -> pd.DataFrame:
    """Return one row a reason: output (statement or tool), kind, what, text, start, end, weight, note.

    kind is `decision` (what was given, with its score), `entry` (a pattern of the codebook that hit, with its note), `n-gram`
    (the linear learner: the strongest pieces of the text for each output given) or `encoder` (its score of each output given,
    -1 to 1; it gives no reasons). Hits in the heading have start -1.
    Give a `coder` to explain many units without fitting each time.

    >>> from helpers import codebook
    >>> why = explain("对企业给予一次性奖励10万元。", "", codebook.load("data/codebook/policy_tools.yml"))
    >>> why[["output", "kind", "text"]].values.tolist()[1:3]
    [['funding', 'decision', ''], ['measure', 'entry', '对']]
    """
    coder = coder or Coder(codebook, labelled, seed)
    units = pd.DataFrame({"unit_id": ["unit"], "text": [text], "heading_path": [heading]})
    codes, unit_tools = coder.code(units)
    given = {codes.at[0, "statement"]: float(codes.at[0, "statement_score"])}
    given |= dict(zip(unit_tools["tool"], unit_tools["score"].astype(float), strict=True))
    rows = [(name, "decision", "given", "", -1, -1, score, codes.at[0, "coder"]) for name, score in given.items()]
    hits = codebooks.find(entries_of(codebook), [text], [heading])
    entries = entries_of(codebook)
    for number, start, end in zip(hits.entry.tolist(), hits.start.tolist(), hits.end.tolist(), strict=True):
        entry = entries[number]
        words = text[start:end] if start >= 0 else heading
        rows.append((entry.owner, "entry", entry.id, words, start, end, entry.weight, entry.note))
    if coder.learned:
        rows += _strongest(coder, text, list(given))
    if coder.partner:
        scores = dict(zip([*codebook.tools, *STATEMENTS], coder.partner.scores([text], [heading])[0].tolist(), strict=True))
        rows += [(name, "encoder", "score", "", -1, -1, scores[name], "") for name in given if not np.isnan(scores[name])]
    return pd.DataFrame(rows, columns=_COLUMNS)


def _strongest(coder: Coder, text: str, outputs: list[str]) -> list[tuple]:
    """Return the n-grams of `text` that weigh most for each output, strongest first."""
    unit, bucket, start, size = ngrams.grams(Haystack([text]), SIZES, 0)
    learner = coder.learner
    vocabulary = learner.features.vocabularies["text"]
    column = vocabulary.column[bucket]
    known = column >= 0
    start, size, column = start[known], size[known], column[known]
    weights, _ = learner.weights()
    names = [*coder.codebook.tools, *STATEMENTS]
    rows = []
    for output in outputs:
        value = weights[column, names.index(output)] * vocabulary.idf[column]
        for at in np.lexsort((start, -np.abs(value)))[:_SHOWN].tolist():
            first, last = max(int(start[at]), 0), min(int(start[at]) + int(size[at]), len(text))
            rows.append((output, "n-gram", "learned", text[first:last], first, last, round(float(value[at]), 4), ""))
    return rows
