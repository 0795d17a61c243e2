# Two commands: `make lab` to learn, `make test` to check everything.
# PYTHON=python3.13 chooses another Python; LAB="--port 9000" hands options to JupyterLab.
PYTHON ?= python3
LAB ?=
bin = .venv/bin
pytest = $(bin)/python -m pytest
some_notebooks = $(wildcard notebooks/*.ipynb)
compile = $(bin)/uv --no-config pip compile --quiet $(NEWEST) --universal --python-version 3.11 --fork-strategy fewest \
	--generate-hashes --no-emit-index-url --no-annotate --custom-compile-command "make lock"

.PHONY: lab setup setup-test test lint unit nbval e2e notebooks bench lock clean
.NOTPARALLEL:

lab:
	@$(PYTHON) tools/setup.py lab $(LAB)

setup:
	@$(PYTHON) tools/setup.py

setup-test:
	@$(PYTHON) tools/setup.py test

# In this order; the browser comes last and alone, because it reports latencies.
test: lint unit nbval e2e

lint: setup-test
	$(bin)/ruff check
	$(bin)/mypy pagesim coursework

unit: setup-test
	$(pytest) -n 2 --doctest-modules --ignore=tests/e2e tests pagesim coursework

nbval: setup-test
	$(if $(some_notebooks),$(pytest) -n 2 --dist loadscope --nbval --nbval-current-env --nbval-sanitize-with tests/nbval_sanitize.cfg notebooks)

e2e: setup-test
	$(pytest) tests/e2e

notebooks: setup-test
	$(bin)/python -m coursework build

bench: setup-test
	$(bin)/python -m benchmarks

# Keeps the versions that stand in the locks; `make lock NEWEST=--upgrade` moves them.
lock: setup
	$(bin)/python -m pip install --quiet uv
	$(compile) pyproject.toml tools/lock.in -o requirements.lock
	$(compile) pyproject.toml tools/lock.in --extra test -c requirements.lock -o requirements-test.lock

clean:
	rm -rf .venv build dist artifacts *.egg-info .pytest_cache .hypothesis .mypy_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
