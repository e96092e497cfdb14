"""What a notebook's fingerprint holds is what the notebook reads, and no more: the shipped files that it opens are watched."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from helpers import pipeline, store
from helpers.pipeline import notebooks, parameters

NOT_ALWAYS = {"codebook/llm_prompt.yml", "gold/model.csv"}  # where a language model codes


@pytest.fixture(scope="module")
def opened(whole_run, invented_corpus, tmp_path_factory) -> dict[str, list[str]]:
    folder = tmp_path_factory.mktemp("reads")
    shutil.copytree(whole_run / "processed", folder / "processed")  # and nothing that is remembered
    script = [
        sys.executable,
        str(Path(__file__).with_name("opened.py")),
        str(folder / "processed"),
        str(folder),
        str(invented_corpus),
    ]
    done = subprocess.run(script, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("name", pipeline.NAMES)
def test_a_fingerprint_holds_what_its_notebook_reads_and_no_more(opened, name):
    reads, source = notebooks.READS[name], pipeline.run.source(name)
    used = parameters.used(source)
    named = {p.default for key, p in parameters.of_notebook(source).items() if p.is_path and key in used and p.default}
    held = {*reads.files, *(f"gold/{file}" for file in reads.gold)}
    held |= {Path(path).relative_to("data").as_posix() for path in named if (store.PROJECT_ROOT / path).is_file()}
    assert set(opened[name]) <= held, "read, and not in the fingerprint"
    assert held - set(opened[name]) <= NOT_ALWAYS, "in the fingerprint, and not read"
