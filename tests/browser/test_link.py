"""The link passes on what comes, late and in order; and can be cut."""

import contextlib
import socket
import socketserver
import threading
import time

import pytest

from tests.browser.link import Link

PATIENCE = 10    # seconds


class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        while chunk := self.request.recv(1 << 16):
            self.request.sendall(chunk)


@pytest.fixture
def echo():
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Echo) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def connect(link: Link) -> socket.socket:
    return socket.create_connection(("127.0.0.1", link.port), PATIENCE)


def receive(client: socket.socket, count: int) -> bytes:
    got = b""
    while len(got) < count and (chunk := client.recv(1 << 16)):
        got += chunk
    return got


def test_each_chunk_comes_late_in_order_and_is_counted(echo):
    with Link(echo, delay=0.05) as link, connect(link) as client:
        start = time.monotonic()
        for number in range(100):
            client.sendall(b"%02d" % number)
        assert receive(client, 200) == b"".join(b"%02d" % number for number in range(100))
        assert time.monotonic() - start >= 0.1      # the delay once in each direction
        assert (link.bytes_up, link.bytes_down) == (200, 200)


def test_many_chunks_are_under_way_at_once(echo):
    """20 MB are some hundred chunks: one after the other they would take over a minute."""
    much = bytes(20_000_000)
    with Link(echo, delay=0.2) as link, connect(link) as client:
        start = time.monotonic()
        threading.Thread(target=client.sendall, args=[much], daemon=True).start()
        assert receive(client, len(much)) == much
        assert time.monotonic() - start < PATIENCE


def test_the_end_of_one_direction_leaves_the_other_open(echo):
    with Link(echo, delay=0.01) as link, connect(link) as client:
        client.sendall(b"last words")
        client.shutdown(socket.SHUT_WR)
        assert receive(client, 100) == b"last words"


def test_a_cut_link_closes_and_refuses_and_a_restored_one_accepts(echo):
    with Link(echo) as link:
        with connect(link) as client:
            client.sendall(b"a")
            assert receive(client, 1) == b"a"
            link.cut()
            with contextlib.suppress(ConnectionResetError):      # which is an end as well
                assert client.recv(1) == b""
        with pytest.raises(ConnectionRefusedError):
            connect(link)
        link.restore()
        with connect(link) as client:
            client.sendall(b"b")
            assert receive(client, 1) == b"b"
    with pytest.raises(ConnectionRefusedError):
        connect(link)


def test_a_server_that_is_not_there_is_a_closed_connection():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with Link(port) as link, connect(link) as client:
        assert client.recv(1) == b""
