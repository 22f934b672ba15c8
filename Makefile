# Everything a person runs here. `make demo` and `make test` need nothing but make, bash and Python 3.11.
PY := .venv/bin/python
HEADLESS := $(if $(or $(DISPLAY),$(WAYLAND_DISPLAY),$(filter Darwin,$(shell uname))),,yes)
PROJECT := demo/countries.mimea

.PHONY: setup demo test lint bench screenshots clean

setup: .venv/installed

.venv/installed: pyproject.toml packaging/setup.sh
	@packaging/setup.sh

demo: setup
	@$(PY) main.py demo demo
ifeq ($(HEADLESS),yes)
	@$(PY) main.py accept $(PROJECT) --one-to-one --probability 0.8
	@$(PY) main.py export $(PROJECT) --format nt --out demo/links.nt --force
	@echo "No display here: the accepted links are in $(CURDIR)/demo/links.nt, the project is $(CURDIR)/$(PROJECT)."
else
	@$(PY) main.py $(PROJECT)
endif

test: setup
	@packaging/test.sh

lint: setup
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy

bench: setup
	@$(PY) -m pytest tests/benchmarks -m benchmark -s -q

screenshots: setup
	@$(PY) packaging/screenshots.py

clean:
	rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
