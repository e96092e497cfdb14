"""The usual script of this field, as the yardstick: jieba, then pandas str.contains once a pattern."""

import atexit
import re
import shutil
import sys
import tempfile
from pathlib import Path

import jieba
import pandas as pd

from helpers import codebook
from helpers.codebook import Codebook

jieba.dt.tmp_dir = tempfile.mkdtemp(prefix="jieba-")  # it loads its cache by marshal: not from a folder that all may write to
atexit.register(shutil.rmtree, jieba.dt.tmp_dir, ignore_errors=True)


def words_of(codebook: Codebook, most: int = 500) -> list[str]:
    """Return `most` words of a codebook's entries, spread over all of them."""
    words = sorted({word for entry in codebook.entries for word in entry.words})
    return words[:: max(1, len(words) // most)][:most]


def jieba_and_pandas(texts: list[str], words: list[str]) -> pd.DataFrame:
    """Segment every sentence, then look for every word in every sentence."""
    frame = pd.DataFrame({"text": texts})
    frame["tokens"] = [" ".join(jieba.cut(text)) for text in frame["text"]]
    found = {word: frame["text"].str.contains(word, regex=False) for word in words}
    return pd.concat([frame, pd.DataFrame(found)], axis=1)


def plain_re(texts: list[str], words: list[str]) -> int:
    """Look for all words with one alternation of `re`, sentence by sentence."""
    pattern = re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True))))
    return sum(len(pattern.findall(text)) for text in texts)


def main(folder: str) -> None:
    """Read a folder, cut at full stops and semicolons, and do what the script does; nothing is cleaned and nothing written."""
    texts = (path.read_text(encoding="utf-8") for path in sorted(Path(folder).glob("*.txt")))
    sentences = [part for text in texts for part in re.split("[。;；\n]", text) if part.strip()]
    jieba_and_pandas(sentences, words_of(codebook.load("data/codebook/policy_tools.yml")))


if __name__ == "__main__":
    main(*sys.argv[1:2])
