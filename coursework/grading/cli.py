"""The teacher's tool for the coursework.

    python -m coursework release                         make the student versions
    python -m coursework intake  A1 DOWNLOAD...          take in a folder, a zip, a download of Canvas or Moodle
    python -m coursework grade   A1                      grade what was taken in, each hand-in in a box of its own
    python -m coursework audit   A1                      what a person should look at
    python -m coursework export  A1                      marks.csv, by-hand.csv and to-mark.html
    python -m coursework feedback A1                     a page for each student
    python -m coursework all     A1 DOWNLOAD...          all of these, one after another
    python -m coursework gradescope A1                   an autograder for Gradescope

Everything can be run again at any time, and after it was broken off. What was handed in is read and never changed.
"""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from coursework.grading import audit, intake, marks, otter, reports
from coursework.grading.assignment import ROOT, Assignment, as_text, load
from coursework.grading.box import KINDS, Isolation, Limits, choose
from coursework.grading.files import MB, Refused, alone, digest, read_json, write_csv, write_json
from coursework.grading.running import self_check, tool_key


def say(line: str = "") -> None:
    """Print a line at once, whatever the console can show."""
    try:
        print(line, flush=True)
    except UnicodeEncodeError:
        print(line.encode("ascii", "backslashreplace").decode(), flush=True)


def parser() -> argparse.ArgumentParser:
    """Return what understands the command line."""
    top = argparse.ArgumentParser(prog="python -m coursework", description=__doc__,
                                  formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, help: str, function: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=help, description=help)
        made.set_defaults(function=function)
        made.add_argument("--source", type=Path, default=ROOT, help="the folder that holds source/ (default: this one)")
        made.add_argument("--private", type=Path, help="a JSON file with other numbers than the public ones")
        return made

    def with_work(made: argparse.ArgumentParser) -> None:
        made.add_argument("assignment", help="such as A1")
        made.add_argument("--roster", type=Path, default=Path("roster.csv"),
                          help="CSV with a column id, and name and email if you like (default: roster.csv)")
        made.add_argument("--work", type=Path, default=Path("marks"), help="where results go (default: marks)")

    def with_downloads(made: argparse.ArgumentParser) -> None:
        made.add_argument("downloads", nargs="+", type=Path, help="folders or zips of hand-ins")
        made.add_argument("--largest", type=float, default=50, metavar="MB",
                          help="files above that many MB are not read (default: 50)")

    def with_box(made: argparse.ArgumentParser) -> None:
        made.add_argument("--jobs", type=int, default=max(1, (os.cpu_count() or 2) - 1), metavar="N",
                          help="how many hand-ins at a time (default: %(default)s)")
        made.add_argument("--seconds", type=float, default=Limits.seconds, metavar="S",
                          help="limit for a cell (default: %(default)g)")
        made.add_argument("--total", type=float, default=Limits.total, metavar="S",
                          help="limit for a hand-in (default: %(default)g)")
        made.add_argument("--memory", type=int, default=Limits.memory // MB, metavar="MB",
                          help="limit for a hand-in (default: %(default)d)")
        made.add_argument("--again", action="store_true", help="grade everything anew")
        made.add_argument("--isolation", choices=("auto", *KINDS[:2]), default="auto",
                          help="what holds a hand-in (default: bubblewrap if there is one, else a container)")
        made.add_argument("--no-isolation", action="store_true",
                          help="run hand-ins with all that you may do yourself; only on a machine that you can lose")

    made = command("release", "Make the student versions.", release)
    made.add_argument("assignments", nargs="*", metavar="ASSIGNMENT", help="such as A1; none means all")
    made.add_argument("--check", action="store_true", help="change nothing; exit 1 naming what would change")
    for name, help, function, extras in (
        ("intake", "Take in what was handed in.", take, [with_work, with_downloads]),
        ("grade", "Grade what was taken in.", grade, [with_work, with_box]),
        ("audit", "Say what a person should look at.", look, [with_work]),
        ("export", "Write marks.csv, by-hand.csv and to-mark.html.", export, [with_work]),
        ("feedback", "Write a page for each student.", feedback, [with_work]),
        ("all", "Intake, grade, audit, export and feedback.", everything, [with_work, with_downloads, with_box]),
    ):
        made = command(name, help, function)
        for extra in extras:
            extra(made)
    made = command("gradescope", "Make an autograder for Gradescope (needs otter-grader).", gradescope)
    made.add_argument("assignment", help="such as A1")
    made.add_argument("--to", type=Path, default=Path("gradescope"), help="the folder to write to")
    return top


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line says; return the exit code."""
    options = parser().parse_args(arguments)
    try:
        return options.function(options)
    except Refused as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\nBroken off. Say the same again to go on.\n")
        return 130


def context(options: argparse.Namespace) -> tuple[Assignment, list[intake.Student], marks.Work]:
    """Return the assignment, the roster and the work folder."""
    assignment = load(options.assignment, options.source, options.private)
    return assignment, intake.roster(options.roster), marks.Work(options.work / options.assignment)


def release(options: argparse.Namespace) -> int:
    """Make the student versions, and copy the data beside them."""
    names = options.assignments or sorted(p.parent.name for p in options.source.glob("source/*/*.ipynb"))
    if not names:
        raise Refused(f"There is no assignment in {options.source / 'source'}.")
    changes = 0
    for name in names:
        assignment = load(name, options.source, options.private)
        folder = options.source / "release" / name
        wanted = {folder / f"{name}.ipynb": as_text(assignment.book).encode()}
        wanted |= {folder / file.name: file.read_bytes() for file in assignment.files}
        for path, content in wanted.items():
            old = path.read_bytes() if path.exists() else None
            changes += old != content
            if old != content and not options.check:
                folder.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            what = "unchanged" if old == content else "changes" if options.check else "made"
            say(f"{what:<10} {path}")
    return 1 if options.check and changes else 0


def take(options: argparse.Namespace) -> int:
    """Take in what was handed in."""
    assignment, students, work = context(options)
    others = frozenset(p.parent.name for p in options.source.glob("source/*/*.ipynb")) - {assignment.name}
    with alone(work.folder):
        taken = intake.take(options.downloads, students, work.handed_in, int(options.largest * MB), others, say)
        if taken.unclaimed:
            write_csv(work.folder / "unclaimed.csv", [("file", "why"), *taken.unclaimed])
        without = sum(not intake.records(work.handed_in, s) for s in students)
    say(f"{assignment.name}: {sum(taken.files.values())} files of {len(taken.files)} students; "
        f"{without} of {len(students)} on the roster have handed in nothing; {len(taken.unclaimed)} files not taken.")
    return 0


def limits_of(options: argparse.Namespace) -> Limits:
    """Return the limits that the command line sets."""
    return replace(Limits(), seconds=options.seconds, total=options.total, memory=options.memory * MB)


def grade(options: argparse.Namespace) -> int:
    """Grade what was taken in, after the self-check."""
    assignment, students, work = context(options)
    limits = limits_of(options)
    isolation = choose("none" if options.no_isolation else options.isolation)
    with alone(work.folder):
        warn(isolation)
        checked = digest(assignment.key, tool_key(limits), isolation.kind)
        if read_json(work.folder / "self-check.json") != checked:
            self_check(assignment, isolation, limits)
            write_json(work.folder / "self-check.json", checked)
        say("Self-check: the worked solution gets full marks, the blank version none.")
        write_json(work.folder / "limits.json", [options.seconds, options.total, options.memory, isolation.kind])
        marks.grade_all(assignment, students, work, isolation, limits, max(1, options.jobs), say, options.again)
    return 0


def warn(isolation: Isolation) -> None:
    """Say what holds the hand-ins."""
    if isolation.kind == "none":
        say("NO ISOLATION: the hand-ins can read, change and send whatever you can.")
    else:
        say(f"Isolation: {isolation.kind}.")


def up_to_date(assignment: Assignment, work: marks.Work) -> Callable[[str], str] | None:
    """Return what gives the key that a result must have now."""
    used = read_json(work.folder / "limits.json")
    if not isinstance(used, list) or len(used) != 4:
        return None
    limits = replace(Limits(), seconds=used[0], total=used[1], memory=used[2] * MB)
    tool = tool_key(limits)
    return lambda sha: marks.key_of(assignment, limits, Isolation(used[3]), sha, tool)


def look(options: argparse.Namespace) -> int:
    """Say what a person should look at, and write it to audit.csv."""
    assignment, students, work = context(options)
    with alone(work.folder):
        table = marks.rows(assignment, students, work, up_to_date(assignment, work))
        lines = [(r.student.id, r.status, reason) for r in table if r.status in ("flagged", "unreadable")
                 for reason in r.reasons]
        texts = {}
        for row in table:
            if row.chosen and (found := row.chosen.found):
                code = [text for i, answers in sorted(found.answers.items()) for text in answers
                        if text != assignment.released[i]["source"]]
                texts[row.student.id] = "\n".join([*code, *found.words.values()])
        for group in audit.alike(texts):
            lines += [(s, "alike", f"answers the same to the letter: {', '.join(group)}") for s in group]
        write_csv(work.folder / "audit.csv", [("student", "status", "what"), *lines])
    for line in lines:
        say(f"  {line[0]:<20} {line[1]:<11} {line[2]}")
    say(f"{assignment.name}: " + ", ".join(f"{n} {s}" for s, n in counted(table)) + ".")
    return 0


def counted(table: list[marks.Row]) -> list[tuple[str, int]]:
    """Return each status and how many have it."""
    counts = Counter(r.status for r in table)
    return [(status, counts[status]) for status in marks.STATUSES if counts[status]]


def export(options: argparse.Namespace) -> int:
    """Write marks.csv, and what a person has to mark."""
    assignment, students, work = context(options)
    with alone(work.folder):
        table = marks.rows(assignment, students, work, up_to_date(assignment, work))
        empty = marks.write_by_hand(work, assignment, table)
        reports.export(assignment, table, work)
        reports.to_mark(assignment, table, work)
    say(f"{work.folder / 'marks.csv'}: {len(table)} students: " + ", ".join(f"{n} {s}" for s, n in counted(table))
        + ".")
    if empty:
        say(f"{work.by_hand}: {empty} lines wait for a person. The answers are in {work.folder / 'to-mark.html'}.")
    return 0


def feedback(options: argparse.Namespace) -> int:
    """Write a page for each student."""
    assignment, students, work = context(options)
    with alone(work.folder):
        count = reports.feedback(assignment, marks.rows(assignment, students, work), work)
    say(f"{work.folder / 'feedback'}: {count} pages.")
    return 0


def everything(options: argparse.Namespace) -> int:
    """Take in, grade, audit, export and write feedback."""
    for step in (take, grade, look, export, feedback):
        if code := step(options):
            return code
    return 0


def gradescope(options: argparse.Namespace) -> int:
    """Make an autograder for Gradescope."""
    assignment = load(options.assignment, options.source, options.private)
    for path in otter.export(assignment, options.to):
        say(f"made       {path}")
    return 0
