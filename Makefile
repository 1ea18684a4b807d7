# Mainstay's commands; `make` alone lists them. PORT=8001 make run, PYTHON=python3.12 make run.
.DEFAULT_GOAL := help
.PHONY: help run restore-drill test quick check-all chaos chaos-selftest screenshots pictures strangers lint environment test-environment lock

# The first Python that can read deploy/environment.py; that file finds a newer one where this is too old.
FIND := $(shell command -v "$(or $(PYTHON),python3)" || command -v python)
ENVIRONMENT = $(if $(FIND),"$(FIND)" deploy/environment.py,@echo "Mainstay needs Python 3.11 or newer, and none was found. Install it, or name it: make run PYTHON=/path/to/python3" >&2; exit 1;)
BIN := .venv/bin
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: environment ## Serve the demo at http://localhost:8000 (PORT= for another port)
	@exec $(BIN)/python manage.py serve --demo

restore-drill: environment ## Prove that a backup of a running site becomes that site again
	@$(BIN)/python deploy/drill.py

test: test-environment ## Run what every change must pass, with a real PostgreSQL, Redis and Chromium (ARGS= for pytest alone)
	@$(BIN)/python -m $(if $(ARGS),pytest $(ARGS),tests.run)

quick: test-environment ## Lint, types, contracts and the tests nearest to what changed: run it while you work
	@$(BIN)/python deploy/check.py quick
	@$(BIN)/python -m pytest -q -n 2 --dist loadfile $$($(BIN)/python -m tests.nearest) $(ARGS)

check-all: test-environment ## Run everything on both databases, too long for every change
	@$(BIN)/python -m tests.run all

chaos: test-environment ## Kill servers, database, Redis and lines while people write (MINUTES=1 SEED=7), and check every promise
	@$(BIN)/python -m tests.chaos $(or $(MINUTES),1) $(or $(SEED),7)

chaos-selftest: test-environment ## Show that this check sees what it is for: switch off each safeguard in turn
	@$(BIN)/python -m tests.chaos selftest

screenshots: test-environment ## Write every screen, phone and desktop, light and dark, into screenshots/ (ARGS="library 320 large")
	@$(BIN)/python -m tests.screens $(ARGS)

pictures: test-environment ## Take the pictures in README.md and the guides anew, from the demo
	@$(BIN)/python -m tests.screens pictures

strangers: test-environment ## Have Lighthouse judge guests' pages and the Nu checker every page (needs Node and Java)
	@$(BIN)/python -m tests.strangers

lint: test-environment ## Style, types, import order, migrations, and a site that is ready for the public
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
