"""Shared fixtures: the invented corpus, and one whole run over it that every test of results looks at."""

import os
from collections.abc import Iterator
from pathlib import Path

import asked
import pytest
import report_browser
from hypothesis import settings

from helpers import pipeline

# The same random inputs in every run of `make test`; `make fuzz` draws others.
settings.register_profile("same", derandomize=True)
settings.load_profile("default" if os.environ.get("HELPERS_FUZZ") else "same")

FIXTURES = Path(__file__).parent / "fixtures"


@pytest.fixture(scope="session")
def invented_corpus() -> Path:
    """Four invented documents of two counties, two years each, without a manifest."""
    return FIXTURES / "corpus"


@pytest.fixture(scope="module")
def chromium() -> Iterator[report_browser.Browser]:
    """A running Chromium; the tests that ask for it are skipped where it does not start."""
    try:
        made = report_browser.Browser(report_browser.find())
    except (TimeoutError, RuntimeError, OSError) as error:
        pytest.skip(f"Chromium is there but does not start: {error}")
    yield made
    made.close()


@pytest.fixture(scope="session")
def asked_in_run(tmp_path_factory) -> Path:
    """The folder in which the statements of `whole_run` are noted."""
    return tmp_path_factory.mktemp("asked")


@pytest.fixture(scope="session")
def whole_run(invented_corpus, asked_in_run, tmp_path_factory) -> Path:
    """Every notebook executed in order on the invented corpus, and the report; returns the output folder."""
    out = tmp_path_factory.mktemp("whole_run")
    with asked.noted(asked_in_run):
        pipeline.Run(pipeline.Folders(invented_corpus, out), {}, jobs=2)()
    return out
