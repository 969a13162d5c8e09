"""A picture in a real kernel, moved by the messages that a front end sends: no browser."""

import json
from pathlib import Path

import pytest
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import start_new_kernel

from helpers.explorers.softmax import explore_softmax

ROOT = Path(__file__).parents[2]
PATIENCE = 60      # seconds for any one message
CELL = """
from helpers.explorers.softmax import explore_softmax
picture = explore_softmax()
picture
"""


class Client:
    """A front end that has the picture open: it moves sliders, and keeps the last frame that it was sent."""

    def __init__(self, client) -> None:
        self.client = client
        self.frame = None
        self.values = None
        self.opened = []      # comms with a picture

    def send(self, kind: str, content: dict) -> str:
        message = self.client.session.msg(kind, content)
        self.client.shell_channel.send(message)
        return message["header"]["msg_id"]

    def move(self, comm: str, **values: float) -> str:
        """Send what a front end sends when sliders have moved; return the message's id."""
        state = {"values": {**self.values, **values}}
        return self.send("comm_msg", {
            "comm_id": comm, "data": {"method": "update", "state": state, "buffer_paths": []}})

    def hear(self, message_id: str) -> int:
        """Take in what the kernel publishes until it is done with a message; return how many frames came."""
        frames = 0
        while True:
            message = self.client.get_iopub_msg(timeout=PATIENCE)
            kind, content = message["msg_type"], message["content"]
            assert kind != "error", content
            assert kind != "stream", content
            if kind in ("comm_open", "comm_msg") and "state" in content["data"]:
                frames += self._take(kind, content, message["buffers"])
            elif kind == "status" and content["execution_state"] == "idle" \
                    and message["parent_header"]["msg_id"] == message_id:
                return frames

    def _take(self, kind: str, content: dict, buffers: list) -> bool:
        state = content["data"]["state"]
        if "values" in state:
            self.values = state["values"]
            if kind == "comm_open":
                self.opened.append(content["comm_id"])
        if "of" in state:     # what another client has moved is told here alone
            self.values = state["of"].get("values", self.values)
        if "frame" not in state:
            return False
        paths = [tuple(path) for path in content["data"]["buffer_paths"]]
        self.frame = {**state["frame"], **{
            path[-1]: bytes(buffer) for path, buffer in zip(paths, buffers, strict=True) if path[0] == "frame"}}
        return True


@pytest.fixture(scope="module")
def kernel():
    manager, client = start_new_kernel(cwd=str(ROOT), extra_arguments=["--log-level=ERROR"])
    yield manager, client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


@pytest.fixture
def picture(kernel):
    """A client that has run the cell, and the picture's comm."""
    client = Client(kernel[1])
    client.hear(client.send("execute_request", {
        "code": CELL, "silent": False, "store_history": False, "user_expressions": {}, "allow_stdin": False}))
    comm, = client.opened
    return client, comm


def expected(**values: float) -> dict:
    """The frame of the same picture in this process, as it is once it has been sent."""
    here = explore_softmax()
    here.move(**values)
    return json.loads(json.dumps({k: v for k, v in here.frame.items() if not isinstance(v, bytes)})) | {
        k: v for k, v in here.frame.items() if isinstance(v, bytes)}


def test_a_move_is_answered_with_its_frame(picture):
    client, comm = picture
    before = client.frame
    assert client.hear(client.move(comm, z0=-3.25)) == 1
    assert client.frame["text"].startswith("softmax: z = [-3.25, 0.76, 1.65]")
    assert client.frame == expected(z0=-3.25)
    assert client.frame["points"] != before["points"]


def test_a_burst_ends_with_the_frame_of_the_last_move(picture):
    client, comm = picture
    sent = [client.move(comm, z1=round(i / 10 - 2.5, 1)) for i in range(50)]
    assert client.hear(sent[-1]) >= 1
    assert client.frame == expected(z1=2.4)
    assert client.values["z1"] == 2.4


def test_two_clients_see_the_same(kernel, picture):
    first, comm = picture
    again = BlockingKernelClient(connection_file=kernel[0].connection_file)
    again.load_connection_file()
    again.start_channels()
    try:
        again.wait_for_ready(timeout=PATIENCE)
        second = Client(again)
        second.values = first.values
        for mover, values in ((first, {"z0": 2.5}), (second, {"z2": -4.0}), (first, {"T": 2.0})):
            move = mover.move(comm, **values)
            assert first.hear(move) == second.hear(move) == 1
            assert first.frame == second.frame
            assert first.values == second.values
        assert first.frame == expected(z0=2.5, z2=-4.0, T=2.0)
    finally:
        again.stop_channels()
