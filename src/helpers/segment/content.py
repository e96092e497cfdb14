"""The words that carry content: masked text, segmented, without stopwords, names, numbers and guesses."""

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache, partial

import pandas as pd

from helpers import engine
from helpers.segment.lexicon import Lexicon, default_lexicon
from helpers.segment.masks import mask_names
from helpers.segment.names import NameRules, unknown
from helpers.segment.tokens import check, cut_batch

_BATCH = 2_000


def content_words(
    texts: Iterable[str], segmenter: str = "jieba", places: Iterable[str] = (), lexicon: Lexicon | None = None
) -> list[list[str]]:
    """Return for each text the words that can make a topic or a keyness, in order.

    `places` are the corpus's own divisions (`places_of(documents)`). What is left out and why: `word_verdicts`.
    """
    texts = list(texts)
    distinct = list(dict.fromkeys(texts))  # documents copy sentences from one another: each is read once
    known: dict[str, str] = {}  # one object a distinct word: millions of tokens would not fit otherwise
    read = read_distinct(distinct, segmenter, places, lexicon)
    found = {text: [known.setdefault(word, word) for word in words] for text, words in zip(distinct, read, strict=True)}
    return [found[text].copy() for text in texts]


def read_distinct(
    texts: list[str], segmenter: str = "jieba", places: Iterable[str] = (), lexicon: Lexicon | None = None
) -> Iterator[list[str]]:
    """Yield the content words of each text, in order, over all workers."""
    check(segmenter)
    own = lexicon if lexicon is not None and lexicon is not default_lexicon() else None  # a worker loads the shipped one itself
    work = partial(_batch, segmenter=segmenter, places=tuple(places), lexicon=own)
    for batch in engine.map(work, engine.batches(texts, _BATCH)):
        yield from batch


def read_here(texts: list[str], segmenter: str, places: tuple[str, ...]) -> Iterator[list[str]]:
    """Yield the content words of each text, in order, in this process."""
    for batch in engine.batches(texts, _BATCH):
        yield from _batch(batch, segmenter, places, None)


def _batch(texts: list[str], segmenter: str, places: tuple[str, ...], lexicon: Lexicon | None) -> list[list[str]]:
    lexicon = lexicon or default_lexicon()
    rules, verdicts = _judged(lexicon, places)
    cut = cut_batch(mask_names(texts, rules.places, lexicon), segmenter, lexicon)
    return [[word for word in words if not verdicts[word]] for words in cut]


class _Verdicts(dict):
    """Word → rule that leaves it out, or ""; each word is judged when it is first asked for."""

    def __init__(self, rules: NameRules):
        self._rules = rules

    def __missing__(self, word: str) -> str:
        self[word] = why = why_left_out(word, self._rules)
        return why


@lru_cache(maxsize=2)
def _judged(lexicon: Lexicon, places: tuple[str, ...]) -> tuple[NameRules, _Verdicts]:
    """Return the rules of a corpus and the words judged by them so far: the batches of one worker share them."""
    rules = NameRules(lexicon, places)
    return rules, _Verdicts(rules)


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
