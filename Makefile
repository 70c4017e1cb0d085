# Everything a newcomer needs. `make` alone lists the verbs.

PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Other people's taps, each with packages of its own: independent clients for tests.
PUBLIC_TAPS := $(patsubst tests/public_taps/%.lock,$(VENV)/public/%/.ready,$(wildcard tests/public_taps/*.lock))

# Options of `make demo`, passed on when given.
DEMO_OPTIONS := \
	$(if $(ORDERS),--orders "$(ORDERS)") \
	$(if $(COMPANY),--company "$(COMPANY)") \
	$(if $(CURRENCY),--currency "$(CURRENCY)") \
	$(if $(TIME_ZONE),--time-zone "$(TIME_ZONE)") \
	$(if $(AS_OF),--as-of "$(AS_OF)") \
	$(if $(SETTING),--setting "$(SETTING)")

# Each of the many processes of a run compiles its modules anew where this is set.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo dev check test soak lint types definitions bench pictures db-url lock clean

help: ## list these verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# Installs the packages of a lock file into an environment: uv, which is in our own lock, takes
# a tenth of the time of pip, which stands in where uv cannot reach the packages.
UV_LOCK := $(VENV)/uv.lock
COMPILED := --compile-bytecode
install_lock = UV_DEFAULT_INDEX="$$($(BIN)/pip config get global.index-url 2>/dev/null \
	|| echo "$${PIP_INDEX_URL:-https://pypi.org/simple}")" $(BIN)/uv pip install --quiet \
	$(COMPILED) --no-config --python $(1)/bin/python --require-hashes -r $(2) \
	|| $(1)/bin/pip install --quiet --require-hashes -r $(2)

$(READY): requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Timonel needs Python 3.11: install it, or set PYTHON=/path/to/python3.11"; exit 1; }
	@echo "Installing the packages into $(VENV) (once; a minute or two)"
	@$(PYTHON) -m venv $(VENV)
	@awk '/^[^ ]/ {is_uv = /^uv==/} is_uv' requirements.lock > $(UV_LOCK)
	@$(BIN)/pip install --quiet --require-hashes -r $(UV_LOCK)
	@$(call install_lock,$(VENV),requirements.lock)
	@$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(READY) ## run the main job and open the dashboard (ORDERS=file.csv COMPANY=name for your own)
	@$(BIN)/timonel demo $(DEMO_OPTIONS)

dev: $(READY) ## open the Dagster UI on this project
	@$(BIN)/timonel dev

# Of several hundred megabytes two modules are looked at.
$(VENV)/public/vendor-clients/.ready: private COMPILED :=

$(VENV)/public/%/.ready: tests/public_taps/%.lock | $(READY)
	@echo "Installing the public $* for the tests (once)"
	@$(PYTHON) -m venv $(@D)
	@$(call install_lock,$(@D),$<)
	@touch $@

check: $(READY) ## lint, types and tests of what changed since main, in three minutes (BASE=commit)
	@$(BIN)/python -m tests.suite.check $(if $(BASE),--base "$(BASE)")

# The dearest modules first (tests/suite/costs.py), so that no worker waits for another.
test: $(READY) $(PUBLIC_TAPS) ## run every test
	@$(BIN)/pytest --costs -rsfE -m "not soak" --numprocesses auto \
		--dist loadscope --no-loadscope-reorder

SOAK := .cache/soak
# Properties of what reads other people's input, tried a million times (tests/taps/conftest.py).
FUZZED := $(addprefix tests/taps/,tap_files/test_amounts.py \
	tap_shopify/test_windows.py target_postgres/test_copy_text.py)

# Begins anew each time: what a benchmark kept of an earlier state proves nothing today.
soak: $(READY) $(PUBLIC_TAPS) ## run what takes hours: kills, a million inputs, full recovery, planted faults
	@rm -rf $(SOAK)
	@$(BIN)/pytest --costs -m soak --timeout 14400 --numprocesses auto --dist load
	@$(BIN)/pytest --hypothesis-profile soak --timeout 14400 $(FUZZED) \
		--numprocesses auto --dist load
	@$(BIN)/python -m tests.suite.planted
	@$(BIN)/python -m tests.benchmarks.killed_runs --folder $(SOAK)/killed_runs --moments 50

lint: $(READY) ## check style, SQL, doors between rooms, dashboards
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports
	$(BIN)/sqlfluff lint dbt_project --processes 2
	$(BIN)/python -m metabase validate

types: $(READY) ## check types, strictly
	$(BIN)/mypy

definitions: $(READY) ## write tests/orchestration/definitions.txt anew, after a change on purpose
	$(BIN)/python -m tests.orchestration.definition_names

# DATA: folder of public sets. PEERS: interpreters that have other people's libraries, which
# are no packages of ours. WRITE: the document whose tables are written anew.
PEER_OPTIONS = $(if $(DATA),--data "$(DATA)") $(if $(WRITE),--write "$(WRITE)") \
	$(foreach python,$(PEERS),--peer-python "$(python)")

bench: $(READY) ## measure speed and errors against named baselines (DATA=folder PEERS=python WRITE=file.md)
	$(BIN)/python -m tests.benchmarks.loader
	$(BIN)/python -m tests.benchmarks.sources
	$(BIN)/python -m tests.benchmarks.warehouse
	$(BIN)/python -m tests.benchmarks.domains
	$(BIN)/python -m tests.benchmarks.dashboards
	$(BIN)/python -m tests.benchmarks.customer_value
	$(BIN)/python -m tests.benchmarks.value_tables
	$(BIN)/python -m tests.benchmarks.peers.values $(PEER_OPTIONS)
	$(BIN)/python -m tests.benchmarks.media_mix
	$(BIN)/python -m tests.benchmarks.peers.media $(PEER_OPTIONS)
	$(BIN)/python -m tests.benchmarks.advice
	$(BIN)/python -m tests.benchmarks.attribution
	$(BIN)/python -m tests.benchmarks.service_levels
	$(BIN)/python -m tests.benchmarks.receiver
	$(BIN)/python -m tests.benchmarks.no_change_run

pictures: $(READY) ## take the pictures of the README from the demo, with Chromium
	$(BIN)/python -m tests.suite.readme_pictures

db-url: $(READY) ## print the address of the database
	@$(BIN)/timonel db url

lock: $(READY) ## write requirements.lock anew from pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --extra dev \
		--no-strip-extras --generate-hashes --no-emit-index-url --no-emit-find-links \
		pyproject.toml --output-file requirements.lock
	for tap in tests/public_taps/*.in; do \
		$(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-emit-find-links \
		$$tap --output-file $${tap%.in}.lock; done

clean: ## stop the database and delete everything that was made
	@test ! -x $(BIN)/timonel || env -u TIMONEL_DATABASE_URL $(BIN)/timonel db remove --yes
	rm -rf $(VENV) .timonel dbt_project/target dbt_project/logs
