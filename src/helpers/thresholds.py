"""Thresholds that tables, captions and the report share, so that they cannot disagree."""

STABLE = 0.75  # mean matched cosine over resamples from which a topic counts as stable
