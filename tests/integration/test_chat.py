# SPDX-License-Identifier: MIT OR Apache-2.0
"""The chat example: who is in the room hears what is said there; who watches sees how many are."""
import os

from harness import BUILD, Client, case, expect, expect_equal, get, main, server
from websocket import BINARY, CLOSE, WebSocket, frame

CHAT = os.environ.get("WEFT_CHAT", f"{BUILD}/examples/chat")


class People(Client):
    """The stream of how many are in the room."""

    def __init__(self, running):
        super().__init__(running)
        self.send(get("/people"))
        self.head()

    def until_count(self, count):
        while f"event: people\ndata: {count}\n\n".encode() not in self.data:
            expect(self.fill(), "the stream ended", self.data)
        self.data = b""


@case("what one says all hear, in the same order")
def everybody_hears():
    with server(CHAT) as running:
        people = People(running)
        people.until_count(0)
        visitors = [WebSocket(running, "/chat") for _ in range(8)]
        visitors += [WebSocket(running, "/chat", extensions="permessage-deflate") for _ in range(8)]
        people.until_count(16)
        for number, visitor in enumerate(visitors):
            visitor.say(f"I am number {number}. " + "Hello! " * 20)
        heard = [[visitor.hear() for _ in visitors] for visitor in visitors]
        expect_equal(sorted(heard[0]), sorted(f"I am number {number}. " + "Hello! " * 20
                                              for number in range(16)), "what was said")
        expect(all(each == heard[0] for each in heard), "not all hear the same")
        for visitor in visitors[1:]:
            visitor.close()
        people.until_count(1)
        visitors[0].say("")
        expect_equal(visitors[0].hear(), "", "an empty line")
        visitors[0].close()


@case("lines that are too long or no text are refused, with the reason")
def refused():
    with server(CHAT) as running:
        visitor = WebSocket(running, "/chat")
        visitor.say("x" * 500)
        expect_equal(visitor.hear(), "x" * 500, "a line of the limit")
        visitor.say("x" * 501)
        visitor.hear_close(1009)
        visitor = WebSocket(running, "/chat")
        visitor.send(frame(BINARY, b"\0"))
        visitor.hear_close(1003, "lines of text only")
        visitor.send(frame(CLOSE, b"\x03\xeb"))


@case("the page, and what is no WebSocket")
def page():
    with server(CHAT) as running, Client(running) as client:
        answer = client.request(get("/"))
        expect_equal((answer.status, answer.field("content-type")),
                     (200, "text/html; charset=utf-8"), "page")
        expect(b"new WebSocket(" in answer.body, "script", answer.body)
        expect_equal(client.request(get("/chat")).status, 426, "no upgrade")


@case("SIGTERM: everybody hears that the server goes, and leaves")
def stopping():
    with server(CHAT) as running:
        people = People(running)
        visitors = [WebSocket(running, "/chat") for _ in range(10)]
        people.until_count(10)
        running.tell()
        for visitor in visitors:
            visitor.hear_close(1001)
            visitor.send(frame(8, b"\x03\xe9"))
            visitor.expect_closed()
        expect_equal(running.wait(), 0, "exit status")


main()
