"""The words that carry content: masked text, segmented, without stopwords, names, numbers and guesses."""

from collections import Counter
from collections.abc import Iterable

import pandas as pd

from helpers.segment.lexicon import Lexicon, default_lexicon
from helpers.segment.masks import mask_names
from helpers.segment.names import NameRules, unknown
from helpers.segment.tokens import tokenise

_CHUNK = 20_000  # units held as masked text at a time


def content_words(
    texts: Iterable[str], segmenter: str = "jieba", places: Iterable[str] = (), lexicon: Lexicon | None = None
) -> list[list[str]]:
    """Return for each text the words that can make a topic or a keyness, in order.

    `places` are the corpus's own divisions (`places_of(documents)`). What is left out and why: `word_verdicts`.
    """
    lexicon, texts = lexicon or default_lexicon(), list(texts)
    rules, verdicts, out = NameRules(lexicon, places), {}, []
    for start in range(0, len(texts), _CHUNK):
        masked = mask_names(texts[start : start + _CHUNK], rules.places, lexicon)
        for words in tokenise(masked, segmenter, lexicon):
            for word in words:
                if word not in verdicts:
                    verdicts[word] = why_left_out(word, rules)
            out.append([word for word in words if not verdicts[word]])
    return out


def why_left_out(word: str, rules: NameRules) -> str:
    """Return the rule by which `word` carries no content, or ""."""
    lexicon = rules.lexicon
    if word in lexicon.stopwords:
        return lexicon.stopwords[word]
    if lexicon.content(word) and not any(place in word for place in rules.places):
        return ""
    if len(word) == 1:
        return "single_character"
    if not word.isalpha() or word.isascii():
        return "number"
    return rules.why(word) or ("guess" if unknown(word, lexicon) else "")


def word_verdicts(words: Iterable[str], places: Iterable[str] = (), lexicon: Lexicon | None = None) -> dict[str, str]:
    """Return {word: rule that leaves it out, or ""}, for a reader who misses a word."""
    rules = NameRules(lexicon or default_lexicon(), places)
    return {word: why_left_out(word, rules) for word in words}


def left_out(words: Iterable[str], places: Iterable[str] = (), lexicon: Lexicon | None = None) -> pd.DataFrame:
    """Count what each rule leaves out: rule, n (words), n_distinct, examples (the eight commonest). Sorted by n."""
    often = Counter(words)
    verdicts = word_verdicts(often, places, lexicon)
    frame = pd.DataFrame([(rule, word, often[word]) for word, rule in verdicts.items() if rule], columns=["rule", "word", "n"])
    frame = frame.sort_values(["n", "word"], ascending=[False, True], kind="stable")
    grouped = frame.groupby("rule")
    out = pd.DataFrame(
        {"n": grouped["n"].sum(), "n_distinct": grouped.size(), "examples": grouped["word"].agg(lambda w: " ".join(w.head(8)))}
    )
    return out.reset_index().sort_values(["n", "rule"], ascending=[False, True], kind="stable").reset_index(drop=True)
