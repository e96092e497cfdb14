"""Thresholds that tables, captions and the report share, so that they cannot disagree."""

STABLE_OVER_SEEDS = 0.95  # mean matched cosine over seeds that a number of topics must reach
STABLE = 0.75  # mean matched cosine over resamples from which a topic counts as stable
