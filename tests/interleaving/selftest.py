#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Proves that the explorer finds bugs: each planted one must be found depth first and at random, and
what is printed must lead to the same failure again.

usage: selftest.py PLANT=PROGRAM ...
"""
import re
import subprocess
import sys

RANDOM_RUNS = "200000"


def run(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=120)
    reason = re.search(r"^#   (.*)", done.stdout, re.M)
    again = re.search(r"--replay (\S+)$", done.stdout, re.M)
    return done, reason and reason[1], again and again[1]


def fault(plant, program):
    """What the explorer has missed, or None."""
    with open(plant, encoding="utf-8") as file:
        scenario = re.search(r"^scenario: (\w+)$", file.read(), re.M)[1]
    for mode in ([], ["--random", RANDOM_RUNS]):
        done, reason, schedule = run(program, scenario, *mode)
        if done.returncode != 1 or not schedule:
            return f"not found by {scenario} {' '.join(mode)}:\n{done.stdout}"
        again, same, _ = run(program, scenario, "--replay", schedule)
        if again.returncode != 1 or same != reason:
            return f"{schedule} does not lead to \"{reason}\" again:\n{again.stdout}"
    return None


plants = [argument.split("=", 1) for argument in sys.argv[1:]]
print(f"1..{len(plants)}")
failed = 0
for number, (plant, program) in enumerate(plants, 1):
    message = fault(plant, program)
    failed += message is not None
    name = plant.rsplit("/", 1)[-1].removesuffix(".plant")
    print(f"{'not ok' if message else 'ok'} {number} - the explorer finds {name}")
    for line in (message or "").splitlines():
        print("#", line)
sys.exit(1 if failed else 0)
