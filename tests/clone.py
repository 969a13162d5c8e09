"""The course as somebody has it who has just fetched it, and an environment for it, without a network.

The environment is a new one, in which the packages of the one in use are found: so start.py, the scripts of Binder and
the README's commands run as they stand, in seconds, and take the `helpers` of the copy.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LEFT_OUT = shutil.ignore_patterns(".git", ".venv*", "__pycache__", ".*_cache", ".hypothesis", ".ipynb_checkpoints")


def clone(folder: Path) -> Path:
    """Copy what belongs to the repository into a folder, as it stands now, committed or not; returns the folder."""
    ask = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        names = subprocess.run(ask, cwd=ROOT, check=True, capture_output=True).stdout.decode().split("\0")
    except (OSError, subprocess.CalledProcessError):     # fetched as an archive, or no git here
        shutil.copytree(ROOT, folder, dirs_exist_ok=True, ignore=LEFT_OUT)
        return folder
    for name in filter(None, names):
        if (ROOT / name).exists():      # not, if it is deleted and that is not committed yet
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder


def commit(folder: Path) -> Path:
    """Make a repository of a folder, with one commit."""
    if not shutil.which("git"):
        pytest.skip("needs git")
    who = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.org", "-c", "commit.gpgsign=false"]
    for command in (["init", "-q", "-b", "main"], ["add", "-A"], [*who, "commit", "-q", "-m", "As it is"]):
        subprocess.run(["git", *command], cwd=folder, check=True)
    return folder


def packages() -> list[str]:
    """The folders in which the packages in use are found."""
    named = [entry for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if entry and Path(entry) != ROOT]
    return list(dict.fromkeys([*named, sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]))


def environment(prefix: Path, without: tuple[str, ...] = ()) -> Path:
    """Make an environment that has the packages in use, or all but some; returns its Python."""
    venv.create(prefix, with_pip=False, symlinks=os.name != "nt")
    python = prefix / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    ask = [python, "-I", "-c", "import sysconfig; print(ascii(sysconfig.get_path('purelib')))"]
    where = Path(eval(subprocess.run(ask, check=True, capture_output=True, text=True).stdout))
    folders = packages()
    if without:
        chosen = prefix / "packages"
        chosen.mkdir()
        for entry in (entry for folder in reversed(folders) for entry in Path(folder).iterdir()):
            if entry.name.split("-")[0] not in without and not (chosen / entry.name).exists():
                (chosen / entry.name).symlink_to(entry)
        folders = [str(chosen)]
    (where / "packages.pth").write_text("\n".join(folders) + "\n", encoding=sys.getfilesystemencoding())
    for part in ("share", "etc"):       # JupyterLab's parts in the browser, which are large; the server's settings
        theirs, ours = (where / part / "jupyter" for where in (Path(sys.prefix), prefix))
        if part == "share" and os.name != "nt":
            ours.parent.mkdir(exist_ok=True)
            ours.symlink_to(theirs)
        else:
            shutil.copytree(theirs, ours, symlinks=True)
    return python


def ready(folder: Path, without: tuple[str, ...] = ()) -> Path:
    """Give a copy the .venv that a first start would have made; returns its Python."""
    python = environment(folder / ".venv", without)
    program = ("import start; start.settle(); "
               "start.write_stamp(start.fingerprint([start.COURSE, start.TESTS]))")
    subprocess.run([python, "-c", program], cwd=folder, check=True)
    return python


def outside() -> dict[str, str]:
    """Environment variables of somebody who has nothing of this project set."""
    ours = ("PYTHON", "PYTEST", "JUPYTER", "VIRTUAL_ENV", "PIP_", "COV_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}
