# Everything runs in an environment of its own, made on first use.
# `make test VENV=/tmp/venv PYTHON=python3.13 JOBS=4` changes where and with what.

PYTHON ?= python3
VENV ?= .venv
JOBS ?= 2

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
# By file: the examples of one page build on each other.
PYTEST := $(BIN)/python -m pytest -n $(JOBS) --dist loadfile
PAGES = $(wildcard README.md CONTRIBUTING.md docs)

.DEFAULT_GOAL := help
.PHONY: help demo test deep lint format types docs docs-check screens bench mutants messages rules check clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-11s %s\n", $$1, $$2}' Makefile

demo: $(VENV)/.demo-installed ## bill the example of a growing team
	@$(BIN)/python -m seatbill bill examples/growing-team.json

test: $(VENV)/.dev-installed ## run all tests and examples, every branch covered
	$(PYTEST) --cov --cov-report=term

deep: $(VENV)/.dev-installed ## search for counterexamples much longer
	HYPOTHESIS_PROFILE=deep $(PYTEST) tests

lint: $(VENV)/.dev-installed ## check style and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(VENV)/.dev-installed ## put style and format right
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(VENV)/.dev-installed ## check the types
	$(BIN)/mypy $(wildcard src bench)

docs: $(VENV)/.dev-installed ## build the pages into build/docs, without a warning
	$(BIN)/python -m sphinx --nitpicky --fail-on-warning --keep-going --quiet \
	  --doctree-dir build/doctrees docs build/docs

docs-check: $(VENV)/.dev-installed ## run the code blocks of the pages
	$(BIN)/python -m pytest $(PAGES)

screens: $(VENV)/.dev-installed ## show every document in Chromium and measure it
	$(BIN)/python tests/screens/run.py

bench: $(VENV)/.dev-installed ## measure the speed
	$(BIN)/python -m bench

messages: $(VENV)/.dev-installed ## extract the messages, update and compile the catalogues
	$(BIN)/python tests/messages.py

mutants: $(VENV)/.dev-installed ## change MODULE a little, and see whether a test minds
	$(BIN)/python -m tests.mutants $(MODULE)

rules: $(VENV)/.dev-installed ## show which test shows which rule
	$(BIN)/python tests/rules_table.py

check: lint types test ## what must pass before a commit

clean: ## remove what the targets made
	rm -rf $(VENV) build dist htmlcov .coverage .coverage.* \
	  .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and \
	  "seatbill needs Python 3.11 or newer, and $(PYTHON) is older: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)

# A stamp a set of extras: installed again only when pyproject.toml changes.
$(VENV)/.demo-installed: pyproject.toml | $(BIN)/python
	$(PIP) install --editable '.[json]'
	@touch $@

$(VENV)/.dev-installed: pyproject.toml | $(BIN)/python
	$(PIP) install --editable '.[dev]'
	@touch $@
