"""An assignment as its author wrote it, and the student version made of it.

The cells carry nbgrader's metadata (schema 3). The student version is what `nbgrader generate_assignment` makes; a test
compares the two. It is made here as well, so that a teacher, Binder and the grading need no nbgrader.
"""

import ast
import copy
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from coursework.grading.files import Refused, digest

ROOT = Path(__file__).resolve().parents[1]
CODE_STUB = "# YOUR CODE HERE\nraise NotImplementedError()"
TEXT_STUB = "YOUR ANSWER HERE"
REGIONS = ("SOLUTION", "HIDDEN TESTS", "MARK SCHEME")


@dataclass(frozen=True)
class Part:
    """A cell that gives points.

    Attributes
    ----------
    id : str
        nbgrader's `grade_id`.
    points : float
        The most it can give.
    by_hand : bool
        Whether a person marks it.
    index : int
        The number of its cell.
    """

    id: str
    points: float
    by_hand: bool
    index: int


@dataclass(frozen=True)
class Assignment:
    """The cells of the source and of the student version, one for one.

    Attributes
    ----------
    name : str
        "A1" and so on.
    cells, released : list of dict
        The cells of the source and of the student version, as in the file but with their source as one text.
    book : dict
        The student version.
    files : tuple of Path
        What else lies beside the student version: data that the answers may read.
    """

    name: str
    cells: list[dict]
    released: list[dict]
    book: dict
    files: tuple[Path, ...] = field(default=())

    @cached_property
    def parts(self) -> list[Part]:
        """What gives points, in order."""
        return [Part(meta(c)["grade_id"], meta(c)["points"], bool(meta(c).get("solution")), i)
                for i, c in enumerate(self.cells) if meta(c).get("grade")]

    @cached_property
    def key(self) -> str:
        """Changes with anything that can change a mark."""
        return digest(self.cells, self.released, [[f.name, f.read_bytes().hex()] for f in self.files])

    def role(self, index: int) -> str:
        """Say what a cell is for: "answer", "words", "test", "given" or "text"."""
        cell, marks = self.cells[index], meta(self.cells[index])
        if marks.get("solution"):
            return "answer" if cell["cell_type"] == "code" else "words"
        if cell["cell_type"] != "code":
            return "text"
        return "test" if marks.get("grade") else "given"

    def called(self, index: int) -> str:
        """Name a cell."""
        cell = self.cells[index]
        return meta(cell).get("grade_id") or cell.get("id") or f"number {index + 1}"

    def names(self, index: int) -> list[str]:
        """Return what the worked solution of an answer defines."""
        return bound(self.cells[index]["source"])

    @cached_property
    def relied(self) -> set[str]:
        """The names that the checks use."""
        return {node.id for part in self.parts if not part.by_hand
                for node in ast.walk(tree(self.cells[part.index]["source"])) if isinstance(node, ast.Name)}

    @cached_property
    def modules(self) -> list[str]:
        """What the given cells and the checks import."""
        found: set[str] = set()
        for node in self._given_and_checks():
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module)
        return sorted(found)

    @cached_property
    def attributes(self) -> list[str]:
        """What they use of modules, such as "numpy.testing": NumPy loads some of it only then."""
        aliases: dict[str, str] = {}
        for node in self._given_and_checks():
            if isinstance(node, ast.Import):
                aliases |= {alias.asname or alias.name: alias.name for alias in node.names}
        return sorted({f"{aliases[node.value.id]}.{node.attr}" for node in self._given_and_checks()
                       if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
                       and node.value.id in aliases})

    @cached_property
    def given(self) -> frozenset[str]:
        """The statements of the given cells, each as Python writes it."""
        return frozenset(ast.unparse(statement) for i, cell in enumerate(self.cells) if self.role(i) == "given"
                         for statement in tree(cell["source"]).body)

    def _given_and_checks(self) -> Iterator[ast.AST]:
        for index, cell in enumerate(self.cells):
            if self.role(index) in ("given", "test"):
                yield from ast.walk(tree(cell["source"]))


def meta(cell: dict) -> dict:
    """Return nbgrader's metadata of a cell, {} where there is none or it is damaged."""
    metadata = cell.get("metadata")
    marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return marks if isinstance(marks, dict) else {}


def tree(source: str) -> ast.Module:
    """Parse a cell; lines that are IPython's (%magic, !command) are left out; a broken cell is an empty one."""
    lines = [re.sub(r"^(\s*)[%!].*", r"\1pass", line) for line in source.split("\n")]
    try:
        return ast.parse("\n".join(lines))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module(body=[], type_ignores=[])


def bound(source: str) -> list[str]:
    """Return the names that a cell binds at its top level.

    Examples
    --------
    >>> bound("import numpy as np\\ndef f(x): y = x\\na, (b, *c) = 1, (2, 3)\\nfor i in []: d = 1")
    ['a', 'b', 'c', 'd', 'f', 'i', 'np']
    """
    found, todo = set(), list(tree(source).body)
    while todo:
        node = todo.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, ast.Lambda):
            continue
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            found |= {alias.asname or alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.Name):
            if isinstance(node.ctx, ast.Store):
                found.add(node.id)
        else:
            todo.extend(ast.iter_child_nodes(node))
    return sorted(found)


def without(source: str, region: str, stub: str | None = None) -> tuple[str, bool]:
    """Cut the regions of a kind out of a cell, as nbgrader does; a stub takes the place of each, indented as it was.

    Examples
    --------
    >>> without("def f():\\n    ### BEGIN SOLUTION\\n    return 1\\n    ### END SOLUTION", "SOLUTION", "...")
    ('def f():\\n    ...', True)
    """
    kept, inside, cut = [], False, False
    for line in source.split("\n"):
        if f"BEGIN {region}" in line:
            if inside:
                raise Refused(f"A region `BEGIN {region}` begins inside another one.")
            inside = cut = True
            if stub is not None:
                indent = re.match(r"\s*", line).group(0)
                kept += [indent + stub_line for stub_line in stub.split("\n")]
        elif f"END {region}" in line:
            inside = False
        elif not inside:
            kept.append(line)
    if inside:
        raise Refused(f"A region `BEGIN {region}` has no end.")
    return "\n".join(kept), cut


def released(cell: dict) -> dict:
    """Return a cell as students get it."""
    new, marks = copy.deepcopy(cell), meta(cell)
    is_code, solution, grade = new["cell_type"] == "code", marks.get("solution"), marks.get("grade")
    if solution or grade or marks.get("locked"):
        new["metadata"]["deletable"] = False
        if not solution:
            new["metadata"]["editable"] = False
    new["source"], cut = without(new["source"], "SOLUTION", CODE_STUB if is_code else TEXT_STUB)
    if cut and not solution:
        raise Refused("A region `BEGIN SOLUTION` stands in a cell that is no answer.")
    if solution and not cut:
        new["source"] = CODE_STUB if is_code else TEXT_STUB
    if is_code:
        new["outputs"], new["execution_count"] = [], None
        for name in ("collapsed", "scrolled"):
            new["metadata"].pop(name, None)
    for region in REGIONS[1:]:
        new["source"], cut = without(new["source"], region)
        if cut and not (grade or marks.get("task")):
            raise Refused(f"A region `BEGIN {region}` stands in a cell that gives no points.")
    if marks and (solution or grade or marks.get("locked")):
        new["metadata"]["nbgrader"] |= {"checksum": checksum(new), "cell_type": new["cell_type"]}
    return new


def checksum(cell: dict) -> str:
    """Return nbgrader's checksum of a cell, by which its own tools see whether a student changed it."""
    marks, md5 = meta(cell), hashlib.md5(usedforsecurity=False)
    grade, solution = marks.get("grade", False), marks.get("solution", False)
    locked = False if solution else True if grade else marks.get("locked", False)
    facts = [cell["source"], cell["cell_type"], grade, solution, locked, marks["grade_id"]]
    for fact in facts + ([float(marks["points"])] if grade else []):
        md5.update(str(fact).encode())
    return md5.hexdigest()


def text_of(cell: dict) -> str:
    """Return a cell's source, which a file may hold as one text or as a list of lines."""
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(map(str, source))


def load(name: str, root: Path = ROOT, private: Path | None = None) -> Assignment:
    """Read an assignment from ``source/NAME/NAME.ipynb``.

    Parameters
    ----------
    name : str
        "A1" and so on.
    root : Path
        The folder that holds ``source``.
    private : Path, optional
        A JSON file ``{"A1": {"old text": "new text"}}``: other numbers than the public ones, put into every cell.

    Raises
    ------
    Refused
        If there is no such assignment, or it is not well made. The message names the cell.
    """
    path = root / "source" / name / f"{name}.ipynb"
    if not path.is_file():
        there = sorted(p.parent.name for p in root.glob("source/*/*.ipynb"))
        raise Refused(f"There is no assignment {path}. There are: {', '.join(there) or 'none'}.")
    try:
        book = json.loads(path.read_text(encoding="utf-8"))
        cells = [{**cell, "source": text_of(cell)} for cell in book["cells"]]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Refused(f"{path} is not a notebook: {error}.") from None
    if private:
        cells = _with_other_numbers(cells, name, private)
    _well_made(path, cells)
    student = []
    for cell in cells:
        try:
            student.append(released(cell))
        except Refused as error:
            raise Refused(f"{path}, cell {cell.get('id')}: {error}") from None
    files = tuple(sorted(p for p in path.parent.iterdir() if p.is_file() and p.suffix != ".ipynb" and p.name[0] != "."))
    book = {**book, "cells": student}
    book.get("metadata", {}).pop("celltoolbar", None)
    return Assignment(name, cells, student, book, files)


def _with_other_numbers(cells: list[dict], name: str, private: Path) -> list[dict]:
    try:
        swaps: dict[str, str] = json.loads(private.read_text(encoding="utf-8"))[name]
        swaps = dict(swaps.items())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise Refused(f'{private} must be JSON such as {{"{name}": {{"old text": "new text"}}}}.') from None
    cells = copy.deepcopy(cells)
    for old, new in swaps.items():
        hits = [c for c in cells if old in c["source"]]
        if not hits:
            raise Refused(f"{private}: “{old}” stands nowhere in {name}.")
        for cell in hits:
            cell["source"] = cell["source"].replace(old, new)
    return cells


def _well_made(path: Path, cells: list[dict]) -> None:
    seen: set[str] = set()
    for cell in cells:
        where, marks = f"{path}, cell {cell.get('id')}", meta(cell)
        if marks.get("task"):
            raise Refused(f"{where}: nbgrader's task cells are not supported; use a markdown answer.")
        if not marks:
            continue
        name = marks.get("grade_id")
        if not isinstance(name, str) or not name or name in seen:
            raise Refused(f"{where}: needs a grade_id of its own.")
        seen.add(name)
        points = marks.get("points", 0)
        if marks.get("grade") and not (isinstance(points, (int, float)) and 0 <= points < 1e6):
            raise Refused(f"{where}: its points are {points!r}.")
        if marks.get("grade") and not marks.get("solution") and cell["cell_type"] != "code":
            raise Refused(f"{where}: a check must be a code cell.")


def as_text(book: dict[str, Any]) -> str:
    """Return a notebook as its file's content, as nbformat writes it."""
    book = copy.deepcopy(book)
    for cell in book["cells"]:
        cell["source"] = text_of(cell).splitlines(keepends=True)
    return json.dumps(book, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
