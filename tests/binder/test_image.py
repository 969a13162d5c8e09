"""What Binder makes of the repository: detected as meant, and its scripts do what they are for."""

import json
import os
import re
import shutil
import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

from tests.binder.image import dockerfile, instructions
from tests.clone import clone, environment, outside

ROOT = Path(__file__).parents[2]
BINDER = ROOT / "binder"
SCRIPTS = ("postBuild", "start")
linux = pytest.mark.skipif(sys.platform != "linux", reason="a Binder image is a Linux")


def test_the_lock_is_copied_byte_for_byte():
    assert (BINDER / "requirements.txt").read_bytes() == (ROOT / "requirements.txt").read_bytes(), \
        "run: python3 start.py lock"


def test_the_python_is_one_that_the_course_promises():
    version = re.fullmatch(r"python-(3\.\d+)\n", (BINDER / "runtime.txt").read_text())[1]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert SpecifierSet(project["requires-python"]).contains(version)


def test_notebook_stands_beside_jupyterlab():
    """Or the base image's own `notebook` would ask for another JupyterLab than the lock's."""
    lock = (BINDER / "requirements.txt").read_text(encoding="utf-8")
    assert {"jupyterlab", "notebook"} <= set(re.findall(r"^([a-z][a-z-]*)==", lock, re.M))


def test_nothing_else_would_be_taken_for_an_instruction():
    """With one of these repo2docker would take another way than the one tested here."""
    others = ("Dockerfile", "environment.yml", "environment.yaml", "Pipfile", "setup.py", "apt.txt", "install.R")
    assert [name for name in others if (BINDER / name).exists()] == []
    assert not (ROOT / ".binder").exists()


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_can_be_run(name):
    assert (BINDER / name).read_bytes().startswith(b"#!/bin/bash\n")
    assert b"\r" not in (BINDER / name).read_bytes()
    if os.name != "nt":
        assert (BINDER / name).stat().st_mode & stat.S_IXUSR
    if shutil.which("bash"):
        subprocess.run(["bash", "-n", BINDER / name], check=True)


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").glob("[0-9]*.ipynb")), ids=lambda path: path.stem)
def test_a_lesson_with_tensorflow_says_when_to_shut_it_down(path):
    """Two of them at once need more than the memory that a public Binder guarantees."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    sources = [(cell["cell_type"], "".join(cell["source"])) for cell in cells]
    imports = any(kind == "code" and "import tensorflow" in source for kind, source in sources)
    assert ("*Shut Down Kernel*" in sources[-1][1]) == imports


# ---- repo2docker ----------------------------------------------------------------------------------------------------

def points(text: str) -> list[str]:
    """A Dockerfile's instructions as expected.Dockerfile writes them: what differs from build to build is left out."""
    found, before = [], "root"
    for word, rest, user in instructions(text):
        rest = re.sub(r"--ch\w+=\S+ ", "", " ".join(rest.split()))
        if "environment-2epy-2d" in rest:      # its own file names are escaped
            rest = "conda/environment.py-" + re.search(r"py-2d(\d+-2e\d+)", rest)[1].replace("-2e", ".")
        found += [f"USER {user}"] * (user != before) + [f"{word} {rest}"]
        before = user
    return found


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """The parts of the repository that could make a difference to repo2docker."""
    folder = tmp_path_factory.mktemp("r2d")
    shutil.copytree(BINDER, folder / "binder")
    for name in ("pyproject.toml", "requirements.txt", "start.py"):
        shutil.copy(ROOT / name, folder)
    return folder


@linux
def test_dockerfile(copy):
    expected = [" ".join(line.split()) for line in
                Path(__file__).with_name("expected.Dockerfile").read_text().splitlines() if not line.startswith("#")]
    found = iter(points(dockerfile(copy)))
    missing = [line for line in expected if line not in found]     # `in` goes on where the last one was found
    assert missing == []


@linux
@pytest.mark.parametrize(("gone", "instead"), [("runtime.txt", "py-3.10"), ("requirements.txt", "py-3.12")])
def test_without_one_of_its_files_the_image_is_another(copy, tmp_path, gone, instead):
    """What the two files are there for; and beside binder/ the root's lock is not read."""
    shutil.copytree(copy, tmp_path / "without")
    (tmp_path / "without" / "binder" / gone).unlink()
    found = points(dockerfile(tmp_path / "without"))
    assert f"COPY conda/environment.{instead}" in found
    assert any("pip install" in line for line in found) == (gone == "runtime.txt")


# ---- the scripts, run ------------------------------------------------------------------------------------------------

@linux
def test_post_build(tmp_path):
    folder, python = clone(tmp_path / "home"), environment(tmp_path / "env")
    elsewhere = {"HOME": str(tmp_path), "PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}"}
    for _ in range(2):     # the second time changes nothing
        subprocess.run([folder / "binder" / "postBuild"], env=outside() | elsewhere, cwd=folder, check=True)
    ask = [python, "-c", "import helpers.live; print(helpers.__file__)"]
    told = subprocess.run(ask, env=outside() | elsewhere, cwd=tmp_path, check=True, capture_output=True, text=True)
    assert told.stdout.strip() == str(folder / "helpers" / "__init__.py")
    settings = json.loads((tmp_path / "env" / "etc" / "jupyter" / "labconfig" / "page_config.json").read_text())
    assert settings["disabledExtensions"]["@jupyterlab/apputils-extension:announcements"]
    assert list((folder / "helpers" / "__pycache__").glob("live.*.pyc"))
    assert list((tmp_path / ".cache" / "matplotlib").glob("fontlist-*.json"))


@linux
def test_start_hands_over_to_the_server():
    """The server takes the script's place, so Binder's signals reach it; kernels inherit what is set."""
    program = "import os, sys; print(os.getpid(), os.environ['TF_CPP_MIN_LOG_LEVEL'], *sys.argv[1:], sep='|')"
    started = subprocess.Popen([BINDER / "start", sys.executable, "-c", program, "a b", ""],
                               stdout=subprocess.PIPE, text=True)
    assert started.communicate()[0].strip() == f"{started.pid}|3|a b|"
    assert subprocess.run([BINDER / "start", "false"]).returncode == 1
