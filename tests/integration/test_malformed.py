# SPDX-License-Identifier: MIT OR Apache-2.0
"""Malformed and unusual HTTP from outside suites, over sockets, against a server that answers any
method and path with 200 and the body it read (examples/echo). Each case is sent whole, and again
byte by byte; what is promised must hold both ways.

  reject       4xx, 501 or 505, then closed; never a 2xx after the fault
  accept       exactly so many answers, none of them the parser's; closed or kept as told
  incomplete   no 2xx
  choice       either, but well-formed and in time
"""
import base64
import json
import os
import socket
import time

from harness import ECHO, SUITES, Client, Failure, Skip, case, expect, expect_equal, main, shared

WAIT = 0.7  # seconds in which an answer and the close have to come
COUNTS = {"http1-llhttp": 107, "http1-gunicorn": 137}

# Cases that we do not follow: id -> reason.
EXEMPT = {}

# Bases whose verdict is not binding.
FREE = {"choice", "policy"}


def load(suite):
    if SUITES is None:
        raise Skip("WEFT_SUITES is not set")
    with open(f"{SUITES}/{suite}/cases.jsonl", encoding="ascii") as file:
        cases = [json.loads(line) for line in file]
    expect(len(cases) >= COUNTS[suite], f"{suite}: {len(cases)} cases, expected {COUNTS[suite]}")
    return cases


class Talk:
    """What a server said to some bytes, and whether it hung up."""

    def __init__(self, wire, piecewise):
        self.statuses, self.closed = [], False
        client = Client(shared(ECHO))
        try:
            self._send(client, wire, piecewise)
            self._listen(client)
        finally:
            client.sock.close()

    @staticmethod
    def _send(client, wire, piecewise):
        try:
            if not piecewise:
                client.send(wire)
                return
            for at in range(len(wire)):
                client.sock.send(wire[at:at + 1])
        except (BrokenPipeError, ConnectionResetError):
            pass  # refused before the end

    def _listen(self, client):
        client.sock.settimeout(WAIT)
        method = "GET"
        try:
            while True:
                self.statuses.append(client.response(method).status)
        except Failure as failure:
            self.closed = "connection ended" in str(failure)
            expect(not client.data.strip(), "bytes that are no response", client.data[:300])
        except ConnectionResetError:
            self.closed = True


def judge(item, talk):
    """What is wrong with the server's answer, or None."""
    verdict = "choice" if item["basis"] in FREE else item["expect"]
    final = [status for status in talk.statuses if status >= 200]
    good = [status for status in final if status < 300]
    bad = [status for status in final if status >= 400]
    if verdict == "reject":
        if not bad or bad[-1] != final[-1] or not (400 <= bad[-1] < 500 or bad[-1] in (501, 505)):
            return "not refused"
        before = item.get("responses", 0)
        if len(good) > max(before, count_before(item)):
            return "a 2xx for malformed bytes"
        return None if talk.closed else "refused, but not closed"
    if verdict == "accept":
        wanted = item.get("responses", len(item.get("requests", [])))
        if len(final) != wanted or bad:
            return f"{wanted} answers wanted"
        if item.get("close") and not talk.closed:
            return "not closed"
        if item.get("close") is False and talk.closed:
            return "closed"
        return None
    if verdict == "incomplete":
        return "a 2xx for an incomplete request" if good else None
    return None if all(100 <= status < 600 for status in talk.statuses) else "not well-formed"


def count_before(item):
    """Good requests that stand before the malformed one of a reject case."""
    return len(item.get("requests", [])) if item.get("upstream") == "reject" else 0


def run_suite(suite, piecewise):
    from concurrent.futures import ThreadPoolExecutor
    faults, exempted = [], 0

    def one(item):
        wire = base64.b64decode(item["bytes_base64"])
        if piecewise and len(wire) > 3000:
            return None
        try:
            talk = Talk(wire, piecewise)
        except Failure as failure:
            return f"{item['id']}: {failure}\n  {wire[:300]!r}"
        fault = judge(item, talk)
        if fault is None:
            return None
        return (f"{item['id']} ({item['expect']}, {item['basis']}): {fault}; answers {talk.statuses}, "
                f"{'closed' if talk.closed else 'open'}\n  {wire[:300]!r}")

    items = load(suite)
    with ThreadPoolExecutor(32) as pool:
        for item, fault in zip(items, pool.map(one, items)):
            if item["id"] in EXEMPT:
                exempted += 1
            elif fault:
                faults.append(fault)
    print(f"# {suite}: {len(items)} cases {'byte by byte' if piecewise else 'whole'}, "
          f"{exempted} exempted", flush=True)
    expect(not faults, f"{len(faults)} cases fail\n" + "\n".join(faults))


for name in COUNTS:
    for bytewise in (False, True):
        case(f"{name}, {'byte by byte' if bytewise else 'whole'}")(
            lambda name=name, bytewise=bytewise: run_suite(name, bytewise))


@case("after all of them the server still answers")
def survives():
    with Client(shared(ECHO)) as client:
        expect_equal(client.request(b"GET /still HTTP/1.1\r\nHost: t\r\n\r\n").status, 200, "status")


@case("fuzz seeds of another server: no crash, nothing but responses")
def seeds():
    if SUITES is None:
        raise Skip("WEFT_SUITES is not set")
    folder = f"{SUITES}/fuzz-seeds/http1-corpus"
    names = sorted(os.listdir(folder))[::4]
    expect(len(names) > 100, "too few seeds", len(names))
    target = shared(ECHO)

    def one(name):
        with open(f"{folder}/{name}", "rb") as file:
            wire = file.read()
        with Client(target) as client:
            try:
                client.send(wire)
                client.sock.shutdown(socket.SHUT_WR)
                while client.fill():
                    pass
            except ConnectionError:
                pass
            expect(not client.data or client.data.startswith(b"HTTP/1.1 "), name, client.data[:200])

    from concurrent.futures import ThreadPoolExecutor
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(one, names))
    time.sleep(0)
    survives()


main()
