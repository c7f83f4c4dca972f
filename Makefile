# make run   the assistant on http://127.0.0.1:8000 (AAP_PORT); everything it needs is installed
# make test  the whole test suite; PARTIAL=1 leaves out what needs a missing system package,
#            PYTEST_ARGS="-k words" picks tests, WORKERS=0 runs them in one process
SHELL := /bin/bash
VENV := .venv
STAMP := $(VENV)/.installed
DEV_STAMP := $(VENV)/.installed-dev
# Each holds models and indexes of its own, about 4 GB at the end.
WORKERS ?= 2

.PHONY: run test index clean

run: index
	@exec $(VENV)/bin/aap serve

index: $(STAMP)
	@echo "== Embedding model and index (two to five minutes the first time)"
	@$(VENV)/bin/aap ingest

test: $(DEV_STAMP)
	@PARTIAL=$(PARTIAL) scripts/system-packages
	@echo "== Lint and types (about a minute the first time)"
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/mypy assistant ingest evals
	@echo "== Tests"
	@PARTIAL=$(PARTIAL) $(VENV)/bin/python -m pytest -n $(WORKERS) --dist loadscope --no-loadscope-reorder $(if $(PARTIAL),-rs) $(PYTEST_ARGS)

$(STAMP): requirements.lock pyproject.toml
	@scripts/install $(VENV) requirements.lock
	@touch $@

$(DEV_STAMP): $(STAMP) requirements-dev.lock
	@scripts/install $(VENV) requirements-dev.lock
	@touch $@

clean:
	rm -rf $(VENV) .data
