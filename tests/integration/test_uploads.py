# SPDX-License-Identifier: MIT OR Apache-2.0
"""Forms with files over real sockets: curl's own, with Content-Length, in chunks and byte by byte; the
limits; files on disk, and none left behind."""
import contextlib
import json
import os
import tempfile

from harness import (SANITIZED, UPLOADS, Client, case, curl, expect, expect_equal, main, server,
                     wait_until)


@contextlib.contextmanager
def uploads():
    """A server, the folder it keeps files in, and the one for files without a name."""
    with tempfile.TemporaryDirectory() as kept, tempfile.TemporaryDirectory() as passing:
        with server(UPLOADS, UPLOADS=kept, TMPDIR=passing) as running:
            yield running, kept
            expect_equal(os.listdir(passing), [], "files left behind")


def field(name, value):
    return f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()


def file(name, filename, content, more=""):
    head = f'--b\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n{more}\r\n'
    return head.encode() + content + b"\r\n"


def form(*parts):
    return b"".join(parts) + b"--b--\r\n"


def post(path, body, *fields):
    lines = [f"POST {path} HTTP/1.1", "Host: test", "Content-Type: multipart/form-data; boundary=b",
             *(fields or [f"Content-Length: {len(body)}"])]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def read(folder, name):
    with open(os.path.join(folder, name), "rb") as source:
        return source.read()


@case("curl sends an album: a small photo and a large one")
def curl_sends():
    large = os.urandom(300_000)
    with uploads() as (running, kept), tempfile.TemporaryDirectory() as folder:
        with open(f"{folder}/large.jpg", "wb") as out:
            out.write(large)
        answer = curl("-F", "title=Home & away", "-F", "year=1999", "-F",
                      "photos=small;filename=../../a b.png;type=image/png", "-F",
                      f"photos=@{folder}/large.jpg", running.url("/albums"))
        expect_equal(answer.status, 201, "status")
        receipt = json.loads(answer.body)
        expect_equal((receipt["title"], receipt["year"]), ("Home & away", 1999), "texts")
        first, second = receipt["photos"]
        expect_equal((first["called"], first["content_type"], first["bytes"]),
                     ("a b.png", "image/png", 5), "the small one")
        expect_equal((second["called"], second["bytes"]), ("large.jpg", 300_000), "the large one")
        expect_equal(read(kept, first["name"]), b"small", "kept")
        expect(read(kept, second["name"]) == large, "the large one is not what was sent")


@case("in one piece, in chunks, byte by byte: the same")
def however_it_arrives():
    body = form(field("title", "x"), file("photos", "p", b"\r\n--\r\n--b \r"[:8] + b"\r\n--bb"))
    with uploads() as (running, kept):
        for step in (len(body), 1, 7):
            for chunked in (False, True):
                with Client(running) as client:
                    client.send(post("/albums", b"", "Transfer-Encoding: chunked" if chunked
                                     else f"Content-Length: {len(body)}"))
                    for at in range(0, len(body), step):
                        piece = body[at:at + step]
                        client.send(b"%x\r\n%s\r\n" % (len(piece), piece) if chunked else piece)
                    if chunked:
                        client.send(b"0\r\n\r\n")
                    answer = client.response("POST")
                    expect_equal(answer.status, 201, f"status, {step} bytes at once")
                    name = json.loads(answer.body)["photos"][0]["name"]
                    expect_equal(read(kept, name), b"\r\n--\r\n--\r\n--bb", "content")


@case("all that is wrong with a form in one answer")
def violations():
    with uploads() as (running, kept), Client(running) as client:
        body = form(field("title", ""), field("year", "18"), field("year", "1999"),
                    file("photos", "", b""))
        answer = client.request(post("/albums", body), "POST")
        expect_equal(answer.status, 422, "status")
        errors = [(error["pointer"], error["code"]) for error in answer.problem()["errors"]]
        expect_equal(errors, [("/title", "length"), ("/year", "range"), ("/year", "duplicate"),
                              ("/photos", "length")], "errors")
        expect_equal(os.listdir(kept), [], "nothing is kept")


def refused(path, body, status, detail):
    with uploads() as (running, kept):
        with Client(running) as client:
            answer = client.request(post(path, body), "POST")
            expect_equal(answer.status, status, "status")
            expect(detail in answer.problem().get("detail", ""), "detail", answer.body)
        expect_equal(os.listdir(kept), [], "nothing is kept")


@case("a form that is cut short is 400")
def cut_short():
    refused("/albums", form(field("title", "x"))[:-8], 400, "it ends before its last delimiter")


@case("a part beyond the limit is 413, and what was written of it is gone")
def large_part():
    refused("/albums", form(field("title", "x"), file("photos", "p", bytes((16 << 20) + 1))), 413,
            'the part "photos" is larger than the limit of 16777216 bytes')


@case("a body beyond the limit is 413 before it is read")
def large_body():
    with uploads() as (running, _), Client(running) as client:
        answer = client.request(post("/albums", b"", f"Content-Length: {(32 << 20) + 1}"), "POST")
        expect_equal(answer.status, 413, "status")
        expect_equal(answer.problem()["detail"], "the body is larger than the limit of 33554432 bytes", "detail")


@case("a million parts are 413 after 128")
def many_parts():
    refused("/albums", form(field("x", "") * 100_000), 413,
            "the form has more parts than the limit of 128")


@case("an endless head is 413")
def large_head():
    refused("/albums", b"--b\r\nX: " + b"x" * 100_000, 413,
            "the head of a part is larger than the limit of 4096 bytes")


@case("texts beyond the limit are 413")
def large_texts():
    refused("/albums", form(field("title", "x" * ((1 << 20) + 1))), 413,
            'with "title" the form\'s texts are larger than the limit of 1048576 bytes')


@case("a client that leaves within a file leaves none behind")
def client_leaves():
    with uploads() as (running, kept):
        body = form(file("f", "f", bytes(1 << 20)))
        for path in ("/albums", "/backups"):
            with Client(running) as client:
                client.send(post(path, body[:700_000], f"Content-Length: {len(body)}"))
        with Client(running) as client:
            answer = client.request(post("/backups", form(file("f", "f", b"last"))), "POST")
            expect_equal(answer.status, 201, "status")
            name = json.loads(answer.body)["name"]
            wait_until(lambda: os.listdir(kept) == [name], "the files of those who left are gone")


@case("64 MB go to disk in constant memory", alone=True)
def constant_memory():
    with uploads() as (running, kept), Client(running) as client:
        expect_equal(client.request(post("/backups", form(file("f", "f", b"x"))), "POST").status, 201,
                     "status")
        before = running.memory()
        content = bytes(64 << 20)
        body = form(file("f", "big.bin", content))
        answer = client.request(post("/backups", body), "POST")
        expect_equal(answer.status, 201, "status")
        expect_equal(json.loads(answer.body)["bytes"], len(content), "bytes")
        expect(read(kept, json.loads(answer.body)["name"]) == content, "not what was sent")
        grown = running.memory() - before
        expect(SANITIZED or grown < 4 << 20, "memory has grown", grown)


main()
