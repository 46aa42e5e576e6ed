#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Writes the cases of multipart's cases.jsonl as a sequence of strings, each a 4-byte little-endian
# length and its bytes: id, expect, Content-Type, body, and the parts in the form in which parts.h
# records them. A Content-Transfer-Encoding is nothing to Weft: the bytes are those that were sent.
import base64
import json
import struct
import sys


def record(part):
    head = part["name"] + "\n"
    if "filename" in part:
        head += "%s\n%s\n" % (part["filename"], part["content_type"])
    content = base64.b64decode(part.get("raw_base64") or part["data_base64"])
    return head.encode() + content + b"\n"


for line in open(sys.argv[1], encoding="ascii"):
    case = json.loads(line)
    strings = [case["id"].encode(), case["expect"].encode(), case["content_type"].encode(),
               base64.b64decode(case["body_base64"]),
               b"".join(record(part) for part in case.get("parts") or [])]
    for string in strings:
        sys.stdout.buffer.write(struct.pack("<I", len(string)) + string)
