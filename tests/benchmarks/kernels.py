"""Twenty kernels on one machine, a slider dragged in each: how soon they answer, and how many learners fit.

    python tests/benchmarks/kernels.py
    python tests/benchmarks/kernels.py --quick      (a minute, few kernels, writes nothing)

Prints Markdown tables and writes the same numbers to ``kernels.json`` beside this file.

Each kernel runs the explorer of lesson 05. One process is the hands of all learners: it speaks Jupyter's protocol to
the kernels over loopback and sends what the front end sends: 60 events a second, a message only after the kernel was
idle for the one before, and then the latest value. The answer to a move is the message with its frame, which must be
the frame of just that value. A move lags until its frame, or a later one, is there to be shown. The process does no
more than that (it reads no more of a message than it needs and checks no signature), and its share of a core stands in
the table; so does what other programs of the machine took, which should be next to nothing.

All is measured twice: with the answers alone, and with sweeps (see `helpers.sweeps`), when each hand grabs the slider
anew every three seconds, each at another moment, and confirms the slices as the view does. Each grab begins a new
sweep, as if another slider had been moved in between; nothing costs more. A position whose frame is there before the
hand is shown at once; while a hand moves on, such moves are sent once a second only.

A kernel is reached through a server, which takes its part of the machine too: a JupyterLab server is started besides,
and the memory it uses and the CPU time that it needs to pass on a move and its answer are measured.
"""

import argparse
import importlib.util
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import deque
from importlib.metadata import version
from pathlib import Path

import psutil
import websocket
import zmq
from jupyter_client.manager import KernelManager
from jupyter_client.session import Session
from jupyter_server.services.kernels.connection.base import deserialize_msg_from_ws_v1, serialize_msg_to_ws_v1

sys.path.insert(0, str(Path(__file__).parents[2]))

from helpers.style import short

ROOT = Path(__file__).parents[2]

EVENTS = 60             # of the hand, a second
GRAB = 3                # seconds that a hand stays on the slider
PATIENCE = 120          # seconds for a kernel to start, or to run a cell
SILENT = 10             # seconds without a word from a kernel that should answer
HELD_BACK = 1           # seconds for which the front end sends no move whose frame it has
TOO_LATE = 0.1          # seconds: a picture that lags more is seen to lag
DRAGGING = 0.1          # share of the learners of a course who drag a slider at the same moment
MACHINE = {"cores": 2, "memory_gib": 24, "free": 0.2}       # the machine for which learners are counted
PACKAGES = ("ipykernel", "ipywidgets", "anywidget", "jupyter_client", "jupyterlab", "matplotlib", "numpy")

CELL = """
from helpers.activations import softmax
from helpers.explorers.softmax import explore_softmax
explore_softmax(softmax)
"""
ENVIRONMENT = {
    **os.environ, "PYTHONPATH": str(ROOT), "JUPYTER_PREFER_ENV_PATH": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "0",
}


def move(comm: str, values: dict, by: list) -> dict:
    """Return the content of the message by which the front end sends the controls' values, and whose hand it was."""
    return {"comm_id": comm, "data": {"method": "update", "state": {"values": values, "by": by}, "buffer_paths": []}}


def opened(content: dict) -> tuple[str, dict] | None:
    """Return the comm and the state of the explorer if this is the content of the message that opens it."""
    state = content["data"].get("state", {})
    return (content["comm_id"], state) if "values" in state else None


def positions(state: dict) -> list[float]:
    """Return all positions that the slider z₀ has for a hand, from its lower end to the upper one."""
    slider = state["controls"][0]
    count = round((slider["high"] - slider["low"]) / slider["grid"])
    return [round(slider["low"] + i * slider["grid"], 10) for i in range(count + 1)]


def cpu_time(process: psutil.Process) -> float:
    """Return the seconds that a process has computed."""
    times = process.cpu_times()
    return times.user + times.system


def busy_time() -> float:
    """Return the seconds that all cores of the machine together have computed."""
    times = psutil.cpu_times()
    return sum(times[:4]) - times.idle + getattr(times, "irq", 0) + getattr(times, "softirq", 0)


def memory(process: psutil.Process) -> dict[str, float]:
    """Return what a process uses in MiB: alone (USS), and with what it shares with others (RSS)."""
    used = process.memory_full_info()
    return {"uss_mib": round(used.uss / 2**20, 1), "rss_mib": round(used.rss / 2**20, 1)}


class Learner:
    """A kernel and the hand that drags the slider z₀ to and fro in it."""

    def __init__(self) -> None:
        self.manager = KernelManager(kernel_name="python3")
        self.manager.start_kernel(cwd=str(ROOT / "notebooks"), env=ENVIRONMENT, stderr=subprocess.DEVNULL)
        self.process = psutil.Process(self.manager.provisioner.pid)
        self.client = self.manager.blocking_client()
        self.client.start_channels(stdin=False, hb=False)
        self.events = self.grabs = 0
        self.held: float | None = None                          # since when the slider is, if sweeps are wanted
        self.ahead: set[float] = set()                          # positions whose frames came with the sweep
        self.wanted: tuple[int, float] | None = None            # the move to be sent next: its number, and z₀
        self.flight: tuple[str, float, int, float] | None = None     # the message not done yet: its id, when, its move
        self.sent = 0.0                                         # when a move was last to be sent
        self.number = self.shown = 0                            # the last move, and the last that is on display
        self.waiting: deque[tuple[int, float]] = deque()        # the moves that are not, and when they were made
        self.forget()

    def forget(self) -> None:
        """Count anew."""
        self.answers: list[float] = []                          # how long each took
        self.frames: list[float] = []                           # when each was there to be shown
        self.lags: list[float] = []                             # how long each move had to wait for that
        self.slices = 0
        self.sweeps: list[float] = []                           # how long each took that was completed
        self.moves = self.at_once = self.ended = 0              # events, those shown at once, grabs that ended

    def run(self, code: str) -> list[dict]:
        """Run a cell and return all messages that it published."""
        messages = []
        reply = self.client.execute_interactive(code, timeout=PATIENCE, output_hook=messages.append)
        if reply["content"]["status"] != "ok":
            raise RuntimeError(reply["content"]["evalue"])
        return messages

    def open(self) -> None:
        """Run the explorer's cell, and look for its comm."""
        self.client.wait_for_ready(timeout=PATIENCE)
        contents = [message["content"] for message in self.run(CELL) if message["msg_type"] == "comm_open"]
        self.comm, state = next(filter(None, map(opened, contents)))
        self.values, self.positions = state["values"], positions(state)
        self.at, self.speed = self.values["z0"], 0.0            # where the hand is, and how fast it moves, a second
        self.socket = self.client.iopub_channel.socket

    def grab(self) -> None:
        """Let go of the slider, if it is held, and grab it anew."""
        self.ended += self.held is not None
        self.release()
        self.grabs += 1
        self._tell(hold="z0", by_keys=False)
        self.held = time.perf_counter()

    def release(self) -> None:
        if self.held is not None:
            self._tell(hold=None)
            self.held, self.ahead = None, set()

    def drag(self, sweeps: bool) -> None:
        """Move the slider by one position."""
        if sweeps and (self.held is None or self.events % (GRAB * EVENTS) == 0):
            self.grab()
        self.events += 1
        self.number += 1
        self.moves += 1
        last = len(self.positions) - 1
        place = self.positions[abs(last - self.events % (2 * last))]
        self.at, self.speed = place, (place - self.at) * EVENTS
        now = time.perf_counter()
        self.waiting.append((self.number, now))
        self.at_once += place in self.ahead
        self._pass(now)

    def hear(self) -> None:
        """Take in one message of the kernel."""
        _, (_, header, parent, _, content, *_) = self.client.session.feed_identities(self.socket.recv_multipart())
        now = time.perf_counter()
        kind, content = json.loads(header)["msg_type"], json.loads(content)
        if kind == "comm_msg" and content["data"]["method"] == "custom":
            self._take(content["data"]["content"], now)
        elif self.flight is None or json.loads(parent).get("msg_id") != self.flight[0]:
            return
        elif kind == "comm_msg" and "frame" in content["data"]["state"]:
            text = content["data"]["state"]["frame"]["text"]
            _, begun, number, z0 = self.flight
            if not text.startswith(f"softmax: z = [{short(z0)},"):
                raise AssertionError(f"z₀ = {z0} was answered by {text}")
            self.answers.append(now - begun)
            if number >= self.shown:
                self._show(number, now)
            if number < self.number:
                self._pass(now)
        elif kind == "status" and content["execution_state"] == "idle":
            self.flight = None
            if self.wanted is not None:
                self._send()

    def _pass(self, now: float) -> None:
        """Show the last move, if its frame is there, and send it on, if it is not or none was sent for long."""
        self._show_ahead(now)
        if self.shown == self.number and now - self.sent <= HELD_BACK:
            return
        self.wanted, self.sent = (self.number, self.at), now
        if self.flight is None:
            self._send()

    def _show_ahead(self, now: float) -> None:
        if self.shown < self.number and self.at in self.ahead:
            self._show(self.number, now)

    def _show(self, number: int, now: float) -> None:
        """A frame is there: no move up to its own waits any longer."""
        self.shown = number
        self.frames.append(now)
        while self.waiting and self.waiting[0][0] <= number:
            self.lags.append(now - self.waiting.popleft()[1])

    def _take(self, piece: dict, now: float) -> None:
        """Take in a slice of a sweep, and confirm it where it asks for that."""
        if self.held is None or piece["view"] != str(self.grabs):
            return
        if piece["confirm"]:
            self._tell(got=piece["slice"], at=self.at, speed=self.speed)
        self.slices += 1
        before = len(self.ahead)
        self.ahead.update(frame[0] for frame in piece["frames"])
        self._show_ahead(now)
        if before < len(self.positions) <= len(self.ahead):
            self.sweeps.append(now - self.held)

    def _send(self) -> None:
        number, z0 = self.wanted
        content = move(self.comm, {**self.values, "z0": z0}, [str(self.grabs), number, self.speed])
        begun = time.perf_counter()
        message = self.client.session.send(self.client.shell_channel.socket, "comm_msg", content)
        self.flight, self.wanted = (message["header"]["msg_id"], begun, number, z0), None

    def _tell(self, **content) -> None:
        data = {"method": "custom", "content": {**content, "view": str(self.grabs)}}
        self.client.session.send(self.client.shell_channel.socket, "comm_msg", {"comm_id": self.comm, "data": data})

    def close(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)
        self.manager.cleanup_resources()


def start(count: int) -> list[Learner]:
    """Start kernels side by side and run the explorer's cell in each."""
    learners = [Learner() for _ in range(count)]
    for learner in learners:
        learner.open()
    return learners


def drag(learners: list[Learner], seconds: float, sweeps: bool) -> dict:
    """Drag the slider in all these kernels at once, and return what that showed."""
    for i, learner in enumerate(learners):      # not all grab at the same moment
        learner.events = i * GRAB * EVENTS // len(learners)
    _drag(learners, GRAB if sweeps else 1, sweeps)
    for learner in learners:
        learner.forget()
    cpu = [cpu_time(learner.process) for learner in learners]
    busy, ours, begin = busy_time(), time.process_time(), time.perf_counter()
    end = _drag(learners, seconds, sweeps)
    wall, ours = time.perf_counter() - begin, time.process_time() - ours
    cpu = [cpu_time(learner.process) - before for learner, before in zip(learners, cpu, strict=True)]
    others = busy_time() - busy - sum(cpu) - ours
    for learner in learners:
        learner.release()
    answers, lags = ([took for learner in learners for took in getattr(learner, what)] for what in ("answers", "lags"))
    frames = sum(len(learner.frames) for learner in learners)
    each = [sum(now < end for now in learner.frames) / seconds for learner in learners]
    row = {
        "kernels": len(learners),
        "sweeps": sweeps,
        "answer_median_ms": round(statistics.median(answers) * 1e3, 1),
        "answer_95_ms": round(statistics.quantiles(answers, n=20)[-1] * 1e3, 1),
        "lag_95_ms": round(statistics.quantiles(lags, n=20)[-1] * 1e3, 1),
        "frames_per_second": round(statistics.mean(each), 1),
        "frames_per_second_least": round(min(each), 1),
        "messages_per_frame": round((len(answers) + sum(learner.slices for learner in learners)) / frames, 2),
        "cpu_ms_per_frame": round(sum(cpu) / frames * 1e3, 1),
        "kernels_cores": round(sum(cpu) / wall, 2),
        "clients_cores": round(ours / wall, 3),
        "others_cores": round(max(others, 0) / wall, 2),
    }
    if sweeps:
        grabs, took = sum(learner.ended for learner in learners), [t for learner in learners for t in learner.sweeps]
        row |= {
            "shown_at_once": round(sum(o.at_once for o in learners) / sum(o.moves for o in learners), 3),
            "sweeps_complete": round(min(len(took) / grabs, 1), 2),
            "sweep_median_s": round(statistics.median(took), 2) if took else None,
        }
    return row


def _drag(learners: list[Learner], seconds: float, sweeps: bool) -> float:
    """Drag until the time is over and all is answered; return when the time was over."""
    by_socket = {learner.socket: learner for learner in learners}
    poller = zmq.Poller()
    for socket in by_socket:
        poller.register(socket, zmq.POLLIN)
    begin = time.perf_counter()
    end = begin + seconds
    due = deque((begin + i / len(learners) / EVENTS, learner) for i, learner in enumerate(learners))
    while True:
        now = time.perf_counter()
        if now >= end and all(learner.flight is None for learner in learners):
            return end
        while now < end and due[0][0] <= now:
            when, learner = due.popleft()
            learner.drag(sweeps)
            due.append((when + 1 / EVENTS, learner))
        heard = poller.poll((max(due[0][0] - now, 0) if now < end else SILENT) * 1e3)
        if not heard and now >= end:
            raise TimeoutError("a kernel does not answer")
        for socket, _ in heard:
            by_socket[socket].hear()


def measure_grabs(learner: Learner, grabs: int) -> dict[str, float]:
    """Return what a whole sweep costs a kernel that has nothing else to do."""
    spent = []
    learner.forget()
    while len(spent) < grabs:
        _drag([learner], 3 / EVENTS, sweeps=False)
        before = cpu_time(learner.process)
        learner.grab()
        while len(learner.sweeps) == len(spent):
            if not learner.socket.poll(SILENT * 1e3):
                raise TimeoutError("a sweep does not end, although the kernel has nothing else to do")
            learner.hear()
        spent.append(cpu_time(learner.process) - before)
    learner.release()
    return {"cpu_seconds": round(statistics.median(spent), 2), "seconds": round(statistics.median(learner.sweeps), 2),
            "frames": len(learner.positions)}


def measure_tensorflow() -> dict[str, float] | None:
    """Return the memory of an explorer's kernel that has imported TensorFlow; None where that is not installed.

    Two such kernels run, so that what they share with each other is not counted as one's own.
    """
    if importlib.util.find_spec("tensorflow") is None:
        return None
    learners = start(2)
    try:
        for learner in learners:
            learner.run("import tensorflow")
        return memory(learners[0].process)
    finally:
        for learner in learners:
            learner.close()


def measure_server(moves: int) -> dict[str, float]:
    """Return what a JupyterLab server uses, and the CPU time in which it passes on a move and its answer."""
    with tempfile.TemporaryDirectory() as home:
        folders = {f"JUPYTER_{name}_DIR": str(Path(home) / name) for name in ("CONFIG", "DATA", "RUNTIME")}
        ready = Path(home) / "RUNTIME"
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", "--no-browser", "--port=0", "--allow-root",
             "--IdentityProvider.token=", "--ServerApp.disable_check_xsrf=True", f"--ServerApp.root_dir={home}"],
            env={**ENVIRONMENT, **folders}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            until = time.monotonic() + PATIENCE
            while not (found := list(ready.glob("jpserver-*.json"))) and time.monotonic() < until:
                time.sleep(0.1)
            url = json.loads(found[0].read_text())["url"]
            urllib.request.urlopen(f"{url}lab").close()
            request = urllib.request.Request(f"{url}api/kernels", data=b"{}", method="POST")
            with urllib.request.urlopen(request) as response:
                kernel = json.load(response)["id"]
            process = psutil.Process(server.pid)
            cpu = _ping(f"ws{url.removeprefix('http')}api/kernels/{kernel}/channels", process, moves)
            return {**memory(process), "cpu_ms_per_frame": round(cpu / moves * 1e3, 2)}
        finally:
            server.terminate()
            server.wait()


def _ping(url: str, server: psutil.Process, moves: int) -> float:
    """Open the explorer through the server's websocket, move its slider, and return the server's CPU time."""
    session, found = Session(), []
    link = websocket.create_connection(url, subprotocols=["v1.kernel.websocket.jupyter.org"], timeout=PATIENCE)

    def ask(kind: str, content: dict) -> None:
        message = session.msg(kind, content)
        link.send_binary(serialize_msg_to_ws_v1(message, "shell", session.pack))
        while True:
            _, (header, parent, _, content, *_) = deserialize_msg_from_ws_v1(link.recv())
            header, content = json.loads(header), json.loads(content)
            if header["msg_type"] == "comm_open" and opened(content):
                found.append(opened(content))
            if json.loads(parent).get("msg_id") == message["header"]["msg_id"] \
                    and header["msg_type"] == "status" and content["execution_state"] == "idle":
                return

    ask("execute_request", {"code": CELL, "silent": False, "store_history": False, "user_expressions": {},
                            "allow_stdin": False, "stop_on_error": True})
    (comm, state), = found
    places = positions(state)
    before = cpu_time(server)
    for i in range(moves):
        ask("comm_msg", move(comm, {**state["values"], "z0": places[i % len(places)]}, ["hand", i, 0.0]))
    spent = cpu_time(server) - before
    link.close()
    return spent


def dragging_at_most(rows: list[dict], cores: int) -> float | None:
    """Return how many kernels dragged at once follow in time on so many cores; None if all that were measured do.

    Between two rows of the table the 95th percentile is taken to grow evenly. It grows with the kernels to a core.
    """
    scale = cores / os.cpu_count()
    before = {"kernels": 0, "lag_95_ms": 0}
    for row in rows:
        if row["lag_95_ms"] > TOO_LATE * 1e3:
            part = (TOO_LATE * 1e3 - before["lag_95_ms"]) / (row["lag_95_ms"] - before["lag_95_ms"])
            return scale * (before["kernels"] + part * (row["kernels"] - before["kernels"]))
        before = row
    return None


def conclude(rows: list[dict], memory: dict[str, dict | None], server: dict) -> dict:
    """Return how many learners a machine serves, by its memory and by its cores.

    By memory each learner has a kernel and a server of his own, as on a hub. By cores, those who do not drag cost
    nothing, and the server takes its time for each message of a kernel besides.
    """
    usable = MACHINE["memory_gib"] * 1024 * (1 - MACHINE["free"])
    found = {"machine": MACHINE, "late_ms": TOO_LATE * 1e3, "share_who_drag": DRAGGING, "by_memory": {}, "by_cores": {}}
    for name, used in memory.items():
        if used is not None:
            found["by_memory"][name] = int(usable / (used["uss_mib"] + server["uss_mib"]))
    for name, sweeps in (("answers alone", False), ("with sweeps", True)):
        chosen = [row for row in rows if row["sweeps"] is sweeps]
        dragging = dragging_at_most(chosen, MACHINE["cores"])
        if dragging is None:
            found["by_cores"][name] = None
            continue
        cpu, messages = chosen[-1]["cpu_ms_per_frame"], chosen[-1]["messages_per_frame"]
        served = dragging * cpu / (cpu + messages * server["cpu_ms_per_frame"])
        found["by_cores"][name] = {
            "kernels_dragged": round(dragging, 1), "kernels_dragged_behind_servers": round(served, 1),
            "learners": int(served / DRAGGING)}
    return found


def table(rows: list[dict]) -> str:
    """Return the measured rows as a Markdown table."""
    lines = ["| kernels dragged | sweeps | answer, ms: median | 95 % | lag, ms: 95 % | frames/s per learner | least "
             "| shown at once | sweeps complete | after, s | messages per frame | kernel CPU per frame, ms "
             "| cores: kernels | clients | others |",
             "|--:|---|" + "--:|" * 13]
    for row in rows:
        swept = (f"{row['shown_at_once']:.0%} | {row['sweeps_complete']:.0%} | {row['sweep_median_s'] or ''}"
                 if row["sweeps"] else " | | ")
        lines.append(f"| {row['kernels']} | {'yes' if row['sweeps'] else 'no'} | {row['answer_median_ms']} "
                     f"| {row['answer_95_ms']} | {row['lag_95_ms']} | {row['frames_per_second']} "
                     f"| {row['frames_per_second_least']} | {swept} | {row['messages_per_frame']} "
                     f"| {row['cpu_ms_per_frame']} | {row['kernels_cores']} | {row['clients_cores']} "
                     f"| {row['others_cores']} |")
    return "\n".join(lines)


def summary(report: dict) -> str:
    """Return memory and conclusions as Markdown."""
    lines = ["| a process | USS, MiB | RSS, MiB |", "|---|--:|--:|"]
    for name, used in {**{f"kernel {n}": m for n, m in report["memory"].items()}, "server": report["server"]}.items():
        if used is not None:
            lines.append(f"| {name} | {used['uss_mib']} | {used['rss_mib']} |")
    grab, server, found = report["grab"], report["server"], report["conclusions"]
    machine = found["machine"]
    lines += ["", f"A sweep of {grab['frames']} frames costs {grab['cpu_seconds']} CPU seconds of a kernel and is "
              f"complete after {grab['seconds']} s. The server needs {server['cpu_ms_per_frame']} ms of CPU time to "
              "pass on a move and its answer.", "",
              f"Learners on a machine of {machine['cores']} cores and {machine['memory_gib']} GiB:", ""]
    for name, learners in found["by_memory"].items():
        lines.append(f"- by memory, {name}: {learners} (a kernel and a server each, {machine['free']:.0%} left free)")
    for name, cores in found["by_cores"].items():
        lines.append(f"- by cores, {name}: " + (
            f"{cores['kernels_dragged']} kernels dragged at once follow within {found['late_ms']:.0f} ms at the 95th "
            f"percentile, {cores['kernels_dragged_behind_servers']} with the servers' share; if {DRAGGING:.0%} of the "
            f"learners drag at the same moment: {cores['learners']}" if cores else
            f"all kernels measured follow within {found['late_ms']:.0f} ms at the 95th percentile"))
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="few kernels, a minute, nothing is written")
    quick = parser.parse_args().quick
    counts, seconds, pings, grabs = ([1, 4], 3, 100, 2) if quick else ([1, 5, 10, 20], 9, 400, 5)
    server = measure_server(pings)
    memories = {"with TensorFlow": measure_tensorflow()}
    learners = start(counts[-1])
    try:
        grab = measure_grabs(learners[0], grabs)
        rows = [drag(learners[:count], seconds, sweeps) for sweeps in (False, True) for count in counts]
        memories = {"without TensorFlow": memory(learners[0].process), **memories}
    finally:
        for learner in learners:
            learner.close()
    report = {
        "versions": {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}},
        "machine": platform.machine(), "cores": os.cpu_count(), "rows": rows, "grab": grab, "memory": memories,
        "server": server, "conclusions": conclude(rows, memories, server),
    }
    print(table(rows), summary(report), sep="\n\n")
    if not quick:
        Path(__file__).with_suffix(".json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
