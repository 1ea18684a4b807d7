"""The one address before all servers. It hands bytes on and can break a connection in the ways that networks do."""

import asyncio
import contextlib
import itertools
from collections.abc import Sequence

READ = 64 * 1024


class ProxiedConnection:
    """One connection through the proxy."""

    def __init__(self, client: asyncio.StreamWriter) -> None:
        self.client = client
        self.server: asyncio.StreamWriter | None = None
        self.is_socket = False
        self.up, self.down = asyncio.Event(), asyncio.Event()  # set while bytes flow to the server, and to the client
        self.up.set()
        self.down.set()

    def cut(self) -> None:
        """Reset both sides at once."""
        for side in (self.client, self.server):
            if side:
                side.transport.abort()

    async def die(self, seconds: float) -> None:
        """Forward nothing for a while, like a dead connection that nobody has noticed, then reset it."""
        self.up.clear()
        self.down.clear()
        await asyncio.sleep(seconds)
        self.cut()
        self.up.set()
        self.down.set()

    async def freeze(self, seconds: float) -> None:
        """Let the client read nothing for a while; what was sent waits in the server."""
        self.down.clear()
        await asyncio.sleep(seconds)
        self.down.set()


class Proxy:
    def __init__(self, ports: Sequence[int]) -> None:
        self.ports = ports
        self.connections: set[ProxiedConnection] = set()
        self._turn = itertools.count()
        self._server: asyncio.Server | None = None

    async def open(self, port: int) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port)

    async def close(self) -> None:
        assert self._server
        self._server.close()
        for connection in list(self.connections):
            connection.cut()

    @property
    def sockets(self) -> list[ProxiedConnection]:
        """The open WebSockets, which alone are worth breaking."""
        return [connection for connection in self.connections if connection.is_socket]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = ProxiedConnection(writer)
        self.connections.add(connection)
        try:
            far = await self._dial()
            if far is None:
                return
            from_server, connection.server = far
            first = await reader.read(READ)
            connection.is_socket = first.startswith(b"GET /ws/")
            connection.server.write(first)
            pumps = [
                asyncio.create_task(_pump(reader, connection.server, connection.up)),
                asyncio.create_task(_pump(from_server, writer, connection.down)),
            ]
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            for pump in pumps:
                pump.cancel()
        except OSError:
            pass
        finally:
            self.connections.discard(connection)
            connection.cut()

    async def _dial(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        """Reach the server whose turn it is, else any other."""
        turn = next(self._turn)
        for n in range(len(self.ports)):
            with contextlib.suppress(OSError):
                return await asyncio.open_connection("127.0.0.1", self.ports[(turn + n) % len(self.ports)])
        return None


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter, flows: asyncio.Event) -> None:
    with contextlib.suppress(OSError):
        while data := await source.read(READ):
            await flows.wait()
            sink.write(data)
            await sink.drain()
