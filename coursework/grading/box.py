"""The box in which a hand-in runs: what holds it, how it is asked, and what becomes of one that does not answer.

Three kinds: bubblewrap (Linux, with and without root), a container (podman or docker), and none, which a teacher has
to ask for. All three speak with `driver.py` through two pipes, so that nothing else connects box and tool.
"""

import contextlib
import json
import os
import queue
import secrets
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from coursework.grading.files import MB, Refused

COURSE = Path(__file__).resolve().parents[2]
DRIVER = Path(__file__).with_name("driver.py")
IMAGE = "net-input-to-softmax-grading"
KINDS = ("bubblewrap", "container", "none")
NOBODY = 60_000       # users from here on own nothing; each box has one of its own, so that processes count separately
GRACE = 3.0           # seconds that a box gets to answer after its cell was interrupted
START = 60.0          # seconds to start: a cold disk is slow
LINE = 200_000        # characters of a reply; ours have a tenth of that

REMEDY = """No isolation: hand-ins are programs, and nothing here can lock them in. Do one of these:
  install bubblewrap        sudo apt install bubblewrap        (Linux; Fedora: sudo dnf install bubblewrap)
  or make the image         podman build -t {image} -f coursework/Containerfile .        (or docker; any system)
  or say --no-isolation     hand-ins can then read, change and send whatever you can: only on a machine you can lose
{found}"""


class Died(Exception):
    """The box gave no answer; the message says what became of it."""


@dataclass(frozen=True)
class Limits:
    """What a hand-in may use.

    Attributes
    ----------
    seconds : float
        For a cell.
    total : float
        For a hand-in, in seconds.
    memory, file, disk : int
        Bytes: of a process and of all of them together; of a file; of the temporary folder.
    processes : int
        Processes and threads.
    """

    seconds: float = 60.0     # part 7 of A3 trains four times, for ten seconds each
    total: float = 300.0
    memory: int = 3000 * MB
    file: int = 100 * MB
    disk: int = 200 * MB
    processes: int = 64


@dataclass
class Isolation:
    """How a box is made.

    Attributes
    ----------
    kind : str
        One of `KINDS`.
    program : str
        bwrap, podman or docker.
    options : frozenset of str
        What this bwrap can do.
    """

    kind: str
    program: str = ""
    options: frozenset[str] = field(default_factory=frozenset)


def choose(wanted: str = "auto") -> Isolation:
    """Find out what can isolate here, and try it.

    Raises
    ------
    Refused
        If nothing can; the message names the remedies.
    """
    if wanted == "none":
        return Isolation("none")
    found = []
    if wanted in ("auto", "bubblewrap"):
        isolation, why = bubblewrap()
        if isolation:
            return isolation
        found.append(why)
    if wanted in ("auto", "container"):
        isolation, why = container()
        if isolation:
            return isolation
        found.append(why)
    raise Refused(REMEDY.format(image=IMAGE, found="Tried: " + "; ".join(found) + "."))


def bubblewrap() -> tuple[Isolation | None, str]:
    """Return bubblewrap if it works here, or None and why not."""
    program = shutil.which("bwrap")
    if not program:
        return None, "bubblewrap is not installed"
    said = ""
    for options in (frozenset({"size", "proc"}), frozenset({"proc"}), frozenset({"size"}), frozenset()):
        isolation = Isolation("bubblewrap", program, options)
        command = [*bwrap_command(isolation, Limits(), [], "/"), sys.executable, "-I", "-c", "print(1)"]
        try:
            tried = subprocess.run(command, env=environment("/tmp"), capture_output=True, text=True, timeout=30)
        except (OSError, subprocess.TimeoutExpired) as error:
            said = str(error)
            continue
        if tried.returncode == 0 and tried.stdout.strip() == "1":
            return isolation, ""
        said = said or (tried.stderr.strip().splitlines() or ["no reason given"])[-1]
    return None, f"bubblewrap does not work here ({said})"


def container() -> tuple[Isolation | None, str]:
    """Return podman or docker if it has our image, or None and why not."""
    why = "neither podman nor docker is installed"
    for program in filter(None, map(shutil.which, ("podman", "docker"))):
        try:
            asked = subprocess.run([program, "image", "inspect", IMAGE], capture_output=True, text=True, timeout=60)
        except (OSError, subprocess.TimeoutExpired) as error:
            why = f"{program} does not answer ({error})"
            continue
        if asked.returncode == 0:
            return Isolation("container", program), ""
        why = f"{Path(program).name} has no image {IMAGE}, or does not run"
    return None, why


def bwrap_command(isolation: Isolation, limits: Limits, binds: list[tuple[Path, str]], start: str) -> list[str]:
    """Return bubblewrap's command line up to the program.

    The root is empty but for the system's programs and this Python, all read-only; what is written goes to a temporary
    folder of the box. Nobody's home folder is in it, no other hand-in, no source of an assignment.
    """
    command = [isolation.program, "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts",
               "--unshare-cgroup-try", "--hostname", "grading", "--die-with-parent", "--new-session"]
    if os.geteuid() == 0:  # to become somebody with less rights, and nothing else
        command += ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        command += ["--unshare-user", "--disable-userns"] if "userns" in isolation.options else ["--unshare-user"]
    shown: dict[str, str] = {}
    for folder in ("/usr", "/lib", "/lib64", "/lib32", "/bin", "/sbin", "/opt", "/nix/store", "/etc/alternatives",
                   "/etc/fonts", "/etc/ld.so.cache", "/etc/localtime", "/etc/ld.so.conf", "/etc/ld.so.conf.d"):
        if os.path.islink(folder) and folder.count("/") == 1:
            command += ["--symlink", os.readlink(folder), folder]
        elif os.path.exists(folder):
            shown[folder] = folder
    pythons = {sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix, *sysconfig.get_paths().values(),
               os.path.realpath(sys.executable).rsplit("/bin/", 1)[0],
               *(folder for folder in sys.path if folder.endswith(("site-packages", "dist-packages")))}
    for folder in sorted(filter(os.path.isdir, pythons)):
        if not any(folder == there or folder.startswith(there + "/") for there in shown):
            shown[folder] = folder
    temporary = ["--perms", "1777"] + (["--size", str(limits.disk)] if "size" in isolation.options else [])
    command += ["--dev", "/dev", *temporary, "--tmpfs", "/dev/shm", "--remount-ro", "/dev", *temporary,
                "--tmpfs", "/tmp", "--perms", "1777", "--dir", "/tmp/work", "--perms", "1777", "--dir",
                "/tmp/matplotlib"]
    if "proc" in isolation.options:
        command += ["--proc", "/proc"]
    made = {"/tmp", "/tmp/work", "/tmp/matplotlib"}
    for source, target in [*shown.items(), *((str(s), t) for s, t in binds)]:
        for parent in reversed(Path(target).parents):  # else only root may look into them
            if str(parent) not in made and parent != Path("/") and not any(
                    str(parent) == there or str(parent).startswith(there + "/") for there in shown):
                command += ["--perms", "0755", "--dir", str(parent)]
                made.add(str(parent))
        command += ["--ro-bind", source, target]
    return [*command, "--remount-ro", "/", "--chdir", start]


def font_lists() -> list[Path]:
    """Return matplotlib's list of fonts, if there is one: to make it anew takes each hand-in a second or two."""
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return sorted(Path(os.environ.get("MPLCONFIGDIR") or caches / "matplotlib").glob("fontlist-*.json"))


def environment(home: str) -> dict[str, str]:
    """Return the environment variables of a box: nothing of the teacher's."""
    kept = {name: os.environ[name] for name in ("SYSTEMROOT", "COMSPEC") if name in os.environ}  # Windows needs them
    return kept | {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/bin"]), "HOME": home, "TMPDIR": home,
        "LANG": "C.UTF-8", "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1",
        "PYTHONNOUSERSITE": "1", "MPLBACKEND": "agg", "MPLCONFIGDIR": f"{home}/matplotlib",
        "IPYTHONDIR": f"{home}/ipython", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "0",
    }


class Box:
    """One running driver.

    Parameters
    ----------
    isolation : Isolation
        What holds it.
    limits : Limits
        What it may use.
    modules, attributes : list of str
        What is imported before the first cell, and what is looked up in it.
    files : sequence of Path
        Data that lies in the folder in which the cells run.
    number : int
        Tells boxes that run at the same time apart.
    """

    def __init__(self, isolation: Isolation, limits: Limits, modules: list[str], attributes: list[str] | None = None,
                 files: Any = (), number: int = 0) -> None:
        self.limits, self.lines = limits, queue.Queue()
        self.name = f"grading-{os.getpid()}-{number}-{secrets.token_hex(4)}"
        self.isolation = isolation
        self.folder: tempfile.TemporaryDirectory | None = None
        settings: dict[str, Any] = {"modules": modules, "attributes": attributes or [], "memory": limits.memory,
                                    "file": limits.file, "processes": limits.processes}
        self.start(settings, list(files), number)
        threading.Thread(target=self.read, daemon=True).start()
        try:
            ready = self.wait(START, watch=False)
        except Died as error:
            said = self.said()
            self.close()
            raise Refused(f"The box does not start ({error}). It says: {said or 'nothing'}") from None
        if ready.get("missing"):
            self.close()
            raise Refused(f"The checks import what is not installed: {'; '.join(ready['missing'])}.")

    def start(self, settings: dict, files: list[Path], number: int) -> None:
        """Start the driver as the isolation has it."""
        kind = self.isolation.kind
        if kind == "bubblewrap":
            binds = [(COURSE / "helpers", "/course/helpers"), (DRIVER, "/course/driver.py"),
                     *((f, f"/tmp/work/{f.name}") for f in files)]
            binds += [(f, f"/tmp/matplotlib/{f.name}") for f in font_lists()]
            settings |= {"path": ["/course"], "user": NOBODY + number if os.geteuid() == 0 else None}
            if os.geteuid() != 0:  # systems before Linux 5.14 count what else its user runs
                settings["processes"] += threads_of_mine()
            command = [*bwrap_command(self.isolation, self.limits, binds, "/tmp/work"), sys.executable,
                       "/course/driver.py", json.dumps(settings)]
            self.run(command, environment("/tmp"), None)
        elif kind == "container":
            settings |= {"path": ["/course"], "processes": None}
            command = container_command(self.isolation, self.limits, files, self.name)
            self.run([*command, "python", "/course/driver.py", json.dumps(settings)], dict(os.environ), None)
        else:
            self.folder = tempfile.TemporaryDirectory(prefix="grading-", ignore_cleanup_errors=True)
            for file in files:
                shutil.copy(file, self.folder.name)
            settings |= {"path": [str(COURSE)], "user": None}
            settings["processes"] += threads_of_mine()
            self.run([sys.executable, str(DRIVER), json.dumps(settings)], environment(self.folder.name),
                     self.folder.name)

    def run(self, command: list[str], variables: dict[str, str], folder: str | None) -> None:
        self.errors = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the box
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors,
                                        env=variables, cwd=folder, start_new_session=os.name != "nt")

    def read(self) -> None:
        """Collect the replies; runs in a thread of its own, because not every system can wait for a pipe."""
        try:
            while line := self.process.stdout.readline(LINE):
                self.lines.put(line)
        except (OSError, ValueError):
            pass
        self.lines.put(b"")

    def said(self) -> str:
        """Return the end of what came out on the driver's stderr before it was closed."""
        self.errors.seek(0)
        return self.errors.read(20_000).decode(errors="replace").strip()[-800:]

    def ask(self, kind: str, code: str, names: list[str] | None = None, seconds: float | None = None) -> dict:
        """Have the driver do something and return its reply.

        Raises
        ------
        Died
            If it does not answer in time, ends, takes too much memory or answers what it cannot have been asked. It is
            closed then.
        """
        seconds = self.limits.seconds if seconds is None else seconds
        token = secrets.token_hex(16)
        command = {"kind": kind, "code": code, "names": names or [], "seconds": seconds, "token": token}
        try:
            self.process.stdin.write((json.dumps(command) + "\n").encode("ascii"))
            self.process.stdin.flush()
            reply = self.wait(seconds + GRACE)
        except (OSError, ValueError):
            self.close()
            raise Died("its process has ended") from None
        except Died:
            self.close()
            raise
        if reply.get("token") != token:
            self.close()
            raise Died("it sent an answer of its own making")
        return reply

    def wait(self, seconds: float, watch: bool = True) -> dict:
        """Return the next reply."""
        until, look = time.monotonic() + seconds, time.monotonic() + 0.4
        while True:
            try:
                line = self.lines.get(timeout=min(0.2, max(until - time.monotonic(), 0.01)))
                break
            except queue.Empty:
                if time.monotonic() > until:
                    raise Died("it ran on after its time and could not be interrupted") from None
                if watch and time.monotonic() > look:
                    look = time.monotonic() + 0.2
                    if memory_of(self.process.pid) > 1.25 * self.limits.memory:
                        raise Died("it took more memory than it may") from None
        if not line:
            raise Died("its process has ended")
        try:
            reply = json.loads(line)
        except (ValueError, RecursionError):
            reply = None
        if not isinstance(reply, dict):
            raise Died("it sent an answer of its own making")
        return reply

    def close(self) -> None:
        """End the box and everything in it."""
        process = self.process
        if self.isolation.kind == "container":
            subprocess.run([self.isolation.program, "kill", self.name], capture_output=True, check=False)
        below = descendants(process.pid) if self.isolation.kind == "none" else []
        process.kill()
        if self.isolation.kind == "none" and os.name != "nt":
            with_no_error(lambda: os.killpg(process.pid, signal.SIGKILL))
        for child in below:
            with_no_error(child.kill)
        process.wait()
        for pipe in (process.stdin, process.stdout):
            with_no_error(pipe.close)
        self.errors.close()
        if self.folder:
            self.folder.cleanup()

    def __enter__(self) -> "Box":
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


def container_command(isolation: Isolation, limits: Limits, files: list[Path], name: str) -> list[str]:
    """Return the command line of podman or docker up to the program."""
    command = [isolation.program, "run", "--rm", "--interactive", "--name", name, "--network", "none", "--read-only",
               "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--user", "60000:60000",
               "--memory", str(limits.memory), "--memory-swap", str(limits.memory), "--pids-limit",
               str(limits.processes), "--tmpfs", f"/tmp:rw,mode=1777,size={limits.disk}", "--workdir", "/tmp",
               "--volume", f"{COURSE / 'helpers'}:/course/helpers:ro", "--volume", f"{DRIVER}:/course/driver.py:ro"]
    for file in files:
        command += ["--volume", f"{file}:/tmp/{file.name}:ro"]
    for variable, value in environment("/tmp").items():
        if variable != "PATH":  # the image has its own Python
            command += ["--env", f"{variable}={value}"]
    return [*command, IMAGE]


def with_no_error(function: Callable[[], Any]) -> None:
    with contextlib.suppress(OSError, ValueError, psutil.Error):
        function()


def descendants(pid: int) -> list[psutil.Process]:
    """Return the processes below one."""
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.Error:
        return []


def memory_of(pid: int) -> int:
    """Return the bytes that a process and those below it hold in memory."""
    total = 0
    for process in descendants(pid):
        try:  # what forked processes share counts once, where the system can tell
            total += getattr(process.memory_full_info(), "pss", 0) or process.memory_info().rss
        except (psutil.Error, OSError):
            continue
    return total


def threads_of_mine() -> int:
    """Return how many threads run in the name of this user."""
    total, me = 0, os.getuid() if hasattr(os, "getuid") else None
    for process in psutil.process_iter(["uids", "num_threads"]):
        if me is None or (process.info["uids"] and process.info["uids"].real == me):
            total += process.info["num_threads"] or 0
    return total
