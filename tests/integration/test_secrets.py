# SPDX-License-Identifier: MIT OR Apache-2.0
"""What a client must keep to itself is never in a log, nor in an answer: values of Authorization, Cookie
and Set-Cookie, and query strings, whatever goes wrong beside them."""
import tempfile

from harness import ECHO, SITE, USERS, Client, case, expect, expect_equal, main, server

SECRET = "s3cr3t-7f1c"
FIELDS = (f"Authorization: Bearer {SECRET}", f"Cookie: plain={SECRET}; signed={SECRET}; broken={SECRET} x",
          f"Proxy-Authorization: Basic {SECRET}")


def request(line, *fields, body=b""):
    lines = [f"{line} HTTP/1.1", "Host: test", *FIELDS, *fields, f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def ask(running, data, method, wanted):
    """The answer has the status, and does not tell."""
    with Client(running) as client:
        answer = client.request(data, method)
    expect(answer.status in wanted, "status", answer)
    expect(SECRET.encode() not in answer.body, "the body tells", answer.body)
    expect(all(SECRET not in value for _, value in answer.fields), "a field tells", answer.fields)


def silent(running):
    running.stop()
    expect(any("/" in line for line in running.lines), "nothing is logged", running.lines)
    told = [line for line in running.lines if SECRET in line]
    expect_equal(told, [], "lines that tell")


JSON = "Content-Type: application/json"


@case("refusals of a program with a database")
def refusals():
    with tempfile.TemporaryDirectory() as folder, \
            server(USERS, DATABASE_URL=f"sqlite:{folder}/db", WEFT_LOG="debug") as running:
        ask(running, request("GET /nowhere"), "GET", [404])
        ask(running, request(f"GET /nowhere?token={SECRET}"), "GET", [404])
        ask(running, request(f"GET /users?limit=x&token={SECRET}"), "GET", [400])
        ask(running, request("DELETE /users"), "DELETE", [405])
        ask(running, request("GET /users/x"), "GET", [400])
        ask(running, request("GET /users/1"), "GET", [500, 503, 404])  # there is no table
        ask(running, request("POST /users", "Content-Type: text/plain", body=b"x"), "POST", [415])
        ask(running, request("POST /users", JSON, body=b"{"), "POST", [400])
        ask(running, request("POST /users", JSON, body=b"{}"), "POST", [422])
        ask(running, request("POST /users", JSON, body=b"x" * (3 << 20)), "POST", [413])
        silent(running)


@case("heads that are refused before anything reads them")
def heads():
    with server(ECHO, WEFT_LOG="debug") as running:
        ask(running, request("GET /"), "GET", [200])
        ask(running, request(f"GET /?{SECRET}#"), "GET", [400])
        ask(running, request("GET /", f"Authorization : {SECRET}"), "GET", [400])
        ask(running, request("GET /", f"Cookie: {SECRET}\x01"), "GET", [400])
        ask(running, request("GET /", f"Authorization: {SECRET * 9000}"), "GET", [431])
        ask(running, request("GET /", *[f"Cookie: {SECRET}"] * 300), "GET", [431])
        silent(running)


@case("cookies that are set, and such that do not open")
def cookies():
    secrets = f"{SECRET}-of-the-server-which-is-long-enough"
    with server(SITE, SITE_FOLDER=tempfile.gettempdir(), COOKIE_SECRETS=secrets,
                WEFT_LOG="debug") as running:
        with Client(running) as client:
            answer = client.request(request("POST /login?user"), "POST")
            expect_equal(answer.status, 303, "status")
        ask(running, request("POST /login?%20;"), "POST", [303, 400])
        ask(running, request("GET /nowhere"), "GET", [404])
        silent(running)


main()
