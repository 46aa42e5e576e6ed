# SPDX-License-Identifier: MIT OR Apache-2.0
"""A WebSocket client (RFC 6455, RFC 7692) that shares nothing with the server: the standard library
only. It says exactly what a test wants, also what no client may say."""
import base64
import hashlib
import os
import struct
import zlib

from harness import Client, Failure, PATIENCE, expect, expect_equal

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def frame(opcode, payload=b"", fin=True, rsv=0, mask=None, masked=True, length=None, form=None):
    """The bytes of a frame; `length` and `form` (0, 2 or 8 bytes of length) may lie."""
    if isinstance(payload, str):
        payload = payload.encode()
    size = len(payload) if length is None else length
    if form is None:
        form = 0 if size < 126 else 2 if size < 65536 else 8
    head = bytes([(0x80 if fin else 0) | rsv << 4 | opcode])
    bit = 0x80 if masked else 0
    if form == 0:
        head += bytes([bit | size])
    else:
        head += bytes([bit | (126 if form == 2 else 127)]) + size.to_bytes(form, "big")
    if not masked:
        return head + payload
    mask = os.urandom(4) if mask is None else mask
    key = int.from_bytes((mask * (len(payload) // 4 + 1))[:len(payload)], "big")
    scrambled = (int.from_bytes(payload, "big") ^ key).to_bytes(len(payload), "big")
    return head + mask + scrambled


def handshake(path, *fields, key=b"dGhlIHNhbXBsZSBub25jZQ==", version="13", upgrade="websocket",
              connection="Upgrade", host="test", method="GET", http="1.1"):
    lines = [f"{method} {path} HTTP/{http}", f"Host: {host}"]
    if upgrade is not None:
        lines.append(f"Upgrade: {upgrade}")
    if connection is not None:
        lines.append(f"Connection: {connection}")
    if version is not None:
        lines.append(f"Sec-WebSocket-Version: {version}")
    if key is not None:
        lines.append(f"Sec-WebSocket-Key: {key.decode('latin-1')}")
    return "\r\n".join([*lines, *fields]).encode() + b"\r\n\r\n"


class WebSocket(Client):
    """A conversation that has begun."""

    def __init__(self, server, path, *fields, extensions=None, behind=b"", **options):
        super().__init__(server, **options)
        key = base64.b64encode(os.urandom(16))
        if extensions:
            fields += (f"Sec-WebSocket-Extensions: {extensions}",)
        self.send(handshake(path, *fields, key=key) + behind)
        self.answer = self.response()
        expect_equal(self.answer.status, 101, "status")
        expect_equal(self.answer.field("upgrade").lower(), "websocket", "Upgrade")
        expect_equal(self.answer.field("connection").lower(), "upgrade", "Connection")
        expect_equal(self.answer.field("sec-websocket-accept"),
                     base64.b64encode(hashlib.sha1(key + GUID).digest()).decode(), "accept")
        agreed = self.answer.field("sec-websocket-extensions") or ""
        self.compressed = agreed.startswith("permessage-deflate")
        self.alone = {side: f"{side}_no_context_takeover" in agreed for side in ("server", "client")}
        self.bits = {side: int((agreed + f"; {side}_max_window_bits=15").split(
            f"{side}_max_window_bits=")[1].split(";")[0]) for side in ("server", "client")}
        self.agreed = agreed
        self.inflater = self.deflater = None
        self.frames = 0  # of the last message
        self.partial = None, [], 0  # what has come of a message: opcode, payloads, RSV

    # -- sending

    def deflate(self, data):
        """As a message's payload."""
        if self.deflater is None or self.alone["client"]:
            self.deflater = zlib.compressobj(6, zlib.DEFLATED, -max(self.bits["client"], 9))
        return (self.deflater.compress(data) + self.deflater.flush(zlib.Z_SYNC_FLUSH))[:-4]

    def say(self, data, pieces=1):
        """A whole message, compressed when that was agreed on, in so many frames."""
        opcode = TEXT if isinstance(data, str) else BINARY
        payload = data.encode() if isinstance(data, str) else data
        rsv = 4 if self.compressed else 0
        if self.compressed:
            payload = self.deflate(payload)
        step = max(1, -(-len(payload) // pieces))
        parts = [payload[at:at + step] for at in range(0, len(payload), step)] or [b""]
        self.send(b"".join(
            frame(CONTINUATION if i else opcode, part, fin=i == len(parts) - 1, rsv=0 if i else rsv)
            for i, part in enumerate(parts)))

    # -- receiving

    def next_frame(self):
        """(fin, rsv, opcode, payload) of a server's frame, which is never masked."""
        first, second = self.until(2)
        expect(not second & 0x80, "the server masks")
        size = second
        if size == 126:
            size = int.from_bytes(self.until(2), "big")
            expect(size >= 126, "a length in too many bytes", size)
        elif size == 127:
            size = int.from_bytes(self.until(8), "big")
            expect(size >= 65536, "a length in too many bytes", size)
        return bool(first & 0x80), first >> 4 & 7, first & 15, self.until(size)

    def inflate(self, payload):
        if self.inflater is None or self.alone["server"]:
            self.inflater = zlib.decompressobj(-self.bits["server"])
        data = self.inflater.decompress(payload + b"\0\0\xff\xff")
        expect(not self.inflater.unconsumed_tail, "does not inflate")
        return data

    def hear(self, pong=True):
        """The next message as str or bytes, or a control frame as (opcode, payload). Answers pings when
        told to."""
        kind, parts, rsv1 = self.partial
        while True:
            fin, rsv, opcode, payload = self.next_frame()
            if opcode == PING and pong:
                self.send(frame(PONG, payload))
                continue
            if opcode >= CLOSE:
                expect(fin and not rsv and len(payload) <= 125, "a bad control frame", opcode)
                expect(kind is None or opcode != CLOSE, "a Close within a message")
                self.partial = kind, parts, rsv1
                return opcode, payload
            expect((opcode == CONTINUATION) == (kind is not None), "frames out of order", opcode)
            expect(not rsv & 3 and (not rsv or (kind is None and self.compressed)), "RSV", rsv)
            if kind is None:
                kind, parts, rsv1 = opcode, [], rsv
            parts.append(payload)
            if fin:
                self.partial, self.frames = (None, [], 0), len(parts)
                data = b"".join(parts)
                data = self.inflate(data) if rsv1 else data
                self.was_compressed = bool(rsv1)
                return data.decode() if kind == TEXT else data

    def hear_close(self, code, reason=None):
        """The server closes with this code; then the connection ends."""
        heard = self.hear()
        expect(isinstance(heard, tuple) and heard[0] == CLOSE, "expected a Close", heard)
        got = struct.unpack("!H", heard[1][:2])[0] if heard[1] else None
        expect_equal(got, code, f"close code ({heard[1][2:]!r})")
        if reason is not None:
            expect_equal(heard[1][2:].decode(), reason, "reason")

    def close(self, code=1000, reason=""):
        """The whole goodbye, begun by the client."""
        self.send(frame(CLOSE, struct.pack("!H", code) + reason.encode()))
        self.hear_close(code)
        self.expect_closed(PATIENCE)
        self.sock.close()
