"""The vsql side: statements in processes of their own, a conversation over standard input, and the files on the disk."""

import hashlib
import json
import os
import select
import subprocess
import tempfile
import time


class StepFailed(Exception):
    """What could not be measured, and why: one line."""


def alone_on(core):
    """For a child process: only this core (nothing where the system cannot say so)."""
    def bind():
        if core is not None and hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, {core})
    return bind


class Vsql:
    """A database directory and the tool that opens it."""

    def __init__(self, tool, folder, core):
        self.tool, self.folder, self.core = tool, folder, core
        self.key = folder.with_suffix(".key")

    def arguments(self, *more):
        return [str(self.tool), str(self.folder), "--key-file", str(self.key), *more]

    def run(self, *statements):
        """Runs statements in one process; (wall, processor) milliseconds of it and its output, csv."""
        arguments = self.arguments(*(word for statement in statements for word in ("-c", statement)))
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
            wall = time.perf_counter()
            try:
                child = subprocess.Popen(
                    arguments, stdin=subprocess.DEVNULL, stdout=out, stderr=errors, preexec_fn=alone_on(self.core))
            except OSError as error:
                raise StepFailed(f"cannot start {self.tool}: {error.strerror}") from None
            _, status, usage = os.wait4(child.pid, 0)
            wall = (time.perf_counter() - wall) * 1e3
            child.returncode = os.waitstatus_to_exitcode(status)
            out.seek(0), errors.seek(0)
            if child.returncode != 0:
                said = errors.read().decode(errors="replace").strip().splitlines()
                raise StepFailed(
                    f"“{statements[-1][:60]}” left with status {child.returncode}: {said[0] if said else 'no word'}")
            return wall, (usage.ru_utime + usage.ru_stime) * 1e3, out.read().decode()

    def bytes_on_disk(self):
        """What the files take, and how long they say they are."""
        stats = [path.stat() for path in self.folder.rglob("*") if path.is_file()]
        return sum(stat.st_blocks * 512 for stat in stats), sum(stat.st_size for stat in stats)

    def segment_hashes(self):
        paths = sorted(self.folder.rglob("*.seg"))
        return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


class Conversation:
    """One vsql process that answers statement after statement: how long each takes is seen from here, pipe included."""

    def __init__(self, database, patience_seconds=60):
        self.patience_seconds = patience_seconds
        self.errors = tempfile.TemporaryFile()
        try:
            self.child = subprocess.Popen(
                database.arguments("--mode", "jsonl"), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=self.errors, preexec_fn=alone_on(database.core), bufsize=0)
        except OSError as error:
            raise StepFailed(f"cannot start {database.tool}: {error.strerror}") from None
        self.rest = b""

    def ask(self, statement, rows):
        """Milliseconds until the last of `rows` rows has come, and the rows as objects."""
        start = time.perf_counter()
        try:
            self.child.stdin.write(statement)
        except BrokenPipeError:
            self.fail("ended")
        while self.rest.count(b"\n") < rows:
            if not select.select([self.child.stdout], [], [], self.patience_seconds)[0]:
                self.fail(f"gave {self.rest.count(10)} of {rows} rows and then nothing for {self.patience_seconds} s")
            piece = self.child.stdout.read(1 << 16)
            if not piece:
                self.fail("ended")
            self.rest += piece
        elapsed = (time.perf_counter() - start) * 1e3
        *lines, self.rest = self.rest.split(b"\n", rows)
        return elapsed, [json.loads(line) for line in lines]

    def fail(self, what):
        self.child.kill()
        self.child.wait()
        self.errors.seek(0)
        said = self.errors.read().decode(errors="replace").strip().splitlines()
        raise StepFailed(f"vsql on standard input {what}{': ' + said[0] if said else ''}")

    def close(self):
        self.child.stdin.close()
        self.child.wait(timeout=self.patience_seconds)
        self.child.stdout.close()
        self.errors.close()
