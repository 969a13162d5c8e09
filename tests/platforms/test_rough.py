"""Machines that are less smooth than the one on which this was written, as far as one machine can be them."""

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.clone import clone, outside, ready

ROOT = Path(__file__).parents[2]
AWKWARD = "넷 입력 – été & co"
DOCTOR = ["-m", "helpers.doctor", "--no-environment"]     # all but TensorFlow's import, which takes seconds
posix = pytest.mark.skipif(os.name == "nt", reason="locales, users and rights as POSIX has them")

# A learner's way through a lesson without its notebook: helpers, a picture with its numbers, a check, a prediction.
LESSON = """
import os, sys
sys.path.append(os.path.join(os.getcwd(), ".."))
from helpers.environment import check_environment
from helpers.checks.softmax import check_log_softmax, predict, progress
from helpers.explorers.softmax import explore_softmax
check_environment()
shown = explore_softmax()._repr_mimebundle_()
shown = shown[0] if isinstance(shown, tuple) else shown
assert len(shown["image/png"]) > 1000 and "0.4467" in shown["text/plain"]
check_log_softmax(lambda z, axis=-1: z)
progress()
print("THROUGH")
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A copy under a name with spaces and letters of several kinds, started once."""
    folder = clone(tmp_path_factory.mktemp("rough") / AWKWARD)
    ready(folder)
    return folder


def python(course: Path) -> Path:
    return course / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def through(course: Path, variables: dict[str, str], before: list[str] | None = None, by: Path | None = None) -> None:
    """Go through a lesson in the copy, with these environment variables and no others."""
    ran = subprocess.run([*(before or []), by or python(course), "-c", LESSON], cwd=course / "notebooks", env=variables,
                         capture_output=True, timeout=200)
    told = ran.stdout.decode("utf-8", "replace") + ran.stderr.decode("utf-8", "replace")
    assert ran.returncode == 0 and "THROUGH" in told, told
    assert "Traceback" not in told and "Error" not in told, told


def locales(folder: Path) -> dict[str, dict[str, str]]:
    """Settings in which Python reads and writes files in another encoding than UTF-8."""
    found = {"C": {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"}}
    for name, charmap, source in (("ko_KR.EUC-KR", "EUC-KR", "ko_KR"), ("fr_FR.ISO-8859-1", "ISO-8859-1", "fr_FR")):
        made = shutil.which("localedef") and subprocess.run(
            ["localedef", "-f", charmap, "-i", source, folder / name], capture_output=True).returncode
        if made == 0:
            found[name] = {"LC_ALL": name, "LOCPATH": str(folder)}
    return {name: settings | {"PYTHONUTF8": "0"} for name, settings in found.items()}


@posix
@pytest.mark.parametrize("name", ["C", "ko_KR.EUC-KR", "fr_FR.ISO-8859-1"])
def test_files_and_console_of_another_encoding(course, tmp_path, name):
    settings = locales(tmp_path).get(name)
    if settings is None:
        pytest.skip("this machine cannot make that locale")
    variables = outside() | settings
    if name.startswith("ko"):     # there a folder's name is in that encoding too, and UTF-8 would be no text at all
        ready(clone(tmp_path / "made"))
        course = (tmp_path / "made").rename(tmp_path / os.fsdecode("넷 입력".encode("euc-kr")))
    ask = [python(course), "-c", "import locale; print(locale.getpreferredencoding(False))"]
    assert subprocess.check_output(ask, env=variables).decode().strip().lower().replace("-", "") != "utf8"
    through(course, variables | {"PYTHONIOENCODING": "utf-8"})     # as a kernel, whose outputs are no console's
    for command in (["start.py", "--help"], DOCTOR):
        ran = subprocess.run([python(course), *command], env=variables, cwd=course, capture_output=True)
        assert b"Traceback" not in ran.stderr, ran.stderr.decode("utf-8", "replace")


@pytest.mark.parametrize("encoding", ["cp949", "cp1252", "cp437", "ascii"])
def test_the_doctor_on_any_console(course, encoding):
    variables = outside() | {"PYTHONIOENCODING": encoding}
    ran = subprocess.run([python(course), *DOCTOR], env=variables, cwd=course, capture_output=True)
    assert b"Traceback" not in ran.stderr
    first = ran.stdout.decode(encoding).splitlines()[0]
    assert first in ("✓ Python", "ok Python")


@posix
@pytest.mark.parametrize("home", [{}, {"HOME": "/nowhere"}], ids=["none", "one that is not there"])
def test_no_home(course, home):
    variables = {name: value for name, value in outside().items() if name not in ("HOME", "USER", "LOGNAME")}
    through(course, variables | home)


@pytest.fixture
def like_anybody() -> list[str]:
    """What stands before a command so that it may write no more than its user's rights say: root may write anywhere."""
    if os.geteuid():
        return []
    without = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"]
    if not shutil.which("setpriv") or subprocess.run([*without, "true"], capture_output=True).returncode:
        pytest.skip("root may write anywhere here")
    return without


@posix
def test_a_checkout_that_cannot_be_written(course, tmp_path, like_anybody):
    """Everything works but saving; and start.py says in one line what to do."""
    folder = tmp_path / "read only"
    shutil.copytree(course, folder, symlinks=True, ignore=shutil.ignore_patterns(".venv*"))
    everything = [path for path in [folder, *folder.rglob("*")] if not path.is_symlink()]
    for path in everything:
        path.chmod(path.stat().st_mode & ~(stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))
    try:
        through(folder, outside() | {"HOME": "/nowhere"}, like_anybody, python(course))
        for command, words in ((["start.py"], "cannot be written"), (DOCTOR, "nothing can be written into it")):
            ran = subprocess.run([*like_anybody, sys.executable, *command], env=outside(), cwd=folder,
                                 capture_output=True, text=True, encoding="utf-8", timeout=100)
            assert ran.returncode == 1
            assert words in ran.stdout + ran.stderr
            assert "Traceback" not in ran.stderr
    finally:
        for path in everything:
            path.chmod(path.stat().st_mode | stat.S_IWUSR)
