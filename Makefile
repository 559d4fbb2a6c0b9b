# `make run` starts the product, `make test` proves it. Everything they need is installed below, into .venv.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= python3
UI := static/ui
OIDC := tests/oidc
export PATH := $(CURDIR)/$(BIN):$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1
UV_VERSION := 0.13.9
PYTEST_WORKERS ?= 2
CHAOS_WORKERS ?= 3

.PHONY: help run setup setup-test otel pdf assets guide test lint types contracts ui-test chaos bench pictures lock clean

help: ## Show the commands
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: setup ## Set up what changed, then start everything and print the address
	@exec $(BIN)/python manage.py up

setup: $(VENV)/.synced assets

setup-test: $(VENV)/.synced-dev assets $(VENV)/.chromium $(OIDC)/node_modules/.package-lock.json

$(VENV)/.uv: 
	@$(PYTHON) -c 'import sys; sys.exit("Lockgate needs Python 3.11 or newer; this is %d.%d. Set PYTHON=/path/to/python3." % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	@echo "Making $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet uv==$(UV_VERSION)
	@touch $@

# A development environment already holds the product's packages, so `run` never takes them away again.
$(VENV)/.synced: requirements.lock $(VENV)/.uv
	@echo "Installing packages"
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.synced-dev: requirements-dev.lock $(VENV)/.synced
	@echo "Installing test packages"
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-dev.lock
	@touch $@

otel: $(VENV)/.synced-otel ## Install OpenTelemetry, which OTEL_EXPORTER_OTLP_ENDPOINT needs

$(VENV)/.synced-otel: requirements-otel.lock $(VENV)/.synced
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-otel.lock
	@touch $@

pdf: $(VENV)/.synced-pdf ## Install WeasyPrint, which reports as PDF need (with Debian's libpangoft2-1.0-0 and libharfbuzz-subset0)

$(VENV)/.synced-pdf: requirements-pdf.lock $(VENV)/.synced
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-pdf.lock
	@touch $@

# The OpenID provider that tests sign in by.
$(OIDC)/node_modules/.package-lock.json: $(OIDC)/package-lock.json $(VENV)/.synced-dev
	@cd $(OIDC) && npm ci --silent
	@touch $@

$(VENV)/.chromium: tests/install_packages.sh
	@bash tests/install_packages.sh
	@touch $@

assets: $(VENV)/.synced ## Build the front end where its sources changed
	@$(BIN)/python static/build.py

guide: $(VENV)/.synced ## Run the Python blocks of a guide in order: make guide GUIDE=FILE
	@$(BIN)/python -m tests.guide.follow $(or $(GUIDE),docs/guide.md)

lint: $(VENV)/.synced-dev
	ruff format --check .
	ruff check .

types: $(VENV)/.synced-dev
	mypy

contracts: $(VENV)/.synced-dev
	lint-imports

ui-test: setup-test ## Lint, type-check and test the front end
	$(BIN)/python static/build.py --check

test: setup-test ## Linters, contracts, types and all tests, on real services and a real browser
	$(BIN)/python tests/run_all.py

chaos: setup-test ## Kill real processes until the promises are shown to hold
	$(BIN)/python -m pytest tests/chaos -q -n $(CHAOS_WORKERS) --dist worksteal --own-services

bench: setup-test ## Measure (six minutes on an idle machine), and write benchmarks/RESULTS.md
	$(BIN)/python -m benchmarks

pictures: setup-test ## Take the pictures of docs/images again
	$(BIN)/python docs/take_pictures.py

lock: $(VENV)/.uv ## Resolve the lock files again after a change of pyproject.toml
	uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 pyproject.toml -o requirements.lock
	uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 --extra otel pyproject.toml -o requirements-otel.lock
	uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 --extra pdf pyproject.toml -o requirements-pdf.lock
	uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 --extra otel --extra pdf --group dev pyproject.toml -o requirements-dev.lock

clean: ## Remove what can be made again (never .data)
	rm -rf $(VENV) .bench $(UI)/node_modules $(OIDC)/node_modules static/dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
