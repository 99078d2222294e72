#!/usr/bin/env python3
"""Chooses the 4,000 rows of this folder from the whole set: python3 select.py DATA=DIR

DIR holds packages.jsonl and vectors.f16.npy of all 62,666 packages. The choice is a pure function of the two files.
Sources are taken whole, so that erasing one erases all that it owns; each section is represented.
"""
import collections
import hashlib
import json
import pathlib
import sys

import numpy

ROWS = 4000
LARGEST_GROUP = 16  # rows of a source that is not named below
LEAST_OF_SECTION = 24

# Sources whose packages a reader knows.
KNOWN = """
apache2 apt bash blender coreutils cryptsetup curl dpkg emacs ffmpeg firefox-esr fish fonts-dejavu gdb gimp git
glibc gnupg2 golang-defaults grep htop imagemagick inkscape jq keepassxc mariadb mc meld mosquitto mutt nano
neovim netcat-openbsd nginx nmap nodejs octave openjdk-17 openssh openssl pandoc perl postgis postgresql-15
postgresql-common proj python3-defaults python3.11 qemu r-base redis rsync ruby-defaults rustc samba screen sed sqlite3
stellarium supertux systemd tar tmux tor valgrind vim vlc wget wireguard wireshark xz-utils zsh
""".split()


def main(folder):
    lines = (folder / "packages.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    groups = collections.defaultdict(list)
    for place, row in enumerate(rows):
        groups[row["source"]].append(place)
    chosen = {place for source in KNOWN for place in groups.get(source, [])}

    # The rest in an order that has nothing to do with the names.
    others = sorted(
        (source for source in groups if source not in KNOWN and len(groups[source]) <= LARGEST_GROUP),
        key=lambda source: hashlib.sha256(source.encode()).digest())
    count = collections.Counter(rows[place]["section"] for place in chosen)

    def take(source):
        chosen.update(groups[source])
        count.update(rows[place]["section"] for place in groups[source])

    for source in others:  # first what a section still lacks,
        if any(count[rows[place]["section"]] < LEAST_OF_SECTION for place in groups[source]):
            take(source)
    for source in others:  # then as they come, as far as a group fits.
        if groups[source][0] not in chosen and len(chosen) + len(groups[source]) <= ROWS:
            take(source)
    assert len(chosen) == ROWS, len(chosen)

    places = sorted(chosen)
    here = pathlib.Path(__file__).parent
    (here / "packages.jsonl").write_text("".join(lines[place] + "\n" for place in places), encoding="utf-8")
    vectors = numpy.load(folder / "vectors.f16.npy", mmap_mode="r")
    numpy.save(here / "vectors.f16.npy", vectors[places])
    sources = {rows[place]["source"] for place in places}
    print(f"{len(places)} rows, {len(sources)} sources, {len(count)} sections; not found: "
          f"{[source for source in KNOWN if source not in groups]}")


if __name__ == "__main__":
    if len(sys.argv) != 2 or not sys.argv[1].startswith("DATA="):
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1].removeprefix("DATA=")))
