#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Plants a bug: writes a source with one piece of text replaced.

usage: plant.py SOURCES PLANT OUTPUT

A plant names the file below SOURCES, says what is wrong, and gives the text before and after,
each behind a line of dashes. When the source has changed so that the text is not there any more, the
output says so when it runs: then the plant needs the hand of whoever changed the source.
"""
import sys

sources, plant, output = sys.argv[1:]
with open(plant, encoding="utf-8") as file:
    head, before, after = file.read().split("\n---\n")
path = head.splitlines()[0].removeprefix("file: ")
with open(f"{sources}/{path}", encoding="utf-8") as file:
    text = file.read()
if text.count(before.strip("\n")) == 1:
    text = text.replace(before.strip("\n"), after.strip("\n"))
else:
    text += f"""
__attribute__((constructor)) static void stale(void)
{{
    puts("Bail out! {plant} does not fit {path} any more: adapt it");
    exit(3);
}}
"""
with open(output, "w", encoding="utf-8") as file:
    file.write(f'#line 1 "{path}"\n{text}')
