#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""What weftgen claims about NULL in PostgreSQL's results, against what PostgreSQL gives: known
statements, and random ones that run on data full of NULL. A column that is described as never NULL
must never be. The seed is fixed; WEFT_SQL_STATEMENTS and WEFT_SQL_SEED change how many and which.
Last, a hundred statements in one file: how long describing them takes.

usage: sound_postgres.py WEFTGEN INCLUDE_FOLDER      (in tests/support/postgres)
"""
import glob
import json
import os
import random
import subprocess
import sys
import tempfile
import time

SCHEMA = """
CREATE DOMAIN sure AS text NOT NULL;
CREATE TABLE a (id int PRIMARY KEY, n int NOT NULL, t text);
CREATE TABLE b (id int PRIMARY KEY, n int, t text NOT NULL);
CREATE TABLE c (id int PRIMARY KEY, n int NOT NULL, t text NOT NULL);
CREATE TABLE d (id int NOT NULL, n int NOT NULL, t sure, PRIMARY KEY (id, n));
CREATE TABLE e (id int PRIMARY KEY, n int NOT NULL, t text NOT NULL, j jsonb NOT NULL, l int[] NOT NULL);
CREATE TABLE f () INHERITS (c);
ALTER TABLE f ALTER COLUMN t DROP NOT NULL;
CREATE VIEW v AS SELECT a.id, b.n, c.t FROM a LEFT JOIN b USING (id) JOIN c ON c.n = a.n;
CREATE VIEW w (id, n, t) AS SELECT count(*)::int, max(n), min(t) FROM d;
CREATE MATERIALIZED VIEW m AS SELECT id, n, t FROM a;
INSERT INTO a VALUES (1, 0, NULL), (2, 1, 'x'), (3, 2, '');
INSERT INTO b VALUES (2, NULL, 'x'), (3, 0, 'y'), (4, 5, '7');
INSERT INTO c VALUES (1, 1, 'x'), (7, 0, 'z');
INSERT INTO f VALUES (8, 2, NULL);
INSERT INTO e VALUES (1, 1, 'x', '{"a": null}', '{1,NULL}'), (2, 2, 'y', '[]', '{}');
REFRESH MATERIALIZED VIEW m;
"""

# Per column: "." never NULL, "?" it may be, "$" when a parameter is.
KNOWN = [
    ("SELECT id, n, t FROM a", "..?"),
    ("SELECT id, n, t FROM b", ".?."),
    ("SELECT t FROM d", "."),
    ("SELECT t, n FROM c", "?."),
    ("SELECT t FROM ONLY c", "?"),
    ("SELECT id, n, t FROM m", "???"),
    ("SELECT id, n, t FROM v", ".??"),
    ("SELECT id, n, t FROM w", ".??"),
    # joins
    ("SELECT a.id, b.id FROM a LEFT JOIN b ON a.id = b.id", ".?"),
    ("SELECT a.id, b.id FROM a RIGHT JOIN b ON a.id = b.id", "?."),
    ("SELECT a.id, b.id FROM a FULL JOIN b ON a.id = b.id", "??"),
    ("SELECT a.id, b.id, e.id FROM a LEFT JOIN (b JOIN e ON e.id = b.id) ON a.id = b.id", ".??"),
    ("SELECT a.id, b.id, e.id FROM a LEFT JOIN b ON a.id = b.id RIGHT JOIN e ON e.id = a.id", "??."),
    ("SELECT a.id, b.id, e.id FROM a JOIN b ON a.id = b.id FULL JOIN e ON e.id = a.id", "???"),
    ("SELECT a.id, b.id FROM a, b", ".."),
    ("SELECT a.id, s.id FROM a LEFT JOIN LATERAL (SELECT id FROM b WHERE b.n = a.n) s ON true", ".?"),
    ("SELECT id FROM a LEFT JOIN b USING (id)", "."),
    ("SELECT id FROM a RIGHT JOIN b USING (id)", "."),
    ("SELECT id, t FROM a FULL JOIN (SELECT id, n AS k FROM e) s USING (id)", ".?"),
    ("SELECT id FROM a NATURAL FULL JOIN e", "."),
    ("SELECT id FROM (a FULL JOIN b USING (id)) x FULL JOIN e USING (id)", "?"),
    ("SELECT x FROM a LEFT JOIN (SELECT id, 1 AS x FROM b) s USING (id)", "?"),
    ("SELECT a.id FROM a, LATERAL (SELECT a.n AS x) s", "."),
    # expressions
    ("SELECT 1, 'x', NULL, true, $1::int, $1 + n, COALESCE(t, $2), COALESCE(t, 'x') FROM a",
     "..?.$$$."),
    ("SELECT n + 1, n * 2.5, t || 'x', n || t, n = 1, t = 'x', t IS NULL FROM a", "..??.?."),
    ("SELECT n IN (1, 2), t IN ('x'), n IN (1, NULL), n BETWEEN 1 AND 2 FROM a", ".??."),
    ("SELECT CASE WHEN n = 1 THEN 1 ELSE 2 END, CASE n WHEN 1 THEN 'x' END, NULLIF(n, 1) FROM a",
     ".??"),
    ("SELECT GREATEST(n, NULL), LEAST(t, NULL), COALESCE(NULL, t) FROM a", ".??"),
    ("SELECT lower(t), length('x'), abs(n), upper(n::text), t::varchar(3), n::text::int FROM a",
     "?...?."),
    ("SELECT now(), current_date, current_user, current_schema, random(), gen_random_uuid()",
     "...?.."),
    ("SELECT j -> 'a', j ->> 'a', j || '{}', l[1], l, cardinality(l), array_length(l, 1) FROM e",
     "??.?..?"),
    ("SELECT substring('x' FROM 'y'), substring('x' FROM 1), regexp_match('x', 'y')", "?.?"),
    ("SELECT ARRAY[n, NULL], ROW(n, t), (a.*)::text, EXISTS (SELECT), ARRAY(SELECT t FROM b) FROM a",
     "....."),
    ("SELECT n = ANY (l), point(1, 2) ## lseg '((0,0),(1,1))' FROM e", "??"),
    ("SELECT to_jsonb(n), to_jsonb(t), jsonb_build_object('x', t), row_to_json(a) FROM a", ".?.."),
    ("SELECT date_trunc('day', now()), extract(year FROM now()), to_char(now(), 'YYYY'), "
     "now() - interval '1 day'", "...."),
    ("SELECT concat(t, NULL), concat_ws(t, 'x'), format('%s', 'x'), t COLLATE \"C\" FROM a", ".?.?"),
    # subselects
    ("SELECT (SELECT max(id) FROM b), (SELECT id FROM b LIMIT 1), (SELECT count(*) FROM b), "
     "(SELECT 1), (SELECT count(*) FROM b HAVING false), (SELECT 1 WHERE false)", "??..??"),
    ("SELECT n, (SELECT count(*) FROM b WHERE b.id = a.id) FROM a", ".."),
    ("SELECT s.x FROM (SELECT n AS x FROM a UNION SELECT n FROM b) s", "?"),
    # aggregates and windows
    ("SELECT count(*), count(t), sum(n), max(t), array_agg(n), bool_or(true) FROM a", "..????"),
    ("SELECT n, sum(n), max(t), array_agg(t), string_agg(t, ','), avg(n), stddev(n) FROM a GROUP BY n",
     "..?.?.?"),
    ("SELECT n, count(*) FILTER (WHERE false), sum(n) FILTER (WHERE false) FROM a GROUP BY n", "..?"),
    ("SELECT n, id, count(*) FROM a GROUP BY ROLLUP (n, id)", "??."),
    ("SELECT COALESCE(n, 0) AS x FROM a GROUP BY ROLLUP (COALESCE(n, 0))", "?"),
    ("SELECT COALESCE(n, -1), grouping(n) FROM a GROUP BY CUBE (n)", ".."),
    ("SELECT n, sum(n) FROM a GROUP BY GROUPING SETS ((n), ())", "??"),
    ("SELECT row_number() OVER (), lag(n) OVER (), lag(n, 1, 0) OVER (), first_value(n) OVER (), "
     "sum(n) OVER (ORDER BY id), sum(n) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING), "
     "nth_value(n, 9) OVER () FROM a", ".?...??"),
    # set operations, VALUES, functions
    ("SELECT n FROM a UNION ALL SELECT n FROM b", "?"),
    ("SELECT n FROM b INTERSECT SELECT n FROM a", "."),
    ("SELECT n FROM a EXCEPT SELECT n FROM b", "."),
    ("SELECT n FROM b EXCEPT SELECT n FROM a", "?"),
    ("VALUES (1, NULL), (2, 'x')", ".?"),
    ("SELECT x, y FROM (VALUES (1, 'x'), (2, NULL)) s (x, y)", ".?"),
    ("SELECT x FROM generate_series(1, 3) x", "."),
    ("SELECT x FROM unnest(ARRAY[1, NULL]) x", "?"),
    ("SELECT x, o FROM unnest(ARRAY[1, NULL]) WITH ORDINALITY s (x, o)", "?."),
    ("SELECT x, y FROM ROWS FROM (generate_series(1, 3), generate_series(1, 2)) s (x, y)", "??"),
    ("SELECT x FROM jsonb_array_elements('[null]') x", "."),
    ("SELECT key, value FROM jsonb_each_text('{\"a\": null}')", "??"),
    # common table expressions
    ("WITH s AS (SELECT id, t FROM a) SELECT id, t FROM s", ".?"),
    ("WITH s (x, y) AS MATERIALIZED (SELECT id, t FROM a) SELECT y, x FROM s z", "?."),
    ("WITH RECURSIVE s (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < 3) SELECT i FROM s",
     "."),
    ("WITH RECURSIVE s (i, k) AS (SELECT 1, 1 UNION ALL SELECT i + 1, NULLIF(i, 2) FROM s WHERE i < 4)"
     " SELECT i, k FROM s", ".?"),
    ("WITH RECURSIVE s (i, k) AS (SELECT 1, 1 UNION ALL SELECT k, NULLIF(i, 1) FROM s WHERE i < 4)"
     " SELECT i, k FROM s", "??"),
    ("WITH x AS (DELETE FROM b WHERE false RETURNING id, n) SELECT id, n FROM x", ".?"),
    # changes
    ("INSERT INTO a (id, n) VALUES (99, 1) RETURNING id, n, t, n + 1", "..?."),
    ("UPDATE a SET n = b.n FROM b WHERE b.id = a.id AND false RETURNING a.id, b.n, a.n", ".?."),
    ("DELETE FROM a USING b LEFT JOIN e ON e.id = b.id WHERE false RETURNING a.id, b.id, e.id", "..?"),
    ("INSERT INTO a VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET n = 3 RETURNING t, n", "?."),
]


class Writer:
    """Random statements; every source has the columns id, n (integers) and t (text)."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.aliases = 0

    def pick(self, *choices):
        return self.random.choice(choices)

    def column(self, scope, name):
        return f"{self.pick(*scope)}.{name}" if scope else ("1" if name != "t" else "'q'")

    def number(self, scope, depth):
        if depth == 0 or self.random.random() < 0.3:
            return self.pick("1", "0", "NULL::int", self.column(scope, "n"), self.column(scope, "id"))
        n, t = (lambda: self.number(scope, depth - 1)), (lambda: self.text(scope, depth - 1))
        return self.pick(
            lambda: f"({n()} {self.pick('+', '-', '*')} {n()})",
            lambda: f"COALESCE({n()}, {n()})", lambda: f"NULLIF({n()}, {n()})",
            lambda: f"CASE WHEN {self.truth(scope, depth - 1)} THEN {n()} ELSE {n()} END",
            lambda: f"CASE WHEN {self.truth(scope, depth - 1)} THEN {n()} END",
            lambda: f"GREATEST({n()}, {n()})", lambda: f"length({t()})", lambda: f"abs({n()})",
            lambda: f"(SELECT {self.pick('count(*)::int', 'max(n)', 'sum(id)::int')} "
                    f"FROM {self.table()} s0 WHERE {self.truth(scope, 0)})",
            lambda: f"(SELECT {self.number(scope, 0)})")()

    def text(self, scope, depth):
        if depth == 0 or self.random.random() < 0.3:
            return self.pick("'x'", "NULL::text", self.column(scope, "t"), self.column(scope, "t"))
        n, t = (lambda: self.number(scope, depth - 1)), (lambda: self.text(scope, depth - 1))
        return self.pick(
            lambda: f"({t()} || {t()})", lambda: f"COALESCE({t()}, {t()})", lambda: f"upper({t()})",
            lambda: f"{n()}::text", lambda: f"concat({t()}, {t()})", lambda: f"LEAST({t()}, {t()})",
            lambda: f"replace({t()}, 'x', {t()})", lambda: f"substring({t()} FROM 'x+')",
            lambda: f"(SELECT min(t) FROM {self.table()})")()

    def truth(self, scope, depth):
        n, t = (lambda: self.number(scope, 0)), (lambda: self.text(scope, 0))
        return self.pick(f"{n()} = {n()}", f"{t()} IS NULL", f"{n()} < 2", "true", f"{t()} LIKE 'x%'",
                         f"{n()} IN (0, 1, {n()})", f"NOT ({t()} = 'x')")

    def table(self):
        return self.pick("a", "b", "c", "d", "e", "v", "w", "m")

    def source(self, depth):
        self.aliases += 1
        alias = f"s{self.aliases}"
        if depth and self.random.random() < 0.35:
            return f"({self.select(depth - 1, [])}) {alias}", [alias]
        return f"{self.table()} {alias}", [alias]

    def joined(self, depth):
        text, scope = self.source(depth)
        for _ in range(self.random.randrange(3)):
            nested = depth and self.random.random() < 0.3
            other, more = self.joined(depth - 1) if nested else self.source(depth)
            kind = self.pick("JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "LEFT JOIN")
            on = f"ON {self.pick(*scope)}.id = {self.pick(*more)}.{self.pick('id', 'n')}"
            text = f"{text} {kind} {f'({other})' if ' JOIN ' in other and nested else other} {on}"
            scope = scope + more
        return text, scope

    def merged(self):
        """Columns that a join merges."""
        kinds = [self.pick("JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN") for _ in range(2)]
        return (f"SELECT id, COALESCE(x, id) AS n, 'x'::text AS t FROM {self.table()} p "
                f"{kinds[0]} (SELECT id, n AS x FROM {self.table()}) q USING (id) "
                f"{kinds[1]} (SELECT id AS id FROM {self.table()}) r USING (id)")

    def core(self, depth, scope):
        if self.random.random() < 0.1:
            return self.merged()
        text, inner = self.joined(depth)
        both = inner + scope
        where = f" WHERE {self.truth(both, depth)}" if self.random.random() < 0.4 else ""
        if self.random.random() < 0.25:
            key = self.column(inner, "n")
            over = self.pick(lambda: f"GROUP BY {key}", lambda: f"GROUP BY {key}",
                             lambda: f"GROUP BY ROLLUP ({key})", lambda: "")()
            first = key if over else "count(*)::int"
            filtered = self.pick("", "", " FILTER (WHERE false)")
            return (f"SELECT {self.pick(first, f'COALESCE({first}, 7)')} AS id, "
                    f"{self.pick('max', 'min', 'sum', 'count')}({self.number(inner, 1)}){filtered}::int"
                    f" AS n, {self.pick('max', 'min')}({self.text(inner, 1)}) AS t "
                    f"FROM {text}{where} {over}")
        window = self.pick("OVER ()", "OVER (ORDER BY 1)",
                           "OVER (ROWS BETWEEN 1 PRECEDING AND 1 PRECEDING)")
        number = self.number(both, depth)
        if self.random.random() < 0.15:
            number = f"({self.pick('sum', 'max', 'lag', 'first_value')}({number}) {window})::int"
        return (f"SELECT {self.number(both, depth)} AS id, {number} AS n, "
                f"{self.text(both, depth)} AS t FROM {text}{where}")

    def select(self, depth, scope):
        text = self.core(depth, scope)
        if depth and self.random.random() < 0.2:
            kind = self.pick("UNION", "UNION ALL", "EXCEPT", "INTERSECT")
            text = f"({text}) {kind} ({self.core(depth - 1, scope)})"
        return text

    def statement(self):
        self.aliases = 0
        head = ""
        if self.random.random() < 0.2:
            head = f"WITH a AS ({self.select(1, [])}) "
        elif self.random.random() < 0.15:
            head = (f"WITH RECURSIVE a (id, n, t) AS (SELECT 1, {self.number([], 1)}, "
                    f"{self.text([], 1)} UNION ALL SELECT id + 1, "
                    f"{self.pick('n', 'id', 'NULLIF(n, 1)', 'n + 1', 'length(t)')}, "
                    f"{self.pick('t', 'n::text', 'upper(t)')} FROM a WHERE id < 4) ")
        return head + self.select(2, [])


def literal(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def describe(weftgen, include, folder, statements):
    """{index: description} of those that PostgreSQL takes, and the seconds it took."""
    source, queries = os.path.join(folder, "all.c"), os.path.join(folder, "queries")
    os.makedirs(queries, exist_ok=True)
    for path in glob.glob(queries + "/*"):
        os.remove(path)
    with open(source, "w") as file:
        file.write("#include <weft/prelude.h>\n")
        for i, (text, parameters) in enumerate(statements):
            file.write(f"SQL({literal(text)})\nANY_COLUMNS db_result "
                       f"s{i}(database *db{parameters}, OPTIONAL(str) *x);\n")
    start = time.monotonic()
    done = subprocess.run([weftgen, "-I", include, "--describe", "write", "--queries", queries,
                           source], capture_output=True, text=True)
    seconds = time.monotonic() - start
    found = {}
    for path in glob.glob(queries + "/s*-*.json"):
        with open(path) as file:
            found[int(os.path.basename(path).split("-")[0][1:])] = json.load(file)
    return found, seconds, done.stderr


def mark(column):
    return "?" if "null" in column else "$" if "with" in column else "."


def psql(script):
    return subprocess.run(["psql", "-qAtX", "-v", "ON_ERROR_STOP=0"], input=script, text=True,
                          capture_output=True).stdout


def null_counts(statements):
    """[[number of NULL, ..] or None] per statement, and the number of rows."""
    script = "SET statement_timeout = '2s';\n"
    for i, (text, width) in enumerate(statements):
        columns = ", ".join(f"c{k}" for k in range(width))
        counts = ", ".join(f"count(*) - count(c{k})" for k in range(width))
        script += (f"SELECT '#{i}', count(*), {counts} FROM (SELECT * FROM ({text}) y LIMIT 200) "
                   f"q ({columns});\n")
    found = [None] * len(statements)
    for line in psql(script).splitlines():
        if line.startswith("#"):
            index, *counts = line.split("|")
            found[int(index[1:])] = [int(count) for count in counts]
    return found


def check_known(weftgen, include, folder):
    statements = [(text, ", OPTIONAL(int32_t) p" * ("$1" in text) + ", OPTIONAL(str) q" * ("$2" in text))
                  for text, _ in KNOWN]
    found, _, said = describe(weftgen, include, folder, statements)
    faults = []
    for i, (text, wanted) in enumerate(KNOWN):
        given = "".join(map(mark, found[i]["columns"])) if i in found else "refused"
        if given != wanted:
            faults.append(f"{text}: is {given}, expected {wanted}")
            if given == "refused":
                faults += [line for line in said.splitlines() if f"all.c:{2 * i + 2}:" in line]
    return faults


def check_random(weftgen, include, folder):
    count = int(os.environ.get("WEFT_SQL_STATEMENTS", "1500"))
    writer = Writer(int(os.environ.get("WEFT_SQL_SEED", "7")))
    statements = [(writer.statement(), "") for _ in range(count)]
    found, _, _ = describe(weftgen, include, folder, statements)
    valid = sorted(found)
    counts = null_counts([(statements[i][0], len(found[i]["columns"])) for i in valid])
    faults, rows, claims, ran, doubts, never = [], 0, 0, 0, 0, 0
    for i, nulls in zip(valid, counts):
        if nulls is None:
            continue
        ran += 1
        rows += nulls[0]
        for column, number in zip(found[i]["columns"], nulls[1:]):
            claims += mark(column) == "."
            doubts += mark(column) != "."
            never += mark(column) != "." and number == 0 and nulls[0] > 0
            if mark(column) == "." and number > 0:
                faults.append(f"\"{column['name']}\" is NULL, but is said never to be: "
                              + statements[i][0])
    print(f"# {count} statements, {len(valid)} valid, {ran} ran, {rows} rows, {claims} columns said "
          f"never to be NULL, {doubts} said that they may be, of which {never} were not here")
    if ran < count / 2 or claims < ran / 2:
        faults.append("too few statements say anything")
    return faults


def check_speed(weftgen, include, folder):
    statements = [(f"SELECT a.id, b.t, count(*) OVER () AS n{i} FROM a LEFT JOIN b USING (id) "
                   f"WHERE a.id = $1", ", int32_t id") for i in range(100)]
    with open(weftgen, "rb") as program:
        most = 5 if b"__asan_init" in program.read() else 1
    seconds = most + 1
    for _ in range(10):  # others use the machine, too
        if seconds > most:
            found, took, _ = describe(weftgen, include, folder, statements)
            seconds = min(seconds, took)
    print(f"# 100 statements described in {seconds:.3f} s")
    faults = [] if len(found) == 100 else [f"only {len(found)} were described"]
    return faults + ([f"{seconds:.1f} s for 100 statements"] if seconds > most else [])


def main():
    weftgen, include = (os.path.abspath(argument) for argument in sys.argv[1:3])
    psql(SCHEMA)
    print("1..3")
    with tempfile.TemporaryDirectory() as folder:
        for number, (name, check) in enumerate([("known statements", check_known),
                                                ("random statements", check_random),
                                                ("a hundred statements", check_speed)], 1):
            faults = check(weftgen, include, folder)
            print(f"{'not ok' if faults else 'ok'} {number} - {name}")
            for fault in faults[:40]:
                print("# " + fault)


if __name__ == "__main__":
    main()
