#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""docs/reference/weftgen-diagnostics.md is what the goldens in reject/ say, and every error and
warning that weftgen can report is in a golden.

usage: document.py SOURCE_ROOT      UPDATE=1 in the environment rewrites the page
"""
import os
import pathlib
import re
import sys

SECTIONS = [
    ("Types", "derive field key tag flatten nested record enum"),
    ("Rules of fields and parameters",
     "note base64url length range bound email pattern default header cookie"),
    ("Routes and handlers",
     "path capture route nest fallback handler body query response parameter state"),
    ("What outlives a request", "lifetime"),
    ("SQL", "sql"),
    ("SQL against PostgreSQL", "pg"),
    ("What the compiler refuses, said of Weft's macros", "compiler"),
    ("Warnings", "warn"),
]

OPENING = """# What weftgen refuses

Every message of `weftgen` about a program, by the mistake that leads to it, as its tests have them
(`tests/generator/reject/` and `reject_postgres/`; this page is made from them by `tests/generator/document.py`). Messages
have the compiler's format: place, `error:`, what is wrong, the line with a caret, and as a note what
to do. An error ends the build, and nothing is written; all errors of a file are shown at once.
"""

# Reported where no bad program leads.
EXEMPT = {
    "out of memory": "needs a machine without memory",
    "cannot open SQLite: %s": "needs a machine without memory",
    "cannot read the schema: %s": "needs a machine without memory",
    "cannot write %s": "needs a folder that cannot be written to",
    "this weftgen was built without PostgreSQL and cannot ask one": "needs another build",
    "cannot write %s: %s": "the command line's; see cli.transcript",
    "%s%s": "the command line's; see cli.transcript",
}


def read_case(path):
    said = path.with_suffix(".expected").read_text()
    what = re.search(r"^ \*\n \* (.*?)$", path.read_text(), re.MULTILINE).group(1)
    messages = re.findall(r"^\S*: (error|warning|note): (.*)$", said, re.MULTILINE)
    return what, messages


def cell(texts):
    unique = list(dict.fromkeys(texts))
    return "<br>".join("`` " + text.replace("|", "\\|") + " ``" for text in unique)


def section(title, prefixes, cases):
    lines = [f"\n## {title}\n", "| mistake | message | remedy |", "|---|---|---|"]
    for name, (what, messages) in sorted(cases.items()):
        if name.split("_")[0] not in prefixes.split():
            continue
        main = [text for kind, text in messages if kind != "note"]
        notes = [text for kind, text in messages if kind == "note"]
        lines.append(f"| {what} | {cell(main)} | {cell(notes)} |")
    return lines


def write_page(cases):
    lines = [OPENING.rstrip("\n")]
    for title, prefixes in SECTIONS:
        lines += section(title, prefixes, cases)
    return "\n".join(lines) + "\n"


def formats(root):
    """The texts of all errors and warnings in the sources of weftgen."""
    for path in sorted((root / "tools/weftgen").rglob("*.c")):
        for call in re.findall(r"gen_report\(\s*GEN_(?:ERROR|WARNING),(.*?)\);", path.read_text(),
                               re.DOTALL):
            literals = re.findall(r'((?:"(?:[^"\\]|\\.)*"\s*)+)', call)
            if literals:
                parts = re.findall(r'"((?:[^"\\]|\\.)*)"', literals[0])
                yield path, "".join(parts).replace('\\"', '"').replace("\\\\", "\\")


def is_said(text, said):
    parts = re.split(r"%(?:\.\*)?(?:zu|lld|[sudX])", text)
    pattern = re.compile(".*".join(map(re.escape, parts)) + "$")
    return any(pattern.match(line) for line in said)


def check_formats(root, cases):
    said = [text for _, messages in cases.values() for _, text in messages]
    said += [line.partition("error: ")[2]
             for line in (root / "tests/generator/cli.transcript").read_text().splitlines()]
    return [f"{path.relative_to(root)}: no golden has \"{text}\"" for path, text in formats(root)
            if text not in EXEMPT and not is_said(text, said)]


def check_page(root, cases):
    path, page = root / "docs/reference/weftgen-diagnostics.md", write_page(cases)
    if os.environ.get("UPDATE"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(page)
    if path.exists() and path.read_text() == page:
        return []
    return [f"{path} is not what the goldens say; UPDATE=1 rewrites it"]


def check_sections(cases):
    known = " ".join(prefixes for _, prefixes in SECTIONS).split()
    return [f"{name} is in no section" for name in cases if name.split("_")[0] not in known]


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    cases = {path.stem: read_case(path) for folder in ("reject", "reject_postgres")
             for path in (root / "tests/generator" / folder).glob("*.c")
             if not path.stem.startswith("fine_")}
    checks = [("every diagnostic has a golden", check_formats(root, cases)),
              ("every golden has a section", check_sections(cases)),
              ("the page says what the goldens say", check_page(root, cases))]
    print(f"1..{len(checks)}")
    for number, (name, faults) in enumerate(checks, 1):
        print(f"{'not ok' if faults else 'ok'} {number} - {name}")
        for fault in faults:
            print("# " + fault)
    return 1 if any(faults for _, faults in checks) else 0


if __name__ == "__main__":
    sys.exit(main())
