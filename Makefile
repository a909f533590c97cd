# Every target works from a fresh clone: `make setup` runs first and is quick when nothing has changed.
# Extra arguments: make demo ARGS="--cases 10 --seed 7", make test ARGS="tests/audit -k chain".

.DEFAULT_GOAL := help
.PHONY: help setup demo test check docs peers lock

help: ## Show what can be made
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 16

setup: ## Install Python packages, a browser and the PDF libraries
	@scripts/setup

demo: setup ## Run forty simulated applications from intake to letter
	@.venv/bin/arende demo $(ARGS)

test: ## Check and test everything, as CI does
	@scripts/test $(ARGS)

check: ## Lint, format check, types and import walls, without the tests
	@scripts/check

docs: setup ## Write the tables in the documents that come from the code
	@.venv/bin/python -m tests.docs.generated

peers: setup ## Measure the robot beside Robot Framework Browser, rpaframework and Selenium
	@scripts/peers $(ARGS)

lock: setup ## Resolve the dependencies anew into uv.lock
	@.venv-uv/bin/uv lock
