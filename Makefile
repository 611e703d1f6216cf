# Everything sets itself up in .venv: `make demo` and `make test` work on a fresh clone with Python 3.11+.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
JOBS ?= auto

.PHONY: demo test lint bench clean
.DEFAULT_GOAL := test

demo: $(VENV)/.ready
	$(BIN)/purebpf-cc -O2 -g -c examples/firewall/firewall.bpf.c -o $(VENV)/firewall.o
	$(BIN)/purebpf check $(VENV)/firewall.o
	$(BIN)/python examples/firewall/firewall.py

test: $(VENV)/.ready
	$(BIN)/python -m pytest -n $(JOBS) $(ARGS)

lint: $(VENV)/.ready
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: $(VENV)/.ready
	$(BIN)/python benchmarks/size.py
	$(BIN)/python benchmarks/compile_time.py

$(VENV)/.ready: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "purebpf needs Python 3.11 or newer: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

clean:
	rm -rf $(VENV) build dist *.egg-info .src/*.egg-info
