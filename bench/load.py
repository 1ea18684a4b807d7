"""The load: members of one room over plain WebSockets, counting rows without decoding them."""

import asyncio
import base64
import json
import os
import struct
import time
import uuid
from dataclasses import dataclass, field

MARK = b'"client_id":"'
READY = b'"type":"ready"'


@dataclass
class Member:
    """One connection that counts the rows it is sent."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    rows: int = 0
    last: float = 0.0
    tail: bytes = b""
    heard: asyncio.Event = field(default_factory=asyncio.Event)

    @classmethod
    async def connect(cls, port: int, cookie: str) -> "Member":
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**22)
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [
            "GET /ws/ HTTP/1.1", f"Host: localhost:{port}", "Upgrade: websocket", "Connection: Upgrade", f"Sec-WebSocket-Key: {key}",
            "Sec-WebSocket-Version: 13", f"Origin: http://localhost:{port}", f"Cookie: sessionid={cookie}", "", "",
        ]  # fmt: skip
        writer.write("\r\n".join(lines).encode())
        answer = await reader.readuntil(b"\r\n\r\n")
        if b" 101 " not in answer.split(b"\r\n", 1)[0]:
            raise ConnectionError(answer.decode())
        return cls(reader, writer)

    def send(self, frame: dict[str, object]) -> None:
        data = json.dumps(frame).encode()
        length = bytes([0x80 | len(data)]) if len(data) < 126 else bytes([0x80 | 126]) + struct.pack(">H", len(data))
        self.writer.write(b"\x81" + length + b"\0\0\0\0" + data)  # a mask of zeros leaves the text as it is

    async def greet(self) -> None:
        """Say hello and wait for the answer; before `listen`."""
        self.send({"type": "hello", "v": 1})
        await self.reader.readuntil(READY)

    async def listen(self) -> None:
        while chunk := await self.reader.read(2**18):
            data = self.tail + chunk
            found = data.count(MARK)
            self.tail = data[-len(MARK) + 1 :]
            if found:
                self.rows += found
                self.last = time.perf_counter()
                self.heard.set()


def message(channel: str) -> dict[str, object]:
    return {"type": "send", "channel": channel, "client_id": str(uuid.uuid4()), "body": "x" * 100}


async def quiet(members: list[Member], channel: str, *, count: int = 40) -> list[float]:
    """Return, for `count` messages sent one at a time, the milliseconds until the last member had each."""
    took = []
    for _ in range(count):
        before = [member.rows for member in members[1:]]
        start = time.perf_counter()
        members[0].send(message(channel))
        while any(member.rows == rows for member, rows in zip(members[1:], before, strict=True)):
            await asyncio.sleep(0.0005)
        took.append((max(member.last for member in members[1:]) - start) * 1000)
        await asyncio.sleep(0.05)
    return sorted(took)


async def saturated(members: list[Member], channel: str, *, seconds: float = 5.0, window: int = 16) -> float:
    """Return the deliveries a second while one member keeps `window` messages on their way to a reader."""
    sender, witness = members[0], members[1]
    base, sent = witness.rows, 0
    before = sum(member.rows for member in members[1:])
    start = time.perf_counter()
    while time.perf_counter() - start < seconds:
        while sent - (witness.rows - base) < window:
            sender.send(message(channel))
            sent += 1
        witness.heard.clear()
        await asyncio.wait_for(witness.heard.wait(), 10)
    while any(member.rows - base < sent for member in members[1:]) and time.perf_counter() - start < seconds + 20:
        await asyncio.sleep(0.01)
    delivered = sum(member.rows for member in members[1:]) - before
    if delivered < sent * (len(members) - 1):
        print(f"  {sent * (len(members) - 1) - delivered} deliveries are missing")
    return delivered / (max(member.last for member in members) - start)
