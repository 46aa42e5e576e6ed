#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""The mistakes that must not compile, and their right twins.

Each CLASS/NAME.c is a small program with one mistake; CLASS/NAME_right.c is the same without it.
Lines of the mistake's comment say what each compiler answers, as a regular expression that one line
of its output must match:

    * gcc: REGEX       gcc, as a program is built; "gcc: accepts": it does not see this one
    * clang: REGEX     clang's check pass, which `weft check` runs
    * weftgen: REGEX   the generator refuses it, and no compiler is asked: it stands before both

A file with a line "weftgen: accepts" is generated first, and the compilers get what weftgen wrote. A
right twin must pass everywhere. Each program is one case; so is each class, and the table in
docs/reference/misuse.md, which is made of what was found (UPDATE=1 rewrites it).

usage: programs.py SOURCE_ROOT WEFTGEN
"""
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT, WEFTGEN = (pathlib.Path(argument).resolve() for argument in sys.argv[1:3])
HERE = ROOT / "tests/misuse"
PAGE = ROOT / "docs/reference/misuse.md"

# Folder, what it is called, and whether gcc alone refuses at least one of its programs.
CLASSES = {
    "use_after_close": ("use after close", True),
    "double_close": ("double close", True),
    "leak": ("leak on early return", False),
    "use_after_move": ("use after move", False),
    "lifetime": ("request memory kept beyond the request", True),
    "unlocked": ("unlocked access", False),
    "lock_held": ("lock not released", False),
    "ignored": ("ignored result", True),
    "format": ("wrong format argument", True),
    "bounds": ("out of bounds", True),
    "blocking": ("blocking call in a handler", True),
    "absent": ("absent value used", True),
}
GCC_CLASSES = 8  # refused by gcc alone, of the twelve
REFUSED = 95      # programs, at least

COMMON = ["-std=gnu11", "-D_GNU_SOURCE", "-I", str(ROOT / "include"), "-Wall", "-Wextra",
          "-Wformat=2", "-Werror"]
# gcc builds, so that it sees what only its optimizer sees; clang only looks.
COMPILERS = {
    "gcc": (["gcc-12", "gcc"], ["-O2", "-D_FORTIFY_SOURCE=2", "-c", "-o", os.devnull]),
    "clang": (["clang-14", "clang"], ["-fsyntax-only", "-DWEFT_CHECK", "-Wthread-safety",
                                        "-Wno-thread-safety-attributes"]),
}
ENVIRONMENT = {**os.environ, "LC_ALL": "C"}
ENVIRONMENT.pop("DATABASE_URL", None)


def run(command, folder):
    """None when it succeeds, else what it said."""
    done = subprocess.run(command, cwd=folder, env=ENVIRONMENT, text=True, timeout=120,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.stdout if done.returncode else None


def compilers():
    """{name: command} of those that are installed."""
    found = {}
    for name, (programs, flags) in COMPILERS.items():
        program = next(filter(None, map(shutil.which, programs)), None)
        if program:
            found[name] = [program, *COMMON, *flags]
    return found


def expectations(path):
    """{tool: regular expression, or "accepts"} as the file's first comment says."""
    comment = path.read_text().split("*/", 1)[0]
    return dict(re.findall(r"^ \* (gcc|clang|weftgen): (.*)$", comment, re.MULTILINE))


def judge(tool, expected, said):
    """The complaint, or None."""
    if expected == "accepts":
        return None if said is None else f"{tool} refuses it:\n{said}"
    if said is None:
        return f"{tool} accepts it; expected: {expected}"
    if not re.search(expected, said, re.MULTILINE):
        return f"{tool} says something else than: {expected}\n{said}"
    return None


def check(path, tools):
    """The faults of one program, and who refuses it."""
    expected = expectations(path)
    right = path.stem.endswith("_right")
    if right:
        expected = {tool: "accepts" for tool in [*COMPILERS, *expected]}
    elif not (path.parent / f"{path.stem}_right.c").exists():
        return ["it has no right twin"], set()
    elif not set(COMPILERS) <= set(expected) and expected.get("weftgen", "accepts") == "accepts":
        return ["its comment does not say what gcc and clang answer"], set()
    faults = []
    with tempfile.TemporaryDirectory(prefix="weft-misuse-") as folder:
        source = path
        if "weftgen" in expected:
            source = pathlib.Path(folder) / path.name
            said = run([WEFTGEN, "-I", ROOT / "include", "-o", source, path], HERE)
            faults.append(judge("weftgen", expected["weftgen"], said))
        if expected.get("weftgen", "accepts") == "accepts":
            faults += [judge(name, expected[name], run([*command, str(source)], HERE))
                       for name, command in tools.items()]
    if expected.get("weftgen", "accepts") != "accepts":
        refusing = set(COMPILERS)
    else:
        refusing = {name for name in COMPILERS if expected[name] != "accepts"}
    return [fault for fault in faults if fault], set() if right else refusing


def table(refused):
    """The rows of the page: how much of a class each compiler refuses."""
    lines = ["| mistake | gcc alone | clang's check |", "|---|---|---|"]
    for folder, (title, _) in CLASSES.items():
        programs = refused.get(folder, [])
        counts = [sum(name in who for who in programs) for name in COMPILERS]
        words = ["no" if count == 0 else "all" if count == len(programs) else "some"
                 for count in counts]
        lines.append(f"| {title} | " + " | ".join(words) + " |")
    return "\n".join(lines) + "\n"


def check_page(refused):
    begin, end = "<!-- table -->\n", "<!-- end -->\n"
    text = PAGE.read_text()
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    wanted = before + begin + table(refused) + end + after
    if os.environ.get("UPDATE"):
        PAGE.write_text(wanted)
    elif wanted != text:
        return f"{PAGE} has another table than was found; UPDATE=1 rewrites it:\n{table(refused)}"
    return None


def summary(refused):
    """Name and complaint of each case about the whole."""
    for folder, (title, by_gcc) in CLASSES.items():
        programs = refused.get(folder, [])
        missing = [name for name in ["clang"] + ["gcc"] * by_gcc
                   if not any(name in who for who in programs)]
        yield f"class: {title}", f"{' and '.join(missing)} refuse none" if missing else None
    by_gcc = sum(any("gcc" in who for who in programs) for programs in refused.values())
    yield f"gcc alone refuses {GCC_CLASSES} classes", (
        f"it refuses {by_gcc}" if by_gcc < GCC_CLASSES else None)
    count = sum(map(len, refused.values()))
    yield f"{REFUSED} programs are refused", f"only {count}" if count < REFUSED else None
    yield "the page's table", check_page(refused)


def main():
    tools = compilers()
    programs = sorted(HERE.glob("*/*.c"))
    number, refused = 0, {}

    def report(name, faults):
        nonlocal number
        number += 1
        print(f"{'not ok' if faults else 'ok'} {number} - {name}", flush=True)
        for line in "\n".join(faults).splitlines():
            print("# " + line)
        return bool(faults)

    for name in set(COMPILERS) - set(tools):
        print(f"# {name} is not installed: skipped")
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda path: check(path, tools), programs))
    failed = False
    for path, (faults, who) in zip(programs, results):
        if path.parent.name not in CLASSES:
            faults.append(f"{path.parent.name} is no class")
        if not path.stem.endswith("_right"):
            refused.setdefault(path.parent.name, []).append(who)
        failed |= report(f"{path.parent.name}/{path.stem}", faults)
    for name, fault in summary(refused):
        failed |= report(name, [fault] if fault else [])
    print(f"1..{number}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
