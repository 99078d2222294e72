#!/usr/bin/env bash
# run.sh VSQL DATA [more options]: $BENCH, or bench.py, prints the figures, with their references in a Python environment of their own.
set -euo pipefail
cd "$(dirname "$0")/.."
vsql=$1
data=$2
shift 2
environment=.build-bench/venv
if ! cmp -s Benchmarks/requirements.txt "$environment/requirements.txt"; then
  echo "Making $environment with the references: $(tr '\n' ' ' <Benchmarks/requirements.txt)" >&2
  rm -rf "$environment"
  python3 -m venv "$environment" || { echo "Python's venv is missing: apt-get install python3-venv" >&2; exit 1; }
  "$environment/bin/pip" install --quiet --disable-pip-version-check -r Benchmarks/requirements.txt
  cp Benchmarks/requirements.txt "$environment/requirements.txt"
fi
exec "$environment/bin/python" "Benchmarks/${BENCH:-bench.py}" --vsql "$vsql" ${data:+--data "$data"} "$@"
