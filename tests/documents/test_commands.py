"""Every command block of the README and the guides is run as it stands: in a fresh clone, without a network.

The clone gets the .venv that a first start would have made, from the packages of the environment in use. What starts a
server is asked for its page, and stopped. Python blocks are written into the files that their first line names. Of a
block with lines that begin with $, these are the commands, and the others are what they print.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clone import clone, commit, outside, ready
from tests.coursework import where

ROOT = Path(__file__).parents[2]
PAGES = [page for page in (ROOT / "README.md", ROOT / "coursework" / "README.md") if page.exists()]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)
COMMANDS = ("", "sh", "bash", "shell", "console")
GITHUB = "https://github.com/"
TOKEN = "t0ken"
PATIENCE = 200

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the blocks are those of a POSIX shell")


def blocks(languages: tuple[str, ...]) -> list:
    return [pytest.param(page, code, id=f"{page.relative_to(ROOT).parent.name or 'README'}: {code.splitlines()[-1]}")
            for page in PAGES for language, code in BLOCK.findall(page.read_text(encoding="utf-8"))
            if language in languages]


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> Iterator[tuple[Path, dict[str, str]]]:
    """A folder to work in, and variables with which what lies on GitHub is taken from a repository here."""
    folder = tmp_path_factory.mktemp("reader")
    repository = commit(clone(folder / "origin"))
    links = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": f"url.{repository.as_uri()}.insteadOf",
             "GIT_CONFIG_VALUE_0": re.search(GITHUB + r"[\w.-]+/[\w.-]+", PAGES[0].read_text(encoding="utf-8"))[0]}
    yield folder, links


@pytest.fixture(scope="module")
def fetched(address) -> tuple[Path, dict[str, str]]:
    """The clone that the README's first block makes, ready as after a first start; the variables to work in it."""
    folder, links = address
    fetch = next(code for language, code in BLOCK.findall(PAGES[0].read_text(encoding="utf-8")) if "git clone" in code)
    told = run(fetch + "pwd", folder, outside() | links)
    course = Path(told.splitlines()[-1])
    assert course.parent == folder and (course / "start.py").exists()
    python = ready(course)
    (folder / "config").mkdir()
    if os.geteuid() == 0:     # in a container everybody is root; Jupyter would want to hear that it is meant
        (folder / "config" / "jupyter_server_config.json").write_text('{"ServerApp": {"allow_root": true}}')
    return course, outside() | links | {
        "PATH": os.pathsep.join([str(python.parent), os.environ["PATH"], str(Path(where.OTTER or "otter").parent)]),
        "HOME": str(folder),
        "PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull,     # what is there already has to do
        "BROWSER": "true",                                      # the command of that name: a page to open is no matter
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"), "JUPYTER_TOKEN": TOKEN,
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        # One of all tests; collecting all of them takes longer than it.
        "PYTEST_ADDOPTS": "-k test_list_holds_no_machine_paths_or_dates --ignore-glob=tests/[!l]* --ignore=notebooks",
    }


def run(code: str, folder: Path, variables: dict[str, str]) -> str:
    """Run a block; what starts a server is asked for its page and stopped. Returns what was printed."""
    process = subprocess.Popen(["bash", "-euc", code], cwd=folder, env=variables, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
    runtime, until = Path(variables.get("JUPYTER_RUNTIME_DIR", folder / "none")), time.monotonic() + PATIENCE
    while True:
        try:
            told = process.communicate(timeout=0.1)[0].decode("utf-8", "replace")
        except subprocess.TimeoutExpired:
            assert time.monotonic() < until, code
            if any(map(answers, runtime.glob("jpserver-*.json"))):
                os.killpg(process.pid, signal.SIGTERM)
                return process.communicate(timeout=PATIENCE)[0].decode("utf-8", "replace")
        else:
            assert process.returncode == 0, f"{code}\n{told}"
            return told


def answers(server: Path) -> bool:
    """Whether the server that says in this file where it is shows its first page."""
    try:
        there = json.loads(server.read_text())
        with urllib.request.urlopen(f"{there['url']}lab?token={TOKEN}") as page:
            return b"jupyter" in page.read().lower()
    except (OSError, ValueError):
        return False


@pytest.fixture(scope="module")
def handed_in(fetched) -> None:
    """A class of three for the guide: one hands in the worked solution, one the assignment as it was, one nothing."""
    course, _ = fetched
    (course / "roster.csv").write_text("id,name\ns01,Ada\ns02,Sam\ns03,Kim\n")
    (course / "downloads").mkdir()
    for student, folder in [("s01", "source"), ("s02", "release")]:
        shutil.copy(course / "coursework" / folder / "A1" / "A1.ipynb", course / "downloads" / f"{student}_A1.ipynb")


def kinds(told: str) -> set[str]:
    """How the lines begin, whatever numbers they hold."""
    return {re.sub(r"\d+", "0", line).replace("[", "[ ").split()[0] for line in told.splitlines() if line.strip()}


@pytest.mark.parametrize(("page", "code"), blocks(COMMANDS))
def test_command_block(fetched, handed_in, page, code):
    course, variables = fetched
    if "git clone" in code:
        return     # the fixture has run it
    if "coursework all" in code and not where.ISOLATION:
        pytest.skip(where.SKIPPED)
    if "coursework gradescope" in code and not where.OTTER:
        pytest.skip(where.NO_OTTER)
    commands = re.findall(r"^\$ (.*)$", code, re.M)
    if commands:
        told = run("\n".join(commands), course, variables)
        assert kinds(told) and kinds(told) <= kinds(re.sub(r"^\$ .*\n", "", code, flags=re.M))
        return
    told = run(code, course, variables)
    if "jupyterlab" in code or code.strip() == "python3 start.py":
        assert "Jupyter Server" in told and "/lab" in told
    if "start.py test" in code:
        assert re.search(r"\b\d+ passed", told) and "failed" not in told


def test_the_servers_would_be_found_wanting(fetched):
    """A block that fails fails here."""
    course, variables = fetched
    with pytest.raises(AssertionError, match="no_such_module"):
        run("python3 -m no_such_module\necho on", course, variables)


def test_worked_example(fetched):
    """The files of the README's Python blocks, written where their first line says; then what the text promises."""
    course, variables = fetched
    python_blocks = [code for language, code in BLOCK.findall(PAGES[0].read_text(encoding="utf-8"))
                     if language == "python"]
    assert sum(len(code.splitlines()) for code in python_blocks) <= 40
    for code in python_blocks:
        name = re.match(r"# (\S+\.py)\n", code)[1]
        assert not (course / name).exists()
        (course / name).write_text(code, encoding="utf-8")
    try:
        told = run(f"python3 - <<'END'\n{PROMISED}END", course, variables)
    finally:
        for code in python_blocks:
            (course / re.match(r"# (\S+\.py)\n", code)[1]).unlink()
    assert told.splitlines() == [
        "mean: x = [1, 2, 6] → 3.00", "mean: x = [1, 2, 9] → 4.00", "mean: x = [1, 2, 9] → 12.00",
        "right ", "wrong Divide, too."]


PROMISED = """
import numpy as np
from helpers.checks.mean import lesson
from helpers.explorers.mean import explore_mean

live = explore_mean()
print(live.text)
live.move(far=9)
print(live.text)
live = explore_mean(sum)     # the learner's own function makes the picture
live.move(far=9)
print(live.text)
for answer in (np.mean, lambda x: np.sum(x)):
    verdict = lesson.diagnose("mean", answer)
    print(verdict.status, verdict.sentence)
"""
