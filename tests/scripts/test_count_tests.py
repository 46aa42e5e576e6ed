# SPDX-License-Identifier: MIT OR Apache-2.0
"""scripts/count_tests on real logs of meson: what failed counts as failed, unless it passes when run again.
Prints TAP."""
import os
import subprocess
import sys
import tempfile

COUNT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../scripts/count_tests")
PROJECT = """project('shaky')
sh = find_program('sh')
test('good', sh, args: ['-c', 'echo 1..2; echo ok 1 - one; echo "ok 2 - two # SKIP no reason"'], protocol: 'tap')
test('shaky', sh, protocol: 'tap', args: ['-c', '''echo 1..2; echo ok 1 - sound
  if [ -e been ]; then echo ok 2 - unsound; else touch been; echo not ok 2 - unsound; exit 1; fi'''])
test('silent', sh, args: ['-c', 'exit 0'])
test('silent bad', sh, args: ['-c', 'exit 1'])
test('bad', sh, args: ['-c', 'echo 1..1; echo not ok 1 - wrong; exit 1'], protocol: 'tap')
test('crash', sh, args: ['-c', 'echo 1..2; echo ok 1 - before; kill -SEGV $$'], protocol: 'tap')
"""


def meson(folder, *arguments):
    done = subprocess.run(["meson", *arguments], cwd=folder, capture_output=True, text=True, check=False,
                          timeout=60, env={**os.environ, "MESON_TESTTHREADS": "1"})
    return done.returncode, done.stdout + done.stderr


def count(*arguments):
    return subprocess.run([sys.executable, COUNT, *arguments], capture_output=True, text=True,
                          check=True).stdout.splitlines()


def check(folder):
    with open(os.path.join(folder, "meson.build"), "w", encoding="utf-8") as file:
        file.write(PROJECT)
    status, said = meson(folder, "setup", "build")
    assert status == 0, said
    logs = os.path.join(folder, "build/meson-logs")
    first, again = os.path.join(logs, "first"), os.path.join(logs, "again")

    status, said = meson(folder, "test", "-C", "build", "--logbase", "first")
    failed = count("--failed", first)
    assert status != 0 and sorted(failed) == ["bad", "crash", "shaky", "silent bad"], said
    alone = count("s", str(status), first)
    assert "fail s/shaky/2 - unsound" in alone and "pass s/shaky/1 - sound" in alone, alone
    assert "pass s/good/1 - one" in alone and any(line.startswith("skip s/good/2") for line in alone), alone

    meson(folder, "test", "-C", "build", "--no-rebuild", "--logbase", "again", *failed)
    both = count("s", str(status), first, again)
    assert "again s/shaky" in both and "pass s/shaky/2 - unsound" in both, both
    bad = sorted(line for line in both if line.startswith("fail "))
    assert bad[0] == "fail s/bad/1 - wrong" and bad[1].startswith("fail s/crash"), bad
    assert bad[2:] == ["fail s/silent bad"] and "pass s/silent" in both, both
    assert sum("good" in line for line in both) == 2, both

    nothing = count("s", "1", os.path.join(logs, "none"))
    assert nothing == ["fail s: meson test ended with status 1, 0 programs ran"], nothing


print("1..1")
with tempfile.TemporaryDirectory() as temporary:
    problem = None
    try:
        check(temporary)
    except (AssertionError, OSError, subprocess.SubprocessError) as fault:
        problem = str(fault)
    print(f"{'not ok' if problem else 'ok'} 1 - what failed counts as failed, unless it passes when run again")
    for line in (problem or "").splitlines():
        print("#  ", line)
sys.exit(problem is not None)
