"""Whether all that the lessons need is here, and if not, what to do about it.

It says so before anything else is imported, on machines where much may be missing. So it needs the standard library
alone, imports no package that it looks for, and its syntax is one that older Pythons read to the end. What the course
promises is read from ``pyproject.toml``. Whether sliders move in a browser no kernel can know: lesson 00 tells the
learner how to see it.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import platform
import re
import sys
from pathlib import Path
from typing import NamedTuple

from helpers.words import _

ROOT = Path(__file__).resolve().parents[1]
FRONT_ENDS = ("jupyterlab_widgets", "anywidget")     # what brings a part that runs in the browser

# As in requirements.in: a test compares them.
TENSORFLOW = ">=2.21,<3"
TENSORFLOW_ON = {("linux", "x86_64"), ("linux", "aarch64"), ("darwin", "arm64"), ("win32", "AMD64")}


class Finding(NamedTuple):
    """What was found of one kind of thing.

    Attributes
    ----------
    sign : str
        "✓" it is here, "✗" something is to be done, "○" it is not here and nothing can be done, nor has to be.
    what : str
        The kind of thing.
    sentence, remedy : str
        What is the matter, and the one thing to do about it; empty where there is nothing to say.
    """

    sign: str
    what: str
    sentence: str = ""
    remedy: str = ""


def check_environment() -> None:
    """Print what the lessons need and whether it is here, with one remedy for each kind of thing that is not.

    Where all is well, the lines are the same on every machine. On a system for which there is no TensorFlow they say
    that, and why.
    """
    found, told = findings(), set()
    for finding in found:
        print(f"{finding.sign} {finding.what}" + (f": {finding.sentence}" if finding.sentence else ""))
        if finding.remedy:
            print("    → " + (_("the same as above") if finding.remedy in told else finding.remedy))
            told.add(finding.remedy)
    signs = {finding.sign for finding in found}
    if "✗" in signs:
        print(_("Do what stands behind →. Then open this notebook again and run this cell again."))
    elif "○" in signs:
        print(_("Everything else that the lessons need is here."))
    else:
        print(_("Everything that the lessons need is here."))


def findings() -> list[Finding]:
    """Look at Python, the packages, the parts in the browser and TensorFlow, in this order.

    Where Python itself, or the file with what is promised, is not right, nothing else is looked at: the remedy for it
    changes all the rest.
    """
    try:
        python, packages = promises((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    except OSError:
        return [Finding("✗", _("course"), _("the file pyproject.toml is missing beside the folder helpers."),
                        _("Get the whole course again, with all its files and folders."))]
    wrong_python = _python(python)
    if wrong_python:
        return [wrong_python]
    if is_hosted():     # its owner chooses the versions, and what runs in the browser is not on this disk
        there = {name: ">=0" for name in packages if name not in ("jupyterlab", "notebook")}
        return [Finding("✓", _("Python")), _packages(there), _tensorflow()]
    return [Finding("✓", _("Python")), _packages(packages), _front_ends(), _tensorflow()]


def is_hosted() -> bool:
    """Whether this runs on Colab or Kaggle."""
    return "google.colab" in sys.modules or "KAGGLE_KERNEL_RUN_TYPE" in os.environ


def promises(pyproject: str) -> tuple[str, dict[str, str]]:
    """Return which Pythons and which versions of which packages the text of ``pyproject.toml`` promises.

    Examples
    --------
    >>> promises('requires-python = ">=3.11"\\ndependencies = [\\n    "numpy>=2,<3",\\n]\\n')
    ('>=3.11', {'numpy': '>=2,<3'})
    """
    # Not by tomllib, which Pythons that are too old do not have.
    python = re.search(r'^requires-python = "([^"]*)"', pyproject, re.M)[1]
    listed = re.search(r"^dependencies = \[(.*?)^\]", pyproject, re.M | re.S)[1]
    return python, dict(re.findall(r'"([\w.-]+)([^"]*)"', listed))


def serves(version: str, promised: str) -> bool:
    """Whether a version is one of those promised.

    Examples
    --------
    >>> serves("2.4.6", ">=2,<3"), serves("1.26.4", ">=2,<3"), serves("3.0.0rc1", ">=2,<3"), serves("2.21", ">=2.21")
    (True, False, False, True)
    """
    have = _release(version)
    return all(have >= _release(bound) if sign == ">=" else have < _release(bound)
               for sign, bound in re.findall(r"(>=|<)\s*([\d.]+)", promised))


def _release(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.match(r"\d+(?:\.\d+)*", version)[0].split("."))


def _python(promised: str) -> Finding | None:
    this = "{}.{}".format(*sys.version_info[:2])
    if serves(this, promised):
        return None
    low, high = (int(minor) for minor in re.findall(r"3\.(\d+)", promised))
    newest = f"3.{high - 1}"
    command = f"py -{newest} start.py" if sys.platform == "win32" else f"python{newest} start.py"
    return Finding(
        "✗", _("Python"),
        _("this is Python {this}; the course works with {versions}.").format(
            this=this, versions=", ".join(f"3.{minor}" for minor in range(low, high))),
        _("Install Python {newest} from https://www.python.org/downloads/, then run in the course's folder:  "
          "{command}").format(newest=newest, command=command))


def _packages(promised: dict[str, str]) -> Finding:
    wrong = []
    for name, versions in promised.items():
        version = installed(name)
        if version is None:
            wrong.append(_("{name} is missing").format(name=name))
        elif not serves(version, versions):
            wrong.append(_("{name} is there as {version}, and the course works with {versions}").format(
                name=name, version=version, versions=versions))
    if wrong:
        return Finding("✗", _("packages"), "; ".join(wrong) + ".", _begin_anew())
    return Finding("✓", _("packages"))


def _front_ends() -> Finding:
    what = _("sliders, their part in JupyterLab")
    wrong = [name for name in FRONT_ENDS if not _is_in_the_browser(name)]
    if wrong:
        return Finding("✗", what, _("what runs in the browser is missing of {names}.").format(names=", ".join(wrong)),
                       _begin_anew())
    return Finding("✓", what)


def _is_in_the_browser(name: str) -> bool:
    """Whether the files of a package from which JupyterLab takes its part are on the disk."""
    try:
        files = importlib.metadata.distribution(name).files
    except importlib.metadata.PackageNotFoundError:
        return False
    if files is None:     # it was installed by something that keeps no list
        return True
    parts = [file for file in files if "labextensions" in file.parts]
    return bool(parts) and all(Path(file.locate()).exists() for file in parts)


def _tensorflow() -> Finding:
    what = "TensorFlow"
    if importlib.util.find_spec("tensorflow") is None:     # found, not imported: that takes seconds
        if (sys.platform, platform.machine()) not in TENSORFLOW_ON:
            systems = {"darwin": "macOS", "win32": "Windows", "linux": "Linux"}
            return Finding(
                "○", what,
                _("its makers offer none for {system} on {machine}. Only lesson 06 and the last sections of lessons 08 "
                  "and 09 need it, and they show their stored results; all else works without it.").format(
                      system=systems.get(sys.platform, sys.platform), machine=platform.machine()))
        return Finding("✗", what, _("it is missing. Only lesson 06 and the last sections of lessons 08 and 09 need it; "
                                    "all else works without it."), _begin_anew())
    version = installed("tensorflow") or installed("tensorflow-cpu")
    if version and not serves(version, TENSORFLOW):
        return Finding("✗", what, _("{name} is there as {version}, and the course works with {versions}").format(
            name="tensorflow", version=version, versions=TENSORFLOW) + ".", _begin_anew())
    return Finding("✓", what)


def installed(name: str) -> str | None:
    """Return the version in which a package is there, None if it is not."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def start_command() -> str:
    """Return how the course is started here."""
    return "py start.py" if sys.platform == "win32" else "python3 start.py"


def _begin_anew() -> str:
    """The remedy for whatever is missing in the environment in which the notebook runs."""
    if is_hosted():
        return _("Run the line that stands at the top of this notebook, in a cell of its own.")
    command = start_command()
    if Path(sys.prefix).resolve() == ROOT / ".venv":
        return _("Close JupyterLab, delete the folder .venv in the course's folder, and run there:  {command}").format(
            command=command)
    return _("This notebook does not run in the environment that the course sets up for itself. Close it, and run in "
             "the course's folder:  {command}").format(command=command)
