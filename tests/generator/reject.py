#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Golden tests of weftgen's diagnostics.

Each NAME.c in reject/ is given to weftgen; NAME.expected is what it says. A file warn_*.c or
fine_*.c is accepted (exit status 0, an output file); every other one is refused (exit status 1, no output file).
A line " * arguments: .." in the file's comment replaces "--migrations migrations"; (none) stands for
no arguments.

With a folder, reject_postgres/, statements are checked against the PostgreSQL that DATABASE_URL names
(tests/support/postgres runs one).

usage: reject.py WEFTGEN INCLUDE_FOLDER [FOLDER]
UPDATE=1 in the environment rewrites the .expected files
"""
import concurrent.futures
import difflib
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                    sys.argv[3] if len(sys.argv) > 3 else "reject")
if len(sys.argv) <= 3:
    os.environ.pop("DATABASE_URL", None)


WRAP = os.environ.get("WEFT_WRAP", "").split()  # tests/support/memcheck


def arguments_of(name):
    with open(os.path.join(HERE, name)) as file:
        found = re.search(r"^ \* arguments: (.*)$", file.read(), re.MULTILINE)
    arguments = found.group(1).split() if found else ["--migrations", "migrations"]
    return [] if arguments == ["(none)"] else arguments


def run_case(weftgen, include, name, folder):
    """The complaints about one case, and what weftgen said."""
    output = os.path.join(folder, name)
    done = subprocess.run([*WRAP, weftgen, "-I", include, "-o", output, *arguments_of(name), name],
                          cwd=HERE, capture_output=True, text=True, timeout=300 if WRAP else 60)
    wanted = 0 if name.startswith(("warn_", "fine_")) else 1
    faults = []
    if done.returncode != wanted:
        faults.append(f"exit status {done.returncode}, expected {wanted}")
    if os.path.exists(output) != (wanted == 0):
        faults.append("an output file was " + ("not " if wanted == 0 else "") + "written")
    if done.stdout:
        faults.append("something on standard output: " + done.stdout)
    return faults, done.stderr


def compare(name, said):
    path = os.path.join(HERE, name[:-2] + ".expected")
    if os.environ.get("UPDATE"):
        with open(path, "w") as file:
            file.write(said)
        return []
    if not os.path.exists(path):
        return [path + " is missing; UPDATE=1 writes it"]
    with open(path) as file:
        expected = file.read()
    return list(difflib.unified_diff(expected.splitlines(), said.splitlines(), "expected", "said",
                                     lineterm=""))


def main():
    weftgen, include = (os.path.abspath(argument) for argument in sys.argv[1:3])
    names = sorted(name for name in os.listdir(HERE) if name.endswith(".c"))
    print(f"1..{len(names)}")
    failed = 0
    # Under memcheck each takes seconds, and scripts/matrix runs nothing beside them.
    jobs = os.cpu_count() if WRAP else 1
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        outcomes = pool.map(lambda name: run_case(weftgen, include, name, folder), names)
        for number, (name, (faults, said)) in enumerate(zip(names, outcomes), 1):
            faults += compare(name, said)
            failed += bool(faults)
            print(f"{'not ' if faults else ''}ok {number} - {name[:-2]}")
            for line in faults:
                print("# " + line)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
