# make run   the assistant on http://127.0.0.1:8000 (AAP_PORT); everything it needs is installed
# make test  the whole test suite; PARTIAL=1 leaves out what needs a missing system package
SHELL := /bin/bash
VENV := .venv
STAMP := $(VENV)/.installed
DEV_STAMP := $(VENV)/.installed-dev

.PHONY: run test index clean

run: $(STAMP) index
	@exec $(VENV)/bin/aap serve

index: $(STAMP)
	@echo "== Embedding model and index (about two minutes the first time)"
	@$(VENV)/bin/aap ingest

test: $(DEV_STAMP)
	@scripts/system-packages
	@echo "== Lint and types"
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/mypy assistant ingest evals
	@echo "== Tests"
	@PARTIAL=$(PARTIAL) $(VENV)/bin/python -m pytest

$(STAMP): requirements.lock pyproject.toml
	@scripts/install $(VENV) requirements.lock
	@touch $@

$(DEV_STAMP): $(STAMP) requirements-dev.lock
	@scripts/install $(VENV) requirements-dev.lock
	@touch $@

clean:
	rm -rf $(VENV) .data
