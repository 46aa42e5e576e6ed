#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""A program with declarations to complete, before weftgen has seen it: compilers and clangd find
nothing wrong with it, and linking it says what to run instead.

usage: surface.py SOURCE_ROOT LIBWEFT
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

MISSING = "weft_glue_is_missing__compile_what_weftgen_writes_instead_of_this_file"
FLAGS = ["-std=gnu11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Wshadow", "-Wconversion", "-Werror"]

COMPILERS = list(filter(shutil.which, ["gcc", "clang", "clang-14"]))

# Each needs glue for one reason only.
PROGRAMS = {
    "DERIVE": "DERIVE(json) typedef struct a { int32_t b; } a;\n",
    "SQL": 'SQL("SELECT 1") http_status one(database *db, int64_t *value);\n',
    "GET": "static http_status f(void) { return HTTP_OK; }\n"
           'static const route api[] = {GET("/", f)};\n'
           "const route *table(void);\nconst route *table(void) { return api; }\n",
}


def run(command, folder):
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, env={**os.environ, "LC_ALL": "C"})
    return done.returncode, done.stdout


def syntax(compiler, include, source, folder):
    code, output = run([compiler, *FLAGS, "-I", include, "-fsyntax-only", source], folder)
    return output if code else None


def clangd(program, include, source, folder):
    """clangd takes the flags from a file beside the source."""
    copy = folder / source.name
    shutil.copy(source, copy)
    flags = [*FLAGS, f"-I{include}", f"-I{source.parent}"]
    (folder / "compile_flags.txt").write_text("\n".join(flags))
    code, output = run([program, f"--check={copy.name}"], folder)
    return output if code else None


def link(include, library, text, folder):
    source = folder / "alone.c"
    source.write_text("#include <weft/prelude.h>\n" + text + "int main(void) { return 0; }\n")
    code, output = run(["gcc", "-std=gnu11", "-I", include, source, library, "-lz",
                        "-lpthread", "-lm", "-o", folder / "alone"], folder)
    return None if code and MISSING in output else f"exit {code}\n{output}"


def cases(root, library, folder):
    include = root / "include"
    server = next(filter(None, map(shutil.which, ["clangd-14", "clangd"])), None)
    for source in sorted(root.glob("examples/*/*.c")):
        for compiler in COMPILERS:
            yield f"{compiler}: {source.name}", lambda: syntax(compiler, include, source, folder)
        if server:
            yield f"clangd: {source.name}", lambda: clangd(server, include, source, folder)
    for name, text in PROGRAMS.items():
        yield f"link: {name}", lambda: link(include, library, text, folder)


def main():
    root, library = (pathlib.Path(argument).resolve() for argument in sys.argv[1:3])
    number = 0
    with tempfile.TemporaryDirectory(prefix="weft-surface-") as folder:
        for number, (name, case) in enumerate(cases(root, library, pathlib.Path(folder)), 1):
            fault = case()
            print(f"{'not ok' if fault else 'ok'} {number} - {name}", flush=True)
            for line in (fault or "").splitlines():
                print("# " + line)
    print(f"1..{number}")


main()
