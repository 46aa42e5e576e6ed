# SPDX-License-Identifier: MIT OR Apache-2.0
"""WebSocket over real sockets: handshakes, messages, closing, time, shutdown."""
import contextlib
import os
import socket
import struct
import subprocess
import time

from harness import (Client, Failure, TALK, PATIENCE, SANITIZED, Skip, case, expect, expect_equal, get, main,
                     once, server, shared)
from websocket import (BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, WebSocket, frame, handshake)


def talk(path, *fields, **options):
    return WebSocket(shared(TALK), path, *fields, **options)


def code(number, reason=b""):
    return struct.pack("!H", number) + reason


# ---- handshakes ------------------------------------------------------------------------------------

@case("the handshake of RFC 6455 section 1.3")
def sample_handshake():
    with Client(shared(TALK)) as client:
        answer = client.request(handshake(
            "/echo", "Origin: http://test", "Sec-WebSocket-Protocol: chat.v1, superchat"))
        expect_equal(answer.status, 101, "status")
        expect_equal(answer.field("sec-websocket-accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "accept")
        expect_equal(answer.field("sec-websocket-protocol"), "chat.v1", "protocol")
        expect_equal(answer.field("sec-websocket-extensions"), None, "extensions")
        expect_equal(answer.field("content-length"), None, "length")
        client.send(frame(TEXT, "hello"))
        expect_equal(client.until(7), b"\x81\x05hello", "echo")


@case("lists may be in any case, in several fields, with other elements")
def list_forms():
    with Client(shared(TALK)) as client:
        answer = client.request(handshake(
            "/echo", "Upgrade: WebSocket", "Connection: upgrade", "Sec-WebSocket-Protocol: x",
            "Sec-WebSocket-Protocol:  , chat.v1 , chat.v2", upgrade="h2c", connection="keep-alive, x"))
        expect_equal(answer.status, 101, "status")
        expect_equal(answer.field("sec-websocket-protocol"), "chat.v2", "the server's favourite")
    with Client(shared(TALK)) as client:
        answer = client.request(handshake("/echo", "Sec-WebSocket-Protocol: Chat.V1, chat"))
        expect_equal((answer.status, answer.field("sec-websocket-protocol")), (101, None), "none fits")


@case("what is no handshake is refused with its reason, and the connection goes on")
def refused_handshakes():
    plain = get("/echo")
    cases = [
        (plain, 426, "ask for an upgrade"),
        (handshake("/echo", upgrade=None), 426, "ask for an upgrade"),
        (handshake("/echo", connection="keep-alive"), 426, "ask for an upgrade"),
        (handshake("/echo", upgrade="websockets"), 426, "ask for an upgrade"),
        (handshake("/echo", version="12"), 426, "must be 13"),
        (handshake("/echo", version=None), 426, "must be 13"),
        (handshake("/echo", "Sec-WebSocket-Version: 13"), 426, "must be 13"),
        (handshake("/echo", key=None), 400, "Sec-WebSocket-Key"),
        (handshake("/echo", key=b"c2hvcnQ="), 400, "Sec-WebSocket-Key"),
        (handshake("/echo", key=b"dGhlIHNhbXBsZSBub25jZQ"), 400, "Sec-WebSocket-Key"),
        (handshake("/echo", key=b"dGhlIHNhbXBsZSBub25jZR=="), 400, "Sec-WebSocket-Key"),
        (handshake("/echo", key=b"dGhlIHNhbXBsZSBub25jZSEh"), 400, "Sec-WebSocket-Key"),
        (handshake("/echo", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="), 400, "Sec-WebSocket-Key"),
    ]
    with Client(shared(TALK)) as client:
        for request, status, why in cases:
            answer = client.request(request)
            expect_equal(answer.status, status, f"{request!r}")
            expect(why in answer.problem()["detail"], why, answer)
            if status == 426:
                expect_equal(answer.field("upgrade"), "websocket", "Upgrade")
                expect_equal(answer.field("sec-websocket-version"), "13", "version")
        expect_equal(client.request(handshake("/echo")).status, 101, "at last")
    with Client(shared(TALK)) as client:
        client.send(handshake("/echo", "Content-Length: 1") + b"x")
        answer = client.response()
        expect_equal(answer.status, 400, "a body")
    with Client(shared(TALK)) as client:
        expect_equal(client.request(handshake("/echo", http="1.0")).status, 426, "HTTP/1.0")
    with Client(shared(TALK)) as client:
        answer = client.request(handshake("/echo", method="HEAD"), "HEAD")
        expect_equal((answer.status, answer.field("allow")), (405, "GET"), "HEAD")
    with Client(shared(TALK)) as client:
        expect_equal(client.request(handshake("/wrong-option")).status, 500, "an invalid option")


@case("pages of another origin may not connect unless they are named")
def origin_check():
    cases = [
        ("/echo", None, 101), ("/echo", "http://test", 101), ("/echo", "https://TEST", 101),
        ("/echo", "http://test:8080", 403), ("/echo", "https://evil.example", 403),
        ("/echo", "null", 403), ("/echo", "", 403), ("/echo", "https://nottest", 403),
        ("/origins", "https://example.org", 101), ("/origins", "https://App.Example.org", 101),
        ("/origins", "http://example.org", 403), ("/origins", "https://example.org.evil", 403),
        ("/origins", "http://test", 101), ("/any-origin", "https://anywhere.example", 101),
        ("/any-origin", "null", 101),
    ]
    for path, origin, status in cases:
        with Client(shared(TALK)) as client:
            fields = [] if origin is None else [f"Origin: {origin}"]
            answer = client.request(handshake(path, *fields))
            expect_equal(answer.status, status, f"{path} from {origin}")


# ---- messages --------------------------------------------------------------------------------------

@case("texts and bytes of every length form come back")
def lengths():
    client = talk("/echo")
    for size in (0, 1, 125, 126, 127, 128, 65535, 65536, 70000, 1 << 20):
        client.say("x" * size)
        expect_equal(client.hear(), "x" * size, f"a text of {size}")
        data = os.urandom(size)
        client.say(data)
        expect(client.hear() == data, f"bytes of {size} differ")
        expect_equal(client.frames, max(1, -(-size // 65536)), "frames")
    client.close()


@case("a message of 16 MiB, and not a byte more")
def largest():
    client = talk("/echo")
    data = os.urandom(1 << 20) * 16
    client.say(data)
    expect(client.hear() == data, "differs")
    client.send(frame(BINARY, b"", length=(16 << 20) + 1))
    client.hear_close(1009, "a frame beyond the limit")
    client = talk("/defaults")
    client.say(b"x" * (1 << 20))
    expect_equal(len(client.hear()), 1 << 20, "the default limit")
    client.say(b"x" * (1 << 20) + b"y")
    client.hear_close(1009, "a frame beyond the limit")


@case("byte by byte, and everything at once behind the handshake")
def cut_and_joined():
    client = talk("/echo")
    wire = frame(TEXT, "κόσμε") + frame(TEXT, "a", fin=False) + frame(PING, "p") + frame(
        CONTINUATION, "b") + frame(BINARY, b"z" * 200)
    for byte in wire:
        client.send(bytes([byte]))
    for wanted in ("κόσμε", (PONG, b"p"), "ab", b"z" * 200):
        expect_equal(client.hear(), wanted, "byte by byte")
    client.close()
    client = talk("/echo", behind=wire + frame(CLOSE, code(1000)))
    for wanted in ("κόσμε", (PONG, b"p"), "ab", b"z" * 200):
        expect_equal(client.hear(), wanted, "at once")
    client.hear_close(1000)
    client.expect_closed()


@case("what breaks the protocol is closed with the code that says so")
def violations():
    unfinished = frame(TEXT, "a", fin=False)
    cases = [
        (frame(TEXT, "x", masked=False), 1002, "a frame that is not masked"),
        (frame(TEXT, "x", rsv=1), 1002, "a reserved bit is set"),
        (frame(TEXT, "x", rsv=2), 1002, "a reserved bit is set"),
        (frame(TEXT, "x", rsv=4), 1002, "compression that was not agreed on"),
        *((frame(opcode, ""), 1002, "an opcode that is not defined")
          for opcode in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15)),
        (frame(PING, "x", fin=False), 1002, "a control frame in fragments"),
        (frame(PING, "x" * 126), 1002, "a control frame of more than 125 bytes"),
        (frame(CLOSE, "x" * 126), 1002, "a control frame of more than 125 bytes"),
        (frame(TEXT, "x" * 125, form=2), 1002, "a length in more bytes than it needs"),
        (frame(TEXT, "x" * 65535, form=8), 1002, "a length in more bytes than it needs"),
        (frame(TEXT, "", length=1 << 63), 1002, "a length with its highest bit set"),
        (frame(CONTINUATION, "x"), 1002, "a continuation of nothing"),
        (frame(CONTINUATION, "x", fin=False), 1002, "a continuation of nothing"),
        (unfinished + frame(TEXT, "x"), 1002, "a new message before the last one is complete"),
        (unfinished + frame(BINARY, "x"), 1002, "a new message before the last one is complete"),
        (frame(TEXT, b"\xff"), 1007, "a text that is not UTF-8"),
        (frame(TEXT, b"\xed\xa0\x80"), 1007, "a text that is not UTF-8"),
        (frame(TEXT, b"\xc0\xaf"), 1007, "a text that is not UTF-8"),
        (frame(TEXT, b"\xf4\x90\x80\x80"), 1007, "a text that is not UTF-8"),
        (frame(TEXT, b"\xce"), 1007, "a text that ends within a character"),
        (frame(TEXT, b"\xce", fin=False) + frame(CONTINUATION, b"\xce"), 1007,
         "a text that is not UTF-8"),
        (frame(CLOSE, b"\x03"), 1002, "a close code that is none"),
        *((frame(CLOSE, code(number)), 1002, "a close code that is none")
          for number in (0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535)),
        (frame(CLOSE, code(1000, b"\xff")), 1007, "a reason that is not UTF-8"),
    ]
    for wire, number, reason in cases:
        client = talk("/echo")
        client.send(wire)
        client.hear_close(number, reason)
        client.expect_closed()
    # Refused before the message is complete.
    client = talk("/echo")
    client.send(frame(TEXT, b"\xf4\x90", fin=False, length=1000))
    client.hear_close(1007)


@case("limits: frames, messages, messages of fragments")
def limits():
    client = talk("/small")
    client.say("x" * 600)
    expect_equal(client.hear(), "x" * 600, "a frame of the limit")
    client.say("x" * 1000, pieces=2)
    expect_equal(client.hear(), "x" * 1000, "a message of the limit")
    client.say("x" * 1001, pieces=2)
    client.hear_close(1009, "a message beyond the limit")
    client = talk("/small")
    client.send(frame(TEXT, "x" * 601)[:8])
    client.hear_close(1009, "a frame beyond the limit")


@case("pings are answered with what they carry, also between fragments")
def pings():
    client = talk("/echo")
    for payload in (b"", b"abc", b"\xff" * 125):
        client.send(frame(PING, payload))
        expect_equal(client.hear(), (PONG, payload), "pong")
    client.send(frame(PONG, b"nobody asked"))
    client.send(frame(TEXT, "a", fin=False) + frame(PING, "1") + frame(PING, "2"))
    expect_equal(client.hear(), (PONG, b"1"), "pong")
    expect_equal(client.hear(), (PONG, b"2"), "pong")
    client.send(frame(CONTINUATION, "b"))
    expect_equal(client.hear(), "ab", "the message")
    client.close()


# ---- compression -----------------------------------------------------------------------------------

@case("compression is agreed on where it is wanted")
def agreement():
    both = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
    cases = [
        ("/echo", "permessage-deflate", ""),
        ("/deflate", None, ""),
        ("/deflate", "permessage-deflate", both),
        ("/deflate", "permessage-deflate; client_max_window_bits", both),
        ("/shared", "x, permessage-deflate; client_max_window_bits", "permessage-deflate"),
        ("/shared", "permessage-deflate; server_max_window_bits=8", ""),
        ("/shared", "permessage-deflate; no_such", ""),
        ("/narrow", "permessage-deflate; client_max_window_bits",
         "permessage-deflate; server_max_window_bits=9; client_max_window_bits=9"),
        ("/narrow", "permessage-deflate", "permessage-deflate; server_max_window_bits=9"),
    ]
    for path, offer, wanted in cases:
        client = talk(path, extensions=offer)
        expect_equal(client.agreed, wanted, f"{path} offered {offer}")
        client.say("hello " * 100)
        expect_equal(client.hear(), "hello " * 100, "echo")
        client.close()


@case("compressed messages: alone, shared, narrow, in fragments, large, small")
def compressed():
    text = "".join(f'{{"id":{i},"name":"user {i % 7}"}},' for i in range(9000))
    for path in ("/deflate", "/shared", "/narrow"):
        client = talk(path, extensions="permessage-deflate; client_max_window_bits")
        for size in (0, 1, 127, 128, 1000, 65536, 300000):
            for pieces in (1, 3):
                client.say(text[:size], pieces)
                expect(client.hear() == text[:size], f"{path}: {size} in {pieces} differ")
                expect_equal(client.was_compressed, size >= 128, f"{path}: {size} compressed")
        noise = os.urandom(300000)
        client.say(noise)
        expect(client.hear() == noise, f"{path}: noise differs")
        client.send(frame(TEXT, "plain all the same"))
        expect_equal(client.hear(), "plain all the same", path)
        client.close()


@case("shared context makes the same message small")
def shared_context():
    sizes = {}
    for path in ("/deflate", "/shared"):
        client = talk(path, extensions="permessage-deflate")
        data = os.urandom(1000).hex()
        for _ in range(2):
            client.say(data)
            first = client.next_frame()
            expect_equal(client.inflate(first[3]).decode(), data, "echo")
            sizes[path] = len(first[3])
        client.close()
    expect(sizes["/shared"] * 10 < sizes["/deflate"], "no gain", sizes)


@case("bombs and what does not inflate")
def bombs():
    client = talk("/deflate", extensions="permessage-deflate")
    client.say(b"\0" * (4 << 20))
    expect_equal(len(client.hear()), 4 << 20, "of the limit")
    client.say(b"\0" * ((4 << 20) + 1))
    client.hear_close(1009, "a message that inflates beyond the limit")
    client = talk("/deflate", extensions="permessage-deflate")
    client.send(frame(TEXT, b"\xff\xff\xff\xff", rsv=4))
    client.hear_close(1007, "a message that does not inflate")
    client = talk("/deflate", extensions="permessage-deflate")
    client.send(frame(TEXT, b"x", fin=False) + frame(CONTINUATION, b"x", rsv=4))
    client.hear_close(1002)


@case("Debian's python3-websockets agrees with us, with compression and without")
def other_client():
    python = "/usr/bin/python3"
    if not os.path.exists(python) or subprocess.run([python, "-c", "import websockets"],
                                                    capture_output=True, check=False).returncode:
        raise Skip("python3-websockets is not installed")
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "other_client.py")
    done = subprocess.run([python, script, str(shared(TALK).port)], capture_output=True, text=True,
                          timeout=4 * PATIENCE, check=False)
    expect_equal((done.returncode, done.stderr), (0, ""), "the other client")


# ---- sending ---------------------------------------------------------------------------------------

@case("messages in pieces arrive whole, in frames of 64 KiB")
def in_pieces():
    for count, size in ((0, 0), (1, 10), (10, 7), (3, 65536), (5, 50000), (2, 200000), (1000, 100)):
        wanted = ("0123456789" * (size // 10 + 1))[:size] * count
        client = talk(f"/pieces/{count}/{size}")
        expect(client.hear() == wanted, f"{count} of {size} differ")
        expect_equal(client.frames, max(1, -(-len(wanted) // 65536)), "frames")
        client.close()
        client = talk(f"/deflated-pieces/{count}/{size}", extensions="permessage-deflate")
        expect(client.hear() == wanted, f"{count} of {size} deflated differ")
        client.close()


@case("one fiber sends while another echoes: every message whole, each in its order")
def two_senders():
    client = talk("/numbers/3000")
    client.sock.settimeout(PATIENCE)
    big = "x" * 150000
    for _ in range(5):
        client.say(big)
    numbers, echoes = [], 0
    while len(numbers) < 3000 or echoes < 5:
        message = client.hear()
        if message == big:
            echoes += 1
        else:
            numbers.append(int(message))
    expect_equal(numbers, list(range(3000)), "numbers")
    client.close()


@case("a ping is answered while another fiber's messages wait for a client that does not read")
def pong_overtakes():
    client = talk("/blocks/300", receive_buffer=8192)
    time.sleep(0.3)
    client.send(frame(PING, "now") + frame(TEXT, "hello"))
    time.sleep(0.3)
    blocks, seen = 0, []
    while blocks < 300 or len(seen) < 2:
        heard = client.hear()
        if isinstance(heard, bytes):
            expect_equal(len(heard), 100000, "a block")
            blocks += 1
        else:
            seen.append(heard)
            expect(blocks < 250, "the answer waited for everything", blocks)
    expect_equal(seen, [(PONG, b"now"), "hello"], "answers")
    client.close()


@case("misuse is an error and harms nobody")
def misuse():
    client = talk("/misuse")
    expect_equal(client.hear(), "κ", "a text cut within a character")
    expect_equal(client.hear(), "well", "and the conversation goes on")
    client.hear_close(1011)


@case("a deadline of receive's own leaves the conversation as it was")
def own_deadline():
    client = talk("/tick")
    expect_equal(client.hear(), "tick", "tick")
    client.send(frame(TEXT, "half", fin=False))
    expect_equal(client.hear(), "tick", "within a message")
    client.send(frame(CONTINUATION, " and half"))
    heard = client.hear()
    while heard == "tick":
        heard = client.hear()
    expect_equal(heard, "half and half", "the message")
    client.send(frame(CLOSE, code(1000)))
    while client.hear() == "tick":
        pass


# ---- closing ---------------------------------------------------------------------------------------

def ended(running, path):
    """How the log says that the conversation at the path ended; waits for it."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        for event in running.events("over"):
            if event["path"] == path:
                return event["error"], event["code"], event["reason"]
        time.sleep(0.02)
    raise AssertionError(f"{path}: no end in the log")


@case("the client closes: code and reason are heard, and echoed")
def client_closes():
    for number in (1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1014, 3000, 4999):
        client = talk("/echo")
        client.close(number, "so long")
    client = talk("/echo")
    client.send(frame(CLOSE))
    client.hear_close(None)
    client.expect_closed()
    with server(TALK) as running:
        WebSocket(running, "/echo").close(4321, "ciao")
        expect_equal(ended(running, "/echo"), ("CLOSED", 4321, "ciao"), "end")
        WebSocket(running, "/small").sock.close()
        expect_equal(ended(running, "/small"), ("CLOSED", 1006, ""), "end of a lost one")


@case("the server closes: it waits for the echo, and not for ever")
def server_closes():
    with server(TALK) as running:
        client = WebSocket(running, "/close/4000")
        client.hear_close(4000, "because")
        client.say("late")
        client.send(frame(CLOSE, code(4000)))
        client.expect_closed()
        expect_equal(ended(running, "/close/4000"), ("CLOSED", 4000, ""), "end")
        started = time.monotonic()
        client = WebSocket(running, "/close/4001")
        client.hear_close(4001, "because")
        client.expect_closed()
        expect(time.monotonic() - started > 1, "before the close deadline")
        expect_equal(ended(running, "/close/4001"), ("CLOSED", 1006, ""), "end")
        for number in (1005,):
            client = WebSocket(running, f"/close/{number}")
            client.hear_close(None)
            client.send(frame(CLOSE))
            client.expect_closed()
        client = WebSocket(running, "/close/1006")
        expect_equal(client.hear(), "invalid", "an invalid code")
        client.close()


@case("a function that returns has the rest closed with 1000")
def server_leaves():
    client = talk("/leave")
    client.hear_close(1000, "")
    client.send(frame(CLOSE, code(1000)))
    client.expect_closed()


@case("another fiber closes while one receives: both come to an end")
def another_closes():
    with server(TALK) as running:
        client = WebSocket(running, "/closer")
        client.hear_close(4001, "enough")
        client.send(frame(CLOSE, code(4001)))
        client.expect_closed()
        client = WebSocket(running, "/closer")
        client.hear_close(4001, "enough")
        client.expect_closed()  # by the close deadline


# ---- time ------------------------------------------------------------------------------------------

@case("silence is answered with pings; a client that pongs may be silent for ever", alone=True)
def pinged():
    def stays():
        client = talk("/fast")
        with contextlib.suppress(ConnectionError, Failure):
            for _ in range(5):
                expect_equal(client.hear(pong=False), (PING, b""), "ping")
                client.send(frame(PONG))
            client.say("still here")
            expect_equal(client.hear(), "still here", "echo")
            client.close()
            return True
        return False
    once(stays, "it stays")


@case("a client that does not pong is cut", alone=True)
def dead_client():
    with server(TALK) as running:
        started = time.monotonic()
        client = WebSocket(running, "/fast")
        expect_equal(client.hear(pong=False), (PING, b""), "ping")
        client.expect_closed()
        expect(time.monotonic() - started > 0.4, "when", time.monotonic() - started)
        expect_equal(ended(running, "/fast"), ("CLOSED", 1006, ""), "end")


@case("a message that dribbles in is closed with 1008", alone=True)
def dribble():
    client = talk("/fast")
    started = time.monotonic()
    client.send(frame(BINARY, "x" * 100)[:20])
    client.sock.settimeout(0.1)
    heard = b""
    while not heard and time.monotonic() - started < PATIENCE:
        client.send(b"x")
        try:
            heard = client.sock.recv(1000)
        except socket.timeout:
            pass
    expect(heard[:1] == b"\x88" and heard[2:4] == code(1008), "expected a Close with 1008", heard)
    expect(time.monotonic() - started > 0.4, "when", time.monotonic() - started)


@case("a client that does not read is cut by the write deadline", alone=True)
def slow_reader():
    with server(TALK) as running:
        client = WebSocket(running, "/flood", receive_buffer=4096)
        expect_equal(ended(running, "/flood"), ("TIMED_OUT", 1006, ""), "end")
        client.sock.close()
        expect(running.memory() < 64 << 20, "memory", running.memory())


def reads_slowly():
    """Takes four times what it must; whether it is still there after five deadlines."""
    with server(TALK) as running:
        client, until = WebSocket(running, "/flood", receive_buffer=65536), time.monotonic() + 2.5
        with contextlib.suppress(ConnectionError):
            while time.monotonic() < until and client.sock.recv(65536):
                time.sleep(0.12)
        there = not running.events("over")
        client.sock.close()
        return there


@case("a client that reads slowly is not cut", alone=True)
def slow_but_steady():
    once(reads_slowly, "it stays")


# ---- shutdown --------------------------------------------------------------------------------------

@case("SIGTERM: every client hears 1001 and may say goodbye; exit 0", alone=True)
def drained():
    with server(TALK, TALK_DRAIN_DEADLINE_MS=PATIENCE * 1000) as running:
        clients = [WebSocket(running, path) for path in ("/echo", "/shared", "/beside", "/tick") * 3]
        clients[0].say("one more")
        expect_equal(clients[0].hear(), "one more", "echo")
        running.tell()
        for client in clients:
            heard = client.hear()
            while heard == "tick":
                heard = client.hear()
            expect_equal(heard, (CLOSE, code(1001, b"the server is stopping")), "goodbye")
            client.send(frame(CLOSE, code(1001)))
            client.expect_closed()
        expect_equal(running.wait(), 0, "exit status")  # 1 at the drain deadline
        expect_equal({(e["error"], e["code"]) for e in running.events("over")}, {("CLOSED", 1001)},
                     "ends")


@case("SIGTERM: a client that does not say goodbye is cut at the drain deadline", alone=True)
def cut_off():
    with server(TALK, expect_exit=1, TALK_DRAIN_DEADLINE_MS=1000) as running:
        client = WebSocket(running, "/echo")
        running.tell()
        client.hear_close(1001)
        client.expect_closed()
        running.wait()


@case("one access-log line each, when the conversation is over")
def access_log():
    with server(TALK) as running:
        client = WebSocket(running, "/echo")
        client.say("x")
        client.hear()
        client.close()
        ended(running, "/echo")
        deadline = time.monotonic() + PATIENCE
        while not any(event.get("status") == 101 for event in running.events()):
            expect(time.monotonic() < deadline, "no line with status 101", running.log())
            time.sleep(0.02)


@case("2,000 idle conversations: memory of each", alone=True)
def idle_memory():
    with server(TALK, files=5000, WEFT_WORKERS=1, MALLOC_PERTURB_=0) as running:
        clients = [WebSocket(running, "/deflate", extensions="permessage-deflate") for _ in range(100)]
        before = running.memory()
        clients += [WebSocket(running, "/deflate", extensions="permessage-deflate")
                    for _ in range(2000)]
        for client in clients[-200:]:
            client.say("hello " * 1000)
        for client in clients[-200:]:
            client.hear()
        each = (running.memory() - before) / 2000
        print(f"# an idle conversation costs {each / 1024:.1f} KiB")
        expect(SANITIZED or each < 40 << 10, "bytes each", each)
        for client in clients:
            client.sock.close()


main()
