"""The look at the environment: the same lines where all is well, one remedy for each thing that is not."""

import ast
import importlib.metadata
import importlib.util
import platform
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from helpers import environment, words

ROOT = Path(__file__).parents[2]
PYPROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
PROMISED = environment.promises(PYPROJECT)[1]
HEALTHY = """\
✓ Python
✓ packages
✓ sliders, their part in JupyterLab
✓ TensorFlow
Everything that the lessons need is here.
"""
LAST = "Do what stands behind →. Then open this notebook again and run this cell again."
HEAVY = {"numpy", "matplotlib", "IPython", "ipywidgets", "anywidget", "sklearn", "sympy", "tensorflow", "packaging"}


class File:
    """A file in a package's list of files."""

    def __init__(self, place: Path, parts: tuple[str, ...]) -> None:
        self.parts, self._place = parts, place

    def locate(self) -> Path:
        return self._place


@pytest.fixture
def machine(monkeypatch, tmp_path):
    """A machine on which all is well, whatever the real one is like; a test takes away from it."""
    there = {name: re.search(r"[\d.]+", versions)[0] + ".0" for name, versions in PROMISED.items()}
    there |= {"jupyterlab_widgets": "3.0", "tensorflow": "2.21.0"}
    part = tmp_path / "package.json"
    part.touch()
    files = {name: [File(part, ("share", "jupyter", "labextensions", name, part.name))]
             for name in environment.FRONT_ENDS}
    made = SimpleNamespace(there=there, files=files, part=part, modules={"tensorflow"}, patch=monkeypatch)

    def version(name):
        if name not in there:
            raise importlib.metadata.PackageNotFoundError(name)
        return there[name]

    def distribution(name):
        version(name)
        return SimpleNamespace(files=files[name])

    monkeypatch.setattr(importlib.metadata, "version", version)
    monkeypatch.setattr(importlib.metadata, "distribution", distribution)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: True if name in made.modules else None)
    monkeypatch.setattr(sys, "version_info", (3, 12, 4))
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    return made


@pytest.fixture
def lines(capsys):
    """What the check prints."""
    def look() -> list[str]:
        environment.check_environment()
        return capsys.readouterr().out.splitlines()
    return look


def test_all_is_well(machine, capsys):
    environment.check_environment()
    assert capsys.readouterr().out == HEALTHY


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 13, 9)])
@pytest.mark.parametrize(("system", "processor"), sorted(environment.TENSORFLOW_ON))
def test_the_same_lines_on_every_healthy_machine(machine, capsys, version, system, processor):
    machine.patch.setattr(sys, "version_info", version)
    machine.patch.setattr(sys, "platform", system)
    machine.patch.setattr(platform, "machine", lambda: processor)
    if system == "linux" and processor == "x86_64":
        machine.there["tensorflow-cpu"] = machine.there.pop("tensorflow")
    environment.check_environment()
    assert capsys.readouterr().out == HEALTHY


# ---- Python -------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("version", "this"), [((3, 10, 12), "3.10"), ((3, 14, 0), "3.14"), ((3, 9, 1), "3.9")])
def test_another_python(machine, lines, version, this):
    machine.patch.setattr(sys, "version_info", version)
    machine.there.clear()      # the remedy for Python changes all of that
    assert lines() == [
        f"✗ Python: this is Python {this}; the course works with 3.11, 3.12, 3.13.",
        "    → Install Python 3.13 from https://www.python.org/downloads/, then run in the course's folder:  "
        "python3.13 start.py",
        LAST,
    ]


def test_another_python_on_windows(machine, lines):
    machine.patch.setattr(sys, "version_info", (3, 14, 0))
    machine.patch.setattr(sys, "platform", "win32")
    assert lines()[1].endswith("  py -3.13 start.py")


# ---- packages -----------------------------------------------------------------------------------------------------

ELSEWHERE = ("    → This notebook does not run in the environment that the course sets up for itself. Close it, and "
             "run in the course's folder:  python3 start.py")


@pytest.mark.parametrize("name", PROMISED)
def test_a_package_is_missing(machine, lines, name):
    del machine.there[name]
    found = lines()
    at = found.index(f"✗ packages: {name} is missing.")
    assert found[at + 1] == ELSEWHERE
    assert "Everything" not in found[-1]


@pytest.mark.parametrize("version", ["1.26.4", "3.0.0", "3.0.0rc1"])
def test_a_package_of_another_version(machine, lines, version):
    machine.there["numpy"] = version
    assert lines()[1:3] == [
        f"✗ packages: numpy is there as {version}, and the course works with >=2,<3.", ELSEWHERE]


def test_several_packages_in_one_line_and_one_remedy(machine, lines):
    del machine.there["numpy"], machine.there["anywidget"]
    found = lines()
    assert found[1:5] == [
        "✗ packages: anywidget is missing; numpy is missing.", ELSEWHERE,
        "✗ sliders, their part in JupyterLab: what runs in the browser is missing of anywidget.",
        "    → the same as above"]


def test_remedy_in_the_environment_of_the_course(machine, lines):
    del machine.there["numpy"]
    machine.patch.setattr(sys, "prefix", str(ROOT / ".venv"))
    assert lines()[2] == ("    → Close JupyterLab, delete the folder .venv in the course's folder, and run there:  "
                          "python3 start.py")
    machine.patch.setattr(sys, "platform", "win32")
    machine.patch.setattr(platform, "machine", lambda: "AMD64")
    assert lines()[2].endswith("  py start.py")


# ---- the part in the browser --------------------------------------------------------------------------------------

@pytest.mark.parametrize("name", environment.FRONT_ENDS)
@pytest.mark.parametrize("how", ["gone from the disk", "not in the list of files"])
def test_the_part_in_the_browser_is_missing(machine, lines, name, how):
    if how == "gone from the disk":
        machine.files[name][0] = File(machine.part.with_name("gone.json"), machine.files[name][0].parts)
    else:
        machine.files[name] = [File(machine.part, ("anywidget", "__init__.py"))]
    assert lines()[2:4] == [
        f"✗ sliders, their part in JupyterLab: what runs in the browser is missing of {name}.", ELSEWHERE]


def test_without_a_list_of_files_nothing_is_claimed(machine, capsys):
    machine.files["anywidget"] = None
    environment.check_environment()
    assert capsys.readouterr().out == HEALTHY


# ---- TensorFlow ---------------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("system", "processor", "named"), [
    ("darwin", "x86_64", "macOS on x86_64"), ("win32", "ARM64", "Windows on ARM64"), ("linux", "riscv64", "Linux on")])
def test_no_tensorflow_where_there_is_none(machine, lines, system, processor, named):
    machine.patch.setattr(sys, "platform", system)
    machine.patch.setattr(platform, "machine", lambda: processor)
    machine.modules.clear()
    del machine.there["tensorflow"]
    found = lines()
    assert found[:3] == HEALTHY.splitlines()[:3]
    assert found[3].startswith(f"○ TensorFlow: its makers offer none for {named}")
    assert "Only lesson 06 and the last sections of lessons 08 and 09 need it" in found[3]
    assert found[4:] == ["Everything else that the lessons need is here."]     # nothing to be done, so no remedy


def test_no_tensorflow_where_there_is_one(machine, lines):
    machine.modules.clear()
    del machine.there["tensorflow"]
    assert lines()[3:] == [
        "✗ TensorFlow: it is missing. Only lesson 06 and the last sections of lessons 08 and 09 need it; all else "
        "works without it.", ELSEWHERE, LAST]


def test_another_tensorflow(machine, lines):
    machine.there["tensorflow"] = "2.16.1"
    assert lines()[3:5] == [
        "✗ TensorFlow: tensorflow is there as 2.16.1, and the course works with >=2.21,<3.", ELSEWHERE]


def test_a_tensorflow_that_somebody_found_is_good(machine, capsys):
    """On a system that is not listed, built by hand perhaps."""
    machine.patch.setattr(sys, "platform", "freebsd14")
    environment.check_environment()
    assert capsys.readouterr().out == HEALTHY


# ---- on somebody else's machine -------------------------------------------------------------------------------------

@pytest.mark.parametrize("where", ["Colab", "Kaggle"])
def test_where_others_choose_the_versions(machine, lines, where):
    """What shows the notebook is theirs, and so are the versions; what is missing, the notebook's own line fetches."""
    if where == "Colab":
        machine.patch.setitem(sys.modules, "google.colab", SimpleNamespace())
    else:
        machine.patch.setenv("KAGGLE_KERNEL_RUN_TYPE", "Interactive")
    del machine.there["jupyterlab"], machine.there["notebook"], machine.there["jupyterlab_widgets"]
    machine.there["ipywidgets"] = "7.7.1"
    assert lines() == ["✓ Python", "✓ packages", "✓ TensorFlow", "Everything that the lessons need is here."]
    del machine.there["anywidget"]
    assert lines()[1:3] == [
        "✗ packages: anywidget is missing.",
        "    → Run the line that stands at the top of this notebook, in a cell of its own."]


# ---- the files beside it ------------------------------------------------------------------------------------------

def test_half_a_course(machine, lines, tmp_path):
    machine.patch.setattr(environment, "ROOT", tmp_path)
    assert lines()[:2] == ["✗ course: the file pyproject.toml is missing beside the folder helpers.",
                           "    → Get the whole course again, with all its files and folders."]


def first_cell() -> str:
    import nbformat
    cells = nbformat.read(ROOT / "notebooks" / "00_start_here.ipynb", as_version=4).cells
    return next(cell.source for cell in cells if cell.cell_type == "code")


@pytest.mark.parametrize("other", [False, True], ids=["none", "another"])
def test_no_helpers(tmp_path, other):
    """The lesson's first cell, where there are no helpers, or those of somebody else."""
    (tmp_path / "notebooks").mkdir()
    if other:
        (tmp_path / "helpers.py").touch()
    ran = subprocess.run([sys.executable, "-I", "-S", "-X", "utf8", "-c", first_cell()], cwd=tmp_path / "notebooks",
                         capture_output=True, text=True, encoding="utf-8", check=True)
    assert ran.stdout.splitlines() == [
        "✗ helpers: the course's own folder of this name is not found.",
        "    → Keep this notebook in the folder notebooks, beside the folder helpers."]


# ---- it says what the course promises, and needs nothing ----------------------------------------------------------

def test_promises_are_those_of_pyproject():
    project = tomllib.loads(PYPROJECT)["project"]
    python, packages = environment.promises(PYPROJECT)
    assert python == project["requires-python"]
    listed = {Requirement(line).name: Requirement(line).specifier for line in project["dependencies"]}
    assert {name: SpecifierSet(versions) for name, versions in packages.items()} == listed
    # `serves` knows no other signs, and the sentence on Python no other form.
    assert {s.operator for specifiers in listed.values() for s in specifiers} <= {">=", "<"}
    assert re.fullmatch(r">=3\.\d+,<3\.\d+", python)


def test_promises_are_those_of_requirements():
    lines = (ROOT / "requirements.in").read_text(encoding="utf-8").splitlines()
    wanted = [Requirement(line.partition("#")[0]) for line in lines if line.partition("#")[0].strip()]
    by_name = {requirement.name: requirement for requirement in wanted}
    for name, versions in PROMISED.items():
        assert by_name[name].specifier == SpecifierSet(versions), name
    tensorflow = [requirement for requirement in wanted if requirement.name.startswith("tensorflow")]
    assert {requirement.specifier for requirement in tensorflow} == {SpecifierSet(environment.TENSORFLOW)}
    for system in ("linux", "darwin", "win32"):
        for processor in ("x86_64", "aarch64", "arm64", "AMD64", "ARM64", "i686"):
            there = any(requirement.marker.evaluate({"sys_platform": system, "platform_machine": processor})
                        for requirement in tensorflow)
            assert there == ((system, processor) in environment.TENSORFLOW_ON), (system, processor)


@pytest.mark.parametrize("version", ["2", "2.0.0", "2.4.6", "1.26.4", "3", "3.0.1", "2.9.1.post1"])
@pytest.mark.parametrize("promised", [">=2,<3", ">=2.4", "<2.4"])
def test_serves_as_packaging_does(version, promised):
    assert environment.serves(version, promised) == SpecifierSet(promised).contains(version)


PROGRAM = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from helpers.environment import check_environment
check_environment()
print({{name.partition('.')[0] for name in sys.modules}} & {HEAVY})
"""


@pytest.mark.parametrize("options", [["-I", "-S"], ["-I"]], ids=["no packages at all", "as it is"])
def test_needs_no_package_and_imports_none(options):
    ran = subprocess.run([sys.executable, *options, "-X", "utf8", "-c", PROGRAM], capture_output=True, text=True,
                         encoding="utf-8", check=True)
    out = ran.stdout.splitlines()
    assert ran.stderr == "" and out[0] == "✓ Python" and out[-1] == "set()"
    if "-S" in options:
        assert out[1] == "✗ packages: " + "; ".join(f"{name} is missing" for name in PROMISED) + "."


def test_older_pythons_read_it_to_the_end():
    for name in ("environment", "words", "__init__"):
        ast.parse((ROOT / "helpers" / f"{name}.py").read_text(encoding="utf-8"), feature_version=(3, 8))


def test_every_sentence_can_be_translated(machine, monkeypatch):
    monkeypatch.setattr(environment, "_", lambda message: f"⟦{words._(message)}⟧")
    machine.modules.clear()
    machine.there.clear()
    for finding in environment.findings():
        for text in finding[1:]:
            assert not text or text == "TensorFlow" or (text.startswith("⟦") and text.rstrip(".").endswith("⟧")), text
