"""An autograder for Gradescope, in otter-grader's format, from the same source as everything else."""

import ast
import json
import shutil
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path

from coursework.grading.assignment import Assignment, tree
from coursework.grading.box import COURSE
from coursework.grading.files import Refused, write
from coursework.grading.running import whole

TEST = '''from otter.test_files import test_case

OK_FORMAT = False
name = {name!r}
points = {points!r}
all_or_nothing = True

# Constants, because otter shows the line that fails.
GIVEN = {given!r}
SEEN = {seen!r}
UNSEEN = {unseen!r}


@test_case(name="what you can see", hidden=False)
def seen(env):
    exec(compile(GIVEN, "<given>", "exec"), env)
    exec(compile(SEEN, "<check>", "exec"), env)


@test_case(name="other values", hidden=True)
def unseen(env):
    exec(compile(GIVEN, "<given>", "exec"), env)
    exec(compile(UNSEEN, "<check>", "exec"), dict(env))
'''

CONFIG = {"show_hidden": False, "show_stdout": False, "logo": False, "print_summary": True}


def imports(assignment: Assignment) -> str:
    """Return the imports of the given cells, so that a check has them whatever the hand-in did."""
    lines = [ast.unparse(node) for i, cell in enumerate(assignment.cells) if assignment.role(i) == "given"
             for node in tree(cell["source"]).body if isinstance(node, (ast.Import, ast.ImportFrom))]
    return "\n".join(lines)


def export(assignment: Assignment, folder: Path) -> list[Path]:
    """Write ``NAME/`` with the tests and what they need, and ``NAME-autograder.zip`` made of it by otter.

    Parts that a person marks are no tests: on Gradescope they are a question of their own, graded by hand.

    Raises
    ------
    Refused
        If there is no otter-grader to make the zip; the folder is complete then, and the message says how to go on.
    """
    place = folder / assignment.name
    shutil.rmtree(place, ignore_errors=True)
    for part in assignment.parts:
        if not part.by_hand:
            text = TEST.format(name=part.id, points=part.points, given=imports(assignment),
                               seen=assignment.released[part.index]["source"],
                               unseen=whole(assignment.cells[part.index]["source"]))
            write(place / "tests" / f"{part.id}.py", text)
    write(place / "otter_config.json", json.dumps(CONFIG, indent=1) + "\n")
    needed = tomllib.loads((COURSE / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    needed = [package for package in needed if not package.startswith(("jupyterlab", "notebook"))]
    write(place / "requirements.txt", "\n".join(needed) + "\n")
    shutil.copytree(COURSE / "helpers", place / "helpers", ignore=shutil.ignore_patterns("__pycache__"))
    for file in assignment.files:
        shutil.copy(file, place / file.name)
    program = [sys.executable, "-m", "otter"] if find_spec("otter") else [shutil.which("otter") or ""]
    archive = f"{assignment.name}-autograder.zip"
    command = ["generate", "-t", "tests", "-o", f"../{archive}", "-c", "otter_config.json", "-r", "requirements.txt",
               "--python-version", "3.13", "helpers", *(f.name for f in assignment.files)]
    if not program[0]:
        raise Refused(f"{place} is complete. The zip is made by otter-grader (pip install otter-grader), then:\n"
                      f"  cd {place} && otter {' '.join(command)}")
    made = subprocess.run([*program, *command], cwd=place, capture_output=True, text=True, check=False)
    if made.returncode:
        raise Refused(f"otter generate fails: {made.stderr.strip()[-500:]}")
    return [place, folder / archive]
