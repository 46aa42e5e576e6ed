# SPDX-License-Identifier: MIT OR Apache-2.0
"""Server-sent events over real sockets."""
import re
import time

from harness import (Client, TALK, PATIENCE, SANITIZED, case, expect, expect_equal, get, main,
                     server, shared)

QUIET = 15  # seconds until a comment breaks a silence


class Stream(Client):
    """A response that goes on, taken out of its chunks."""

    def __init__(self, running, path, *fields):
        super().__init__(running)
        self.send(get(path, *fields))
        self.status, pairs = self.head()
        self.fields = {name.lower(): value for name, value in pairs}
        self.text, self.over = b"", False

    def chunk(self):
        """Takes one more chunk; False at the last."""
        while b"\r\n" not in self.data:
            if not self.fill():
                return False
        line, _, self.data = self.data.partition(b"\r\n")
        piece = self.until(int(line, 16))
        expect_equal(self.until(2), b"\r\n", "end of chunk")
        self.text += piece
        self.over = not piece
        return bool(piece)

    def block(self):
        """The next block, up to an empty line."""
        while b"\n\n" not in self.text:
            expect(self.chunk(), "the stream ended", self.text)
        block, _, self.text = self.text.partition(b"\n\n")
        return block.decode()


def events_ended(running):
    deadline = time.monotonic() + PATIENCE
    while not running.events("events over"):
        expect(time.monotonic() < deadline, "the events go on", running.log())
        time.sleep(0.02)
    return [event["error"] for event in running.events("events over")]


@case("a stream of every kind of event")
def all_kinds():
    stream = Stream(shared(TALK), "/events/all", "Last-Event-ID: 41")
    expect_equal(stream.status, 200, "status")
    expect_equal(stream.fields["content-type"], "text/event-stream", "type")
    expect_equal(stream.fields["cache-control"], "no-cache", "caching")
    expect_equal(stream.fields["x-accel-buffering"], "no", "gathering")
    expect_equal(stream.fields["transfer-encoding"], "chunked", "framing")
    expect_equal(stream.block(), "data: 41", "Last-Event-ID")
    expect_equal(stream.block(), "event: news\nid: 7\nretry: 3000\ndata: one\ndata: two\n"
                 "data: three\ndata: four\ndata: \ndata: : five", "all fields")
    expect_equal(stream.block(), ": two\n: lines", "comment")
    expect_equal(stream.block(), "id: \ndata: ", "empty id and data")
    expect_equal(stream.block(), "data: good", "what was to be refused")
    expect(not stream.chunk() and stream.over, "a clean end", stream.text)
    expect_equal(stream.request(get("/events/negative")).status, 500, "a negative interval")


@case("events leave at once")
def at_once():
    started = time.monotonic()
    stream = Stream(shared(TALK), "/events/ticks")
    for _ in range(5):
        expect_equal(stream.block(), "data: tick", "event")
    expect(time.monotonic() - started > 0.15, "pace", time.monotonic() - started)
    stream.sock.close()


@case("silence is broken by comments")
def comments():
    started = time.monotonic()
    stream = Stream(shared(TALK), "/events/often")
    for _ in range(3):
        expect_equal(stream.block(), ":", "comment")
    expect(time.monotonic() - started > 0.25, "pace", time.monotonic() - started)
    stream.sock.close()


@case("when the client goes, the events end at once, also between two of them")
def client_goes():
    for path in ("/events/silent", "/events/ticks", "/events/often"):
        with server(TALK) as running:
            stream = Stream(running, path)
            time.sleep(0.1)
            started = time.monotonic()
            stream.sock.close()
            ends = events_ended(running)
            expect(time.monotonic() - started < QUIET - 5, "slow to notice", path)
            expect(ends[0] in ("CANCELLED", "RESET", "CLOSED"), "end", ends)


@case("a client that does not read stops the events, not the server", alone=True)
def slow_reader():
    with server(TALK, WEFT_WORKERS=1) as running:
        stream = Stream(running, "/events/flood")
        time.sleep(0.3)
        with Client(running) as other:
            expect_equal(other.request(get("/none")).status, 404, "others are served")
        # A sanitizer keeps what is freed, to know of its later use.
        expect(SANITIZED or running.memory() < 64 << 20, "memory", running.memory())
        stream.sock.close()
        expect(events_ended(running)[0] in ("CANCELLED", "RESET", "CLOSED"), "end")


@case("HEAD, HTTP/1.0 and a stream that fails")
def other_forms():
    with Client(shared(TALK)) as client:
        answer = client.request(get("/events/all", method="HEAD"), "HEAD")
        expect_equal((answer.status, answer.field("content-type")), (200, "text/event-stream"), "HEAD")
    with Client(shared(TALK)) as client:
        client.send(get("/events/all", version="1.0"))
        status, pairs = client.head()
        expect_equal(status, 200, "HTTP/1.0")
        while client.fill():
            pass
        expect(client.data.endswith(b"data: good\n\n"), "the whole stream", client.data)
        expect(not re.search(b"\r\n[0-9a-f]+\r\n", client.data), "chunks", client.data)
    stream = Stream(shared(TALK), "/events/failing")
    expect_equal(stream.block(), "data: last", "event")
    expect(not stream.chunk() and not stream.over, "a failure looks like an end")


@case("SIGTERM ends every stream cleanly, exit 0", alone=True)
def drained():
    with server(TALK, TALK_DRAIN_DEADLINE_MS=PATIENCE * 1000) as running:
        streams = [Stream(running, path) for path in
                   ("/events/silent", "/events/ticks", "/events/often") * 3]
        flooded = Stream(running, "/events/flood")
        time.sleep(0.2)
        running.tell()
        for stream in streams:
            while stream.chunk():
                stream.text = b""
            expect(stream.over, "no last chunk")
            stream.expect_closed()
        end = b""
        while flooded.fill():
            end, flooded.data = (end + flooded.data)[-5:], b""
        expect_equal(end, b"0\r\n\r\n", "the end of a flood")
        expect_equal(running.wait(), 0, "exit status")  # 1 at the drain deadline
        expect_equal(set(events_ended(running)), {"CANCELLED"}, "ends")


main()
