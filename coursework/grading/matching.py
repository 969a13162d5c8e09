"""Which cell of a hand-in answers which cell of the assignment, however the notebook was changed.

Only answers are taken from a hand-in. What was given, and above all the checks, comes from the source. Cells that a
student added run too, where they stood; so does a given cell that was edited, before the original of it.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field

from coursework.grading.assignment import TEXT_STUB, Assignment, bound, meta, tree


@dataclass
class Matched:
    """What was found.

    Attributes
    ----------
    answers : dict of int to list of str
        The code of an answer, by the number of the source's cell; several where the cell was duplicated.
    words : dict of str to str
        Answers in words by their part, "" where there is none.
    before, after : dict of int to list of str
        Code to run before and after a cell of the source: what was edited, and what was added. -1 is the beginning.
    score : int
        How many cells of the assignment were found.
    answered : int
        How many answers differ from what was given.
    notes, flags : list of str
        What was unusual; flags ask for a person.
    """

    answers: dict[int, list[str]] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    before: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    after: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    score: int = 0
    answered: int = 0
    notes: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)


def same(one: str, other: str) -> bool:
    """Whether two cells hold the same but for spaces at the end of lines and around.

    Examples
    --------
    >>> same("a = 1 \\r\\nb = 2\\n", "a = 1\\nb = 2"), same("a = 1", "a = 2")
    (True, False)
    """
    return _plain(one) == _plain(other)


def _plain(text: str) -> str:
    return re.sub(r"[ \t]+$", "", text.replace("\r\n", "\n").replace("\r", "\n"), flags=re.MULTILINE).strip()


def match(assignment: Assignment, cells: list[dict]) -> Matched:
    """Match the cells of a hand-in with an assignment's.

    Parameters
    ----------
    assignment : Assignment
        The assignment.
    cells : list of dict
        The hand-in's cells, as `intake.notebook` returns them.
    """
    found = Matched()
    owner = _owners(assignment, cells, found)
    by_source: dict[int, list[int]] = defaultdict(list)
    for mine, theirs in owner.items():
        by_source[theirs].append(mine)
    found.score = len(by_source)
    for index in range(len(assignment.cells)):
        mine = sorted(by_source.get(index, []))
        role = assignment.role(index)
        if role == "answer":
            _answer(assignment, index, [cells[i] for i in mine], found)
        elif role == "words":
            _words(assignment, index, [cells[i] for i in mine], found)
        elif role == "given":
            for i in mine:
                if not same(cells[i]["source"], assignment.released[index]["source"]) and _is_code(cells[i]):
                    found.before[index].append(cells[i]["source"])
                    found.notes.append(f"a given cell was edited ({assignment.called(index)})")
        elif role == "test":
            if any(not same(cells[i]["source"], assignment.released[index]["source"]) for i in mine):
                found.notes.append(f"a check was edited ({assignment.called(index)}); the original was used")
            elif not mine:
                found.notes.append(f"a check was deleted ({assignment.called(index)}); the original was used")
    _extras(assignment, cells, owner, found)
    return found


def _owners(assignment: Assignment, cells: list[dict], found: Matched) -> dict[int, int]:
    """Return the number of the source's cell for each cell of the hand-in that has one."""
    by_name = {meta(c)["grade_id"]: i for i, c in enumerate(assignment.cells) if meta(c)}
    by_id = {c["id"]: i for i, c in enumerate(assignment.cells) if c.get("id")}
    owner: dict[int, int] = {}
    for mine, cell in enumerate(cells):
        name = meta(cell).get("grade_id")
        if isinstance(name, str) and name in by_name:
            owner[mine] = by_name[name]
    bare = not owner and bool(by_name)
    taken = set(owner.values())
    for mine, cell in enumerate(cells):
        if mine not in owner and by_id.get(cell.get("id"), -1) not in taken | {-1}:
            owner[mine] = by_id[cell["id"]]
    taken = set(owner.values())
    for how in (_by_source, _by_names, _by_place):
        if how is _by_place and not owner:
            break  # nothing of it is this assignment's
        for mine, theirs in how(assignment, cells, owner):
            if mine not in owner and theirs not in taken:
                owner[mine] = theirs
                taken.add(theirs)
    if bare and owner:
        found.notes.append("nbgrader's metadata is missing; the cells were recognised by what else they carry")
    return owner


def _by_source(assignment: Assignment, cells: list[dict], owner: dict[int, int]) -> list[tuple[int, int]]:
    """Cells that are still as they were given."""
    free = [i for i in range(len(assignment.cells)) if i not in set(owner.values())]
    pairs = []
    for mine, cell in enumerate(cells):
        if mine in owner or not cell["source"].strip():
            continue
        for theirs in free:
            if same(cell["source"], assignment.released[theirs]["source"]):
                pairs.append((mine, theirs))
                free.remove(theirs)
                break
    return pairs


def _by_names(assignment: Assignment, cells: list[dict], owner: dict[int, int]) -> list[tuple[int, int]]:
    """Code that defines what an answer has to define."""
    pairs = []
    for theirs in range(len(assignment.cells)):
        wanted = set(assignment.names(theirs)) if assignment.role(theirs) == "answer" else set()
        wanted &= set(bound(assignment.released[theirs]["source"])) or wanted
        for mine, cell in enumerate(cells):
            if wanted and mine not in owner and _is_code(cell) and wanted <= _defined(cell["source"]):
                pairs.append((mine, theirs))
    return pairs


def _defined(source: str) -> set[str]:
    # A cell with a syntax error still says what it means to define.
    return set(bound(source)) or {
        a or b for a, b in re.findall(r"^(?:def|class)\s+(\w+)|^(\w+)\s*=", source, re.MULTILINE)}


def _by_place(assignment: Assignment, cells: list[dict], owner: dict[int, int]) -> list[tuple[int, int]]:
    """What stands alone between the same two neighbours."""
    pairs, at = [], {theirs: mine for mine, theirs in owner.items()}
    for theirs in range(len(assignment.cells)):
        if theirs in at or assignment.role(theirs) not in ("answer", "words"):
            continue
        low = max((at[i] for i in at if i < theirs), default=-1)
        high = min((at[i] for i in at if i > theirs and at[i] > low), default=len(cells))
        kind = assignment.cells[theirs]["cell_type"]
        between = [i for i in range(low + 1, high) if i not in owner and cells[i]["cell_type"] == kind]
        if between and cells[between[0]]["source"].strip():
            pairs.append((between[0], theirs))
    return pairs


def _answer(assignment: Assignment, index: int, mine: list[dict], found: Matched) -> None:
    stub = assignment.released[index]["source"]
    called = assignment.called(index)
    if not mine:
        found.flags.append(f"the answer cell {called} is missing")
        found.answers[index] = []
        return
    if any(not _is_code(c) for c in mine):
        found.flags.append(f"the answer cell {called} was turned into text; it was read as code")
    written: list[str] = []
    for cell in mine:
        if cell["source"].strip() and not same(cell["source"], stub) and cell["source"] not in written:
            written.append(cell["source"])
    if len(written) > 1:
        found.flags.append(f"the answer cell {called} is there {len(written)} times with different content; all ran, "
                           "in their order")
    elif len(mine) > 1:
        found.notes.append(f"the answer cell {called} is there {len(mine)} times")
    for source in written:
        if re.search(r"^(<{7} |={7}$|>{7} )", source, re.MULTILINE):
            found.flags.append(f"the answer cell {called} holds the marks of a merge conflict")
    found.answers[index] = written or [stub]
    found.answered += bool(written)
    if meta(assignment.cells[index]).get("grade"):  # code that a person marks
        found.words[meta(assignment.cells[index])["grade_id"]] = "\n\n".join(written)


def _words(assignment: Assignment, index: int, mine: list[dict], found: Matched) -> None:
    stub = assignment.released[index]["source"]
    written = [c["source"] for c in mine if c["source"].strip() and not same(c["source"], stub)
               and not same(c["source"], TEXT_STUB)]
    if not mine:
        found.flags.append(f"the answer cell {assignment.called(index)} is missing")
    found.words[meta(assignment.cells[index])["grade_id"]] = "\n\n".join(dict.fromkeys(written))
    found.answered += bool(written)


def _extras(assignment: Assignment, cells: list[dict], owner: dict[int, int], found: Matched) -> None:
    anchor, added = -1, 0
    for mine, cell in enumerate(cells):
        if mine in owner:
            anchor = owner[mine]
        elif _is_code(cell) and tree(cell["source"]).body:
            found.after[anchor].append(cell["source"])
            added += 1
    if added:
        found.notes.append(f"{added} cell{'s' if added > 1 else ''} of the student's own ran too")


def _is_code(cell: dict) -> bool:
    return cell["cell_type"] == "code"
