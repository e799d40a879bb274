# `make` sets the machine up; `make run` shows the product; `make help` lists the rest.
.DEFAULT_GOAL := setup
.DELETE_ON_ERROR:
SHELL := /bin/bash

VENV := .venv
TOOLS := .local/venvs
PYTHON := $(VENV)/bin/python
STACK := $(PYTHON) -m tools.stack
export PYTHONPATH := $(CURDIR):$(CURDIR)/layers/core

# $(call given,NAME) is NAME's value, and an error without one.
given = "$(or $($1),$(error $1=… is missing; `make help` shows how it is called))"

READY := $(VENV)/installed.txt
STACK_READY := $(READY) $(TOOLS)/sam/installed.txt $(TOOLS)/ministack/installed.txt $(TOOLS)/runtime/installed.txt

# ── Setting up ─────────────────────────────────────────────────────────────────────────────────────────────────────

.PHONY: setup
setup: $(STACK_READY) ## set up virtual environments and tools (what plain `make` does)

$(READY): requirements/dev.txt
	@tools/bootstrap.sh $(VENV) $<

$(TOOLS)/%/installed.txt: requirements/%.txt
	@tools/bootstrap.sh $(@D) $<

.PHONY: lock
lock: $(READY) ## write the lock files anew; ARGS=--upgrade takes the newest versions
	@PATH="$(CURDIR)/$(VENV)/bin:$$PATH" tools/lock.sh $(ARGS)

.PHONY: clean
clean: ## end the stack, remove everything that make has made
	@if [ -x $(PYTHON) ]; then $(STACK) down; fi
	rm -rf .local .venv .aws-sam .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -not -path './tests/clients/*' -prune -exec rm -rf {} +

# ── The local stack ────────────────────────────────────────────────────────────────────────────────────────────────

.PHONY: run up down
run: $(STACK_READY) ## the stack with content and one sync to look at; serves until Ctrl-C
	@$(STACK) run

up: $(STACK_READY) ## the stack in the background; rebuilds and deploys what changed
	@$(STACK) up

down: $(READY) ## end the stack and forget its data
	@$(STACK) down

.PHONY: import integration show invoke key
import: $(READY) ## FROM=<folder> TYPE=<entity type>: read Markdown files into entities
	@$(PYTHON) -m tools.import_content $(call given,FROM) $(call given,TYPE)

integration: $(READY) ## FILE=<json>: create an integration; prints its id
	@$(PYTHON) -m tools.create_integration $(call given,FILE)

show: $(READY) ## ID=<entity id>: print an entity as JSON
	@$(PYTHON) -m tools.show_entity $(call given,ID)

invoke: $(STACK_READY) ## FUNCTION=<logical id> EVENT=events/<file>.json: run a built function against the stack
	@$(PYTHON) -m tools.invoke $(call given,FUNCTION) $(call given,EVENT)

LEVEL ?= read
PLAN ?= enterprise
PROJECT ?= demo
key: $(READY) ## [LEVEL=read] [PLAN=enterprise] [PROJECT=demo]: make an API key of the local stack
	@$(PYTHON) -m tools.api_keys create --project "$(PROJECT)" --level "$(LEVEL)" --plan "$(PLAN)"

.PHONY: redrive
redrive: $(READY) ## [DRY_RUN=1]: send dead letters to the sync queue again, or only list them
	@$(PYTHON) -m tools.redrive $(if $(DRY_RUN),--dry-run)

# ── Checking ───────────────────────────────────────────────────────────────────────────────────────────────────────

.PHONY: format lint
format: $(READY) ## write the code in the house's format
	@$(VENV)/bin/ruff check --fix --quiet
	@$(VENV)/bin/ruff format

lint: $(READY) $(TOOLS)/sam/installed.txt ## everything that reads the code without running it
	$(VENV)/bin/ruff check
	$(VENV)/bin/ruff format --check
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	$(VENV)/bin/cfn-lint template.yaml
	@SAM_CLI_TELEMETRY=0 $(TOOLS)/sam/bin/sam validate --lint --region eu-central-1

.PHONY: security
SECURITY := $(TOOLS)/security/bin
security: $(READY) $(TOOLS)/sam/installed.txt $(TOOLS)/security/installed.txt ## what checkov, cfn-lint, bandit and pip-audit find
	$(VENV)/bin/cfn-lint template.yaml
	@mkdir -p .local/security
	@AWS_DEFAULT_REGION=eu-central-1 $(TOOLS)/sam/bin/python tools/transform_template.py template.yaml >.local/security/template.json
	$(SECURITY)/checkov --config-file checkov.yaml --file .local/security/template.json
	$(SECURITY)/bandit --quiet --configfile pyproject.toml --recursive layers functions tools
	@$(PYTHON) -m tools.audit_packages

.PHONY: openapi openapi-check
openapi: $(READY) ## write docs/openapi.json from the routes
	@$(PYTHON) -m tools.openapi

openapi-check: $(READY) ## fail if docs/openapi.json isn't what the routes say
	@$(PYTHON) -m tools.openapi --check

.PHONY: unit test volume e2e fuzz chaos chaos-mutants bench scale fairness capacity
unit: $(READY) ## the unit tests: no socket, no clock, a few seconds
	@$(PYTHON) -m pytest tests/unit -q -n 2 $(ARGS)

test: $(STACK_READY) ## every test but those of volume, the end-to-end ones on the local stack
	@$(PYTHON) -m pytest tests -q -n 3 --ignore tests/e2e $(ARGS)
	@ENFORCE_ROLES=1 $(STACK) during $(PYTHON) -m pytest tests/e2e -q -m "not volume" $(ARGS)

volume: $(STACK_READY) ## a thousand webhooks beside a thousand edits, on the local stack
	@ENFORCE_ROLES=1 $(STACK) during $(PYTHON) -m pytest tests/e2e -q -s -m volume $(ARGS)

e2e: $(STACK_READY) ## [CONTENT=<folder of Markdown>]: the end-to-end tests, on that content or a generated one
	@CONTENT="$(abspath $(CONTENT))" $(PYTHON) -m pytest tests/unit/mapping/test_fidelity.py -q -s $(ARGS)
	@$(STACK) during env CONTENT="$(abspath $(CONTENT))" $(PYTHON) -m pytest tests/e2e -q $(ARGS)

fuzz: $(STACK_READY) $(TOOLS)/fuzz/installed.txt ## [SEED=1]: schemathesis on the stack, with a key of each level and a wrong one
	@$(STACK) during $(PYTHON) -m tests.fuzz --seed "$(or $(SEED),1)" $(ARGS)

chaos: $(STACK_READY) ## [SEED=<number>] [MUTANT=<name>]: sync while everything fails; nothing may be lost, doubled or left open
	@$(if $(MUTANT),,$(STACK) during) $(PYTHON) -m tests.chaos $(if $(SEED),--seed "$(SEED)") $(if $(MUTANT),--mutant "$(MUTANT)") $(ARGS)

chaos-mutants: $(STACK_READY) ## [MUTANTS="<name> …"]: the same on copies with a fault planted in each; it has to be noticed
	@$(PYTHON) -m tests.chaos.noticed $(MUTANTS)

bench: $(STACK_READY) ## measure, and compare with what is claimed
	@$(STACK) during $(PYTHON) -m tests.benchmarks $(ARGS)

scale: $(STACK_READY) ## [ARGS="--entities 50000 200000"]: memory and calls of pushing and pulling that many
	@$(STACK) during $(PYTHON) -m tests.benchmarks.scale $(ARGS)

fairness: $(STACK_READY) ## how long one project's push waits while another has 500 due
	@$(STACK) during $(PYTHON) -m tests.benchmarks.fairness

capacity: $(READY) ## the units that we count beside those that DynamoDB Local consumes
	@$(PYTHON) -m pytest tests/contract/storage/test_capacity.py -q -s $(ARGS)

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
