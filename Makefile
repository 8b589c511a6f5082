# A fresh machine needs Python 3.11 or later, git and make; everything else goes into .venv.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo up bench chaos faults fuzz test coverage shots check audit fmt wheelhouse lock clean

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
ARGS ?=
# Four files of tests at once on two cores: much of their time is waiting, for a carrier's clock or
# a process that starts. A file's tests stay together, the long files come first (tests/order.py).
PYTEST_ARGS ?= -n 4 --dist loadfile
# The office, its database and its keys, for everything started from this checkout.
RUN := ALIMNARU_HOME="$${ALIMNARU_HOME:-$(CURDIR)/.alimnaru}"
# Type checking and migrations load the settings; they must not touch an office that is in use.
ALONE := env -u DATABASE_URL ALIMNARU_HOME="$(CURDIR)/.venv/check-home"
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

help: ## what there is to make
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

# --- .venv ----------------------------------------------------------------------------------

.venv/made:
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or later is needed: make PYTHON=...")'
	$(PYTHON) -m venv .venv
	@touch $@

# The checkout itself is linked, not copied; its build tools are part of the lock file.
.venv/installed: requirements.lock pyproject.toml | .venv/made
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/installed-dev: requirements-dev.lock .venv/installed
	$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@

# The console's files: npm's, where the machine has none from a wheel; the compiled English texts.
CONSOLE := $(shell find alimnaru/console -path '*/collected' -prune -o -path '*/vendor' -prune \
	-o \( -name '*.css' -o -name '*.js' -o -name '*.svg' -o -name '*.po' \) -print)
.venv/console: frontend/package-lock.json frontend/install.py frontend/paper_font.py requirements-node.lock $(CONSOLE) .venv/installed
	command -v npm >/dev/null || $(PIP) --require-hashes -r requirements-node.lock
	$(BIN)/python frontend/install.py
	@touch $@

# Browser tests drive Debian's Chromium; elsewhere they use $$CHROMIUM or are skipped, and say so.
.venv/browser: .venv/installed-dev
	test -n "$${CHROMIUM:-}" || command -v chromium >/dev/null || frontend/debian.sh \
		"without a browser its tests are skipped (or set CHROMIUM)" chromium fonts-noto-cjk
	@touch $@

# The database of "another system" in tests; without it they read SQLite files, and say so. The core
# is the program alone: no service, no account and no database of the machine's come with it.
.venv/mariadb: | .venv/made
	command -v mariadbd >/dev/null || test -x /usr/sbin/mariadbd || frontend/debian.sh \
		"tests will read SQLite files in place of MariaDB" mariadb-server-core mariadb-client-core
	@touch $@

# What WeasyPrint sets the type of PDF files with.
.venv/pango: | .venv/made
	$(PYTHON) -c 'import ctypes.util as u, sys; sys.exit(not u.find_library("pangoft2-1.0"))' || \
		frontend/debian.sh "reports come as xlsx only, not as PDF" \
		libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0
	@touch $@

# --- run ------------------------------------------------------------------------------------

demo: .venv/installed .venv/console ## a list in, every resident told once, a report out; ARGS="--keep"
	$(RUN) $(BIN)/alimnaru demo $(ARGS)

up: .venv/installed .venv/console .venv/pango ## database, web, workers, sandbox; Ctrl-C ends them
	$(RUN) $(BIN)/alimnaru up $(ARGS)

bench: .venv/installed-dev .venv/console ## the whole district: 470,000 rows; ARGS="--rows 50000"
	$(RUN) $(BIN)/alimnaru bench $(ARGS)

chaos: .venv/installed-dev .venv/console ## sixty faults at each carrier's protocol while lists are sent
	$(RUN) $(BIN)/alimnaru chaos $(ARGS)

fuzz: .venv/installed-dev .venv/console ## a million odd inputs at everything that reads; ARGS="--inputs 100000"
	env -u DJANGO_SETTINGS_MODULE ALIMNARU_HOME="$(CURDIR)/.venv/check-home" $(BIN)/python -m tests.fuzz $(ARGS)

# How often each fault was tried, and what it did: the table of docs/reliability.md.
FAULTS := out/faults
faults: .venv/installed-dev .venv/console ## the fault report: chaos and the long stories, as a table; ARGS="--faults 20"
	rm -rf $(FAULTS) && mkdir -p $(FAULTS)
	$(RUN) $(BIN)/alimnaru chaos --json $(ARGS) > $(FAULTS)/chaos.json
	FAULT_REPORT="$(CURDIR)/$(FAULTS)/stories.ndjson" env -u DJANGO_SETTINGS_MODULE $(BIN)/pytest -q \
		tests/stories/test_disaster.py tests/stories/test_upgrade.py tests/chaos --deselect tests/chaos/test_ten_faults.py
	$(BIN)/python -m alimnaru.ops.fault_report $(FAULTS)/chaos.json $(FAULTS)/stories.ndjson

# --- check ----------------------------------------------------------------------------------

test: .venv/installed-dev .venv/console .venv/browser .venv/mariadb .venv/pango ## every test; ARGS="-k roster"
	env -u DJANGO_SETTINGS_MODULE $(BIN)/pytest $(PYTEST_ARGS) $(ARGS)

coverage: .venv/installed-dev .venv/console .venv/browser .venv/mariadb .venv/pango ## every test, measured, with the shares that must be reached
	env -u DJANGO_SETTINGS_MODULE $(BIN)/pytest $(PYTEST_ARGS) --cov --cov-report= $(ARGS)
	$(BIN)/coverage report --fail-under=90
	$(BIN)/coverage report --include='alimnaru/rules/*,alimnaru/carriers/*' --fail-under=100

shots: .venv/installed-dev .venv/console .venv/browser ## a picture of every page of the console, into out/shots
	env -u DJANGO_SETTINGS_MODULE $(BIN)/pytest -q tests/e2e/shots.py $(ARGS)

check: .venv/installed-dev ## lint, format, types, layers, migrations, known faults of packages
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(ALONE) $(BIN)/mypy
	$(BIN)/lint-imports
	$(ALONE) $(BIN)/python -W ignore::RuntimeWarning -m django makemigrations --check --dry-run --settings alimnaru.settings
	$(BIN)/python supply/audit.py

audit: .venv/installed-dev ## known faults of packages; fails too where nobody could be asked
	$(BIN)/python supply/audit.py --strict

fmt: .venv/installed-dev ## put the code into its form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# --- ship -----------------------------------------------------------------------------------

# For machines without internet: every wheel that an office needs, checked by its hash, and ours with
# the console's files in it. Made on a machine of the same kind (Python, processor) as the office's.
wheelhouse: .venv/installed .venv/console ## dist/wheelhouse: an installation without internet
	rm -rf dist/wheelhouse
	$(BIN)/python -m pip download --quiet --require-hashes --only-binary :all: --dest dist/wheelhouse -r requirements.lock
	$(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist/wheelhouse .
	cp requirements.lock dist/wheelhouse/
	cd dist/wheelhouse && sha256sum * > SHA256SUMS

# --- keep -----------------------------------------------------------------------------------

# Names no index and no path: the files must say the same wherever they are made.
# Extras stay in the names: without them pip looks past the pin for `coverage[toml]`, and an install
# breaks on the day a newer release appears.
COMPILE := $(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
	--no-header --no-strip-extras --annotation-style line --no-emit-index-url --no-emit-find-links

lock: .venv/installed-dev ## anew: requirements.lock, requirements-dev.lock; ARGS="--upgrade"
	$(PIP) uv
	$(COMPILE) $(ARGS) pyproject.toml requirements-build.in --output-file requirements.lock
	$(COMPILE) $(ARGS) requirements-node.in --output-file requirements-node.lock
	$(COMPILE) $(ARGS) pyproject.toml requirements-build.in --extra dev \
		--constraint requirements.lock --output-file requirements-dev.lock

clean: ## forget .venv and every cache; the office in .alimnaru stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage* htmlcov
