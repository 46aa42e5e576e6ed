# SPDX-License-Identifier: MIT OR Apache-2.0
"""The TechEmpower endpoints (examples/techempower), to the rules of its verifier. On SQLite, and on
PostgreSQL when tests/support/postgres runs it."""
import contextlib
import email.utils
import html
import json
import os
import re
import subprocess
import tempfile
import time

from harness import (PATIENCE, POSTGRES, TECHEMPOWER, Server, case, curl, expect, expect_equal, main,
                     need, new_database)

MIGRATIONS = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                          "../../examples/techempower/migrations")
JSON = r"application/json(; ?charset=(UTF|utf)-8)?"
HTML = r"text/html; ?charset=(UTF|utf)-8"
TEXT = r"text/plain(; ?charset=(UTF|utf)-8)?"


@contextlib.contextmanager
def program():
    need("curl")
    with tempfile.TemporaryDirectory() as folder:
        url = new_database(folder, MIGRATIONS)
        server = Server(TECHEMPOWER, {"DATABASE_URL": url})
        server.database = url
        expect(server.port, "the server did not start", server.log())
        try:
            yield server
        except BaseException:
            server.process.kill()
            server.wait()
            raise
        expect_equal(server.stop(), 0, "exit status")


def ask(server, path, form):
    """A response that has what every test type wants."""
    response = curl(server.url(path))
    expect_equal(response.status, 200, path)
    expect(re.fullmatch(form, response.field("content-type")), "content type of " + path,
           response.field("content-type"))
    expect(response.field("server"), "no Server in " + path)
    expect(email.utils.parsedate(response.field("date")), "no Date in " + path)
    expect_equal(int(response.field("content-length")), len(response.body), "length of " + path)
    return response


def worlds(server, path):
    rows = json.loads(ask(server, path, JSON).body)
    for row in rows:
        expect_equal(sorted(row), ["id", "randomNumber"], "members")
        for value in row.values():
            expect(type(value) is int and 1 <= value <= 10000, "a number of its range", row)
    return rows


def psql(sql, database="postgres"):
    """What the server answers, without its own part."""
    done = subprocess.run(["psql", "-qAtX", "-d", database, "-c", sql], check=True, capture_output=True, text=True,
                          timeout=PATIENCE)
    return done.stdout


COUNTS = {"2": 2, "0": 1, "foo": 1, "501": 500, "": 1, "1": 1, "20": 20, "500": 500, "-7": 1}


@case("/json and /plaintext")
def small():
    with program() as server:
        expect_equal(ask(server, "/json", JSON).body, b'{"message":"Hello, World!"}', "json")
        expect_equal(ask(server, "/plaintext", TEXT).body, b"Hello, World!", "plaintext")
        first = ask(server, "/plaintext", TEXT).field("date")
        time.sleep(3)
        expect(ask(server, "/plaintext", TEXT).field("date") != first, "Date stands still")


@case("/db: one row")
def one():
    with program() as server:
        rows = [json.loads(ask(server, "/db", JSON).body) for _ in range(20)]
        expect(len({row["id"] for row in rows}) > 10, "always the same rows", rows)


@case("/queries: as many rows as asked for, 1 to 500")
def many():
    with program() as server:
        for text, count in COUNTS.items():
            expect_equal(len(worlds(server, f"/queries?queries={text}")), count, f"rows of {text!r}")
        expect_equal(len(worlds(server, "/queries")), 1, "rows without a count")


@case("/updates: as many rows, and they are kept")
def updates():
    with program() as server:
        for text, count in COUNTS.items():
            rows = worlds(server, f"/updates?queries={text}")
            expect_equal(len(rows), count, f"rows of {text!r}")
        kept = {row["id"]: row["randomNumber"] for row in worlds(server, "/updates?queries=500")}
        found, looked = 0, 0
        for _ in range(20):
            for row in worlds(server, "/queries?queries=500"):
                if row["id"] in kept:
                    looked += 1
                    found += row["randomNumber"] == kept[row["id"]]
        expect(looked > 100, "too few rows in common", looked)
        expect_equal(found, looked, "rows that hold what was answered")


@case("/fortunes: thirteen rows, sorted and escaped")
def fortunes():
    with program() as server:
        page = ask(server, "/fortunes", HTML).body.decode()
        start = ("<!DOCTYPE html><html><head><title>Fortunes</title></head><body><table>"
                 "<tr><th>id</th><th>message</th></tr>")
        expect(page.startswith(start) and page.endswith("</table></body></html>"), "frame", page)
        rows = re.findall(r"<tr><td>(\d+)</td><td>(.*?)</td></tr>", page)
        expect_equal(len(rows), 13, "rows")
        messages = [html.unescape(message) for _, message in rows]
        expect_equal(messages, sorted(messages, key=str.encode), "order")
        expect("<script>" not in page, "a script is not escaped")
        expect(("0", "Additional fortune added at request time.") in rows, "the additional one")
        expect_equal(messages[-1], "フレームワークのベンチマーク", "the last one")


if POSTGRES:
    @case("each row is read by a statement, all are written by one: counted by pg_stat_statements",
          alone=True)
    def counted():
        for path, expected in {
                "/db": {"SELECT": 1}, "/fortunes": {"SELECT": 1}, "/json": {},
                "/queries?queries=20": {"SELECT": 20},
                "/updates?queries=20": {"SELECT": 20, "UPDATE": 1},
                "/updates?queries=500": {"SELECT": 500, "UPDATE": 1},
        }.items():
            with program() as server:
                name = re.search(r"/(test_\w+)\?", server.database)[1]
                psql("CREATE EXTENSION IF NOT EXISTS pg_stat_statements; "
                     "SELECT pg_stat_statements_reset()")
                curl(server.url(path))
                found = psql("SELECT split_part(query, ' ', 1), sum(calls) FROM pg_stat_statements s "
                             "JOIN pg_database d ON d.oid = s.dbid WHERE datname = '" + name + "' "
                             "GROUP BY 1")
                counts = dict(line.split("|") for line in found.splitlines() if line)
                expect_equal({verb: int(n) for verb, n in counts.items()}, expected, path)

    @case("the UPDATE finds rows by their key, in the order of its list, however long")
    def planned():
        folder = os.path.join(os.path.dirname(MIGRATIONS), ".weft/queries")
        texts = []
        for name in sorted(os.listdir(folder)):
            if name.startswith("update_worlds-"):
                with open(os.path.join(folder, name)) as file:
                    texts.append(json.load(file)["sql"])
        texts = [text for text in texts if "jsonb_to_recordset" in text]
        expect_equal(len(texts), 1, "texts of the list")
        with program() as server:
            name = re.search(r"/(test_\w+)\?", server.database)[1]
            for when in "", "ANALYZE world;":
                for mode in "force_generic_plan", "force_custom_plan":
                    for length in 1, 500:
                        items = json.dumps([{"id": i, "randomNumber": 1} for i in range(length)])
                        plan = psql(f"{when} SET plan_cache_mode = {mode}; PREPARE q(jsonb) AS "
                                    f"{texts[0]}; EXPLAIN (COSTS off) EXECUTE q('{items}')", name)
                        steps = [line.strip(" ->") for line in plan.splitlines()]
                        expect("Nested Loop" in steps and "Index Scan using world_pkey on world" in steps
                               and steps.index("Function Scan on jsonb_to_recordset item")
                               < steps.index("Index Scan using world_pkey on world"), "plan", plan)


main(parallel=4)
