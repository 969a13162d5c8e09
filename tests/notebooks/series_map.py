"""The map of the series in lesson 00: a picture and, beneath it, the same in words.

    python -m tests.notebooks.series_map

draws the picture anew into the lesson and writes the table beneath it, with a link to each lesson that is there. The
picture is an attachment of its cell, so that it is shown before anything is run, without a network, and from whatever
folder Jupyter was started; it stands on the page's own background, light or dark.
"""

import base64
import io
import re
import textwrap
from pathlib import Path
from typing import NamedTuple

import nbformat
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from helpers import style
from tests.notebooks import refresh

PICTURE_CELL, TABLE_CELL, PICTURE = "map-picture", "map-table", "map.png"
FILL = {"start": style.MUTED, "one": style.CLASSES[0], "many": style.CLASSES[1], "learn": style.CLASSES[2]}
ARROW = "#808080"     # stands out on white and on black
WIDTH, HEIGHT, DENSITY = 8.0, 3.4, 200


class Place(NamedTuple):
    """A lesson on the map: its title, its question, what it builds on, its column and row, its colour.

    ``last`` names a lesson on which only its last section builds.
    """

    title: str
    question: str
    builds_on: tuple[int, ...]
    at: tuple[int, int]
    colour: str
    last: int | None = None


LESSONS = {
    0: Place("Start here", "Does all work, and how do I use it?", (), (0, 2), "start"),
    1: Place("Net input", "How do two measurements become one decision?", (0,), (1, 2), "one"),
    2: Place("Logistic", "How sure is the machine of its decision?", (1,), (2, 2), "one"),
    3: Place("Activations", "Why does a network need curves?", (2,), (3, 2), "one"),
    4: Place("From two classes to many", "And if there are three answers, not two?", (2,), (2, 1), "many"),
    5: Place("Softmax", "How do three numbers become the probabilities of one choice?", (4,), (1, 1), "many"),
    6: Place("Softmax in TensorFlow", "How do I say that in TensorFlow, without its traps?", (5,), (0, 1), "many"),
    7: Place("Cross-entropy", "How good are the probabilities?", (5,), (1, 0), "learn"),
    8: Place("The gradient, derived", "Which way does each weight have to move?", (7,), (2, 0), "learn", last=6),
    9: Place("Gradient descent", "How does the machine find its weights by itself?", (8,), (3, 0), "learn", last=6),
    10: Place("Handwritten digits", "Does it work on real pictures?", (9,), (4, 0), "learn"),
}


def draw() -> bytes:
    """Return the picture as a PNG without a background."""
    with style.look():
        figure = Figure(figsize=(WIDTH, HEIGHT), dpi=DENSITY, facecolor="none")
        ax = figure.add_axes((0, 0, 1, 1))
        ax.set(xlim=(-0.5, 4.5), ylim=(-0.62, 2.42))
        ax.set_axis_off()
        half, tall = 0.4, 0.33
        for number, place in LESSONS.items():
            x, y = place.at
            ax.add_patch(FancyBboxPatch((x - half, y - tall), 2 * half, 2 * tall, facecolor=FILL[place.colour],
                                        edgecolor="none", boxstyle="round,pad=0,rounding_size=0.08", zorder=3))
            ax.text(x, y + 0.14, f"{number:02}", color=style.PAPER, fontsize=13, weight="bold", ha="center",
                    va="center", zorder=4)
            ax.text(x, y - 0.12, textwrap.fill(place.title, 15), color=style.PAPER, fontsize=10.5, ha="center",
                    va="center", linespacing=1.05, zorder=4)
            for other in place.builds_on:
                _arrow(ax, LESSONS[other].at, place.at, half, tall)
        for place in LESSONS.values():
            if place.last is not None:
                _detour(ax, LESSONS[place.last].at, place.at, tall)
        file = io.BytesIO()
        FigureCanvasAgg(figure).print_png(file, metadata={"Software": None}, pil_kwargs={"optimize": True})
    return file.getvalue()


def _arrow(ax, start, end, half, tall) -> None:
    """From the edge of one box to the edge of the next one, beside or below it."""
    (x0, y0), (x1, y1) = start, end
    dx, dy = (x1 > x0) - (x1 < x0), (y1 > y0) - (y1 < y0)
    ax.annotate("", (x1 - dx * half, y1 - dy * tall), (x0 + dx * half, y0 + dy * tall),
                arrowprops={"arrowstyle": "-|>,head_width=0.3,head_length=0.5", "color": ARROW, "linewidth": 2,
                            "shrinkA": 2, "shrinkB": 2})


def _detour(ax, start, end, tall) -> None:
    """Dashed, round below: only the last section builds on it."""
    (x0, y0), (x1, y1) = start, end
    low = y1 - tall - 0.22
    ax.plot([x0, x0, x1], [y0 - tall, low, low], color=ARROW, linewidth=1.5, linestyle=(0, (4, 3)))
    ax.annotate("", (x1, y1 - tall), (x1, low), arrowprops={
        "arrowstyle": "-|>,head_width=0.25,head_length=0.4", "color": ARROW, "linewidth": 1.5, "shrinkA": 0,
        "shrinkB": 2})


def in_words() -> str:
    """The map as a text alternative: a sentence for each lesson."""
    return "Map of the lessons. " + " ".join(
        f"{number:02} {place.title}{_builds(place)}." for number, place in LESSONS.items())


def _builds(place: Place) -> str:
    if not place.builds_on:
        return " comes first"
    last = f", its last section also on {place.last:02}" if place.last is not None else ""
    return " builds on " + " and ".join(f"{n:02}" for n in place.builds_on) + last


def table(folder: Path = refresh.LESSONS) -> str:
    """The map as a Markdown table, with a link to each lesson that is in the folder."""
    rows = ["| lesson | its question | builds on |", "|:--|:--|:--|"]
    for number, place in LESSONS.items():
        name = f"{number:02} {place.title}"
        files = sorted(folder.glob(f"{number:02}_*.ipynb"))
        name = f"[{name}]({files[0].name})" if files and number else name
        builds = ", ".join(f"{n:02}" for n in place.builds_on) or "–"
        builds += f"; its last section also on {place.last:02}" if place.last is not None else ""
        rows.append(f"| {name} | {place.question} | {builds} |")
    return "\n".join(rows)


def without_links(markdown: str) -> str:
    """Return a text with the words of its links alone."""
    return re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", markdown)


def put_into(book: nbformat.NotebookNode, folder: Path = refresh.LESSONS) -> None:
    """Put picture and table into the lesson's two cells; a picture that shows the same stays as it is."""
    cells = {cell.id: cell for cell in book.cells}
    picture, new = cells[PICTURE_CELL], base64.b64encode(draw()).decode("ascii")
    old = picture.get("attachments", {}).get(PICTURE, {}).get("image/png")
    picture.attachments = {PICTURE: {"image/png": old if old and refresh.same_picture(old, new) else new}}
    picture.source = f"![{in_words()}](attachment:{PICTURE})"
    cells[TABLE_CELL].source = table(folder)


def main() -> None:
    path = refresh.lessons(["00"])[0]
    book = refresh.read(path)
    put_into(book)
    path.write_bytes(refresh.as_bytes(book))
    print(f"{path.name}: picture and table are those of {Path(__file__).name}")


if __name__ == "__main__":
    main()
