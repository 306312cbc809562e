# Penstock. `make help` lists the targets; Go and make are all a machine needs for run and test.

SPECS   := $(wildcard specs/*.yaml specs/*.yml)
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -s -w -X github.com/penstock-dev/penstock/runtime.Version=$(VERSION)
# The race detector needs a C compiler. RACE=-race asks for it outright, as CI does.
CC_FOUND := $(shell command -v $$(go env CC) 2>/dev/null)
RACE    ?= $(if $(CC_FOUND),-race)
# The packages whose tests also run against the broker that PENSTOCK_TEST_KAFKA names.
KAFKA_TESTS := ./runtime/internal/kafka ./test/gateway
LINT    := go tool -modfile=tools/lint.mod

.DEFAULT_GOAL := help
.PHONY: help all build generate run test test-kafka test-security test-faults faults test-editors test-browser test-readme bench fuzz lint fmt tidy vuln check clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  %-13s %s\n", $$1, $$2}'

all: generate build test ## generate, build and test

build: ## build bin/penstock and bin/gateway, static
	CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o bin/ ./cmd/penstock ./cmd/gateway

generate: ## write generated/ from specs/, and those of bench and test/faults
	go run ./cmd/penstock generate --out generated $(SPECS)
	go run ./cmd/penstock generate --out bench/generated bench/specs/bench.yaml
	go run ./cmd/penstock generate --out test/faults/generated test/faults/specs/faults.yaml

run: ## start the gateway on specs/ with an embedded Kafka, and rebuild it when a document changes
	@test -x bin/penstock || echo 'building penstock (the first time takes a minute)'
	@CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o bin/ ./cmd/penstock
	@bin/penstock dev $(SPECS)

test: ## run all Go tests against the embedded Kafka
	go test $(RACE) -shuffle=on -timeout 20m ./...

test-kafka: ## run the contract suites against a real Apache Kafka, which it fetches and starts
	scripts/kafka.sh run go test $(RACE) -shuffle=on -count=1 -timeout 20m $(KAFKA_TESTS)

test-security: ## log in to a real Apache Kafka by every mechanism, Kerberos too (installs krb5-kdc)
	scripts/security.sh go test $(RACE) -count=1 -timeout 20m ./test/security

test-faults: ## break things around gateways (2.5 minutes), and count lost, doubled and misplaced records
	go run ./test/faults $(ARGS)

faults: ## the same for long, with a real Apache Kafka (MINUTES=20, ARGS=--help)
	go run ./test/faults -kafka real -load 20s -minutes $(or $(MINUTES),20) $(ARGS)

test-editors: ## ask the language services of real editors about documents and endpoint files (fetches them, needs Node.js)
	scripts/editors.sh

test-browser: ## use the gateway from a real browser (installs Chromium, needs Node.js)
	scripts/browser.sh

test-readme: ## run the commands of README.md and look at what they print
	go run ./test/readme -start 'make run' -ready 'Ready' README.md

bench: ## compare the gateway with a bare one: requests/s, CPU and memory as ratios (ARGS=--help)
	go run ./bench $(ARGS)

fuzz: ## fuzz every parser for FUZZTIME each (default 20s)
	scripts/fuzz.sh $(or $(FUZZTIME),20s)

lint: ## run golangci-lint, pinned in tools/lint.mod
	$(LINT) golangci-lint run

fmt: ## format the code
	$(LINT) golangci-lint fmt

tidy: ## tidy go.mod
	go mod tidy

vuln: ## look for known vulnerabilities in what is linked (needs vuln.go.dev)
	$(LINT) govulncheck ./...

check: lint ## lint, go.mod is tidy, generated/ is current
	go mod tidy -diff
	go run ./cmd/penstock generate --check --out generated $(SPECS)
	go run ./cmd/penstock generate --check --out bench/generated bench/specs/bench.yaml
	go run ./cmd/penstock generate --check --out test/faults/generated test/faults/specs/faults.yaml

clean: ## remove what was built and fetched
	rm -rf bin dist .cache
