# SPDX-License-Identifier: MIT OR Apache-2.0
"""The supervisor: processes that end, crash or are renewed, under load, and nobody notices."""
import contextlib
import os
import signal
import tempfile
import threading
import time

from harness import (CRASH, PROBE, SANITIZED, WRAP, Client, Failure, Server, Skip, case, expect,
                     expect_equal, get, main, refuses, server, under_way, wait_until)

CRASHES = 40 if SANITIZED else 1000


def children(running):
    pid = running.process.pid
    with contextlib.suppress(FileNotFoundError), \
            open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return [int(each) for each in file.read().split()]
    return []


def exists(pid):
    with contextlib.suppress(OSError), open(f"/proc/{pid}/stat", encoding="ascii") as file:
        return file.read().rpartition(")")[2].split()[0] != "Z"
    return False


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def memory(pid):
    """Bytes of anonymous resident memory."""
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
        return sum(int(line.split()[1]) * 1024 for line in file if line.startswith("Anonymous:"))


def ask_pid(running):
    with Client(running) as client:
        return int(client.request(get("/pid", "Connection: close")).body)


def settled(running):
    """The only process that is left once nothing changes any more."""
    seen, since = None, time.monotonic()
    deadline = since + 30
    while time.monotonic() - since < 1:
        now = children(running)
        if now != seen or len(now) != 1:
            seen, since = now, time.monotonic()
        expect(time.monotonic() < deadline, "processes come and go", now, running.log())
        time.sleep(0.02)
    return seen[0]


class Load:
    """Keep-alive clients that ask one request after the other, and what they saw."""

    def __init__(self, running, clients=8):
        self.running, self.answered, self.failures = running, 0, []
        self.stopping, self.lock = False, threading.Lock()
        self.threads = [threading.Thread(target=self.ask) for _ in range(clients)]
        for thread in self.threads:
            thread.start()

    def ask(self):
        answered = 0
        try:
            while not self.stopping:
                with Client(self.running) as client:
                    while not self.stopping:
                        response = client.request(get("/"))
                        expect_equal(response.status, 200, "status")
                        answered += 1
                        if response.field("connection") == "close":
                            break
        except Exception as failure:
            self.failures.append(repr(failure))
        with self.lock:
            self.answered += answered

    def end(self):
        self.stopping = True
        for thread in self.threads:
            thread.join(20)


def crash_often(running, count, failures):
    """On connections of its own: every request crashes its handler and gets 500."""
    try:
        for _ in range(count):
            with Client(running) as client:
                response = client.request(get("/wild"))
                expect_equal(response.status, 500, "status")
                response.problem()
    except Exception as failure:
        failures.append(repr(failure))


@case(f"{CRASHES} crashes under load: each gets 500, no other request fails, nothing is left behind",
      alone=True)
def many_crashes():
    with server(CRASH, WEFT_SUPERVISE=1, PROBE_WORKERS=2, WEFT_LOG="error") as running:
        first = ask_pid(running)
        before = descriptors(running.process.pid), memory(running.process.pid)
        base = descriptors(first), memory(first)
        load, failures = Load(running), []
        crashers = [threading.Thread(target=crash_often, args=(running, CRASHES // 4, failures))
                    for _ in range(4)]
        for thread in crashers:
            thread.start()
        for thread in crashers:
            thread.join(60)
        load.end()
        expect(not failures, "a crash was not answered", failures[:3])
        expect(not load.failures, "other requests failed", load.failures[:3])
        expect(load.answered > CRASHES, "hardly any load", load.answered)
        last = settled(running)
        expect(last != first, "never replaced")
        expect(descriptors(running.process.pid) <= before[0] + 1, "descriptors of the supervisor",
               before[0], descriptors(running.process.pid))
        expect(memory(running.process.pid) <= before[1] + (1 << 20), "memory of the supervisor")
        expect(descriptors(last) <= base[0] + 1, "descriptors", base[0], descriptors(last))
        expect(memory(last) <= base[1] + (8 << 20), "memory", base[1], memory(last))


@case("an idle connection of a process that crashed has its next request answered, with close")
def idle():
    with server(CRASH, WEFT_SUPERVISE=1) as running, Client(running) as kept, \
            Client(running) as silent:
        old = int(kept.request(get("/pid")).body)
        with Client(running) as client:
            expect_equal(client.request(get("/wild")).status, 500, "status")
        wait_until(lambda: ask_pid(running) != old, "another process")
        time.sleep(0.5)
        kept.expect_open()
        for client in (kept, silent):
            response = client.request(get("/pid"))
            expect_equal((response.field("connection"), int(response.body)), ("close", old), "answer")
            client.expect_closed()
        wait_until(lambda: not exists(old), "the old process to end")


@case("a relieved process whose connections stay idle ends at their idle deadline")
def idle_deadline():
    with server(CRASH, WEFT_SUPERVISE=1, PROBE_IDLE_DEADLINE_MS=600) as running, \
            Client(running) as kept:
        old = int(kept.request(get("/pid")).body)
        with Client(running) as client:
            client.request(get("/wild"))
        kept.expect_closed()
        wait_until(lambda: not exists(old), "the old process to end", 5)


@case("kill -9 of the serving process each second under load: serving again within 100 ms", alone=True)
def killed():
    with server(CRASH, WEFT_SUPERVISE=1) as running:
        took, soon = [], 1 if SANITIZED else 0.1
        while len(took) < 4 or (min(took) > soon and len(took) < 12):
            victim = ask_pid(running)
            os.kill(victim, signal.SIGKILL)
            started = time.monotonic()
            while True:  # who was accepted by the victim is reset; who waits is served by the next
                with contextlib.suppress(ConnectionError, Failure):
                    expect(ask_pid(running) != victim, "it lives")
                    break
            took.append(time.monotonic() - started)
            time.sleep(1 - min(took[-1], 0.9))
        expect(min(took) < soon, "restarts took", took)


@case("two processes: when one is killed, requests on the other go on", alone=True)
def two_processes():
    with server(CRASH, WEFT_SUPERVISE=2, WEFT_WORKERS=1) as running:
        wait_until(lambda: len({ask_pid(running) for _ in range(20)}) == 2, "both to serve")
        owners = {}
        while len(set(owners.values())) < 2:  # who accepts is a matter of chance
            expect(len(owners) < 500, "all connections in one process")
            client = Client(running)
            owners[client] = int(client.request(get("/pid")).body)
        victim = next(iter(owners.values()))
        survivors = [client for client in owners if owners[client] != victim]
        for _ in range(3):
            os.kill(victim, signal.SIGKILL)
            for _ in range(50):
                for client in survivors:
                    expect_equal(client.request(get("/")).status, 200, "status")
            killed = {victim} | set(owners.values())
            wait_until(lambda: set(children(running)) - killed, "the next one")
            victim = (set(children(running)) - killed).pop()
        for client in owners:
            client.sock.close()


@case("SIGHUP 20 times under load: new processes take over, no request fails", alone=True)
def renewed():
    with server(CRASH, WEFT_SUPERVISE=1, WEFT_LOG="error") as running:
        seen = {ask_pid(running)}
        load = Load(running)
        for _ in range(3 if SANITIZED else 20):
            before = ask_pid(running)
            running.process.send_signal(signal.SIGHUP)
            wait_until(lambda: ask_pid(running) != before, "a new process")
            seen.add(ask_pid(running))
        load.end()
        expect(not load.failures, "requests failed", load.failures[:3])
        expect(len(seen) >= (3 if SANITIZED else 15), "too few processes", len(seen))
        wait_until(lambda: len(children(running)) == 1, "the old ones to end")


@case("SIGTERM and SIGINT: requests in flight are answered, new ones refused, exit 0, nobody is left")
def stops():
    for number in (signal.SIGTERM, signal.SIGINT):
        with server(PROBE, WEFT_SUPERVISE=1) as running, Client(running) as client:
            client.send(get("/sleep/1000"))
            under_way(running, 1)
            family = children(running)
            running.tell(number)
            wait_until(lambda: refuses(running), "new connections are refused")
            expect_equal(client.response().body, b"slept\n", "answer")
            expect_equal(running.wait(), 0, "exit status")
            expect(not any(exists(pid) for pid in family), "left behind", family)


@case("the second signal forces: what is in flight is cut off, exit 1")
def forced():
    with server(PROBE, expect_exit=1, WEFT_SUPERVISE=1) as running, Client(running) as client:
        client.send(get("/sleep/60000"))
        under_way(running, 1)
        running.tell()
        wait_until(lambda: refuses(running), "new connections are refused")
        started = time.monotonic()
        running.tell()
        expect_equal(running.wait(), 1, "exit status")
        expect(time.monotonic() - started < 8, "as late as the drain deadline")


@case("a supervisor that is killed leaves nobody behind")
def orphaned():
    running = Server(CRASH, {"WEFT_SUPERVISE": 1})
    family = children(running)
    expect_equal(len(family), 1, "children")
    running.process.kill()
    running.wait()
    wait_until(lambda: not exists(family[0]), "the child to end")


@case("a program that cannot begin is not started again: its exit status is the supervisor's")
def cannot_begin():
    with server(CRASH) as other:
        running = Server(CRASH, {"WEFT_SUPERVISE": 1}, listen=f"127.0.0.1:{other.port}")
        expect_equal(running.address, "", "address")
        expect_equal(running.wait(), 1, "exit status")
        expect("another program listens there" in running.log(), "message", running.log())


@case("a process that never lasts is started less and less often")
def backs_off():
    with server(CRASH, WEFT_SUPERVISE=1) as running:
        seen, started = set(), time.monotonic()
        while len(seen) < 7:
            for pid in children(running):
                seen.add(pid)
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.005)
        took = time.monotonic() - started
        expect(took > 0.5, "six processes began anew within", took)
        wait_until(lambda: set(children(running)) - seen, "the next one")
        expect(ask_pid(running) not in seen, "still killed")


@case("weft_serve_options.supervise does the same; WEFT_SUPERVISE=0 overrides it")
def option():
    if WRAP:
        raise Skip("valgrind cannot start itself anew from /proc/self/exe")
    with server(CRASH, PROBE_SUPERVISE=1) as running:
        expect(ask_pid(running) != running.process.pid, "not supervised")
    with server(CRASH, PROBE_SUPERVISE=1, WEFT_SUPERVISE=0) as running:
        expect_equal(ask_pid(running), running.process.pid, "process")
    with server(CRASH, WEFT_SUPERVISE="many") as running:
        expect_equal(ask_pid(running), running.process.pid, "process")
        expect("not a number of processes" in running.log(), "no warning", running.log())


@case("a Unix socket stays while processes come and go, and goes with the supervisor")
def unix_socket():
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/socket"
        with server(CRASH, WEFT_SUPERVISE=1, listen=f"unix:{path}") as running:
            old = ask_pid(running)
            running.process.send_signal(signal.SIGHUP)
            wait_until(lambda: ask_pid(running) != old, "a new process")
            wait_until(lambda: not exists(old), "the old one to end")
            expect(os.path.exists(path), "the path is gone")
        expect(not os.path.exists(path), "the path is left")


@case("programs that a supervised one starts are not supervised, nor told that they are")
def environment():
    with server(PROBE, WEFT_SUPERVISE=1) as running:
        pid = children(running)[0]
        expect(exists(pid), "no child")
        with open(f"/proc/{pid}/environ", "rb") as file:
            names = {each.split(b"=")[0] for each in file.read().split(b"\0")}
        expect(b"WEFT_SUPERVISE" not in names, "it would supervise")


main()
