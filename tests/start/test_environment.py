"""start.py makes an environment once, keeps it, repairs it, and launches what was asked for."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest


def called(done: subprocess.CompletedProcess) -> list:
    assert done.returncode == 0, done
    return json.loads(done.stdout.split("CALLED ")[1])


def test_opens_the_first_lesson_from_the_course_folder(made):
    prefix, cwd, arguments, _ = called(made.start("--no-browser", "--port=9999"))
    assert prefix == str(made.venv)
    assert cwd == str(made.folder)
    assert f"--ServerApp.root_dir={made.folder}" in arguments
    assert "--LabApp.default_url=/lab/tree/notebooks/01_first.ipynb" in arguments
    assert arguments[-2:] == ["--no-browser", "--port=9999"]


def test_second_start_is_quick(made):
    before = time.perf_counter()
    done = made.start("lab")
    assert time.perf_counter() - before < 2
    assert "Making" not in done.stdout
    assert done.stderr == ""


def test_other_environments_do_not_confuse_it(made, tmp_path):
    (tmp_path / "helpers.py").write_text("raise ImportError('the wrong helpers')")
    stray = {
        "PYTHONPATH": str(tmp_path),
        "VIRTUAL_ENV": "/elsewhere",
        "CONDA_PREFIX": "/conda",
        "PIP_TARGET": "/elsewhere",
    }
    prefix, _, _, seen = called(made.start(env=made.env | stray | {"JUPYTER_PATH": "/old"}))
    assert prefix == seen["VIRTUAL_ENV"] == str(made.venv)
    assert not {"PYTHONPATH", "PIP_TARGET"} & set(seen)
    # The kernel named python3 is that of .venv, not one that stands in a user's folders.
    assert seen["JUPYTER_PATH"].split(os.pathsep) == [str(made.venv / "share" / "jupyter"), "/old"]
    assert seen["JUPYTER_PREFER_ENV_PATH"] == "1"


@pytest.mark.parametrize("encoding", ["cp949", "cp1252", "ascii"])
def test_prints_on_any_console(made, encoding):
    assert made.start(env=made.env | {"PYTHONIOENCODING": encoding}).returncode == 0


def test_helpers_are_found_from_any_folder(made, tmp_path):
    python = made.venv / ("Scripts" if os.name == "nt" else "bin") / "python"
    found = subprocess.check_output([python, "-c", "import helpers; print(ascii(helpers.__file__))"], cwd=tmp_path)
    assert found.decode().strip() == ascii(str(made.folder / "helpers" / "__init__.py"))
    (pth,) = made.venv.rglob("course.pth")
    assert pth.read_bytes().isascii()
    assert not os.path.isabs(pth.read_text())


def test_jupyterlab_asks_nobody_for_news(made):
    settings = json.loads((made.venv / "etc" / "jupyter" / "labconfig" / "page_config.json").read_text())
    assert settings["disabledExtensions"]["@jupyterlab/apputils-extension:announcements"]


def test_tests_get_their_arguments_and_pass_on_their_code(made):
    done = made.start("test", "-k", "a b", "3")
    assert "TESTED ['-k', 'a b', '3']" in done.stdout
    assert done.returncode == 3
    for arguments in (["test", "0"], ["lab"]):
        again = made.start(*arguments)
        assert again.returncode == 0
        assert "requirements" not in again.stdout  # nothing is installed a second time


@pytest.fixture
def other_tests(made):
    """A lock of tests that is not installed yet, for as long as a test lasts."""
    lock = made.folder / "requirements-test.txt"
    whole = lock.read_text()
    yield lock
    lock.write_text(whole)


def test_without_network_the_lessons_still_start(made, other_tests):
    other_tests.write_text(f"other==1.0 --hash=sha256:{'0' * 64}\n")
    line = made.fails("test", env=made.offline)
    assert "Check the network" in line
    assert "install.log" in line
    assert "Failed to establish" in (made.venv / "install.log").read_text(encoding="utf-8")
    assert "requirements" not in made.start().stdout


def test_a_changed_package_is_refused(made, other_tests):
    made.wheel("other", "")
    other_tests.write_text(f"other==1.0 --hash=sha256:{'0' * 64}\n")
    assert "not the file that the lock names" in made.fails("test")
    assert "requirements" not in made.start().stdout


@pytest.fixture
def interruptible():
    """Tests that run in the background, as after `nohup`, hand on to what they start that SIGINT is ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.skipif(os.name == "nt", reason="signals are sent as POSIX does")
def test_interrupted_at_any_point_it_is_repaired(course, interruptible):
    log = course.venv / "install.log"
    for point, how in [(course.venv, signal.SIGINT), (log, signal.SIGINT), (log, signal.SIGKILL)]:
        process = course.popen()
        while not process.stdout.readline().startswith("Making"):
            assert process.poll() is None
        while not point.exists():
            assert process.poll() is None
        if how == signal.SIGINT:
            os.killpg(process.pid, how)  # as a terminal does at Ctrl-C
            _, err = process.communicate(timeout=60)
            assert process.returncode == 130
            assert err.strip() == "start.py: stopped. Start again to go on; what has been downloaded is kept."
        else:
            process.kill()  # and leaves pip at work
            process.communicate(timeout=60)
    assert called(course.start())[0] == str(course.venv)


def test_two_starts_at_once(course):
    processes = [course.popen(), course.popen()]
    outputs = [process.communicate(timeout=120)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    assert sum("Making" in out for out in outputs) == 1
    assert all("CALLED" in out for out in outputs)


@pytest.mark.parametrize(
    "spoilt", ["no stamp", "other lock", "torn stamp", "no python", "dead python", "other python", "moved"]
)
def test_what_does_not_serve_is_seen(made, monkeypatch, spoilt):
    monkeypatch.syspath_prepend(str(made.folder))
    monkeypatch.delitem(sys.modules, "start", raising=False)
    import start

    monkeypatch.delitem(sys.modules, "start")
    wanted = start.fingerprint([start.COURSE])
    assert start.is_ready(wanted)
    other = made.folder.parent / "other"
    if spoilt == "no stamp":
        monkeypatch.setattr(start, "STAMP", str(other))
    elif spoilt == "other lock":
        wanted[start.COURSE] = "0" * 64
    elif spoilt == "torn stamp":
        other.write_text('{"python": ')
        monkeypatch.setattr(start, "STAMP", str(other))
    elif spoilt == "no python":
        monkeypatch.setattr(start, "PYTHON", str(made.folder / "nothing"))
    elif spoilt == "dead python":
        monkeypatch.setattr(start, "PYTHON", str(made.folder / "start.py"))
    elif spoilt == "other python":
        wanted["python"] = "3.99"
    else:
        wanted["place"] = str(other)
    assert not start.is_ready(wanted)
