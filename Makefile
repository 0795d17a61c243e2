# `make lab` to learn, `make check` while working, `make test` to check everything.
# PYTHON=python3.13 chooses another Python; LAB="--port 9000" hands options to JupyterLab.
PYTHON ?= python3
LAB ?=
bin = .venv-test/bin
# What needs the same drawn problems, kernels or pictures runs in the same of the two processes.
pytest = $(bin)/python -m pytest -n $(processes) --dist loadgroup --durations=20
# Most tests start a Python of their own: what it has compiled is kept.
unexport PYTHONDONTWRITEBYTECODE
compile = $(bin)/uv --no-config pip compile --quiet $(NEWEST) --universal --python-version 3.11 --fork-strategy fewest \
	--generate-hashes --no-emit-index-url --no-annotate --custom-compile-command "make lock" \
	--no-emit-package rfc3987-syntax --no-emit-package lark

which = not exhaustive
processes = 2

.PHONY: attacks elsewhere exhaustive lab setup setup-test setup-bench setup-site check test lint unit nbval e2e test-site latency notebooks site bench lock clean
.NOTPARALLEL:

lab:
	@$(PYTHON) tools/setup.py lab $(LAB)

setup:
	@$(PYTHON) tools/setup.py

setup-test:
	@$(PYTHON) tools/setup.py test

setup-bench:
	@$(PYTHON) tools/setup.py bench

setup-site:
	@$(PYTHON) tools/setup.py site

# What to run while working: without the tests marked as long (those that take seconds, and what is tried on
# everything), and with smaller samples (`tests/samples.py`).
check: which = not exhaustive and not long
check: fewer = --hypothesis-profile=fewer
check: lint unit

# Everything. The browser comes last and alone: it waits for what is drawn.
test: lint unit nbval e2e

lint: setup-test
	$(bin)/ruff check
	$(bin)/ruff format --check
	$(bin)/mypy pagesim coursework

# One process more than cores: many of these tests wait for a deadline, or for a process of their own.
unit e2e: processes = 3
unit: setup-test
	$(pytest) -p no:nbval -m "$(which)" $(fewer) --doctest-modules --ignore=tests/e2e --ignore=tests/notebooks \
		--ignore=tests/nbgrader --ignore=tests/site tests pagesim coursework

# Strict nbval on the notebooks as they stand, where nothing but the wheel is installed, the longest first; then with
# solutions, and through nbgrader.
nbval: setup-test
	$(bin)/python tools/installed.py build/installed
	cd build/installed/notebooks && PYTHONPATH=$(CURDIR)/tests/plugins ../env/bin/python -m pytest -p kept_ports \
		-n 2 --dist loadscope --nbval --nbval-current-env --nbval-sanitize-with $(CURDIR)/tests/nbval_sanitize.cfg $$(ls -r *.ipynb)
	$(pytest) -p no:nbval -m "$(which)" tests/notebooks tests/nbgrader

# All that `make test` takes a sample of: slips in solutions for 200 names, incidents on 50 seeds, every hostile
# notebook, more positions of every picture, 200 examples of each property, notebooks where Linux is not. An hour.
exhaustive: setup-test
	$(pytest) -p no:nbval -m "exhaustive or sampled or hypothesis" --hypothesis-profile=everything \
		--ignore=tests/site tests

# Of these every hostile notebook against every box of this machine, and a class whose graders, workers and
# scheduler are killed, for whoever changes a box or who grades.
attacks: setup-test
	$(pytest) -p no:nbval tests/grading/test_attacks.py tests/grading/test_cluster.py

# Every notebook where Linux is not: what macOS and Windows lack is taken away.
elsewhere: setup-test
	$(pytest) -p no:nbval tests/notebooks/test_elsewhere.py

# JupyterLab as a learner has it: from their environment, not from the tests'. And the site, from a folder.
e2e: setup setup-test
	$(pytest) -p no:nbval -m "$(which)" tests/e2e tests/site

# Every page of the site as `make site` writes it.
test-site: setup-test site
	SITE=site $(pytest) -p no:nbval tests/site

# From a key to the new picture, and from `make lab` to the first, alone on the machine: a report, not a test.
latency: setup setup-test
	$(pytest) -n 0 tests/e2e/measure_latency.py
	$(bin)/python -m tests.e2e.measure_start

notebooks: setup-test
	$(bin)/python -m coursework build

# The course as pages, to be opened from a folder or put on any server.
site: setup-site
	.venv-site/bin/python -m coursework site

# Writes RESULTS.md, in ten minutes; it must have the machine to itself.
bench: setup-bench
	.venv-bench/bin/python -m benchmarks

# Keeps the versions that stand in the locks; `make lock NEWEST=--upgrade` moves them. Left out is what jsonschema
# loads where it can, to check IRIs: a grammar that is worked out anew, two seconds, in everything that reads notebooks.
lock: setup-test
	$(bin)/python -m pip install --quiet uv
	$(compile) pyproject.toml tools/lock.in -o requirements.lock
	$(compile) pyproject.toml tools/lock.in --extra test -c requirements.lock -o requirements-test.lock
	$(compile) pyproject.toml tools/lock.in --extra test --extra bench -c requirements-test.lock -o requirements-bench.lock
	$(compile) pyproject.toml tools/lock.in --extra site -c requirements-test.lock -o requirements-site.lock

clean:
	rm -rf .venv .venv-test .venv-bench .venv-site site build dist artifacts *.egg-info .pytest_cache .hypothesis .mypy_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
