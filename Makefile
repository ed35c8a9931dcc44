# Every target sets up what it needs: a virtual environment in .venv (by uv when it is there, else venv and pip).
# Needs Python 3.11+, git and make. ARGS is passed on, e.g. make demo ARGS="--once --json".

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
DATA ?= ../shared/data
PYTEST_ARGS ?=

# A Raspberry Pi's picamera2 needs the system's libcamera bindings.
SITE_FLAG := $(shell $(PYTHON) -c 'import importlib.util as u; print("--system-site-packages" if u.find_spec("libcamera") else "")' 2>/dev/null)
UV := $(shell command -v uv 2>/dev/null)

ifneq ($(UV),)
  CREATE := $(UV) venv -q --allow-existing --python $(PYTHON) $(SITE_FLAG) $(VENV)
  INSTALL := VIRTUAL_ENV=$(CURDIR)/$(VENV) $(UV) pip install -q
  # mediapipe brings its own OpenCV with a desktop's libraries: the headless one goes over it.
  HEADLESS := VIRTUAL_ENV=$(CURDIR)/$(VENV) $(UV) pip install -q --reinstall-package opencv-python-headless --no-deps opencv-python-headless
else
  CREATE := $(PYTHON) -m venv $(SITE_FLAG) $(VENV)
  INSTALL := $(BIN)/python -m pip install -q --disable-pip-version-check
  HEADLESS := $(BIN)/python -m pip install -q --disable-pip-version-check --force-reinstall --no-deps opencv-python-headless
endif

ROUNDS ?= 300
STORE ?= sqlite

.PHONY: help demo test test-long chaos check format bench eval clean

help:
	@echo "make demo    the whole product on this machine, with a shipped clip (ARGS=\"--once --json\")"
	@echo "make test    all tests (PYTEST_ARGS=\"-k name\"; --no-skips fails what lacks something)"
	@echo "make test-long  ten minutes of faults: the journal's long tests"
	@echo "make chaos   kills and cuts from kiosk to database (ROUNDS=300 STORE=sqlite), and what is lost: nothing"
	@echo "make check   format, lint, types, layers"
	@echo "make format  put the code into the house's format"
	@echo "make bench   measurements against peers and limits"
	@echo "make eval    how right the counts are, on the recordings in DATA=$(DATA); writes docs/accuracy.md"
	@echo "make clean   remove the virtual environment and caches"

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "make: Python 3.11 or newer is needed; set PYTHON=/path/to/python3" >&2; exit 1; }
	@echo "Setting up $(VENV) ..."
	@$(CREATE) || { rm -rf $(VENV); echo "make: no virtual environment could be made; on Debian: apt install python3-venv" >&2; exit 1; }

$(VENV)/.demo: pyproject.toml | $(BIN)/python
	@$(INSTALL) -e '.[demo]'
	@touch $@

$(VENV)/.dev: pyproject.toml | $(BIN)/python
	@$(INSTALL) -e '.[dev]'
	@$(HEADLESS)
	@touch $@ $(VENV)/.demo

demo: $(VENV)/.demo
	@exec $(BIN)/edge-agent demo $(ARGS)

# The test that looks at every page's accessibility needs axe-core; without npm it is skipped by name.
AXE := build/axe-core/package/axe.min.js
AXE_DIGEST := e6b0ce02b84d892e2e33e403485e7f3d6c29e2be6df65daf44d89ba564139745

$(AXE):
	@mkdir -p build/axe-core
	@if command -v npm >/dev/null && cd build/axe-core && npm pack --silent axe-core@4.14.1 >/dev/null; then \
		echo "$(AXE_DIGEST)  axe-core-4.14.1.tgz" | sha256sum --check --quiet && tar -xzf axe-core-4.14.1.tgz; \
	else echo "make: axe-core could not be fetched by npm; its tests are skipped" >&2; fi

# Side by side on several cores (tests/conftest.py says how many); PYTEST_ARGS="-n0" runs one after the other.
test: $(VENV)/.dev $(AXE)
	@$(BIN)/python -m pytest -n auto --dist worksteal $(PYTEST_ARGS)

test-long: $(VENV)/.dev
	@$(BIN)/python -m pytest --long -m long $(PYTEST_ARGS)

chaos: $(VENV)/.dev
	@$(BIN)/python -m tests.chaos --rounds $(ROUNDS) --store $(STORE) $(ARGS)

check: $(VENV)/.dev
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(VENV)/.dev
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: $(VENV)/.dev
	@$(BIN)/python -m bench $(ARGS)

eval: $(VENV)/.dev
	@$(BIN)/python -m bench.recognition $(DATA) --folds build/folds.json
	@$(BIN)/edge-agent evaluate $(DATA) --models build/folds.json --perturb all --json build/evaluation.json $(ARGS)
	@$(BIN)/python -m docs.make_accuracy build/evaluation.json
	@$(BIN)/python -m docs.make_measures

clean:
	@rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
