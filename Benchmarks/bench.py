#!/usr/bin/env python3
"""Prints vsql's figures, each next to its reference measured in the same run.

bench.py --vsql PATH --data DIR [--queries N] [--library PATH]

DIR holds packages.jsonl and vectors.f16.npy, and may hold queries.f16.npy with groundtruth_k100.npy. --library names a program
that answers in process (README.md says how it is called); then its times stand for the conversation's.
"""

import argparse
import json
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys

import numpy

from engine import Conversation, StepFailed, Vsql, alone_on

HERE = pathlib.Path(__file__).resolve().parent
NEAREST = 10
WHOLE = 60_000  # rows from which a bound is judged
TABLE = """CREATE TABLE packages (id INTEGER PRIMARY KEY, name TEXT NOT NULL, section TEXT, priority TEXT, architecture TEXT,
  installed_kb INTEGER, download_bytes INTEGER, source TEXT NOT NULL ENTITY source, maintainer_domain TEXT, tags TEXT,
  summary TEXT, embedding VECTOR(384, FLOAT16))"""


class Report:
    """The table's lines: figure, vsql, reference, ratio or share, bound, held."""

    def __init__(self, rows):
        self.lines, self.failures = [], 0
        self.whole = rows >= WHOLE

    def add(self, figure, ours, reference="", ratio="", bound="", held=None, any_size=False):
        """A bound is judged on the whole set only, as fixed costs count for more on few rows; `any_size`: always."""
        if held is not None and not self.whole and not any_size:
            bound, held = f"{bound} at 62,666 rows", None
        mark = "" if held is None else "yes" if held else "**no**"
        self.lines.append((figure, ours, reference, ratio, bound, mark))

    def step(self, name, work, *arguments):
        """Runs one step; a failure is a line of the table, and the next steps go on."""
        print(f"… {name}", file=sys.stderr, flush=True)
        try:
            return work(self, *arguments)
        except StepFailed as failure:
            self.failures += 1
            self.lines.append((name, "not measured", str(failure).replace("|", "/"), "", "", "**no**"))
        return None

    def print(self):
        head = ("figure", "vsql", "reference", "ratio", "bound", "held")
        widths = [max(len(line[i]) for line in [head, *self.lines]) for i in range(len(head))]
        for line in [head, tuple("-" * width for width in widths), *self.lines]:
            print("| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths)) + " |")


def reference(core, *arguments):
    """What reference.py measures, on one core, with OpenBLAS's own defaults."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OPENBLAS_")}
    done = subprocess.run(
        [sys.executable, str(HERE / "reference.py"), *map(str, arguments)], capture_output=True, text=True,
        env=environment, preexec_fn=alone_on(core))
    if done.returncode != 0:
        said = done.stderr.strip().splitlines()
        raise StepFailed(f"the reference “{arguments[0]}” failed: {said[-1] if said else 'no word'}")
    return json.loads(done.stdout)


def copy_statement(data):
    def quoted(path):
        return "'" + str(path.resolve()).replace("'", "''") + "'"
    return (f"COPY packages FROM {quoted(data / 'packages.jsonl')} "
            f"(FORMAT jsonl, VECTORS {quoted(data / 'vectors.f16.npy')} INTO embedding)")


def fresh(database):
    shutil.rmtree(database.folder, ignore_errors=True)
    database.key.unlink(missing_ok=True)
    database.run(TABLE)


def load(report, database, data, rows, core):
    best = None
    for _ in range(3):
        fresh(database)
        wall, cpu, _ = database.run(copy_statement(data))
        best = (wall, cpu) if best is None else min(best, (wall, cpu))
    count = database.run("SELECT count(*) FROM packages")[2].split()[-1]
    if count != str(rows):
        raise StepFailed(f"after COPY the table has {count} rows, the file {rows}")
    duck = min((reference(core, "load", data, database.folder.parent) for _ in range(3)), key=lambda one: one["wall"])
    wall, cpu = best
    name = f"DuckDB {duck['version']}, 1 thread"
    report.add(f"load {rows:,} rows, durable: wall", f"{wall:,.0f} ms", f"{duck['wall']:,.0f} ms ({name})",
               f"{wall / duck['wall']:.2f}", "≤ 3", wall <= 3 * duck["wall"])
    report.add(f"load {rows:,} rows, durable: processor", f"{cpu:,.0f} ms", f"{duck['cpu']:,.0f} ms ({name})",
               f"{cpu / duck['cpu']:.2f}", "≤ 3", cpu <= 3 * duck["cpu"])

    taken, length = database.bytes_on_disk()
    raw = numpy.load(data / "vectors.f16.npy", mmap_mode="r").nbytes
    alone = raw + reference(core, "text", data)["bytes"]
    report.add("size on disk", f"{taken / 1e6:.2f} MB (lengths {length / 1e6:.2f})",
               f"{alone / 1e6:.2f} MB (f16 + zstd 3 a row)", f"{taken / alone:.3f}", "≤ 1.15", taken <= 1.15 * alone)
    report.add("size on disk, against DuckDB", f"{taken / 1e6:.2f} MB", f"{duck['bytes'] / 1e6:.2f} MB (FLOAT[384])",
               f"{taken / duck['bytes']:.3f}")
    return True


def literal(vector):
    """A vector in SQL: the shortest digits that give the same float32."""
    return "'[" + ",".join(str(number) for number in vector.astype(numpy.float32)) + "]'"


def answers_by_conversation(database, queries):
    """Milliseconds, ids and distances of each query, as one vsql process answers over a pipe."""
    statements = [
        (f"SELECT id, distance FROM packages EXACT NEAREST {NEAREST} "
         f"BY DISTANCE negative_inner_product(embedding, {literal(query)});\n").encode()
        for query in queries]
    conversation = Conversation(database)
    for statement in statements[:5]:
        conversation.ask(statement, NEAREST)
    times, ids, distances = [], [], []
    for statement in statements:
        elapsed, rows = conversation.ask(statement, NEAREST)
        times.append(elapsed)
        ids.append([row["id"] for row in rows])
        distances.append([row["distance"] for row in rows])
    conversation.close()
    return times, ids, distances


def answers_by_library(program, database, query_file, core):
    """The same from a program that calls the library: a JSON object a query, milliseconds, ids, distances."""
    done = subprocess.run(
        [program, str(database.folder), str(database.key), str(query_file), str(NEAREST)], capture_output=True,
        text=True, preexec_fn=alone_on(core))
    if done.returncode != 0:
        raise StepFailed(f"{program} left with status {done.returncode}: {done.stderr.strip()[:120]}")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    return ([a["milliseconds"] for a in answers], [a["ids"] for a in answers], [a["distances"] for a in answers])


def wrong_answers(data, queries, ids, distances, with_truth):
    """Ranks whose id is not the true one and whose distance differs by more than 1e-6; distances that are off by more than 1e-6."""
    vectors = numpy.load(data / "vectors.f16.npy").astype(numpy.float64)
    with open(data / "packages.jsonl", encoding="utf-8") as lines:
        own = [json.loads(line)["id"] for line in lines]
    place = {identifier: i for i, identifier in enumerate(own)}
    truth = numpy.load(data / "groundtruth_k100.npy")[:, :NEAREST] if with_truth else None
    ranks = off = 0
    for q, query in enumerate(queries.astype(numpy.float64)):
        exact = -(vectors @ query)
        right = ([place[int(i)] for i in truth[q]] if with_truth
                 else numpy.lexsort((own, exact))[:NEAREST])
        for rank, identifier in enumerate(ids[q]):
            found = place.get(identifier)
            if found is None or (found != right[rank] and abs(exact[found] - exact[right[rank]]) > 1e-6):
                ranks += 1
            if found is None or abs(exact[found] - distances[q][rank]) > 1e-6:
                off += 1
    return ranks, off


def percentile(times, share):
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


def nearest(report, database, data, count, library, core):
    own_queries = data / "queries.f16.npy"
    with_truth = own_queries.exists() and (data / "groundtruth_k100.npy").exists()
    source = own_queries if own_queries.exists() else data / "vectors.f16.npy"
    queries = numpy.load(source)[:count]
    query_file = database.folder.parent / "queries.npy"
    numpy.save(query_file, queries)

    before = reference(core, "scan", data, query_file)
    if library:
        times, ids, distances = answers_by_library(library, database, query_file, core)
    else:
        times, ids, distances = answers_by_conversation(database, queries)
    after = reference(core, "scan", data, query_file)
    # Of the two passes around ours, the faster: the reference is not charged for the machine's other work.
    scan = min(before, after, key=lambda one: statistics.median(one["milliseconds"]))
    way = "in process" if library else "whole statement over a pipe"
    name = f"numpy {scan['version']} float32 matrix × vector, one core"
    for label, share, bound in (("p50", 0.5, 1.3), ("p99", 0.99, None)):
        ours, theirs = percentile(times, share), percentile(scan["milliseconds"], share)
        report.add(f"EXACT NEAREST {NEAREST}, {len(queries)} queries ({way}): {label}", f"{ours:.2f} ms",
                   f"{theirs:.2f} ms ({name})", f"{ours / theirs:.2f}", f"≤ {bound}" if bound else "",
                   ours <= bound * theirs if bound else None)
    ranks, off = wrong_answers(data, queries, ids, distances, with_truth)
    against = "groundtruth_k100.npy" if with_truth else "float64 by numpy"
    report.add("its ids and distances", f"{ranks} ranks wrong, {off} distances off",
               f"{against}, within 1e-6", "", "0", ranks == 0 and off == 0, any_size=True)


def opening(report, database, rows, bound):
    runs = [database.run("SELECT count(*) FROM packages") for _ in range(20)]
    if runs[-1][2].split()[-1] != str(rows):
        raise StepFailed(f"count(*) is {runs[-1][2].split()[-1]}, the file has {rows} rows")
    cpu = [one[1] for one in runs]
    median = statistics.median(cpu)
    report.add(f"open and SELECT count(*), {rows:,} rows: processor, median of 20", f"{median:.1f} ms",
               f"{min(cpu):.1f} to {max(cpu):.1f} ms", "", f"< {bound} ms" if bound else "",
               median < bound if bound else None, any_size=True)


def open_examples(report, tool, work, core):
    """The bound on opening is on the demo's rows."""
    data = HERE.parent / "Examples" / "packages"
    database = Vsql(tool, work / "examples.vsql", core)
    fresh(database)
    database.run(copy_statement(data))
    opening(report, database, lines_of(data), 100)


def rotation(report, database, rows):
    empty = statistics.median(database.run("SELECT 1 AS one")[1] for _ in range(9))
    before = database.segment_hashes()
    if not before:
        raise StepFailed("the database has no .seg file")
    turned = statistics.median(database.run("ROTATE KEY")[1] for _ in range(5))
    each = (turned - empty) * 1e3 / rows
    report.add(f"ROTATE KEY over {rows:,} records: processor, a record", f"{each:.3f} µs",
               f"{turned:.1f} ms − {empty:.1f} ms (opening alone)", "", "≤ 0.2 µs", each <= 0.2)
    changed = [name for name, digest in database.segment_hashes().items() if before.get(name) != digest]
    report.add(".seg files that 5 rotations changed", f"{len(changed)} of {len(before)}", "SHA-256", "", "0",
               not changed and len(database.segment_hashes()) == len(before), any_size=True)


def lines_of(data):
    with open(data / "packages.jsonl", "rb") as lines:
        return sum(1 for _ in lines)


def machine():
    name = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            name = next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    return f"{name}, {os.cpu_count()} cores, {platform.system()} {platform.release()}"


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--vsql", type=pathlib.Path, required=True)
    options.add_argument("--data", type=pathlib.Path, required=True)
    options.add_argument("--queries", type=int, default=500)
    options.add_argument("--library")
    options.add_argument("--work", type=pathlib.Path, default=HERE.parent / ".build-bench" / "work")
    chosen = options.parse_args()
    for name in ("packages.jsonl", "vectors.f16.npy"):
        if not (chosen.data / name).exists():
            sys.exit(f"{chosen.data} has no {name}")
    if not chosen.vsql.exists():
        sys.exit(f"{chosen.vsql} is not there: build it with `make build`")
    chosen.work.mkdir(parents=True, exist_ok=True)

    # The measured processes share one core, in turn; this one stays off it where there are two.
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else [None]
    core = cores[-1]
    if len(cores) > 1:
        os.sched_setaffinity(0, set(cores[:-1]))

    rows = lines_of(chosen.data)
    examples = (HERE.parent / "Examples" / "packages").resolve() == chosen.data.resolve()
    report = Report(rows)
    database = Vsql(chosen.vsql.resolve(), chosen.work.resolve() / "bench.vsql", core)
    if report.step("load", load, database, chosen.data, rows, core):
        report.step("EXACT NEAREST", nearest, database, chosen.data, chosen.queries, chosen.library, core)
        report.step("open", opening, database, rows, 100 if examples else None)
        report.step("ROTATE KEY", rotation, database, rows)
    else:
        report.lines.append(("EXACT NEAREST, open, ROTATE KEY", "not measured", "they need the load", "", "", "**no**"))
    if not examples:
        report.step("open the examples", open_examples, database.tool, database.folder.parent, core)

    print(f"\nMachine: {machine()}")
    label = f"Examples/packages: {rows:,} rows" if examples else f"{chosen.data.name}: {rows:,} rows"
    print(f"Data: {label}; each measured process alone on one core\n")
    report.print()
    return 1 if report.failures else 0


if __name__ == "__main__":
    sys.exit(main())
