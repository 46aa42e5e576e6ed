# SPDX-License-Identifier: MIT OR Apache-2.0
"""The users API while its PostgreSQL server is away: it starts without one, says so, and goes on when
the server is there, without being started again."""
import glob
import json
import os
import shutil
import subprocess
import tempfile
import time

from harness import (PATIENCE, TOOL, USERS, WRAP, Server, Skip, case, curl, expect, expect_equal, main,
                     need)

HERE = os.path.dirname(os.path.abspath(__file__))
CLUSTER = os.path.join(HERE, "../support/cluster")
MIGRATIONS = os.path.join(HERE, "../../examples/users/migrations")


def cluster(*words):
    subprocess.run([CLUSTER, *words], check=True, capture_output=True, timeout=4 * PATIENCE)


def wait_for(server, path, status, seconds):
    """Until the path answers so; how long that took."""
    began = time.monotonic()
    while curl(server.url(path)).status != status:
        expect(time.monotonic() - began < seconds, f"{path} is not {status}", server.log()[-5:])
        time.sleep(0.05)
    return time.monotonic() - began


@case("started without its database: /livez 204, /readyz 503; 204 when it comes, 503 when it goes",
      alone=True)
def away():
    need("curl")
    if not glob.glob("/usr/lib/postgresql/*/bin/pg_ctl"):
        raise Skip("PostgreSQL is not installed")
    folder = tempfile.mkdtemp(prefix="weft-away-", dir="/tmp")
    try:
        cluster("create", folder, "5999")
        url = f"postgres:///postgres?user=postgres&host={folder}&port=5999"
        migrated = subprocess.run([*WRAP, TOOL, "migrate", "up", "--dir", MIGRATIONS, "--database", url],
                                  capture_output=True, text=True, timeout=PATIENCE)
        expect_equal(migrated.returncode, 0, migrated.stderr)
        cluster("stop", folder)

        users = Server(USERS, {"DATABASE_URL": url})
        expect(users.port, "it does not start without its database", users.log())
        expect_equal(curl(users.url("/livez")).status, 204, "/livez while it is away")
        ready = curl(users.url("/readyz"))
        expect_equal(ready.status, 503, "/readyz while it is away")
        expect_equal(ready.problem()["status"], 503, "a problem document")
        away = curl(users.url("/users/1"))
        expect_equal(away.status, 503, "/users/1 while it is away")
        expect_equal(away.field("retry-after"), "1", "when to ask again")
        expect_equal(away.problem(), {
            "type": "about:blank", "title": "Service Unavailable", "status": 503, "instance": "/users/1",
            "detail": "the database cannot be reached"}, "what the client learns")

        cluster("start", folder)
        took = wait_for(users, "/readyz", 204, 10)
        created = curl("-d", json.dumps({"name": "Ada", "email": "ada@example.com"}), "-H",
                       "Content-Type: application/json", users.url("/users"))
        expect_equal(created.status, 201, "a user, once it is there")

        cluster("restart", folder)
        again = wait_for(users, "/readyz", 204, 10)
        expect_equal(curl(users.url("/users/1")).status, 200, "the user after the restart")
        cluster("stop", folder)
        expect_equal(curl(users.url("/readyz")).status, 503, "/readyz when it is away again")
        print(f"# ready {took:.1f} s after the server came, {again:.1f} s after its restart")
        expect_equal(users.stop(), 0, "exit status")
    finally:
        subprocess.run([CLUSTER, "remove", folder], capture_output=True, timeout=PATIENCE)
        shutil.rmtree(folder, ignore_errors=True)


@case("without libpq: SQLite is served, a postgres URL is refused with what to install")
def without_libpq():
    need("curl")
    need("cc")
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["cc", "-shared", "-x", "c", "-o", f"{folder}/libpq.so.5", "/dev/null"],
                       check=True, timeout=PATIENCE)
        empty = {"LD_LIBRARY_PATH": folder}
        refused = Server(USERS, {"DATABASE_URL": "postgres:///users", **empty})
        refused.wait()
        expect("client library is missing or too old: install libpq 14" in "\n".join(refused.lines),
               "it does not say what is missing", refused.log())
        url = f"sqlite:{folder}/users.db"
        subprocess.run([*WRAP, TOOL, "migrate", "up", "--dir", MIGRATIONS, "--database", url], check=True,
                       capture_output=True, timeout=PATIENCE, env={**os.environ, **empty})
        users = Server(USERS, {"DATABASE_URL": url, **empty})
        expect_equal(curl(users.url("/readyz")).status, 204, "/readyz on SQLite")
        expect_equal(users.stop(), 0, "exit status")


main()
