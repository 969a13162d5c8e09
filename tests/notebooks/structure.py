"""What every lesson's file has to be, whatever it teaches. `problems` names each thing that is not so, and where."""

import ast
import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from statistics import median

from nbformat import NotebookNode

from tests.notebooks import refresh

MAX_BYTES = 1_000_000
MEDIAN_LINES, MAX_LINES = 6, 30
MINUTES = range(20, 41)
NETWORK = {"urllib", "requests", "httpx", "http", "socket", "aiohttp", "ftplib"}
# What switches strict comparison or execution off for a cell.
ESCAPES = re.compile(r"nbval[-_]|pytest_validate_ignore_output|raises-exception|skip-execution", re.IGNORECASE)

FENCE = re.compile(r"^(```|~~~).*?^\1", re.M | re.S)
COMMENT = re.compile(r"<!--.*?-->", re.S)
HEADING = re.compile(r"^(#{1,6})[ \t]+(.+?)[ \t]*#*$", re.M)
NOT_PRINTED = re.compile(r"<!--\s*not printed:(.*?)-->", re.S)
LONG_NUMBER = re.compile(r"(?<![\w.])\d+(?:,\d{3})*\.\d{3,}(?!\w)")
BARE_WIDGET = re.compile(r"\A\w+\((?:children|value|options|description)=")


class Lesson:
    """A notebook as read from its file, and the views of it that the rules ask for."""

    def __init__(self, path: Path, book: NotebookNode) -> None:
        self.path, self.cells, self.metadata = path, book.cells, book.metadata
        self.minor = book.nbformat_minor
        self.code = [c for c in book.cells if c.cell_type == "code"]
        self.markdown = [c for c in book.cells if c.cell_type == "markdown"]
        self.number = int(m[0]) if (m := re.match(r"\d+", path.stem)) else None

    def headings(self) -> list[tuple[int, str, int]]:
        """Return level, words and the cell's index of each heading outside code fences and comments."""
        return [
            (len(marks), words, index)
            for index, cell in enumerate(self.cells)
            if cell.cell_type == "markdown"
            for marks, words in HEADING.findall(prose(cell))
        ]

    def section(self, index: int) -> list[NotebookNode]:
        """Return the cells between the heading before a cell and the next heading."""
        starts = [0, *(i for _, _, i in self.headings()), len(self.cells)]
        return self.cells[max(s for s in starts if s <= index) : min(s for s in starts if s > index)]


def prose(cell: NotebookNode) -> str:
    """Return a Markdown cell's text without code fences and HTML comments."""
    return COMMENT.sub("", FENCE.sub("", cell.source))


def calls(cell: NotebookNode) -> list[str]:
    """Return the names of the functions that a cell's code calls, once for each call."""
    try:
        nodes = [n for n in ast.walk(ast.parse(cell.source)) if isinstance(n, ast.Call)]
    except SyntaxError:  # `pure_python` names it
        return []
    return [n.func.attr if isinstance(n.func, ast.Attribute) else getattr(n.func, "id", "") for n in nodes]


# Each rule yields sentences; a rule for one cell gives the cell's id in it.


def as_a_file(lesson: Lesson) -> Iterator[str]:
    if lesson.minor != 5:
        yield f"nbformat is 4.{lesson.minor}, not 4.5"
    if lesson.metadata != refresh.METADATA:
        yield "metadata are not those of refresh.METADATA (kernelspec python3, no widget state, no version)"
    if (size := lesson.path.stat().st_size) >= MAX_BYTES:
        yield f"the file has {size} bytes, and should stay under {MAX_BYTES}"
    ids = [c.get("id", "") for c in lesson.cells]
    yield from (f"the cell id {i!r} stands twice" for i in sorted({i for i in ids if ids.count(i) > 1}))
    if (counts := [c.execution_count for c in lesson.code]) != list(range(1, len(counts) + 1)):
        yield f"execution counts are {counts}, not 1 to {len(counts)} in order"


def outputs(lesson: Lesson) -> Iterator[str]:
    for cell in lesson.code:
        try:
            refresh.refuse_outputs(cell, lesson.path.stem)
        except refresh.Refused as error:
            yield str(error)
        for output in cell.outputs:
            data = output.get("data", {})
            plain = data.get("text/plain", "")
            if refresh.WIDGET in data:
                yield f"cell {cell.id}: a widget's view is stored, whose model is gone"
            if "image/png" in data and (not plain.strip() or plain.startswith("<")):
                yield f"cell {cell.id}: a picture without its numbers in words (text/plain is {plain!r})"
            if BARE_WIDGET.match(plain):
                yield f"cell {cell.id}: a widget shows its source in a stored notebook: {plain[:60]}"


def no_escape(lesson: Lesson) -> Iterator[str]:
    for cell in lesson.code:
        comments = [line for line in cell.source.splitlines() if line.lstrip().startswith("#")]
        if any(ESCAPES.search(words) for words in [*cell.metadata.get("tags", []), *comments]):
            yield f"cell {cell.id}: switches the strict comparison off"


def pure_python(lesson: Lesson) -> Iterator[str]:
    for cell in lesson.code:
        try:
            nodes = list(ast.walk(ast.parse(cell.source)))
        except SyntaxError as error:
            yield f"cell {cell.id}: is not plain Python (a magic, a shell command?): {error}"
            continue
        modules = [n.module or "" for n in nodes if isinstance(n, ast.ImportFrom)]
        modules += [a.name for n in nodes if isinstance(n, ast.Import) for a in n.names]
        if any(a.name == "*" for n in nodes if isinstance(n, ast.ImportFrom) for a in n.names):
            yield f"cell {cell.id}: has a star import"
        if "http" in cell.source or "fetch_" in cell.source or NETWORK & {m.split(".")[0] for m in modules}:
            yield f"cell {cell.id}: reaches for the network"
        if "get_ipython" in cell.source:
            yield f"cell {cell.id}: has a magic by another name"


def cell_sizes(lesson: Lesson) -> Iterator[str]:
    lines = {c.id: len(c.source.splitlines()) for c in lesson.code}
    if lines and median(lines.values()) > MEDIAN_LINES:
        yield f"code cells have {median(lines.values())} lines in the median, and should have at most {MEDIAN_LINES}"
    yield from (f"cell {i}: has {n} lines of code, and should have at most {MAX_LINES}"
                for i, n in lines.items() if n > MAX_LINES)


def machine_paths(lesson: Lesson) -> Iterator[str]:
    for cell in lesson.cells:
        if hit := refresh.MACHINE_PATH.search(cell.source):
            yield f"cell {cell.id}: speaks of a machine's path: {hit[0]}"


def heading_levels(lesson: Lesson) -> Iterator[str]:
    headings = lesson.headings()
    levels = [level for level, _, _ in headings]
    if levels.count(1) != 1 or levels[0] != 1:
        yield f"there should be one first-level heading, at the start; the levels are {levels}"
    for (before, _, _), (level, words, _) in pairwise(headings):
        if level > before + 1:
            yield f"the heading {words!r} skips from level {before} to {level}"


def pictures_in_prose(lesson: Lesson) -> Iterator[str]:
    for cell in lesson.markdown:
        if re.search(r"!\[\s*\]", prose(cell)):
            yield f"cell {cell.id}: a picture without a text alternative"
        for tag in re.findall(r"<img\b[^>]*>", prose(cell)):
            if not re.search(r"""\balt=(["'])\s*[^"'\s]""", tag):
                yield f"cell {cell.id}: a picture without a text alternative: {tag}"


def links(lesson: Lesson) -> Iterator[str]:
    own = {words.replace(" ", "-") for _, words, _ in lesson.headings()}
    for cell in lesson.markdown:
        words = prose(cell)
        targets = re.findall(r"\]\(<?([^)\s>]+)", words) + re.findall(r"""(?:href|src)=["']([^"']+)""", words)
        for target in targets:
            file, _, anchor = target.partition("#")
            if re.match(r"https?:|mailto:|attachment:", target):
                continue
            if file and not (lesson.path.parent / file).exists():
                yield f"cell {cell.id}: the link {target!r} leads nowhere"
            if not file and anchor not in own:
                yield f"cell {cell.id}: no heading is called {anchor!r}"


def identities_are_evaluated(lesson: Lesson) -> Iterator[str]:
    for index, cell in enumerate(lesson.cells):
        shown = cell.cell_type == "markdown" and "$$" in prose(cell)
        if shown and all(c.cell_type != "code" for c in lesson.cells[index + 1 : index + 3]):
            yield f"cell {cell.id}: displays an identity, and none of the next two cells evaluates it"


def numbers_are_printed(lesson: Lesson) -> Iterator[str]:
    stored = "\n".join(text for cell in lesson.code for o in cell.outputs for _, text in refresh.texts(o))
    printed = set(re.findall(r"\d+(?:,\d{3})*\.\d+", stored))
    for cell in lesson.markdown:
        printed |= {n for words in NOT_PRINTED.findall(cell.source) for n in LONG_NUMBER.findall(words)}
    for cell in lesson.markdown:
        for number in LONG_NUMBER.findall(prose(cell)):
            if number not in printed:
                yield f"cell {cell.id}: no cell prints {number} (if none can: <!-- not printed: {number} -->)"


def title(lesson: Lesson) -> Iterator[str]:
    first = next((words for level, words, _ in lesson.headings() if level == 1), "")
    found = re.search(r"\d+", first)
    if lesson.number is None or not found or int(found[0]) != lesson.number:
        yield f"the title {first!r} should have the file's number, {lesson.number}"


def opening(lesson: Lesson) -> Iterator[str]:
    words = "\n".join(c.source for c in lesson.cells[:2] if c.cell_type == "markdown")
    for label in ("**Afterwards you can**", "**Builds on**", "**Time**"):
        if label not in words:
            yield f"the opening (first or second cell) lacks the label {label}"
    time = re.search(r"\*\*Time\*\*[^\n]*?(\d+)(?:\s*(?:–|-|to)\s*(\d+))?\s*min", words)
    if not time or any(int(n) not in MINUTES for n in time.groups() if n):
        yield f"**Time** should state between {MINUTES[0]} and {MINUTES[-1]} minutes, such as '**Time** 30 minutes'"


def first_code_cell(lesson: Lesson) -> Iterator[str]:
    source = lesson.code[0].source if lesson.code else ""
    if not re.search(r"^(?:import|from) ", source, re.M):
        yield "the first code cell should import what the lesson needs"
    if 'sys.path.append("..")' not in source:
        yield 'the first code cell should have sys.path.append(".."), for those who launched by hand'


def closing(lesson: Lesson) -> Iterator[str]:
    _, words, index = (lesson.headings() or [(0, "", 0)])[-1]
    tail = "\n".join(c.source for c in lesson.cells[index:])
    if not re.search(r"summary|where next", words, re.I) or not re.search(r"\bnext\b", tail, re.I):
        yield f"the last section should sum up and say where next ('Summary' or 'Where next' in its heading): {words!r}"


def exercises(lesson: Lesson) -> Iterator[str]:
    if not lesson.code or "progress" not in calls(lesson.code[-1]):
        yield "the last code cell should call progress()"
    predictions = sum(calls(c).count("predict") for c in lesson.code)
    if predictions < 2:
        yield f"there should be at least two predictions, and there are {predictions}"
    first: dict[str, int] = {}
    for index, cell in enumerate(lesson.cells):
        for name in calls(cell) if cell.cell_type == "code" else []:
            if name.startswith("check_"):
                first.setdefault(name, index)
    if len(first) < 3:
        yield f"there should be at least three exercises with a check, and there are {sorted(first)}"
    for name, index in first.items():
        section = lesson.section(index)
        here = sum(any(cell is lesson.cells[i] for cell in section) for i in first.values())
        hints = sum(len(re.findall(r"<details>\s*<summary>\s*Hint", c.source)) for c in section)
        solutions = [c for c in section if "solution" in c.metadata.get("tags", [])]
        if hints < here:
            yield f"{name}: no hint (<details><summary>Hint …) in its section"
        if len(solutions) < here:
            yield f"{name}: no worked solution (a code cell tagged 'solution') in its section"
    for cell in lesson.code:
        folded = cell.metadata.get("jupyter", {}).get("source_hidden", False)
        if folded != ("solution" in cell.metadata.get("tags", [])):
            yield f"cell {cell.id}: a solution is folded away (jupyter.source_hidden), and nothing else is"


EVERYWHERE: list[Callable[[Lesson], Iterator[str]]] = [
    as_a_file, outputs, no_escape, pure_python, cell_sizes, machine_paths, heading_levels, pictures_in_prose, links,
    identities_are_evaluated, numbers_are_printed, title, closing,
]
FROM_LESSON_1: list[Callable[[Lesson], Iterator[str]]] = [opening, first_code_cell, exercises]


def problems(path: Path, book: NotebookNode) -> list[str]:
    """Return what is wrong with a lesson, as sentences; an empty list if nothing is."""
    lesson = Lesson(path, book)
    rules = EVERYWHERE + ([] if lesson.number == 0 else FROM_LESSON_1)
    return [f"{rule.__name__}: {sentence}" for rule in rules for sentence in rule(lesson)]
