#!/usr/bin/env bash
# Makes demo.vsql from Examples/packages, runs the tour on it, then damages a copy to show that it is noticed.
set -euo pipefail
cd "$(dirname "$0")/.."
vsql=$1
rm -rf demo.vsql tampered.vsql demo.key

"$vsql" demo.vsql --key-file demo.key --mode box --echo -f Examples/tour.sql

echo
echo "A copy of the database, one byte of its audit log changed:"
cp -r demo.vsql tampered.vsql
log=$(ls -S tampered.vsql/audit/*.log | head -n 1)
middle=$(($(wc -c <"$log") / 2))
byte=$(dd if="$log" bs=1 skip="$middle" count=1 2>/dev/null | od -An -tu1 | tr -d ' ')
printf "\\$(printf '%03o' $((byte ^ 1)))" | dd of="$log" bs=1 seek="$middle" conv=notrunc 2>/dev/null
status=0
"$vsql" tampered.vsql --key-file demo.key --read-only --mode box --echo -c "VERIFY AUDIT" || status=$?
rm -rf tampered.vsql
if [ "$status" != 4 ]; then
  echo "the damage was not noticed: exit status $status, 4 expected" >&2
  exit 1
fi
echo "Exit status $status: the verification said no."
echo
echo "To look around in the same database:"
echo "  $vsql demo.vsql --key-file demo.key"
