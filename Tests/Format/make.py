#!/usr/bin/env python3
"""Makes the fixture of one version of the format: DIR/db.vsql, DIR/db.key and, by table, the rows that it holds.

    make.py VSQL DIR

Run once for each version that is released, and committed: a fixture is never made again.
"""
import os, subprocess, sys

tool, directory = sys.argv[1:]
os.mkdir(directory)
database, key = os.path.join(directory, "db.vsql"), os.path.join(directory, "db.key")


def run(*statements, tenant="main", mode="csv"):
    arguments = [tool, database, "--key-file", key, "--tenant", tenant, "--mode", mode]
    for statement in statements:
        arguments += ["-c", statement]
    return subprocess.run(arguments, check=True, capture_output=True, text=True).stdout


def row(i):
    def unless(k, value):
        return "NULL" if (i + k) % 7 == 0 else value
    return "(" + ", ".join([
        str(i), f"'person {i % 9}'", unless(1, "TRUE" if i % 2 else "FALSE"),
        unless(2, str(9223372036854775807 if i % 5 == 0 else -i * 1000003)), unless(3, f"{i / 7!r}"),
        unless(4, f"{i * 37 / 100:.2f}"), unless(5, f"'kind {i % 4}'"), unless(6, f"x'{i % 256:02x}00ff'"),
        unless(1, f"DATE '19{60 + i % 40}-02-{1 + i % 28:02d}'"),
        unless(2, f"TIMESTAMP '2026-03-08 12:34:{i % 60:02d}.00012{i % 10}'"),
        unless(3, f"TIMESTAMPTZ '2001-01-01 00:00:{i % 60:02d}+02'"),
        unless(4, f"'00112233-4455-6677-8899-aabbccddee{i % 100:02d}'::UUID"),
        unless(5, f"'{'A long text, in a column group of its own. ' * (7 + i % 5)}ü {i}'"),
        unless(6, f"[{i}, 0.5, -{i}.25]"), unless(0, f"[{i % 8}, 1.5]"), unless(1, f"'{i % 512:09b}'"),
    ]) + ")"


def insert(numbers):
    return "INSERT INTO everything VALUES " + ", ".join(map(row, numbers))


run("""CREATE TABLE everything (id INTEGER PRIMARY KEY, person TEXT ENTITY person, flag BOOLEAN, number INTEGER,
       real DOUBLE, price DECIMAL(10, 2), kind VARCHAR(20), bytes BLOB, day DATE, at TIMESTAMP, zoned TIMESTAMPTZ,
       key UUID, long TEXT, v VECTOR(3), half VECTOR(2, FLOAT16), bits VECTOR(9, BIT))""",
    "CREATE TABLE dropped (a INTEGER)", "INSERT INTO dropped VALUES (1)", "CREATE TENANT acme",
    insert(range(100)))
# Rows of a segment, one of it erased, under a second version of the tenant's key.
run("ERASE ENTITY 'person 3'", "ROTATE KEY", "DROP TABLE dropped")
run(insert(range(1000, 1003)), tenant="acme")
# And of a log.
run("DELETE FROM everything WHERE id IN (4, 5)", insert(range(200, 205)),
    "UPDATE everything SET kind = 'changed' WHERE id = 6", "CREATE TABLE few (a INTEGER, b TEXT)",
    "INSERT INTO few VALUES (1, 'one'), (2, NULL)", "DELETE FROM everything WHERE id = 201")
for name, tenant, table in (("everything", "main", "everything"), ("few", "main", "few"), ("acme", "acme", "everything")):
    with open(os.path.join(directory, name + ".jsonl"), "w") as file:
        file.write(run(f"SELECT * FROM {table}", tenant=tenant, mode="jsonl"))
