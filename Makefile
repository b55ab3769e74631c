# Every target says what it does: `make help`.
PYTHON := .venv/bin/python
export RASA_TELEMETRY_ENABLED := false

.DEFAULT_GOAL := help
.PHONY: help run test shell train tune setup setup-test lint format types validate unit widget bench services soak vignettes evaluate clean knowledge-check handbook sbom audit

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-15s %s\n", $$1, $$2}'

run: setup  ## set up what is missing, train when needed, serve at http://127.0.0.1:5005/chat
	@.venv/bin/atlas train
	@exec .venv/bin/atlas serve

test: setup-test lint types validate unit  ## set up what is missing and run the whole test suite

shell: setup  ## chat in the terminal
	@.venv/bin/atlas train
	@.venv/bin/atlas shell

train: setup  ## train a model where none fits the present data and code
	@.venv/bin/atlas train
	@# A service that may not write to its folder would compile them anew at each start.
	@$(PYTHON) -m compileall -q actions bot clinic

setup:  ## make the environment that running needs (.venv, with uv in .tools)
	@scripts/set_up.sh run

setup-test:  ## make the environment and install the programs that the tests drive
	@scripts/set_up.sh test
	@scripts/install_test_programs.sh

lint: setup-test  ## check style and formatting
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .

format: setup-test  ## format the code
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .

types: setup-test  ## check types
	@.venv/bin/mypy

validate: setup-test  ## check the training data with Rasa's own validator
	@scripts/validate_training_data.sh

unit: setup-test  ## run all tests (a model is trained first when needed)
	@.venv/bin/atlas train
	@.venv/bin/pytest -n 2 --dist loadfile

widget:  ## build the chat's element anew and run its own tests (needs Node 20.19 or newer)
	@# Not npm ci: it refuses a lock made where the registry lacks other systems' binaries.
	@cd widget && npm install --no-save --no-audit --no-fund && npm run build && npm test

evaluate: setup-test  ## measure how well the model understands, write docs/evaluation.md
	@.venv/bin/atlas train
	@$(PYTHON) -W ignore -m evaluation.run

bench: setup-test  ## measure Atlas beside stock Rasa and a bare Rasa, write bench/report.md with plots
	@.venv/bin/atlas train
	@$(PYTHON) -m bench.run
	@$(PYTHON) -W ignore -m bench.components

services: setup-test  ## start PostgreSQL and RabbitMQ for trying things, and print where they are
	@$(PYTHON) -m bench.services

soak: setup-test  ## 1,000 conversations at once for 10 minutes on two workers (ARGS="--minutes 3")
	@.venv/bin/atlas train
	@$(PYTHON) -W ignore -m bench.soak $(ARGS)

vignettes: setup-test  ## play sample patients against a real server (writes docs/vignettes.md)
	@.venv/bin/atlas train
	@$(PYTHON) -m bench.vignettes $(ARGS)

tune: setup-test  ## tune the sentence encoder on the training data (15 minutes; writes data/encoder/)
	@UV=$$(command -v uv || echo .tools/bin/uv); UV_PROJECT_ENVIRONMENT=.venv-tuning \
		$$UV run --quiet --frozen --python 3.11 --group tuning python -W ignore -m tuning $(ARGS)

knowledge-check: setup  ## check the texts in data/knowledge, with file and line
	@$(PYTHON) -m clinic.knowledge.check

handbook: setup  ## write the clinical handbook and the coverage table into docs/
	@$(PYTHON) -m clinic.knowledge.handbook

sbom: setup  ## write the software bill of materials (CycloneDX) to results/sbom.json
	@mkdir -p results
	@$$(command -v uv || echo .tools/bin/uv) export --frozen --no-dev --format cyclonedx1.5 -q -o results/sbom.json
	@echo "results/sbom.json"

audit: setup  ## list known weaknesses of the locked packages; fails where no database answers
	@mkdir -p results
	@$$(command -v uv || echo .tools/bin/uv) export --frozen --no-dev --no-emit-project --no-emit-package tensorflow-absent --format requirements.txt -q -o results/requirements.txt
	@$$(command -v uv || echo .tools/bin/uv) tool run pip-audit --strict --disable-pip -r results/requirements.txt

clean:  ## remove environments, models and caches
	@rm -rf .venv .tools models .rasa .mypy_cache .pytest_cache .ruff_cache .hypothesis bench/work
