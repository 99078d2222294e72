#!/usr/bin/env python3
"""Prints what COPY of TPC-H lineitem and opening it take, sealed by record and by page, each next to DuckDB in the same run.

bench_lineitem.py --vsql PATH [--scale N] [--csv FILE]

Without --csv the table is made by tpchgen-cli, once, under .build-bench. All on one core. Prints a JSON object a figure.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys

try:
    import duckdb
except ImportError:
    sys.exit("Missing: duckdb, for Python. Run: make bench-lineitem, or pip install -r Benchmarks/requirements.txt")

from engine import StepFailed, Vsql, alone_on

HERE = pathlib.Path(__file__).resolve().parent
TABLE = """CREATE TABLE lineitem (l_orderkey BIGINT NOT NULL, l_partkey INTEGER NOT NULL, l_suppkey INTEGER NOT NULL,
  l_linenumber INTEGER NOT NULL, l_quantity DECIMAL(15,2) NOT NULL, l_extendedprice DECIMAL(15,2) NOT NULL,
  l_discount DECIMAL(15,2) NOT NULL, l_tax DECIMAL(15,2) NOT NULL, l_returnflag VARCHAR(1) NOT NULL,
  l_linestatus VARCHAR(1) NOT NULL, l_shipdate DATE NOT NULL, l_commitdate DATE NOT NULL, l_receiptdate DATE NOT NULL,
  l_shipinstruct VARCHAR(25) NOT NULL, l_shipmode VARCHAR(10) NOT NULL, l_comment VARCHAR(44) NOT NULL,
  PRIMARY KEY (l_orderkey, l_linenumber))"""
# Every column, so that all of a row is opened.
SCAN = """SELECT sum(l_orderkey), sum(l_partkey), sum(l_suppkey), sum(l_linenumber), sum(l_quantity), sum(l_extendedprice),
  sum(l_discount), sum(l_tax), min(l_returnflag), min(l_linestatus), min(l_shipdate), min(l_commitdate),
  min(l_receiptdate), min(l_shipinstruct), min(l_shipmode), max(l_comment) FROM lineitem"""
KEY_BYTES = 80  # a record, beside DuckDB's bytes: for its key and tag


def made(scale, work):
    """The table as csv, of the generator on PyPI."""
    folder = work / f"lineitem-{scale}"
    path = folder / "lineitem.csv"
    if not path.exists():
        tool = shutil.which("tpchgen-cli", path=os.pathsep.join([str(pathlib.Path(sys.executable).parent), os.defpath]))
        if tool is None:
            sys.exit("Missing: tpchgen-cli. Run: pip install tpchgen-cli, or give the table: --csv FILE")
        print(f"… making {path}", file=sys.stderr, flush=True)
        half = folder.with_name(folder.name + ".part")
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(parents=True)
        subprocess.run([tool, "csv", "-s", str(scale), "--tables", "lineitem", "-o", str(half)], check=True,
                       stdout=subprocess.DEVNULL)
        half.rename(folder)
    return path


def with_duckdb(path, work, encrypted):
    """Wall and processor milliseconds of a load by one thread, its rows and bytes. Run in a process of its own."""
    import resource
    import time

    def processor():
        usage = resource.getrusage(resource.RUSAGE_SELF)
        return (usage.ru_utime + usage.ru_stime) * 1e3

    file = work / "lineitem.duckdb"
    for old in work.glob("lineitem.duckdb*"):
        old.unlink()
    wall, cpu = time.perf_counter(), processor()
    connection = duckdb.connect(config={"threads": 1})
    option = " (ENCRYPTION_KEY 'a key for a benchmark')" if encrypted else ""
    connection.execute(f"ATTACH '{file}' AS db{option}")
    connection.execute("USE db")
    connection.execute(TABLE)
    connection.execute(f"COPY lineitem FROM '{path}' (FORMAT csv, HEADER true)")
    connection.execute("CHECKPOINT db")
    connection.execute("USE memory")
    connection.execute("DETACH db")
    wall, cpu = (time.perf_counter() - wall) * 1e3, processor() - cpu
    size = file.stat().st_size
    connection.execute(f"ATTACH '{file}' AS db{option}")
    rows = connection.execute("SELECT count(*) FROM db.lineitem").fetchone()[0]
    connection.close()
    for old in work.glob("lineitem.duckdb*"):
        old.unlink()
    return {"wall": wall, "cpu": cpu, "rows": rows, "bytes": size, "version": duckdb.__version__, "encrypted": encrypted}


def duck(path, work, core):
    """The encrypted file where this version has it."""
    def run(encrypted):
        return subprocess.run(
            [sys.executable, str(HERE / "bench_lineitem.py"), "--duckdb", str(path), str(work), str(int(encrypted))],
            capture_output=True, text=True, preexec_fn=alone_on(core))
    done = run(True)
    if done.returncode != 0:
        done = run(False)
    if done.returncode != 0:
        said = done.stderr.strip().splitlines()
        raise StepFailed(f"DuckDB failed: {said[-1] if said else 'no word'}")
    return json.loads(done.stdout)


def report(figure, **facts):
    print(json.dumps({"figure": figure, **facts}), flush=True)


def sealed(seal, vsql, path, work, core, duck):
    database = Vsql(vsql, work / f"lineitem-{seal}.vsql", core)
    shutil.rmtree(database.folder, ignore_errors=True)
    database.key.unlink(missing_ok=True)
    database.run(f"{TABLE} WITH (seal = '{seal}')")
    wall, cpu, _ = database.run(f"COPY lineitem FROM '{path}' (FORMAT csv, HEADER true)")
    rows = int(database.run("SELECT count(*) FROM lineitem")[2].split()[-1])
    if rows != duck["rows"]:
        raise StepFailed(f"after COPY the table has {rows} rows, DuckDB's {duck['rows']}")
    ratio = duck["wall"] / wall
    held = ratio >= 0.25
    report(f"COPY lineitem, seal = {seal}", rows=rows, rows_a_second=round(rows / wall * 1e3),
           duckdb_rows_a_second=round(rows / duck["wall"] * 1e3), processor_ms=round(cpu),
           duckdb_processor_ms=round(duck["cpu"]), ratio=round(ratio, 3), bound="≥ 0.25", held=held)
    length = database.bytes_on_disk()[1]
    bound = 1.3 * duck["bytes"] + KEY_BYTES * rows
    report(f"bytes on disk, seal = {seal}", bytes=length, a_row=round(length / rows, 1), duckdb=duck["bytes"],
           duckdb_a_row=round(duck["bytes"] / rows, 1), bound=round(bound), held=length <= bound)
    before = database.run("SELECT count(*) FROM lineitem")[1]
    opened = min(database.run(SCAN)[1] for _ in range(3))
    again = min(database.run(SCAN, SCAN)[1] for _ in range(3))
    report(f"open every column, seal = {seal}", processor_ms=round(opened - before - (again - opened)),
           nanoseconds_a_row=round((opened - before - (again - opened)) * 1e6 / rows),
           scan_of_opened_ms=round(again - opened))
    print(database.run("SHOW STORAGE lineitem")[2], file=sys.stderr)
    shutil.rmtree(database.folder)
    database.key.unlink()
    return held and length <= bound


def main():
    if sys.argv[1:2] == ["--duckdb"]:
        print(json.dumps(with_duckdb(pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]), sys.argv[4] == "1")))
        return 0
    words = argparse.ArgumentParser(description="TPC-H lineitem, sealed both ways, beside DuckDB")
    words.add_argument("--vsql", type=pathlib.Path, required=True)
    words.add_argument("--scale", default="1")
    words.add_argument("--csv", type=pathlib.Path)
    words.add_argument("--work", type=pathlib.Path, default=HERE.parent / ".build-bench")
    chosen = words.parse_args()
    chosen.work.mkdir(parents=True, exist_ok=True)
    path = (chosen.csv or made(chosen.scale, chosen.work)).resolve()
    core = max(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None
    try:
        other = duck(path, chosen.work, core)
        report("DuckDB", version=other["version"], encrypted=other["encrypted"], wall_ms=round(other["wall"]))
        held = [sealed(seal, chosen.vsql, path, chosen.work, core, other) for seal in ("record", "page")]
    except StepFailed as failure:
        report("not measured", reason=str(failure))
        return 1
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
