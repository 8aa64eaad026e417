# Everything a checkout needs is installed under .tools/ and .venv/, both ignored by git. The only exception is Python 3.13, which uv downloads
# into its own folder if the machine has none.
PYENV_BIN := $(lastword $(sort $(wildcard $(or $(PYENV_ROOT),$(HOME)/.pyenv)/versions/$(shell cat .python-version).*/bin)))
export PATH := $(CURDIR)/.venv/bin:$(if $(PYENV_BIN),$(PYENV_BIN):)$(PATH)
export UV := $(CURDIR)/.tools/uv/bin/uv
export UV_SYSTEM_CERTS ?= 1
export SAM_CLI_TELEMETRY := 0
export ARCHITECTURE ?= arm64
unexport PYTHONDONTWRITEBYTECODE VIRTUAL_ENV

SAM := .tools/sam/bin/sam
LOCK := $(UV) pip compile -q --upgrade --universal --python-version 3.13 --generate-hashes --no-header --no-annotate
BRING_NODE = node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null || $(MAKE) -s --no-print-directory node
ENV ?= dev
DEPLOY = PYTHONPATH=layers/shared SAM=$(SAM) .venv/bin/python -m tools.deploy
HERE := $(if $(filter aarch64 arm64,$(shell uname -m)),arm64,x86_64)
BUILD_HERE = log=$$($(MAKE) -s build ARCHITECTURE=$(HERE) 2>&1) || { echo "$$log"; exit 1; }
.DEFAULT_GOAL := help

help: ## Show this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/\1\t\2/p' Makefile | awk -F'\t' '{printf "make %-16s %s\n", $$1, $$2}'

setup: .venv/.done .tools/sam/.done .tools/schemathesis/.done ## Create .venv and .tools; the other targets do this by themselves

dev: .venv/.done ## Run the whole service on this machine (ARGS="--help" lists the options)
	@$(if $(shell command -v npm),$(MAKE) -s --no-print-directory graphiql || true)
	@$(if $(findstring --with-providers,$(ARGS)),$(BRING_NODE) && $(MAKE) -s --no-print-directory oidc-provider)
	@.venv/bin/python -m local $(ARGS)

test: .venv/.done .tools/sam/.done .tools/schemathesis/.done ## Run every test with the coverage gate (ARGS="-k refresh" runs some, without the gate)
	@$(if $(and $(shell command -v java),$(shell command -v mvn)),$(MAKE) -s --no-print-directory dynamodb-local || true)
	@$(BRING_NODE)
	@$(if $(shell command -v npm),$(MAKE) -s -k --no-print-directory axe iam-simulate oidc-provider graphiql sms-clients || true)
	@.venv/bin/python -m $(if $(ARGS),pytest -p tools.left_out $(ARGS),tools.suite)

test-web: .venv/.done ## Run only the tests of the browser modules, by Node's own runner
	@$(BRING_NODE)
	.venv/bin/python -m pytest -p tools.left_out tests/e2e/test_web_module.py $(ARGS)

test-unit: .venv/.done ## Run only the unit tests
	.venv/bin/python -m pytest tests/unit $(ARGS)

lint: .venv/.done .tools/sam/.done ## Check format, style, types and the template
	.venv/bin/ruff format --check
	.venv/bin/ruff check
	.venv/bin/mypy
	$(SAM) validate --lint

check: lint test ## Run everything that must pass before a change lands: lint, then test

fix: .venv/.done ## Format, and fix what ruff can fix
	.venv/bin/ruff check --fix-only
	.venv/bin/ruff format

openapi: .venv/.done ## Write the OpenAPI document from what the endpoints declare
	PYTHONPATH=layers/shared:. .venv/bin/python tools/openapi.py

graphql-schema: ## Copy the GraphQL schema into docs/
	cp layers/shared/customer_auth/graphql_api/schema.graphql docs/schema.graphql

phone-formats: .venv/.done ## Write the number formats of the demo's phone field, from libphonenumber's metadata
	.venv/bin/python tools/phone_formats.py

common-passwords: .venv/.done ## Write the list of forbidden common passwords, from zxcvbn's
	PYTHONPATH=layers/shared .venv/bin/python tools/common_passwords.py

fuzz: .venv/.done .tools/schemathesis/.done ## Send the whole API allowed and forbidden requests for 3 minutes (ARGS="--seed 7 --seconds 600")
	.venv/bin/python -m tools.fuzz $(ARGS)

readme: .venv/.done ## Write the README's table of settings from the template
	PYTHONPATH=layers/shared:. .venv/bin/python tools/readme.py

guessing: .venv/.done ## Write the chances of guessing a code into docs/threats.md, from the template's settings
	PYTHONPATH=layers/shared:. .venv/bin/python tools/guessing.py

mutants: .venv/.done ## Put each of a list of faults into a copy of the tree, and run the tests that must notice it (ARGS="limits" picks some)
	@$(MAKE) -s --no-print-directory dynamodb-local
	@.venv/bin/python -m tools.mutants $(ARGS)

bench: .venv/.done .tools/sam/.done ## Run the benchmarks
	@$(BUILD_HERE)
	.venv/bin/python -m benchmarks $(ARGS)

build: .venv/.done .tools/sam/.done ## Build functions and layer for AWS (ARCHITECTURE=arm64 or x86_64)
	$(SAM) build --cache-dir .aws-sam/cache-$(ARCHITECTURE) --parameter-overrides Architecture=$(ARCHITECTURE)

deploy: settings-fit build ## Deploy to AWS (ENV=dev, staging or prod)
	@$(DEPLOY) run $(ENV) $(ARCHITECTURE)

diff: settings-fit build ## Show what `make deploy` would change on AWS, and change nothing (ENV=dev, staging or prod)
	@$(DEPLOY) diff $(ENV) $(ARCHITECTURE)

settings-fit: .venv/.done ## Check whether the settings can be deployed, without calling AWS (ENV=dev, staging or prod)
	@$(DEPLOY) check $(ENV) $(ARCHITECTURE)

check-quotas: .venv/.done ## List the quotas of the AWS account that do not fit the stack (ENV=dev, staging or prod)
	@PYTHONPATH=layers/shared .venv/bin/python -m tools.check_quotas $(ENV)

publishable-key: .venv/.done ## Create a storefront's key on AWS (ENV=prod LABEL="My shop" ORIGINS="https://shop.example.com")
	@PYTHONPATH=layers/shared .venv/bin/python -m tools.publishable_key customer-auth-$(ENV) "$(LABEL)" $(ORIGINS)

grant-admin: .venv/.done ## Give a customer the role admin on AWS (ENV=prod ADDRESS=ada@example.com, or a phone)
	@PYTHONPATH=layers/shared .venv/bin/python -m tools.grant_admin customer-auth-$(ENV) "$(ADDRESS)"

report-costs: .venv/.done ## Print what messages cost in a month on AWS, by region and sender (ENV=prod MONTH=2026-11)
	@PYTHONPATH=layers/shared .venv/bin/python -m tools.report_costs customer-auth-$(ENV) "$(MONTH)"

revoke-publishable-key: .venv/.done ## Revoke a storefront's key on AWS (ENV=prod KEY=pk_…)
	@PYTHONPATH=layers/shared .venv/bin/python -m tools.revoke_publishable_key customer-auth-$(ENV) "$(KEY)"

revoke-admin: .venv/.done ## Take the role admin from a customer on AWS (ENV=prod ADDRESS=ada@example.com, or a phone)
	@PYTHONPATH=layers/shared .venv/bin/python -m tools.revoke_admin customer-auth-$(ENV) "$(ADDRESS)"

renumber: .venv/.done ## List customers on AWS whose numbers belong to an old numbering plan, or move them (ENV=prod MOVE=yes)
	@PYTHONPATH=layers/shared .venv/bin/python -m tools.renumber customer-auth-$(ENV) $(if $(MOVE),move)

redo-deletions: .venv/.done ## After a restore on AWS, repeat the recorded deletions (ENV=prod TABLE=the former table)
	@PYTHONPATH=layers/shared .venv/bin/python -m tools.redo_deletions customer-auth-$(ENV) "$(TABLE)"

receipts-key: .venv/.done ## Print the public key for receipts of deletions (ENV=prod)
	@PYTHONPATH=layers/shared .venv/bin/python -m tools.receipts key customer-auth-$(ENV)

verify-receipt: .venv/.done ## Check a receipt of a deletion, offline (FILE=adr_….receipt.jws KEY=receipts-key.pem)
	@PYTHONPATH=layers/shared .venv/bin/python -m tools.receipts verify "$(FILE)" "$(KEY)"

invoke: .venv/.done .tools/sam/.done ## Run one function (FUNCTION=RequestLoginCode) with its events in Docker, beside a running `make dev`
	@$(BUILD_HERE)
	@.venv/bin/python -m tools.sam_local $(ARGS) "$(FUNCTION)"

start-api: .venv/.done .tools/sam/.done ## Serve the functions in Docker by `sam local start-api`, beside a running `make dev`
	@$(BUILD_HERE)
	@.venv/bin/python -m tools.sam_local $(ARGS) start-api

node: .tools/node/.done ## Download Node for the tests of the browser modules, if the machine has no version 20 or newer

invoke-all: .venv/.done .tools/sam/.done ## Run every built function with its event under Lambda's runtime, without Docker
	@$(BUILD_HERE)
	@.venv/bin/python -m tools.invoke_all

axe: .tools/axe/.done ## Download axe-core, for the accessibility tests of the pages

iam-simulate: .tools/iam-simulate/.done ## Download iam-simulate, which evaluates policies as IAM does, for the tests of the policies

sms-clients: .tools/sms-clients/.done ## Download Netgsm's and SMS.ir's own clients, for the tests of the stand-ins

oidc-provider: .tools/oidc-provider/.done ## Download oidc-provider, for `make dev ARGS="--with-providers"` and the tests of sign-in by providers

graphiql: .tools/graphiql/.done ## Download GraphiQL, for the page /_local/graphiql/ of `make dev`

dynamodb-local: .tools/dynamodb-local/.done ## Download AWS's own DynamoDB Local, for the race tests

lock: .tools/uv/bin/uv ## Write every lock file again, with the newest versions that pyproject.toml allows
	$(LOCK) pyproject.toml --group dev -o requirements-dev.lock
	$(LOCK) pyproject.toml -c requirements-dev.lock -o layers/shared/requirements.txt
	$(LOCK) --group pyproject.toml:sam -o tools/sam.txt
	$(LOCK) --group pyproject.toml:schemathesis -o tools/schemathesis.txt
	$(LOCK) --group pyproject.toml:uv -o tools/uv.txt
	$(LOCK) --group pyproject.toml:node -o tools/node.txt

clean: ## Remove everything that make created
	rm -rf .venv .tools .aws-sam .pytest_cache .ruff_cache .mypy_cache .hypothesis .schemathesis .coverage

.tools/uv/bin/uv: tools/uv.txt
	rm -rf .tools/uv
	PYENV_VERSION=system python3 -m venv .tools/uv || { rm -rf .tools/uv; exit 1; }
	.tools/uv/bin/python -m pip install -q --disable-pip-version-check --require-hashes --only-binary :all: -r $<
	touch $@

.venv/.done: requirements-dev.lock .python-version | .tools/uv/bin/uv
	$(UV) venv -q --clear .venv
	$(UV) pip sync -q --python .venv --require-hashes requirements-dev.lock
	touch $@

.tools/sam/.done: tools/sam.txt .python-version | .tools/uv/bin/uv
	$(UV) venv -q --clear .tools/sam
	$(UV) pip sync -q --python .tools/sam --require-hashes tools/sam.txt
	touch $@

.tools/node/.done: tools/node.txt | .venv/.done
	rm -rf $(@D)
	$(UV) pip install -q --python .venv --require-hashes --target $(@D) -r $<
	touch $@

.tools/axe/.done: $(addprefix tests/browser/,package.json package-lock.json .npmrc)
.tools/iam-simulate/.done: $(addprefix tests/iam/,package.json package-lock.json .npmrc)
.tools/oidc-provider/.done: $(addprefix local/providers/,package.json package-lock.json .npmrc)
.tools/graphiql/.done: $(addprefix local/graphiql/,package.json package-lock.json .npmrc)
.tools/axe/.done .tools/iam-simulate/.done .tools/oidc-provider/.done .tools/graphiql/.done:
	@command -v npm >/dev/null || { echo "$(notdir $(@D)) needs npm: apt-get install npm"; exit 1; }
	mkdir -p $(@D) && cp $^ $(@D)
	cd $(@D) && npm ci --silent --ignore-scripts --no-audit --no-fund
	touch $@

.tools/sms-clients/.done: $(addprefix tests/sms_clients/,package.json package-lock.json .npmrc smsir.txt) | .tools/uv/bin/uv .venv/.done
	@command -v npm >/dev/null || { echo "$(notdir $(@D)) needs npm: apt-get install npm"; exit 1; }
	mkdir -p $(@D) && cp $^ $(@D)
	cd $(@D) && npm ci --silent --ignore-scripts --no-audit --no-fund
	$(UV) pip install -q --python .venv --require-hashes --no-deps --target $(@D)/python -r $(@D)/smsir.txt
	touch $@

.tools/schemathesis/.done: tools/schemathesis.txt .python-version | .tools/uv/bin/uv
	$(UV) venv -q --clear .tools/schemathesis
	$(UV) pip sync -q --python .tools/schemathesis --require-hashes tools/schemathesis.txt
	touch $@

.tools/dynamodb-local/.done: tools/pom.xml
	@command -v java >/dev/null && command -v mvn >/dev/null || \
	  { echo "DynamoDB Local needs Java 17 and Maven: apt-get install default-jre-headless maven"; exit 1; }
	mvn -q -B -f tools/pom.xml dependency:copy-dependencies -DoutputDirectory=$(@D:%=$(CURDIR)/%)/lib
	touch $@

.PHONY: $(shell sed -nE 's/^([a-z-]+):.*## .*/\1/p' Makefile)
