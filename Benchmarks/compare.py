"""Two builds of the Commits benchmark by turns, so that what else the machine does meets both: `compare.py OLD NEW [ROUNDS] [FOLDER]`.

Prints for each figure the median of NEW's rate over OLD's, both beside SQLite's of the same run, which takes the machine's speed out."""

import json
import statistics
import subprocess
import sys


def run(program, folder):
    lines = subprocess.run([program] + folder, check=True, capture_output=True, text=True).stdout.splitlines()
    return {line["figure"]: line for line in map(json.loads, lines)}


def main():
    old, new = sys.argv[1:3]
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    runs = [(run(old, sys.argv[4:]), run(new, sys.argv[4:])) for _ in range(rounds)]
    for figure in runs[0][0]:
        def ratios(side, key):
            return statistics.median(pair[side][figure][key] for pair in runs)

        def rates(side):
            return statistics.median(pair[side][figure]["vsql"] / pair[side][figure]["sqlite"] for pair in runs)

        print(json.dumps({
            "figure": figure,
            "times_faster": round(statistics.median(b[figure]["vsql"] / a[figure]["vsql"] for a, b in runs), 2),
            "old_ratio": round(rates(0), 3), "new_ratio": round(rates(1), 3),
            "old_processor_ratio": ratios(0, "processor_ratio"), "new_processor_ratio": ratios(1, "processor_ratio"),
            "bound": runs[0][1][figure]["bound"],
        }))


main()
