# SPDX-License-Identifier: MIT OR Apache-2.0
"""The users API (examples/users), with real curl: what clients of it may rely on. On SQLite, and on
PostgreSQL when tests/support/postgres runs it."""
import contextlib
import gzip
import json
import os
import signal
import subprocess
import tempfile
import threading
import time

from harness import (LOADED, PATIENCE, POSTGRES, USERS, WRAP, Client, Failure, Server, Skip, case, curl,
                     expect, expect_equal, get, main, need, new_database, wait_until)

MIGRATIONS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../examples/users/migrations")
JSON = ("-H", "Content-Type: application/json")


class Api(Server):
    """A users API on a database of its own, or on one that is there."""

    def __init__(self, folder, database=None):
        self.database = database or new_database(folder, MIGRATIONS)
        super().__init__(USERS, {"DATABASE_URL": self.database})
        expect(self.port, "the server did not start", self.log())

    def post(self, document, *options):
        return curl("-d", json.dumps(document), *JSON, *options, self.url("/users"))

    def create(self, number):
        response = self.post({"name": f"User {number}", "email": f"user{number}@example.com"})
        expect_equal(response.status, 201, "status")
        return json.loads(response.body)


@contextlib.contextmanager
def api():
    need("curl")
    with tempfile.TemporaryDirectory() as folder:
        running = Api(folder)
        try:
            yield running
        except BaseException:
            running.process.kill()
            running.wait()
            raise
        expect_equal(running.stop(), 0, "exit status")


def refusal(response, status):
    """A problem document with this status; its list of errors as {pointer: error}."""
    expect_equal(response.status, status, f"status of {response}")
    return {error["pointer"]: error for error in response.problem().get("errors", [])}


ADA = {"name": "Ada Lovelace", "email": "ada@example.com"}


@case("POST /users: 201, Location, the user")
def create():
    with api() as users:
        response = users.post(ADA)
        expect_equal(response.status, 201, "status")
        expect_equal(response.field("location"), "/users/1", "Location")
        expect_equal(response.field("content-type"), "application/json", "content type")
        expect_equal(json.loads(response.body), {"id": 1, **ADA}, "user")


@case("GET /users/1: 200 and the user; GET /users/999: 404")
def read():
    with api() as users:
        users.post(ADA)
        response = curl(users.url("/users/1"))
        expect_equal((response.status, json.loads(response.body)), (200, {"id": 1, **ADA}), "answer")
        refusal(curl(users.url("/users/999")), 404)


@case("the same e-mail again: 409 that names the field")
def duplicate():
    with api() as users:
        users.post(ADA)
        errors = refusal(users.post({**ADA, "name": "Another"}), 409)
        expect("/email" in errors, "does not name the field", errors)


@case("PUT: 200 and the replaced user; of nobody 404; to a taken e-mail 409")
def replace():
    with api() as users:
        users.create(1), users.create(2)
        changed = {"name": "Grace", "email": "grace@example.com"}

        def put(number, document):
            return curl("-X", "PUT", "-d", json.dumps(document), *JSON, users.url(f"/users/{number}"))
        response = put(1, changed)
        expect_equal((response.status, json.loads(response.body)), (200, {"id": 1, **changed}), "answer")
        expect_equal(json.loads(curl(users.url("/users/1")).body), {"id": 1, **changed}, "stored")
        refusal(put(77, {"name": "No", "email": "no@example.com"}), 404)
        refusal(put(2, changed), 409)


@case("DELETE: 204 without a body, then 404")
def delete():
    with api() as users:
        users.create(1)
        response = curl("-X", "DELETE", users.url("/users/1"))
        expect_equal((response.status, response.body), (204, b""), "answer")
        expect_equal(response.field("content-length"), None, "Content-Length of 204")
        refusal(curl("-X", "DELETE", users.url("/users/1")), 404)
        refusal(curl(users.url("/users/1")), 404)


@case("no content type or a wrong one: 415")
def content_type():
    with api() as users:
        body = json.dumps(ADA)
        refusal(curl("-d", body, "-H", "Content-Type:", users.url("/users")), 415)
        for wrong in ("text/plain", "application/xml", "application/x-www-form-urlencoded", "json"):
            refusal(curl("-d", body, "-H", f"Content-Type: {wrong}", users.url("/users")), 415)
        for right in ("application/json; charset=utf-8", "APPLICATION/JSON"):
            response = curl("-d", json.dumps({**ADA, "email": f"{len(right)}@example.com"}), "-H",
                            f"Content-Type: {right}", users.url("/users"))
            expect_equal(response.status, 201, right)


@case("'{': 400 with line and column")
def syntax():
    with api() as users:
        for body, line, column in (("{", 1, 2), ('{\n  "name" 1}', 2, 10)):
            response = curl("-d", body, *JSON, users.url("/users"))
            refusal(response, 400)
            detail = response.problem()["detail"]
            expect(f"line {line}" in detail and f"column {column}" in detail, body, detail)


@case('{"name":1}: 422 that lists the wrong name and the missing email')
def shape():
    with api() as users:
        errors = refusal(users.post({"name": 1}), 422)
        expect_equal(sorted(errors), ["/email", "/name"], "pointers")
        expect_equal(errors["/name"]["code"], "type", "code of /name")
        expect_equal(errors["/email"]["code"], "required", "code of /email")
        expect(all(error["detail"] for error in errors.values()), "no details", errors)
        errors = refusal(users.post({"name": "", "email": "nobody"}), 422)
        expect_equal({pointer: error["code"] for pointer, error in errors.items()},
                     {"/name": "length", "/email": "email"}, "rules broken")


@case("3 MB body: 413 that reaches the client, 20 of 20, by length and chunked")
def too_large():
    with api() as users, tempfile.NamedTemporaryFile() as file:
        file.write(b"{" + b" " * 3000000)
        file.flush()
        for options in ([], ["-H", "Transfer-Encoding: chunked"]):
            for _ in range(20):
                refusal(curl("--data-binary", f"@{file.name}", *JSON, *options,
                             users.url("/users")), 413)


@case("GET /users/abc and /users/%FF: 400")
def path():
    with api() as users:
        for wrong in ("abc", "%FF", "1.5", "-", "99999999999", "1%00"):
            refusal(curl(users.url(f"/users/{wrong}")), 400)


@case("pipelined requests for one route and others: each has its own answer")
def pipelined():
    kinds = [("/users/1", 200), ("/users/999", 404), ("/users/1", 200), ("/users/%31", 200), ("/users/abc", 400),
             ("/users", 200), ("/users/", 404), ("/users/1/", 404), ("/users/1?a=/", 200), ("/users/%FF", 400)]
    with api() as running:
        running.create(1)
        with Client(running) as client:
            wanted = [kinds[number * step % len(kinds)] for step in (1, 3, 7) for number in range(100)]
            client.send(b"".join(get(path) for path, _ in wanted))
            for path, status in wanted:
                response = client.response()
                expect_equal(response.status, status, path)
                if status == 200 and path != "/users":
                    expect_equal(json.loads(response.body)["id"], 1, path)


@case("GET /nope: 404; PATCH /users: 405 with Allow")
def routing():
    with api() as users:
        refusal(curl(users.url("/nope")), 404)
        response = curl("-X", "PATCH", users.url("/users"))
        refusal(response, 405)
        expect_equal(sorted(response.field("allow").split(", ")), ["GET", "HEAD", "POST"], "Allow")
        response = curl("-X", "PATCH", users.url("/users/1"))
        refusal(response, 405)
        expect_equal(sorted(response.field("allow").split(", ")), ["DELETE", "GET", "HEAD", "PUT"],
                     "Allow")


@case("HEAD /users/1: GET's headers, no body")
def head():
    with api() as users:
        users.create(1)
        with Client(users) as client:
            full = client.request(get("/users/1"))
            bare = client.request(get("/users/1", method="HEAD"), method="HEAD")
            expect_equal([name for name, _ in bare.fields], [name for name, _ in full.fields], "fields")
            for name in ("content-type", "content-length"):
                expect_equal(bare.field(name), full.field(name), name)
            client.expect_open()
        expect_equal(curl("-I", users.url("/users/1")).status, 200, "curl -I")


@case("Accept-Encoding: gzip: gzip above the threshold, with Vary; plain below and otherwise")
def compression():
    with api() as users:
        for number in range(40):
            users.create(number)
        plain = curl(users.url("/users?limit=40"))
        packed = curl("-H", "Accept-Encoding: gzip", users.url("/users?limit=40"))
        expect(len(plain.body) > 1024, "not above the threshold", len(plain.body))
        expect_equal(plain.field("content-encoding"), None, "encoding without being asked")
        expect_equal(packed.field("content-encoding"), "gzip", "encoding")
        expect_equal(gzip.decompress(packed.body), plain.body, "content")
        expect(len(packed.body) < len(plain.body) / 2, "hardly smaller", len(packed.body))
        for response in (plain, packed):
            expect("accept-encoding" in (response.field("vary") or "").lower(), "no Vary", response)
        small = curl("-H", "Accept-Encoding: gzip", users.url("/users/1"))
        expect_equal(small.field("content-encoding"), None, "encoding of a small body")
        refused = curl("-H", "Accept-Encoding: gzip;q=0", users.url("/users?limit=40"))
        expect_equal(refused.field("content-encoding"), None, "encoding that was refused")


@case("GET /users: pages by key, default 20, limit 1 to 100")
def pages():
    with api() as users:
        created = [users.create(number) for number in range(45)]
        seen, after, lengths = [], 0, []
        while after is not None:
            page = json.loads(curl(users.url(f"/users?after={after}")).body)
            lengths.append(len(page["users"]))
            seen += page["users"]
            after = page.get("next")
        expect_equal(seen, created, "users")
        expect_equal(lengths, [20, 20, 5], "page sizes")
        page = json.loads(curl(users.url("/users?limit=3&after=2")).body)
        expect_equal([user["id"] for user in page["users"]], [3, 4, 5], "page")
        for wrong in ("limit=0", "limit=101", "limit=x", "after=-1", "limit=1&limit=2", "limit="):
            errors = refusal(curl(users.url(f"/users?{wrong}")), 400)
            expect_equal(list(errors), ["/" + wrong.split("=")[0]], wrong)


@case("WEFT_ROUTES lists what the program answers")
def _():
    done = subprocess.run([*WRAP, USERS], env=dict(os.environ, WEFT_ROUTES="1", DATABASE_URL="sqlite::memory:"),
                          capture_output=True, text=True, timeout=PATIENCE)
    expect_equal(done.returncode, 0, f"exit status: {done.stderr}")
    expect_equal(done.stdout, """\
METHOD  PATH         HANDLER       LAYERS
GET     /livez       livez         trace, timeout, compress
GET     /readyz      readyz        trace, timeout, compress
GET     /users       list_users    trace, timeout, compress
POST    /users       create_user   trace, timeout, compress
GET     /users/{id}  get_user      trace, timeout, compress
PUT     /users/{id}  replace_user  trace, timeout, compress
DELETE  /users/{id}  delete_user   trace, timeout, compress
""", "listing")


@case("GET /livez and /readyz: 204")
def probes():
    with api() as users:
        for probe in ("/livez", "/readyz"):
            expect_equal(curl(users.url(probe)).status, 204, probe)


@case("every request leaves one access line")
def access_log():
    with api() as users:
        users.post(ADA)
        curl(users.url("/users/1")), curl(users.url("/nope")), users.post({"name": 1})
        curl("-X", "PATCH", users.url("/users"))
        users.stop()
        lines = [event for event in users.events() if "status" in event]
        expect_equal([(event["method"], event["path"], event["status"]) for event in lines],
                     [("POST", "/users", 201), ("GET", "/users/1", 200), ("GET", "/nope", 404),
                      ("POST", "/users", 422), ("PATCH", "/users", 405)], "lines")
        expect_equal(lines[1]["route"], "/users/{id}", "route")


@case("a restart keeps the data")
def restart():
    with tempfile.TemporaryDirectory() as folder:
        first = Api(folder)
        users = [first.create(number) for number in range(3)]
        expect_equal(first.stop(), 0, "exit status")
        second = Api(folder, first.database)
        page = json.loads(curl(second.url("/users")).body)
        expect_equal(page["users"], users, "users")
        expect_equal(second.stop(), 0, "exit status")


@case("only the library of the database in use is loaded")
def libraries():
    if not LOADED:
        raise Skip("SQLite is linked in this build")
    with api() as users:
        users.create(1)
        with open(f"/proc/{users.process.pid}/maps", encoding="utf-8") as maps:
            mapped = maps.read()
        expect_equal(("libpq.so" in mapped, "libsqlite3.so" in mapped), (POSTGRES, not POSTGRES),
                     "libpq and SQLite are mapped")


@case("kill -9 during writes loses no answered request's row", alone=True)
def killed():
    with tempfile.TemporaryDirectory() as folder:
        answered, lock = [], threading.Lock()
        database = new_database(folder, MIGRATIONS)
        for round_number in range(3):
            users = Api(folder, database)

            def write(writer):
                number = 0
                with contextlib.suppress(Failure, ConnectionError, OSError):
                    with Client(users) as client:
                        while True:
                            email = f"r{round_number}w{writer}n{number}@example.com"
                            body = json.dumps({"name": "N", "email": email}).encode()
                            response = client.request(get("/users", "Content-Type: application/json",
                                                          method="POST", body=body))
                            if response.status == 201:
                                with lock:
                                    answered.append(json.loads(response.body))
                            number += 1
            threads = [threading.Thread(target=write, args=(writer,)) for writer in range(8)]
            for thread in threads:
                thread.start()
            enough = len(answered) + 20
            wait_until(lambda: len(answered) >= enough, "writes")
            users.process.send_signal(signal.SIGKILL)
            users.wait()
            for thread in threads:
                thread.join()
        users = Api(folder, database)
        with Client(users) as client:
            for user in answered:
                response = client.request(get(f"/users/{user['id']}"))
                expect_equal((response.status, json.loads(response.body)), (200, user), "row")
        print(f"# {len(answered)} answered writes before kill -9, none lost")
        expect_equal(users.stop(), 0, "exit status")


main(parallel=4 if POSTGRES else 8)
