"""The tables of lesson 00: the map in picture and words, the symbols, the glossary."""

import base64
import re

import nbformat
import pytest

from tests.notebooks import refresh, series_map
from tests.notebooks.series_map import LESSONS, PICTURE, PICTURE_CELL, TABLE_CELL

PATH = refresh.LESSONS / "00_start_here.ipynb"
REMAKE = "run: python -m tests.notebooks.series_map"
# What the lessons turn on: no glossary without these.
SERIES = ("net input, logit, bias unit, decision boundary, saturation, one-versus-rest, softmax, log-sum-exp, "
          "temperature, likelihood, cross-entropy, Jacobian, gradient, learning rate, epoch")


@pytest.fixture(scope="module")
def cells():
    return {cell.id: cell for cell in nbformat.read(PATH, as_version=4).cells}


def rows(markdown: str) -> list[list[str]]:
    """The rows of the Markdown table in a text, without its head."""
    lines = [line for line in markdown.splitlines() if line.startswith("|")]
    return [[part.strip() for part in line.strip("|").split("|")] for line in lines[2:]]


def test_the_picture_is_the_one_drawn(cells):
    stored = cells[PICTURE_CELL].attachments[PICTURE]["image/png"]
    assert refresh.same_picture(stored, base64.b64encode(series_map.draw()).decode()), REMAKE


def test_picture_and_table_say_the_same(cells):
    assert cells[PICTURE_CELL].source == f"![{series_map.in_words()}](attachment:{PICTURE})", REMAKE
    assert series_map.without_links(cells[TABLE_CELL].source) == series_map.without_links(series_map.table()), REMAKE
    for number, place in LESSONS.items():
        assert f"{number:02} {place.title}" in cells[PICTURE_CELL].source


def test_the_map_leads_forward_from_lesson_0():
    for number, place in LESSONS.items():
        assert all(other < number for other in place.builds_on) and (place.builds_on or number == 0)
        assert place.last is None or place.last < number
    assert len({place.at for place in LESSONS.values()}) == len(LESSONS)


def below(number: int) -> set[int]:
    """Every lesson on which one builds, at one remove or more."""
    place = LESSONS[number]
    direct = {*place.builds_on} | ({place.last} if place.last is not None else set())
    return direct.union(*map(below, direct))


@pytest.mark.parametrize("path", [p for p in refresh.lessons() if p != PATH and p.parent == PATH.parent],
                         ids=lambda path: path.stem)
def test_each_lesson_stands_on_the_map(path):
    """With its own title; and what it says to build on lies before it."""
    number, book = int(path.name[:2]), nbformat.read(path, as_version=4)
    assert book.cells[0].source.startswith(f"# {number} · {LESSONS[number].title}\n")
    opening = next(line for line in book.cells[0].source.splitlines() if line.startswith("**Builds on**"))
    assert {int(n) for n in re.findall(r"lessons? 0?(\d+)", opening)} <= below(number), opening


# ---- symbols and words --------------------------------------------------------------------------------------------

def test_symbols(cells):
    table = rows(cells["symbols"].source)
    assert [row[0] for row in table] == ["x", "X", "w, W", "z = wᵀx, z = Wx, Z = XWᵀ", "φ", "p = softmax(z)", "y", "L"]
    assert all(len(row) == 4 and row[1] and re.fullmatch(r"\d\d(, \d\d)*", row[3]) for row in table)


def test_glossary(cells):
    table = rows(cells["glossary"].source)
    assert f"{len(table)} words" in cells["glossary"].source
    english = [row[0] for row in table]
    assert english == sorted(english, key=str.lower) and len(set(english)) == len(english)
    for word, korean, short, lessons in table:
        assert re.search("[가-힣]", korean), word
        assert short and len(short) < 110, word
        assert {int(n) for n in lessons.split(", ")} <= set(LESSONS), word
    words = ", ".join(english)
    assert [word for word in SERIES.split(", ") if word not in words] == []
    assert {int(n) for row in table for n in row[3].split(", ")} == set(LESSONS), "a lesson without a word of its own"
