"""The box itself: what it keeps in, what it keeps out, and the refusal where there is none."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from coursework.grading import box
from coursework.grading.box import Box, Died, Isolation, Limits, choose, container_command
from coursework.grading.files import Refused
from tests.coursework.where import CI, ISOLATION, ROOT, SKIPPED

boxed = pytest.mark.skipif(not ISOLATION, reason=SKIPPED)
LOOK = """
import json, os, socket
facts = {"user": os.getuid(), "cwd": os.getcwd(), "course": sorted(os.listdir("/course"))}
facts["processes"] = len([p for p in os.listdir("/proc") if p.isdigit()]) if os.path.isdir("/proc") else 0
for name, path in PLACES.items():
    try:
        open(path, "a").close()
        facts[name] = "written"
    except OSError:
        facts[name] = "readable" if os.access(path, os.R_OK) else "closed"
try:
    socket.create_connection(("127.0.0.1", PORT), 1)
    facts["network"] = "open"
except OSError:
    facts["network"] = "closed"
facts["rights"] = [l.split()[1] for l in open("/proc/self/status") if l.startswith("CapEff")]
print(json.dumps(facts))
"""


@pytest.mark.skipif(not CI or sys.platform != "linux", reason="only .ci/run installs what is missing")
def test_ci_has_bubblewrap_even_where_it_is_not_allowed_to_work() -> None:
    assert shutil.which("bwrap")


@boxed
def test_bubblewrap_is_taken_by_itself() -> None:
    assert choose() == ISOLATION


@boxed
def test_a_hand_in_sees_nothing_but_python_and_helpers(tmp_path: Path) -> None:
    import json
    import socket

    mine = tmp_path / "mine.txt"
    mine.write_text("mine")
    tmp_path.chmod(0o777)
    mine.chmod(0o666)
    with socket.create_server(("127.0.0.1", 0)) as server, Box(ISOLATION, Limits(), ["numpy"]) as running:
        places = {"mine": str(mine), "helpers": "/course/helpers/__init__.py", "driver": "/course/driver.py",
                  "source": str(ROOT / "coursework" / "source"), "passwords": "/etc/passwd", "own": "/tmp/own.txt",
                  "root": "/new", "devices": "/dev/new"}
        code = f"PLACES, PORT = {places!r}, {server.getsockname()[1]}\n{LOOK}"
        facts = json.loads(running.ask("cell", code)["text"])
    assert facts == {
        "user": facts["user"], "cwd": "/tmp/work", "course": ["driver.py", "helpers"], "processes": facts["processes"],
        "mine": "closed", "helpers": "readable", "driver": "readable", "source": "closed", "passwords": "closed",
        "own": "written", "root": "closed", "devices": "closed", "network": "closed", "rights": ["0" * 16]}
    assert facts["user"] != 0
    assert facts["processes"] <= 3
    assert mine.read_text() == "mine"


@boxed
@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="this user is not root: all other tests show it")
def test_it_works_without_root_too() -> None:
    code = ("import sys; sys.path.insert(0, sys.argv[1])\nfrom coursework.grading.box import *\n"
            "with Box(choose('bubblewrap'), Limits(), ['numpy']) as b:\n"
            "    print(b.ask('cell', 'import os\\nprint(os.getuid(), 6 * 7)')['text'])")
    # Root's own folder, in which Python may lie, is closed to others: a copy of the system in which it is open.
    seen = ["--dev-bind", "/", "/", "--proc", "/proc", "--perms", "0755", "--tmpfs", "/root"]
    for folder in (sys.base_prefix, sys.prefix, str(ROOT)):
        if folder.startswith("/root/"):
            for parent in list(reversed(Path(folder).parents))[2:]:
                seen += ["--perms", "0755", "--dir", str(parent)]
            seen += ["--ro-bind", folder, folder]
    done = subprocess.run(["bwrap", *seen, "setpriv", "--reuid", "4711", "--regid", "4711", "--clear-groups",
                           sys.executable, "-c", code, str(ROOT)], capture_output=True, text=True, cwd="/",
                          env={**os.environ, "HOME": "/tmp"})
    if "No permissions to create" in done.stderr or "Operation not permitted" in done.stderr:
        pytest.skip("THE BOX WITHOUT ROOT IS NOT RUN: this system lets no user make namespaces")
    assert done.stdout.split() == ["4711", "42"], done.stderr[-1500:]


@boxed
@pytest.mark.parametrize(("code", "most"), [
    ("import os\nn = 0\ntry:\n    while n < 200:\n        if os.fork() == 0:\n            import time\n"
     "            time.sleep(60)\n        n += 1\nexcept OSError: pass\nprint(n)", 64),
    ("n = 0\nkept = []\ntry:\n    while n < 40:\n        kept.append(bytearray(10**8))\n        n += 1\n"
     "except MemoryError: pass\nkept = None\nprint(n)", 10),
    ("n = 0\ntry:\n    with open('/tmp/big', 'wb') as f:\n        while n < 300:\n            f.write(bytes(10**6))\n"
     "            n += 1\nexcept OSError: pass\nprint(n)", 100)])
def test_processes_memory_and_files_are_bounded(code: str, most: int) -> None:
    with Box(ISOLATION, Limits(memory=1000 * box.MB), ["numpy"]) as running:
        reply = running.ask("cell", code)
        assert 0 < int(reply["text"]) <= most


def test_memory_of_all_processes_together_is_bounded() -> None:
    grow = ("import os, time\nfor _ in range(8):\n    if os.fork() == 0:\n"
            "        kept = bytearray(b'x' * 150_000_000)\n        time.sleep(60)\ntime.sleep(60)")
    with (Box(ISOLATION or Isolation("none"), Limits(seconds=20, memory=500 * box.MB), ["numpy"]) as running,
          pytest.raises(Died, match="more memory")):
        running.ask("cell", grow)


def test_no_process_is_left_behind() -> None:
    with Box(ISOLATION or Isolation("none"), Limits(), []) as running:
        running.ask("cell", "import subprocess\nsubprocess.Popen(['sleep', '98765'])")
    left = subprocess.run(["pgrep", "-f", "sleep 98765"], capture_output=True, text=True).stdout
    assert left == ""


def test_without_anything_it_refuses_and_names_remedies(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Refused) as refusal:
        choose()
    for word in ("apt install bubblewrap", "podman build", "--no-isolation", "bubblewrap is not installed"):
        assert word in str(refusal.value)
    assert choose("none").kind == "none"


def test_a_bubblewrap_that_does_not_work_is_not_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake = tmp_path / "bwrap"
    fake.write_text("#!/bin/sh\necho 'setting up uid map: Permission denied' >&2\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    with pytest.raises(Refused, match="uid map: Permission denied"):
        choose("bubblewrap")


def test_the_container_has_neither_network_nor_rights(tmp_path: Path) -> None:
    podman = Isolation("container", "podman")
    command = " ".join(container_command(podman, Limits(), [tmp_path / "data.csv"], "name"))
    for word in ("--network none", "--read-only", "--cap-drop ALL", "no-new-privileges", "--pids-limit 64",
                 "--memory 3000000000", "helpers:ro", "data.csv:ro", "--user 60000"):
        assert word in command
    assert "source" not in command.replace(str(ROOT), "")


def test_the_containers_file_has_what_the_command_needs() -> None:
    text = (ROOT / "coursework" / "Containerfile").read_text()
    assert "requirements.txt" in text
    assert "require-hashes" in text
