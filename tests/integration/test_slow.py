# SPDX-License-Identifier: MIT OR Apache-2.0
"""1,000 slow clients of each kind: closed in time, without harm to others, and nothing stays behind."""
import contextlib
import itertools
import resource
import statistics
import tempfile
import time

from harness import SLACK, Client, at_rest, case, expect, expect_equal, get, main, once, server, wait_until

CLIENTS, SECONDS = 1000, 1.5  # the deadline of every phase
DEADLINES = ("FIRST_DEADLINE", "HEAD_DEADLINE", "BODY_RATE_GRACE", "IDLE_DEADLINE", "WRITE_DEADLINE")
SOON = 6 * SECONDS  # less than what any of them is by default
BLOCKS, REQUESTS, DRIPS = 9, 40, 5
UNNOTICED = 0.0005 * SLACK  # seconds


@contextlib.contextmanager
def serving(seconds, unix):
    """A server with these deadlines."""
    deadlines = {f"PROBE_{name}_MS": int(seconds * 1000) for name in DEADLINES}
    with tempfile.TemporaryDirectory() as folder:
        with server(**deadlines, listen=f"unix:{folder}/socket" if unix else "127.0.0.1:0") as running:
            yield running


def open_slow(running, begin):
    slow = [Client(running) for _ in range(CLIENTS)]
    for client in slow:
        client.send(begin)
        client.sock.setblocking(False)
    return slow


def drip_to(clients, drip):
    for client in clients if drip else ():
        with contextlib.suppress(OSError):
            client.sock.send(drip)


def block(client, before=lambda: None):
    """Median and p90 of some requests."""
    taken = []
    for _ in range(REQUESTS):
        before()
        started = time.monotonic()
        expect_equal(client.request(get("/", method="POST", body=b"q")).body, b"q", "answer")
        taken.append(time.monotonic() - started)
    return statistics.median(taken), sorted(taken)[REQUESTS * 9 // 10]


def harmless(name, begin, drip, unix):
    """A good client notices nothing of them: it has the times of one on a server without them. Both
    take turns, for the machine has other things to do."""
    with serving(600, unix) as quiet, serving(600, unix) as loud:
        slow = open_slow(loud, begin)
        turns = itertools.cycle([slow[at:at + DRIPS] for at in range(0, CLIENTS, DRIPS)])

        def unnoticed():
            with Client(quiet) as alone, Client(loud) as beside:
                blocks = [(block(alone), block(beside, lambda: drip_to(next(turns), drip)))
                          for _ in range(BLOCKS)]
            without, among = ([statistics.median(pair[side][at] for pair in blocks) for at in (0, 1)]
                              for side in (0, 1))
            print(f"# {name}: median and p90 {among[0] * 1e6:.0f} and {among[1] * 1e6:.0f} us beside them, "
                  f"{without[0] * 1e6:.0f} and {without[1] * 1e6:.0f} us without")
            return all(time < 2 * usual + UNNOTICED for time, usual in zip(among, without))
        once(unnoticed, "others do not wait")
        wait_until(lambda: loud.descriptors() - quiet.descriptors() == CLIENTS, "all slow ones, nobody else")
        for client in slow:
            client.sock.close()


def closed(name, begin, drip, unix):
    """They are closed in time, and another one is served meanwhile."""
    with serving(SECONDS, unix) as running:
        base = at_rest(running)
        slow = open_slow(running, begin)
        opened = time.monotonic()
        while running.descriptors() > base:
            waited = time.monotonic() - opened
            expect(waited < SOON, f"{running.descriptors() - base} are still open after {waited:.1f} s")
            drip_to(slow, drip)
            with Client(running) as good:
                expect_equal(good.request(get("/", "Connection: close")).status, 200, "a good client")
                good.expect_closed()
            time.sleep(0.1)
        print(f"# {name}: closed after {time.monotonic() - opened:.1f} s")
        for client in slow:
            client.sock.close()


def attack(name, begin, drip=b"", unix=False):
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    harmless(name, begin, drip, unix)
    closed(name, begin, drip, unix)


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
    attack("slow readers", get("/stream/chunks/1000/10000"), unix=True)


@case(f"{CLIENTS} that stay after their request", alone=True)
def idle():
    attack("idle clients", get())


main()
