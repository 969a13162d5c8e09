"""From hand-ins to a row for each student: which file counts, what a person gave, what the status is."""

from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from coursework.grading.assignment import Assignment
from coursework.grading.box import Isolation, Limits
from coursework.grading.files import Refused, digest, read_csv, read_json, safe, write_csv, write_json
from coursework.grading.intake import Student, records
from coursework.grading.matching import Matched, match
from coursework.grading.running import grade, once, tool_key

STATUSES = ("graded", "waiting for a person", "not handed in", "unreadable", "flagged")
HAND = ("student", "part", "of", "points", "comment")


@dataclass
class Work:
    """Where things of an assignment lie in the work folder."""

    folder: Path

    @property
    def handed_in(self) -> Path:
        return self.folder / "handed-in"

    def result(self, student: Student) -> Path:
        return self.folder / "results" / f"{safe(student.id)}.json"

    def feedback(self, student: Student) -> Path:
        return self.folder / "feedback" / f"{safe(student.id)}.html"

    @property
    def by_hand(self) -> Path:
        return self.folder / "by-hand.csv"


@dataclass
class Row:
    """A student's line of the table.

    Attributes
    ----------
    points : dict
        For each part a number, or None where there is none (yet).
    total : float or None
        Their sum; None where nothing could be graded.
    chosen : Chosen or None
        The hand-in that counts.
    """

    student: Student
    points: dict[str, float | None]
    total: float | None
    status: str
    reasons: list[str] = field(default_factory=list)
    comments: dict[str, str] = field(default_factory=dict)
    chosen: "Chosen | None" = None


@dataclass
class Chosen:
    """The hand-in that counts for a student: a notebook, or why there is none."""

    found: Matched | None = None
    sha: str = ""
    origin: str = ""
    problem: str = ""
    notes: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)


def choose(assignment: Assignment, handed_in: list[dict]) -> Chosen | None:
    """Return the hand-in that counts, or None if there is none.

    The newest that is a notebook of this assignment and answers anything. That there were others is a flag.
    """
    beside = [r for r in handed_in if r.get("beside")]
    handed_in = [r for r in handed_in if not r.get("beside")]
    doubtful = [r for r in handed_in if r.get("doubtful")]
    broken = [r for r in handed_in if r.get("problem") and not r.get("doubtful")]
    readable: list[tuple[dict, Matched]] = []
    for record in handed_in:
        if "cells" not in record:
            continue
        found = match(assignment, record["cells"])
        if found.score:
            readable.append((record, found))
        else:
            broken.append({**record, "problem": f"holds no cell of {assignment.name}: is it another assignment?"})
    if not readable:
        if broken:
            return Chosen(sha=digest([r["sha"] for r in broken]), origin=broken[-1]["origin"],
                          problem=f"{broken[-1]['origin']} {broken[-1]['problem']}")
        if doubtful:
            return Chosen(sha=doubtful[-1]["sha"], origin=doubtful[-1]["origin"],
                          flags=[f"{r['origin']} {r['problem']}" for r in doubtful])
        if beside:
            return Chosen(sha=digest([r["sha"] for r in beside]), origin=beside[-1]["origin"],
                          problem=f"no notebook, only {', '.join(r['origin'].split('/')[-1] for r in beside[:3])}")
        return None
    different = {r["sha"]: (r, f) for r, f in readable}
    record, found = ([pair for pair in readable if pair[1].answered] or readable)[-1]
    chosen = Chosen(found, record["sha"], record["origin"], "", list(record["notes"]), list(record["flags"]))
    if len(different) > 1:
        chosen.flags.append(f"{len(different)} different notebooks were handed in; {record['origin']} counts")
    for other in broken:
        chosen.notes.append(f"besides, {other['origin']} {other['problem']}")
    chosen.flags += [f"{r['origin']} {r['problem']}" for r in doubtful]
    if beside:
        chosen.notes.append(f"{len(beside)} other file{'s' if len(beside) > 1 else ''} came with it, unused: "
                            + ", ".join(r["origin"].split("/")[-1] for r in beside[:3]))
    if not found.answered:
        chosen.notes.append("handed in blank")
    chosen.sha = digest(chosen.sha, chosen.notes, chosen.flags, chosen.origin)
    return chosen


def key_of(assignment: Assignment, limits: Limits, isolation: Isolation, sha: str, tool: str) -> str:
    """Return what a result has to carry to count as made from all this."""
    return digest(assignment.key, repr(limits), isolation.kind, sha, tool)


def grade_all(assignment: Assignment, students: list[Student], work: Work, isolation: Isolation, limits: Limits,
              jobs: int, say: Callable[[str], None], again: bool = False) -> int:
    """Grade whoever has no result yet, or one that is out of date; return how many were graded.

    Each result is a file of its own, written when it is complete. So a run that is broken off, however, loses nothing
    but what was under way.
    """
    tool, made = tool_key(limits), 0
    numbers: SimpleQueue[int] = SimpleQueue()
    for number in range(1, jobs + 1):
        numbers.put(number)

    def one(student: Student, chosen: Chosen, key: str) -> dict:
        number = numbers.get()
        try:
            result = grade(assignment, chosen.found, isolation, limits, number)
        except Exception as error:  # the others are graded all the same, and this one when grading is run again
            return {"failed": f"could not be graded: {error or type(error).__name__}"}
        finally:
            numbers.put(number)
        result["notes"] = once([*chosen.notes, *result["notes"]])
        result["flags"] = once([*chosen.flags, *result["flags"]])
        result |= {"key": key, "student": student.id, "origin": chosen.origin}
        write_json(work.result(student), result)
        return result

    with ThreadPoolExecutor(jobs) as pool:
        running: dict[Future, tuple[int, Student]] = {}

        def finished() -> None:
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                number, student = running.pop(future)
                say(f"[{number:>3}/{len(students)}] {student.id:<20} {_short(assignment, future.result())}")

        try:
            for number, student in enumerate(students, 1):
                chosen = choose(assignment, records(work.handed_in, student))
                if chosen is None or chosen.found is None:
                    say(f"[{number:>3}/{len(students)}] {student.id:<20} "
                        + ("not handed in" if chosen is None else (chosen.problem or chosen.flags[0])))
                    continue
                key = key_of(assignment, limits, isolation, chosen.sha, tool)
                old = read_json(work.result(student))
                if not again and isinstance(old, dict) and old.get("key") == key:
                    say(f"[{number:>3}/{len(students)}] {student.id:<20} {_short(assignment, old)} (as before)")
                    continue
                while len(running) >= jobs:  # no more waits in memory than runs
                    finished()
                running[pool.submit(one, student, chosen, key)] = (number, student)
                made += 1
            while running:
                finished()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return made


def _short(assignment: Assignment, result: dict) -> str:
    if "failed" in result:
        return result["failed"]
    points = [p["points"] for p in result["parts"].values()]
    most = sum(p.points for p in assignment.parts)
    waits = ", waiting for a person" if None in points else ""
    flags = f", flagged: {result['flags'][0]}" if result["flags"] else ""
    return f"{sum(p or 0 for p in points):g} of {most:g}{waits}{flags}"


# --- what a person gives ------------------------------------------------------------------------------------------

def by_hand(work: Work, assignment: Assignment, students: list[Student]) -> dict[str, dict[str, tuple[float, str]]]:
    """Return the points and comments that a person entered: by student, then by part ("flags" with 1.0: accepted).

    Raises
    ------
    Refused
        If a line names nobody or no part, or its points are none.
    """
    if not work.by_hand.exists():
        return {}
    most, known = {p.id: p.points for p in assignment.parts}, {s.id for s in students}
    given: dict[str, dict[str, tuple[float, str]]] = {}
    for number, row in enumerate(read_csv(work.by_hand), 2):
        student, part, points = row.get("student", ""), row.get("part", ""), row.get("points", "")
        if not points:
            continue
        where = f"{work.by_hand}, line {number}"
        if student not in known:
            raise Refused(f"{where}: “{student}” is not on the roster.")
        if part == "flags":
            if points.casefold() not in ("ok", "yes", "1"):
                raise Refused(f"{where}: write ok as points of “flags” when you have looked at them.")
            value = 1.0
        elif part not in most:
            raise Refused(f"{where}: there is no part “{part}”. There are: {', '.join(most)}, flags.")
        else:
            try:
                value = float(points.replace(",", "."))
            except ValueError:
                value = -1.0
            if not 0 <= value <= most[part]:
                raise Refused(f"{where}: “{points}” must be a number from 0 to {most[part]:g}.")
        given.setdefault(student, {})[part] = (value, row.get("comment", ""))
    return given


def write_by_hand(work: Work, assignment: Assignment, rows: list[Row]) -> int:
    """Add a line for each answer that waits for a person; what stands in the file stays. Return how many are empty."""
    old = read_csv(work.by_hand) if work.by_hand.exists() else []
    there = {(row.get("student"), row.get("part")) for row in old}
    lines = [[row.get(column, "") for column in HAND] for row in old]
    for row in rows:
        for part in assignment.parts:
            waits = row.total is not None and row.points.get(part.id) is None
            if waits and (row.student.id, part.id) not in there:
                lines.append([row.student.id, part.id, f"{part.points:g}", "", ""])
        if row.status == "flagged" and (row.student.id, "flags") not in there:
            lines.append([row.student.id, "flags", "ok", "", "; ".join(row.reasons)[:300]])
    if len(lines) != len(old) or not work.by_hand.exists():
        write_csv(work.by_hand, [HAND, *lines])
    return sum(not line[3] for line in lines)


# --- the rows -----------------------------------------------------------------------------------------------------

def rows(assignment: Assignment, students: list[Student], work: Work, fresh: Callable[[str], str] | None = None
         ) -> list[Row]:
    """Return exactly one row for each student, in the order of the roster."""
    given = by_hand(work, assignment, students)
    return [row(assignment, student, work, given.get(student.id, {}), fresh) for student in students]


def row(assignment: Assignment, student: Student, work: Work, given: dict[str, tuple[float, str]],
        fresh: Callable[[str], str] | None = None) -> Row:
    """Return a student's row; with `fresh`, which gives the key for a hash, results out of date are flagged."""
    points: dict[str, float | None] = {p.id: None for p in assignment.parts}
    by_person = {part: value for part, (value, _) in given.items() if part != "flags"}
    comments = {part: comment for part, (_, comment) in given.items() if comment and part != "flags"}
    chosen = choose(assignment, records(work.handed_in, student))
    flags: list[str] = []
    notes: list[str] = []
    status = ""
    result: dict[str, Any] | None = None
    if chosen is None:
        status, notes = "not handed in", []
    elif chosen.problem:
        status, notes = "unreadable", [chosen.problem]
    elif chosen.found is None:
        flags = chosen.flags
    else:
        result = read_json(work.result(student))
        if not isinstance(result, dict) or set(result.get("parts", {})) != set(points):
            flags = ["not graded yet: run grade"]
        else:
            if fresh and result.get("key") != fresh(chosen.sha):
                flags.append("the result is older than the hand-in, the assignment or the tool: run grade again")
            points |= {part: value["points"] for part, value in result["parts"].items()}
            flags += result["flags"]
            notes += result["notes"]
    points |= by_person
    graded = result is not None or set(by_person) == set(points)
    total = sum(p or 0 for p in points.values()) if graded else None
    if status and set(by_person) == set(points):  # a person took it in hand, whatever was handed in
        status = "graded"
    waiting = [part for part, value in points.items() if value is None]
    if not status:
        if flags and "flags" not in given:
            status = "flagged"
        elif waiting:
            status = "waiting for a person"
        else:
            status = "graded"
    reasons = list(flags)
    if status == "waiting for a person" or (status == "flagged" and graded and waiting):
        reasons.append(f"to be marked by a person: {', '.join(waiting)}")
    return Row(student, points, total, status, once(reasons + notes), comments, chosen)
