# SPDX-License-Identifier: MIT OR Apache-2.0
"""Clients that do everything at random: good and malformed requests, cut anywhere, abandoned in any
state, against short deadlines and few connections. The server survives, forgets nothing, and stops."""
import os
import random
import socket
import threading
import time

from harness import (PATIENCE, Client, at_rest, case, chunked, expect, expect_equal, get, main, server,
                     wait_until)

CLIENTS, SECONDS = 48, 4
LINES = 2000  # that the server has to log at least, however long it takes
SEED = int(os.environ.get("WEFT_SEED", time.time_ns() % 1000000))


def some_request(dice):
    body = dice.randbytes(dice.randrange(200))
    return dice.choice([
        lambda: get("/x", method="POST", body=body),
        lambda: b"POST /c HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n" +
        chunked(*(body[at:at + 20] for at in range(0, len(body), 20))),
        lambda: get("/unread", method="POST", body=body * dice.randrange(1, 400)),
        lambda: get(f"/sleep/{dice.randrange(8)}"),
        lambda: get(f"/bytes/{dice.choice([0, 10, 70000, 500000])}"),
        lambda: get("/", "Content-Length: 3000000", method="POST") + body,
        lambda: get("/", "Expect: 100-continue", f"Content-Length: {len(body)}", method="PUT") + body,
        lambda: get("/", method="HEAD"),
        lambda: get("/", "Connection: close"),
        lambda: body + b"\r\n\r\n",
    ])()


def talk(dice, sock):
    wire = b"".join(some_request(dice) for _ in range(dice.randrange(1, 8)))
    if dice.random() < 0.2:
        wire = wire[:dice.randrange(len(wire))]
    sock.settimeout(0.3)
    while wire:
        sent = sock.send(wire[:dice.choice([1, 7, 100, 1000, 100000])])
        wire = wire[sent:]
        if dice.random() < 0.1:
            sock.recv(dice.choice([1, 1000, 100000]))
    if dice.random() < 0.3:
        sock.shutdown(socket.SHUT_WR)
    for _ in range(dice.randrange(20)):
        if not sock.recv(100000):
            break
    if dice.random() < 0.3:  # vanish: a reset instead of an end
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def misbehave(running, number, until):
    dice = random.Random(SEED * 1000 + number)
    while time.monotonic() < until or (len(running.lines) < LINES and time.monotonic() < until + PATIENCE):
        try:
            with running.connect(receive_buffer=dice.choice([None, 4096])) as sock:
                talk(dice, sock)
        except OSError:
            pass


@case(f"{CLIENTS} clients at random for {SECONDS} s (WEFT_SEED={SEED})", alone=True)
def chaos():
    short = {f"PROBE_{name}_DEADLINE_MS": 150 for name in ("HEAD", "BODY", "IDLE", "WRITE", "LINGER")}
    with server(PROBE_WORKERS=3, PROBE_CONNECTIONS_MAX=30, **short) as running:
        idle = at_rest(running)
        until = time.monotonic() + SECONDS
        threads = [threading.Thread(target=misbehave, args=(running, number, until))
                   for number in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        wait_until(lambda: running.descriptors() <= idle,
                   "every connection to be closed")
        with Client(running) as client:
            expect_equal(client.request(get()).status, 200, "status")
        running.stop()
        other = [line for line in running.lines if not line.startswith("{")]
        expect(not other, "not log lines", other[:10])
        answered = sum("status" in event for event in running.events())
        expect(answered > 1000, "hardly anything happened", answered)


main()
