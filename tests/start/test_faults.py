"""Whatever goes wrong, start.py says in one line what to do."""

import ast
import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = (ROOT / "start.py").read_text(encoding="ascii")
TOO_OLD = "the course works with 3.11, 3.12 and 3.13."


@pytest.fixture
def start(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT))
    import start

    return start


def old_pythons() -> list[str]:
    """Pythons of this machine that are too old, if it has some."""
    found = [shutil.which(f"python{version}") for version in ("2.7", "3.6", "3.8", "3.10")]
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found += [str(path) for version in ("2.7", "3.6", "3.10") for path in sorted(pyenv.glob(f"{version}.*/bin/python"))]
    return [path for path in found if path and "shims" not in path]


def test_old_pythons_can_read_it():
    for python in old_pythons():
        done = subprocess.run([python, ROOT / "start.py"], capture_output=True, text=True)
        assert done.returncode == 1
        assert TOO_OLD in done.stderr
        assert len(done.stderr.splitlines()) == 1


def test_its_syntax_is_old_enough():
    """The same where no old Python is: none of the syntax that Python 2.7 cannot read."""
    new = ast.JoinedStr | ast.NamedExpr | ast.AnnAssign | ast.Nonlocal | ast.YieldFrom | ast.Await | ast.Match
    for node in ast.walk(ast.parse(SOURCE)):
        assert not isinstance(node, new), node.lineno
        if isinstance(node, ast.FunctionDef):
            arguments = node.args
            assert not (arguments.kwonlyargs or arguments.posonlyargs or node.returns), node.name
            assert not any(argument.annotation for argument in arguments.args), node.name
        if isinstance(node, ast.Raise):
            assert node.cause is None
        if isinstance(node, ast.Call):
            # print takes the arguments of a function only in Python 3, and 2.7 allows no argument after *arguments.
            assert not (isinstance(node.func, ast.Name) and node.func.id == "print")
            assert not any(isinstance(argument, ast.Starred) for argument in node.args[:-1])
        if isinstance(node, ast.List | ast.Tuple):
            assert not any(isinstance(item, ast.Starred) for item in node.elts)


@pytest.mark.parametrize("version", [(3, 10), (3, 14)])
def test_python_outside_the_lock(course, version):
    line = course.fails(fault=f"sys.version_info = {(*version, 0, 'final', 0)}")
    assert f"this is Python {version[0]}.{version[1]}; {TOO_OLD}" in line
    assert "start.py" in line.split("run")[1]
    assert not course.venv.exists()


def test_where_to_get_another_python(start, monkeypatch):
    def nothing(*_, **__):
        raise FileNotFoundError

    monkeypatch.setattr(start.subprocess, "Popen", nothing)
    assert "https://www.python.org/downloads/ and run  python3.13 start.py" in start.other_python()
    monkeypatch.setattr(start.os, "name", "nt")
    assert "run  py -3.13 start.py" in start.other_python()


@pytest.mark.parametrize(
    "fault, word",
    [
        ("sys.maxsize = 2**31 - 1", "32-bit"),
        ("start.platform.python_implementation = lambda: 'PyPy'", "CPython"),
        ("start.sysconfig.get_config_var = lambda name: 1", "free-threaded"),
    ],
)
def test_other_kinds_of_python(course, fault, word):
    assert word in course.fails(fault=fault)


def test_venv_is_missing(course):
    fault = "import importlib.util; importlib.util.find_spec = lambda name: name != 'ensurepip' or None"
    assert "sudo apt install python3-venv" in course.fails(fault=fault)


def test_pip_is_missing(course):
    fault = "run = start.subprocess.run; start.subprocess.run = lambda c, **k: run([*c, '--without-pip'], **k)"
    assert "pip is missing" in course.fails(fault=fault)


def test_making_the_environment_fails(course):
    line = course.fails(fault="start.base_python = lambda: start.os.path.join(start.ROOT, 'gone')")
    assert "gone" in line


def test_disk_is_too_small(course):
    fault = "real = start.shutil.disk_usage; start.shutil.disk_usage = lambda path: real(path)._replace(free=10**9)"
    assert "needs 4.0 GB, and 1.0 GB are free" in course.fails(fault=fault)
    assert not course.venv.exists()


def test_folder_cannot_be_written(course):
    # Simulated, because root may write anywhere.
    fault = "import errno\ndef no(): raise OSError(errno.EROFS, 'Read-only', start.GUARD)\nstart.only_one_start = no"
    assert "cannot be written" in course.fails(fault=fault)


def test_the_lock_is_missing(course):
    (course.folder / "requirements.txt").unlink()
    assert "get the whole course" in course.fails()


@pytest.mark.parametrize(
    "said, word",
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "disk is too full"),
        ("OSError: [WinError 112] There is not enough space on the disk", "disk is too full"),
        (
            "Temporary failure in name resolution\nERROR: No matching distribution found for six",
            "Check the network",
        ),
        ("WARNING: Retrying ... [Errno 11001] getaddrinfo failed", "Check the network"),
        ("SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]'\nMax retries exceeded", "PIP_CERT"),
        ("ERROR: No matching distribution found for tensorflow-cpu==2.21.0", "no ready-made package"),
        (
            "HINT: ... occurred since this system does not have Windows Long Path support enabled.",
            "short folder",
        ),
        ("OSError: [WinError 5] Access is denied: 'zmq.pyd'", "close whatever uses .venv"),
        ("ERROR: something new", "something new. Start again"),
        ("", "exit code 1"),
    ],
)
def test_reasons(start, said, word):
    line = start.explain(said.splitlines(), 1, "installing requirements.txt")
    assert word in line
    assert "\n" not in line


def test_stopped_for_want_of_memory(start):
    assert "memory" in start.explain(["Installing"], -9, "installing requirements.txt")


def test_a_disk_that_filled_up_and_said_nothing(start, monkeypatch):
    usage = shutil.disk_usage(ROOT)._replace(free=10**6)
    monkeypatch.setattr(start.shutil, "disk_usage", lambda path: usage)
    assert "disk is too full" in start.explain([], 1, "making .venv")


def test_progress(start):
    lines = [
        "Ignoring appnope: markers 'x' don't match",
        "Collecting absl-py==2.5.1 (from -r requirements.txt (line 1))",
    ]
    assert start.progress(lines, 10) == "1 of 9 packages: absl-py"
    lines += ["  Downloading absl_py-2.5.1-py3-none-any.whl (135 kB)"]
    assert start.progress(lines, 10) == "1 of 9 packages: absl-py (135 kB)"
    assert start.progress([*lines, "Processing /wheels/six-1.17.0-py2.py3-none-any.whl"], 10) == "2 of 9 packages: six"
    assert start.progress([*lines, "Installing collected packages: a, b"], 10) == "putting 2 packages in place"


def test_help_and_a_misspelt_command(course):
    done = course.start("--help")
    assert done.returncode == 0
    assert all(command in done.stdout for command in (
        "lab", "test", "refresh", "lock", "doctor", "links", "alone", ".venv", "3.13"))
    done = course.start("tset")
    assert done.returncode == 2
    assert "invalid choice: 'tset'" in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="the program that stands for uv is a script")
def test_lock(course, tmp_path):
    bare = course.env | {"PATH": str(tmp_path)}
    assert "needs uv" in course.fails("lock", env=bare)
    (tmp_path / "uv").write_text('#!/bin/sh\necho "$@"\ncase "$*" in *fail*) exit 1;; esac\n')
    (tmp_path / "uv").chmod(0o755)
    done = course.start("lock", "--upgrade", env=bare)
    assert done.returncode == 0
    for name in ("requirements", "requirements-test"):
        assert f"--python-version 3.11 --no-header --quiet --upgrade {name}.in -o {name}.txt" in done.stdout
    assert (course.folder / "binder" / "requirements.txt").read_bytes() == (
        course.folder / "requirements.txt").read_bytes()
    assert course.start("lock", "fail", env=bare).returncode == 1


@pytest.mark.skipif(not shutil.which("bash"), reason="needs bash")
def test_ci_script_is_bash():
    subprocess.run(["bash", "-n", ROOT / ".ci" / "run"], check=True)
