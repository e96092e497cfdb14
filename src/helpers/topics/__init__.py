"""Tokens to topics, their stability and their shares. Fitted on passages, read for each unit."""

from helpers.topics import agreement, facts
from helpers.topics.agreement import agreements
from helpers.topics.choose import bears, choose, predicts, sweep
from helpers.topics.corpus_model import Prepared, by_size, prepare, prepare_corpus, range_of, settle
from helpers.topics.fields import Field, FieldError, read_fields, seeded_words
from helpers.topics.flow import flows
from helpers.topics.intrusion import topic_intrusion, word_intrusion
from helpers.topics.meaning import LabelError, label, read_labels, typical_sentences
from helpers.topics.models import MODELS, Fit, fit, match, mixture
from helpers.topics.number import Numbers, other_numbers
from helpers.topics.quality import coherence, exclusivity, held_out_gain, overlap, refit_cosines, top_words
from helpers.topics.reading import Reading, read
from helpers.topics.remembered import Remembered
from helpers.topics.rivals import compare
from helpers.topics.seeded import shuffled
from helpers.topics.shares import change, document_topics, group_shares, strongest, topic_tools, unit_mixture
from helpers.topics.stability import Refits, corrected, per_topic, refits

__all__ = [
    "MODELS", "Field", "FieldError", "Fit", "LabelError", "Numbers", "Prepared", "Reading", "Refits", "Remembered",
    "agreement", "agreements", "bears", "by_size", "change", "choose", "coherence", "compare", "corrected",
    "document_topics", "exclusivity", "facts", "fit", "flows", "group_shares", "held_out_gain", "label", "match", "mixture",
    "other_numbers", "overlap", "per_topic", "predicts", "prepare", "prepare_corpus", "range_of", "read", "read_fields",
    "read_labels", "refit_cosines", "refits", "seeded_words", "settle", "shuffled", "strongest", "sweep", "top_words",
    "topic_intrusion", "topic_tools", "typical_sentences", "unit_mixture", "word_intrusion",
]  # fmt: skip
