#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Writes the cases of one cases.jsonl as a sequence of strings, each a 4-byte little-endian length
# and its bytes: id, expect, basis, bytes, number of requests, "0", "1" or "" for close, and the
# requests in the form in which session.h records them (empty when the case says none).
import base64
import json
import struct
import sys


def record(request):
    lines = ["%s %s" % (request["method"], request["target"])]
    lines += ["%s: %s" % (name.lower(), value) for name, value in request["headers"]
              if name.lower() != "host"]
    head = "".join(line + "\n" for line in lines).encode("latin-1")
    return head + b"\n" + base64.b64decode(request["body_base64"]) + b"\n"


for line in open(sys.argv[1], encoding="ascii"):
    case = json.loads(line)
    close = case.get("close")
    strings = [case["id"].encode(), case["expect"].encode(), case["basis"].encode(),
               base64.b64decode(case["bytes_base64"]),
               str(case.get("responses") or 0).encode(),
               b"" if close is None else b"%d" % close,
               b"".join(record(request) for request in case.get("requests") or [])]
    for string in strings:
        sys.stdout.buffer.write(struct.pack("<I", len(string)) + string)
