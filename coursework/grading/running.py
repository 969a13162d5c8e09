"""Grades one hand-in: its answers among the source's own cells, in a box, and each check for itself.

A hand-in that ends its process, or cannot be interrupted, loses the cell in which it did so: a new box replays what
came before, without that cell, and goes on behind it. At the end the answers are wiped and the checks run once more.
They must fail now; one that passes whatever the answer has been tampered with.
"""

import ast
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coursework.grading.assignment import Assignment, as_text, bound, tree
from coursework.grading.audit import suspicious
from coursework.grading.box import COURSE, DRIVER, Box, Died, Isolation, Limits
from coursework.grading.files import Refused, digest
from coursework.grading.intake import notebook
from coursework.grading.matching import Matched, match

RESTARTS = 6
ADDRESS = re.compile(r"0x[0-9a-fA-F]{6,}")
HERE = Path(__file__).parent


@dataclass(frozen=True)
class Step:
    """Something to run: an answer or extra ("cell"), a given cell, or a check as students see it and as a whole."""

    kind: str
    code: str
    names: tuple[str, ...] = ()
    part: str = ""
    called: str = ""


def steps(assignment: Assignment, found: Matched) -> Iterator[Step]:
    """Yield what runs, in the order of the source."""
    answers = {name for i in range(len(assignment.cells)) if assignment.role(i) == "answer"
               for name in assignment.names(i)}
    for code in found.after.get(-1, []):
        yield Step("cell", code, called="an added cell at the beginning")
    for index, cell in enumerate(assignment.cells):
        role, called = assignment.role(index), assignment.called(index)
        for code in found.before.get(index, []):
            yield Step("cell", code, called=f"the edited cell {called}")
        if role == "given":
            names = (set(bound(cell["source"])) & assignment.relied) - answers
            yield Step("given", cell["source"], tuple(sorted(names)), "", called)
        elif role == "answer":
            for code in found.answers.get(index, []):
                yield Step("cell", code, called=f"the answer {called}")
        elif role == "test":
            yield Step("visible", assignment.released[index]["source"], (), called, called)
            yield Step("hidden", whole(cell["source"]), (), called, called)
        for code in found.after.get(index, []):
            yield Step("cell", code, called=f"a cell added after {called}")


def whole(source: str) -> str:
    """Return a check with its hidden tests, but without the lines that mark them."""
    return "\n".join(line for line in source.split("\n") if not re.search(r"(BEGIN|END) HIDDEN TESTS", line))


def blanks(assignment: Assignment) -> list[Step]:
    """Return what wipes the answers, and the checks that have to fail then."""
    wipe = [Step("blank", assignment.released[i]["source"], tuple(assignment.names(i)))
            for i in range(len(assignment.cells)) if assignment.role(i) == "answer"]
    checks = [Step("hidden", whole(assignment.cells[p.index]["source"]), (), p.id) for p in assignment.parts
              if not p.by_hand and p.points]
    return wipe + checks


class Run:
    """The boxes of one hand-in, one after another."""

    def __init__(self, assignment: Assignment, isolation: Isolation, limits: Limits, number: int = 0) -> None:
        self.assignment, self.isolation, self.limits, self.number = assignment, isolation, limits, number
        self.done: list[Step] = []    # what a new box has to replay
        self.restarts = 0
        self.until = time.monotonic() + limits.total
        self.box: Box | None = None
        self.flags: list[str] = []
        self.changed: set[str] = set()

    def open(self) -> Box:
        """Return the box, a new one if the last has died; it replays what ran before."""
        while self.box is None:
            if self.restarts > RESTARTS:
                raise Died("it was stopped for the last time")
            self.box = Box(self.isolation, self.limits, self.assignment.modules, self.assignment.attributes,
                           self.assignment.files, self.number)
            for step in list(self.done):
                try:
                    self.box.ask(step.kind, step.code, list(step.names))
                except Died:
                    self.done.remove(step)
                    self.box, self.restarts = None, self.restarts + 1
                    break
        return self.box

    def ask(self, step: Step) -> dict:
        """Run a step; a `Died` that it raises has already been answered by setting the box aside."""
        left = self.until - time.monotonic()
        if left <= 0:
            raise Died(f"the hand-in ran longer than {self.limits.total:g} s in all")
        box = self.open()
        try:
            reply = box.ask(step.kind, step.code, list(step.names), min(self.limits.seconds, max(left, 1.0)))
        except Died:
            self.box, self.restarts = None, self.restarts + 1
            raise
        self.changed |= set(reply.get("changed") or [])
        if step.kind in ("cell", "given") and not reply["late"]:
            self.done.append(step)
        return reply

    def close(self) -> None:
        """Close the last box."""
        if self.box:
            self.box.close()


def grade(assignment: Assignment, found: Matched, isolation: Isolation, limits: Limits, number: int = 0) -> dict:
    """Grade a hand-in.

    Returns
    -------
    dict
        ``parts``: for each part points (None: a person marks it), outcome and message; ``words``: answers in words;
        ``notes`` and ``flags``. The same hand-in gives the same, whenever and wherever it runs.
    """
    parts: dict[str, dict[str, Any]] = {}
    for part in assignment.parts:
        if part.by_hand:
            text = found.words.get(part.id, "")
            parts[part.id] = {"points": None if text.strip() else 0, "outcome": "words" if text.strip() else "blank",
                              "message": ""}
        else:
            parts[part.id] = {"points": 0, "outcome": "not run", "message": ""}
    run = Run(assignment, isolation, limits, number)
    notes, flags = list(found.notes), list(found.flags)
    try:
        for step in steps(assignment, found):
            if step.kind == "hidden" and parts[step.part]["outcome"] != "visible":
                continue
            try:
                reply = run.ask(step)
            except Died as error:
                what = step.called if step.kind in ("cell", "given") else f"the check {step.called}"
                flags.append(f"stopped in {what}: {error}")
                if step.part:
                    parts[step.part] = {"points": 0, "outcome": "stopped", "message": f"It was stopped: {error}."}
                continue
            if step.kind == "cell" and reply["late"]:
                notes.append(f"{step.called} ran longer than {limits.seconds:g} s and was interrupted")
            elif step.kind == "given" and not reply["ok"]:
                flags.append(f"the given cell {step.called} fails ({told(reply)})")
            elif step.kind == "visible":
                parts[step.part] |= outcome(reply, limits)
            elif step.kind == "hidden":
                most = next(p.points for p in assignment.parts if p.id == step.part)
                if reply["ok"]:
                    parts[step.part] = {"points": most, "outcome": "passed", "message": ""}
                else:
                    parts[step.part] = {"points": 0, "outcome": "hidden late" if reply["late"] else "hidden failed",
                                        "message": label(assignment, step.part, reply)}
        flags += tampered(assignment, run, parts)
    finally:
        run.close()
    secret = hidden_lines(assignment)
    for name, part in parts.items():
        if any(line in part["message"] for line in secret):
            part["message"] = "It fails."
            flags.append(f"a message of {name} showed hidden tests; feedback leaves it out")
    if run.changed:
        flags.append("the answers changed what checks rely on (" + ", ".join(sorted(run.changed)[:4])
                     + "); it was put back before each check")
    flags += suspicious([code for place in (found.answers, found.before, found.after)
                         for codes in place.values() for code in codes], assignment.given)
    return {"parts": parts, "words": found.words, "notes": once(notes), "flags": once(flags)}


def outcome(reply: dict, limits: Limits) -> dict:
    """Say how a check went as students see it."""
    if reply["ok"]:
        return {"outcome": "visible"}
    if reply["late"]:
        return {"outcome": "late", "message": f"It ran longer than {limits.seconds:g} s and was interrupted."}
    printed = ADDRESS.sub("0x…", reply["text"].strip())
    return {"outcome": "failed", "message": "\n".join(filter(None, (printed, told(reply))))}


def label(assignment: Assignment, part: str, reply: dict) -> str:
    """Return what a hidden test says to students: a text that its author wrote for them, and nothing else."""
    said = re.search(r"A hidden test fails: (.+)\.$", reply["error"]["text"] if reply["error"] else "")
    cell = next(assignment.cells[p.index] for p in assignment.parts if p.id == part)
    texts = {node.value for node in ast.walk(tree(cell["source"])) if isinstance(node, ast.Constant)}
    return f"A hidden test fails: {said[1]}." if said and said[1] in texts else ""


def hidden_lines(assignment: Assignment) -> list[str]:
    """Return what no feedback may show: the longer lines of hidden tests."""
    lines: set[str] = set()
    for part in assignment.parts:
        if not part.by_hand:
            seen = {line.strip() for line in assignment.released[part.index]["source"].split("\n")}
            lines |= {line.strip() for line in whole(assignment.cells[part.index]["source"]).split("\n")} - seen
    return sorted(line for line in lines if len(line) >= 12)


def told(reply: dict) -> str:
    """Put a reply's error into words, without what differs from run to run; the checks' own feedback as it is."""
    error = reply["error"] or {"name": "Error", "text": "", "line": 0}
    if error["name"] == "NotYet":
        return ADDRESS.sub("0x…", error["text"].strip())
    text = ADDRESS.sub("0x…", " ".join(error["text"].split()))
    line = f" (line {error['line']} of the check)" if error["line"] else ""
    return f"{error['name']}: {text}{line}" if text else f"{error['name']}{line}"


def tampered(assignment: Assignment, run: Run, parts: dict[str, dict]) -> list[str]:
    """Wipe the answers and run the checks that passed once more; take away the points of those that still pass."""
    still: list[str] = []
    try:
        for step in blanks(assignment):
            if step.kind == "hidden" and parts[step.part]["outcome"] != "passed":
                continue
            if run.ask(step)["ok"] and step.kind == "hidden":
                still.append(step.part)
                parts[step.part] = {"points": 0, "outcome": "tampered", "message": ""}
    except Died as error:
        return [f"stopped when the answers were wiped to try the checks: {error}"]
    if still:
        return [f"checks pass whatever the answer ({', '.join(still)}): they were tampered with and give no points"]
    return []


def once(texts: list[str]) -> list[str]:
    """Return each text once, in their order."""
    return list(dict.fromkeys(texts))


def tool_key(limits: Limits) -> str:
    """Change with the tool, with `helpers` and with the limits: then everything is graded anew."""
    sources = sorted([*HERE.glob("*.py"), *(COURSE / "helpers").rglob("*.py"), DRIVER])
    return digest(repr(limits), *[s.read_bytes() for s in sources])


def self_check(assignment: Assignment, isolation: Isolation, limits: Limits) -> None:
    """Grade the worked solution and the blank version.

    Raises
    ------
    Refused
        Unless they get full marks and none, without a flag.
    """
    for what, cells in (("the worked solution", assignment.cells), ("the blank version", assignment.released)):
        handed_in = notebook(as_text({**assignment.book, "cells": cells}).encode())[0]
        result = grade(assignment, match(assignment, handed_in), isolation, limits)
        wrong = []
        for part in assignment.parts:
            got = result["parts"][part.id]
            if part.by_hand:
                continue
            wanted = part.points if what == "the worked solution" else 0
            if got["points"] != wanted:
                wrong.append(f"{part.id} gets {got['points']:g} of {part.points:g} ({got['outcome']}"
                             + (f": {got['message']}" if got["message"] else "") + ")")
        if what == "the worked solution":
            wrong += result["flags"]
        if wrong:
            raise Refused(f"Self-check of {assignment.name}: {what} is not graded as it should be. "
                          + "; ".join(wrong) + ". Nothing was graded. Repair the assignment first.")

