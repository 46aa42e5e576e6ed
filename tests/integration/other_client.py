# SPDX-License-Identifier: MIT OR Apache-2.0
"""Talks to the server on a port with Debian's python3-websockets: another's reading of the same RFCs."""
import asyncio
import sys

import websockets

KINDS = (("/echo", {"compression": None}), ("/deflate", {}), ("/shared", {}), ("/narrow", {}))


async def talk(port):
    for path, options in KINDS:
        uri = f"ws://127.0.0.1:{port}{path}"
        async with websockets.connect(uri, max_size=None, **options) as client:
            for message in ("", "\u03ba\u03cc\u03c3\u03bc\u03b5", "x" * 100000, b"\0\xff" * 70000, "abc " * 5000):
                await client.send(message)
                assert await client.recv() == message, (path, len(message))
            await client.send(["in ", "three ", "fragments"])
            assert await client.recv() == "in three fragments", path
            await asyncio.wait_for(await client.ping(), 10)
        assert client.close_code == 1000, client.close_code
    async with websockets.connect(f"ws://127.0.0.1:{port}/pieces/10/50000") as client:
        assert len(await client.recv()) == 500000


asyncio.run(talk(int(sys.argv[1])))
