"""Some dozens of documents, long enough that a process can be caught at work on them, and that work as a script."""

from pathlib import Path

N_DOCUMENTS = 80
_WORDS = ["支持企业技术改造", "建设园区标准厂房", "到2025年培育规模企业", "设立产业引导基金", "引进高层次人才", "优化营商环境"]
# python -c WORK RAW PROCESSED: read, then code by rules; say how many documents were worked on each time
WORK = """
import sys
from helpers import codebook, coding, corpus
raw, out = sys.argv[1:]
print(corpus.write(raw, out).n_made)
books = [codebook.load(f"data/codebook/{name}.yml") for name in ("policy_tools", "value_chain")]
print(coding.write(out, *books, method="rules").n_made)
"""


def write(folder: Path) -> Path:
    """Write the documents: 300 sentences each, no two documents alike."""
    for number in range(N_DOCUMENTS):
        lines = [f"平江县第{number}号方案", "一、主要任务"]
        lines += [f"{_WORDS[line * number % 6]}{line}项。{_WORDS[(line + number) % 6]}{number}处。" for line in range(150)]
        (folder / f"d{number:02d}.txt").write_text("\n".join(lines), encoding="utf-8")
    return folder


def parts(processed: Path, step: str) -> int:
    """Count the parts of a step that are there."""
    return sum(1 for path in (processed.with_name(f"{processed.name}.parts") / step).glob("*/*") if path.name[0] != ".")
