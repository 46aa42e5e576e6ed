# SPDX-License-Identifier: MIT OR Apache-2.0
"""Workers, descriptors, addresses: balance, slow clients beside quick ones, EMFILE, WEFT_LISTEN."""
import collections
import os
import signal
import statistics
import subprocess
import tempfile
import threading
import time

from harness import (PATIENCE, PROBE, SANITIZED, WRAP, Client, Server, Skip, case, expect, expect_equal,
                     get, main, once, server, under_way, wait_until)


# Some are asked long after they were opened.
LATE = {"PROBE_FIRST_DEADLINE_MS": 10 * PATIENCE * 1000}


def spread(clients):
    """How many of the connections each worker has."""
    count = collections.Counter(client.request(get("/worker")).body for client in clients)
    return sorted(count.values())


def close_all(clients):
    for client in clients:
        client.sock.close()


@case("balance: connections are dealt out evenly over the workers")
def balance():
    with server(PROBE_WORKERS=4, **LATE) as running:
        one_by_one = [Client(running) for _ in range(40)]
        counts = spread(one_by_one)
        # Under valgrind a connection may be accepted before the one ahead of it is counted.
        expect(counts[-1] - counts[0] <= (2 if WRAP else 0), "connections by worker", counts)
        close_all(one_by_one)


@case("balance: also when many come at once")
def balance_storm():
    with server(PROBE_WORKERS=4, **LATE) as running:
        clients, lock = [], threading.Lock()

        def some():
            mine = [Client(running) for _ in range(25)]
            with lock:
                clients.extend(mine)
        threads = [threading.Thread(target=some) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        counts = spread(clients)
        expect(len(counts) == 4 and counts[-1] - counts[0] <= 4, "not even", counts)
        close_all(clients)


def refilled():
    with server(PROBE_WORKERS=2, **LATE) as running:
        clients = [Client(running) for _ in range(40)]
        placed = [(client.request(get("/worker")).body, client) for client in clients]
        gone = [client for worker, client in placed if worker == placed[0][0]]
        kept = [client for worker, client in placed if worker != placed[0][0]]
        close_all(gone)
        time.sleep(0.2)
        kept += [Client(running) for _ in gone]
        counts = spread(kept)
        close_all(kept)
        print(f"# {len(gone)} of 40 closed, refilled to {counts}")
        return counts == [20, 20]


@case("balance: what has closed is filled up again")
def balance_refill():
    once(refilled, "20 connections on each worker", tries=3)  # both accept: a count may be a moment old


@case("balance: more workers than listen all get connections")
def balance_many():
    with server(PROBE_WORKERS=9, **LATE) as running:
        clients = [Client(running) for _ in range(27)]
        counts = spread(clients)
        expect_equal(len(counts), 9, "workers with connections")
        # They come all at once, and several workers accept: a count may be a moment old.
        expect(max(counts) - min(counts) <= 2, f"connections by worker: {counts}")
        close_all(clients)


@case("a worker that is busy does not keep the others' clients waiting")
def busy_worker():
    with server(PROBE_WORKERS=2, expect_exit=1, PROBE_DRAIN_DEADLINE_MS=100) as running:
        busy = [Client(running) for _ in range(2)]
        busy[0].send(get("/sleep/20000"))
        started = time.monotonic()
        for _ in range(10):
            with Client(running) as client:
                expect_equal(client.request(get()).status, 200, "status")
        expect(time.monotonic() - started < 15, "held up")
        close_all(busy[1:])
        running.stop()


@case("two handlers that compute for 4 s on two workers: 100 of 100 others are answered within 1 s",
      alone=True)
def stuck_workers():
    if WRAP:
        raise Skip("under valgrind threads take turns")
    once(answered_beside_spinners, "in time", tries=3)


def answered_beside_spinners():
    """Whether 100 answers came while two handlers computed, each within 1 s."""
    with server(PROBE_WORKERS=2, **LATE) as running:
        clients = [Client(running) for _ in range(40)]
        placed = {}
        for client in clients:
            placed.setdefault(client.request(get("/worker")).body, client)
        spinners = list(placed.values())
        others = [client for client in clients if client not in spinners]
        expect_equal(len(spinners), 2, "workers with connections")
        for client in spinners:
            client.send(get("/spin/4000"))
        time.sleep(0.1)
        started, worst = time.monotonic(), 0
        for number in range(100):
            begun = time.monotonic()
            if number % 2:
                expect_equal(others[number % len(others)].request(get()).status, 200, "status")
            else:
                with Client(running) as client:
                    expect_equal(client.request(get()).status, 200, "status")
            worst = max(worst, time.monotonic() - begun)
        in_time = worst < 1 and time.monotonic() - started < 3.5
        for client in spinners:
            expect_equal(client.response().body, b"computed\n", "answer of the long computation")
            expect_equal(client.request(get("/sleep/1")).body, b"slept\n", "answer after it")
        said = [event for event in running.events() if "without giving way" in event["message"]]
        expect_equal([event["fiber"] for event in said], ["spin", "spin"], "one line for each")
        expect_equal(sorted(event["worker"] for event in said), [0, 1], "workers")
        expect(all("another thread" in event["message"] for event in said), "not adopted", said)
        if not SANITIZED:
            expect(all("probe+0x" in event["stack"] for event in said), "no stack", said)
        print(f"# slowest of 100 answers beside two stuck handlers: {worst * 1e3:.0f} ms")
        close_all(clients)
        return in_time


@case("idle connections cost at most 256 bytes of memory each", alone=True)
def idle_memory():
    if SANITIZED:
        raise Skip("a sanitizer's memory is its own")
    with server() as running:
        warm = [Client(running) for _ in range(200)]
        for client in warm:
            client.request(get())
        close_all(warm)
        time.sleep(0.3)
        before = running.memory()
        clients = []
        for _ in range(5000):
            client = Client(running)
            client.request(get())
            clients.append(client)
        time.sleep(0.2)
        each = (running.memory() - before) / len(clients)
        print(f"# {each:.0f} bytes for each of {len(clients)} idle connections")
        expect(each <= 256, f"{each:.0f} bytes each")
        close_all(clients)


def heap(running):
    """Bytes of its heap that are resident; the first worker allocates nowhere else."""
    with open(f"/proc/{running.process.pid}/smaps", encoding="utf-8") as file:
        _, _, rest = file.read().partition(" [heap]\n")
    return next(int(line.split()[1]) * 1024 for line in rest.splitlines() if line.startswith("Rss:"))


@case("requests whose handlers wait cost at most 9 KiB each, beside their stacks", alone=True)
def waiting_memory():
    if SANITIZED or os.sysconf("SC_PAGE_SIZE") != 4096:
        raise Skip("a sanitizer's memory is its own, and larger pages cost more")
    with server(PROBE_WORKERS=1, MALLOC_PERTURB_=0, **LATE) as running:  # which would touch all
        clients = [Client(running) for _ in range(501)]
        clients[500].request(get())
        before = heap(running)
        for client in clients[:500]:
            client.send(get("/sleep/60000"))
        under_way(running, 500)
        each = (heap(running) - before) / 500
        print(f"# {each:.0f} bytes for each of 500 waiting requests")
        expect(each <= 9216, f"{each:.0f} bytes each")
        close_all(clients)


@case("EMFILE: goes on without descriptors, without spinning, and recovers", alone=True)
def emfile():
    if WRAP:
        raise Skip("valgrind takes the connection and closes it")
    with server(files=64) as running:
        clients = [Client(running) for _ in range(120)]
        served = 0
        for client in clients[:20]:
            expect_equal(client.request(get()).status, 200, "status")
            served += 1
        start = cpu_seconds(running)
        time.sleep(1)
        used = cpu_seconds(running) - start
        expect(used < 0.3, f"used {used:.2f} s of processor in one idle second")
        clients[100].send(get("/waiting", method="POST", body=b"in the backlog"))
        clients[100].expect_open(0.2)
        close_all(clients[:100])
        expect_equal(clients[100].response().body, b"in the backlog", "answer")
        expect(any("too many open files" in line for line in running.lines), "not logged", running.log())
        close_all(clients[100:])


def cpu_seconds(running):
    with open(f"/proc/{running.process.pid}/stat", encoding="ascii") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@case("port 0: the chosen address is logged and told through WEFT_READY_FD")
def port_zero():
    with server() as running:
        wait_until(running.events, "a log line")
        event = running.events()[0]
        expect_equal(event["message"], f"listening on http://{running.address}", "message")
        expect_equal(event["address"], running.address, "address field")
        expect(running.port > 0, "no port")


@case("WEFT_LISTEN: other addresses, IPv6 too")
def listen_elsewhere():
    for listen, url in (("[::1]:0", "[::1]"), (":0", "0.0.0.0"), ("0.0.0.0:0", "0.0.0.0")):
        running = Server(PROBE, listen=listen)
        expect(running.address.startswith(url + ":"), "address", running.address, running.log())
        expect_equal(running.stop(), 0, "exit status")


def failing_start(listen):
    running = Server(PROBE, listen=listen)
    status = running.wait()
    expect_equal((status, running.address), (1, ""), "exit status and address")
    events = [event for event in running.events() if event["level"] == "error"]
    expect_equal(len(events), 1, f"one error, not {running.lines}")
    return events[0]["message"]


@case("WEFT_LISTEN: nonsense is refused with a hint, exit 1")
def listen_nonsense():
    for listen in ("localhost:3000", "127.0.0.1", "127.0.0.1:70000", "1.2.3:80", ":", "[::1", "x"):
        message = failing_start(listen)
        expect(f'"{listen}" (from WEFT_LISTEN)' in message and "127.0.0.1:3000" in message,
               "not helpful", message)


@case("an address in use, one that is not ours, a port without permission: said, exit 1")
def listen_impossible():
    with server() as running:
        message = failing_start(running.address)
        expect(running.address in message and "another program" in message, "not helpful", message)
    message = failing_start("192.0.2.1:0")
    expect("no interface" in message, "not helpful", message)


@case("as many as come: 3000 connections opened and closed at once leave nothing behind")
def churn():
    with server() as running:
        def some():
            for _ in range(150):
                with Client(running) as client:
                    expect_equal(client.request(get("/", "Connection: close")).status, 200, "status")
        threads = [threading.Thread(target=some) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
        descriptors = f"/proc/{running.process.pid}/fd"
        wait_until(lambda: len(os.listdir(descriptors)) < 20, "descriptors to be closed")


@case("WEFT_LISTEN=unix:/path: served there, also after a kill; the file goes when the server does")
def unix_socket():
    with tempfile.TemporaryDirectory() as directory:
        path = f"{directory}/server"
        killed = Server(PROBE, listen=f"unix:{path}")
        expect_equal(killed.address, f"unix:{path}", "address")
        killed.tell(signal.SIGKILL)
        killed.wait()
        expect(os.path.exists(path), "no file was left behind")
        with server(listen=f"unix:{path}") as running:
            with Client(running) as client:
                for _ in range(3):
                    expect_equal(client.request(get()).status, 200, "status")
            second = Server(PROBE, listen=f"unix:{path}")
            expect_equal(second.wait(), 1, "exit status of a second server")
            with Client(running) as client:
                expect_equal(client.request(get()).status, 200, "status beside it")
        expect(not os.path.exists(path), "the file is still there")


main()
