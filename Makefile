# `make run` and `make test` are all a fresh machine needs; each first makes what it needs and says so.
# Options: PYTHON=python3.12 (another Python), ARGS="…" (more arguments for pytest, the app or a benchmark).

.DEFAULT_GOAL := help
.PHONY: help run test lint screenshots bench torture clean

# The first Python of a version that the pinned packages exist for.
PYTHON ?= $(shell for candidate in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	"$$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' \
	>/dev/null 2>&1 && { echo "$$candidate"; break; }; done)
VENV_PYTHON := $(if $(filter Windows_NT,$(OS)),.venv/Scripts/python.exe,.venv/bin/python)
DISPLAYED := $(or $(filter Windows_NT,$(OS)),$(filter Darwin,$(shell uname -s)),$(DISPLAY),$(WAYLAND_DISPLAY))
OFFSCREEN := QT_QPA_PLATFORM=offscreen $(VENV_PYTHON)

help: ## Show these lines
	@sed -n 's/^\([a-z]*\):.*## /make \1	/p' Makefile

run: .ready-to-run ## Open the app; without a display, make an annotated video in out/
	$(VENV_PYTHON) -m motionapp $(or $(ARGS),$(if $(DISPLAYED),auto,demo -o out))

test: .ready-to-test ## Run the whole test suite, no display needed
	$(OFFSCREEN) -m pytest $(ARGS)

lint: .ready-to-test ## Check style, types and the order of the layers
	$(VENV_PYTHON) -m ruff check
	$(VENV_PYTHON) -m ruff format --check
	$(VENV_PYTHON) -m mypy
	$(VENV_PYTHON) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'

screenshots: .ready-to-test ## Draw the README's pictures anew
	$(VENV_PYTHON) tools/screenshots.py $(ARGS)

bench: .ready-to-test ## Measure accuracy on the synthetic scenes and print the README's table
	$(VENV_PYTHON) -m benchmarks.scenes $(ARGS)

torture: .ready-to-test ## Kill an analysis 50 times at random and compare what comes out in the end
	$(VENV_PYTHON) tools/torture.py $(ARGS)

clean: ## Remove the virtual environment, caches and out/
	rm -rf .venv .venv.lock out build *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .benchmarks .hypothesis

.PHONY: .ready-to-run .ready-to-test
.ready-to-run .ready-to-test: .ready-to-%:
	@test -n "$(PYTHON)" || { echo "No Python 3.11 to 3.14 found. Install one, or say which: make PYTHON=/path/to/python" >&2; exit 1; }
	@"$(PYTHON)" tools/bootstrap.py $*
