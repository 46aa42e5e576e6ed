# SPDX-License-Identifier: MIT OR Apache-2.0
"""What a server survives: handlers that crash are answered for, everybody else is served."""
import json
import os
import sys
import tempfile
import time

from harness import (CRASH, SANITIZED, WRAP, Client, Server, Skip, case, expect, expect_equal, get,
                     main, server, wait_until)

if WRAP:
    print("1..0 # SKIP memcheck reports what the handlers here do on purpose")
    sys.exit()

EXIT_CRASHED = 70
ENDS_WITHIN = 15  # seconds: five without a sign of life, one to look, and what a busy machine takes
KINDS = {"wild": "SIGSEGV", "overflow": "SIGSEGV", "call_abort": "SIGABRT", "divide": "SIGFPE",
         "trap": ("SIGILL", "SIGTRAP"), "expect_something": "SIGABRT"}
PATHS = {"call_abort": "/abort", "expect_something": "/expect"}


def crashes(running):
    return [event for event in running.events() if " crashed: " in event.get("message", "")]


def expect_problem(response):
    expect_equal(response.status, 500, "status")
    expect_equal(response.field("connection"), "close", "Connection")
    response.problem()


@case("every kind of crash: 500, one log line with handler, signal, address and stack, exit 70")
def kinds():
    for name, signals in KINDS.items():
        with server(CRASH, expect_exit=EXIT_CRASHED) as running, Client(running) as client:
            expect_problem(client.request(get(PATHS.get(name, f"/{name}"))))
            client.expect_closed()
            expect_equal(running.wait(), EXIT_CRASHED, "exit status")
            lines = crashes(running)
            expect_equal(len(lines), 1, "log lines")
            expect_equal(lines[0]["fiber"], name, "the handler's name")
            expect(lines[0]["signal"] in signals, "signal", lines[0])
            expect(len(lines[0]["stack"].split()) >= 4, "stack", lines[0])
            if name == "wild":
                expect_equal(lines[0]["address"], "0x10", "address")
            if name == "overflow":
                expect("stack overflow" in lines[0]["message"], "message", lines[0])


@case("told to stop until it has ended after a crash: exit 70 all the same")
def told_meanwhile():
    for _ in range(20):
        with server(CRASH, expect_exit=EXIT_CRASHED) as running, Client(running) as client:
            expect_problem(client.request(get("/wild")))
            while running.process.poll() is None:
                running.tell()


@case("the request is in the access log with 500")
def access_log():
    with server(CRASH, expect_exit=EXIT_CRASHED) as running, Client(running) as client:
        expect_problem(client.request(get("/wild")))
        running.wait()
        logged = [event["status"] for event in running.events() if event.get("path") == "/wild"]
        expect_equal(logged, [500], "statuses logged")


@case("what was under way goes on: requests of all workers, and one pipelined before the crash")
def others():
    with server(CRASH, expect_exit=EXIT_CRASHED, PROBE_WORKERS=2) as running:
        sleepers = [Client(running) for _ in range(8)]
        for client in sleepers:
            client.send(get("/sleep/1500"))
        time.sleep(0.5)
        with Client(running) as client:
            client.send(get("/") + get("/sleep/1") + get("/wild") + get("/never"))
            expect_equal([client.response().body for _ in range(2)], [b"fine\n", b"slept\n"],
                         "answers before the crash")
            expect_problem(client.response())
            client.expect_closed()
        for client in sleepers:
            response = client.response()
            expect_equal((response.status, response.field("connection")), (200, "close"), "answer")
        expect_equal(running.wait(), EXIT_CRASHED, "exit status")


@case("a scope's child that crashes: its owner is told; a background task: it is logged")
def children():
    with server(CRASH, WEFT_SUPERVISE=1) as running:
        with Client(running) as client:
            expect_equal(client.request(get("/child")).body, b"the child crashed\n", "answer")
        with Client(running) as client:
            expect_equal(client.request(get("/background")).body, b"begun\n", "answer")
        wait_until(lambda: running.events("a background task failed"), "the task's failure")
        expect_equal({event["fiber"] for event in crashes(running)}, {"crash_later"}, "names")


@case("a producer that crashes: the response is cut, not ended")
def producer():
    with server(CRASH, expect_exit=EXIT_CRASHED) as running, Client(running) as client:
        client.send(get("/stream"))
        try:
            status, _ = client.head()
            expect_equal(status, 200, "status")
            while client.fill():
                pass
        except ConnectionResetError:
            pass
        expect(b"\r\n0\r\n" not in client.data, "it looks whole", client.data)


@case("a renderer that crashes, too: no answer, but no more harm")
def careless():
    with server(CRASH, expect_exit=EXIT_CRASHED, CRASH_CARELESS=1) as running:
        with Client(running) as sleeper, Client(running) as client:
            sleeper.send(get("/sleep/1500"))
            time.sleep(0.5)
            client.send(get("/wild"))
            try:
                client.expect_closed()
            except ConnectionResetError:
                pass
            expect_equal(sleeper.response().body, b"slept\n", "answer of another")
        expect_equal(running.wait(), EXIT_CRASHED, "exit status")
        expect_equal(len(crashes(running)), 2, "crashes")


@case("a transaction of a crashed handler is rolled back: others can write, in the same process")
def transaction():
    with tempfile.TemporaryDirectory() as folder:
        with server(CRASH, WEFT_SUPERVISE=1,
                    CRASH_DATABASE=f"sqlite:{folder}/test.db") as running:
            with Client(running) as writer, Client(running) as client:
                expect_equal(writer.request(get("/write")).body, b"written\n", "before")
                client.send(get("/transaction"))
                writer.send(get("/write"))
                expect_problem(client.response())
                expect_equal(writer.response().body, b"written\n", "after")
                wait_until(lambda: running.events("a transaction was left open; it is rolled back"),
                           "the warning")


@case("children of a crashed handler go on, on memory that is theirs alone")
def orphans():
    with server(CRASH, expect_exit=EXIT_CRASHED) as running, Client(running) as client:
        client.send(get("/orphan"))
        expect_problem(client.response())
        expect_equal(running.wait(), EXIT_CRASHED, "exit status")


@case("a handler that crashes after its worker was adopted", alone=True)
def adopted():
    with server(CRASH, WEFT_SUPERVISE=1, PROBE_WORKERS=1) as running:
        with Client(running) as other, Client(running) as client:
            expect_equal(other.request(get()).status, 200, "status")
            client.send(get("/late"))
            wait_until(lambda: "goes on with another thread" in running.log(), "adoption")
            expect_equal(other.request(get("/")).body, b"fine\n", "answer meanwhile")
            expect_problem(client.response())


@case("a fault that somebody sends is none of a handler's: the process ends by it")
def sent():
    with server(CRASH, expect_exit=None) as running, Client(running) as client:
        client.send(get("/sent"))
        status = running.wait()
        expect(status in (-11, 1), "exit status", status)  # 1: AddressSanitizer's


@case("a crash within a lock that others need: the process ends in bounded time", alone=True)
def wedged():
    with server(CRASH, expect_exit=EXIT_CRASHED, PROBE_WORKERS=1, WEFT_SPARE_THREADS=0) as running:
        with Client(running) as client, Client(running) as second:
            expect_problem(client.request(get("/wedge")))
            started = time.monotonic()
            try:
                second.send(get("/behind"))
            except ConnectionError:
                raise Skip("the connection was closed before it asked") from None
            expect_equal(running.wait(), EXIT_CRASHED, "exit status")
            expect(time.monotonic() - started < ENDS_WITHIN, "slow to end")


@case("a crash within malloc, whose lock stays taken: said in the log, and the process ends in bounded time",
      alone=True)
def within_malloc():
    if SANITIZED:
        raise Skip("AddressSanitizer has a malloc of its own")
    with server(CRASH, expect_exit=EXIT_CRASHED, PROBE_WORKERS=2) as running:
        started = time.monotonic()
        with Client(running) as client:
            client.send(get("/malloc"))
            try:
                client.expect_closed()  # nobody can answer: that would take memory
            except ConnectionResetError:
                pass
        expect_equal(running.wait(), EXIT_CRASHED, "exit status")
        took = time.monotonic() - started
        expect_equal([event["fiber"] for event in crashes(running)], ["corrupt_malloc"], "log lines")
        expect(took < ENDS_WITHIN, "slow to end", took)


# ---- memory that is used too late -------------------------------------------------------------------

def expect_caught(running, owner):
    """The use of memory of `owner` was reported as such."""
    expect(f"use of memory of {owner} after its end; copy what" in "\n".join(running.lines),
           "not reported", running.log())


def answers(running, path):
    """Whether the server answered, and goes on: a connection ends a while after its client left."""
    with Client(running) as client:
        client.send(get(path))
        try:
            return client.response().status == 200
        except Exception:  # AddressSanitizer ends the process
            expect(SANITIZED, "no answer", running.log())
            return False


def use_too_late(keep, *use, owner):
    with server(CRASH, expect_exit=None, WEFT_GUARD_MEMORY=1) as running:
        answers(running, keep)
        for path in use:
            wait_until(lambda: not answers(running, path), "the use too late is caught")
        status = running.wait()
        expect(status == 1 if SANITIZED else status == EXIT_CRASHED, "exit status", status)
        expect_caught(running, owner)


@case("WEFT_GUARD_MEMORY: a pointer into a request's arena that state has kept is caught")
def kept_in_state():
    use_too_late("/keep?bytes", "/use", owner="keep")


@case("WEFT_GUARD_MEMORY: a pointer into a request's path that state has kept is caught")
def kept_path():
    use_too_late("/keep", "/use", owner="connection")


@case("WEFT_GUARD_MEMORY: a pointer that a background task has kept is caught")
def kept_in_background():
    use_too_late("/keep/background", owner="keep_in_background")


@case("WEFT_GUARD_MEMORY: memory given back long ago is caught, too")
def kept_for_long():
    with server(CRASH, expect_exit=None, WEFT_GUARD_MEMORY=1) as running:
        with Client(running) as client:
            expect_equal(client.request(get("/keep?bytes")).status, 200, "status")
            for _ in range(100):
                expect_equal(client.request(get("/")).status, 200, "status")
            client.send(get("/use"))
            running.wait()
        expect_caught(running, "keep")


@case("without it nothing is guarded, and nothing costs")
def unguarded():
    if SANITIZED:
        raise Skip("AddressSanitizer always guards")
    with server(CRASH, WEFT_GUARD_MEMORY=0) as running, Client(running) as client:
        for path in ("/keep?bytes", "/use"):
            expect_equal(client.request(get(path)).status, 200, "status")


main()
