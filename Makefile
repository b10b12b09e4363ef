# Two commands do all the set-up: `make demo` and `make test`.
NODE ?= node
BIN := node_modules/.bin

.PHONY: help demo test check bench build soak test-matrix format clean

help: ## what there is to make
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:[^#]*##/\t/' | expand -t 16

# Not `npm ci`: it refuses a lock file that lacks the other platforms' optional packages, which registry mirrors leave out.
node_modules/.installed: package.json package-lock.json
	npm install --no-save --no-audit --no-fund --no-update-notifier --loglevel=error
	@touch $@

build: node_modules/.installed ## the programs, into dist/
	@$(NODE) build/build.mjs

demo: build ## installs, builds, and runs a workflow on rehearsal agents
	@sh recipes/demo.sh

test: node_modules/.installed ## the suite of every day
	@$(NODE) node_modules/vitest/vitest.mjs run

check: node_modules/.installed ## format, lint, types, dead code, architecture, package
	@$(BIN)/biome check --error-on-warnings .
	@$(BIN)/tsc
	@$(BIN)/knip
	@$(NODE) node_modules/vitest/vitest.mjs run --project unit test/architecture.test.ts
	@$(MAKE) --no-print-directory build
	@$(NODE) build/check-package.mjs

soak: node_modules/.installed ## seeded kill trials: ANDWAIT_SOAK_SEED, ANDWAIT_SOAK_TRIALS
	@$(NODE) node_modules/vitest/vitest.mjs run --config vitest.soak.config.ts

test-matrix: node_modules/.installed ## the suite on Node 20.19, 22 and 24
	@sh build/test-matrix.sh

bench: build ## the figures, as ratios against floors measured in the same run
	@$(NODE) bench/bench.mjs

format: node_modules/.installed ## formats and mends what can be mended
	@$(BIN)/biome check --write .

clean: ## forgets what was built
	rm -rf dist coverage
