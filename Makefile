# What one does here, a word each; `make` alone lists them. Needs make and Python 3.11 or newer.

PYTHON ?= python3
UV ?= uv
# More arguments for `make run`, `make bench` and `make contract`: make run ARGS="--port 9000"
ARGS ?=
# The gateway that `make contract` checks.
URL ?= http://127.0.0.1:8080

# profile.yaml is the schema of the shared profile, not an OpenAPI document.
SPECS := $(filter-out specs/profile.yaml,$(wildcard specs/*.yaml specs/*.yml specs/*.json))
SWAGGER_UI := profilegate/http/pages/swagger_ui

# Each tool is run as `python -m`, so that a checkout may be moved with its .venv.
VENV := .venv
BENCH_VENV := .venv-bench
BENCH_NODE := .bench-node
RUN := $(VENV)/bin/python -m
INSTALL := $(RUN) pip install --disable-pip-version-check --no-input --quiet --require-hashes

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install run generate check test test-postgresql contract random-specs torture screenshots lint-specs bench bench-guard bench-compare bench-double bench-processes bench-waits mutation-score pins swagger-ui wheel clean

help: ## List these words
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) \
	  | while IFS='|' read -r word what; do printf '  make %-16s %s\n' "$$word" "$$what"; done

install: $(VENV)/dev ## Install the pinned tools and this checkout into .venv

run: $(VENV)/project ## Serve the demo data (installs first, if needed)
	@$(RUN) profilegate serve --demo $(ARGS)

generate: $(VENV)/dev ## Write handlers/*/_generated.py from specs/*.yaml
	$(RUN) profilegate generate

check: $(VENV)/dev ## Generated code current, lint, format, types, specs: what CI runs first
	$(RUN) profilegate generate --check
	$(RUN) ruff check
	$(RUN) ruff format --check
	$(RUN) mypy
	$(RUN) yamllint --strict specs profilegate
	.ci/compat $(RUN) profilegate
	$(RUN) pytest tests/specs -q

test: check ## Run all checks, then all tests on all cores (installs first, if needed)
	$(RUN) pytest --numprocesses auto --dist worksteal

test-postgresql: $(VENV)/dev ## Run all tests on PostgreSQL that can (of its own, or PROFILEGATE_TEST_POSTGRES)
	PROFILEGATE_TEST_BACKEND=postgresql $(RUN) pytest --numprocesses auto --dist worksteal

contract: $(VENV)/dev ## Check a running gateway with Schemathesis (make run ARGS="--no-rate-limits --no-lockouts")
	@for spec in $(basename $(notdir $(SPECS))); do \
	  $(RUN) schemathesis.cli --config-file tests/contract/schemathesis.toml run $(ARGS) $(URL)/specs/$$spec.json \
	    || exit 1; \
	done

random-specs: $(VENV)/dev ## Serve 1000 random specs, and compare each response with an independent validator
	PROFILEGATE_RANDOM_SPECS=1000 $(RUN) pytest tests/foreign/test_random_specs.py -q

torture: $(VENV)/dev ## Attack, kill and cut the power of gateways, and write docs/reliability.md (Linux; needs strace)
	@$(RUN) tests.torture $(ARGS)

screenshots: $(VENV)/dev ## Write docs/screenshots: every page, light and dark, wide and narrow (needs Chromium)
	$(RUN) tests.browser.screenshots

lint-specs: ## Lint the specs with Redocly and Spectral as well, where Node is installed
	@if command -v npx >/dev/null; then \
	  export npm_config_update_notifier=false REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true; \
	  status=0; \
	  npx --yes @redocly/cli@2.77.0 lint $(SPECS) || status=1; \
	  npx --yes @stoplight/spectral-cli@6.16.3 lint --fail-severity=warn $(SPECS) || status=1; \
	  exit $$status; \
	else \
	  echo "Skipped: Redocly and Spectral need Node, and there is no npx here."; \
	fi

bench: $(BENCH_VENV)/all $(BENCH_NODE)/all ## Measure, and write docs/performance.md; ARGS=--quick, or ARGS=--long
	@$(BENCH_VENV)/bin/python -m benchmarks $(ARGS)

bench-guard: $(VENV)/dev ## Has an update become more expensive? ARGS=--write keeps today's costs
	@$(RUN) benchmarks.guard $(ARGS)

bench-compare: $(VENV)/dev ## Compare with an older checkout: make bench-compare BASE=../older
	@test -n "$(BASE)" || { echo "Say which: make bench-compare BASE=../older" >&2; exit 1; }
	@$(RUN) benchmarks.compare $(BASE)

bench-double: $(VENV)/dev ## Measure the start, the namespaces and the journal of the test double
	@$(RUN) benchmarks.double

bench-processes: $(BENCH_VENV)/all ## Measure one process and two, on SQLite and PostgreSQL; ARGS=1000000 profiles
	@$(BENCH_VENV)/bin/python -m benchmarks.processes $(ARGS)

bench-waits: $(VENV)/dev ## Measure how long an update waits beside a reader and erasures
	@$(RUN) benchmarks.waits

mutation-score: $(VENV)/dev ## Loosen one rule at a time: does a test notice? ARGS="--sample 60 --write"
	@$(RUN) tests.mutations $(ARGS)

pins: ## Renew all pinned requirements (needs uv)
	@command -v $(UV) >/dev/null || { echo "make pins needs uv; name it with UV=..." >&2; exit 1; }
	$(COMPILE) --upgrade --group build --group dev --output-file requirements/dev.txt pyproject.toml
	@# The old output is what uv prefers: run.txt gets the very versions of dev.txt.
	cp requirements/dev.txt requirements/run.txt
	$(COMPILE) --group build --output-file requirements/run.txt pyproject.toml
	cp requirements/dev.txt requirements/image.txt
	$(COMPILE) --group build --extra postgresql --extra opentelemetry --output-file requirements/image.txt pyproject.toml
	cp requirements/run.txt benchmarks/requirements.txt
	$(COMPILE) --output-file benchmarks/requirements.txt pyproject.toml benchmarks/requirements.in

COMPILE := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
  --custom-compile-command "make pins"

swagger-ui: ## Renew the vendored Swagger UI: make swagger-ui VERSION=5.35.0 (needs npm)
	@test -n "$(VERSION)" || { echo "Say which: make swagger-ui VERSION=5.35.0" >&2; exit 1; }
	@folder=$$(mktemp -d) && trap 'rm -r "$$folder"' EXIT && \
	npm pack --loglevel=error --pack-destination "$$folder" swagger-ui-dist@$(VERSION) && \
	tar -xzf "$$folder"/swagger-ui-dist-*.tgz -C "$$folder" && \
	for file in LICENSE NOTICE favicon-16x16.png favicon-32x32.png swagger-ui.css \
	  swagger-ui-bundle.js swagger-ui-bundle.js.LICENSE.txt; \
	do cp "$$folder/package/$$file" $(SWAGGER_UI)/ || exit 1; done && \
	sed 's/^- Version: .*/- Version: $(VERSION)/; s/VERSION=[0-9.]*/VERSION=$(VERSION)/' \
	  $(SWAGGER_UI)/README.md > "$$folder/README.md" && \
	cp "$$folder/README.md" $(SWAGGER_UI)/README.md

wheel: $(VENV)/project ## Build the wheel into dist/
	$(RUN) hatchling build --target wheel

clean: ## Remove what make installed, dist and caches; var/ with its profiles stays
	rm -rf $(VENV) $(BENCH_VENV) $(BENCH_NODE) dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- What is installed, and since when ----------------------------------------------------

# Each file under .venv is the time at which a step was done. The steps form a line, so that
# no two of them ever write to .venv at once, whatever -j says.

$(VENV)/made:
	@command -v $(PYTHON) >/dev/null || \
	  { echo "There is no $(PYTHON) here. Name a Python 3.11 or newer: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Profilegate needs Python 3.11 or newer; $(PYTHON) is %d.%d. Name another: make PYTHON=python3.12" % sys.version_info[:2])'
	$(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(VENV)/run: requirements/run.txt $(VENV)/made
	@echo "Installing the pinned packages of $< into $(VENV)"
	@$(INSTALL) --requirement $<
	@touch $@

$(VENV)/project: pyproject.toml $(VENV)/run
	@$(RUN) pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev: requirements/dev.txt $(VENV)/project
	@echo "Installing the pinned packages of $< into $(VENV)"
	@$(INSTALL) --requirement $<
	@touch $@

# The benchmarks' own: our run-time packages, and those whom we are measured against.
$(BENCH_VENV)/all: benchmarks/requirements.txt
	@command -v $(PYTHON) >/dev/null || \
	  { echo "There is no $(PYTHON) here. Name a Python 3.11 or newer: make PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv --clear $(BENCH_VENV)
	@echo "Installing the pinned packages of $< into $(BENCH_VENV)"
	@$(BENCH_VENV)/bin/python -m pip install --disable-pip-version-check --no-input --quiet \
	  --require-hashes --requirement $<
	@touch $@

# Prism is Node's. Without it, or if it cannot be had, the rest is measured; without the time in
# this folder, the next run tries again.
$(BENCH_NODE)/all: benchmarks/prism/package.json
	@if command -v npm >/dev/null; then \
	  echo "Installing Prism, as pinned in $<, into $(BENCH_NODE)"; \
	  mkdir -p $(BENCH_NODE) && cp $< $(BENCH_NODE)/ && \
	  npm install --prefix $(BENCH_NODE) --no-package-lock --ignore-scripts --no-audit --no-fund \
	    --no-update-notifier --loglevel=error && touch $@ || \
	  echo "Skipped: Prism could not be installed."; \
	else \
	  echo "Skipped: Prism needs Node, and there is no npm here."; \
	fi
