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


def benjamini_hochberg(p_values: pd.Series) -> pd.Series:
    """Adjust p-values so that of all called clear the expected share of false ones is held (Benjamini & Hochberg 1995).

    Where nothing differs at all, that holds the chance of calling anything clear. Missing p-values stay missing; keeps the index.

    >>> benjamini_hochberg(pd.Series([0.01, 0.04, 0.03, None])).round(3).tolist()
    [0.03, 0.04, 0.04, nan]
    """
    known = p_values.dropna().astype(float)
    order = np.argsort(-known.to_numpy(), kind="stable")
    steps = known.to_numpy()[order] * len(known) / (len(known) - np.arange(len(known)))
    adjusted = np.empty(len(known))
    adjusted[order] = np.minimum(np.minimum.accumulate(steps), 1.0)
    return pd.Series(adjusted, index=known.index).reindex(p_values.index)
