# What people type. Everything here works with nothing but Go (see go.mod for
# the version), make and git; `make lint` fetches its linter through Go's module
# proxy the first time.

GOLANGCI := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.9.0
# The shipped programs are static: no C library, no toolchain paths inside.
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null)
BUILD := CGO_ENABLED=0 go build -trimpath -ldflags="-s -X mostrador/internal/version.stamped=$(VERSION)"
# The race detector needs a C compiler; without one the tests run without it. It
# leaves out packages that have races of their own: whatsmeow's client writes
# LastSuccessfulConnect and AutoReconnectErrors at each login and clears a deleted
# device's stores without a lock, exsync's Event.GetChan writes under a read lock.
# And what only computes: SQLite is C in Go's clothes, on memory that is not Go's, and
# deflate has its own. Watched, they take eight times as long; what calls them is
# watched all the same.
UNWATCHED := go.mau.fi/whatsmeow go.mau.fi/whatsmeow/store go.mau.fi/util/exsync \
	modernc.org/sqlite/lib modernc.org/libc modernc.org/memory compress/flate
RACE := $(shell command -v $$(go env CC) >/dev/null 2>&1 && echo -race $(UNWATCHED:%=-gcflags=%=-race=false))
TESTFLAGS ?=
# The longest first, or they would run alone at the end.
PACKAGES := ./web ./internal/server/store ./cmd/demo ./internal/server/classifier ./...
# Systems, besides this one, that both programs must build for.
TARGETS := windows/amd64 linux/arm64 darwin/arm64

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: panel
panel: ## join the panel's files, so that browsers ask for two instead of a hundred
	@go run ./cmd/panel

.PHONY: build
build: panel ## put bin/server and bin/bridge there
	$(BUILD) -o bin/ ./cmd/server ./cmd/bridge

.PHONY: run-server
run-server: build ## run the server with the .env of this folder
	bin/server

.PHONY: run-bridge
run-bridge: build ## run the bridge with the .env of this folder
	bin/bridge

.PHONY: demo
demo: ## the whole product with a simulated WhatsApp: no phone, no account
	@echo 'Compilando; la primera vez tarda unos minutos…'
	@go build -o bin/ ./cmd/demo && exec bin/demo $(ARGS)

.PHONY: storm
storm: ## prove that nothing is lost and nothing is twice, about 6 minutes
	@go build -o bin/ ./cmd/storm && exec bin/storm $(ARGS)

.PHONY: idle
idle: build ## what both programs hold in memory while nothing happens, about 2 minutes
	@go build -o bin/ ./cmd/storm && exec bin/storm -quieto bin/server

.PHONY: test
test: ## every test, offline once the modules are cached
	$(if $(RACE),CGO_ENABLED=1) go test $(RACE) -shuffle=on -timeout 60m $(TESTFLAGS) $(PACKAGES)
	cd bench && go test $(TESTFLAGS) ./...

# Litestream, as the profile «backup» of docker-compose.yml has it.
LITESTREAM := v0.5.18

bin/tools/litestream-$(LITESTREAM):
	GOBIN=$(CURDIR)/bin/tools go install github.com/benbjohnson/litestream/cmd/litestream@$(LITESTREAM)
	mv bin/tools/litestream $@

.PHONY: test-litestream
test-litestream: bin/tools/litestream-$(LITESTREAM) ## continuous copies: the server under load, killed, and back from the bucket
	LITESTREAM=$(CURDIR)/$< go test -tags litestream -count=1 -timeout 60m -v -run 'Litestream|PowerCut' ./cmd/server

# What measures the panel; npm only fetches them, nothing of them ships.
NODE_TOOLS := bin/node
AXE_CORE := axe-core@4.14.1
LIGHTHOUSE := lighthouse@12.8.2
AXE = $(CURDIR)/$(NODE_TOOLS)/node_modules/axe-core/axe.min.js

$(NODE_TOOLS)/$(AXE_CORE)-$(LIGHTHOUSE):
	npm install --prefix $(NODE_TOOLS) --no-audit --no-fund --ignore-scripts $(AXE_CORE) $(LIGHTHOUSE)
	@touch $@

.PHONY: test-panel
test-panel: $(NODE_TOOLS)/$(AXE_CORE)-$(LIGHTHOUSE) ## axe and the tab key on every page and dialog of the panel (needs npm and Chromium)
	AXE=$(AXE) go test -tags axe -count=1 -v -timeout 20m $(TESTFLAGS) -run Accessible ./web

# A measurement that fails is to fail here too, whatever grep says.
.PHONY: figures
figures: SHELL := bash
figures: panel $(NODE_TOOLS)/$(AXE_CORE)-$(LIGHTHOUSE) ## the panel's size, time on a slow computer and Lighthouse scores
	set -o pipefail; LIGHTHOUSE=$(CURDIR)/$(NODE_TOOLS)/node_modules/lighthouse/cli/index.js go test -tags figures -count=1 -v -run Figures ./web | grep -v '^=== '

.PHONY: screenshots
screenshots: panel ## the pictures of the panel in the guides, from the demo (with a font that has emojis, such as Noto Color Emoji)
	go test -tags screenshots -count=1 -v -run PicturesOf ./cmd/demo

.PHONY: lint
lint: ## static checks
	go vet ./...
	go run $(GOLANGCI) run

.PHONY: vuln
vuln: ## known vulnerabilities in what the programs call (needs vuln.go.dev)
	@deploy/test/vuln.sh $(GOVULNCHECK)

.PHONY: fmt
fmt: ## format the Go code
	gofmt -w bench cmd internal migrations web

.PHONY: bench
bench: ## the server and the queue beside their limits and PocketBase (BENCH_DIR=a second disk)
	cd bench && go run . .. $(BENCH_DIR)

.PHONY: bench-parts
bench-parts: ## measure single packages; the figures are ratios within one run
	go test -run '^$$' -bench . -benchtime 1s ./internal/...

.PHONY: bench-read
bench-read: ## lists, filters and searches with a million tickets; BENCH_READ_DIR keeps them
	cd bench && go run ./read

.PHONY: bench-live
bench-live: ## 5,000 open panels hear of a change, beside plain coder/websocket
	go test -run '^$$' -bench BenchmarkPanels -benchtime 3x ./internal/server/live

.PHONY: eval
eval: ## measure the classifier by cross-validation
	@go build -o bin/ ./cmd/server && bin/server evaluate && bin/server evaluate --template comercio

# Systems for which there are zips.
DIST := linux/amd64 $(TARGETS)
EPOCH = $(shell git log -1 --format=%ct)

.PHONY: dist
dist: $(addprefix cross-,$(subst /,-,$(DIST))) ## a zip for each system, checksums and bills of materials, into dist/zip/
	@go run ./cmd/dist -version '$(VERSION)' -time $(EPOCH)

.PHONY: test-dist
test-dist: ## the zips, made twice: the same bytes, and what they hold starts
	deploy/test/dist.sh

.PHONY: test-windows
test-windows: cross-windows-amd64 ## the Windows programs under Wine (needs wine64 and gcc-mingw-w64-x86-64-win32)
	deploy/test/wine.sh

.PHONY: images
images: ## build the container images and try them, with Compose, Caddy and Prometheus (root; deploy/test/images.sh says what else)
	deploy/test/images.sh

.PHONY: guide
guide: ## only DEPLOY.md's short ways, typed as they stand, to a first message (needs what images needs)
	deploy/test/images.sh guide zip

.PHONY: metrics
metrics: ## check alerts and dashboard with a real Prometheus that reads both programs (needs prometheus)
	deploy/test/metrics.sh

.PHONY: cross
cross: $(addprefix cross-,$(subst /,-,$(TARGETS))) ## build both programs for every other system, into dist/

.PHONY: cross-%
cross-%: panel
	@mkdir -p dist/$*
	GOOS=$(word 1,$(subst -, ,$*)) GOARCH=$(word 2,$(subst -, ,$*)) $(BUILD) -o dist/$*/ ./cmd/server ./cmd/bridge
