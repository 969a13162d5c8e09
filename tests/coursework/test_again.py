"""Running again: after SIGKILL at any point, after nothing, after a new hand-in; and refusals before any of it."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from coursework.grading.assignment import Assignment
from tests.coursework import small
from tests.coursework.test_class import run, state
from tests.coursework.where import FLAGS, ROOT

STUDENTS = ["ann", "bea", "cho", "dan", "eve", "fay"]
POINTS = 10  # at which a run is killed


def hand_in(assignment: Assignment, root: Path) -> None:
    """Six students: right, partly right, one whose process ends, one that is unreadable, one that loops, none."""
    books = {"ann": small.answered(assignment), "bea": small.answered(assignment, softmax="-"),
             "cho": small.answered(assignment, softmax="import os\nos._exit(0)"),
             "eve": small.answered(assignment, centred="def centred(X):\n    while True: pass")}
    for name, book in books.items():
        (root / "in" / name).mkdir(parents=True)
        (root / "in" / name / "T1.ipynb").write_bytes(small.data(book))
    (root / "in" / "dan").mkdir()
    (root / "in" / "dan" / "T1.ipynb").write_bytes(b"")
    (root / "roster.csv").write_text("id,name\n" + "".join(f"{s},{s.title()}\n" for s in STUDENTS))


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Assignment]:
    root = tmp_path_factory.mktemp("course")
    assignment = small.make(root)
    hand_in(assignment, root)
    return root, assignment


def arguments(root: Path, work: Path, command: str = "all") -> list[object]:
    downloads = [root / "in"] if command in ("all", "intake") else []
    box = [*FLAGS, "--seconds", 1, "--jobs", 2] if command in ("all", "grade") else []
    return [command, "T1", *downloads, "--source", root, "--roster", root / "roster.csv", "--work", work, *box]


def results(work: Path) -> dict[str, str]:
    """Return what a run leaves, but for the lock."""
    return {k: v for k, v in state(work).items() if not k.endswith(".lock")}


@pytest.fixture(scope="module")
def undisturbed(course: tuple[Path, Assignment]) -> tuple[Path, float]:
    root, _ = course
    start = time.monotonic()
    done = run(*arguments(root, root / "undisturbed"))
    assert done.returncode == 0, done.stderr
    return root / "undisturbed", time.monotonic() - start


@pytest.mark.parametrize("point", range(POINTS))
def test_killed_and_started_again_gives_the_same(
        point: int, course: tuple[Path, Assignment], undisturbed: tuple[Path, float], tmp_path: Path) -> None:
    root, _ = course
    whole, seconds = undisturbed
    command = [sys.executable, "-m", "coursework", *map(str, arguments(root, tmp_path / "work"))]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               env={**os.environ, "PYTHONPATH": str(ROOT)})
    try:
        process.wait(seconds * (point + 0.5) / POINTS)
    except subprocess.TimeoutExpired:
        below = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert psutil.wait_procs(below, timeout=10)[1] == []  # no hand-in runs on
    done = run(*arguments(root, tmp_path / "work"))
    assert done.returncode == 0, done.stderr
    assert results(tmp_path / "work") == results(whole)


def test_a_second_run_grades_nobody_anew_and_changes_nothing(
        course: tuple[Path, Assignment], undisturbed: tuple[Path, float]) -> None:
    root, _ = course
    before = results(undisturbed[0])
    done = run(*arguments(root, undisturbed[0]))
    assert done.stdout.count("(as before)") == 4
    assert results(undisturbed[0]) == before


def test_a_half_written_result_is_made_anew(course: tuple[Path, Assignment], undisturbed: tuple[Path, float]) -> None:
    root, _ = course
    before = results(undisturbed[0])
    path = undisturbed[0] / "T1" / "results" / "ann.json"
    path.write_bytes(path.read_bytes()[:50])
    done = run(*arguments(root, undisturbed[0], "grade"))
    assert done.stdout.count("(as before)") == 3
    assert results(undisturbed[0]) == before


def test_a_second_run_at_the_same_time_is_refused(course: tuple[Path, Assignment], tmp_path: Path) -> None:
    root, _ = course
    from coursework.grading.files import alone

    with alone(tmp_path / "T1"):
        done = run(*arguments(root, tmp_path, "intake"))
    assert (done.returncode, "Another run works" in done.stderr) == (1, True)


def test_what_is_handed_in_again_counts_and_the_older_stays(course: tuple[Path, Assignment], tmp_path: Path) -> None:
    root, assignment = course
    for place in ("old", "new"):
        (tmp_path / place / "bea").mkdir(parents=True)
    os.utime(shutil.copy(root / "in" / "bea" / "T1.ipynb", tmp_path / "old" / "bea"), (1e9, 1e9))
    (tmp_path / "new" / "bea" / "T1.ipynb").write_bytes(small.data(small.answered(assignment)))
    base = ["T1", "--source", root, "--roster", root / "roster.csv", "--work", tmp_path / "work"]
    for place in ("old", "new"):
        done = run("all", *base, tmp_path / place, *FLAGS)
        assert done.returncode == 0, done.stderr
    row = next(r for r in table(tmp_path / "work" / "T1") if r["id"] == "bea")
    assert (row["total (15)"], row["status"]) == ("12", "flagged")
    assert "2 different notebooks were handed in" in row["reason"]


def table(work: Path) -> list[dict[str, str]]:
    with open(work / "marks.csv", encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_person_gives_points_accepts_flags_and_regrades(
        course: tuple[Path, Assignment], undisturbed: tuple[Path, float], tmp_path: Path) -> None:
    root, _ = course
    shutil.copytree(undisturbed[0], tmp_path / "work")
    work = tmp_path / "work" / "T1"
    by_hand = work / "by-hand.csv"
    lines = by_hand.read_text(encoding="utf-8-sig").splitlines()
    assert "ann,why,3,," in lines
    assert any(line.startswith("cho,flags,ok,,") for line in lines)
    # As a spreadsheet in another country saves it.
    by_hand.write_text("student;part;of;points;comment\nann;why;3;2,5;Schön – gut\ncho;flags;ok;ok;\ncho;why;3;1;\n"
                       "bea;test-softmax;4;1;the idea is right\n", encoding="cp1252")
    assert run(*arguments(root, tmp_path / "work", "export")).returncode == 0
    assert run(*arguments(root, tmp_path / "work", "feedback")).returncode == 0
    rows = {r["id"]: (r["total (15)"], r["status"]) for r in table(work)}
    assert rows == {"ann": ("14.5", "graded"), "bea": ("9", "waiting for a person"), "cho": ("9", "graded"),
                    "dan": ("", "unreadable"), "eve": ("9", "waiting for a person"), "fay": ("", "not handed in")}
    assert "ann,why,3,\"2,5\",Schön – gut" in by_hand.read_text(encoding="utf-8-sig")
    assert "Schön – gut" in (work / "feedback" / "ann.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(("line", "why"), [
    ("zed,why,3,1,", "not on the roster"), ("ann,how,3,1,", "no part"), ("ann,why,3,4,", "from 0 to 3"),
    ("ann,why,3,much,", "from 0 to 3"), ("ann,flags,ok,maybe,", "write ok")])
def test_points_that_cannot_be_are_refused_by_line(
        line: str, why: str, course: tuple[Path, Assignment], tmp_path: Path) -> None:
    root, _ = course
    (tmp_path / "T1").mkdir()
    (tmp_path / "T1" / "by-hand.csv").write_text(f"student,part,of,points,comment\n{line}\n")
    done = run(*arguments(root, tmp_path, "export"))
    assert done.returncode == 1
    assert "by-hand.csv, line 2" in done.stderr
    assert why in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("old", "new", "why"), [
    ("w[0] + X @ w[1:]", "X @ w[1:]", "the worked solution is not graded as it should be. test-net-input gets 0 of 3"),
    ("np.testing.assert_allclose(net_input(", "(lambda *a: None)((lambda *a: 0)(",
     "checks pass whatever the answer (test-net-input)")])
def test_an_assignment_that_grades_itself_wrongly_is_refused(old: str, new: str, why: str, tmp_path: Path) -> None:
    assignment = small.make(tmp_path)
    hand_in(assignment, tmp_path)
    (tmp_path / "private.json").write_text(json.dumps({"T1": {old: new}}))
    done = run(*arguments(tmp_path, tmp_path / "work"), "--private", tmp_path / "private.json")
    assert done.returncode == 1
    assert why in done.stderr
    assert not (tmp_path / "work" / "T1" / "results").exists()


def test_other_numbers_from_a_private_file(course: tuple[Path, Assignment], tmp_path: Path) -> None:
    root, _ = course
    private = tmp_path / "private.json"
    private.write_text(json.dumps({"T1": {"2.07": "2.57", "np.array([0.4, 0.3, 0.5])": "np.array([0.9, 0.3, 0.5])"}}))
    base = ["T1", root / "in", "--source", root, "--roster", root / "roster.csv", "--work", tmp_path / "work"]
    done = run("all", *base, "--private", private, "--seconds", 1, *FLAGS)
    assert done.returncode == 0, done.stderr
    assert {r["id"]: r["total (15)"] for r in table(tmp_path / "work" / "T1")}["ann"] == "12"
    private.write_text(json.dumps({"T1": {"no such text": "1"}}))
    done = run("all", *base, "--private", private, *FLAGS)
    assert (done.returncode, "stands nowhere" in done.stderr) == (1, True)
