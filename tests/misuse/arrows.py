#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""The arrows between the rooms hold: from the include path that the build gives each room, the
headers of its row in src/meson.build can be included, and no other header of the library.

usage: arrows.py SOURCE_ROOT BUILD_ROOT COMPILER...
"""
import ast
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys


def read_rooms(root):
    """{room: (rooms it sees, its public headers)}, from the one table that the build reads."""
    text = (root / "src/meson.build").read_text()
    table = re.search(r"^rooms = (\[.*?^\])", text, re.MULTILINE | re.DOTALL).group(1)
    return {room: (seen, headers) for room, seen, headers in ast.literal_eval(table)}


def headers_by_room(root, rooms):
    """What a file would write behind #include, by the room that it belongs to."""
    return {room: [f"<weft/{name}.h>" for name in public] +
                  [f'"{path.relative_to(root / "src")}"'
                   for path in sorted((root / "src" / room).rglob("*.h"))]
            for room, (_, public) in rooms.items()}


def found(compiler, arrows, room, headers):
    """Those that the compiler finds from the room."""
    text = "".join(f"#if __has_include({header})\nfound {header}\n#endif\n" for header in headers)
    done = subprocess.run([*compiler, "-I", arrows / room, "-E", "-P", "-x", "c", "-"], input=text,
                          capture_output=True, text=True, check=True)
    return set(re.findall(r"^found (.*)$", done.stdout, re.MULTILINE))


def check_room(root, compiler, rooms, headers, arrows, room):
    everything = {header for owned in headers.values() for header in owned}
    everything |= {f"<weft/{path.name}>" for path in (root / "include/weft").glob("*.h")}
    visible = {header for seen in [*rooms[room][0], room] for header in headers[seen]}
    there = found(compiler, arrows, room, everything)
    return ([f"{room} can include {header}" for header in sorted(there - visible)] +
            [f"{room} cannot include {header}" for header in sorted(visible - there)])


def compiles(compiler, arrows, room, header):
    done = subprocess.run([*compiler, "-std=gnu11", "-D_GNU_SOURCE", "-I", arrows / room,
                           "-fsyntax-only", "-x", "c", "-"], input=f"#include {header}\n",
                          capture_output=True, text=True)
    return done.returncode == 0


def check_example(compiler, arrows):
    """The proof by example: db never hears of HTTP."""
    faults = [f"in db, #include {header} compiles" for header in ("<weft/http.h>", '"http/message.h"')
              if compiles(compiler, arrows, "db", header)]
    return faults + [f"in db, #include {header} does not compile" for header in ("<weft/db.h>",)
                     if not compiles(compiler, arrows, "db", header)]


def check_commands(root, build, arrows, rooms):
    """The build itself uses these paths and no wider ones."""
    faults, seen = [], set()
    for command in json.loads((build / "compile_commands.json").read_text()):
        source = pathlib.Path(os.path.normpath(build / command["file"]))
        if not command["output"].startswith("src/") or root / "src" not in source.parents:
            continue
        room = source.relative_to(root / "src").parts[0]
        seen.add(room)
        for word in shlex.split(command["command"]):
            path = os.path.normpath(build / word[2:])
            inside = path.startswith((str(root) + "/", str(build) + "/"))
            own = path.endswith(".a.p")  # where Meson keeps a library's objects
            if word.startswith("-I") and inside and not own and path != str(arrows / room):
                faults.append(f"{source} is compiled with {word}")
    faults += [f"no file of {room} is compiled" for room in rooms if room not in seen]
    return faults


def check_upward(root):
    """A path with .. would go around the arrows."""
    faults = []
    for folder in ("src", "include", "tools", "examples"):
        for path in (root / folder).rglob("*.[ch]"):
            for number, line in enumerate(path.read_text().splitlines(), 1):
                if re.match(r'\s*#\s*include\s*["<][^">]*\.\./', line):
                    faults.append(f"{path}:{number}: {line}")
    return faults


def main():
    root, build = (pathlib.Path(argument).resolve() for argument in sys.argv[1:3])
    compiler = sys.argv[3:]
    arrows = build / "arrows"
    rooms = read_rooms(root)
    headers = headers_by_room(root, rooms)
    cases = [(f"{room} sees its row", check_room(root, compiler, rooms, headers, arrows, room))
             for room in rooms]
    cases += [("db does not include HTTP", check_example(compiler, arrows)),
              ("the build uses the rooms' paths", check_commands(root, build, arrows, rooms)),
              ("no include goes upward", check_upward(root))]
    print(f"1..{len(cases)}")
    for number, (name, faults) in enumerate(cases, 1):
        print(f"{'not ok' if faults else 'ok'} {number} - {name}")
        for fault in faults:
            print("# " + fault)
    return 1 if any(faults for _, faults in cases) else 0


if __name__ == "__main__":
    sys.exit(main())
