"""Adjustments for many comparisons."""

import numpy as np
import pandas as pd


def holm(p_values: pd.Series) -> pd.Series:
    """Adjust p-values for many comparisons by Holm's (1979) step-down method; keeps the index.

    >>> holm(pd.Series([0.01, 0.04, 0.03])).round(2).tolist()
    [0.03, 0.06, 0.06]
    """
    order = np.argsort(p_values.to_numpy(), kind="stable")
    steps = p_values.to_numpy()[order] * (len(p_values) - np.arange(len(p_values)))
    adjusted = np.empty(len(p_values))
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return pd.Series(adjusted, index=p_values.index)
