"""A link between a browser and a server on this machine that can be far, slow to answer, or cut."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Coroutine

CHUNK = 1 << 16     # bytes read at once


class Link:
    """A TCP proxy in front of a server on 127.0.0.1, in a thread of its own.

    Each chunk is passed on ``delay`` seconds after it came, in order, and any number may be under way at once: the
    link is far, not narrow. The handshake of a new connection is not delayed.

    Parameters
    ----------
    port : int
        Where the server listens.
    delay : float
        Seconds in each direction; may be changed at any time, for the chunks that come from then on.

    Attributes
    ----------
    port, url
        Where the link listens.
    bytes_down, bytes_up : int
        What came from the server, and from its clients, since the link was made.

    Examples
    --------
    >>> with Link(8888, delay=0.05) as link:    # doctest: +SKIP
    ...     page.goto(link.url)
    ...     link.cut()
    ...     link.restore()
    """

    def __init__(self, port: int, delay: float = 0.0) -> None:
        self.delay = delay
        self.bytes_down = self.bytes_up = 0
        self.port = 0      # any free one; restore() takes the same again
        self._server_port = port
        self._open: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="link", daemon=True)
        self._thread.start()
        self.restore()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cut(self) -> None:
        """Close all connections, drop what is under way, and refuse new ones until `restore`."""
        self._do(self._cut())

    def restore(self) -> None:
        """Accept connections, anew after `cut`."""
        self._do(self._listen())

    def close(self) -> None:
        """Cut, for good."""
        if self._thread.is_alive():
            self._do(self._cut())
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()

    def __enter__(self) -> "Link":
        return self

    def __exit__(self, *error) -> None:
        self.close()

    def _do(self, action: Coroutine) -> None:
        asyncio.run_coroutine_threadsafe(action, self._loop).result()

    async def _listen(self) -> None:
        self._listening = await asyncio.start_server(self._connect, "127.0.0.1", self.port)
        self.port = self._listening.sockets[0].getsockname()[1]

    async def _cut(self) -> None:
        self._listening.close()
        for writer in self._open:
            writer.transport.abort()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _connect(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        self._open.add(to_client)
        to_server = None
        # A server that is not there, an end that hangs up or a link that is cut: either end sees a closed connection.
        with contextlib.suppress(OSError, asyncio.CancelledError):
            server, to_server = await asyncio.open_connection("127.0.0.1", self._server_port)
            self._open.add(to_server)
            await asyncio.gather(self._carry(client, to_server, "bytes_up"),
                                 self._carry(server, to_client, "bytes_down"))
        for writer in filter(None, (to_client, to_server)):
            self._open.discard(writer)
            writer.close()

    async def _carry(self, source: asyncio.StreamReader, to: asyncio.StreamWriter, count: str) -> None:
        """Pass on all that comes from one end to the other, when it is due; at last the end itself."""
        to.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        passing_on = asyncio.create_task(self._pass_on(under_way, to))
        try:
            chunk = None
            while chunk != b"":
                chunk = await source.read(CHUNK)
                setattr(self, count, getattr(self, count) + len(chunk))
                under_way.put_nowait((self._loop.time() + self.delay, chunk))
            await passing_on
        finally:
            passing_on.cancel()

    async def _pass_on(self, under_way: asyncio.Queue, to: asyncio.StreamWriter) -> None:
        while True:
            due, chunk = await under_way.get()
            if (early := due - self._loop.time()) > 0:
                await asyncio.sleep(early)
            if not chunk:
                to.write_eof()
                return
            to.write(chunk)
            await to.drain()
