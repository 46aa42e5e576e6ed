#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""`weft check` over the programs of the misuse suite. It finds something in each program that clang's
pass refuses, nothing in the right twins, and says it in the words of the API: what it prints of
handles and locks is kept in messages.txt (UPDATE=1 rewrites it).

usage: messages.py SOURCE_ROOT WEFT
"""
import difflib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT, WEFT = (pathlib.Path(argument).resolve() for argument in sys.argv[1:3])
HERE = ROOT / "tests/misuse"
KEPT = HERE / "messages.txt"
SPOKEN = ("use_after_close", "double_close", "leak", "use_after_move", "unlocked", "lock_held",
          "ignored", "blocking")


def expectation(path, tool):
    comment = path.read_text().split("*/", 1)[0]
    found = re.search(rf"^ \* {tool}: (.*)$", comment, re.MULTILINE)
    return found.group(1) if found else None


def check(build, *words):
    return subprocess.run([WEFT, "check", "--build", build, *words], cwd=HERE, timeout=120,
                          capture_output=True, text=True,
                          env={**os.environ, "LC_ALL": "C"})


def compare(name, actual):
    if os.environ.get("UPDATE"):
        KEPT.write_text(actual)
    kept = KEPT.read_text() if KEPT.exists() else ""
    return list(difflib.unified_diff(kept.splitlines(), actual.splitlines(), "kept", "printed",
                                     lineterm=""))


def main():
    programs = [path for path in sorted(HERE.glob("*/*.c")) if not expectation(path, "weftgen")]
    commands = [{"directory": str(HERE), "file": str(path),
                 "command": f"gcc -mno-such-flag -std=gnu11 -D_GNU_SOURCE '-I{ROOT}/include' -c"}
                for path in programs]
    cases = []
    with tempfile.TemporaryDirectory(prefix="weft-messages-") as build:
        database = pathlib.Path(build, "compile_commands.json")
        database.write_text(json.dumps(commands))
        done = check(build, "--format=json")
        report = json.loads(done.stdout)
        found = {finding["file"] for finding in report["findings"]}
        for path in programs:
            name = str(path.relative_to(HERE))
            refused = expectation(path, "clang") not in (None, "accepts")
            faults = [] if (name in found) == refused else [
                "nothing is found" if refused else
                str([finding for finding in report["findings"] if finding["file"] == name])]
            cases.append((name[:-2], faults))
        cases.append(("findings are exit status 1", [] if done.returncode == 1 else [done.stderr]))
        database.write_text(json.dumps([command for command, path in zip(commands, programs)
                                        if path.parent.name in SPOKEN]))
        cases.append(("messages", compare("messages", check(build).stdout)))
        database.write_text(json.dumps([command for command, path in zip(commands, programs)
                                        if path.stem.endswith("_right")]))
        done = check(build)
        cases.append(("nothing is exit status 0",
                      [done.stdout] if done.returncode or done.stdout else []))
        done = check(build, "leak/file.c")
        cases.append(("a file that is not compiled",
                      [done.stderr] if done.returncode != 2 else []))
    print(f"1..{len(cases)}")
    for number, (name, faults) in enumerate(cases, 1):
        print(f"{'not ok' if faults else 'ok'} {number} - {name}")
        for fault in faults:
            for line in fault.splitlines() or [""]:
                print("# " + line)
    return 1 if any(faults for _, faults in cases) else 0


if __name__ == "__main__":
    if not any(map(shutil.which, ["clang", *(f"clang-{n}" for n in range(14, 31))])):
        print("1..0 # SKIP clang is not installed")
        sys.exit(0)
    sys.exit(main())
