# SPDX-License-Identifier: MIT OR Apache-2.0
"""HTTP/1 on a connection: keep-alive, pipelining, HEAD, bodies, Expect, versions, half-close."""
import re
import socket
import time

from harness import (PROBE, Client, case, chunked, expect, expect_equal, get, main, server, shared)


@case("keep-alive: one connection answers request after request")
def keep_alive():
    with Client(shared()) as client:
        for number in range(20):
            body = b"number %d" % number
            response = client.request(get(f"/a/{number}", method="POST", body=body))
            expect_equal((response.status, response.body), (200, body), "answer")
            expect_equal(response.field("connection"), None, "Connection")
        client.expect_open()


@case("Connection: close is honoured and answered")
def connection_close():
    with Client(shared()) as client:
        response = client.request(get("/", "Connection: close"))
        expect_equal(response.field("connection"), "close", "Connection")
        client.expect_closed()


@case("HTTP/1.0 closes, unless keep-alive was asked for")
def old_version():
    with Client(shared()) as client:
        response = client.request(b"GET / HTTP/1.0\r\n\r\n")
        expect_equal(response.status, 200, "status")
        client.expect_closed()
    with Client(shared()) as client:
        for _ in range(2):
            response = client.request(b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            expect_equal(response.field("connection"), "keep-alive", "Connection")
        client.expect_open()


@case("every response has an IMF-fixdate that moves on")
def date():
    with Client(shared()) as client:
        first = client.request(get()).field("date")
        expect(re.fullmatch(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} "
                            r"\d\d:\d\d:\d\d GMT", first), "not a date", first)
        time.sleep(1.1)
        expect(client.request(get()).field("date") != first, "the date stands still", first)


@case("pipelining: answers come in order, and together")
def pipelining():
    with Client(shared()) as client:
        count = 500
        client.send(b"".join(get("/", method="POST", body=b"%d" % i) for i in range(count)))
        for number in range(count):
            expect_equal(client.response().body, b"%d" % number, "order")
        client.expect_open()


@case("pipelining: 10,000 requests while nobody reads, then all answers in order")
def pipelining_flood():
    with Client(shared()) as client:
        count = 10000
        wire = b"".join(get("/", "X-Filler: " + "f" * 40, method="POST", body=b"%d" % i)
                        for i in range(count))
        client.sock.settimeout(60)
        import threading
        sender = threading.Thread(target=client.send, args=(wire,))
        sender.start()
        time.sleep(0.3)
        for number in range(count):
            expect_equal(client.response().body, b"%d" % number, "order")
        sender.join()


@case("pipelining: fields that come again, with and without others between")
def fields_again():
    kinds = ["text/x-%d" % (number // 3) for number in range(2000)]
    with Client(shared()) as client:
        client.send(b"".join(get("/", f"Content-Type: {kind}", method="POST", body=kind.encode())
                             for kind in kinds))
        for kind in kinds:
            response = client.response()
            expect_equal((response.field("content-type"), response.body), (kind, kind.encode()),
                         "echo")
        client.expect_open()


@case("pipelined requests of every cut: answers do not depend on how bytes arrive")
def cuts():
    wire = (get("/a", method="POST", body=b"one") + get("/b") +
            b"POST /c HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n" +
            chunked(b"two", b"three") + get("/d", method="PUT", body=b"four"))
    with Client(shared()) as client:
        for cut in range(1, len(wire), 3):
            client.send(wire[:cut])
            time.sleep(0.0005)
            client.send(wire[cut:])
            bodies = [client.response().body for _ in range(4)]
            expect_equal(bodies, [b"one", b"", b"twothree", b"four"], f"cut at {cut}")


@case("byte by byte")
def byte_by_byte():
    wire = get("/x", method="POST", body=b"body") + \
        b"POST /c HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked(b"ab", b"c")
    with Client(shared()) as client:
        for byte in wire:
            client.send(bytes([byte]))
            time.sleep(0.0003)
        expect_equal([client.response().body for _ in range(2)], [b"body", b"abc"], "bodies")


@case("a response is not held back while the next request is incomplete")
def no_hostage():
    with Client(shared()) as client:
        client.send(get("/first", method="POST", body=b"1") + b"POST /second HTTP/1.1\r\nHost: t\r\n")
        expect_equal(client.response().body, b"1", "first answer")
        client.send(b"Content-Length: 6\r\n\r\nsec")
        time.sleep(0.05)
        client.send(b"ond")
        expect_equal(client.response().body, b"second", "second answer")


@case("a response is not held back while the next body is incomplete")
def no_hostage_body():
    with Client(shared()) as client:
        client.send(get("/a", method="POST", body=b"1") + get("/b", "Content-Length: 3", method="POST"))
        expect_equal(client.response().body, b"1", "first answer")
        client.send(b"abc")
        expect_equal(client.response().body, b"abc", "second answer")


@case("HEAD: GET's fields, no body")
def head():
    with Client(shared()) as client:
        full = client.request(get("/bytes/1234"))
        bare = client.request(get("/bytes/1234", method="HEAD"), method="HEAD")
        names = [(key, value) for key, value in bare.fields if key != "Date"]
        expect_equal(names, [(key, value) for key, value in full.fields if key != "Date"], "fields")
        expect_equal(bare.field("content-length"), "1234", "Content-Length")
        expect_equal(client.request(get("/")).status, 200, "next answer")


@case("HEAD of a large body sends none of it")
def head_large():
    with Client(shared()) as client:
        bare = client.request(get("/bytes/3000000", method="HEAD"), method="HEAD")
        expect_equal(bare.field("content-length"), "3000000", "Content-Length")
        expect_equal(client.request(get("/")).status, 200, "next answer")


@case("large responses arrive whole, also pipelined and read slowly")
def large():
    with Client(shared(), receive_buffer=8192) as client:
        client.send(get("/bytes/65535") + get("/bytes/65537") + get("/bytes/5000000") + get("/"))
        time.sleep(0.2)
        sizes = [len(client.response().body) for _ in range(4)]
        expect_equal(sizes, [65535, 65537, 5000000, 0], "sizes")


@case("bodies of many sizes, by length and chunked")
def bodies():
    with Client(shared()) as client:
        for size in (0, 1, 100, 4095, 16384, 30000, 32768, 65536, 200000, 2 << 20):
            body = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
            response = client.request(get("/", method="POST", body=body))
            expect(response.body == body, "body by length differs", size)
            for piece in (size or 1, 1000):
                if size // piece > 300:
                    continue
                pieces = [body[at:at + piece] for at in range(0, size, piece)]
                response = client.request(
                    b"POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n" +
                    chunked(*pieces))
                expect(response.body == body, "chunked body differs", size, piece)


@case("a chunked body behind many pipelined requests")
def chunked_behind():
    body = b"c" * 20000
    with Client(shared()) as client:
        for before in (1, 50, 200, 300):
            client.send(get("/", "X-Filler: " + "f" * 60) * before +
                        b"POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n" +
                        chunked(body[:7], body[7:]) + get("/", method="POST", body=b"after"))
            for _ in range(before):
                expect_equal(client.response().status, 200, "filler")
            expect(client.response().body == body, "chunked body differs")
            expect_equal(client.response().body, b"after", "what follows")


@case("Expect: 100-continue is answered when the handler reads")
def expect_continue():
    with Client(shared()) as client:
        client.send(get("/", "Expect: 100-continue", "Content-Length: 5", method="POST"))
        expect_equal(client.response().status, 100, "interim status")
        client.send(b"hello")
        expect_equal(client.response().body, b"hello", "final answer")
        client.expect_open()


@case("Expect: 100-continue with the body already there needs no interim answer")
def expect_continue_eager():
    with Client(shared()) as client:
        client.send(get("/", "Expect: 100-continue", method="POST", body=b"hello"))
        expect_equal(client.response().body, b"hello", "final answer")


@case("Expect: 100-continue, handler that does not read: final answer, then close")
def expect_continue_unread():
    with Client(shared()) as client:
        client.send(get("/unread", "Expect: 100-continue", "Content-Length: 5", method="POST"))
        response = client.response()
        expect_equal((response.status, response.field("connection")), (200, "close"), "answer")
        client.expect_closed()


@case("the host is the target's, when it is a whole URL, whatever Host says")
def whole_url():
    with Client(shared()) as client:
        for target, host in [("/host", b"test"), ("http://other.example:81/host", b"other.example:81"),
                             ("HTTPS://[::1]/host?x=/", b"[::1]"), ("/host", b"test")]:
            expect_equal(client.request(get(target)).body, host, target)
        client.send(b"GET /host HTTP/1.0\r\n\r\n")
        expect_equal(client.response().body, b"", "none")


@case("another expectation: 417")
def expectation_failed():
    with Client(shared()) as client:
        client.send(get("/", "Expect: the-moon", method="POST", body=b"x"))
        response = client.response()
        expect_equal(response.status, 417, "status")
        response.problem()
        client.expect_closed()


@case("an unread small body is skipped and the connection kept")
def unread_small():
    with Client(shared()) as client:
        for size in (1, 1000, 60000):
            response = client.request(get("/unread", method="POST", body=b"u" * size))
            expect_equal((response.status, response.field("connection")), (200, None), "answer")
        response = client.request(
            b"POST /unread HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked(b"abc"))
        expect_equal((response.status, response.field("connection")), (200, None), "answer")
        expect_equal(client.request(get("/", method="PUT", body=b"next")).body, b"next", "next answer")


@case("an unread small body may also come after the answer")
def unread_late():
    with Client(shared()) as client:
        client.send(get("/unread", "Content-Length: 10", method="POST"))
        expect_equal(client.response().status, 200, "status")
        client.send(b"0123456789" + get("/", method="PUT", body=b"next"))
        expect_equal(client.response().body, b"next", "next answer")


@case("an unread large body closes the connection behind the answer")
def unread_large():
    with Client(shared()) as client:
        client.send(get("/unread", "Content-Length: 5000000", method="POST"))
        response = client.response()
        expect_equal((response.status, response.field("connection")), (200, "close"), "answer")
        client.send(b"u" * 1000000)
        client.sock.shutdown(socket.SHUT_WR)
        client.expect_closed()


@case("half-closed by the client: everything asked for is answered, then closed")
def half_close():
    for count in (1, 3):
        with Client(shared()) as client:
            client.send(get("/", method="POST", body=b"x") * count)
            client.sock.shutdown(socket.SHUT_WR)
            for _ in range(count):
                expect_equal(client.response().body, b"x", "answer")
            client.expect_closed(within=5)


@case("half-closed within a head or a body: closed, nothing invented")
def cut_short():
    with Client(shared()) as client:
        client.send(b"GET / HTTP/1.1\r\nHost:")
        client.sock.shutdown(socket.SHUT_WR)
        client.expect_closed(within=5)
    with Client(shared()) as client:
        client.send(get("/", "Content-Length: 10", method="POST") + b"12345")
        client.sock.shutdown(socket.SHUT_WR)
        expect_equal(client.response().status, 400, "status")
        client.expect_closed(within=5)


@case("after Connection: close nothing more is processed")
def after_close():
    with Client(shared()) as client:
        client.send(get("/", "Connection: close", method="POST", body=b"last") +
                    get("/", method="POST", body=b"too late"))
        expect_equal(client.response().body, b"last", "answer")
        client.expect_closed()


@case("one access-log line per request, refused ones too")
def access_log():
    with server(PROBE) as running:
        with Client(running) as client:
            client.send(get("/a?q=1") + get("/b", method="POST", body=b"x") + get("/sleep/20"))
            for _ in range(3):
                client.response()
            client.send(b"BAD\r\n\r\n")
            expect_equal(client.response().status, 400, "status")
        running.stop()
        lines = [event for event in running.events() if "status" in event]
        expect_equal([event["status"] for event in lines], [200, 200, 200, 400], "statuses")
        expect_equal([event.get("path") for event in lines[:3]], ["/a", "/b", "/sleep/20"], "paths")
        expect_equal([event.get("method") for event in lines[:3]], ["GET", "POST", "GET"], "methods")


main()
