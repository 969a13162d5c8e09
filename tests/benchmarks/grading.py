"""Seconds per hand-in of the grading tool, at 1, 2 and 4 at a time, beside plain `nbgrader autograde`; and its memory.

    python tests/benchmarks/grading.py                 # some ten minutes; writes grading.json beside this file
    python tests/benchmarks/grading.py --small         # to try it: a tenth of everything; writes nothing
    python tests/benchmarks/grading.py --nbgrader PY   # the Python that has nbgrader, if this one has not

Both grade the same hand-ins of A1, a third right, a third blank, a third with a wrong function, from an empty start:
whole commands, as a teacher runs them, ours with its self-check. The two take turns, and medians count. For the memory
one run grades 300 hand-ins; the tool's own process is looked at every 0.2 s.
"""

import argparse
import copy
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).parents[2]))

from coursework.grading.assignment import ROOT as COURSEWORK
from coursework.grading.assignment import Assignment, as_text, load
from coursework.grading.box import choose

ROOT = Path(__file__).resolve().parents[2]
NAME = "A1"


def hand_ins(assignment: Assignment, folder: Path, count: int) -> None:
    """Write hand-ins, and the roster beside their folder."""
    right, blank = assignment.cells, assignment.released
    wrong = copy.deepcopy(right)
    first = next(i for i in range(len(wrong)) if assignment.role(i) == "answer")
    wrong[first]["source"] = blank[first]["source"]
    for number in range(count):
        cells = [(right, blank, wrong)[number % 3][i] if assignment.role(i) in ("answer", "words") else blank[i]
                 for i in range(len(blank))]
        path = folder / f"s{number:03}" / NAME / f"{NAME}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(as_text({**assignment.book, "cells": cells}), encoding="utf-8")
    (folder.parent / "roster.csv").write_text("id\n" + "".join(f"s{n:03}\n" for n in range(count)))


def tool(command: str, root: Path, work: Path, *extra: object) -> list[str]:
    """Return a command line of ours."""
    return [sys.executable, "-m", "coursework", command, NAME, *map(str, extra), "--roster", str(root / "roster.csv"),
            "--work", str(work)]


def timed(command: list[str], folder: Path) -> float:
    """Run a command and return its seconds."""
    start = time.perf_counter()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=variables(command[0]), check=False)
    seconds = time.perf_counter() - start
    if done.returncode:
        sys.exit(f"{' '.join(command)} fails:\n{done.stdout[-1500:]}{done.stderr[-1500:]}")
    return seconds


def variables(python: str) -> dict[str, str]:
    """Return the environment in which both find helpers, and nbgrader its alembic."""
    return {**os.environ, "PYTHONPATH": str(ROOT),
            "PATH": os.pathsep.join([str(Path(python).parent), os.environ.get("PATH", os.defpath)])}


def ours(root: Path, count: int, jobs: int) -> float:
    """Return our seconds per hand-in."""
    work = Path(tempfile.mkdtemp(dir=root))
    timed(tool("intake", root, work, root / "submitted"), ROOT)
    seconds = timed(tool("grade", root, work, "--jobs", jobs), ROOT)
    shutil.rmtree(work)
    return seconds / count


def theirs(root: Path, count: int, python: str) -> float:
    """Return nbgrader's seconds per hand-in."""
    for left in ("autograded", "gradebook.db", "release"):
        path = root / left
        shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
    shutil.copytree(COURSEWORK / "source" / NAME, root / "source" / NAME, dirs_exist_ok=True)
    command = [python, "-m", "nbgrader"]
    timed([*command, "generate_assignment", NAME, "--create", f"--CourseDirectory.root={root}"], root)
    seconds = timed([*command, "autograde", NAME, "--create", f"--CourseDirectory.root={root}"], root)
    graded = len(list((root / "autograded").glob(f"*/{NAME}/{NAME}.ipynb")))
    if graded != count:
        sys.exit(f"nbgrader graded {graded} of {count}.")
    return seconds / count


def memory(root: Path, count: int) -> dict[str, float]:
    """Grade in one run; return the tool's own memory in MB, as a median of each third."""
    work = Path(tempfile.mkdtemp(dir=root))
    timed(tool("intake", root, work, root / "submitted"), ROOT)
    command = tool("grade", root, work, "--jobs", os.cpu_count() or 1)
    start, seen = time.perf_counter(), []
    with subprocess.Popen(command, cwd=ROOT, env=variables(command[0]), stdout=subprocess.DEVNULL) as process:
        watched = psutil.Process(process.pid)
        while process.poll() is None:
            try:
                seen.append(watched.memory_info().rss / 1e6)
            except psutil.Error:
                break
            time.sleep(0.2)
    if process.returncode:
        sys.exit(f"{' '.join(command)} fails.")
    third = max(1, len(seen) // 3)
    return {"hand-ins": count, "seconds": time.perf_counter() - start, "first third, MB":
            statistics.median(seen[:third]), "last third, MB": statistics.median(seen[-third:]), "peak, MB": max(seen)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", action="store_true", help="a tenth of everything; writes no file")
    parser.add_argument("--nbgrader", metavar="PYTHON", default=sys.executable if find_spec("nbgrader") else None,
                        help="the Python that has nbgrader")
    options = parser.parse_args()
    count, turns, many = (6, 1, 30) if options.small else (30, 5, 300)
    assignment = load(NAME)
    ways = {f"{jobs} at a time": [] for jobs in (1, 2, 4)}
    reference: list[float] = []
    with tempfile.TemporaryDirectory() as place:
        root = Path(place, "course")
        hand_ins(assignment, root / "submitted", count)
        for turn in range(turns):
            for jobs in (1, 2, 4):
                ways[f"{jobs} at a time"].append(ours(root, count, jobs))
            if options.nbgrader:
                reference.append(theirs(root, count, options.nbgrader))
            print(f"turn {turn + 1} of {turns}", flush=True)
        crowd = Path(place, "crowd")
        hand_ins(assignment, crowd / "submitted", many)
        held = memory(crowd, many)
    medians = {way: statistics.median(seconds) for way, seconds in ways.items()}
    theirs_median = statistics.median(reference) if reference else None
    print(f"\n{count} hand-ins of {NAME}, {turns} turns, isolation: {choose().kind}\n")
    print("| way | s per hand-in | times nbgrader |\n| --- | --: | --: |")
    for way, seconds in medians.items():
        ratio = f"{seconds / theirs_median:.2f}" if theirs_median else "not measured"
        print(f"| ours, {way} | {seconds:.2f} | {ratio} |")
    if theirs_median:
        print(f"| plain `nbgrader autograde` | {theirs_median:.2f} | 1 |")
        kept = medians["1 at a time"] <= 1.5 * theirs_median
        print(f"\nAt most 1.5 times nbgrader, one at a time: {'kept' if kept else 'NOT KEPT'}.")
    print(f"\n{held['hand-ins']} hand-ins in one run: {held['seconds']:.0f} s; memory of the tool "
          f"{held['first third, MB']:.0f} MB in the first third, {held['last third, MB']:.0f} MB in the last, "
          f"{held['peak, MB']:.0f} MB at most.")
    if not options.small:
        content = {"machine": {"cores": os.cpu_count(), "python": platform.python_version(), "system":
                               platform.system()}, "assignment": NAME, "hand-ins": count, "isolation": choose().kind,
                   "seconds per hand-in": medians, "all": ways, "nbgrader": theirs_median, "all of nbgrader": reference,
                   "memory": held}
        Path(__file__).with_suffix(".json").write_text(json.dumps(content, indent=1) + "\n")


if __name__ == "__main__":
    main()
