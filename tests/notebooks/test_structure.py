"""That the rules for lessons find what they are for: each defect, planted into a lesson that is good, is named."""

import nbformat
import pytest

from tests.notebooks import refresh, small
from tests.notebooks.structure import problems

EXERCISE = [
    ("md", "### Exercise {n}\n\nWrite `double`."),
    ("code", "def double{n}(x):\n    ..."),
    ("code", "check_double{n}(double{n})", "not started\n"),
    ("md", "<details><summary>Hint</summary>\n\nThink.\n\n</details>"),
    ("solution", "def double{n}(x):\n    return 2 * x"),
]
GOOD = [
    ("md", "# 5 · Doubles\n\n![two bars](two.svg)"),
    ("md", "**Afterwards you can** double. **Builds on** nothing. **Time** 20–30 minutes."),
    ("code", 'import sys\nsys.path.append("..")\nimport numpy as np'),
    ("md", "## A [link](two.svg)\n\n$$2x = x + x$$\n\nIt is 0.125 and 1,000.125, not 0.4567."),
    ("md", "```\n# no heading\n```\n<!-- not printed: 0.4567 -->"),
    ("code", "predict(1)\npredict(2)", "2x = 0.125, then [0.5,1,000.125]\n"),
    ("md", "## Exercises"),
    *[(kind, words.replace("{n}", str(n)), *printed) for n in (1, 2, 3) for kind, words, *printed in EXERCISE],
    ("md", "## Summary\n\nA double is two. Next: halves."),
    ("code", "progress()", "3 of 3\n"),
]


@pytest.fixture
def lesson(tmp_path):
    (tmp_path / "two.svg").touch()
    return small.write(tmp_path / "05_doubles.ipynb", *GOOD)


def found(path, book):
    return {p.split(":")[0] for p in problems(path, book)}


def test_a_good_lesson_has_no_problem(lesson):
    assert problems(lesson, nbformat.read(lesson, as_version=4)) == []


def in_source(old, new):
    """Replace words in the first cell that has them."""

    def plant(book):
        cell = next(c for c in book.cells if old in c.source)
        cell.source = cell.source.replace(old, new)

    return plant


def with_output(**data):
    """Let the last cell display something more."""
    mimes = {name.replace("_", "/", 1): value for name, value in data.items()}

    def plant(book):
        book.cells[-1].outputs.append(nbformat.v4.new_output("display_data", mimes))

    return plant


def set_on(index, **values):
    return lambda book: book.cells[index].update(nbformat.from_dict(values))


DEFECTS = {
    "as_a_file": [
        lambda book: book.update(nbformat_minor=4),
        lambda book: book.metadata.update(widgets={}),
        lambda book: book.metadata.kernelspec.update(name="other"),
        lambda book: book.metadata.language_info.update(version="3.11.7"),
        set_on(2, id="md-0"),
        set_on(2, execution_count=None),
        set_on(2, execution_count=3),
    ],
    "outputs": [
        with_output(image_png="AAAA"),
        with_output(image_png="AAAA", text_plain="<Figure size 640x480 with 1 Axes>"),
        with_output(text_plain="<function f at 0x7f3a12b45c60>"),
        with_output(text_plain="HBox(children=(IntSlider(value=0),))"),
        with_output(text_plain="/home/ada/course"),
        lambda book: book.cells[-1].outputs.append(nbformat.v4.new_output("stream", name="stderr", text="careful")),
        lambda book: book.cells[-1].outputs.append(nbformat.v4.new_output("error", ename="E", evalue="", traceback=[])),
        lambda book: book.cells[-1].outputs.append(
            nbformat.v4.new_output("display_data", {refresh.WIDGET: {}, "text/plain": "z = 1"})
        ),
    ],
    "no_escape": [
        in_source("progress()", "# NBVAL_IGNORE_OUTPUT\nprogress()"),
        set_on(-1, metadata={"tags": ["nbval-skip"]}),
        set_on(-1, metadata={"tags": ["raises-exception"]}),
    ],
    "pure_python": [
        in_source("predict(2)", "%pip list"),
        in_source("predict(2)", "!ls"),
        in_source("predict(2)", "get_ipython()"),
        in_source("predict(2)", "from numpy import *"),
        in_source("predict(2)", "import urllib.request"),
        in_source("predict(2)", "'https://example.org'"),
    ],
    "cell_sizes": [
        in_source("predict(2)", "predict(2)\n" + "x = 1\n" * 29),
        lambda book: [c.update(source="\n".join([c.source, *"1" * 6])) for c in book.cells if c.cell_type == "code"],
    ],
    "machine_paths": [in_source("Think.", "See /home/ada/course.")],
    "heading_levels": [
        in_source("# 5 · Doubles", "## 5 · Doubles"),
        in_source("## Exercises", "# Exercises"),
        in_source("## Exercises", "## Exercises\n\n#### Deep"),
    ],
    "pictures_in_prose": [
        in_source("two bars", ""),
        in_source("Think.", '<img src="two.svg">'),
        in_source("Think.", '<img src="two.svg" alt="">'),
    ],
    "links": [
        in_source("[link](two.svg)", "[link](three.svg)"),
        in_source("Think.", "[Up](#Nowhere)"),
        in_source("Think.", '<a href="06_halves.ipynb">next</a>'),
    ],
    "identities_are_evaluated": [
        lambda book: book.cells.pop(5),
        lambda book: book.cells.append(nbformat.v4.new_markdown_cell("$$x = x$$", id="end")),
    ],
    "numbers_are_printed": [
        in_source("0.125 and", "0.126 and"),
        in_source("1,000.125,", "1,000.126,"),
        in_source("<!-- not printed: 0.4567 -->", ""),
        in_source("Think.", "0.1251"),
    ],
    "title": [in_source("# 5 ·", "# 6 ·"), in_source("# 5 ·", "#")],
    "opening": [
        in_source("**Afterwards you can**", "Afterwards"),
        in_source("**Builds on**", "After"),
        in_source("20–30 minutes", "a while"),
        in_source("20–30 minutes", "20–50 minutes"),
        in_source("20–30 minutes", "10 minutes"),
    ],
    "first_code_cell": [
        in_source('import sys\nsys.path.append("..")\nimport numpy as np', "x = 1"),
        in_source('sys.path.append("..")', ""),
    ],
    "closing": [in_source("## Summary", "## Well"), in_source("Next: halves.", "")],
    "exercises": [
        in_source("progress()", "print()"),
        in_source("predict(2)", ""),
        in_source("check_double2(double2)", "check_double1(double1)"),
        in_source("<summary>Hint", "<summary>More"),
        lambda book: [c.update(metadata={}) for c in book.cells if c.metadata.get("tags") and "double3" in c.source],
        lambda book: [c.metadata.pop("jupyter", None) for c in book.cells],
        set_on(2, metadata={"jupyter": {"source_hidden": True}}),
    ],
}


@pytest.mark.parametrize(("rule", "plant"), [(rule, plant) for rule, plants in DEFECTS.items() for plant in plants])
def test_a_planted_defect_is_named(lesson, rule, plant):
    book = nbformat.read(lesson, as_version=4)
    plant(book)
    assert rule in found(lesson, book)


def test_a_file_too_large_is_named(lesson):
    book = nbformat.read(lesson, as_version=4)
    lesson.write_text(" " * 1_000_000)
    assert found(lesson, book) == {"as_a_file"}


def test_lesson_0_needs_no_exercises(tmp_path):
    path = small.write(tmp_path / "00_start.ipynb", ("md", "# 0 · Start"), ("md", "## Where next\n\nNext: net input."))
    assert problems(path, nbformat.read(path, as_version=4)) == []
