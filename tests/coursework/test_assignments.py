"""The graded assignments as files: the sources, the student versions made of them, and what their checks catch."""

import ast
import copy
import importlib
import re
import sys
from functools import cache
from itertools import pairwise
from statistics import median

import nbformat
import pytest

from helpers.coursework import NotYet
from tests.checks.caught import planted_are_caught
from tests.notebooks import refresh, structure

SOURCE = refresh.ROOT / "coursework" / "source"
PATHS = sorted(SOURCE.glob("*/*.ipynb"))
STUB = "# YOUR CODE HERE\nraise NotImplementedError()"
RULES = [structure.as_a_file, structure.outputs, structure.no_escape, structure.pure_python, structure.machine_paths,
         structure.heading_levels, structure.pictures_in_prose, structure.links, structure.identities_are_evaluated,
         structure.numbers_are_printed]

every_assignment = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)


def read(path):
    return nbformat.read(path, as_version=4)


def marks(cell):
    return cell.metadata.get("nbgrader", {})


def is_test(cell):
    return bool(marks(cell).get("grade")) and not marks(cell)["solution"]


def region(source, name):
    """The lines of a region, without its two markers."""
    found = re.findall(rf"^[ ]*### BEGIN {name}\n(.*?)^[ ]*### END {name}$", source + "\n", re.M | re.S)
    return "".join(found)


def student_version(book):
    """What students get: nbgrader's rules, written down once more for the tests."""
    book = copy.deepcopy(book)
    for cell in book.cells:
        if marks(cell).get("solution"):
            if cell.cell_type == "markdown":
                cell.source = "YOUR ANSWER HERE"
            else:
                cell.source = re.sub(r"^([ ]*)### BEGIN SOLUTION\n.*?^[ ]*### END SOLUTION",
                                     lambda m: "\n".join(m[1] + line for line in STUB.split("\n")),
                                     cell.source, flags=re.M | re.S)
        cell.source = re.sub(r"^### BEGIN HIDDEN TESTS\n.*?^### END HIDDEN TESTS(\n|$)", "", cell.source,
                             flags=re.M | re.S).rstrip("\n")
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return book


def checked(source):
    """The check that a test cell calls, and the function it is called with."""
    found = re.search(r"^check_(\w+)\((\w+)", source, re.M)
    assert found and found[1] == found[2], source
    return found[1]


@cache
def solved(path):
    """The names that the cells bind which are no tests, with the worked solutions."""
    kept, names = list(sys.path), {"__name__": "__main__"}
    for cell in read(path).cells:
        if cell.cell_type == "code" and not is_test(cell):
            exec(compile(cell.source, f"{path.stem}, {cell.id}", "exec"), names)
    sys.path[:] = kept
    return names


def run_test(path, cell_id, **answers):
    """Run one test cell of the source, with other answers than the worked ones."""
    cell = next(c for c in read(path).cells if c.id == cell_id)
    exec(compile(cell.source, f"{path.stem}, {cell_id}", "exec"), {**solved(path), **answers})


def planted(path):
    return importlib.import_module(f"tests.coursework.planted_{path.stem.lower()}")


def lesson(path):
    return importlib.import_module(f"helpers.coursework.{path.stem.lower()}").lesson


CHECKS = [(path, key) for path in PATHS for key in lesson(path).checks]
TESTS = [(path, cell.id) for path in PATHS for cell in read(path).cells if is_test(cell)]
SLIPS = [(path, cell_id, n) for path in PATHS for cell_id, slips in planted(path).SLIPS.items()
         for n in range(len(slips))]
every_check = pytest.mark.parametrize(("path", "key"), CHECKS, ids=[f"{p.stem}-{key}" for p, key in CHECKS])
every_test = pytest.mark.parametrize(("path", "cell_id"), TESTS, ids=[f"{p.stem}-{i}" for p, i in TESTS])


# --- the sources ----------------------------------------------------------------------------------------------------

def test_there_are_three():
    assert [path.stem for path in PATHS] == ["A1", "A2", "A3"]


@every_assignment
def test_refreshing_changes_nothing(path):
    assert refresh.changes(path, refresh.refreshed(path)) == [], "run: python tests/coursework/refresh.py"


@every_assignment
def test_structure(path):
    seen = structure.Lesson(path, read(path))
    assert [f"{rule.__name__}: {sentence}" for rule in RULES for sentence in rule(seen)] == []
    assert all(len(c.source.splitlines()) <= structure.MAX_LINES for c in seen.code)
    students = [c for c in student_version(read(path)).cells if c.cell_type == "code"]
    assert median(len(c.source.splitlines()) for c in students) <= structure.MEDIAN_LINES


@every_assignment
def test_metadata(path):
    """nbgrader's metadata: ids of their own, everything given is locked, nothing is both a test and an answer."""
    cells = read(path).cells
    ids = [marks(c)["grade_id"] for c in cells if marks(c)]
    assert len(set(ids)) == len(ids) and all(i.startswith(f"{path.stem.lower()}-") for i in ids)
    for cell in cells:
        found = marks(cell)
        if not found:
            assert cell.cell_type == "code" and all(line.startswith("# ") for line in cell.source.splitlines()), cell.id
            continue
        assert found["schema_version"] == 3 and found["task"] is False
        assert found["locked"] is not found["solution"], f"{cell.id}: what is given is locked, and no answer is"
        assert ("points" in found) is found["grade"] and found.get("points", 1) > 0
        assert ("### BEGIN SOLUTION" in cell.source) is (found["solution"] and cell.cell_type == "code")
        assert ("### BEGIN HIDDEN TESTS" in cell.source) is is_test(cell)
        if is_test(cell):
            visible, _, rest = cell.source.partition("### BEGIN HIDDEN TESTS\n")
            assert visible.startswith("check_") and rest.endswith("### END HIDDEN TESTS")
    assert any(c.cell_type == "markdown" and marks(c).get("grade") and marks(c)["solution"] for c in cells)


@every_assignment
def test_answers_are_functions(path):
    """With its solution taken out, each answer is a function with name, arguments and description, and runs."""
    for cell in student_version(read(path)).cells:
        if cell.cell_type == "code" and marks(cell).get("solution"):
            (function,) = ast.parse(cell.source).body
            assert isinstance(function, ast.FunctionDef) and ast.get_docstring(function) and len(function.body) == 2
            assert ast.unparse(function.body[1]) == "raise NotImplementedError()"


@every_assignment
def test_points(path):
    """What the introduction states is what the metadata give: each part, and the sum."""
    cells = read(path).cells
    given = [(i, c) for i, c in enumerate(cells) if marks(c).get("grade")]
    rules = next(c.source for c in cells if c.id == "rules")
    table = {int(part): int(points) for part, points in re.findall(r"^\| (\d+) \|.*\| (\d+) \|$", rules, re.M)}
    headings = [(i, int(m[1]), int(m[2])) for i, c in enumerate(cells)
                if (m := re.match(r"## Part (\d+) · .* \((\d+) points?\)$", c.source.split("\n")[0]))]
    ends = [*(i for i, _, _ in headings[1:]), len(cells)]
    for (start, part, points), end in zip(headings, ends, strict=True):
        assert table[part] == points == sum(marks(c)["points"] for i, c in given if start < i < end), f"part {part}"
    total = sum(marks(c)["points"] for _, c in given)
    assert f"**{total} points** in all" in rules and sum(table.values()) == total
    assert list(table) == list(range(1, len(table) + 1)) and 6 <= len(table) <= 8


@every_assignment
def test_answer_in_words_has_a_scheme(path):
    (answer,) = [c.source for c in read(path).cells if c.cell_type == "markdown" and marks(c).get("solution")]
    assert "**A full answer.**" in answer and "**Marking scheme.**" in answer


def numbers(path):
    """Every list of three and more numbers in a notebook's code, as a tuple; those of plain integers are nobody's."""
    def value(node):
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return -value(node.operand)
        return node.value if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)) else None

    for cell in read(path).cells:
        for node in ast.walk(ast.parse(cell.source)) if cell.cell_type == "code" else ():
            if isinstance(node, (ast.List, ast.Tuple)) and len(node.elts) >= 3:
                found = [value(e) if isinstance(e, (ast.Constant, ast.UnaryOp)) else None for e in node.elts]
                if None not in found and any(v != round(v) for v in found):
                    yield tuple(found)


@every_assignment
def test_numbers_and_data_are_not_those_of_the_lessons(path):
    lessons = {row for other in refresh.lessons() for row in numbers(other)}
    assert (0.4, 0.3, 0.5) in lessons, "the search finds the lessons' own"
    mine = set(numbers(path))
    module = (refresh.ROOT / "helpers" / "coursework" / f"{path.stem.lower()}.py").read_text(encoding="utf-8")
    assert len(mine) >= 3 and not mine & lessons
    text = module + "".join(c.source for c in read(path).cells)
    assert not re.search(r"tomato|practice_hours|load_iris|load_digits|1\.78, 0\.76|2\.07", text)


# --- the student versions ---------------------------------------------------------------------------------------------

@every_assignment
def test_student_version_holds_no_line_of_a_solution(path):
    book = read(path)
    text = "\n".join(c.source for c in student_version(book).cells)
    taken = [line.strip() for c in book.cells for name in ("SOLUTION", "HIDDEN TESTS")
             for line in region(c.source, name).splitlines()]
    taken += [s.strip() for c in book.cells if c.cell_type == "markdown" and marks(c).get("solution")
              for s in re.split(r"[.\n]", c.source)]
    telling = [line for line in taken if len(line) > 12]
    assert len(telling) > 50
    assert [line for line in telling if line in text] == []
    assert "HIDDEN" not in text and "SOLUTION" not in text and text.count("YOUR ANSWER HERE") == 1


@every_assignment
def test_student_version_is_what_nbgrader_makes(path):
    pytest.importorskip("nbgrader")
    from nbgrader.preprocessors import ClearHiddenTests, ClearOutput, ClearSolutions

    book, resources = read(path), {"language": "python"}
    for preprocessor in (ClearSolutions(), ClearOutput(), ClearHiddenTests()):
        book, resources = preprocessor.preprocess(book, resources)
    assert [c.source.rstrip("\n") for c in book.cells] == [c.source for c in student_version(read(path)).cells]


@every_assignment
def test_a_blank_hand_in_is_not_started_in_every_part(path, monkeypatch):
    monkeypatch.setattr(sys, "path", list(sys.path))
    names = {"__name__": "__main__"}
    for cell in student_version(read(path)).cells:
        if cell.cell_type != "code":
            continue
        code = compile(cell.source, f"{path.stem}, {cell.id}", "exec")
        if is_test(cell):
            with pytest.raises(NotYet, match=r"^○ \d+ \w+ – not started\n  Write your function"):
                exec(code, names)
        else:
            exec(code, names)


def test_a_failed_check_shows_its_sentences_and_no_traceback(tmp_path):
    book = student_version(read(PATHS[0]))
    book.cells = [c for c in book.cells if c.id in ("imports", "scores", "test-scores")]
    book.cells[1].source = "def scores(M, w):\n    return M @ w[1:]"
    with pytest.raises(refresh.Refused):  # it stores the outputs up to the failure before it refuses
        refresh.execute(book, tmp_path / "A1.ipynb")
    (output,) = book.cells[2].outputs
    assert output.output_type == "error" and output.ename == "NotYet"
    assert output.traceback[:2] == [
        "✗ 1 scores – not yet right",
        "  The bias is missing. Look at w₀: M holds no x₀ = 1, so nothing brings it in."]
    assert not any("Traceback" in line or "\x1b" in line for line in output.traceback)


# --- the checks -------------------------------------------------------------------------------------------------------

@every_check
def test_planted_answers_are_caught(path, key):
    planted_are_caught(lesson(path), key, planted(path).PLANTED)


@every_check
def test_what_is_caught_gets_no_points(path, key):
    check = solved(path)[f"check_{key}"]
    for answer in (None, *planted(path).PLANTED[key][:3]):
        with pytest.raises(NotYet, match=r"^[○✗△] \d"):
            check(answer)


@every_check
def test_every_check_belongs_to_a_test_cell(path, key):
    assert key in {checked(c.source) for c in read(path).cells if is_test(c)}


@every_test
def test_hidden_tests_catch_what_passes_the_visible_check(path, cell_id):
    """An answer that only knows the examples of the visible check gets no points."""
    cell = next(c for c in read(path).cells if c.id == cell_id)
    key = checked(cell.source)
    if key not in ("diagnosis", "raw_weights"):  # their checks hold no values; they have slips of their own
        declared = lesson(path).checks[key]()
        assert lesson(path).diagnose(key, declared.reference).status == "right"
        with pytest.raises(NotYet, match=r"^✗ A hidden test fails: [^\n]+\.$"):
            run_test(path, cell_id, **{key: declared.reference})
    assert planted(path).SLIPS[cell_id]


@pytest.mark.parametrize(("path", "cell_id", "n"), SLIPS, ids=[f"{p.stem}-{i}-{n}" for p, i, n in SLIPS])
def test_slips_pass_the_visible_check_and_fail_the_hidden_tests(path, cell_id, n, capsys):
    cell = next(c for c in read(path).cells if c.id == cell_id)
    key, slip = checked(cell.source), planted(path).SLIPS[cell_id][n]
    with pytest.raises(NotYet, match=r"^✗ A hidden test fails: [^\n]+\.$"):
        run_test(path, cell_id, **{key: slip})
    assert re.match(r"[✓△] \d", capsys.readouterr().out), "the visible check was passed"


@every_test
def test_another_right_answer_passes(path, cell_id):
    """Whoever solves it in another way, with loops and other formulas, gets the points."""
    cell = next(c for c in read(path).cells if c.id == cell_id)
    key = checked(cell.source)
    for other in planted(path).OTHERWISE[key]:
        run_test(path, cell_id, **{key: other})


@every_test
def test_an_answer_that_changes_its_input_gets_no_points(path, cell_id):
    cell = next(c for c in read(path).cells if c.id == cell_id)
    key = checked(cell.source)
    right = solved(path)[key]

    def changes(*args, **keywords):
        returned = right(*args, **keywords)
        for argument in args:
            if getattr(argument, "size", 0):
                argument[...] = 0
        return returned

    if key != "diagnosis":
        with pytest.raises(NotYet, match="changes its input"):
            run_test(path, cell_id, **{key: changes})


@every_assignment
def test_pictures_on_request_work(path):
    """Cells in which a student takes away the signs of comment."""
    import matplotlib

    matplotlib.use("agg")
    cells = [c for c in read(path).cells if c.cell_type == "code" and not marks(c)]
    assert cells
    for cell in cells:
        code = "\n".join(line.removeprefix("# ") for line in cell.source.splitlines()[1:])
        assert "(" in code
        exec(compile(code, cell.id, "exec"), dict(solved(path)))


def test_ids_and_counts_are_in_order():
    for path in PATHS:
        book = read(path)
        assert [c.execution_count for c in book.cells if c.cell_type == "code"] == \
            list(range(1, 1 + sum(c.cell_type == "code" for c in book.cells)))
        parts = [int(m[1]) for c in book.cells if (m := re.match(r"## Part (\d+)", c.source))]
        assert all(b == a + 1 for a, b in pairwise(parts))
