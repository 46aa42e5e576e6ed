# SPDX-License-Identifier: MIT OR Apache-2.0
"""Bodies in pieces, in both directions, and connections that leave HTTP."""
import signal
import socket
import time
import zlib

from harness import (Client, SANITIZED, Skip, case, chunked, curl, expect, expect_equal, get, main,
                     once, server, shared, under_way, wait_until)


def letters(count, size):
    return b"".join(bytes([97 + i % 26]) * size for i in range(count))


def read_chunks(client):
    """A chunked body: its data, and the trailer lines."""
    data = b""
    while True:
        while b"\r\n" not in client.data:
            expect(client.fill(), "the connection ended within a body", data[-100:])
        line, _, client.data = client.data.partition(b"\r\n")
        size = int(line, 16)
        expect(line == b"%x" % size, "a chunk size that is not minimal", line)
        if size == 0:
            break
        data += client.until(size)
        expect_equal(client.until(2), b"\r\n", "end of chunk")
    trailers = []
    while True:
        while b"\r\n" not in client.data:
            expect(client.fill(), "the connection ended within the trailers")
        line, _, client.data = client.data.partition(b"\r\n")
        if not line:
            return data, trailers
        trailers.append(line)


def stream(client, path, *fields):
    client.send(get(path, *fields))
    status, head = client.head()
    expect_equal(status, 200, "status")
    return dict((name.lower(), value) for name, value in head)


# ---- out -----------------------------------------------------------------------------------------

@case("chunks: any sizes, then the connection goes on")
def chunks():
    with Client(shared()) as client:
        for count, size in [(0, 1), (1, 1), (3, 5), (1, 4095), (1, 4096), (7, 4097), (1, 16383), (5, 16384),
                            (3, 100000), (2000, 17), (100, 1000)]:
            head = stream(client, f"/stream/chunks/{count}/{size}")
            expect_equal(head.get("transfer-encoding"), "chunked", "Transfer-Encoding")
            expect("content-length" not in head, "both framings")
            data, trailers = read_chunks(client)
            expect(data == letters(count, size), "other bytes", count, size)
            expect_equal(trailers, [], "trailers that nobody asked for")


@case("chunks behind pipelined responses that fill the buffer")
def pipelined():
    with Client(shared()) as client:
        client.send(get("/bytes/30000") + get("/bytes/30000") + get("/stream/chunks/10/5000") + get("/bytes/3"))
        for _ in range(2):
            expect_equal(len(client.response().body), 30000, "bytes")
        expect_equal(client.head()[0], 200, "status")
        expect(read_chunks(client)[0] == letters(10, 5000), "other bytes")
        expect_equal(client.response().body, b"xxx", "the next response")


@case("trailers: sent to a client that takes them")
def trailers_out():
    with Client(shared()) as client:
        for fields in [["TE: gzip, trailers"], ["TE: gzip", "te: Trailers"]]:
            stream(client, "/stream/chunks/3/5", *fields)
            expect_equal(read_chunks(client), (letters(3, 5), [b"X-Pieces: 3"]), "body")


@case("a known length: exact, too few, too many")
def known_length():
    with Client(shared()) as client:
        head = stream(client, "/stream/exact/50000/5/10000")
        expect_equal(head.get("content-length"), "50000", "Content-Length")
        expect(client.until(50000) == letters(5, 10000), "other bytes")
        stream(client, "/stream/exact/40000/1/40000")
        expect(client.until(40000) == letters(1, 40000), "other bytes")
    with server() as running:
        for path in ["/stream/exact/50001/5/10000", "/stream/exact/49999/5/10000"]:
            with Client(running) as client:
                stream(client, path)
                while client.fill():
                    pass
                expect(len(client.data) < int(path.split("/")[3]), "a whole body")
        wait_until(lambda: len(messages(running, "the producer of /stream/exact")) == 2, "errors")
        expect("wrote less" in messages(running, "the producer")[0], "another reason")
        expect("wrote more" in messages(running, "the producer")[1], "another reason")


@case("a producer that fails: the client sees that the body has no end")
def failing():
    with server() as running:
        with Client(running) as client:
            stream(client, "/stream/fail/3/5")
            while client.fill():
                pass
            expect(b"0\r\n\r\n" not in client.data, "an end", client.data)
        wait_until(lambda: [e for e in running.events() if "failed after 15 bytes" in e["message"]], "error")
        wait_until(lambda: running.events("request"), "the line")
        lines = running.events("request")
        expect_equal([(e["bytes"], e.get("body")) for e in lines], [(15, "cut off")], "access log")
        with Client(running) as client:
            client.send(get("/stream/fail/3/5", version="1.0"))
            try:
                while client.fill():
                    pass
                expect(False, "a clean end")
            except ConnectionResetError:
                pass


@case("HTTP/1.0: until the connection ends")
def http10():
    with Client(shared()) as client:
        client.send(get("/stream/chunks/5/5000", "Connection: keep-alive", version="1.0"))
        status, fields = client.head()
        expect_equal((status, dict(fields).get("Connection")), (200, "close"), "head")
        expect("Transfer-Encoding" not in dict(fields), "chunks in HTTP/1.0")
        while client.fill():
            pass
        expect(client.data == letters(5, 5000), "other bytes")


@case("HEAD and 204: no body, no producer, and the connection goes on")
def without_body():
    with Client(shared()) as client:
        client.send(get("/stream/fail/3/5", method="HEAD") + get("/stream/none/3/5") + get("/bytes/3"))
        status, fields = client.head()
        expect_equal((status, dict(fields).get("Transfer-Encoding")), (200, "chunked"), "HEAD")
        expect_equal(client.head()[0], 204, "status")
        expect_equal(client.response().body, b"xxx", "the next response")


@case("timeout: ends with the layers; a producer may take longer")
def timeout():
    with Client(shared()) as client:
        stream(client, "/stream/soon/slow/4/3/100")
        expect_equal(read_chunks(client)[0], letters(4, 3), "body")
        client.send(get("/stream/soon/late/4/3/400") + get("/stream/soon/late/4/3/0"))
        expect_equal(client.response().status, 503, "late")
        expect_equal(client.head()[0], 200, "in time")
        expect_equal(read_chunks(client)[0], letters(4, 3), "body")


@case("compress: each flush can be read at once")
def compressed():
    once(first_is_early, "the first piece comes before the last")


def first_is_early():
    """Whether the first of four pieces came well before the end, 300 ms after it."""
    with Client(shared()) as client:
        head = stream(client, "/stream/soon/slow/4/3/100", "Accept-Encoding: gzip")
        expect_equal((head.get("content-encoding"), head.get("vary")), ("gzip", "accept-encoding"), "head")
        plain, reader = b"", zlib.decompressobj(16 + zlib.MAX_WBITS)
        line = b""
        while not plain:
            while b"\r\n" not in client.data:
                expect(client.fill(), "the end")
            line, _, client.data = client.data.partition(b"\r\n")
            plain += reader.decompress(client.until(int(line, 16)))
            client.until(2)
        early, came = plain.startswith(b"aaa"), time.monotonic()
        expect_equal(plain + reader.decompress(read_chunks(client)[0]), letters(4, 3), "body")
        expect(reader.eof, "no end of the gzip stream")
        return early and time.monotonic() - came > 0.1


@case("flush: what is written arrives at once")
def flushed():
    def at_once():
        with Client(shared()) as client:
            stream(client, "/stream/slow/5/3/200")
            while b"aaa" not in client.data:
                expect(client.fill(), "the end")
            came = time.monotonic()
            expect_equal(read_chunks(client)[0], letters(5, 3), "body")
            return time.monotonic() - came > 0.4
    once(at_once, "the first piece comes before the last")


@case("the access log is written when the body has ended")
def log_line():
    with server() as running:
        with Client(running) as client:
            stream(client, "/stream/slow/3/10/100")
            expect_equal(running.events("request"), [], "too early")
            read_chunks(client)
        wait_until(lambda: running.events("request"), "the line")
        line = running.events("request")[0]
        expect_equal((line["bytes"], "body" in line), (30, False), "line")


@case("what was deferred is called, the last first")
def deferred():
    with server() as running:
        with Client(running) as client:
            expect_equal(client.request(get("/stream/deferred")).status, 200, "status")
        wait_until(lambda: len([e for e in running.events() if e["message"].startswith("deferred")]) == 2, "both")
        expect_equal([e["message"] for e in running.events() if e["message"].startswith("deferred")],
                     ["deferred second", "deferred first"], "order")


@case("an endless body ends whole when the server stops")
def endless():
    with server() as running:
        with Client(running) as client:
            stream(client, "/stream/endless")
            client.fill()
            running.tell(signal.SIGTERM)
            data, _ = read_chunks(client)
            expect(data, "nothing")
            client.expect_closed()
        wait_until(lambda: running.events("request"), "the line")
        expect("body" not in running.events("request")[0], "cut off", running.events("request"))


# ---- in ------------------------------------------------------------------------------------------

@case("pieces of any size, by length and in chunks, with what follows pipelined")
def pieces():
    with Client(shared()) as client:
        for size in [1, 7, 4096, 100000]:
            for total in [0, 1, 100, 40000]:
                body = b"x" * total
                client.send(get(f"/stream/count/{size}", method="POST", body=body) + get("/bytes/1"))
                expect_equal(client.response().body, b"%d \n" % total, "by length")
                expect_equal(client.response().body, b"x", "the next")
                client.send(get(f"/stream/count/{size}", "Transfer-Encoding: chunked", method="POST") +
                            (chunked(body, body) if body else chunked()) + get("/bytes/1"))
                expect_equal(client.response().body, b"%d \n" % (2 * total), "in chunks")
                expect_equal(client.response().body, b"x", "the next")


@case("trailers reach the handler")
def trailers_in():
    with Client(shared()) as client:
        head = get("/stream/count/10", "Transfer-Encoding: chunked", method="POST")
        data = b"3\r\nabc\r\n0\r\nX-Other: 1\r\nx-SUM: \t 42 \r\nX-Sum: 43\r\n\r\n"
        expect_equal(client.request(head + data).body, b"3 42\n", "body")
        for byte in (head + data):
            client.send(bytes([byte]))
        expect_equal(client.response().body, b"3 42\n", "byte by byte")


@case("a body that is left half read: skipped when short, else the connection closes after the answer")
def half_read():
    with Client(shared()) as client:
        client.send(get("/stream/taste", method="POST", body=b"x" * 3000) + get("/bytes/1"))
        expect_equal(client.response().body, b"16\n", "taste")
        expect_equal(client.response().body, b"x", "the next")
        client.send(get("/stream/taste", "Content-Length: 1000000", method="POST") + b"x" * 100)
        response = client.response()
        expect_equal((response.body, response.field("connection")), (b"16\n", "close"), "taste")
        client.send(b"x" * 999900)
        client.expect_closed()


@case("100 Continue is sent when the handler reads, and not before")
def expectation():
    with Client(shared()) as client:
        client.send(get("/stream/count/10", "Expect: 100-continue", "Content-Length: 3", method="POST"))
        expect_equal(client.response().status, 100, "interim")
        expect_equal(client.request(b"abc").body, b"3 \n", "body")
        client.send(get("/bytes/1", "Expect: 100-continue", "Content-Length: 3"))
        response = client.response()
        expect_equal((response.status, response.field("connection")), (200, "close"), "not asked for")


@case("100 Continue for a producer that reads: before the head of its answer")
def expectation_of_producer():
    for framing, body in [("Content-Length: 5", b"hello"), ("Transfer-Encoding: chunked", chunked(b"hello"))]:
        with Client(shared()) as client:
            client.send(get("/stream/echo", "Expect: 100-continue", framing, method="POST"))
            expect_equal(client.response().status, 100, "interim")
            client.send(body)
            expect_equal(client.head()[0], 200, "status")
            expect_equal(read_chunks(client)[0], b"hello", "body")


@case("100 Continue is not sent for a body over the limit, whoever would read it")
def expectation_over_limit():
    for path in ["/stream/limited/10/50", "/stream/whole/10"]:
        with Client(shared()) as client:
            client.send(get(path, "Expect: 100-continue", "Content-Length: 11", method="POST"))
            expect_equal(client.response().status, 413, path)
    with server(PROBE_STREAM_LIMIT=10) as running, Client(running) as client:
        client.send(get("/stream/echo", "Expect: 100-continue", "Content-Length: 11", method="POST"))
        expect_equal(client.head()[0], 200, "a producer, who finds out later")
        expect(not client.fill() and client.data == b"", "more than the head", client.data)


@case("limits: of the server, of the request, both ways of framing")
def limits():
    with server(PROBE_STREAM_LIMIT=5000, PROBE_BODY_LIMIT=100) as running:
        for path, most in [("/stream/count/999", 5000), ("/stream/limited/700/50", 700), ("/stream/whole/3000", 3000),
                           ("/stream/limited/9000/50", 9000)]:
            for form in ["length", "chunks"]:
                for over in [0, 1]:
                    with Client(running) as client:
                        body = b"x" * (most + over)
                        client.send(get(path, method="POST", body=body) if form == "length" else
                                    get(path, "Transfer-Encoding: chunked", method="POST") +
                                    chunked(body[:10], body[10:]))
                        expect_equal(client.response().status, 413 if over else 200, f"{path} {form} +{over}")


@case("an echo that reads while it writes")
def echo():
    with Client(shared()) as client:
        body = bytes(range(256)) * 200
        client.send(get("/stream/echo", method="POST", body=body))
        client.head()
        expect(read_chunks(client)[0] == body, "other bytes")
    with Client(shared()) as client:
        client.send(get("/stream/echo", "Transfer-Encoding: chunked", method="POST"))
        for _ in range(5):
            client.send(b"3\r\nabc\r\n")
            time.sleep(0.02)
        client.send(b"0\r\n\r\n")
        status, fields = client.head()
        expect_equal(read_chunks(client)[0], b"abc" * 5, "chunked")


@case("curl takes and sends streams")
def with_curl():
    running = shared()
    expect(curl(running.url("/stream/chunks/1000/999")).body == letters(1000, 999), "down")
    expect_equal(curl("-T", "-", "-X", "POST", running.url("/stream/count/5000"), data=b"x" * 3000000).body,
                 b"3000000 \n", "up")


# ---- clients that are gone -----------------------------------------------------------------------

def vanish(sock, how):
    if how == "reset":
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    if how == "half":
        sock.shutdown(socket.SHUT_WR)
    else:
        sock.close()


def messages(running, beginning):
    return [e["message"] for e in running.events() if e["message"].startswith(beginning)]


def expect_cancelled(running, count=1):
    wait_until(lambda: len(messages(running, "waited")) == count, "the end of the wait", timeout=5)
    expect_equal(set(messages(running, "waited")), {"waited: the fiber was cancelled"}, "ends")


@case("a client that closes or resets while the handler waits cancels it; so does one that closes its side")
def gone():
    for how in ["close", "reset", "half"]:
        for request in [get("/wait/20000"), get("/wait/20000", method="POST", body=b"abc"),
                        get("/wait/20000", "Transfer-Encoding: chunked", method="POST") + chunked(b"abc")]:
            with server() as running:
                client = Client(running)
                client.send(request)
                under_way(running, 1)
                vanish(client.sock, how)
                expect_cancelled(running)
                lines = lambda: [each for each in running.events("request") if each["path"] == "/wait/20000"]
                wait_until(lines, "the line")
                line = lines()[0]
                expect_equal((line["level"], line.get("client")), ("info", "gone"), "access log")


@case("the same when it closes together with its request, or before the body is read")
def gone_early():
    for request in [get("/wait/20000"), get("/wait/20000", method="POST", body=b"x" * 50000)]:
        with server() as running:
            client = Client(running)
            client.send(request)
            vanish(client.sock, "half")
            expect_cancelled(running)
            expect_equal(client.response().status, 503, "what the handler made of it")
            client.expect_closed()


@case("a handler is not cancelled while the client has more to say")
def not_gone():
    with server() as running:
        with Client(running) as client:
            client.send(get("/wait/400") + get("/bytes/3"))
            vanish(client.sock, "half")
            expect_equal((client.response().body, client.response().body), (b"slept\n", b"xxx"), "answers")
        wait_until(lambda: messages(running, "waited") == ["waited: success"], "its end")


@case("finish_abandoned: it is not cancelled at all")
def finished():
    with server(PROBE_FINISH_ABANDONED=1) as running:
        with Client(running) as client:
            client.send(get("/wait/300"))
            vanish(client.sock, "half")
            expect_equal(client.response().body, b"slept\n", "answer")
        client = Client(running)
        client.send(get("/wait/300"))
        vanish(client.sock, "reset")
        wait_until(lambda: messages(running, "waited") == ["waited: success"] * 2, "both")


@case("a large answer reaches a client that has closed its side")
def half_closed_download():
    with Client(shared(), receive_buffer=4096) as client:
        client.send(get("/bytes/3000000"))
        vanish(client.sock, "half")
        time.sleep(0.2)
        expect_equal(len(client.response().body), 3000000, "bytes")


@case("a producer that waits is cancelled when the client is gone")
def producer_gone():
    for how in ["close", "reset", "half"]:
        with server() as running:
            client = Client(running)
            stream(client, "/stream/long")
            vanish(client.sock, how)
            wait_until(lambda: messages(running, "the producer waited: the fiber was cancelled"), "its end", timeout=5)
            wait_until(lambda: running.events("request"), "the line")
            expect_equal(messages(running, "the producer of"), [], "blamed")


@case("clients that are served away from home are noticed, too")
def gone_away():
    with server(PROBE_WORKERS=2) as running:
        for turn in range(10):
            clients = [Client(running) for _ in range(8)]
            busy = [Client(running) for _ in range(2)]
            for client in busy:
                client.send(get("/compute/60"))
            time.sleep(0.01)
            for client in clients:
                client.send(get("/wait/20000"))
            under_way(running, 8)
            for client in clients:
                vanish(client.sock, "close" if turn % 2 else "reset")
            expect_cancelled(running, 8 * (turn + 1))
            for client in busy:
                expect_equal(client.response().body, b"done\n", "answer")
                client.sock.close()


# ---- much ----------------------------------------------------------------------------------------

MUCH = 100 << 20


class Watch:
    """The most memory that a server has used since the watch began."""

    def __init__(self, running):
        self.running, self.base, self.most = running, running.memory(), 0

    def look(self):
        self.most = max(self.most, self.running.memory() - self.base)

    def expect_little(self):
        self.look()
        print(f"# grown by {self.most >> 10} KiB")
        expect(self.most < 1 << 20, "memory grows", self.most)


def expect_constant(exchange):
    if SANITIZED:
        raise Skip("a sanitizer's memory is its own")
    with server(PROBE_WORKERS=1) as running, Client(running) as client:
        stream(client, "/stream/chunks/10/65536")
        read_chunks(client)
        watch = Watch(running)
        exchange(client, watch)
        watch.expect_little()


@case("100 MB down, in chunks and by length, in constant memory", alone=True)
def much_down():
    def exchange(client, watch):
        for size in (1000, 16384, 65536):
            for path in (f"chunks/{MUCH // size}/{size}", f"exact/{MUCH // size * size}/{MUCH // size}/{size}"):
                stream(client, "/stream/" + path)
                left = MUCH // size * size - len(client.data)
                client.data = b""
                while left > 0:
                    left -= len(client.sock.recv(1 << 20))
                    if left >> 20 & 15 == 0:
                        watch.look()
                time.sleep(0.05)
                client.sock.setblocking(False)
                try:
                    client.sock.recv(1 << 20)
                except BlockingIOError:
                    pass
                client.sock.setblocking(True)
                client.sock.close()
                client.sock = watch.running.connect()
    expect_constant(exchange)


@case("100 MB up, by length and in chunks, in constant memory", alone=True)
def much_up():
    def exchange(client, watch):
        piece = b"x" * (1 << 20)
        for framing in ("length", "chunks"):
            if framing == "length":
                client.send(get("/stream/count/65536", f"Content-Length: {MUCH}", method="POST"))
            else:
                client.send(get("/stream/count/65536", "Transfer-Encoding: chunked", method="POST"))
            for _ in range(MUCH >> 20):
                client.send(piece if framing == "length" else b"100000\r\n" + piece + b"\r\n")
                watch.look()
            if framing == "chunks":
                client.send(b"0\r\n\r\n")
            expect_equal(client.response().body, b"%d \n" % MUCH, "answer")
    expect_constant(exchange)


@case("100 MB to a client that stops reading now and then: nothing gathers", alone=True)
def much_slowly():
    def exchange(client, watch):
        client.sock.close()
        client.sock = watch.running.connect(receive_buffer=65536)
        stream(client, "/stream/chunks/3200/32768")
        for _ in range(20):
            time.sleep(0.02)
            watch.look()
            client.sock.recv(1 << 20)
    expect_constant(exchange)


@case("pieces and flushes of any size, by chance")
def by_chance():
    with Client(shared()) as client:
        for seed in range(1, 40):
            stream(client, f"/stream/random/{seed}/60")
            state, data = seed, b""
            for i in range(60):
                state = (state * 1103515245 + 12345) & 0x7fffffff
                data += bytes([97 + i % 26]) * ((state >> 8) % (40000 if state & 1 else 300))
            expect(read_chunks(client)[0] == data, "other bytes", seed)


# ---- another protocol ----------------------------------------------------------------------------

def upgrade(client, *more):
    client.send(get("/upgrade", "Connection: keep-alive, Upgrade", "Upgrade: h2c, Echo", *more))


@case("upgrade: 101, then the bytes belong to the new protocol, those behind the head among them")
def upgraded():
    with Client(shared()) as client:
        client.send(get("/upgrade", "Connection: Upgrade", "Upgrade: echo") + b"early")
        status, fields = client.head()
        fields = dict((name.lower(), value) for name, value in fields)
        expect_equal((status, fields.get("connection"), fields.get("upgrade")), (101, "upgrade", "echo"), "head")
        expect("content-length" not in fields, "a length")
        expect_equal(client.until(5), b"early", "early bytes")
        for text in [b"x", b"y" * 100000, b"z"]:
            client.send(text)
            expect(client.until(len(text)) == text, "other bytes")


@case("upgrade refused: 426 without the right fields, in HTTP/1.0; 400 with a body")
def upgrade_refused():
    for fields, version in [([], "1.1"), (["Connection: upgrade"], "1.1"), (["Upgrade: echo"], "1.1"),
                            (["Connection: upgrade", "Upgrade: other"], "1.1"),
                            (["Connection: upgrade", "Upgrade: echo"], "1.0")]:
        with Client(shared()) as client:
            response = client.request(get("/upgrade", *fields, version=version))
            expect_equal((response.status, response.field("upgrade")), (426, "echo"), fields)
            response.problem()
    with Client(shared()) as client:
        client.send(get("/upgrade", "Connection: upgrade", "Upgrade: echo", "Content-Length: 3"))
        expect_equal(client.response().status, 400, "with a body")


@case("a switched connection is told that the server stops")
def upgrade_drained():
    with server() as running:
        with Client(running) as client:
            upgrade(client)
            expect_equal(client.head()[0], 101, "status")
            client.send(b"x")
            expect_equal(client.until(1), b"x", "echo")
            running.tell(signal.SIGTERM)
            expect_equal(client.until(4), b"bye\n", "goodbye")
            client.expect_closed()


main()
