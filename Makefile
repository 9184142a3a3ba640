# One command each; every target sets up what it needs.
PORT ?= 8000
VENV := .venv
PY := $(VENV)/bin/python
LOCK = uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --quiet \
	--custom-compile-command "make lock" pyproject.toml

# What is compiled once serves every process that a run of the tests starts: hundreds.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run setup test check types quick-tests bench screenshots torture fuzz lock clean

run: setup ## the demo town, its worker and the web page on http://127.0.0.1:$(PORT)
	@$(VENV)/bin/svarsvakt demo --port $(PORT)

setup: ## .venv with the locked requirements
	@scripts/setup requirements.lock

test: ## everything: services, checks and every test
	@scripts/setup requirements-test.lock
	@scripts/services
	@$(MAKE) --no-print-directory check
# What waits for real processes goes first, so that no long test is left over for the end.
	$(PY) -m pytest -n 3 --dist loadgroup -m "not checked" \
		tests/integration tests/browser tests/flow tests/migration tests/contracts tests/web

check: ## format, lint, types, imports, unit tests and contracts against the fakes, in some minutes
	@scripts/setup requirements-test.lock
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	@$(MAKE) --no-print-directory --jobs=2 types quick-tests

# Types take one core and leave the other idle: the quick tests run beside them.
types:
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

quick-tests:
	$(PY) -m pytest -n 2 tests/unit tests/contracts tests/test_layout.py tests/test_docs.py -m "not service"

bench: ## what is measured, printed as tables
	@scripts/setup requirements-test.lock
	$(PY) -m bench

screenshots: ## the pictures in docs/pages/, of the demo after its first minute
	@scripts/setup requirements-test.lock
	@scripts/services
	$(PY) scripts/screenshots

torture: ## two hundred processes die while they send, on each database, and workers while 5,000 messages flow
	@scripts/setup requirements-test.lock
	@scripts/services
	TORTURE_KILLS=200 BREAK_MESSAGES=5000 FAIR_MESSAGES=10000 $(PY) -m pytest -s tests/integration/test_torture.py \
		tests/integration/test_break_workers.py tests/integration/test_break_clock.py tests/integration/test_fair_shape.py

fuzz: ## ten minutes of hostile mail, led by coverage
	@scripts/setup requirements-fuzz.lock
	$(PY) -m fuzz --minutes 10

lock: ## the requirements, locked with hashes
	@scripts/setup requirements-test.lock
	$(VENV)/bin/$(LOCK) -o requirements.lock
	$(VENV)/bin/$(LOCK) --extra test -o requirements-test.lock
	$(VENV)/bin/$(LOCK) --extra test --extra fuzz -o requirements-fuzz.lock

clean: ## take away what the targets made
	rm -rf $(VENV) .fuzz .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
