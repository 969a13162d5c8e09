"""What the doctor finds, what he says to do about it, and that his report names nobody."""

import ast
import getpass
import json
import os
import platform
import re
import shutil
import socket
import subprocess
import sys
import webbrowser
from pathlib import Path
from types import SimpleNamespace

import pytest

from helpers import doctor, environment
from helpers.environment import Finding
from tests.clone import clone, outside, ready
from tests.clone import environment as make_environment

ROOT = Path(__file__).parents[2]
WELL = [Finding("✓", "Python"), Finding("✓", "packages"), Finding("✓", "sliders, their part in JupyterLab"),
        Finding("✓", "TensorFlow")]


@pytest.fixture
def well(monkeypatch):
    """A machine on which all is well but what is really asked of this one; a test takes away from it."""
    monkeypatch.setattr(environment, "findings", lambda: list(WELL))
    monkeypatch.setattr(doctor, "tensorflow", lambda: WELL[-1])
    monkeypatch.setattr(webbrowser, "get", lambda: None)
    monkeypatch.setattr(doctor, "free_memory", lambda: 8e9)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=80e9))
    return monkeypatch


def found(what: str, made: bool = True) -> Finding:
    (one,) = [finding for finding in doctor.findings(made) if finding.what == what]
    return one


def test_all_is_well(well, capsys):
    assert doctor.main([]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[:4] == ["✓ " + finding.what for finding in WELL]
    assert {line[0] for line in told[:told.index("")]} == {"✓"}
    assert told[told.index("") + 1] == "All is well."


def test_something_is_wrong(well, capsys):
    def none():
        raise webbrowser.Error
    well.setattr(webbrowser, "get", none)
    assert doctor.main([]) == 1
    told = capsys.readouterr().out
    assert "✗ browser: none is found" in told
    assert "    → Start with  python3 start.py --no-browser  and open" in told
    assert "found     ✗ browser none is found" in told
    assert "All is well" not in told


def test_nothing_is_made_yet(well):
    one = found("environment", made=False)
    assert one.sign == "✗" and "python3 start.py" in one.remedy
    well.setattr(environment, "findings", lambda: [Finding("✗", "Python", "this is Python 3.9")])
    assert doctor.findings(made=False)[0].what == "Python"
    assert "environment" not in [finding.what for finding in doctor.findings(made=False)]     # one remedy at a time


def test_disk(well):
    assert found("disk").sign == "✓"
    well.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=1e9))
    assert found("disk").sign == "✓"     # enough for lessons, once they are here
    one = found("disk", made=False)
    assert (one.sign, one.sentence) == ("✗", "1.0 GB are free, and 4.0 GB are needed.")


def test_the_disk_that_an_installation_needs_is_start_pys():
    assert f"NEEDED_BYTES = {doctor.TO_INSTALL:.0e}".replace("e+0", "e") in (ROOT / "start.py").read_text()


def test_memory(well):
    well.setattr(doctor, "free_memory", lambda: 0.4e9)
    assert found("memory").sentence == "0.4 GB are free, and a lesson with TensorFlow needs 1.0 GB."
    well.setattr(doctor, "free_memory", lambda: None)
    assert found("memory").sign == "✓"     # nothing is claimed where the system does not say


@pytest.mark.skipif(sys.platform not in ("linux", "darwin", "win32"), reason="another system")
def test_memory_of_this_machine():
    import psutil

    assert doctor.free_memory() == pytest.approx(psutil.virtual_memory().available, rel=0.5)


def test_folder(well, tmp_path):
    well.setattr(doctor, "ROOT", tmp_path)     # has no folder notebooks
    one = found("folder of the course")
    assert one.sign == "✗" and "a folder of your own" in one.remedy
    (tmp_path / "notebooks").mkdir()
    assert found("folder of the course").sign == "✓"
    assert list((tmp_path / "notebooks").iterdir()) == []


def test_connection(well):
    def refused(*_, **__):
        raise ConnectionRefusedError
    assert found("connection from the browser to JupyterLab").sign == "✓"
    well.setattr(socket, "create_connection", refused)
    assert "firewall" in found("connection from the browser to JupyterLab").remedy


@pytest.fixture
def python(tmp_path, monkeypatch):
    """Let the doctor ask a Python that finds another tensorflow and matplotlib: those written by a test."""
    made = make_environment(tmp_path / "env", without=("tensorflow", "matplotlib"))
    monkeypatch.setattr(sys, "executable", str(made))
    return next((tmp_path / "env").glob("[Ll]ib*/**/site-packages"))


@pytest.mark.skipif(sys.platform == "win32", reason="makes an environment of links")
@pytest.mark.parametrize(("code", "sign", "sentence", "remedy"), [
    ("", "✓", "", ""),
    ("raise ImportError('libstdc++ is old')", "✗", "fails: ImportError: libstdc++ is old.", "Delete the folder"),
    ("raise ImportError('DLL load failed while importing _x')", "✗", "DLL load failed", "vc_redist"),
    ("import os, signal; os.kill(os.getpid(), signal.SIGILL)", "○", "this processor lacks", ""),
    ("import os; os._exit(3)", "✗", "its process ended with code 3", "Delete the folder"),
])
def test_tensorflow_that_does_not_start(python, code, sign, sentence, remedy):
    (python / "tensorflow.py").write_text(code)
    one = doctor.tensorflow()
    assert one.sign == sign
    assert sentence in one.sentence and remedy in one.remedy


@pytest.mark.skipif(sys.platform == "win32", reason="makes an environment of links")
def test_tensorflow_that_never_ends(python, monkeypatch):
    monkeypatch.setattr(doctor, "PATIENCE", 0.5)
    (python / "tensorflow.py").write_text("import threading; threading.Event().wait()")
    assert doctor.tensorflow().sentence == "its import takes more than 0.5 seconds."


@pytest.mark.skipif(sys.platform == "win32", reason="makes an environment of links")
def test_fonts(python):
    assert doctor.fonts().sign == "✗"     # no matplotlib there
    (python / "matplotlib").mkdir()
    (python / "matplotlib" / "__init__.py").touch()
    manager = "def findfont(*_, **__): pass\nclass get_font:\n    def __init__(self, _): pass\n"
    (python / "matplotlib" / "font_manager.py").write_text(
        manager + "    def get_char_index(self, letter): return letter")
    assert doctor.fonts().sign == "✓"
    (python / "matplotlib" / "font_manager.py").write_text(
        manager + f"    def get_char_index(self, letter): return letter != {ord('φ')}")
    assert doctor.fonts().sign == "✗"


def test_fonts_of_this_machine():
    assert doctor.fonts().sign == "✓"


# ---- the report names nobody ----------------------------------------------------------------------------------------

@pytest.mark.skipif(sys.platform == "win32", reason="makes an environment of links")
def test_the_report_of_a_machine_full_of_names(tmp_path):
    """Run for good, in a folder and under a user whose names must not be in it."""
    home = tmp_path / "Erika Mustermann"
    folder = clone(home / "secret plans" / "course")
    python = ready(folder, without=("tensorflow", "tensorflow_cpu"))     # whose import takes seconds
    (folder / "notebooks").rename(folder / "lessons of Erika")     # so that a finding could speak of a path
    who = {"HOME": str(home), "USER": "mustermann", "LOGNAME": "mustermann", "USERNAME": "mustermann",
           "USERPROFILE": str(home)}
    ran = subprocess.run([python, folder / "start.py", "doctor"], env=outside() | who | {"PYTHONIOENCODING": "utf-8"},
                         capture_output=True, text=True, encoding="utf-8")
    assert ran.returncode == 1 and ran.stderr == ""
    assert "✗ TensorFlow: it is missing" in ran.stdout and "✗ folder of the course" in ran.stdout
    report = ran.stdout[ran.stdout.index("```text"):]
    assert report.count("```") == 2 and re.search(r"^packages  .*numpy \d", report, re.M)
    assert f"Python    {platform.python_version()} CPython, in .venv" in report
    assert "path      spaces" in report
    for secret in ("Erika", "mustermann", "secret", str(tmp_path), tmp_path.name):
        assert secret.lower() not in ran.stdout.lower()
    if len(platform.node()) > 3:
        assert platform.node() not in report


def test_names_are_taken_out(monkeypatch):
    monkeypatch.setattr(getpass, "getuser", lambda: "erika")
    monkeypatch.setattr(platform, "node", lambda: "ERIKAS-LAPTOP")
    said = f"cannot open {Path.home() / 'x.py'} of Erika on erikas-laptop, nor {ROOT / 'y.py'}; an erikative stays"
    assert doctor.without_names(said).replace(os.sep, "/") == (
        "cannot open HOME/x.py of USER on MACHINE, nor COURSE/y.py; an erikative stays")

    def nobody():
        raise OSError("no user")
    monkeypatch.setattr(getpass, "getuser", nobody)
    assert doctor.without_names("as it is") == "as it is"


# ---- it needs nothing -----------------------------------------------------------------------------------------------

def test_older_pythons_read_it_to_the_end():
    ast.parse((ROOT / "helpers" / "doctor.py").read_text(encoding="utf-8"), feature_version=(3, 8))


def test_imports_no_package():
    program = ("import json, sys; sys.path.insert(0, sys.argv[1]); import helpers.doctor; "
               "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules} - sys.stdlib_module_names)))")
    told = subprocess.run([sys.executable, "-I", "-S", "-c", program, ROOT], capture_output=True, text=True, check=True)
    assert set(json.loads(told.stdout)) <= {"__main__", "helpers"}


def test_a_console_without_the_signs(monkeypatch):
    monkeypatch.setattr(sys, "stdout", SimpleNamespace(encoding="cp1252"))
    assert doctor.shown("✗ disk: 1.0 GB") == "!! disk: 1.0 GB" and doctor.shown("    → Make room") == "    -> Make room"
    monkeypatch.setattr(sys, "stdout", SimpleNamespace(encoding="utf-8"))
    assert doctor.shown("✗ disk") == "✗ disk"
