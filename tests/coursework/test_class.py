"""One class, graded in one run: every kind of hand-in between two good students."""

import csv
import hashlib
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from coursework.grading.files import safe
from tests.coursework import small
from tests.coursework.kinds import FULL, KINDS, Place
from tests.coursework.where import BOXES, ROOT

GOOD = {"aaa-good": "Anna Good", "김민준": "김민준", "o'neil \"x\", jr": "O'Neil \"X\", Jr", "zzz-good": "Zoe Good"}
SECRET = "the-teachers-secret-7431"


@dataclass
class Graded:
    """What became of the class."""

    rows: list[dict[str, str]]
    work: Path
    handed_in: Path
    said: str
    heard: list[str]
    gradebook: Path

    def row(self, student: str) -> dict[str, str]:
        return next(r for r in self.rows if r["id"] == student)


def run(*arguments: object, **variables: str) -> subprocess.CompletedProcess:
    """Run the tool as a teacher does."""
    return subprocess.run([sys.executable, "-m", "coursework", *map(str, arguments)], cwd=ROOT, text=True,
                          capture_output=True, encoding="utf-8", timeout=900,
                          env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **variables})


def state(folder: Path) -> dict[str, str]:
    """Return every file below a folder and the hash of its content, links and pipes by name alone."""
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
            if p.is_file() and not p.is_symlink() else "" for p in sorted(folder.rglob("*"))}


@pytest.fixture(scope="module", params=BOXES)
def graded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Graded]:
    root = tmp_path_factory.mktemp("class")
    assignment = small.make(root)
    handed_in, gradebook = root / "handed-in", root / "gradebook.db"
    gradebook.write_bytes(b"")
    gradebook.chmod(0o666)
    heard: list[str] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def listen() -> None:
        while True:
            try:
                connection, (address, _) = listener.accept()
                connection.close()
                heard.append(address)
            except OSError:
                return

    threading.Thread(target=listen, daemon=True).start()
    port = listener.getsockname()[1]
    solutions = root / "source" / "T1" / "T1.ipynb"
    for name, kind in KINDS.items():
        kind.make(Place(assignment, handed_in / name, solutions, gradebook, port))
    for student in GOOD:
        Place(assignment, handed_in / student, solutions, gradebook, port).put(small.answered(assignment))
    with open(root / "roster.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "name"])
        first, *others = GOOD.items()
        writer.writerows([first, *((k, k.title()) for k in KINDS), *others])
    before = state(handed_in)
    flags = ["--no-isolation"] if request.param == "none" else ["--isolation", request.param]
    done = run("all", "T1", handed_in, "--source", root, "--roster", root / "roster.csv", "--work", root / "marks",
               "--jobs", 2, "--seconds", 4, "--total", 90, "--memory", 1500, *flags, SECRET=SECRET)
    listener.close()
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert state(handed_in) == before, "what was handed in has changed"
    work = root / "marks" / "T1"
    with open(work / "marks.csv", encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    yield Graded(rows, work, handed_in, done.stdout, heard, gradebook)


def test_every_student_has_exactly_one_row_in_the_order_of_the_roster(graded: Graded) -> None:
    first, *others = GOOD
    assert [r["id"] for r in graded.rows] == [first, *KINDS, *others]


@pytest.mark.parametrize("name", KINDS)
def test_the_result_is_fair(graded: Graded, name: str) -> None:
    kind, row = KINDS[name], graded.row(name)
    if name == "reads-the-solutions" and BOXES == ["none"]:  # there is nothing to keep it from them
        assert (row["status"], kind.reason in row["reason"]) == (kind.status, True)
        return
    assert (row["total (15)"], row["status"]) == ("" if kind.total is None else str(kind.total), kind.status), row
    assert kind.reason in row["reason"], row


@pytest.mark.parametrize("student", GOOD)
def test_no_other_students_result_changes(graded: Graded, student: str) -> None:
    row = graded.row(student)
    assert (row["total (15)"], row["status"]) == (str(FULL), "waiting for a person"), row
    assert row["name"] == GOOD[student]


def test_points_that_are_not_there_are_empty_and_not_0(graded: Graded) -> None:
    parts = [f"{name} ({points})" for name, points in small.POINTS.items()]
    assert [graded.row("right")[p] for p in parts] == ["3", "4", "3", "2", ""]
    assert [graded.row("blank")[p] for p in parts] == ["0"] * 5
    assert [graded.row("nothing")[p] for p in parts] == [""] * 5
    assert [graded.row("empty")[p] for p in parts] == [""] * 5


def test_no_hidden_test_and_no_secret_is_in_the_feedback(graded: Graded) -> None:
    pages = {p.name: p.read_text(encoding="utf-8") for p in (graded.work / "feedback").iterdir()}
    assert len(pages) == len(graded.rows) - 1  # who handed in nothing has none
    for name, text in pages.items():
        for part in ("default_rng(7)", "_given", "_before", "1000.0", SECRET):
            assert part not in text, name
    assert "the shape of X stays" not in pages["right.html"]
    assert "returns-nothing" not in pages["right.html"]
    assert "A check that you can see fails" in pages["returns-nothing.html"]
    assert "Hidden tests fail" in pages["visible-only.html"]


def test_the_secret_is_nowhere(graded: Graded) -> None:
    for path in graded.work.rglob("*"):
        assert not path.is_file() or SECRET.encode() not in path.read_bytes(), path


def test_the_gradebook_is_as_it_was_and_nobody_called(graded: Graded, request: pytest.FixtureRequest) -> None:
    if request.node.callspec.params["graded"] == "none":
        pytest.skip("only a box keeps a hand-in from files and network")
    assert graded.gradebook.read_bytes() == b""
    assert graded.heard == []


def test_the_audit_names_what_a_person_should_look_at(graded: Graded) -> None:
    text = (graded.work / "audit.csv").read_text(encoding="utf-8-sig")
    assert "overwrites-numpy-testing" in text
    assert "answers the same to the letter" in text  # the good ones are the same


def test_pages_of_students_run_nothing(graded: Graded) -> None:
    text = (graded.work / "feedback" / f"{safe(list(GOOD)[2])}.html").read_text(encoding="utf-8")
    assert "O&#x27;Neil &quot;X&quot;, Jr" in text
    assert "default-src 'none'" in text
