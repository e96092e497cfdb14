"""Thresholds that tables, captions and the report share, so that they cannot disagree."""

STABLE = 0.6  # stability over resamples, corrected for chance, from which a topic counts as carried by the corpus
LEADS = 0.95  # share of refits in which a topic must be the largest before it is called the commonest
LEAST_CARRIED = 3  # topics that must be stable before a corpus is said to carry topics
