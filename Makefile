# Chizheng. Two commands matter: `make up` and `make test`.
PORT ?= 8000
PYTHON ?= python3
PY := .venv/bin/python
export PORT

.DEFAULT_GOAL := help
.PHONY: help up test test-fast bench-exam old-browsers lint types contracts words faults lock clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

.venv/ready: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed."; exit 1; }
	@test -x $(PY) || $(PYTHON) -m venv .venv 2>/dev/null || { rm -rf .venv; scripts/system-packages python3-venv && $(PYTHON) -m venv .venv; }
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

.venv/ready-dev: .venv/ready requirements-dev.lock
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

up: .venv/ready ## install, migrate, load the demo county and serve on PORT (8000)
	@$(PY) manage.py serve

test: .venv/ready-dev ## run everything: contracts, types, both databases, the browser
	@scripts/test

test-fast: .venv/ready-dev ## run the suite on SQLite alone, without browser
	$(PY) -m pytest -n 2 -m "not browser and not celery and not real_database"

bench-exam: .venv/ready-dev ## measure exam day (N=200 candidates, PACE=10 s between saves, WEB=1 servers; docs/benchmarks.md)
	@$(PY) -m tests.bench.exam

old-browsers: .venv/ready-dev ## sit an exam in Chromium 72 and 80 (fetched once by npm, 76 MB)
	@$(PY) -m tests.e2e.old_browsers

lint: .venv/ready-dev ## check style
	$(PY) -m ruff check . && $(PY) -m ruff format --check .

types: .venv/ready-dev ## check types
	$(PY) -m mypy lms content courses exams

contracts: .venv/ready-dev ## check the direction of imports
	.venv/bin/lint-imports

words: .venv/ready ## bring the message catalogues in step with the code and list what lacks Chinese
	$(PY) manage.py words update && $(PY) manage.py words missing

faults: .venv/ready-dev ## print the fault matrix with its tests (docs/faults.md)
	$(PY) -m tests.faults.matrix

lock: .venv/ready-dev ## resolve dependencies anew
	$(PY) -m pip install --quiet uv
	.venv/bin/uv pip compile -q pyproject.toml -o requirements.lock --generate-hashes --python-version 3.11 --no-header --no-annotate
	.venv/bin/uv pip compile -q pyproject.toml --group dev -o requirements-dev.lock --generate-hashes --python-version 3.11 --no-header --no-annotate -c requirements.lock

clean: ## remove the environment (never the data)
	rm -rf .venv
