SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run test check fix bench faults requirements clean
PYTHON := .venv/bin/python
# The tests keep what they write apart from the portal of `make run`, and see none of its settings.
TEST_ENV := env -u SITE_URL -u REQUIRE_MFA -u HOST -u PORT VAR_DIR=$(CURDIR)/var/test
# What a production machine has, for Django's own check of a deployment.
DEPLOY_ENV := env -u DATABASE_URL -u REDIS_URL -u DEBUG VAR_DIR=$(CURDIR)/var/check SITE_URL=https://portail.example \
	SECRET_KEY=mk7-u2xh-9dq4-wz83-fl50-tn6e-cv1r-py8b-gs4o-jai2-hqe TRUSTED_PROXY_COUNT=1 EMAIL_URL=smtp://localhost:25
ARGS ?=

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile

run: ## Install what is missing, load the demo once, start the portal at http://localhost:8000/ (HOST=, PORT=)
	@scripts/setup.sh run && exec $(PYTHON) scripts/run.py

test: ## Run every test, browser tests included (ARGS="..." goes to pytest)
	@scripts/setup.sh dev
	@[ -x /usr/bin/chromium ] || set -- -m "not browser"; \
	exec $(TEST_ENV) $(PYTHON) -m pytest -q -n 2 --dist loadgroup "$$@" $(ARGS)

faults: ## Run only the races and break-downs, on real servers (200 at once, broker down, kill -9, SMTP cut)
	@scripts/setup.sh dev
	@exec $(TEST_ENV) $(PYTHON) -m pytest -q -m server $(ARGS)

check: ## Check style, templates, imports between apps, migrations and deployment settings
	@scripts/setup.sh dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/djlint templates --check
	.venv/bin/djlint templates --lint
	.venv/bin/lint-imports
	$(DEPLOY_ENV) $(PYTHON) manage.py makemigrations --check --dry-run
	$(DEPLOY_ENV) $(PYTHON) -W error manage.py check --deploy --fail-level WARNING

fix: ## Repair what ruff and djlint can repair
	@scripts/setup.sh dev
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .
	.venv/bin/djlint templates --reformat --quiet || true

bench: ## Measure pages, lists, exports and mails against bare Django in the same run (ARGS=--json, ARGS=--quick)
	@scripts/setup.sh run && exec $(PYTHON) bench/run.py $(ARGS)

requirements: ## Compile the pinned requirements again from requirements*.in
	@scripts/setup.sh dev
	cd $(CURDIR) && for name in requirements requirements-dev; do \
		.venv/bin/pip-compile --quiet --no-emit-find-links --no-emit-index-url --strip-extras $$name.in || exit 1; done

clean: ## Forget the virtualenv and the caches (the database and the mails under var/ stay)
	rm -rf .venv .ruff_cache .pytest_cache .import_linter_cache var/test var/check
