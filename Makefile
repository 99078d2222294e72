# The few things one does here. `make demo` and `make test` work on a fresh machine with Swift.

SHELL := /bin/bash
VSQL := .build/release/vsql
DATA ?= Examples/packages
SCALE ?= 1
PACKAGES := libssl-dev libreadline-dev libzstd-dev

.PHONY: demo test bench bench-commits bench-lineitem bench-life bench-opening torture build deps lint format clean

## Builds, makes demo.vsql from Examples/packages and shows the tour.
demo: build
	@Examples/demo.sh $(VSQL)

## Runs every test.
test: deps
	swift build --product vsql
	swift test

## Prints the figures of this machine, each next to its reference.
bench: build
	@Benchmarks/run.sh $(VSQL) $(DATA)

## The figures of commits and point reads, through the library, beside SQLite.
bench-commits: deps
	@pkg-config --exists sqlite3 || { echo "Missing: libsqlite3-dev. Run: sudo apt-get update && sudo apt-get install -y libsqlite3-dev" >&2; exit 1; }
	swift build -c release --package-path Benchmarks --scratch-path .build-bench/commits --product Commits
	.build-bench/commits/release/Commits

## Opening sealed columns, beside nothing but OpenSSL and zstd on as many bytes, on one core and on two.
bench-opening: deps
	swift build -c release --package-path Benchmarks --scratch-path .build-bench/commits --product Opening
	.build-bench/commits/release/Opening

## A day of random statements in MINUTES, held against a model row by row; draws docs/benchmarks/life.svg.
MINUTES ?= 10
SEED ?= 1
bench-life: deps
	swift build -c release --package-path Benchmarks --scratch-path .build-bench/commits --product Life
	.build-bench/commits/release/Life $(MINUTES) $(SEED) docs/benchmarks/life.svg

## COPY of TPC-H lineitem, its bytes and the time to open it, sealed both ways, beside DuckDB. SCALE=0.1 is quick.
bench-lineitem: build
	@BENCH=bench_lineitem.py Benchmarks/run.sh $(VSQL) "" --scale $(SCALE)

## The long forms of the tests: every bit flipped, fifty rounds of kill -9.
torture: deps
	swift build --product vsql
	VSQL_TORTURE=1 swift test

build: deps
	swift build -c release --product vsql --static-swift-stdlib

## Installs what is missing, where it may.
deps:
	@command -v swift >/dev/null || { echo "Swift 6.2 or later is missing: https://www.swift.org/install" >&2; exit 1; }
	@missing=""; \
	if command -v dpkg-query >/dev/null; then \
	  for package in $(PACKAGES); do \
	    dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q 'install ok installed' || missing="$$missing $$package"; \
	  done; \
	fi; \
	if [ -n "$$missing" ]; then \
	  if [ "$$(id -u)" = 0 ]; then run=""; elif sudo -n true 2>/dev/null; then run="sudo"; else \
	    echo "Missing:$$missing. Run: sudo apt-get update && sudo apt-get install -y$$missing" >&2; exit 1; fi; \
	  echo "Installing$$missing"; \
	  { $$run apt-get update -qq && $$run env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $$missing >/dev/null; } || { \
	    echo "That failed. By hand: apt-get update && apt-get install -y$$missing" >&2; exit 1; }; \
	fi

lint:
	swift format lint --recursive --strict Package.swift Sources Tests

format:
	swift format --recursive --in-place Package.swift Sources Tests

clean:
	swift package clean
	rm -rf demo.vsql tampered.vsql demo.key
