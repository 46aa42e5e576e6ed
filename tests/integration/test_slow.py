# SPDX-License-Identifier: MIT OR Apache-2.0
"""1,000 slow clients of each kind: closed in time, without harm to others, and nothing stays behind."""
import contextlib
import resource
import statistics
import tempfile
import time

from harness import Client, case, expect, expect_equal, get, main, server

CLIENTS, SECONDS = 1000, 1.5  # the deadline of every phase
DEADLINES = {f"PROBE_{name}_MS": int(SECONDS * 1000)
             for name in ("FIRST_DEADLINE", "HEAD_DEADLINE", "BODY_RATE_GRACE", "IDLE_DEADLINE", "WRITE_DEADLINE")}


def latencies(client, count=300):
    taken = []
    for _ in range(count):
        started = time.monotonic()
        expect_equal(client.request(get("/", method="POST", body=b"q")).body, b"q", "answer")
        taken.append(time.monotonic() - started)
    return statistics.median(taken), sorted(taken)[count * 99 // 100]


def attack(name, begin, drip=b"", **options):
    """Opens them, lets them drip, and looks at a good client meanwhile."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with server(**DEADLINES, **options) as running, Client(running) as good:
        before = latencies(good)
        base = running.descriptors()
        slow = [Client(running) for _ in range(CLIENTS)]
        for client in slow:
            client.send(begin)
            client.sock.setblocking(False)
        opened = time.monotonic()
        during = latencies(good)
        while running.descriptors() > base:
            waited = time.monotonic() - opened
            expect(waited < 4 * SECONDS, f"{running.descriptors() - base} are still open after {waited:.1f} s")
            for client in slow if drip else ():
                with contextlib.suppress(OSError):
                    client.sock.send(drip)
            expect_equal(good.request(get()).status, 200, "a good client")
            time.sleep(0.1)
        print(f"# {name}: closed after {time.monotonic() - opened:.1f} s; others' median and p99 "
              f"{before[0] * 1e6:.0f} and {before[1] * 1e6:.0f} us before, "
              f"{during[0] * 1e6:.0f} and {during[1] * 1e6:.0f} us beside them")
        # The machine is shared, and so the bounds are wide: what they must not be is SECONDS.
        expect(during[0] < 3 * before[0] + 0.002 and during[1] < 3 * before[1] + 0.1, "others wait")
        for client in slow:
            client.sock.close()


@case(f"{CLIENTS} that say nothing", alone=True)
def silent():
    attack("silent clients", b"")


@case(f"{CLIENTS} that send a head byte by byte", alone=True)
def slow_head():
    attack("slow heads", b"GET / HTTP/1.1\r\nHost: t\r\nX-Long: ", b"x")


@case(f"{CLIENTS} that send a body byte by byte", alone=True)
def slow_body():
    attack("slow bodies", get("/stream/count/100", "Content-Length: 1000000", method="POST"), b"x")


@case(f"{CLIENTS} that do not read their response", alone=True)
def slow_reader():
    # On a Unix socket: the kernel keeps 200 KB for each, where TCP would take megabytes.
    with tempfile.TemporaryDirectory() as folder:
        attack("slow readers", get("/stream/chunks/1000/10000"), listen=f"unix:{folder}/socket")


@case(f"{CLIENTS} that stay after their request", alone=True)
def idle():
    attack("idle clients", get())


main()
