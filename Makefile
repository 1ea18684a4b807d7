# Mainstay's commands; `make` alone lists them. PORT=8001 make run, PYTHON=python3.12 make run.
.DEFAULT_GOAL := help
.PHONY: help run restore-drill test test-on-postgresql chaos chaos-selftest screenshots check lint environment test-environment lock

# The first Python that can read deploy/environment.py; that file finds a newer one where this is too old.
FIND := $(shell command -v "$(or $(PYTHON),python3)" || command -v python)
ENVIRONMENT = $(if $(FIND),"$(FIND)" deploy/environment.py,@echo "Mainstay needs Python 3.11 or newer, and none was found. Install it, or name it: make run PYTHON=/path/to/python3" >&2; exit 1;)
BIN := .venv/bin
# The tests of a file share what is slow to make, so they stay on one worker. (loadgroup groups nothing with pytest 9.2: pytest-xdist#1386.)
PYTEST := $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: environment ## Serve the demo at http://localhost:8000 (PORT= for another port)
	@exec $(BIN)/python manage.py serve --demo

restore-drill: environment ## Prove that a backup of a running site becomes that site again
	@$(BIN)/python deploy/drill.py

test: test-environment ## Run every test, with a real PostgreSQL, Redis and Chromium
	@$(PYTEST) $(ARGS)

test-on-postgresql: test-environment
	@MAINSTAY_TEST_ON=postgresql $(PYTEST) $(foreach part,browser delivery flows house upgrade,--ignore=tests/$(part)) $(ARGS)

chaos: test-environment ## Kill servers, database, Redis and lines while people write (MINUTES=1 SEED=7), and check every promise
	@$(BIN)/python -m tests.chaos $(or $(MINUTES),1) $(or $(SEED),7)

chaos-selftest: test-environment ## Show that this check sees what it is for: switch off each safeguard in turn
	@$(BIN)/python -m tests.chaos selftest

screenshots: test-environment ## Write every screen, phone and desktop, light and dark, into screenshots/ (ARGS=word takes some)
	@$(BIN)/python -m tests.screens $(ARGS)

check: lint test-on-postgresql test ## Run what every change must pass: lint, types, contracts, migrations, deployment, tests

lint: test-environment ## Everything in check that is no test
	@$(BIN)/python deploy/check.py

environment:
	@$(ENVIRONMENT)

test-environment:
	@$(ENVIRONMENT) --tests

lock: ## Rewrite both lock files from their .in files (ARGS=--upgrade for newer releases)
	@"$(FIND)" -m venv .lock-env && .lock-env/bin/pip install --quiet --disable-pip-version-check uv
	@for in in requirements tests/requirements; do \
	  .lock-env/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate $(ARGS) \
	    $$in.in -o $$in.txt || exit 1; done
	@rm -rf .lock-env
