#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Every call in the lists of weft/blocking.h is refused in a program, with the name of what replaces
it: by each compiler, optimized and hardened or not, with the system's headers before weft/prelude.h or
after it. docs/reference/blocking.md lists the same calls (UPDATE=1 rewrites it).

usage: blocking.py SOURCE_ROOT
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(sys.argv[1]).resolve()
PAGE = ROOT / "docs/reference/blocking.md"
COMPILERS = [next(filter(None, map(shutil.which, names)), None)
             for names in (["gcc-12", "gcc"], ["clang-14", "clang"])]
FLAGS = ["-std=gnu11", "-std=gnu11 -O2", "-std=gnu11 -O2 -D_FORTIFY_SOURCE=2",
         "-std=gnu11 -O2 -D_FORTIFY_SOURCE=2 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64",
         "-std=c11 -O2 -D_FORTIFY_SOURCE=2", "-std=c11 -D_POSIX_C_SOURCE=200809L -O1"]
SYSTEM = "".join(f"#include <{name}.h>\n" for name in (
    "fcntl", "netdb", "poll", "pthread", "semaphore", "signal", "stdio", "stdlib", "sys/epoll",
    "sys/file", "sys/select", "sys/socket", "sys/uio", "sys/wait", "time", "unistd"))
PRELUDE = "#include <weft/prelude.h>\n"
DOOR = """static void look(void *arg) BLOCKS;
static void look(void *arg)
{
    *(bool *)arg = blocking(fopen)("/etc/motd", "r") != NULL && blocking(sleep)(1) == 0;
}
weft_error wait_for(bool *done);
weft_error wait_for(bool *done)
{
    return blocking_run(look, done);
}
"""


def compile_text(compiler, flags, text, *more):
    return subprocess.run([compiler, *flags.split(), "-I", ROOT / "include", *more, "-x", "c", "-"],
                          input=text, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          env={**os.environ, "LC_ALL": "C"})


def calls(compiler, flags):
    """[(call, what to use instead)] that a program with these flags may not call."""
    text = PRELUDE + "#define ROW(call, instead) @ #call instead\n@@ WEFT_BLOCKING_CALLS(ROW)\n"
    done = compile_text(compiler, flags, text, "-E", "-P")
    return re.findall(r'@ "(\w+)" "(.*?)"', done.stdout.rpartition("@@")[2])


def refused(compiler, flags, headers):
    """Which calls are not refused as they should be."""
    listed = calls(compiler, flags)
    text = headers + "".join(f"void use_{call}(void);\nvoid use_{call}(void) {{ (void){call}(); }}\n"
                             for call, _ in listed)
    limit = "-ferror-limit=0" if "clang" in compiler else "-fmax-errors=0"
    said = compile_text(compiler, flags, text, "-fsyntax-only", limit).stdout
    missing = [call for call, instead in listed
               if not re.search(rf"'(weft__wall_)?{call}' is unavailable: {call} holds up every request"
                                rf" of its worker: use {re.escape(instead)}$", said, re.MULTILINE)]
    if len(listed) < 20:
        return f"only {len(listed)} calls are listed:\n{said}"
    return f"not refused: {' '.join(missing)}\n{said[:2000]}" if missing else None


def accepted(compiler, flags, text):
    done = compile_text(compiler, flags, text, "-c", "-o", os.devnull, "-Wall", "-Wextra",
                        "-Wredundant-decls", "-Werror")
    return done.stdout if done.returncode else None


def page():
    """None, or how the page differs."""
    rows = "".join(f"| `{call}` | {text(instead)} |\n"
                   for call, instead in sorted(calls(COMPILERS[0], FLAGS[3])))
    begin, end = "<!-- table -->\n", "<!-- end -->\n"
    before, _, rest = PAGE.read_text().partition(begin)
    wanted = f"{before}{begin}| call | instead |\n|---|---|\n{rows}{end}{rest.partition(end)[2]}"
    if os.environ.get("UPDATE"):
        PAGE.write_text(wanted)
    return None if wanted == PAGE.read_text() else f"{PAGE} is not what UPDATE=1 writes"


def text(instead):
    return re.sub(r"(\bweft_\w+|SQL\(\.\.\))", r"`\1`", instead)


def cases():
    for compiler in filter(None, COMPILERS):
        name = pathlib.Path(compiler).name
        for flags in FLAGS:
            yield f"{name} {flags}", refused(compiler, flags, PRELUDE + SYSTEM)
            yield f"{name} {flags}, headers first", refused(compiler, flags, SYSTEM + PRELUDE)
        yield f"{name}: the door", accepted(compiler, FLAGS[3], PRELUDE + SYSTEM + DOOR)
        yield f"{name}: a whole file", accepted(compiler, FLAGS[2], (
            "#define WEFT_MAY_BLOCK\n" + PRELUDE + SYSTEM + DOOR +
            "int main(void) { char c; return (int)read(0, &c, 1) + (int)sleep(1); }\n"))
        yield f"{name}: without the prelude", accepted(compiler, FLAGS[2], (
            "#include <weft/weft.h>\n" + SYSTEM + "int main(void) { return (int)sleep(1); }\n"))
    yield "the page", page()


def main():
    number = failed = 0
    for name, fault in cases():
        number += 1
        failed += bool(fault)
        print(f"{'not ok' if fault else 'ok'} {number} - {name}", flush=True)
        for line in (fault or "").splitlines():
            print("# " + line)
    print(f"1..{number}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
