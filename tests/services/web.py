"""A web server for a capsule: HTTP/1.1 with kept connections, server-sent events, WebSockets, bodies of any size.

Usage: web.py ADDRESS PORT. With Python's own library only.
"""

import asyncio
import base64
import hashlib
import struct
import sys

BLOCK = bytes(range(256)) * 256


def head(status, *lines):
    return ("\r\n".join((f"HTTP/1.1 {status}", *lines)) + "\r\n\r\n").encode()


async def body(reader, headers):
    """The number of bytes of a request's body, none of which is kept."""
    count = 0
    if headers.get("transfer-encoding", "").lower() == "chunked":
        while size := int(await reader.readline(), 16):
            left = size + 2
            while left:
                left -= len(await reader.read(min(left, 1 << 16)) or sys.exit("cut off"))
            count += size
        await reader.readline()
        return count
    left = int(headers.get("content-length", 0))
    while count < left:
        count += len(await reader.read(min(left - count, 1 << 16)) or sys.exit("cut off"))
    return count


async def events(writer, count):
    writer.write(head("200 OK", "Content-Type: text/event-stream", "Connection: close"))
    for number in range(count):
        writer.write(f"data: {number}\n\n".encode())
        await writer.drain()
        await asyncio.sleep(0.3)


async def download(writer, size):
    writer.write(head("200 OK", f"Content-Length: {size}"))
    while size > 0:
        writer.write(BLOCK[:size])
        await writer.drain()
        size -= len(BLOCK)


async def socket(reader, writer, key):
    accept = base64.b64encode(hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()).decode()
    writer.write(
        head("101 Switching Protocols", "Connection: Upgrade", "Upgrade: websocket", f"Sec-WebSocket-Accept: {accept}")
    )
    while True:
        kind, length = await reader.readexactly(2)
        length &= 0x7F
        if length == 126:
            (length,) = struct.unpack(">H", await reader.readexactly(2))
        elif length == 127:
            (length,) = struct.unpack(">Q", await reader.readexactly(8))
        mask = await reader.readexactly(4)
        data = await reader.readexactly(length)
        data = bytes(byte ^ mask[at & 3] for at, byte in enumerate(data))
        kind &= 0x0F
        kind = 0xA if kind == 0x9 else kind
        size = bytes([length]) if length < 126 else b"\x7e" + struct.pack(">H", length)
        writer.write(bytes([0x80 | kind]) + size + data)
        await writer.drain()
        if kind == 0x8:
            return


async def answer(reader, writer):
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, target, _ = lines[0].split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:] if line)}
    path, _, query = target.partition("?")
    if path == "/events":
        await events(writer, int(query))
        return False
    if path == "/socket":
        await socket(reader, writer, headers["sec-websocket-key"])
        return False
    count = await body(reader, headers)
    if path == "/bytes":
        await download(writer, int(query))
        return True
    text = str(count) if path == "/count" else f"{method} {target} {headers.get('x-forwarded-prefix', '-')}"
    writer.write(head("200 OK", f"Content-Length: {len(text)}") + text.encode())
    await writer.drain()
    return True


async def serve(reader, writer):
    try:
        while await answer(reader, writer):
            pass
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def main():
    server = await asyncio.start_server(serve, sys.argv[1], int(sys.argv[2]), limit=1 << 18, backlog=512)
    print("ready", flush=True)
    await server.serve_forever()


asyncio.run(main())
