# SPDX-License-Identifier: MIT OR Apache-2.0
"""What is asked for: the trials, and that every contender answers each the same way."""
import html
import json
import re


class Trial:
    def __init__(self, name, title, path, database=False, pipelined=False, shape=None, plain=None):
        self.name, self.title, self.path = name, title, path
        self.database, self.pipelined = database, pipelined
        self.shape = shape  # of answers that differ from time to time
        self.plain = plain or bytes  # takes away what may be written in several ways


def world(row):
    return set(row) == {"id", "randomNumber"} and all(1 <= n <= 10000 for n in row.values())


def worlds(count):
    """So many of them."""
    return lambda body: len(rows := json.loads(body)) == count and all(map(world, rows))


TRIALS = [
    Trial("path", "JSON by path parameter", "/memory/users/42"),
    Trial("pipelined", "the same, pipelined by 16", "/memory/users/42", pipelined=True),
    Trial("json", "TechEmpower JSON", "/json"),
    Trial("plaintext", "TechEmpower plaintext, pipelined by 16", "/plaintext", pipelined=True),
    Trial("row", "one user from PostgreSQL", "/users/42", database=True),
    Trial("db", "TechEmpower single query", "/db", database=True,
          shape=lambda body: world(json.loads(body))),
    Trial("queries", "TechEmpower 20 queries", "/queries?queries=20", database=True,
          shape=worlds(20)),
    Trial("fortunes", "TechEmpower fortunes", "/fortunes", database=True,
          plain=lambda body: html.unescape(body.decode()).encode()),
    Trial("updates", "TechEmpower 20 updates", "/updates?queries=20", database=True,
          shape=worlds(20)),
    Trial("cached", "TechEmpower 100 cached rows", "/cached-worlds?count=100", database=True,
          shape=worlds(100)),
]

OWN_FIELDS = {"date", "server", "connection", "keep-alive", "vary"}


def differing(one, other):
    """Where two bodies part."""
    at = next((i for i, (a, b) in enumerate(zip(one, other)) if a != b), min(len(one), len(other)))
    return f"{one[max(at - 20, 0):at + 20]!r}, not {other[max(at - 20, 0):at + 20]!r}"


def check(trial, servers):
    """Complains about every contender whose answer is not like the first one's; what else differs, in
    fields of its own, is returned for the report."""
    faults, remarks, reference = [], [], None
    for server in servers:
        status, fields, body = server.ask(trial.path)
        media_type, _, parameters = fields.get("content-type", "").partition(";")
        if not re.match(r"HTTP/1\.1 200\b", status):
            faults.append(f"{server.name} {trial.path}: {status}")
            continue
        if trial.shape is not None:
            if not trial.shape(body):
                faults.append(f"{server.name} {trial.path}: not what was asked for: {body[:80]!r}")
            body = b""
        body = trial.plain(body)
        reference = reference or (media_type, body)
        if media_type != reference[0]:
            faults.append(f"{server.name} {trial.path}: {media_type!r}, not {reference[0]!r}")
        if body != reference[1]:
            faults.append(f"{server.name} {trial.path}: {differing(body, reference[1])}")
        if media_type == "application/json" and parameters:
            remarks.append(f"{server.name} adds a charset to application/json")
        for name in sorted(set(fields) - OWN_FIELDS - {"content-type", "content-length"}):
            remarks.append(f"{server.name} adds {name}")
    return faults, remarks


def check_users(server):
    """Complaints about the users API beyond what is timed: a user is made, changed and removed."""
    body = f'{{"name":"Zed","email":"{server.name}@zed.example"}}'
    status, fields, made = server.ask("/users", "POST", body)
    where = fields.get("location", "/users/0")
    row = '{"id":' + where.rpartition("/")[2] + "," + body[1:]
    faults = [] if " 201" in status and made.decode() == row else [f"POST /users: {status}, {made[:80]!r}"]
    for method, path, sent, wanted, answer in (
            ("GET", where, None, "200", row), ("POST", "/users", body, "409", None),
            ("PUT", where, body, "200", row), ("POST", "/users", "{", "400", None),
            ("DELETE", where, None, "204", ""), ("DELETE", where, None, "404", None),
            ("PUT", where, body, "404", None), ("GET", where, None, "404", None)):
        status, _, got = server.ask(path, method, sent)
        if f" {wanted}" not in status or answer not in (None, got.decode()):
            faults.append(f"{method} {path}: {status}, {got[:80]!r}")
    return [f"{server.name} {fault}" for fault in faults]
