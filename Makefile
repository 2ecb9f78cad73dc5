# Two commands do everything on a fresh machine with Python 3.11: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SHELL := /bin/bash

.PHONY: demo pictures test check docs bench bench-consumption bench-savings clean
.DELETE_ON_ERROR:

demo: $(VENV)/installed
	$(BIN)/centavo demo --out centavo-demo

test: $(VENV)/installed-dev
	$(BIN)/python -m pytest -n 2 --dist worksteal -q tests

check: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/basedpyright
	$(BIN)/lint-imports
	$(BIN)/deptry src
	$(BIN)/codespell src tests docs benchmarks examples README.md CHANGELOG.md

# Screenshots of every page, light and dark, telephone and desk, in both languages, into ./pictures.
pictures: $(VENV)/installed-dev
	test -d centavo-demo || $(BIN)/centavo demo --out centavo-demo
	cd centavo-demo && ../$(BIN)/centavo audit >/dev/null
	$(BIN)/python -m tests.deliverables.pictures centavo-demo pictures

docs: $(VENV)/installed-dev
	$(BIN)/python -m tests.commands_page

bench: $(VENV)/installed-dev
	$(BIN)/python benchmarks/run.py

# Causes of change against labelled cubes where they are, and findings against the sample's plants.
ANOMALY := $(wildcard ../shared/data/anomaly)
CUBES := $(wildcard ../shared/data/anomaly/rca_cost_v0_cubes.parquet)
PANEL := $(wildcard ../shared/data/anomaly/daily_panel_dev.parquet)

bench-consumption: $(VENV)/installed-bench
	$(BIN)/python benchmarks/root_cause.py $(if $(CUBES),--cubes $(CUBES))
	$(BIN)/python benchmarks/consumption_findings.py
	$(if $(ANOMALY),$(BIN)/python benchmarks/detection.py --data $(ANOMALY))
	$(BIN)/python benchmarks/clusters.py
	$(BIN)/python benchmarks/forecast.py $(if $(PANEL),--panel $(PANEL))
	$(BIN)/python benchmarks/cluster_owners.py

# Savings: routers and certificates on outcomes that others published, and joint plans on conversations,
# where they are; the sample's plants; the speed of a simulation; prompts and
# provider caches.
ROUTING := $(wildcard ../shared/data/routing)
TAU := $(wildcard ../shared/data/tau-bench-airline)

bench-savings: $(VENV)/installed-dev
	$(if $(ROUTING),$(BIN)/python benchmarks/certificates.py)
	$(if $(ROUTING),$(BIN)/python benchmarks/routing.py)
	$(if $(TAU),$(BIN)/python benchmarks/savings_joint.py --data $(TAU) --truth ../shared/data/GROUND_TRUTH.json)
	$(BIN)/python benchmarks/modelfit_findings.py
	$(BIN)/python benchmarks/simulate.py
	$(BIN)/python benchmarks/prompt_cache.py
	$(BIN)/python benchmarks/prompt_findings.py
	$(BIN)/python benchmarks/prompt_rules_speed.py

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "centavo needs Python 3.11 or later")'
	$(PYTHON) -m venv $(VENV)

# uv installs in seconds where it is on the machine; pip does the same elsewhere. Modules are compiled
# when they are first used: most of what the packages bring never is.
INSTALL = $(if $(shell command -v uv),VIRTUAL_ENV=$(CURDIR)/$(VENV) uv pip install -q,$(BIN)/python -m pip install -q --disable-pip-version-check --no-compile)

$(VENV)/installed: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(INSTALL) -c constraints.txt -e '.[report,serve]'
	touch $@

$(VENV)/installed-dev: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(INSTALL) -c constraints.txt -e '.[dev]'
	touch $@ $(VENV)/installed

$(VENV)/installed-bench: $(VENV)/installed-dev
	$(INSTALL) -c constraints.txt -e '.[bench,dev]'
	touch $@

clean:
	rm -rf $(VENV) centavo-demo
