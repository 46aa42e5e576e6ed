# SPDX-License-Identifier: MIT OR Apache-2.0
"""Files over real sockets: whole and in parts, to fast and to slow clients, while they change, and by
real curl."""
import atexit
import email.utils
import hashlib
import os
import shutil
import subprocess
import tempfile
import time

from harness import (SITE, Client, Server, case, curl, expect, expect_equal, get, main, server, shared,
                     wait_until)

BIG = 5_000_000
SECRETS = "a secret for tests of at least 32 bytes"

FOLDER = tempfile.mkdtemp(prefix="weft-site-")
atexit.register(shutil.rmtree, FOLDER)


def put(name, data):
    path = os.path.join(FOLDER, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)
    os.utime(path, (1_000_000_000, 1_000_000_000))
    return path


BYTES = b"".join(hashlib.sha256(str(i).encode()).digest() for i in range(BIG // 32))
put("big.bin", BYTES)
put("index.html", b"<h1>hello</h1>")
put("app.css", b"body { margin: 0 }")
put("app.css.br", b"not really brotli")
put("docs/index.html", b"docs")
put("r\u00e9sum\u00e9.txt", b"cv")
os.symlink("/etc/passwd", os.path.join(FOLDER, "passwd"))
os.mkfifo(os.path.join(FOLDER, "pipe"))

os.environ["SITE_FOLDER"] = FOLDER
os.environ["COOKIE_SECRETS"] = SECRETS


def site():
    return shared(SITE)


@case("curl: a small file with everything that caches need")
def small():
    answer = curl(site().url("/files/app.css"))
    expect_equal((answer.status, answer.body), (200, b"body { margin: 0 }"), "answer")
    expect_equal(answer.field("content-type"), "text/css; charset=utf-8", "type")
    expect_equal(answer.field("last-modified"), email.utils.formatdate(1_000_000_000, usegmt=True),
                 "date")
    expect_equal(answer.field("vary"), "accept-encoding", "Vary")
    tag = answer.field("etag")
    again = curl("-H", f"If-None-Match: {tag}", site().url("/files/app.css"))
    expect_equal((again.status, again.body, again.field("etag")), (304, b"", tag), "not modified")
    since = answer.field("last-modified")
    expect_equal(curl("-H", f"If-Modified-Since: {since}", site().url("/files/app.css")).status, 304,
                 "since")
    expect_equal(curl("-z", "Tue, 01 Jan 2030 00:00:00 GMT", site().url("/files/app.css")).status, 304, "curl's -z")
    expect_equal(curl("-H", 'If-Match: "x"', site().url("/files/app.css")).status, 412, "If-Match")


@case("curl: the precompressed file when it is accepted")
def precompressed():
    answer = curl("-H", "Accept-Encoding: gzip, br", site().url("/files/app.css"))
    expect_equal((answer.field("content-encoding"), answer.body), ("br", b"not really brotli"), "br")
    plain = curl(site().url("/files/app.css"))
    expect(plain.field("etag") != answer.field("etag"), "two representations, one tag")


@case("curl: a large file, whole, HEAD and parts")
def large():
    url = site().url("/files/big.bin")
    answer = curl(url)
    expect_equal(answer.status, 200, "status")
    expect(answer.body == BYTES, "the bytes differ", len(answer.body))
    head = curl("-I", url)
    expect_equal(head.field("content-length"), str(len(BYTES)), "HEAD")
    for first, last in [(0, 0), (0, 99_999), (1, len(BYTES) - 1), (4_000_000, 4_999_999)]:
        part = curl("-r", f"{first}-{last}", url)
        expect_equal(part.status, 206, "status")
        expect_equal(part.field("content-range"), f"bytes {first}-{last}/{len(BYTES)}", "range")
        expect(part.body == BYTES[first:last + 1], "the part differs", first, last)
    tail = curl("-r", "-70000", url)
    expect(tail.body == BYTES[-70000:], "the tail differs")
    expect_equal(curl("-r", f"{len(BYTES)}-", url).field("content-range"), f"bytes */{len(BYTES)}",
                 "beyond the end")
    expect_equal(curl("-r", "0-1,5-6", url).status, 416, "two ranges")


@case("curl: a download that was cut goes on where it ended")
def resume():
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/got"
        with open(path, "wb") as file:
            file.write(BYTES[:1_234_567])
        subprocess.run(["curl", "-sS", "-m", "20", "-C", "-", "-o", path, site().url("/files/big.bin")], check=True)
        with open(path, "rb") as file:
            expect(file.read() == BYTES, "the whole differs")


@case("curl: redirects to folders, and follows")
def folders():
    answer = curl(site().url("/files/docs?a=1"))
    expect_equal((answer.status, answer.field("location")), (307, "/files/docs/?a=1"), "redirect")
    expect_equal(curl("-L", site().url("/files/docs")).body, b"docs", "followed")
    expect_equal(curl("-L", site().url("/files")).body, b"<h1>hello</h1>", "the root")


@case("ways out of the folder, sent as they are")
def traversal():
    for path in ["/files/../../etc/passwd", "/files/%2e%2e/%2e%2e/etc/passwd", "/files/passwd",
                 "/files/..%2f..%2fetc/passwd", "/files/..%5c..%5cetc/passwd", "/files//etc/passwd",
                 "/files/%252e%252e/etc/passwd", "/files/%c0%ae%c0%ae/etc/passwd", "/files/pipe",
                 "/files/index.html%00.png", "/files/./index.html", "/files/docs/../index.html"]:
        with Client(site()) as client:
            response = client.request(get(path))
            expect_equal(response.status, 404, path)
            response.problem()
    expect_equal(curl("--path-as-is", site().url("/files/../index.html")).status, 404, "curl")
    expect_equal(curl("-X", "DELETE", site().url("/files/index.html")).field("allow"), "GET, HEAD",
                 "Allow")


@case("a download has its name")
def attachment():
    answer = curl(site().url("/downloads/r%C3%A9sum%C3%A9.txt"))
    expect_equal(answer.field("content-disposition"),
                 "attachment; filename=\"r_sum_.txt\"; filename*=UTF-8''r%C3%A9sum%C3%A9.txt", "name")
    expect_equal(curl(site().url("/downloads/..%2Fx")).status, 404, "a way out")
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["curl", "-sS", "-m", "20", "-J", "-O", "--output-dir", folder,
                        site().url("/downloads/app.css")], check=True)
        expect_equal(os.listdir(folder), ["app.css"], "curl's name for it")


@case("pipelined: small and large files, HEAD and others, in order")
def pipelined():
    with Client(site()) as client:
        client.send(get("/files/app.css") + get("/files/big.bin") + get("/session") +
                    get("/files/big.bin", "Range: bytes=100-199999") + get("/files/none") +
                    get("/files/index.html"))
        expect_equal(client.response().body, b"body { margin: 0 }", "first")
        expect(client.response().body == BYTES, "second")
        expect_equal(client.response().body, b"||", "third")
        expect(client.response().body == BYTES[100:200000], "fourth")
        expect_equal(client.response().status, 404, "fifth")
        expect_equal(client.response().body, b"<h1>hello</h1>", "sixth")
        client.expect_open()


@case("HEAD of a large file on a connection that goes on")
def head_then_get():
    with Client(site()) as client:
        client.send(get("/files/big.bin", method="HEAD"))
        status, fields = client.head()
        expect_equal(status, 200, "status")
        expect_equal(dict((k.lower(), v) for k, v in fields)["content-length"], str(len(BYTES)), "length")
        expect_equal(client.request(get("/files/app.css")).status, 200, "the next one")


@case("a slow reader gets all of it; one that stops is cut off; nothing stays open")
def slow():
    with server(SITE, SITE_FOLDER=FOLDER, COOKIE_SECRETS=SECRETS,
                SITE_WRITE_DEADLINE_MS=1500) as running:
        expect_equal(curl(running.url("/files/app.css")).status, 200, "warm")
        time.sleep(0.1)
        base = running.descriptors()
        with Client(running, receive_buffer=65536) as client:
            client.send(get("/files/big.bin"))
            client.head()
            while len(client.data) < len(BYTES):  # 64 KiB within each deadline
                before = len(client.data)
                while len(client.data) - before < 400_000 and len(client.data) < len(BYTES):
                    expect(client.fill(), "cut off", len(client.data))
                time.sleep(0.05)
            expect(client.data == BYTES, "the bytes differ")
        with Client(running, receive_buffer=65536) as client:
            client.send(get("/files/big.bin"))
            wait_until(lambda: running.descriptors() == base + 2, "the file is open")
            wait_until(lambda: running.descriptors() == base, "it was cut off")
        clients = [Client(running, receive_buffer=65536) for _ in range(20)]
        for client in clients:
            client.send(get("/files/big.bin"))
        wait_until(lambda: running.descriptors() > base + 20, "files are open")
        for client in clients:
            client.sock.close()
        wait_until(lambda: running.descriptors() == base, "clients that left")


@case("a file that becomes shorter while it is sent ends the connection, not the server")
def shrinking():
    path = put("shrinking.bin", BYTES)
    with Client(site(), receive_buffer=65536) as client:
        client.send(get("/files/shrinking.bin"))
        client.head()
        os.truncate(path, 100_000)
        while client.fill():
            pass
        expect(len(client.data) < len(BYTES), "more than there was")
    expect_equal(curl(site().url("/files/shrinking.bin")).body, BYTES[:100_000], "what is left")


@case("files that come and go are seen at once")
def changing():
    url = site().url("/files/news.txt")
    expect_equal(curl(url).status, 404, "before")
    put("news.txt", b"one")
    first = curl(url)
    put("news.txt", b"other")
    second = curl("-H", f"If-None-Match: {first.field('etag')}", url)
    expect_equal((first.body, second.body), (b"one", b"other"), "both")
    os.unlink(os.path.join(FOLDER, "news.txt"))
    expect_equal(curl(url).status, 404, "after")


@case("the access log knows the bytes of a file")
def logged():
    with server(SITE, SITE_FOLDER=FOLDER, COOKIE_SECRETS=SECRETS) as running:
        curl(running.url("/files/big.bin"))
        wait_until(lambda: running.events("request"), "a line")
        expect_equal(running.events("request")[0]["bytes"], len(BYTES), "bytes")


@case("a folder that is not there: no start, and the reason")
def no_folder():
    running = Server(SITE, {"SITE_FOLDER": "/nowhere/at/all", "COOKIE_SECRETS": SECRETS})
    expect_equal(running.wait(), 1, "exit status")
    expect("cannot open the folder: No such file" in running.log(), "another reason", running.log())


main()
