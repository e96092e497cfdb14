"""Shared fixtures: the invented corpus, and one whole run over it that every test of results looks at."""

from pathlib import Path

import pytest

from helpers import pipeline

FIXTURES = Path(__file__).parent / "fixtures"


@pytest.fixture(scope="session")
def invented_corpus() -> Path:
    """Four invented documents of two counties, two years each, without a manifest."""
    return FIXTURES / "corpus"


@pytest.fixture(scope="session")
def whole_run(invented_corpus, tmp_path_factory) -> Path:
    """Every notebook executed in order on the invented corpus, and the report; returns the output folder."""
    out = tmp_path_factory.mktemp("whole_run")
    pipeline.Run(pipeline.Folders(invented_corpus, out), {}, jobs=2)()
    return out
