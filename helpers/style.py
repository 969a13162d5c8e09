"""The pictures' common look: one palette for a light and a dark page, one figure factory, and the artists that recur.

The palette follows Okabe and Ito (2008), who chose colours that people with the common kinds of colour blindness tell
apart; no picture relies on colour alone. The same thing has the same colour in all lessons. Each colour has a twin for
dark pages; the browser exchanges them, so an explorer only ever names the light one.
"""

import contextlib

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

INK = "#1b1b1b"          # text, axes
MUTED = "#5c5c5c"        # ticks, what is not the point
GRID = "#d4d4d4"
PAPER = "#ffffff"
CLASSES = ("#0072b2", "#b85000", "#00795a")    # class 0, 1, 2; also positive (0) and negative (1) contributions
SOFT = ("#d5e8f5", "#f8e0cd", "#d3efe6")       # the same, as the shade of an area
HATCHES = ("", "///", "...")                   # the same, without colour
CURVE = "#0072b2"        # a function's graph
POINT = "#b0005a"        # where the sliders stand
TRUTH = "#7a5c00"        # the true class, the aim

DARK = {
    INK: "#ececec", MUTED: "#b4b4b4", GRID: "#4a4a4a", PAPER: "#161616",
    CLASSES[0]: "#62b8ee", CLASSES[1]: "#ff9d52", CLASSES[2]: "#3fd2a6",
    SOFT[0]: "#17354a", SOFT[1]: "#4a2c14", SOFT[2]: "#10402f",
    POINT: "#ff79b8", TRUTH: "#f0c040",
}
"""What each colour becomes on a dark page."""

_LOOK = {
    "font.family": ["DejaVu Sans"], "font.size": 10.0, "axes.titlesize": 10.0, "axes.titlelocation": "left",
    "axes.titley": 1.0,     # no picture has ticks on top, for which matplotlib would measure them all, time and again
    "text.color": INK, "axes.labelcolor": INK, "axes.edgecolor": MUTED, "xtick.color": MUTED, "ytick.color": MUTED,
    "axes.spines.top": False, "axes.spines.right": False, "axes.grid": False, "grid.color": GRID,
    "axes.axisbelow": True, "figure.facecolor": PAPER, "axes.facecolor": "none", "savefig.facecolor": PAPER,
    "lines.linewidth": 2.0, "hatch.linewidth": 1.0, "axes.unicode_minus": True, "figure.constrained_layout.use": False,
}


@contextlib.contextmanager
def look():
    """Draw in the course's look, whatever style the notebook has set for its own figures."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_LOOK)
        yield


def picture(columns: int = 1, height: float = 3.2, width: float = 8.0, **subplots) -> tuple[Figure, list[Axes]]:
    """Return a figure that pyplot knows nothing of, and its axes side by side.

    Parameters
    ----------
    columns : int
        How many axes.
    height, width : float
        Size in inches, at 100 pixels to the inch.
    **subplots
        As for `matplotlib.figure.Figure.subplots`, e.g. ``width_ratios``.

    Returns
    -------
    figure : matplotlib.figure.Figure
    axes : list of matplotlib.axes.Axes

    Examples
    --------
    >>> figure, axes = picture(2)
    >>> len(axes), figure.dpi
    (2, 100)
    """
    figure = Figure(figsize=(width, height), dpi=100, layout="constrained")
    axes = figure.subplots(1, columns, squeeze=False, **subplots)[0]
    return figure, list(axes)


def number(value: float, digits: int = 4) -> str:
    """Return a number as learners read it: fixed digits, or what it is where digits say nothing.

    Examples
    --------
    >>> number(0.44668973), number(-1234567.0), number(1e300), number(float("nan")), number(float("-inf"))
    ('0.4467', '-1234567.0000', '1e+300', 'nan', '-inf')
    """
    value = float(value)
    if not np.isfinite(value):
        return str(value)
    if abs(value) >= 1e7 or 0 < abs(value) < 0.5 * 10.0**-digits:
        return f"{value:.4g}"
    return f"{value + 0.0:.{digits}f}" if round(value, digits) else f"{0:.{digits}f}"


def short(value: float) -> str:
    """Return a control's value with no digit more than it needs.

    Examples
    --------
    >>> short(1.0), short(1.78), short(-0.5)
    ('1', '1.78', '-0.5')
    """
    return f"{float(value):.10g}"


def vector(values, digits: int | None = 4) -> str:
    """Return numbers in brackets; ``digits=None`` writes them as `short` does.

    Examples
    --------
    >>> vector([0.44668973, 0.16107406]), vector([1.78, 2.0], None)
    ('[0.4467, 0.1611]', '[1.78, 2]')
    """
    return "[" + ", ".join(short(v) if digits is None else number(v, digits) for v in np.ravel(values)) + "]"


def total(values: np.ndarray) -> str:
    """Return the sum of some numbers as learners read it, with no digit more than it needs.

    Examples
    --------
    >>> total(np.array([0.44668973, 0.16107406, 0.39223621])), total(np.array([0.36, 0.5]))
    ('1', '0.86')
    """
    sum_of_all = float(values.sum())
    return short(round(sum_of_all, 4)) if abs(sum_of_all) >= 5e-5 or not sum_of_all else number(sum_of_all)


def top(values: np.ndarray) -> np.ndarray:
    """Return the indices of the largest entry: more than one in a tie, none where an entry is nan.

    Examples
    --------
    >>> top(np.array([1.0, 2.0, 2.0])), top(np.array([1.0, np.nan]))
    (array([1, 2]), array([], dtype=int64))
    """
    if not np.all(np.isfinite(values)):
        return np.array([], np.int64)
    return np.flatnonzero(np.isclose(values, values.max(), rtol=0, atol=1e-12))


def pin(point: Line2D, x: float, y: float, marker: str = "o") -> None:
    """Show a point where it is; outside its axes at their edge, as a triangle that points outwards; nowhere if nan."""
    (left, right), (bottom, upper) = point.axes.get_xlim(), point.axes.get_ylim()
    known = not (np.isnan(x) or np.isnan(y))
    point.set_data([np.clip(x, left, right)] if known else [], [np.clip(y, bottom, upper)] if known else [])
    point.set_marker("<" if x < left else ">" if x > right else "v" if y < bottom else "^" if y > upper else marker)


class Bars:
    """Moving bars with their numbers on them; a bar that is nan is empty and says so.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Where; its vertical limits are taken as they are when the bars are shown.
    count : int
        How many bars, at 0, 1, 2, …
    colours, hatches : sequence of str
        One each, used in turn.
    digits : int
        After the decimal point, in the numbers on the bars.
    """

    def __init__(self, axes: Axes, count: int, colours=CLASSES, hatches=HATCHES, digits: int = 4, width: float = 0.7):
        self._axes, self._digits = axes, digits
        self.patches = axes.bar(range(count), [0.0] * count, width=width, animated=True, edgecolor=PAPER, linewidth=0)
        self.labels = [axes.text(i, 0, "", ha="center", va="bottom", animated=True, fontsize=9) for i in range(count)]
        for i, patch in enumerate(self.patches):
            patch.set(facecolor=colours[i % len(colours)], hatch=hatches[i % len(hatches)])

    def show(self, values) -> None:
        """Show these heights. What is beyond the axes ends at their edge; its number, on a plate, tells how far."""
        bottom, top = self._axes.get_ylim()
        room = 0.02 * (top - bottom)
        for i, (patch, label, value) in enumerate(zip(self.patches, self.labels, np.ravel(values), strict=True)):
            height = 0.0 if np.isnan(value) else float(np.clip(value, bottom, top))
            patch.set_height(height)
            below = height < 0
            free = height - room if below else height + room
            at = max(free, bottom + 4 * room) if below else min(free, top - 4 * room)
            text = number(value, self._digits)
            if "e" in text:   # one digit and the power: more would run into the next bar's number
                text = f"{value:.0e}"
            label.set_position((i, at))
            label.set_text(text)
            label.set_va("top" if below else "bottom")
            on_bar = at != free     # whose colour and hatch would leave the number hard to read
            if on_bar != (label.get_bbox_patch() is not None):
                label.set_bbox({"facecolor": PAPER, "edgecolor": "none", "pad": 1.5} if on_bar else None)
