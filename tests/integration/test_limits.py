# SPDX-License-Identifier: MIT OR Apache-2.0
"""Every limit and deadline of a connection, with small values."""
import contextlib
import socket
import tempfile
import time

from harness import (Client, Failure, PATIENCE, SANITIZED, SLACK, at_rest, case, chunked, expect,
                     expect_equal, get, main, once, server, wait_until)


def refused(client, status):
    response = client.response()
    expect_equal(response.status, status, "status")
    expect_equal(response.field("connection"), "close", "Connection")
    problem = response.problem()
    expect(problem.get("detail"), "no detail", problem)
    client.expect_closed()


def late(client, data, status):
    """Sends it, and is refused in the end."""
    client.send(data)
    refused(client, status)


SOON = 6  # seconds: a busy machine takes its time, and the defaults are longer


def timed(function, least, most):
    """Its time begins before the server's: what starts the clock there is part of the function."""
    started = time.monotonic()
    function()
    took = time.monotonic() - started
    expect(least <= took <= most, f"took {took:.2f} s, wanted {least} to {most} s")


@case("request line: at the limit 200, over it 414")
def request_line():
    with server(PROBE_REQUEST_LINE_LIMIT=200) as running:
        rest = len("GET  HTTP/1.1")
        with Client(running) as client:
            path = "/" + "a" * (200 - rest - 1)
            expect_equal(client.request(get(path)).status, 200, "at the limit")
            client.send(get(path + "a"))
            refused(client, 414)
        with Client(running) as client:  # and before the line has ended
            client.send(b"GET /" + b"a" * 300)
            refused(client, 414)


@case("head: at the limit 200, over it 431, also when it never ends")
def head():
    with server(PROBE_HEAD_LIMIT=1000) as running:
        base = len(get("/", "X: "))
        with Client(running) as client:
            expect_equal(client.request(get("/", "X: " + "x" * (1000 - base))).status, 200, "at it")
            client.send(get("/", "X: " + "x" * (1001 - base)))
            refused(client, 431)
        with Client(running) as client:
            client.send(b"GET / HTTP/1.1\r\nHost: t\r\nX: " + b"x" * 1200)
            refused(client, 431)


@case("head of the default limit and of 10 MB")
def head_default():
    with server() as running:
        with Client(running) as client:
            fields = [f"X-{i}: {'v' * 900}" for i in range(17)]
            expect_equal(client.request(get("/", *fields)).status, 200, "15 KiB of fields")
        with Client(running) as client:
            try:
                client.send(b"GET / HTTP/1.1\r\nHost: t\r\n" + b"X: y\r\n" * 1700000)
            except ConnectionError:
                pass
            expect_equal(client.response().status, 431, "10 MB of fields")


@case("fields: at the limit 200, over it 431")
def fields():
    with server(PROBE_FIELDS_LIMIT=5) as running:
        with Client(running) as client:
            expect_equal(client.request(get("/", *["A: b"] * 4)).status, 200, "at the limit")
            client.send(get("/", *["A: b"] * 5))
            refused(client, 431)


@case("body by length: at the limit 200, over it 413 before it is sent")
def body_length():
    with server(PROBE_BODY_LIMIT=1000) as running:
        with Client(running) as client:
            expect_equal(client.request(get("/", method="POST", body=b"x" * 1000)).status, 200, "at it")
            client.send(get("/", "Content-Length: 1001", method="POST"))
            refused(client, 413)
        with Client(running) as client:
            client.send(get("/", "Content-Length: 1001", "Expect: 100-continue", method="POST"))
            refused(client, 413)
        with Client(running) as client:
            client.send(get("/", f"Content-Length: {10 ** 18 - 1}", method="POST"))
            refused(client, 413)


@case("chunked body: at the limit 200, over it 413")
def body_chunked():
    head_bytes = b"POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n"
    with server(PROBE_BODY_LIMIT=1000) as running:
        with Client(running) as client:
            expect_equal(client.request(head_bytes + chunked(b"x" * 500, b"x" * 500)).status, 200, "at")
            client.send(head_bytes + chunked(b"x" * 500, b"x" * 501))
            refused(client, 413)
        with Client(running) as client:  # declared, not yet sent
            client.send(head_bytes + b"400\r\n" + b"x" * 100)
            client.send(b"x" * 1000)
            refused(client, 413)


def upload(*pieces):
    """A chunked request of raw bytes."""
    return b"POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n" + b"".join(pieces)


@case("chunk extensions: at the limit 200, over it 400, also when they never end")
def chunk_extension():
    for limit in (20, 256):
        with server(**({"PROBE_CHUNK_EXTENSION_LIMIT": limit} if limit != 256 else {})) as running:
            for path in ("/", "/stream/count/10"):
                with Client(running) as client:
                    ask = lambda size: upload(b"3;" + b"a" * size + b"\r\nabc\r\n0\r\n\r\n").replace(b"/", path.encode(), 1)
                    expect_equal(client.request(ask(limit - 1)).status, 200, "at the limit")
                    client.send(ask(limit))
                    refused(client, 400)
            with Client(running) as client:
                client.send(upload(b"3;" + b"a" * 300))
                refused(client, 400)


@case("chunk overhead: a body in tiny chunks is refused once they have cost more than the limit")
def chunk_overhead():
    for limit in (600, 16384):
        with server(**({"PROBE_CHUNK_OVERHEAD_LIMIT": limit} if limit != 16384 else {})) as running:
            tiny = b"1\r\nx\r\n"
            with Client(running) as client:
                expect_equal(client.request(upload(tiny * (limit // 5 - 10), b"0\r\n\r\n")).status, 200, "under")
                client.send(upload(tiny * (limit // 5 + limit // 50 + 10)))
                refused(client, 400)
            with Client(running) as client:  # chunks of a fair size never cost too much
                expect_equal(client.request(upload(chunked(*[b"x" * 16] * 2000))).status, 200, "fair")


@case("trailers: at the limit 200, over it 431, also when they never end")
def trailers():
    with server(PROBE_TRAILERS_LIMIT=100) as running:
        with Client(running) as client:
            expect_equal(client.request(upload(b"0\r\na:" + b"x" * 96 + b"\r\n\r\n")).status, 200, "at the limit")
            client.send(upload(b"0\r\na:" + b"x" * 97 + b"\r\n\r\n"))
            refused(client, 431)
    with server() as running:
        with Client(running) as client:
            client.send(upload(b"0\r\n" + b"a: b\r\n" * 3000))
            refused(client, 431)


@case("pipelining: so many are answered before the answers are sent")
def pipelining():
    long = 0.7 if SLACK == 1 else 3  # seconds
    wire = get("/bytes/3") * 3 + get(f"/sleep/{int(long * 1000)}") + get("/bytes/1")

    def early(client):
        started = time.monotonic()
        client.send(wire)
        for _ in range(3):
            client.response()
        took = time.monotonic() - started
        expect_equal((client.response().body, client.response().body), (b"slept\n", b"x"), "the rest")
        return took < 0.9 * long
    for limit in (1, 3):
        with server(PROBE_PIPELINE_LIMIT=limit) as running, Client(running) as client:
            once(lambda: early(client), f"early with {limit}")
    with server(PROBE_PIPELINE_LIMIT=64) as running, Client(running) as client:
        expect(not early(client), "early with 64")


def push(client, wire):
    """Sends what fits. False when the other end is gone."""
    try:
        client.sock.send(wire)
    except BlockingIOError:
        pass
    except ConnectionError:
        return False
    return True


@case("pipelining without reading: no memory gathers, nobody else waits, closed in time")
def pipelining_attack():
    with server(PROBE_WRITE_DEADLINE_MS=1500, WEFT_LOG="error") as running:
        base = at_rest(running)
        good, before = Client(running), running.memory()
        attackers = [Client(running, receive_buffer=4096) for _ in range(10)]
        wire, grown, beside = get("/bytes/1000") * 1000, 0, 0
        for client in attackers:
            client.sock.setblocking(False)
        until, there = time.monotonic() + 3 * PATIENCE, attackers
        while there:
            expect(time.monotonic() < until, "not all are closed", len(there))
            there = [client for client in there if push(client, wire)]
            expect_equal(good.request(get()).status, 200, "status")
            beside += len(there) == len(attackers)
            grown = max(grown, running.memory() - before)
            time.sleep(0.005)
        good.sock.close()
        wait_until(lambda: running.descriptors() <= base, "all are closed")
        # A sanitizer's memory is its own.
        expect(SANITIZED or grown < len(attackers) * 300_000 + 1_000_000, "memory gathers", grown)
        # Had it waited for one of them, it would have had one answer in each write deadline.
        expect(beside >= 5, "a good client waited", beside)
        for client in attackers:
            client.sock.close()


@case("first byte: a silent connection is closed without a word")
def first():
    with server(PROBE_FIRST_DEADLINE_MS=300) as running:
        def say_nothing():
            with Client(running) as client:
                client.expect_closed()
                expect_equal(client.data, b"", "bytes")
        timed(say_nothing, 0.25, SOON)


@case("head: 408 when it does not end in time, whole or dribbled")
def head_deadline():
    with server(PROBE_HEAD_DEADLINE_MS=300) as running:
        with Client(running) as client:
            timed(lambda: late(client, b"GET / HT", 408), 0.25, SOON)

        def dribble():
            with Client(running) as client:
                try:
                    for _ in range(100):
                        client.send(b"G" if _ == 0 else b"E")
                        time.sleep(0.05)
                        client.sock.setblocking(False)
                        try:
                            client.data += client.sock.recv(4096)
                            if b"408" in client.data:
                                return
                        except BlockingIOError:
                            pass
                        client.sock.setblocking(True)
                except ConnectionError:
                    return
                expect(False, "never refused")
        timed(dribble, 0.25, SOON)
        with Client(running) as client:  # the second head of a connection has its own deadline
            expect_equal(client.request(get()).status, 200, "status")
            time.sleep(0.5)
            timed(lambda: late(client, b"GET / HT", 408), 0.25, SOON)


@case("body: 408 when it does not end in time, by length and chunked")
def body_deadline():
    with server(PROBE_BODY_DEADLINE_MS=300) as running:
        with Client(running) as client:
            timed(lambda: late(client, get("/", "Content-Length: 10", method="POST") + b"half", 408), 0.25, SOON)
        with Client(running) as client:
            timed(lambda: late(client, upload(b"5\r\nha"), 408), 0.25, SOON)


def drip(client, head_bytes, count, pause, piece):
    """Sends a head, and a body slowly until it is refused; how long that took."""
    started = time.monotonic()
    client.send(head_bytes)
    client.sock.settimeout(pause)
    for _ in range(count):
        try:
            client.send(piece)
            client.data += client.sock.recv(4096)
        except socket.timeout:
            continue
        except ConnectionError:
            break
        break
    client.sock.settimeout(10)
    return time.monotonic() - started


def keeps_up(running):
    """Sends 2,000 bytes a second for twice the grace; whether that was answered."""
    with Client(running) as client:
        client.send(get("/stream/count/50", "Content-Length: 2000", method="POST"))
        with contextlib.suppress(ConnectionError):
            for _ in range(20):
                client.send(b"x" * 100)
                time.sleep(0.05)
        return client.response().body == b"2000 \n"


@case("body rate: 408 for a body that drips, read whole or in pieces; one that keeps up may take long")
def body_rate():
    with server(PROBE_BODY_RATE=1000, PROBE_BODY_RATE_GRACE_MS=400) as running:
        for path in ("/", "/stream/count/50"):
            for head_bytes, piece in [(get(path, "Content-Length: 100000", method="POST"), b"x"),
                                      (get(path, "Transfer-Encoding: chunked", method="POST"), b"1\r\nx\r\n")]:
                with Client(running) as client:
                    took = drip(client, head_bytes, 100, 0.05, piece)
                    expect(0.3 < took < 4.5, "refused after", took)
                    refused(client, 408)
                with Client(running) as client:  # a burst in advance does not buy a long silence
                    burst = b"x" * 50000 if b"Length" in head_bytes else chunked(b"x" * 50000)[:-5]
                    timed(lambda: late(client, head_bytes + burst, 408), 0.3, SOON)
        once(lambda: keeps_up(running), "a body of 2,000 bytes a second arrives")


@case("body rate: the time that the handler takes is not the client's")
def body_rate_slow_handler():
    with server(PROBE_BODY_RATE=1000, PROBE_BODY_RATE_GRACE_MS=200) as running:
        with Client(running) as client:
            client.send(get("/stream/sip/5/100", "Content-Length: 5", method="POST"))
            for _ in range(5):
                client.send(b"x")
                time.sleep(0.09)
            expect_equal(client.response().body, b"5\n", "answer")


@case("stream limit: at the limit 200, over it 413 before it is sent")
def stream_limit():
    with server(PROBE_STREAM_LIMIT=1000) as running:
        with Client(running) as client:
            expect_equal(client.request(get("/stream/count/10", method="POST", body=b"x" * 1000)).status, 200, "at")
            client.send(get("/stream/count/10", "Content-Length: 1001", method="POST"))
            refused(client, 413)


@case("write: a streamed response that nobody takes is cut off")
def stream_write_deadline():
    with server(PROBE_WRITE_DEADLINE_MS=300) as running:
        with Client(running, receive_buffer=4096) as client:
            client.send(get("/stream/chunks/2000/10000"))
            time.sleep(1)
            received = 0
            try:
                while piece := client.sock.recv(1 << 20):
                    received += len(piece)
            except ConnectionError:
                pass
            expect(received < 20000000, "the whole response came though nobody read it")
        lines = running.events("request")
        expect_equal([line.get("body") for line in lines], ["cut off"], "access log")


@case("idle: a kept connection is closed in time, and requests put it off")
def idle():
    deadline = 0.4 if SLACK == 1 else 2
    with server(PROBE_IDLE_DEADLINE_MS=int(deadline * 1000)) as running:
        with Client(running) as client:
            for _ in range(4):
                expect_equal(client.request(get()).status, 200, "status")
                time.sleep(0.6 * deadline)
            timed(lambda: (client.request(get()), client.expect_closed()), 0.75 * deadline, SOON)


@case("idle may be shorter than first")
def idle_short():
    with server(PROBE_IDLE_DEADLINE_MS=200, PROBE_FIRST_DEADLINE_MS=10000) as running:
        with Client(running) as client:
            timed(lambda: (client.request(get()), client.expect_closed()), 0.2, SOON)


@case("handler: takes as long as it likes, whatever the connection's deadlines")
def handler():
    with server(PROBE_IDLE_DEADLINE_MS=100, PROBE_HEAD_DEADLINE_MS=100,
                PROBE_FIRST_DEADLINE_MS=100, PROBE_BODY_DEADLINE_MS=100) as running:
        with Client(running) as client:
            expect_equal(client.request(get("/sleep/600")).body, b"slept\n", "answer")


@case("write: a client that does not take its response is cut off")
def write_deadline():
    with server(PROBE_WRITE_DEADLINE_MS=300) as running:
        with Client(running, receive_buffer=4096) as client:
            client.send(get("/bytes/20000000"))
            time.sleep(1.5)
            received = 0
            try:
                while True:
                    piece = client.sock.recv(1 << 20)
                    if not piece:
                        break
                    received += len(piece)
            except ConnectionError:
                pass
            expect(received < 20000000, "the whole response came though nobody read it")


def read_slowly(running, path, deadline):
    """Takes four times what it must, long enough for the kernel's buffer not to run empty meanwhile;
    whether all came."""
    with Client(running, receive_buffer=65536) as client:
        client.send(get(path))
        received, started = 0, time.monotonic()
        with contextlib.suppress(ConnectionError):
            while received < 20000000 and (piece := client.sock.recv(65536)):
                received += len(piece)
                if time.monotonic() - started < 2.5 * deadline:
                    time.sleep(deadline / 4)
        return received >= 20000000


@case("write: a slow client that keeps reading gets all of a large response, whole or streamed")
def write_slow():
    deadline = 1.2
    with server(PROBE_WRITE_DEADLINE_MS=int(deadline * 1000)) as running:
        for path in ("/bytes/20000000", "/stream/chunks/2000/10000"):
            once(lambda: read_slowly(running, path, deadline), f"all of {path} arrives")


@case("linger: drained no longer than its deadline and its limit")
def linger():
    with server(PROBE_LINGER_DEADLINE_MS=300, PROBE_BODY_LIMIT=10) as running:
        with Client(running) as client:
            client.send(get("/", "Content-Length: 100000000", method="POST"))
            expect_equal(client.response().status, 413, "status")
            with contextlib.suppress(ConnectionError):
                until = time.monotonic() + SOON
                while True:
                    client.send(b"x" * 100)
                    expect(time.monotonic() < until, "drained on and on")
                    time.sleep(0.02)
    with server(PROBE_LINGER_LIMIT=100000, PROBE_BODY_LIMIT=10) as running:
        with Client(running) as client:
            client.send(get("/", "Content-Length: 100000000", method="POST"))
            expect_equal(client.response().status, 413, "status")
            try:
                for _ in range(1000):
                    client.send(b"x" * 100000)
                expect(False, "took 100 MB over a limit of 100 kB")
            except ConnectionError:
                pass


@case("connections_max: more wait in the backlog and are served when others close")
def connections_max():
    with server(PROBE_CONNECTIONS_MAX=4) as running:
        clients = [Client(running) for _ in range(4)]
        for client in clients:
            expect_equal(client.request(get()).status, 200, "status")
        with Client(running) as late:
            late.send(get("/late", method="POST", body=b"patience"))
            late.expect_open(0.3)
            clients.pop().sock.close()
            expect_equal(late.response().body, b"patience", "answer")
        for client in clients:
            expect_equal(client.request(get()).status, 200, "status")
            client.sock.close()


@case("connections_per_client: more are closed; another client is served, and this one when it closes some")
def connections_per_client():
    with server(PROBE_CONNECTIONS_PER_CLIENT=3, PROBE_WORKERS=2) as running:
        clients = [Client(running) for _ in range(3)]
        for client in clients:
            expect_equal(client.request(get()).status, 200, "status")
        for _ in range(20):
            with Client(running) as one_more:
                one_more.expect_closed()
        other = socket.create_connection(("127.0.0.1", running.port), PATIENCE, ("127.0.0.2", 0))
        with Client(other) as client:
            expect_equal(client.request(get()).status, 200, "another address")
        for client in clients:
            expect_equal(client.request(get()).status, 200, "status")
            client.sock.close()

        def served():
            with Client(running) as client, contextlib.suppress(OSError, Failure):
                return client.request(get()).status == 200
        wait_until(served, "the client is served again")
    warnings = [event for event in running.events() if event["level"] == "warn"]
    expect(1 <= len(warnings) <= 2, "one warning of each worker at most", warnings)
    expect("connections_per_client connections of 127.0.0.1:" in warnings[0]["message"], "what it says", warnings)
    with tempfile.TemporaryDirectory() as folder:
        with server(PROBE_CONNECTIONS_PER_CLIENT=1, listen=f"unix:{folder}/socket") as running:
            with Client(running) as client, Client(running) as second:
                expect_equal(client.request(get()).status, 200, "one of a Unix socket")
                expect_equal(second.request(get()).status, 200, "another of it")


main()
