#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Pages of docs/reference hold: on that of problems is every status from 400 on and every code that
the sources give, and no other; every test that the pages of axum and SQLx name exists.

usage: pages.py SOURCE_ROOT
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1])
PAGE = (ROOT / "docs/reference/problems.md").read_text()
SOURCES = "\n".join(path.read_text() for path in sorted((ROOT / "src").rglob("*.[ch]")))
failed = 0


def compare(number, name, said, given):
    global failed
    wrong = [f"{item} is not on the page" for item in sorted(given - said)]
    wrong += [f"{item} is on the page, but nothing gives it" for item in sorted(said - given)]
    failed += bool(wrong)
    print(f"{'not ok' if wrong else 'ok'} {number} - {name}")
    for line in wrong:
        print("#", line)


def section(title):
    return PAGE.partition(f"## {title}\n")[2].partition("\n## ")[0]


def statuses():
    header = (ROOT / "include/weft/http.h").read_text()
    values = dict(re.findall(r"X\((\w+), (\d{3}), ", header))
    names = set(re.findall(r"\bWEFT_HTTP_([A-Z_]+)\b", re.sub(r"/\*.*?\*/", "", SOURCES, flags=re.DOTALL)))
    return {values[name] for name in names & values.keys() if int(values[name]) >= 400}


PLACES = {"body", "query", "path", "header", "cookie"}


def codes():
    """The first word that each call of a function that adds violations is given, but for places."""
    found = set(re.findall(r'\[WEFT_FORM_\w+\] = \{"(\w+)"', SOURCES))
    for call in re.findall(r"\b(?:weft_violations_add|refuse|add|add_violation)\(([^;{]*?)\);", SOURCES):
        words = [word for word in re.findall(r'"([^"]*)"', call) if word not in PLACES]
        if words and re.fullmatch("[a-z0-9_]+", words[0]):
            found.add(words[0])
    return found


KNOWN = {code for row in re.findall(r"^\| (`.*?`) \|", section("By code"), re.MULTILINE)
         for code in re.findall(r"`(\w+)`", row)}
print("1..4")
compare(1, "statuses", set(re.findall(r"^\| (\d{3}) \|", section("By status"), re.MULTILINE)), statuses())
compare(2, "codes", KNOWN, codes())
for number, page in enumerate(("axum.md", "sqlx.md"), 3):
    named = re.findall(r"`((?:unit|integration|generator)/[^`]*)`", (ROOT / "docs/reference" / page).read_text())
    compare(number, f"tests of {page}", set(named),
            {name for name in named if list((ROOT / "tests").glob(name.rstrip("/")))})
sys.exit(1 if failed else 0)
