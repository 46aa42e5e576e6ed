# SPDX-License-Identifier: MIT OR Apache-2.0
"""How a server stops: SIGTERM, SIGINT, twice, under load, with handlers that do not end."""
import signal
import socket
import threading
import time

from harness import (PROBE, Client, Failure, Server, case, expect, expect_equal, get, main, once, refuses,
                     server, under_way, wait_until)

SOON = 8  # seconds: far below what would be waited for otherwise, and enough for a busy machine


@case("SIGTERM and SIGINT without connections: exit 0 at once")
def idle_server():
    for number in (signal.SIGTERM, signal.SIGINT):
        running = Server(PROBE)
        started = time.monotonic()
        expect_equal(running.stop(number), 0, "exit status")
        expect(time.monotonic() - started < SOON, "slow to stop")
        expect(running.events("stopped"), "not logged", running.log())


@case("SIGTERM: idle connections are closed, exit 0")
def idle_connections():
    with server() as running:
        silent = [Client(running) for _ in range(20)]
        kept = [Client(running) for _ in range(20)]
        for client in kept:
            expect_equal(client.request(get()).status, 200, "status")
        started = time.monotonic()
        running.tell()
        for client in silent + kept:
            client.expect_closed()
        expect_equal(running.wait(), 0, "exit status")
        expect(time.monotonic() - started < SOON, "slow to stop")


@case("SIGTERM: a request in flight is answered with Connection: close, exit 0")
def in_flight():
    with server() as running, Client(running) as client, Client(running) as pipelined:
        client.send(get("/sleep/500"))
        pipelined.send(get("/sleep/500") + get("/never"))
        under_way(running, 2)
        running.tell()
        for each in (client, pipelined):
            response = each.response()
            expect_equal((response.status, response.body), (200, b"slept\n"), "answer")
            expect_equal(response.field("connection"), "close", "Connection")
            each.expect_closed()
        expect_equal(running.wait(), 0, "exit status")


@case("SIGTERM: a body that is still coming is read and answered")
def body_in_flight():
    with server() as running, Client(running) as client:
        client.send(get("/", "Content-Length: 10", method="POST") + b"01234")
        under_way(running, 1)
        running.tell()
        time.sleep(0.3)
        client.send(b"56789")
        expect_equal(client.response().body, b"0123456789", "answer")
        expect_equal(running.wait(), 0, "exit status")


@case("SIGTERM: new connections are refused")
def refused():
    with server() as running, Client(running) as client:
        client.send(get("/sleep/2000"))
        under_way(running, 1)
        running.tell()
        wait_until(lambda: refuses(running), "new connections are refused")
        expect_equal(client.response().status, 200, "status")


def ask_late():
    """False: the machine was too slow to ask in time."""
    with server() as running:
        fresh, kept = Client(running), Client(running)
        expect_equal(kept.request(get()).status, 200, "status")
        told = time.monotonic()
        running.tell()
        time.sleep(0.02)
        try:
            for client in (fresh, kept):
                client.send(get("/x", method="POST", body=b"late"))
            answers = [client.response() for client in (fresh, kept)]
        except (Failure, ConnectionError):
            if time.monotonic() - told > 0.08:
                return False
            raise
        for response in answers:
            expect_equal((response.body, response.field("connection")), (b"late", "close"), "answer")
        expect_equal(running.wait(), 0, "exit status")
    return True


@case("SIGTERM: one that is connected but has not yet asked gets its answer", alone=True)
def late_request():
    expect(any(ask_late() for _ in range(20)), "never asked within 100 ms")


@case("drain deadline: what is left is cut off, exit 1", alone=True)
def drain_deadline():
    with server(expect_exit=1, PROBE_DRAIN_DEADLINE_MS=500) as running, Client(running) as client:
        client.send(get("/sleep/60000"))
        under_way(running, 1)
        started = time.monotonic()
        running.tell()
        expect_equal(running.wait(), 1, "exit status")
        took = time.monotonic() - started
        expect(0.4 < took < SOON, f"took {took:.2f} s")
        expect("requests cut off: 1" in running.log(), "not logged", running.log())


@case("drain deadline: a response that is still being taken is cut off, exit 1")
def drain_slow_reader():
    with server(expect_exit=1, PROBE_DRAIN_DEADLINE_MS=300) as running:
        with Client(running, receive_buffer=4096) as client:
            client.send(get("/bytes/20000000"))
            time.sleep(0.15)
            running.tell()
            expect_equal(running.wait(), 1, "exit status")


@case("drain deadline: half a head is not a request, exit 0")
def half_head():
    with server(PROBE_DRAIN_DEADLINE_MS=300) as running, Client(running) as client:
        client.send(b"GET / HT")
        time.sleep(0.1)
        running.tell()
        client.expect_closed()
        expect_equal(running.wait(), 0, "exit status")


@case("a second signal cuts off at once, exit 1")
def second_signal():
    with server(expect_exit=1) as running, Client(running) as client:
        client.send(get("/sleep/60000"))
        under_way(running, 1)
        running.tell()
        wait_until(lambda: refuses(running), "the first signal was heard")
        started = time.monotonic()
        running.tell()
        expect_equal(running.wait(), 1, "exit status")
        expect(time.monotonic() - started < SOON, "slow to stop")


@case("a handler that ignores being cancelled does not hold the process", alone=True)
def stubborn():
    with server(expect_exit=1, PROBE_DRAIN_DEADLINE_MS=300) as running, Client(running) as client:
        client.send(get("/stubborn"))
        under_way(running, 1)
        started = time.monotonic()
        expect_equal(running.stop(), 1, "exit status")
        expect(time.monotonic() - started < SOON, "slow to stop")
        expect("though it was cancelled" in running.log(), "not logged", running.log())


@case("SIGTERM: background tasks are cancelled when the last request is answered, exit 0")
def background_tasks():
    with server() as running, Client(running) as client, Client(running) as slow:
        expect_equal(client.request(get("/background/tidy")).body, b"begun\n", "answer")
        slow.send(get("/sleep/500"))
        under_way(running, 1)
        started = time.monotonic()
        running.tell()
        time.sleep(0.2)
        expect("tidies up" not in running.log(), "cancelled too early", running.log())
        expect_equal(slow.response().body, b"slept\n", "answer")
        expect_equal(running.wait(), 0, "exit status")
        expect(time.monotonic() - started < SOON, "slow to stop")
        expect("tidies up" in running.log(), "not cancelled", running.log())


@case("a background task that does not end is named and does not hold the process", alone=True)
def stubborn_task():
    with server(expect_exit=1, PROBE_DRAIN_DEADLINE_MS=300) as running, Client(running) as client:
        expect_equal(client.request(get("/background/stubborn")).status, 200, "status")
        started = time.monotonic()
        expect_equal(running.stop(), 1, "exit status")
        expect(time.monotonic() - started < SOON, "slow to stop")
        expect("stubborn task" in running.log(), "not named", running.log())


class Load:
    """Clients that ask without pause until the server closes on them."""

    def __init__(self, running, clients, fresh):
        self.answered, self.failures = 0, []
        self.running, self.fresh = running, fresh
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self.ask) for _ in range(clients)]
        for thread in self.threads:
            thread.start()

    def ask(self):
        try:
            while self.ask_on_one_connection():
                pass
        except Exception as failure:
            with self.lock:
                self.failures.append(repr(failure))

    def ask_on_one_connection(self):
        try:
            client = Client(self.running)
        except ConnectionRefusedError:
            return False
        with client:
            while True:
                client.send(get("/sleep/5", *(["Connection: close"] if self.fresh else [])))
                if not client.data and not client.fill():
                    return True  # closed before it answered: allowed only between requests
                response = client.response()
                expect_equal(response.body, b"slept\n", "answer")
                with self.lock:
                    self.answered += 1
                if response.field("connection") == "close":
                    return True

    def join(self):
        for thread in self.threads:
            thread.join(20)


@case("SIGTERM: a handler that never gives way is left behind by name, the others are answered, exit 1")
def stuck():
    with server(expect_exit=1, PROBE_WORKERS=1, PROBE_DRAIN_DEADLINE_MS=700) as running, \
            Client(running) as spinner, Client(running) as other:
        expect_equal(other.request(get()).status, 200, "status")
        spinner.send(get("/spin/60000"))
        under_way(running, 1)  # its worker goes on with another thread
        other.send(get("/sleep/300"))
        under_way(running, 2)
        started = time.monotonic()
        running.tell()
        expect_equal(other.response().body, b"slept\n", "answer of a handler that does")
        other.expect_closed()
        expect_equal(running.wait(), 1, "exit status")
        expect(time.monotonic() - started < SOON, "slow to stop")
        left = running.events("a fiber is stuck and left behind")
        expect_equal([event["fiber"] for event in left], ["spin"], "named")


@case("SIGTERM under load: every request is answered, new ones are refused, exit 0", alone=True)
def under_load():
    expect_equal(resets_of_stop(fresh=False), 0, "requests that were reset")
    # A connection may be reset only when it reached the kernel's queue as the socket closed.
    once(lambda: resets_of_stop(fresh=True) <= 2, "few were reset", tries=3)


def resets_of_stop(fresh):
    """How many requests of a load were reset when the server stopped; others must not fail."""
    running = Server(PROBE)
    load = Load(running, 40, fresh)
    wait_until(lambda: load.answered > 200, "some load")
    expect_equal(running.stop(), 0, "exit status")
    load.join()
    resets = [failure for failure in load.failures if "ConnectionReset" in failure]
    expect(len(load.failures) == len(resets), "failed requests", load.failures[:3])
    return len(resets)


@case("kill -9 and start again: the address is free at once")
def restart():
    running = Server(PROBE)
    with Client(running) as client:
        expect_equal(client.request(get()).status, 200, "status")
        running.process.kill()
        running.wait()
    again = Server(PROBE, listen=running.address)
    expect_equal(again.address, running.address, "address")
    with Client(again) as client:
        expect_equal(client.request(get()).status, 200, "status")
    expect_equal(again.stop(), 0, "exit status")


@case("signals with nothing to say do no harm: SIGPIPE, a client that is gone")
def gone():
    with server() as running:
        for _ in range(20):
            client = Client(running)
            client.send(get("/sleep/50") + get("/bytes/3000000"))
            client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            client.sock.close()
        running.process.send_signal(signal.SIGPIPE)
        time.sleep(0.2)
        with Client(running) as client:
            expect_equal(client.request(get()).status, 200, "status")


main()
