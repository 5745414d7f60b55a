# Everything goes into .tools, .venv and .cache here; `make test` alone may install system packages,
# and says so. Needs Python 3.11 or newer with pip, and make.

PYTHON ?= python3
UV_VERSION := 0.13.9
VENV := .venv
RUN := $(VENV)/bin/python
# Tests run on both databases, each in this many processes; the slow ones wait more than they work.
PROCESSES ?= 4
PYTEST := $(RUN) -m pytest -n $(PROCESSES) --dist worksteal

# The stamps' names tell what was installed: nothing is done twice, and a changed lock is noticed.
lock_id = $(shell cksum $(1) | cut -d' ' -f1)
UV_STAMP := .tools/.uv-$(UV_VERSION)
RUN_STAMP := $(VENV)/.run-$(call lock_id,requirements.lock)
DEV_STAMP := $(VENV)/.dev-$(call lock_id,requirements-dev.lock)

export UV_CACHE_DIR := $(CURDIR)/.cache/uv
export UV_NO_PROGRESS := 1
export UV_PYTHON_DOWNLOADS := never
# uv does not read pip's settings, but a mirror that is named there is meant for it, too.
PIP_INDEX = $${UV_DEFAULT_INDEX:-$${PIP_INDEX_URL:-$$($(PYTHON) -m pip config get global.index-url 2>/dev/null)}}
UV = index="$(PIP_INDEX)"; [ -z "$$index" ] || export UV_DEFAULT_INDEX="$$index"; .tools/bin/uv
INSTALL = $(UV) pip install --quiet --python $(RUN) --compile-bytecode --require-hashes
COMPILE = $(UV) pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-header --quiet --upgrade

.DEFAULT_GOAL := help
.PHONY: help up test lint bench guards pictures lock clean servers
.SILENT:

help: ## Show this
	sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

up: $(RUN_STAMP) ## Bring all of spellhub up on this machine, until Ctrl-C
	SPELLHUB_PARENT=$$PPID exec $(RUN) manage.py up

test: $(DEV_STAMP) servers ## Run every test, on SQLite and on PostgreSQL
	rm -f .coverage .coverage.*; failed=; \
	echo "Testing on SQLite"; $(PYTEST) --cov --cov-report= --database sqlite || failed=1; \
	echo "Testing on PostgreSQL"; $(PYTEST) --database postgres --only-with-database || failed=1; \
	$(RUN) -m coverage report; [ -z "$$failed" ]

lint: $(DEV_STAMP) ## Check style, types, layers, migrations and settings
	$(VENV)/bin/ruff check
	$(VENV)/bin/ruff format --check
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	unset DATABASE_URL REDIS_URL; data=$$(mktemp -d); trap 'rm -rf "$$data"' EXIT; \
	export SPELLHUB_DATA_DIR="$$data"; \
	$(RUN) manage.py makemigrations --check --dry-run && \
	$(RUN) manage.py check --fail-level WARNING --database default

bench: $(DEV_STAMP) servers ## Measure casts and steps per second
	$(RUN) -m bench

guards: $(DEV_STAMP) servers ## Take each guard out in a copy and see its test fail
	$(RUN) -m tests.guards

pictures: $(DEV_STAMP) ## Make the pictures of the spells and the tools anew
	$(RUN) -m tests.gallery

lock: $(UV_STAMP) ## Pin the newest versions that pyproject.toml allows
	$(COMPILE) --output-file requirements.lock
	$(COMPILE) --group dev --constraints requirements.lock --output-file requirements-dev.lock

clean: ## Remove what make has made here; the data stays
	rm -rf .tools .venv .cache .pytest_cache .mypy_cache .ruff_cache .import_linter_cache \
		.hypothesis .coverage .coverage.* htmlcov

servers: $(DEV_STAMP)
	$(RUN) -m tests.install

$(UV_STAMP):
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "spellhub needs Python 3.11 or newer; name it: make PYTHON=..." >&2; exit 1; }
	echo "Installing uv into .tools"
	rm -rf .tools
	PIP_ROOT_USER_ACTION=ignore PIP_BREAK_SYSTEM_PACKAGES=1 $(PYTHON) -m pip install --quiet \
		--disable-pip-version-check --no-cache-dir --target .tools uv==$(UV_VERSION)
	touch $@

$(RUN): | $(UV_STAMP)
	rm -rf $(VENV)
	$(UV) venv --quiet --python $(PYTHON) $(VENV)
	# The project's own folder is importable for every tool of the environment.
	echo ../../../.. > $$(echo $(VENV)/lib/python*/site-packages)/spellhub.pth

$(RUN_STAMP): | $(RUN)
	echo "Installing what spellhub needs into $(VENV)"
	rm -f $(VENV)/.run-* $(VENV)/.dev-*
	$(INSTALL) --requirement requirements.lock
	touch $@

$(DEV_STAMP): | $(RUN)
	echo "Installing what spellhub and its tests need into $(VENV)"
	rm -f $(VENV)/.run-* $(VENV)/.dev-*
	$(INSTALL) --requirement requirements-dev.lock
	touch $@ $(RUN_STAMP)
