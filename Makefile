# The two commands of the README, and what they stand on. Each does all its set-up; a second run takes seconds.
PYTHON ?= python3
WORKERS ?= $(shell nproc)
# A drill that runs takes a third of a core, and one that boots a whole one.
DRILLS ?= $(shell expr $$(nproc) + $$(nproc) / 2)
VENV := .venv
# A test on the real engine that fails is tried once more, and the summary lists it: a starved machine spoils drills.
ENGINE := -v --reruns 1 -rR
DRILL := $(VENV)/bin/drill

.PHONY: drill test test-all setup lint bench clean

drill: setup ## A drill: live on a terminal, played by the bot without one
	@if [ -t 0 ] && [ -t 1 ]; then exec $(DRILL) start --scenario api-crash; \
	else echo "no terminal: the rehearsal's bot is the team"; exec $(DRILL) rehearse api-crash; fi

test: setup lint ## Everything but what CI has no time for
	$(VENV)/bin/pytest -n $(WORKERS) -m "not docker"
	$(VENV)/bin/pytest $(ENGINE) -n $(DRILLS) --dist worksteal -m "docker and not long and not measured"
	$(VENV)/bin/pytest $(ENGINE) -m "measured and not long"

test-all: setup lint ## Everything
	$(VENV)/bin/pytest -n $(WORKERS) -m "not docker"
	$(VENV)/bin/pytest $(ENGINE) -n $(DRILLS) --dist worksteal -m "docker and not measured"
	$(VENV)/bin/pytest $(ENGINE) -m measured

setup: $(VENV)/ready ## The virtual environment, the engine, the images and the golden disk
	@$(DRILL) build

lint: $(VENV)/ready
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy

bench: setup ## Measures, prints ratios, writes bench.json
	$(VENV)/bin/python -m tests.bench

$(VENV)/ready: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --editable '.[dev]'
	@touch $@

clean: $(VENV)/ready ## Removes what drills left in the engine
	@$(DRILL) clean
