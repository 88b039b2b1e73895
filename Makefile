# Threadline. `make help` lists what there is to do.
#
# Everything runs from .venv, which the first target that needs it makes; nothing is installed outside this folder.

PYTHON ?= python3
PY := .venv/bin/python
UV := .venv/bin/uv
UV_VERSION := 0.13.9
READY := .venv/.installed
TESTS ?= tests
PACKAGES := ai app bot chaos connectors core emulators examples sla storage threadline ticketing web
unexport VIRTUAL_ENV
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help install demo day test test-long check format bench corpora chaos up clean

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' Makefile

install: $(READY) ## Make .venv with everything, development tools included

$(READY): pyproject.toml uv.lock Makefile
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or newer is needed: install python3 (Debian, Ubuntu: apt install python3 python3-venv), or name one with make PYTHON=…"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; $(PYTHON) is $$($(PYTHON) -V). Name another with make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "This Python cannot make virtual environments: install python3-venv (Debian, Ubuntu: apt install python3-venv)"; exit 1; }
	@test -x $(PY) || $(PYTHON) -m venv .venv
	@test -x $(UV) || $(PY) -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@$(UV) sync --frozen --quiet --compile-bytecode
	@$(PY) -m compileall -q -j 2 $(PACKAGES)
	@touch $(READY)

demo: $(READY) ## See it work: a customer writes, a ticket stands in Slack, the answer goes back (ONCE=1: then end; PLAYBOOK=yours.yaml: try that)
	@$(PY) -m app demo $(if $(ONCE),--once) $(if $(PLAYBOOK),--playbook $(PLAYBOOK))

up: $(READY) ## Run Threadline on this machine
	@$(PY) -m app up

test: $(READY) ## Run the tests
	@$(PY) -m pytest $(TESTS) --ignore=tests/browser -n 4 --dist loadscope --no-loadscope-reorder -m "not long and not browser"

test-long: $(READY) ## Run the tests that do not fit five minutes
	@EXAMPLES=all $(PY) -m pytest $(TESTS) -m "(long or hypothesis) and not browser"

.PHONY: test-browser screenshots
test-browser: $(READY) ## Run the tests of the simulator's page, in the system's Chromium
	@$(PY) -m pytest tests/browser -n 2 --dist loadscope -rs

screenshots: $(READY) ## Take the pictures of docs/images anew
	@$(PY) -m tests.browser.pictures

check: $(READY) ## Format, lint, types, import directions
	@$(PY) -m ruff format --check --quiet . || { echo "Run: make format"; exit 1; }
	@$(PY) -m ruff check --quiet .
	@$(PY) -m mypy
	@$(PY) -c "import sys; from importlinter.cli import lint_imports_command as lint; lint()"

.PHONY: reference
reference: $(READY) ## Write docs/playbook.md anew from the models
	@$(PY) -m ticketing.playbook.language.reference > docs/playbook.md.new && mv docs/playbook.md.new docs/playbook.md

.PHONY: snapshots
snapshots: $(READY) ## Write the examples of every view in Slack anew, to look at the difference (tests/bot/views/snapshots)
	@$(PY) -m tests.bot.views.snapshots

format: $(READY) ## Put the code in its usual form
	@$(PY) -m ruff format --quiet .
	@$(PY) -m ruff check --quiet --fix .

day: $(READY) ## A whole working day, through the wire and a real browser (needs Chromium)
	@$(PY) -m day

bench: $(READY) ## Measure: ours against the raw limit of this machine
	@$(PY) -m bench

corpora: $(READY) ## Hold the emulators and our doors against payloads and schemas of other people's (DIR=their folder)
	@$(PY) -m tests.corpora $(DIR)

chaos: $(READY) ## Kill everything at random while people work, then balance the books (MINUTES=10 RATE=20 SEED=… CHAOS=--returns)
	@$(PY) -m chaos --minutes $(or $(MINUTES),1) --rate $(or $(RATE),10) $(if $(SEED),--seed $(SEED)) $(CHAOS)

clean: ## Remove .venv and var (with an ordinary user's embedded database)
	rm -rf .venv var .pytest_cache
