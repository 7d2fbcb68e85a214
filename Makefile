# Two commands are all a newcomer needs: `make demo` and `make test`. Both install what they need into .venv.
PYTHON := $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8080

.PHONY: demo test check lint types unit soak lock clean

## demo: bring up the hub with the demonstration network at http://127.0.0.1:8080
demo: $(VENV)/installed
	$(BIN)/tongjie demo --port $(PORT)

## test: everything CI checks
test: $(VENV)/installed-test
	$(BIN)/python tests/debian_programs.py
	$(MAKE) --no-print-directory lint types unit

lint: $(VENV)/installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/installed-test
	$(BIN)/mypy

unit: $(VENV)/installed-test
	$(BIN)/python -m pytest

## soak: the long proofs
soak: $(VENV)/installed-test
	$(BIN)/python tests/debian_programs.py
	$(BIN)/python -m pytest --soak -m soak

## lock: pin the newest allowed versions of everything
lock:
	rm -rf build/lock && $(PYTHON) -m venv build/lock
	build/lock/bin/pip install --quiet --upgrade pip
	build/lock/bin/pip install --quiet . && build/lock/bin/pip freeze --exclude tongjie > requirements.txt
	build/lock/bin/pip install --quiet '.[test]'
	build/lock/bin/pip freeze --all --exclude pip --exclude tongjie > requirements-test.txt
	rm -rf build/lock

clean:
	rm -rf $(VENV) build .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/bin/pip:
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --upgrade pip

$(VENV)/installed: $(VENV)/bin/pip requirements.txt pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@

$(VENV)/installed-test: $(VENV)/installed requirements-test.txt
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-test.txt
	touch $@
