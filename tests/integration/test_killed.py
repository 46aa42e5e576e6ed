# SPDX-License-Identifier: MIT OR Apache-2.0
"""Clients that leave while PostgreSQL is at work for them: the statement ends on the server, no
transaction stays open, no lock is left, and the pool of one connection is as good as before."""
import contextlib
import os
import random
import re
import socket
import subprocess
import tempfile
import time

from harness import (PATIENCE, TECHEMPOWER, Server, case, curl, expect, expect_equal, main, need, new_database,
                     once)

MIGRATIONS = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                          "../../examples/techempower/migrations")
KILLED, SEED = 1000, 11


class Database:
    """A new one, looked at as psql does."""

    def __init__(self, folder):
        self.url = new_database(folder, MIGRATIONS)
        self.name = re.search(r"/(test_\w+)\?", self.url)[1]

    def ask(self, sql):
        done = subprocess.run(["psql", "-qAt", "-d", self.name, "-c", sql], check=True,
                              capture_output=True, text=True, timeout=PATIENCE)
        return done.stdout.strip()

    def backends(self, condition):
        return int(self.ask("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'weft' AND "
                            f"datname = '{self.name}' AND {condition}"))


@contextlib.contextmanager
def program(parameters):
    need("curl")
    with tempfile.TemporaryDirectory() as folder:
        database = Database(folder)
        server = Server(TECHEMPOWER, {"DATABASE_URL": f"{database.url}&{parameters}"})
        expect(server.port, "the server did not start", server.log())
        try:
            yield server, database
        except BaseException:
            server.process.kill()
            server.wait()
            raise
        expect_equal(server.stop(), 0, "exit status")


@contextlib.contextmanager
def locked(database):
    """The table, for one block; gives the time until which things have to happen."""
    locker = subprocess.Popen(["psql", "-q", "-d", database.name], stdin=subprocess.PIPE, text=True)
    locker.stdin.write("BEGIN; LOCK TABLE world;\n")
    locker.stdin.flush()
    until = time.monotonic() + PATIENCE
    while database.ask("SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND "
                       "relation = 'world'::regclass") == "0":
        expect(time.monotonic() < until, "the table is never locked")
    try:
        yield until
    finally:
        locker.communicate("COMMIT;\n", timeout=PATIENCE)


def ask_and_leave(server, path, after):
    with server.connect() as client:
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        time.sleep(after)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


@case("a client that leaves: its statement, which waits for a lock, ends within 200 ms", alone=True)
def statement_ends():
    with program("max_connections=2") as (server, database):
        expect_equal(curl(server.url("/db")).status, 200, "/db")
        once(lambda: ends_soon(server, database), "the statement ends in time", tries=5)
        expect_equal(curl(server.url("/db")).status, 200, "/db afterwards")


def ends_soon(server, database):
    waiting = "wait_event_type = 'Lock'"
    with locked(database) as until:
        with server.connect() as client:
            client.sendall(b"GET /db HTTP/1.1\r\nHost: a\r\n\r\n")
            while database.backends(waiting) == 0:
                expect(time.monotonic() < until, "the statement never waits")
        left = time.monotonic()
        while database.backends(waiting) != 0:
            expect(time.monotonic() < until, "the statement waits on")
        took = time.monotonic() - left
    print(f"# {took * 1000:.0f} ms, with the look at it")
    return took < 0.2 + 0.3  # psql takes its time to start


@case("a full pool: 503 that says so, with Retry-After; as before when a connection is free", alone=True)
def full():
    with program("max_connections=1&acquire_timeout=300") as (server, database):
        expect_equal(curl(server.url("/db")).status, 200, "/db")
        with locked(database) as until, server.connect() as client:
            client.sendall(b"GET /db HTTP/1.1\r\nHost: a\r\n\r\n")
            while database.backends("wait_event_type = 'Lock'") == 0:
                expect(time.monotonic() < until, "the statement never waits")
            refused = curl(server.url("/queries?queries=1"))
        expect_equal(refused.status, 503, "the pool is full")
        expect_equal(refused.field("retry-after"), "1", "when to ask again")
        expect_equal(refused.problem(), {
            "type": "about:blank", "title": "Service Unavailable", "status": 503, "instance": "/queries",
            "detail": "all connections to the database were in use for too long"}, "what the client learns")
        cause = server.events("the database is too busy")[0]["cause"]
        expect("1 of max_connections=1 are open" in cause, "the log has the cause", cause)
        expect_equal(curl(server.url("/db")).status, 200, "/db afterwards")


@case(f"one connection, {KILLED} transactions killed at random points: nothing stays open", alone=True)
def killed():
    chance = random.Random(SEED)
    with program("max_connections=1") as (server, database):
        began = time.monotonic()
        expect_equal(curl(server.url("/updates?queries=20")).status, 200, "/updates")
        whole = time.monotonic() - began
        for _ in range(KILLED):
            ask_and_leave(server, "/updates?queries=20", chance.uniform(0, min(whole, 0.02)))
        until = time.monotonic() + PATIENCE
        # The server may yet take up a request whose client has left.
        locks = "SELECT count(*) FROM pg_locks WHERE relation = 'world'::regclass"
        while database.backends("state <> 'idle'") != 0 or database.ask(locks) != "0":
            expect(time.monotonic() < until, "a backend is still at work, or locks stay on the table")
        expect_equal(database.backends("state LIKE 'idle in transaction%'"), 0, "idle in transaction")
        expect(database.backends("true") <= 1, "more connections than allowed")
        expect_equal(curl(server.url("/updates?queries=20")).status, 200, "/updates afterwards")
        expect("25P02" not in "\n".join(server.lines), "a spoilt transaction in the log")


main()
