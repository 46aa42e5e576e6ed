#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Goldens of what weftgen writes: each accept/*.c must give its .expected.c, which gcc and clang
must compile without a warning. UPDATE=1 writes the goldens anew. A line " * arguments: .." in the
file's comment adds arguments; they are given in its folder.

usage: accept.py WEFTGEN SOURCE_ROOT
"""
import concurrent.futures
import difflib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

WARNINGS = [
    "-Wall", "-Wextra", "-Werror", "-Wformat=2", "-Wconversion", "-Wshadow", "-Wvla",
    "-Wnull-dereference", "-Wstrict-prototypes", "-Wmissing-prototypes", "-Wpointer-arith",
    "-Wcast-qual", "-Wno-missing-field-initializers",
]

WRAP = os.environ.get("WEFT_WRAP", "").split()  # tests/support/memcheck
CLANG = next(filter(shutil.which, ["clang", "clang-14"]), None)


def run(command, folder=None):
    """What the command printed when it failed, or None."""
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return None if done.returncode == 0 else " ".join(map(str, command)) + "\n" + done.stdout


def compare(golden, text):
    if os.environ.get("UPDATE"):
        golden.write_text(text)
        return None
    expected = golden.read_text() if golden.exists() else ""
    diff = difflib.unified_diff(expected.splitlines(), text.splitlines(), golden.name, "written",
                                lineterm="")
    return "\n".join(diff) or None


def compile_with(compiler, include, unit):
    return run([compiler, "-std=gnu11", "-D_GNU_SOURCE", "-O2", *WARNINGS, "-I", include,
                "-c", unit, "-o", unit.with_suffix("." + compiler + ".o")])


def check(weftgen, root, source, folder):
    """Everything that is wrong with one input."""
    include, unit = root / "include", folder / (source.stem + ".weft.c")
    arguments = re.search(r"^ \* arguments: (.*)$", source.read_text(), re.MULTILINE)
    fault = run([*WRAP, weftgen, "-I", include, "--migrations", source.parent / "migrations", "-o", unit,
                 *(arguments.group(1).split() if arguments else []), source], source.parent)
    if fault:
        return [fault]
    text = unit.read_text().replace(str(source.parent.resolve()) + "/", "")
    faults = [compare(source.with_suffix(".expected.c"), text)]
    faults += [compile_with(compiler, include, unit)
               for compiler in ("gcc", CLANG) if compiler]
    return [fault for fault in faults if fault]


def main():
    weftgen, root = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    os.environ.pop("DATABASE_URL", None)
    accept = root / "tests/generator/accept"
    sources = sorted(p for p in accept.glob("*.c") if not p.name.endswith(".expected.c"))
    print(f"1..{len(sources)}")
    with tempfile.TemporaryDirectory() as folder, \
            concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = pool.map(lambda s: check(weftgen, root, s, pathlib.Path(folder)), sources)
        for number, (source, faults) in enumerate(zip(sources, results), 1):
            print(f"{'not ok' if faults else 'ok'} {number} - {source.stem}")
            for fault in faults:
                print("\n".join("# " + line for line in fault.splitlines()))


main()
