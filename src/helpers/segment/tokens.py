"""Text to tokens. jieba is the reference, rjieba its fast twin: same dictionary, same lexicon, same boundaries.

Both are given the runs of Chinese characters only; Latin words and numbers are cut here, because the two differ there.
jieba's own start-up writes a marshal file into the shared temporary folder and reads whatever it finds under that name.
We build its prefix dictionary in memory instead (below a second): there is no cache to share, to poison or to clean up.
"""

import re
import warnings
from collections.abc import Iterable
from functools import cache, lru_cache, partial
from importlib.util import find_spec
from pathlib import Path

import pyarrow as pa
from pyarrow import csv as arrow_csv

from helpers import engine
from helpers.segment.lexicon import Lexicon, default_lexicon

SEGMENTERS = ("jieba", "rjieba")
_PIECE = re.compile(r"[\u4e00-\u9fd5]+|[\u3400-\u4dbf\u9fd6-\u9fff]|[A-Za-z][A-Za-z0-9]*(?:[.+-][A-Za-z0-9]+)*|\d+(?:[.,]\d+)*%?")
_HAN = re.compile(r"[\u4e00-\u9fd5]")
HAN_RUN = re.compile(r"[\u4e00-\u9fd5]+")
# High enough that a word of the lexicon wins against any way to cut it in pieces.
_LEXICON_FREQUENCY = 20_000
_BATCH = 4_000
_STOCK = 100_000  # phrases whose cut a worker remembers: stock phrases come back thousands of times


def tokenise(texts: Iterable[str], segmenter: str = "jieba", lexicon: Lexicon | None = None) -> list[list[str]]:
    """Cut each text into words, Latin words and numbers; punctuation and spaces are left out.

    `segmenter` is "jieba" (Sun Junyi, 2012: longest path in the word graph, hidden Markov model for the rest) or "rjieba",
    its twin in Rust, some twelve times as fast. Raises ValueError for another name.
    """
    check(segmenter)
    work = partial(cut_batch, segmenter=segmenter, lexicon=lexicon)
    known: dict[str, str] = {}  # one object a distinct word: millions of tokens would not fit otherwise
    out = []
    for batch in engine.map(work, engine.batches(texts, _BATCH)):
        out.extend([known.setdefault(word, word) for word in words] for words in batch)
    return out


def check(segmenter: str) -> None:
    """Raise ValueError when there is no such segmenter."""
    if segmenter not in SEGMENTERS:
        raise ValueError(
            f"segmenter {segmenter!r} is none of {', '.join(SEGMENTERS)}: set the parameter `segmenter` to one of them"
        )


def cut_batch(texts: list[str], segmenter: str, lexicon: Lexicon | None) -> list[list[str]]:
    """Cut a batch of texts in one worker."""
    lexicon = lexicon or default_lexicon()
    cut, mixed = cutter(segmenter, lexicon), mixed_words(lexicon)
    return [_cut_text(text, cut, mixed) for text in texts]


def _cut_text(text: str, cut, mixed: re.Pattern | None) -> list[str]:
    out = []
    for number, part in enumerate(mixed.split(text) if mixed else [text]):
        if number % 2:  # re.split puts what the pattern caught at the odd places
            out.append(part)
            continue
        for piece in _PIECE.findall(part):
            if _HAN.match(piece):
                out.extend(cut(piece))
            else:
                out.append(piece)
    return out


def boundaries(words: list[str]) -> set[int]:
    """Return the offsets at which words end, counted in the words joined: to compare two ways of cutting."""
    ends, position = set(), 0
    for word in words:
        position += len(word)
        ends.add(position)
    return ends


@cache
def mixed_words(lexicon: Lexicon) -> re.Pattern | None:
    """Words of the lexicon with letters, digits or signs in them, which no segmenter is asked to keep whole."""
    mixed = [w for w in lexicon.words if not all(_HAN.match(character) for character in w)]
    return re.compile(f"({'|'.join(re.escape(w) for w in sorted(mixed, key=lambda w: (-len(w), w)))})") if mixed else None


@cache
def cutter(segmenter: str, lexicon: Lexicon):
    """Return the function that cuts one run of Chinese characters; its lists are shared, so nobody may change them."""
    words = [w for w in sorted(lexicon.words) if all(_HAN.match(character) for character in w)]
    if segmenter == "rjieba":
        import rjieba

        twin = rjieba.Jieba()
        for word in words:
            twin.add_word(word, _LEXICON_FREQUENCY, None)
        return lru_cache(_STOCK)(twin.cut)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # jieba's source has invalid escape sequences, which newer Pythons report
        import jieba
    reference = jieba.Tokenizer()
    reference.FREQ, reference.total = _prefix_dictionary()
    reference.initialized = True  # so that it neither reads nor writes its cache file
    for word in words:
        reference.add_word(word, _LEXICON_FREQUENCY)
    return lru_cache(_STOCK)(reference.lcut)


def _prefix_dictionary() -> tuple[dict[str, int], int]:
    words = _columns()["word"].to_pylist()
    frequencies = dict(zip(words, _columns()["frequency"].to_pylist(), strict=True))
    total = sum(frequencies.values())
    for size in range(1, max(map(len, words))):
        words = [word for word in words if len(word) > size]
        for beginning in {word[:size] for word in words}.difference(frequencies):
            frequencies[beginning] = 0
    return frequencies, total


@cache
def dictionary() -> dict[str, tuple[int, str]]:
    """Return jieba's dictionary: word → (frequency, part of speech)."""
    words, *rest = (column.to_pylist() for column in _columns().columns)
    return dict(zip(words, zip(*rest, strict=True), strict=True))


@cache
def _columns() -> pa.Table:
    path = Path(find_spec("jieba").origin).parent / "dict.txt"
    names = arrow_csv.ReadOptions(column_names=["word", "frequency", "tag"])
    plain = arrow_csv.ParseOptions(delimiter=" ", quote_char=False)
    kept = arrow_csv.ConvertOptions(column_types={"word": pa.string(), "frequency": pa.int64(), "tag": pa.string()})
    return arrow_csv.read_csv(path, read_options=names, parse_options=plain, convert_options=kept)
