"""The autograder for Gradescope: otter gives the worked solution all points and the blank version none."""

import json
import os
import subprocess
import zipfile
from pathlib import Path

import pytest

from coursework.grading import otter
from coursework.grading.assignment import ROOT, as_text, load
from coursework.grading.files import Refused
from tests.coursework import small
from tests.coursework.where import NO_OTTER, OTTER

REAL = sorted(p.parent.name for p in ROOT.glob("source/*/*.ipynb"))


@pytest.mark.skipif(not OTTER, reason=NO_OTTER)
@pytest.mark.parametrize("name", ["T1", *REAL])
def test_otter_grades_the_solution_and_the_blank_version(
        name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(Path(OTTER).parent), prepend=os.pathsep)
    monkeypatch.delenv("PYTHONPATH", raising=False)
    assignment = small.make(tmp_path) if name == "T1" else load(name)
    _, archive = otter.export(assignment, tmp_path / "out")
    names = set(zipfile.ZipFile(archive).namelist())
    automatic = [p for p in assignment.parts if not p.by_hand]
    assert {f"tests/{p.id}.py" for p in automatic} <= names
    assert {"run_autograder", "setup.sh", "environment.yml", "files/helpers/__init__.py"} <= names
    for what, cells in (("solution", assignment.cells), ("blank", assignment.released)):
        (tmp_path / what).mkdir()
        book = tmp_path / what / f"{name}.ipynb"
        book.write_text(as_text({**assignment.book, "cells": cells}), encoding="utf-8")
        done = subprocess.run([OTTER, "run", "-a", archive, "-o", tmp_path / what, "--no-logo", book],
                              capture_output=True, text=True, cwd=tmp_path)
        assert done.returncode == 0, done.stderr[-2000:]
        results = json.loads((tmp_path / what / "results.json").read_text())["tests"]
        scores = {t["name"]: t["score"] for t in results if t.get("max_score")}
        assert scores == {p.id: p.points if what == "solution" else 0 for p in automatic}, what


def test_without_otter_all_but_the_zip_is_made_and_the_command_named(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(otter, "find_spec", lambda name: None)
    with pytest.raises(Refused, match="otter generate -t tests"):
        otter.export(small.make(tmp_path), tmp_path / "out")
    tests = sorted(p.name for p in (tmp_path / "out" / "T1" / "tests").iterdir())
    assert tests == ["test-centred.py", "test-net-input.py", "test-softmax.py", "test-steepest.py"]
    compile((tmp_path / "out" / "T1" / "tests" / "test-softmax.py").read_text(), "test", "exec")
