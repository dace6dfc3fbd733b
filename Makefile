# Everything a person or CI does here. It needs make and python3; the rest it fetches itself.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory
# Containers often say it: then every process compiles anew all that it imports.
unexport PYTHONDONTWRITEBYTECODE

# uv from PATH, else a private one. It must run: pyenv leaves a uv on PATH that says it is none.
OWN_UV := .local/uv/bin/uv
UV := $(or $(shell uv --version > /dev/null 2>&1 && command -v uv),$(OWN_UV))
RUN := $(UV) run --frozen --no-sync
SAM := SAM_CLI_TELEMETRY=0 $(UV) tool run --from aws-sam-cli==1.170.0 sam
CORE := layers/core/python
# The commit as a number (0 without git), so that each one has schedules of its own.
COMMIT = 0x0$(shell git rev-parse --short=8 HEAD 2> /dev/null)
# Whose requirements.txt holds which of pyproject.toml's groups.
REQUIREMENTS := layers/dependencies:--no-default-groups functions/workers/deliver_push:--only-group=push \
	functions/workers/deliver_other:--only-group=other
ENGINES := tests/references/liquidjs
EXPORT := $(UV) export -q --frozen --no-emit-project --no-header

.PHONY: help
help: ## Show what there is
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  \033[36m%-14s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

##@ Use

.PHONY: run
run: .venv/ready ## Start Carillon on this machine: API, workers, emulated AWS, outbox
	@exec $(RUN) python -m local

.PHONY: demo
demo: .venv/ready ## Send 100 events to the running stack and watch them land
	@$(RUN) python -m local.demo

.PHONY: test
test: check ## Run everything CI runs

##@ Work on it

.PHONY: setup
setup: .venv/ready ## Install what is missing

# Two lanes: one computes, the other mostly waits, for stacks, queues and downloads. The first is nice to
# the second, whose tests are about seconds as they pass.
COMPUTING := lint types imports template requirements-fresh unit contracts crash-quick
WAITING := end-to-end integration build
WAITED := .local/waiting.log

.PHONY: check
check: .venv/ready ## All checks and all tests, in two lanes side by side
	@mkdir -p .local; \
	echo "Beside this: $(WAITING). Their output comes at the end, and is in $(WAITED)."; \
	$(MAKE) $(WAITING) > $(WAITED) 2>&1 & lane=$$!; \
	trap 'kill $$lane 2> /dev/null || true' INT TERM; \
	failed=; nice $(MAKE) $(COMPUTING) || failed="$(COMPUTING)"; \
	echo "== $(WAITING)"; wait $$lane || failed="$$failed $(WAITING)"; cat $(WAITED); \
	[ -z "$$failed" ] || { echo "Failed, in one of: $$failed (see above)"; exit 1; }

.PHONY: lint
lint: .venv/ready ## Style and common mistakes
	$(RUN) ruff format --check .
	$(RUN) ruff check .

.PHONY: format
format: .venv/ready ## Put the code in form
	$(RUN) ruff format .
	$(RUN) ruff check --fix .

.PHONY: types
types: .venv/ready ## Strict types
	$(RUN) mypy $(CORE)/carillon functions local tests/fakes tests/simulation benchmarks

.PHONY: imports
imports: .venv/ready ## The arrows between packages
	PYTHONPATH=$(CORE) $(RUN) lint-imports

.PHONY: template
template: .venv/ready ## cfn-lint on the template; SAM's own translation of it is among the unit tests
	$(RUN) cfn-lint template.yaml

.PHONY: unit
unit: .venv/ready .local/references/ready ## Fast tests, no I/O
	$(RUN) pytest -q -n 2 --dist worksteal tests/unit tests/architecture

.PHONY: crash-quick
crash-quick: .venv/ready ## Kill processes at every call: 300 events each, and 500 schedules of two kills
	CRASH_SEED=$(or $(CRASH_SEED),$(COMMIT)) $(RUN) pytest -q -n 2 --dist worksteal tests/crash

.PHONY: crash
crash: .venv/ready ## The same at length: 10,000 events and 100,000 schedules; CRASH_SEED=7 for others
	CRASH_EVENTS=10000 CRASH_SCHEDULES=100000 CRASH_EXAMPLES=5000 $(RUN) pytest -q -n auto tests/crash

.PHONY: integration
integration: .venv/ready ## Adapters against moto, the emulator and local servers
	$(RUN) pytest -q -n 2 --dist loadfile tests/integration

.PHONY: end-to-end
end-to-end: .venv/ready ## The local stack, driven by the real clients
	$(RUN) pytest -q -n 2 --dist loadfile tests/end_to_end

.PHONY: contracts
contracts: .venv/ready ## What the APIs promise, against their answers and what official clients require
	$(RUN) pytest -q -n 2 tests/contracts

.PHONY: contracts-at-length
contracts-at-length: .venv/ready ## Published contracts as oracles: ten times as many cases, others each time
	CONTRACT_CASES=3000 $(RUN) pytest -q -n 0 tests/end_to_end/test_*_contract.py
	CONTRACT_CASES=300 $(RUN) pytest -q -n auto tests/contracts/test_conformance.py

.PHONY: benchmarks
benchmarks: .venv/ready ## Figures the documents quote
	@for each in benchmarks/*.py; do PYTHONPATH=.:$(CORE) $(RUN) python $$each; done

.PHONY: references
references: .local/references/ready ## Record anew what LiquidJS, Novu's engine and chat services' parsers say (needs Node)
	$(RUN) python -m tests.references.liquidjs.reference
	@mkdir -p .local/markups && cp tests/references/markups/package*.json .local/markups
	@cd .local/markups && npm ci --silent --no-audit --no-fund
	PYTHONPATH=$(CORE) $(RUN) python -m tests.unit.providers.markup_texts

.PHONY: third-party
third-party: .local/references/ready ## Write the layer's JavaScript from the npm lock in tests/references (needs Node)
	$(RUN) python -m tests.references.liquidjs.third_party

.PHONY: requirements
requirements: .venv/ready ## Write the requirements of the layer, and of single functions, from the lock
	@for each in $(REQUIREMENTS); do $(EXPORT) $${each#*:} -o $${each%%:*}/requirements.txt > /dev/null; done

.PHONY: openapi
openapi: .venv/ready ## Write the contracts of the APIs from their functions
	PYTHONPATH=.:$(CORE) $(RUN) python -m local.openapi tests/contracts
	PYTHONPATH=.:$(CORE) $(RUN) python -m tests.contracts.sdk

.PHONY: rights
rights: .venv/ready ## Write which AWS calls ports make and which rights functions use, as the tests see it
	WRITE_RIGHTS=1 $(RUN) pytest -q -n 2 --dist loadfile tests/integration/adapters --ignore tests/integration/adapters/egress
	@rm -rf .local/rights && mkdir -p .local/rights
	RIGHTS_USED=.local/rights $(RUN) pytest -q -n 2 tests/unit/admin tests/unit/bitcaster tests/unit/confluent \
		tests/unit/novu tests/unit/sailpoint tests/unit/test_bad_bodies.py tests/unit/test_worker_rights.py \
		tests/unit/usecases/operations
	RIGHTS_USED=.local/rights CRASH_EVENTS=200 CRASH_SCHEDULES=40 $(RUN) pytest -q -n 2 tests/crash
	RIGHTS_USED=.local/rights PYTHONPATH=.:$(CORE) $(RUN) python -m tests.rights.used

.PHONY: requirements-fresh
requirements-fresh: .venv/ready
	@for each in $(REQUIREMENTS); do \
		$(EXPORT) $${each#*:} -o .local/requirements.txt > /dev/null; \
		diff -q .local/requirements.txt $${each%%:*}/requirements.txt > /dev/null \
			|| { echo "$${each%%:*}/requirements.txt is stale: make requirements"; exit 1; }; \
	done

##@ Deploy

.PHONY: build
build: .venv/ready ## Build the functions and layers for Lambda (arm64, Python 3.13)
	PATH="$$(dirname "$$($(RUN) python -c 'import sys; print(sys.executable)')"):$$PATH" $(SAM) build

.PHONY: deploy
deploy: build ## Deploy to AWS: make deploy ENV=production
	$(SAM) deploy --config-env $(or $(ENV),default)

.PHONY: invoke
invoke: build ## Run one function in Lambda's own image (needs Docker): make invoke F=novu/trigger_bulk
	$(SAM) local invoke "$$($(RUN) python -c 'import re, sys; print("".join(word.capitalize() for word in re.split("[/_]", sys.argv[1])) + "Function")' $(F))" --event events/$(F).json

.PHONY: operator-key
operator-key: ## Show the key that creates tenants (needs the AWS CLI): make operator-key STACK=carillon
	@aws secretsmanager get-secret-value --query SecretString --output text --secret-id "$$(aws cloudformation describe-stacks \
		--stack-name $(or $(STACK),carillon) --query "Stacks[0].Outputs[?OutputKey=='OperatorKeySecret'].OutputValue" --output text)"

##@ Setting up

.venv/ready: uv.lock pyproject.toml .python-version | $(filter $(OWN_UV),$(UV))
	@$(UV) python find --no-project 3.13 > /dev/null 2>&1 || $(UV) python install 3.13 > /dev/null 2>&1 || \
		{ echo "Carillon needs Python 3.13, and it was neither found nor could be fetched: install it, then try again."; exit 1; }
	@echo "Setting up (once) …"
	@$(UV) sync --frozen --quiet
	@touch $@

# LiquidJS itself, where there is Node: recorded answers are compared anyhow, these are fresh.
.local/references/ready: $(ENGINES)/package-lock.json | .venv/ready
	@mkdir -p .local/references && cp $(ENGINES)/package*.json .local/references
	@{ cd .local/references && npm ci --silent --no-audit --no-fund; } > .local/npm.log 2>&1 || \
		echo "LiquidJS could not be installed (.local/npm.log): its recorded answers alone are compared."
	@touch $@

$(OWN_UV):
	@echo "Fetching uv (once) …"
	@mkdir -p .local
	@{ python3 -m venv .local/uv && .local/uv/bin/pip install --quiet --disable-pip-version-check uv; } > .local/uv.log 2>&1 || \
		{ rm -rf .local/uv; python3 -m pip install --quiet --disable-pip-version-check --target .local/uv uv; } >> .local/uv.log 2>&1 || \
		{ rm -rf .local/uv; echo "Carillon sets itself up with uv, and python3 could not fetch it: see .local/uv.log, or install uv yourself."; exit 1; }
