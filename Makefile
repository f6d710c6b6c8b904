# Everything runs in an environment of its own, made on first use.
# `make test VENV=/tmp/venv PYTHON=python3.13 JOBS=4` changes where and with what.

PYTHON ?= python3
VENV ?= .venv
JOBS ?= 2
# What to stand on: dev, the versions that everybody works with; lowest, the oldest that
# may serve; newest, what the index gives today.
GROUND ?= dev
COUNT ?= 2000
SEED ?= 1

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
# By file: the examples of one page build on each other.
PYTEST := $(BIN)/python -m pytest -n $(JOBS) --dist loadfile
PAGES = $(wildcard README.md CONTRIBUTING.md docs)
LOCK = $(BIN)/uv --no-config pip compile --quiet --upgrade --universal \
  --python-version 3.11 --generate-hashes --custom-compile-command 'make lock'

.DEFAULT_GOAL := help
.PHONY: help demo test deep einvoices spark fuzz suite lowest newest matrix lint format types typed dist api docs \
  docs-check screens pictures bench mutants messages rules lock check clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-11s %s\n", $$1, $$2}' Makefile

demo: $(VENV)/.demo-installed ## bill the example of a growing team
	@$(BIN)/python -m seatbill bill examples/growing-team.json

test: $(VENV)/.dev-installed ## run all tests and examples, every branch covered
	$(PYTEST) --cov --cov-report=term

deep: $(VENV)/.dev-installed ## search for counterexamples much longer
	HYPOTHESIS_PROFILE=deep $(PYTEST) tests

einvoices: $(VENV)/.dev-installed ## check 500 random e-invoices by the official rules
	SEATBILL_EINVOICES=500 $(BIN)/python -m pytest tests/test_einvoices.py

spark: $(VENV)/.dev-installed ## bill through Spark, where there is Java
	$(PIP) install 'pyspark[sql]>=4.0'
	SEATBILL_SPARK=1 $(BIN)/python -m pytest tests/test_arrow_engines.py tests/test_arrow_nightly.py \
	  tests/test_forecasts.py

suite: $(VENV)/.dev-installed # the tests of the library: no site, no browser
	$(PYTEST) $(patsubst %,--ignore tests/test_%.py,docs documents_screens)

lowest: ## run the tests with the oldest versions that may serve
	$(MAKE) suite VENV=$(VENV)-lowest GROUND=lowest

newest: ## run the tests with what the index gives today
	$(MAKE) suite VENV=$(VENV)-newest GROUND=newest || \
	  { $(VENV)-newest/bin/python tests/grounds.py newest; exit 1; }

matrix: ## run the tests on each Python that is on this machine
	@$(PYTHON) tests/grounds.py matrix $(VENV)
fuzz: $(VENV)/.dev-installed ## feed documents that somebody got wrong: COUNT=300000 SEED=1
	$(BIN)/python tests/fuzz.py $(COUNT) $(SEED)

lint: $(VENV)/.dev-installed ## check style and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(VENV)/.dev-installed ## put style and format right
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(VENV)/.dev-installed ## check the types
	$(BIN)/mypy $(wildcard src bench)

typed: $(VENV)/.types-installed ## check that the types of the wheel are complete
	rm -rf build/wheel build/typed
	$(PIP) wheel --no-deps --no-build-isolation --wheel-dir build/wheel .
	$(PIP) install --no-deps --target build/typed build/wheel/*.whl
	PATH="$(abspath $(BIN)):$$PATH" PYTHONPATH=build/typed $(BIN)/pyright \
	  --ignoreexternal --verifytypes seatbill

dist: $(VENV)/.dev-installed ## build what is published, into dist
	rm -rf dist
	$(BIN)/python -m hatchling build

api: $(VENV)/.dev-installed ## write down the public names, to be compared
	PYTHONPATH=docs/_ext $(BIN)/python tests/public_api.py

docs: $(VENV)/.dev-installed ## build the pages into build/docs, and look through them
	$(BIN)/python -m sphinx --nitpicky --fail-on-warning --keep-going --quiet \
	  --doctree-dir build/doctrees docs build/docs
	SEATBILL_SITE=$(abspath build/docs) $(BIN)/python -m pytest --quiet \
	  tests/test_docs.py tests/test_docs_made.py

docs-check: $(VENV)/.dev-installed ## run the code blocks of the pages
	$(BIN)/python -m pytest $(PAGES)

.PHONY: desk desk-check
desk: $(VENV)/.dev-installed ## start the small service of examples/desk
	cd examples && $(abspath $(BIN))/python -m desk

desk-check: $(VENV)/.dev-installed ## try the desk whole: a browser, a load, twenty kills
	SEATBILL_DESK=whole $(BIN)/python -m pytest $(wildcard tests/test_desk_*.py) -s -n 0

screens: $(VENV)/.dev-installed ## show every document in Chromium and measure it
	$(BIN)/python tests/screens/run.py

pictures: $(VENV)/.dev-installed ## take the pictures of the docs in Chromium
	$(BIN)/python tests/screens/pictures.py

bench: $(VENV)/.dev-installed ## measure the speed
	$(BIN)/python -m bench

messages: $(VENV)/.dev-installed ## extract the messages, update and compile the catalogues
	$(BIN)/python tests/messages.py

.PHONY: bytes
bytes: $(VENV)/.dev-installed ## write the digests of all that is written anew
	$(BIN)/python tests/same_bytes.py --write

mutants: $(VENV)/.dev-installed ## change MODULE a little, and see whether a test minds
	PYTHONPATH=tests $(BIN)/python -m mutating $(MODULE)

rules: $(VENV)/.dev-installed ## show which test shows which rule
	$(BIN)/python tests/rules_table.py

lock: $(VENV)/.uv-installed ## choose the versions to work with anew
	$(LOCK) --extra dev --output-file requirements/dev.txt pyproject.toml
	$(LOCK) --extra dev --resolution lowest-direct \
	  --output-file requirements/lowest.txt pyproject.toml
	$(LOCK) --group types --constraint requirements/dev.txt \
	  --output-file requirements/types.txt

check: lint types test ## what must pass before a commit

clean: ## remove what the targets made
	rm -rf $(VENV) $(VENV)-* build dist htmlcov .coverage .coverage.* \
	  .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and \
	  "seatbill needs Python 3.11 or newer, and $(PYTHON) is older: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)

# A stamp a set of packages: installed again only when what says so changes.
# As a user installs it: what the index gives today.
$(VENV)/.demo-installed: pyproject.toml | $(BIN)/python
	$(PIP) install --editable '.[json]'
	@touch $@

# As it is developed: from a lock, hatchling for the build included.
ifeq ($(GROUND),newest)
.PHONY: $(VENV)/.dev-installed
$(VENV)/.dev-installed: | $(BIN)/python
	$(PIP) install --upgrade --upgrade-strategy eager --editable '.[dev]'
else
$(VENV)/.dev-installed: requirements/$(GROUND).txt pyproject.toml | $(BIN)/python
	$(PIP) install --require-hashes --requirement $<
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@
endif

$(VENV)/.types-installed: requirements/types.txt $(VENV)/.dev-installed
	$(PIP) install --require-hashes --requirement $<
	@touch $@

$(VENV)/.uv-installed: | $(BIN)/python
	$(PIP) install uv
	@touch $@
