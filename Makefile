# Companion. `make lab` opens the course, `make test` runs every test, `make help` lists the rest.
# Works with GNU make on Linux and macOS, and on Windows from Git Bash. Without make: see README.md.

PYTHON   ?= $(firstword $(foreach p,python3 python,$(if $(shell command -v $(p) 2>/dev/null),$(p))) python3)
# What is installed already, so that a plain `make lab` keeps the choice made before.
HAVE     := $(shell cat .venv/ready 2>/dev/null)
VERSIONS ?= $(or $(word 1,$(HAVE)),tried)
TORCH    ?= $(or $(word 2,$(HAVE)),default)
TESTS    ?= tests notebooks
JOBS     ?= 2

ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
else
BIN := .venv/bin
endif
PY    := $(BIN)/python
READY := .venv/ready
PIP   := $(PY) -m pip --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help lab update reset test apps apps-status handout assignment gather slides site doctor
.PHONY: bench pretrain setup requirements clean FORCE

help: ## list these targets
	@echo "make <target>, where <target> is one of"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-13s %s\n", $$1, $$2}' Makefile
	@echo "and, after it, what you want otherwise:"
	@echo "  TORCH=cpu            PyTorch without GPU code, a smaller download (or cu126 and so on)"
	@echo "  PYTHON=python3.12    the Python to make the environment with"
	@echo "  VERSIONS=newest      the newest versions that pyproject.toml allows, not the tried ones"
	@echo "  TESTS=tests/policy   the tests to run;  PYTEST_ARGS='-k words'  more for pytest"
	@echo "  CHAPTER=04           the chapter to open, update, reset, hand out, assign or show as slides"
	@echo "  STUDENTS=30          for the doctor;  FROM=folder  of what a class handed in"
	@echo "  HOST=0.0.0.0         apps for others in this network, with a word that opens them; TOKEN=none without"
	@echo "  JOBS=2               tests that run at once, one after the other with JOBS=0"
	@echo "  LAB_ARGS=, APPS_ARGS=  more for JupyterLab, for the app server"

lab: $(READY) ## open your copy of the course in JupyterLab
	@page="$$($(PY) -m utils.course.work open $(CHAPTER))" && $(PY) -m jupyterlab --config=utils/assets/jupyter/jupyter_lab_config.py $(LAB_ARGS) "$$page"

update: $(READY) ## bring new versions of the chapters into your copy; your answers stay
	$(PY) -m utils.course.work update $(CHAPTER)

reset: $(READY) ## begin one chapter afresh (CHAPTER=04); your old copy is kept
	$(PY) -m utils.course.work reset $(CHAPTER)

test: $(READY) ## run every test and every notebook
	$(PY) -m pytest tests/conftest.py $(TESTS) --nbval-lax --nbval-current-env \
	  --nbval-cell-timeout=120 --nbval-kernel-startup-timeout=120 \
	  -n $(JOBS) --dist loadfile $(PYTEST_ARGS)

apps: $(READY) ## serve the apps to visitors
	$(PY) -m utils.serve $(if $(HOST),--host $(HOST)) $(if $(TOKEN),--token $(TOKEN)) $(APPS_ARGS)

apps-status: $(READY) ## what the running apps do: pages, memory, refused files
	@$(PY) -m utils.serve.status

handout: $(READY) ## write copies for students, without outputs and solutions
	$(PY) -m utils.course.handout $(if $(CHAPTER),--chapter $(CHAPTER)) $(HANDOUT_ARGS)

assignment: $(READY) ## a chapter's exercises for nbgrader (CHAPTER=04)
	$(PY) -m utils.course.assignment $(CHAPTER)

gather: $(READY) ## show what a class has done (FROM=folder of its files)
	$(PY) -m utils.course.gather "$(FROM)" $(GATHER_ARGS)

slides: $(READY) ## write each chapter as a deck of slides that needs no network
	$(PY) -m utils.course.slides $(if $(CHAPTER),--chapter $(CHAPTER)) $(SLIDES_ARGS)

site: $(READY) ## write the course as pages that need no kernel
	$(PY) -m utils.course.site $(SITE_ARGS)

doctor: $(READY) ## is this machine ready for class (STUDENTS=30)?
	$(PY) -m utils.course.doctor $(if $(STUDENTS),--students $(STUDENTS)) $(DOCTOR_ARGS)

bench: $(READY) ## run the slow measurements, which `make test` leaves out
	$(PY) -m pytest tests/conftest.py tests/benchmarks -o python_files='bench_*.py' -s $(PYTEST_ARGS)

pretrain: $(READY) ## make all shipped weights anew (about an hour)
	$(PY) -m utils.pretrain

setup: $(READY) ## create or update the environment in .venv (the others do it when needed)
	@echo "Ready: $$($(PY) --version) in .venv. Type: make lab"

requirements: $(READY) ## write requirements.txt anew from what is installed in .venv
	$(PY) tests/policy/versions.py requirements.txt

clean: ## remove the environment and the caches
	rm -rf .venv .pytest_cache .ruff_cache build *.egg-info

ifneq ($(HAVE),$(VERSIONS) $(TORCH))
$(READY): FORCE
endif
FORCE:

$(READY): requirements.txt pyproject.toml
	@command -v $(PYTHON) >/dev/null 2>&1 || { echo "No Python was found ('$(PYTHON)'). Install Python 3.11 or newer. Debian, Ubuntu: sudo apt install python3 python3-venv. macOS: brew install python. Windows: winget install Python.Python.3.12"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$$($(PYTHON) --version 2>&1) is too old: the course needs Python 3.11 or newer. Install one and type, for example: make setup PYTHON=python3.12"; exit 1; }
	@test -d .venv || $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "This Python cannot make environments: its venv module is missing. Debian, Ubuntu: sudo apt install python3-venv. macOS: brew install python. Windows: install Python again with pip ticked"; exit 1; }
	@$(PY) -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv
	@echo "Installing the course into .venv. The first time this takes some minutes."
ifneq ($(TORCH),default)
	$(PIP) install --no-deps --upgrade --index-url https://download.pytorch.org/whl/$(TORCH) $$(grep '^torch==' requirements.txt)
endif
ifeq ($(VERSIONS),newest)
	$(PIP) install --upgrade --upgrade-strategy eager -e '.[test]'
else
	$(PIP) install --no-compile -r requirements.txt
	$(PIP) install --no-deps --no-build-isolation --no-compile -e .
endif
	@echo "$(VERSIONS) $(TORCH)" > $@
