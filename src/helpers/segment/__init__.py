"""Text to tokens: one function for the segmenter and its fast twin, one for the words that carry content."""

from helpers.segment.content import content_words, left_out, word_verdicts
from helpers.segment.corpus import CorpusWords, left_out_of
from helpers.segment.edges import snapped, snapped_all
from helpers.segment.features import Features, Numbered, add_up, count_words, features
from helpers.segment.lexicon import Lexicon, LexiconError, default_lexicon, load
from helpers.segment.masks import mask_names
from helpers.segment.names import division_names, places_of
from helpers.segment.tokens import SEGMENTERS, boundaries, tokenise

__all__ = [
    "SEGMENTERS", "CorpusWords", "Features", "Lexicon", "LexiconError", "Numbered", "add_up", "boundaries", "content_words",
    "count_words", "default_lexicon", "division_names", "features", "left_out", "left_out_of", "load",
    "mask_names", "places_of", "snapped", "snapped_all", "tokenise", "word_verdicts",
]  # fmt: skip
