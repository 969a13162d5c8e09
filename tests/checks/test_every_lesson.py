"""The checks and predictions of every lesson, found by themselves. A lesson's author adds one file and no test code.

``tests/checks/planted_LESSON.py``, LESSON as in ``helpers/checks/LESSON.py``, holds one name::

    PLANTED = {"softmax": [lambda z: None, lambda z: z / z.sum(), ...], "temperature": [-1.0, "hot", ...]}

For each check (its name without ``check_``) at least ten wrong answers, functions or values. Each has to be caught,
as "wrong" or "fragile", and no two with the same sentence (the numbers printed beneath it do not count).

The worked solutions come from the lesson's notebook itself, ``notebooks/NN_LESSON.ipynb``:

* The stub of an exercise binds NAME, its check is called as ``check_NAME(NAME)``.
* A folded code cell with the tag ``solution`` and ``"jupyter": {"source_hidden": true}`` binds ``NAME_solution``.
  It never binds NAME and never calls the check: a run from top to bottom leaves the exercise "not started".
* A cell that the solutions need (data, the lesson's own function) has the tag ``setup``.

Here the first code cell and then all cells with one of these tags run in order, and each ``NAME_solution`` has to pass.
"""

import ast
import importlib
import inspect
from functools import cache
from pathlib import Path

import nbformat
import pytest

from helpers.checks.predicting import Choice, Question
from helpers.learner import Trouble, call
from tests.checks.caught import planted_are_caught

ROOT = Path(__file__).parents[2]
ENGINE = {"__init__", "checking", "predicting"}
LESSONS = sorted(path.stem for path in (ROOT / "helpers" / "checks").glob("*.py") if path.stem not in ENGINE)
CHECKS = [(lesson, key) for lesson in LESSONS
          for key in importlib.import_module(f"helpers.checks.{lesson}").lesson.checks]
PREDICTIONS = [(lesson, key) for lesson in LESSONS
               for key in importlib.import_module(f"helpers.checks.{lesson}").lesson.predictions]

every_lesson = pytest.mark.parametrize("name", LESSONS)
every_check = pytest.mark.parametrize(("name", "key"), CHECKS, ids=map("-".join, CHECKS))
every_prediction = pytest.mark.parametrize(("name", "key"), PREDICTIONS, ids=map("-".join, PREDICTIONS))


def module(name: str):
    return importlib.import_module(f"helpers.checks.{name}")


@pytest.fixture(autouse=True)
def _close_questions():
    yield
    Question.close_all()


@every_lesson
def test_module_offers_what_a_notebook_needs(name):
    lesson = module(name).lesson
    assert module(name).predict == lesson.predict and module(name).progress == lesson.progress
    assert {n for n in vars(module(name)) if n.startswith("check_")} == {f"check_{key}" for key in lesson.checks}
    assert len(lesson.predictions) >= 2, "at least two predictions in every lesson"
    assert len(lesson.checks) >= 3 or name == "start_here", "at least three exercises in every lesson from 1 on"


@every_check
@pytest.mark.parametrize("stub", [None, ..., lambda *args, **keywords: ...])
def test_stub_is_not_started(name, key, stub, capsys):
    getattr(module(name), f"check_{key}")(stub)
    out = capsys.readouterr()
    assert out.out.startswith("○ ") and out.err == ""


@every_check
def test_planted_answers_are_caught(name, key):
    planted_are_caught(module(name).lesson, key, importlib.import_module(f"tests.checks.planted_{name}").PLANTED)


@cache
def worked_solutions(name: str) -> tuple[dict, list[str]]:
    """Run the cells that hold the worked solutions; what they bind, and the sources of the solution cells."""
    found = sorted((ROOT / "notebooks").glob(f"[0-9][0-9]_{name}.ipynb"))
    assert found, f"there is no notebook notebooks/NN_{name}.ipynb"
    cells = [cell for cell in nbformat.read(found[0], as_version=4).cells if cell.cell_type == "code"]
    names: dict = {"__name__": "__main__"}
    solutions = []
    for number, cell in enumerate(cells):
        tags = set(cell.metadata.get("tags", []))
        if number == 0 or tags & {"setup", "solution"}:
            exec(compile(cell.source, f"{found[0].name}, code cell {number}", "exec"), names)
        if "solution" in tags:
            solutions.append(cell.source)
            assert cell.metadata.get("jupyter", {}).get("source_hidden"), f"code cell {number} is to be folded"
            first = cell.source.partition("\n")[0]  # JupyterLab goes on showing the first line of a folded cell
            assert "_solution =" not in first, f"the folded code cell {number} shows its answer; begin with a comment"
    return names, solutions


@every_check
def test_worked_solution_passes(name, key, capsys):
    names, _sources = worked_solutions(name)
    assert f"{key}_solution" in names, f"no cell tagged `solution` binds {key}_solution"
    capsys.readouterr()  # what the cells themselves print
    getattr(module(name), f"check_{key}")(names[f"{key}_solution"])
    out = capsys.readouterr()
    assert out.out.startswith("✓ ") and out.err == "", out.out


@every_lesson
def test_solution_cells_leave_the_stubs_alone(name):
    keys = set(module(name).lesson.checks)
    for source in worked_solutions(name)[1]:
        for node in ast.walk(ast.parse(source)):
            bound = node.name if isinstance(node, (ast.FunctionDef, ast.ClassDef)) else \
                node.id if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) else None
            assert bound not in keys, f"a solution cell binds {bound}"
            assert not (isinstance(node, ast.Name) and node.id.startswith("check_")), "a solution cell calls a check"


@every_prediction
def test_each_answer_has_a_reply(name, key):
    prediction = module(name).lesson.predictions[key]()
    assert prediction.question.strip()
    if isinstance(prediction, Choice):
        replies = [prediction.reply(str(index)) for index in range(len(prediction.options))]
        assert len(replies) >= 2 and len(set(prediction.choices)) == len(replies)
    else:
        tries = (prediction.right, 0, 1, -1, 0.5, 2, 10, -1e9, 1e9, float("inf"), prediction.right + 1)
        replies = [prediction.reply(str(number)) for number in tries]
        assert replies[0].right
    assert any(reply.right for reply in replies) and not all(reply.right for reply in replies)
    assert all(len(reply.sentence.split()) >= 3 for reply in replies), "a reply gives the reason"
    assert len({reply.sentence for reply in replies}) > 1


@every_prediction
def test_prediction_is_shown(name, key):
    data, _metadata = module(name).predict(key)._repr_mimebundle_()
    assert data["text/plain"].startswith(module(name).lesson.predictions[key]().question)


@every_check
def test_check_explains_itself(name, key):
    check = getattr(module(name), f"check_{key}")
    assert inspect.getdoc(check), "a check has a docstring"
    with pytest.raises(Trouble):  # it takes one answer
        call(check, 1, 2, name="check")


def test_there_are_lessons():
    if not LESSONS:
        pytest.skip("NO LESSON'S CHECKS ARE TESTED: there is none in helpers/checks yet")
