# Five verbs: run, test, lint, bench, image. Each does all the set-up it needs; a checkout and Python 3.11+ are enough.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
ARGS   ?=
JOBS   ?= auto

# The real feeds the corpus tests read; without them those tests skip and say so.
ifneq ($(wildcard ../shared/corpus/NEWS.tsv),)
export FEEDHUB_TEST_DATA ?= $(abspath ../shared)
endif

.PHONY: help run demo test test-slow lint format bench image lock clean

help:                    ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

run: $(VENV)/.run        ## poll config/feeds.yaml and serve the merged feed
	$(BIN)/feedhub serve $(ARGS)

demo: $(VENV)/.run       ## a small newsroom on this machine and the hub on top; needs no network
	$(BIN)/feedhub demo $(ARGS)

test: $(VENV)/.dev       ## what Python alone can run
	$(BIN)/pytest -m "not slow" -n $(JOBS) $(ARGS)

test-slow: $(VENV)/.dev  ## real feeds, browser, reader clients
	$(BIN)/pytest -m slow -n $(JOBS) --dist loadscope $(ARGS)

lint: $(VENV)/.dev       ## ruff, mypy, and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.dev     ## let ruff mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.dev      ## every benchmarks/bench_*.py; ARGS=pass for those named so
	$(BIN)/python benchmarks/run.py $(ARGS)

image:                   ## the container image, by docker, podman or buildah; no daemon needed
	deploy/image.sh $(ARGS)

lock: $(VENV)/.dev       ## renew the lock files: every version exact, every file with its hash
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --upgrade \
	    pyproject.toml --group build -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	    pyproject.toml --extra fulltext --group build --group dev -c requirements.lock -o requirements-dev.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --upgrade \
	    tests/support/redbot/requirements.in -o tests/support/redbot/requirements.lock

clean:                   ## take away what make and the tools have made
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis dist

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "feedhub needs Python 3.11 or newer; name one: make PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check

$(VENV)/.run: requirements.lock pyproject.toml | $(BIN)/python
	$(INSTALL) --require-hashes -r requirements.lock
	$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements-dev.lock pyproject.toml | $(BIN)/python
	$(INSTALL) --require-hashes -r requirements-dev.lock
	$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $(VENV)/.run $@
