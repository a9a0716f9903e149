# One way of doing each thing: `make help` lists the targets.
PYTHON ?= python3
PORT ?= 8000
PY = .venv/bin/python
UV = .venv/bin/uv
# Two cores are what continuous integration has; a larger machine may say WORKERS=8.
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help run test test-browser test-standby test-long fuzz chaos bench lint requirements openapi answers screenshots clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

.venv/runtime: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed: make PYTHON=python3.12 …")'
	@test -x $(PY) || $(PYTHON) -m venv .venv
	$(PY) -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r requirements.txt
	@touch $@

.venv/development: requirements-dev.txt .venv/runtime
	$(PY) -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r requirements-dev.txt
	@touch $@

run: .venv/runtime ## set everything up, load demo data, print a feed, serve on http://127.0.0.1:$PORT
	@PORT=$(PORT) $(PY) manage.py run_demo

# loadgroup: the browser's tests stay in one process, which starts one browser and one product for all of them.
test: lint ## set everything up, then every check and test
	$(PY) -m pytest -n $(WORKERS) --dist loadgroup -m "not standby"

test-browser: .venv/development ## the page's tests in a real Chromium (apt install chromium, or CHROMIUM=its path)
	$(PY) -m pytest -m browser

test-standby: .venv/development ## the product on a primary and a standby that is 300 ms late, and their faults (2 minutes)
	$(PY) -m pytest -m standby

screenshots: .venv/development ## make the pictures in docs/images again, from the demo data
	PYTHONPATH=platform $(PY) -m shots

test-long: .venv/development ## the property tests with 5,000 random worlds, the feed's under every planner setting
	HYPOTHESIS_PROFILE=long $(PY) -m pytest -n $(WORKERS) -m property --timeout 0

fuzz: .venv/development ## 5,000 random requests made from the OpenAPI document; prints the SEED= that repeats them
	@seed=$${SEED:-$$(date +%s)}; echo "make fuzz SEED=$$seed repeats this run."; \
	FUZZ_CASES=5000 FUZZ_SEED=$$seed $(PY) -m pytest -n $(WORKERS) --timeout 0 platform/config/tests/test_fuzz.py

chaos: test-standby ## kill workers and databases under load, flood and stall it; prints a table (15 minutes)
	PYTHONPATH=platform $(PY) -m chaos

bench: .venv/runtime ## benchmarks beside their references; SIZE=small (default), full; writes docs/results.md
	PYTHONPATH=platform $(PY) -m bench

lint: .venv/development ## format, lint, types, import directions, migrations, deployment settings
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	PYTHONPATH=platform .venv/bin/lint-imports
	$(PY) manage.py makemigrations --check --dry-run

requirements: .venv/development ## compile requirements*.txt from requirements*.in
	$(UV) pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header requirements-dev.in -o requirements-dev.txt
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header requirements.in -c requirements-dev.txt -o requirements.txt

openapi: .venv/runtime ## write docs/openapi.json anew, after a change of the API
	$(PY) manage.py spectacular --format openapi-json --validate --fail-on-warn --file docs/openapi.json

answers: .venv/development ## record the answers of every route anew, after a change that the CHANGELOG names
	RECORD_ANSWERS=1 $(PY) -m pytest platform/config/tests/test_answers.py

clean: ## remove the environment and the embedded database (all local data)
	rm -rf .venv .localdb static .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
