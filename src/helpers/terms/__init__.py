"""What the words say before any model: frequency and dispersion, keyness, words in context, what goes with what."""

from helpers.terms.context import contexts, in_context
from helpers.terms.counts import GroupCounts, count_by, frequencies
from helpers.terms.keyness import answer, county_years, keyness, largest_groups
from helpers.terms.network import centralities, cooccurrence, with_nodes, word_network

__all__ = [
    "GroupCounts", "answer", "centralities", "contexts", "cooccurrence", "count_by", "county_years", "frequencies", "in_context",
    "keyness", "largest_groups", "with_nodes", "word_network",
]  # fmt: skip
