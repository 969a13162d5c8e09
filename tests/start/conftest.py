"""A small course to start: the real start.py, and locks of two packages that stand for JupyterLab and pytest.

Environments are really made and pip really installs, from wheels made here; nothing needs the network.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

START = Path(__file__).parents[2] / "start.py"
AWKWARD = "넷 입력 – été & co"

# What stands for JupyterLab says how it was called; what stands for pytest ends with the code it is told.
TELL = "import json, os, sys; print('CALLED', json.dumps([sys.prefix, os.getcwd(), sys.argv[1:], dict(os.environ)]))\n"
END = "import sys; print('TESTED', sys.argv[1:]); sys.exit(int(sys.argv[-1]))\n"


class Course:
    """A folder with start.py in it, and ways to start it."""

    def __init__(self, folder: Path, wheels: Path):
        self.folder, self.venv, self.wheels = folder, folder / ".venv", wheels
        (folder / "notebooks").mkdir(parents=True)
        (folder / "helpers").mkdir()
        (folder / "helpers" / "__init__.py").write_text("")
        for lesson in ("10_last.ipynb", "01_first.ipynb", "notes.ipynb"):
            (folder / "notebooks" / lesson).write_text("{}")
        shutil.copy(START, folder)
        wheels.mkdir(exist_ok=True)
        (folder / "requirements.txt").write_text(self.wheel("jupyterlab", TELL))
        (folder / "requirements-test.txt").write_text(self.wheel("pytest", END))
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTEST_", "JUPYTER_"))
        }
        self.env = kept | {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": wheels.as_uri(), "PIP_CONFIG_FILE": os.devnull}
        self.offline = kept | {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_CONFIG_FILE": os.devnull}

    def wheel(self, name: str, main: str) -> str:
        """Write a wheel of one module that can be run, and return its line for a lock."""
        info = f"{name}-1.0.dist-info"
        files = {
            f"{name}/__init__.py": "",
            f"{name}/__main__.py": main,
            f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
            f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        }
        files[f"{info}/RECORD"] = "".join(f"{path},,\n" for path in [*files, f"{info}/RECORD"])
        wheel = self.wheels / f"{name}-1.0-py3-none-any.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            for path, text in files.items():
                archive.writestr(path, text)
        return f"{name}==1.0 \\\n    --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n"

    def popen(self, *arguments: str, env: dict | None = None, fault: str = "") -> subprocess.Popen:
        """Start it from another folder; `fault` is Python that spoils something first."""
        script = [str(self.folder / "start.py")]
        if fault:
            script = ["-c", f"import sys; sys.path.insert(0, {str(self.folder)!r}); import start\n{fault}"]
            script[1] += "\nstart.command_line()"
        return subprocess.Popen(
            [sys.executable, *script, *arguments],
            cwd=self.folder.parent,
            env=env or self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )

    def start(self, *arguments: str, **options) -> subprocess.CompletedProcess:
        process = self.popen(*arguments, **options)
        out, err = process.communicate(timeout=120)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def fails(self, *arguments: str, **options) -> str:
        """Start it, and return the one line on stderr with which it has to fail."""
        done = self.start(*arguments, **options)
        assert done.returncode == 1, done
        assert len(done.stderr.strip().splitlines()) == 1, done.stderr
        assert done.stderr.startswith("start.py: ")
        return done.stderr


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return Course(tmp_path / AWKWARD, tmp_path / "wheels")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A course whose .venv is made; a test that spoils it makes its own instead."""
    folder = tmp_path_factory.mktemp("made")
    course = Course(folder / AWKWARD, folder / "wheels")
    done = course.start()
    assert done.returncode == 0, done
    assert "Making .venv" in done.stdout
    return course
