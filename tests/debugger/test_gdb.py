#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""scripts/gdb/weft.py, on a running process and on its core.

usage: test_gdb.py SCRIPT PROGRAM
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

script, program = (os.path.abspath(path) for path in sys.argv[1:])
SHOW = ["-ex", f"source {script}", "-ex", "weft fibers", "-ex", "weft bt all", "-ex", "weft bt 9"]


def skip_all(reason):
    print(f"1..0 # SKIP {reason}")
    sys.exit(0)


def gdb(*arguments):
    environment = {**os.environ, "DEBUGINFOD_URLS": ""}
    done = subprocess.run(["gdb", "-nx", "-batch", *arguments], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=200, env=environment)
    return done.stdout


def look_at_core():
    """What gdb says of the core of a crash; None when the system leaves no core file here."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["/bin/sh", "-c", 'ulimit -c unlimited && exec "$0" abort', program],
                       cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        cores = os.listdir(folder)
        return gdb(*SHOW, program, f"{folder}/{cores[0]}") if cores else None


def functions(text, name):
    """The functions on the stack of the fiber of that name, innermost first."""
    part = re.search(rf'^Fiber \d+ "{name}".*:\n((?:.+\n)*)', text, re.M)
    return re.findall(r"^#\d+ +(?:0x\w+ in )?([\w.]+) \(", part[1], re.M) if part else []


def listed(text, name):
    """Worker, state, deadline and function of the fiber of that name."""
    row = re.search(rf"^ +\d+ +0x\w+ +(\d+) +(\w+) +(\S+(?: s)?) +(\w+) +{name}$", text, re.M)
    return row.groups() if row else None


def cases(text, where):
    yield f"{where}: the sleeper is listed", (
        listed(text, "sleeping beauty") is not None
        and listed(text, "sleeping beauty")[:2] == ("0", "parked")
        and 990 < float(listed(text, "sleeping beauty")[2].split()[0]) <= 1000
        and listed(text, "sleeping beauty")[3] == "sleeper")
    yield f"{where}: the receiver is listed", listed(text, "receiving end") == (
        "1", "parked", "-", "receiver")
    yield f"{where}: the first fiber is listed", listed(text, "main") == (
        "0", "running", "-", "run_first")
    stack = functions(text, "sleeping beauty")
    yield f"{where}: the sleeper's stack", (
        [f for f in stack if f in ("doze", "sleeper", "weft__fiber_main")]
        == ["doze", "sleeper", "weft__fiber_main"] and stack[-2] == "weft__fiber_main")
    stack = functions(text, "receiving end")
    yield f"{where}: the receiver's stack", (
        [f for f in stack if f in ("wait_for_work", "receiver", "weft__fiber_main")]
        == ["wait_for_work", "receiver", "weft__fiber_main"])
    yield f"{where}: the running fiber's stack", (
        [f for f in functions(text, "main") if f in ("all_are_parked", "run")]
        == ["all_are_parked", "run"])
    yield f"{where}: a number that is none is refused", (
        'weft bt: "9" is not a fiber; there are 3, see: weft fibers' in text)


if not shutil.which("gdb"):
    skip_all("gdb is not installed")
if "yes" not in gdb("-ex", "python print('yes')"):
    skip_all("gdb has no Python")
live = gdb("-ex", "break all_are_parked", "-ex", "run", *SHOW, "-ex", "kill", program)
if re.search(r"ptrace|Operation not permitted|Couldn't get", live):
    skip_all("this machine does not let gdb run programs: " + live.strip().splitlines()[-1])
dead = look_at_core()

results = [*cases(live, "process"), *(cases(dead, "core") if dead else [])]
if not dead:
    print("# no core file: the system is set up to send them elsewhere")
print(f"1..{len(results)}")
for number, (name, good) in enumerate(results, 1):
    print(f"{'ok' if good else 'not ok'} {number} - {name}")
if not all(good for _, good in results):
    for line in (live + "\n---- core\n" + (dead or "")).splitlines():
        print("#", line)
    sys.exit(1)
