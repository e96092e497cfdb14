"""The labelled sets as rows for fitting."""

import numpy as np
import pandas as pd

from helpers.codebook import STATEMENTS
from helpers.coding.encoder import sequence
from helpers.coding.labelled import REAL
from helpers.coding.pieces import Pieces
from training.fit import Rows


def rows_of(labelled: pd.DataFrame, pieces: Pieces, tools: list[str]) -> Rows:
    """Return the rows of labelled units."""
    texts, headings = labelled["text"].tolist(), labelled["heading"].tolist()
    bare = [sequence(pieces, text, "") for text in texts]
    used = [set(t.split(";")) for t in labelled["tools"]]
    return Rows(
        [s for s, _ in bare],
        [sequence(pieces, text, heading)[0] for text, heading in zip(texts, headings, strict=True)],
        np.array([n for _, n in bare]),
        np.array([STATEMENTS.index(s) for s in labelled["statement"]]),
        np.array([[t in u for t in tools] for u in used]),
        labelled["set"].isin(REAL).to_numpy(),
    )
