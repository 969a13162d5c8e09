"""A small assignment, T1, in the form of the real ones, and notebooks made of it as students hand them in."""

import copy
import json
from pathlib import Path

from coursework.grading.assignment import Assignment, as_text, load

RIGHT = {
    "net-input": "def net_input(X, w):\n    return w[0] + X @ w[1:]",
    "softmax": "def softmax(z):\n    e = np.exp(z - np.max(z, axis=-1, keepdims=True))\n"
               "    return e / e.sum(axis=-1, keepdims=True)",
    "centred": "def centred(X):\n    return X - X.mean(axis=0)",
    "steepest": "steepest = 0.0",
    "why": "Because the slope φ(1 − φ) is largest where φ is one half.",
}
POINTS = {"test-net-input": 3, "test-softmax": 4, "test-centred": 3, "test-steepest": 2, "why": 3}

# Each passes the checks that can be seen, and no hidden one.
VISIBLE_ONLY = {
    "net-input": "def net_input(X, w):\n    return 2.07",
    "softmax": "def softmax(z):\n    e = np.exp(z)\n    return e / e.sum()",
    "centred": "def centred(X):\n    X -= X.mean(axis=0)\n    return X",
    "steepest": "steepest = 1.0",
}

_CHECKS = {
    "test-net-input": (
        "np.testing.assert_allclose(net_input(np.array([1.4, 2.5]), np.array([0.4, 0.3, 0.5])), 2.07)",
        "_X = np.random.default_rng(7).normal(size=(4, 3))\n"
        "np.testing.assert_allclose(net_input(_X, np.array([0.5, 1, -2, 3.0])), 0.5 + _X @ [1, -2, 3.0])"),
    "test-softmax": (
        "np.testing.assert_allclose(softmax(np.array([1.78, 0.76, 1.65])), [0.44668973, 0.16107406, 0.39223621])",
        "np.testing.assert_allclose(softmax(np.array([[1000.0, 0.0], [3.5, 3.5]])), [[1, 0], [0.5, 0.5]])"),
    "test-centred": (
        'assert centred(X.copy()).shape == (3, 2), "the shape of X stays"\n'
        'assert abs(centred(X.copy()).mean()) < 1e-12, "the mean is 0"',
        "_before = np.array([[3.0, 8.0], [5.0, 2.0]])\n_given = _before.copy()\n"
        "assert np.allclose(centred(_given), [[-1, 3], [1, -3]])\nassert np.array_equal(_given, _before)"),
    "test-steepest": (
        'assert isinstance(steepest, (int, float)), "steepest is a number"',
        "assert abs(logistic(steepest) - 0.5) < 1e-12"),
}


def _cell(kind: str, name: str, source: str, **marks: object) -> dict:
    cell = {"cell_type": kind, "id": name, "source": source, "metadata": {}}
    if marks:
        cell["metadata"]["nbgrader"] = {"grade": False, "grade_id": name, "locked": False, "schema_version": 3,
                                        "solution": False, "task": False, **marks}
    return cell | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def _answer(name: str) -> dict:
    head, body = (RIGHT[name].split("\n", 1) if "def " in RIGHT[name] else ("", RIGHT[name]))
    indent = "    " if head else ""
    lines = [*([head] if head else []), f"{indent}### BEGIN SOLUTION", body, f"{indent}### END SOLUTION"]
    return _cell("code", name, "\n".join(lines), solution=True)


def _check(name: str) -> dict:
    seen, unseen = _CHECKS[name]
    source = f"{seen}\n### BEGIN HIDDEN TESTS\n{unseen}\n### END HIDDEN TESTS"
    return _cell("code", name, source, grade=True, locked=True, points=POINTS[name])


def source() -> dict:
    """Return the source notebook."""
    cells = [
        _cell("markdown", "title", "# T1 · A small assignment", locked=True),
        _cell("code", "imports", "import numpy as np\nfrom helpers.activations import logistic", locked=True),
        _answer("net-input"), _check("test-net-input"), _answer("softmax"), _check("test-softmax"),
        _cell("code", "data", "X = np.arange(6.0).reshape(3, 2)\nX"),
        _answer("centred"), _check("test-centred"), _answer("steepest"), _check("test-steepest"),
        _cell("markdown", "question", "Why there?", locked=True),
        _cell("markdown", "why", f"{RIGHT['why']} One point for each of three reasons.", grade=True, solution=True,
              points=POINTS["why"]),
    ]
    spec = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    return {"cells": cells, "metadata": {"kernelspec": spec, "language_info": {"name": "python"}},
            "nbformat": 4, "nbformat_minor": 5}


def make(root: Path) -> Assignment:
    """Write the source below a folder and return the assignment."""
    path = root / "source" / "T1" / "T1.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(as_text(source()), encoding="utf-8")
    return load("T1", root)


def answered(assignment: Assignment, answers: dict[str, str] | None = None, **others: str) -> dict:
    """Return the student version with answers: the right ones, but for others ("-" stands for blank)."""
    answers = (RIGHT if answers is None else answers) | {k.replace("_", "-"): v for k, v in others.items()}
    book = copy.deepcopy(assignment.book)
    for cell in book["cells"]:
        if answers.get(cell["id"], "-") != "-":
            cell["source"] = answers[cell["id"]]
    return book


def cell_of(book: dict, name: str) -> dict:
    """Return a cell by its id."""
    return next(c for c in book["cells"] if c["id"] == name)


def data(book: dict, **how: object) -> bytes:
    """Return a notebook as the bytes of its file."""
    return json.dumps(book, **how).encode()
