"""The tool itself: its examples run, its real assignments grade themselves, its help names every command."""

import doctest
import importlib
import pkgutil

import pytest

from coursework import grading
from coursework.grading.assignment import ROOT, load
from coursework.grading.box import Isolation, Limits
from coursework.grading.cli import main
from coursework.grading.running import self_check
from tests.coursework.where import ISOLATION

MODULES = [m.name for m in pkgutil.iter_modules(grading.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name: str) -> None:
    assert doctest.testmod(importlib.import_module(f"coursework.grading.{name}")).failed == 0


@pytest.mark.parametrize("name", sorted(p.parent.name for p in ROOT.glob("source/*/*.ipynb")))
def test_the_worked_solution_gets_full_marks_and_the_blank_version_none(name: str) -> None:
    self_check(load(name), ISOLATION or Isolation("none"), Limits())


def test_help_names_every_command(capsys: pytest.CaptureFixture) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    text = capsys.readouterr().out
    for command in ("release", "intake", "grade", "audit", "export", "feedback", "all", "gradescope"):
        assert f"python -m coursework {command}" in text
        with pytest.raises(SystemExit) as end:
            main([command, "--help"])
        assert end.value.code == 0
        capsys.readouterr()


def test_an_assignment_that_is_not_there_is_refused_with_those_that_are(capsys: pytest.CaptureFixture) -> None:
    assert main(["grade", "B7"]) == 1
    assert "There are: A1, A2, A3." in capsys.readouterr().err
