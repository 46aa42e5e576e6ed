# SPDX-License-Identifier: MIT OR Apache-2.0
"""Bodies that are lists, and bodies that may be absent."""
import json
import os

from harness import BUILD, Client, case, expect_equal, main, shared

BODIES = os.environ.get("WEFT_BODIES", f"{BUILD}/tests/integration/servers/bodies")
JSON, FORM = "application/json", "application/x-www-form-urlencoded"


def post(path, body=None, kind=None, framing=None):
    """The response to a request with these fields, and with a body only when one is given."""
    data = body.encode() if body is not None else b""
    lines = [f"POST {path} HTTP/1.1", "Host: a"]
    if kind:
        lines.append(f"Content-Type: {kind}")
    if framing == "chunked":
        lines.append("Transfer-Encoding: chunked")
        data = (b"%x\r\n%s\r\n" % (len(data), data) if data else b"") + b"0\r\n\r\n"
    elif body is not None:
        lines.append(f"Content-Length: {len(data)}")
    with Client(shared(BODIES)) as client:
        return client.request("\r\n".join(lines).encode() + b"\r\n\r\n" + data)


def expect_answer(response, answer, what):
    expect_equal(response.status, 200, f"{what}: status ({response.body})")
    expect_equal(json.loads(response.body), answer, what)


def expect_errors(response, errors, what):
    """Pointers and codes, in order."""
    expect_equal(response.status, 422, f"{what}: status ({response.body})")
    expect_equal([(error["pointer"], error["code"]) for error in response.problem()["errors"]], errors,
                 what)


def point(x, y):
    return {"x": x, "y": y}


@case("a list as the body: none, one, a thousand; by length and in chunks")
def lists():
    for count in (0, 1, 2, 1000):
        body = json.dumps([point(i % 100, -i) for i in range(count)])
        total = {"points": count, "x": sum(i % 100 for i in range(count)), "y": -sum(range(count))}
        for framing in ("length", "chunked"):
            expect_answer(post("/sum", body, JSON, framing), total, f"{count} points, {framing}")
    expect_answer(post("/turn", json.dumps([point(1, 2), point(3, 4)]), JSON), [point(3, 4), point(1, 2)],
                  "a list as the answer, too")
    expect_answer(post("/turn", "[]", JSON), [], "an empty list as the answer")


@case("a list that does not fit: every item that is wrong is named; the list itself is")
def lists_refused():
    expect_errors(post("/sum", '[{"x":1,"y":2},{"x":101},{"x":"1","y":2,"z":3},7]', JSON),
                  [("/1/x", "range"), ("/1/y", "required"), ("/2/x", "type"), ("/3", "type")],
                  "items")
    for body in ('{"x":1,"y":2}', "null", '"[]"', "0"):
        expect_errors(post("/sum", body, JSON), [("", "type")], body)
    for body in ("", "[", "[{}", '[{"x":1,"y":2},]', "[]]"):
        response = post("/sum", body, JSON)
        expect_equal(response.status, 400, f"{body!r}: status")
        response.problem()
    expect_equal(post("/sum", "[]", "text/plain").status, 415, "another type")
    expect_equal(post("/sum").status, 415, "no body at all")


@case("a body that may be absent: absent, null, there")
def optional():
    absent = {"given": False, "text": "none"}
    expect_answer(post("/cancel"), absent, "no body")
    expect_answer(post("/cancel", ""), absent, "an empty one without a type")
    for body in ("null", " \r\n\tnull \n"):
        for framing in ("length", "chunked"):
            expect_answer(post("/cancel", body, JSON, framing), absent, f"{body!r}, {framing}")
    expect_answer(post("/cancel", '{"text":"late"}', JSON), {"given": True, "text": "late"},
                  "there")
    expect_answer(post("/cancel", '{"text":"late","code":7}', JSON, "chunked"),
                  {"given": True, "text": "late", "code": 7}, "in chunks")
    expect_answer(post("/form"), absent, "no form")
    expect_answer(post("/form", "text=late", FORM), {"given": True, "text": "late"}, "a form")


@case("a body that may be absent, and is wrong: refused, and never taken for absent")
def optional_refused():
    expect_errors(post("/cancel", '{"text":"","code":"x"}', JSON), [("/text", "length"), ("/code", "type")],
                  "members")
    expect_errors(post("/cancel", "{}", JSON), [("/text", "required")], "an empty object")
    for body in ("[]", '"null"', "false"):
        expect_errors(post("/cancel", body, JSON), [("", "type")], body)
    for body in ("", " ", "nul", "nulll", "null null", "NULL", '{"text":"late"'):
        response = post("/cancel", body, JSON)
        expect_equal(response.status, 400, f"{body!r}: status")
        response.problem()
    expect_equal(post("/cancel", '{"text":"late"}').status, 415, "a body without a type")
    expect_equal(post("/cancel", '{"text":"late"}', framing="chunked").status, 415, "the same in chunks")
    expect_equal(post("/cancel", "null", "text/plain").status, 415, "another type")
    expect_errors(post("/form", "text=", FORM), [("/text", "length")], "a form")
    expect_equal(post("/form", "text=late").status, 415, "a form without a type")


main()
