# make report RAW=folder OUT=folder: own documents, own place for results; without them the project's own.
# make report and make test set up what they need: a virtual environment in .venv from requirements.lock.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

.PHONY: setup report test lab bench simulate lint pdf docs fuzz encoder lock clean

report: setup
	$(BIN)/python -m helpers report $(if $(RAW),--raw "$(RAW)") $(if $(OUT),--out "$(OUT)")

test: setup
	$(BIN)/ruff check src tests training notebooks
	$(BIN)/python -m pytest -n 2

setup: $(READY)

$(READY): requirements.lock pyproject.toml
	@echo "Setting up $(VENV), once: one to two minutes; pip says what it is at."
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)

lab: setup
	$(BIN)/jupyter lab

bench: setup
	$(BIN)/python -m benchmarks

# Corpora with a known truth through the statistics of the library, long versions of the tests: writes docs/VALIDATION.md.
simulate: setup
	OMP_NUM_THREADS=1 $(BIN)/python tests/simulate.py

lint: setup
	$(BIN)/ruff check src tests training notebooks
	$(BIN)/ruff format --check src tests training

pdf: setup
	$(BIN)/python -m helpers pdf

docs: report
	$(BIN)/python -m helpers docs

# A longer look: twenty kills, every call of a run failing in three ways, the growth of each step on long texts and pairs of
# fragments, then SECONDS of atheris a target. It is installed here, from the usual package index, and is not in the lock,
# because it has no wheel for every platform; without it the hypothesis tests of `make test` remain.
SECONDS ?= 60
fuzz: setup
	HELPERS_FUZZ=1 HELPERS_KILLS=20 HELPERS_FAULTS=1 HELPERS_GROWTH=40000 $(BIN)/python -m pytest -p no:cacheprovider -rP \
		tests/test_kills.py tests/test_llm_store.py tests/test_faults.py tests/test_growth.py tests/test_fuzz.py
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement tests/fuzz/requirements.txt
	$(BIN)/python tests/fuzz $(SECONDS)

# Fits the encoder of data/models anew, in an environment of its own: an hour of one core, the same files on the same kind of
# processor. What is finished is kept in build/encoder.
encoder: setup
	$(PYTHON) -m venv build/encoder/venv
	build/encoder/venv/bin/python -m pip install --quiet --disable-pip-version-check --requirement requirements.lock
	build/encoder/venv/bin/python -m pip install --quiet --disable-pip-version-check --no-build-isolation -e '.[encoder]'
	OMP_NUM_THREADS=1 build/encoder/venv/bin/python -m training

# Exact versions with hashes for all platforms, no registry addresses (needs uv, a tool of the maintainer only).
lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url \
		--extra test --extra dask --quiet pyproject.toml --output-file requirements.lock

clean:
	rm -rf $(VENV) report run.json data/processed.parts data/processed/*.parquet data/processed/*.csv figures/*.svg figures/*.csv figures/*.json
