# Everything a newcomer needs: `make demo` and `make test` set up what they need by themselves.
.PHONY: demo test lint format clean help

PYTHON := .venv/bin/python

help:  ## Show the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

demo:  ## Analyse the samples and print where the reports are
	@scripts/setup run
	@.venv/bin/unmask demo --out demo-reports

test:  ## Set everything up, then lint, type check and run every test
	@scripts/setup test
	@$(MAKE) --no-print-directory check
	@$(PYTHON) -m pytest -n "$$(nproc)" --dist loadgroup

lint:  ## Lint and type check
	@scripts/setup test
	@$(MAKE) --no-print-directory check

.PHONY: check
check:
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy

format:  ## Format the code
	@scripts/setup test
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix .

clean:  ## Remove what was built, downloaded or reported
	rm -rf .venv build dist demo-reports .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find src tests scripts benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
