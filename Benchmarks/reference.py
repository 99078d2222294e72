"""The other side of each figure. Run as a process of its own, so that it has its own memory and processor time:

    reference.py load DATA WORK       DuckDB, one thread: the table from jsonl and npy, durable, checkpointed
    reference.py scan DATA QUERIES    numpy: float32 matrix times vector, one query at a time
    reference.py text DATA            zstd 3 of each line by itself

Prints one JSON object. Times are milliseconds.
"""

import json
import pathlib
import resource
import sys
import time

import numpy


def processor_milliseconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return (usage.ru_utime + usage.ru_stime) * 1e3


def load(data, work):
    import duckdb
    import pyarrow

    # Widened outside the measured part: DuckDB is not charged for having no float16.
    vectors = numpy.load(data / "vectors.f16.npy").astype(numpy.float32)
    flat = pyarrow.array(vectors.ravel())
    arrow = pyarrow.table({"embedding": pyarrow.FixedSizeListArray.from_arrays(flat, vectors.shape[1])})
    path = work / "duckdb.db"
    path.unlink(missing_ok=True)

    wall, cpu = time.perf_counter(), processor_milliseconds()
    connection = duckdb.connect(str(path), config={"threads": 1})
    connection.register("vectors", arrow)
    connection.execute(f"""
        CREATE TABLE packages (
          id INTEGER PRIMARY KEY, name TEXT NOT NULL, section TEXT, priority TEXT, architecture TEXT, installed_kb INTEGER,
          download_bytes BIGINT, source TEXT NOT NULL, maintainer_domain TEXT, tags TEXT, summary TEXT,
          embedding FLOAT[{vectors.shape[1]}])""")
    connection.execute("""
        INSERT INTO packages
        SELECT r.id, r.name, r.section, r.priority, r.architecture, r.installed_kb, r.download_bytes, r.source,
          r.maintainer_domain, r.tags, r.summary, v.embedding
        FROM read_json(?, format = 'newline_delimited') r POSITIONAL JOIN vectors v""", [str(data / "packages.jsonl")])
    connection.execute("CHECKPOINT")
    count = connection.execute("SELECT count(*) FROM packages").fetchone()[0]
    connection.close()
    wall, cpu = (time.perf_counter() - wall) * 1e3, processor_milliseconds() - cpu
    assert count == len(vectors), f"DuckDB holds {count} of {len(vectors)} rows"
    size = path.stat().st_size
    path.unlink()
    return {"wall": wall, "cpu": cpu, "bytes": size, "version": duckdb.__version__}


def scan(data, queries):
    rows = numpy.load(data / "vectors.f16.npy").astype(numpy.float32)
    searched = numpy.load(queries).astype(numpy.float32)
    out = numpy.empty(len(rows), numpy.float32)
    for query in searched[:5]:
        numpy.dot(rows, query, out=out)
    times = []
    for query in searched:
        start = time.perf_counter()
        numpy.dot(rows, query, out=out)
        times.append((time.perf_counter() - start) * 1e3)
    return {"milliseconds": times, "version": numpy.__version__}


def text(data):
    import zstandard

    compressor = zstandard.ZstdCompressor(level=3)
    with open(data / "packages.jsonl", "rb") as lines:
        total = sum(len(compressor.compress(line.rstrip(b"\n"))) for line in lines)
    return {"bytes": total, "version": zstandard.__version__}


if __name__ == "__main__":
    work = {"load": load, "scan": scan, "text": text}[sys.argv[1]]
    print(json.dumps(work(*map(pathlib.Path, sys.argv[2:]))))
