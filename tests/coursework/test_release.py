"""The student version: nbgrader's own, and no line of a solution in it."""

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import nbformat
import pytest

from coursework.grading.assignment import ROOT, as_text, bound, load
from coursework.grading.files import Refused
from tests.coursework import small

REAL = sorted(p.parent.name for p in ROOT.glob("source/*/*.ipynb"))


def assignments(tmp_path: Path) -> list:
    return [small.make(tmp_path), *map(load, REAL)]


def test_the_student_version_is_a_valid_notebook_without_a_line_of_a_solution_or_a_hidden_test(tmp_path: Path) -> None:
    for assignment in assignments(tmp_path):
        nbformat.validate(nbformat.reads(as_text(assignment.book), as_version=4))
        for before, after in zip(assignment.cells, assignment.released, strict=True):
            kept = {line.strip() for line in after["source"].split("\n")}
            inside = False
            for line in before["source"].split("\n"):
                if "### END" in line:
                    inside = False
                if inside and len(line.strip()) > 6:
                    assert line.strip() not in kept, (assignment.name, before["id"])
                inside = inside or "### BEGIN" in line
            assert "### BEGIN" not in after["source"]
            if before["cell_type"] == "code":
                assert after["outputs"] == []


@pytest.mark.parametrize("name", REAL)
def test_what_is_in_the_repository_is_made_from_the_source(name: str) -> None:
    path = ROOT / "release" / name / f"{name}.ipynb"
    assert path.read_text(encoding="utf-8") == as_text(load(name).book), "run  python -m coursework release"


@pytest.mark.skipif(not find_spec("nbgrader"), reason="NBGRADER IS NOT RUN: it is not installed")
def test_it_is_what_nbgrader_makes(tmp_path: Path) -> None:
    course = tmp_path / "course"
    mine = {a.name: a for a in assignments(course)}
    for name in REAL:
        shutil.copytree(ROOT / "source" / name, course / "source" / name)
    # It starts alembic by name.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    for name, assignment in mine.items():
        made = subprocess.run([sys.executable, "-m", "nbgrader", "generate_assignment", name, "--create",
                               f"--CourseDirectory.root={course}", "--GenerateAssignment.force=True"],
                              capture_output=True, text=True, cwd=course, env={**os.environ, "PATH": path})
        assert made.returncode == 0, made.stderr[-2000:]
        theirs = nbformat.read(course / "release" / name / f"{name}.ipynb", as_version=4)
        assert theirs == nbformat.reads(as_text(assignment.book), as_version=4), name


def test_release_makes_it_once_and_then_changes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    from coursework.grading.cli import main

    small.make(tmp_path)
    (tmp_path / "source" / "T1" / "data.csv").write_text("1,2\n")
    for said in ("made", "unchanged"):
        assert main(["release", "--source", str(tmp_path)]) == 0
        assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == [said] * 2
    (tmp_path / "release" / "T1" / "data.csv").write_text("3\n")
    assert main(["release", "--check", "--source", str(tmp_path)]) == 1
    assert (tmp_path / "release" / "T1" / "data.csv").read_text() == "3\n"


@pytest.mark.parametrize(("change", "why"), [
    (lambda c: c.update(source="### BEGIN SOLUTION\n1"), "has no end"),
    (lambda c: c.update(source="### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION"), "begins inside"),
    (lambda c: c["metadata"]["nbgrader"].update(grade_id="softmax"), "grade_id of its own"),
    (lambda c: c["metadata"]["nbgrader"].update(solution=False), "is no answer"),
    (lambda c: c["metadata"]["nbgrader"].update(task=True), "task cells"),
    (lambda c: c["metadata"]["nbgrader"].update(grade=True, points=-1), "points are -1"),
])
def test_a_badly_made_assignment_is_refused_by_cell(change, why: str, tmp_path: Path) -> None:
    book = small.source()
    change(small.cell_of(book, "net-input"))
    path = tmp_path / "source" / "T1" / "T1.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(as_text(book))
    with pytest.raises(Refused, match=why) as refusal:
        load("T1", tmp_path)
    assert "cell net-input" in str(refusal.value) or "cell softmax" in str(refusal.value)


def test_names_of_solutions_are_those_of_the_stubs(tmp_path: Path) -> None:
    assignment = small.make(tmp_path)
    answers = [i for i in range(len(assignment.cells)) if assignment.role(i) == "answer"]
    assert [assignment.names(i) for i in answers] == [["net_input"], ["softmax"], ["centred"], ["steepest"]]
    assert bound(assignment.released[answers[0]]["source"]) == ["net_input"]
