"""Every lesson in notebooks/, as it is stored. Beside these tests, nbval runs each of them."""

import re
from copy import deepcopy

import nbformat
import pytest
from nbval.plugin import IPyNbFile, coalesce_streams

from tests.notebooks import refresh
from tests.notebooks.structure import problems

LESSONS = refresh.lessons()
every_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)


def test_there_are_lessons():
    if not LESSONS:
        pytest.skip(f"NO LESSON IS TESTED: there is no notebook yet in {refresh.LESSONS}")
    numbers = [p.name[:2] for p in LESSONS if p.parent == refresh.LESSONS]
    assert sorted(set(numbers)) == numbers, "two lessons have the same number"


@every_lesson
def test_refreshing_changes_nothing(path, run):
    assert refresh.changes(path, run(path)) == [], f"run: python tests/notebooks/refresh.py {path.stem}"


@every_lesson
def test_structure(path):
    assert problems(path, nbformat.read(path, as_version=4)) == []


@every_lesson
def test_a_changed_digit_turns_nbval_red(path, run, request):
    """With nbval's own comparison: what the cells give when run, against each stored text with one digit changed."""
    file = IPyNbFile.from_parent(request.session, path=path)
    code = [c for c in run(path).cells if c.cell_type == "code"]
    missed = []
    for item, ran in zip(file.collect(), code, strict=True):
        item.format_output_compare = lambda *a: None  # the report of a difference, which takes longer than finding it
        given = coalesce_streams(deepcopy(ran.outputs))
        assert item.compare_outputs(given, coalesce_streams(deepcopy(item.cell.outputs)))
        for what, changed in changed_digits(item.cell.outputs):
            if item.compare_outputs(given, coalesce_streams(changed)):
                missed.append(f"{item.cell.id}: {what}")
    assert missed == []


def changed_digits(outputs):
    """Yield copies of the outputs in which one digit of one text is another, each with its place in words."""
    for n, output in enumerate(outputs):
        for kind, text in refresh.texts(output):
            for digit in re.finditer(r"\d", text):
                at = digit.start()
                other = text[:at] + str((int(digit[0]) + 1) % 10) + text[at + 1 :]
                changed = deepcopy(outputs)
                if output.output_type == "stream":
                    changed[n].text = other
                else:
                    changed[n].data[kind] = other
                yield f"{kind} {text[max(at - 15, 0) : at + 15]!r}", changed
