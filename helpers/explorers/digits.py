"""The explorers of lesson 10, handwritten digits."""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from helpers import learner
from helpers.classifier import SoftmaxRegression
from helpers.datasets import digits
from helpers.live import Choice, Live, Pad, Slider, explorer
from helpers.style import CLASSES, GRID, HATCHES, INK, MUTED, PAPER, POINT, TRUTH, number, picture, short, total, vector
from helpers.words import _

SIDE = 8                  # rows and columns of a picture
EPOCHS = 30
SHADES = 16               # of ink, as in the data
STEPS = 8                 # of colour to either side of 0
FAINT = 0.25              # of the darkest cell: ink that counts as part of a digit
LARGEST = 2.0             # times that a drawing is enlarged at most
MIDDLE = 3.57             # column of the centre of mass of a picture, on average over the data
PITCH = 0.24              # inches from bar to bar


@lru_cache(maxsize=1)
def _model() -> SoftmaxRegression:
    X, y, _X_held, _y_held = digits()
    return SoftmaxRegression(learning_rate=0.5, batch_size=20, random_state=0).fit(
        X, y, callback=lambda model: model.n_iter_ == EPOCHS)


def probabilities(X: np.ndarray) -> np.ndarray:
    """Return the probabilities of the ten digits by the course's own model, which is trained at the first call.

    Parameters
    ----------
    X : ndarray, shape (N, 64)
        Pictures, each pixel from 0 to 1.

    Returns
    -------
    ndarray, shape (N, 10)

    Examples
    --------
    >>> probabilities(digits()[2][:3]).argmax(axis=1)
    array([4, 9, 8])
    """
    return _model().predict_proba(X)


def rows_of_weights(probabilities: Callable) -> tuple[np.ndarray, np.ndarray]:
    """Return the weights, (10, 64), and biases, (10,), of a model of which only the probabilities are known.

    A row of W is what each pixel, full of ink on an otherwise empty page, adds to ln p of a class. As a common shift of
    all rows changes no probability, the mean over the ten classes is subtracted.

    Parameters
    ----------
    probabilities : callable
        Pictures (N, 64) → probabilities (N, 10).

    Examples
    --------
    >>> W, b = rows_of_weights(probabilities)
    >>> np.allclose(W, _model().coef_), np.allclose(b, _model().intercept_)
    (True, True)
    """
    pages = np.vstack([np.zeros(SIDE**2), np.eye(SIDE**2)])
    with np.errstate(all="ignore"):
        scores = np.log(probabilities(pages))
        scores = scores - scores.mean(axis=1, keepdims=True)
        return (scores[1:] - scores[0]).T, scores[0]


def fitted(page: np.ndarray) -> np.ndarray:
    """Return a drawing, (8, 8), as the data are: enlarged until it fills all rows, its centre of mass in the middle.

    Examples
    --------
    >>> page = np.zeros((8, 8))
    >>> page[2:6, 1] = 1
    >>> fitted(page).sum(axis=1).round(1)
    array([1.5, 2. , 2. , 2. , 2. , 2. , 2. , 1.5])
    """
    if not page.max():
        return page
    inked = np.flatnonzero(page.max(axis=1) >= FAINT * page.max())
    factor = min(SIDE / (inked[-1] - inked[0] + 1), LARGEST)
    column = page.sum(axis=0) @ np.arange(SIDE) / page.sum()
    return _sampled((inked[0] + inked[-1]) / 2, 3.5, factor) @ page @ _sampled(column, MIDDLE, factor).T


def moved(page: np.ndarray, right: float, down: float) -> np.ndarray:
    """Return a picture, (8, 8), moved by so many pixels; what leaves the page is gone.

    Examples
    --------
    >>> moved(np.eye(8), 0, 7)[7]
    array([1., 0., 0., 0., 0., 0., 0., 0.])
    """
    return _sampled(0, down, 1) @ page @ _sampled(0, right, 1).T


def _sampled(source: float, target: float, factor: float) -> np.ndarray:
    """The matrix (8, 8) that puts the place `source` of a line of pixels at `target`, enlarged; linear in between."""
    places = source + (np.arange(SIDE) - target) / factor
    return np.clip(1 - np.abs(places[:, np.newaxis] - np.arange(SIDE)), 0, 1)


# ---- what both pictures are made of -------------------------------------------------------------------------------

class _Pixels:
    """Eight by eight fields, one path for each shade: ink from 0 to 1, or colours from −1 (hatched) to 1.

    Coordinates are inches. A browser exchanges the colours on a dark page, which it could not in an image.
    """

    def __init__(self, ax, left: float, bottom: float, side: float, signed: bool = False, animated: bool = True):
        self._corner, self._field = np.array([left, bottom]), side / SIDE
        if signed:
            self._levels = [sign * step for sign in (1, -1) for step in range(1, STEPS + 1)]
        else:
            self._levels = list(range(1, SHADES + 1))
        self._steps = STEPS if signed else SHADES
        ax.add_patch(Rectangle((left, bottom), side, side, fill=False, edgecolor=MUTED, linewidth=0.8, zorder=4))
        self._patches = [ax.add_patch(PathPatch(
            self._fields([]), facecolor=(CLASSES[level < 0] if signed else INK), linewidth=0, animated=animated,
            alpha=abs(level) / self._steps, snap=True)) for level in self._levels]
        self._below = ax.add_patch(PathPatch(
            self._fields([]), facecolor="none", edgecolor=INK, linewidth=0, hatch=HATCHES[1], alpha=0.55, snap=True,
            animated=animated, zorder=3)) if signed else None

    def _fields(self, which) -> Path:
        rows, columns = np.divmod(np.asarray(which, dtype=int), SIDE)
        corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]])
        at = np.column_stack([columns, SIDE - 1 - rows])[:, np.newaxis] + corners
        codes = [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY]
        return Path(self._corner + self._field * at.reshape(-1, 2), np.tile(np.array(codes, Path.code_type), len(at)))

    def show(self, values: np.ndarray) -> None:
        """Show 64 numbers; what is nan stays empty."""
        level = np.rint(np.clip(np.nan_to_num(values), -1, 1) * self._steps)
        for shade, patch in zip(self._levels, self._patches, strict=True):
            patch.set_path(self._fields(np.flatnonzero(level == shade)))
        if self._below is not None:
            self._below.set_path(self._fields(np.flatnonzero(level <= -1)))


class _TenBars:
    """Ten bars, one above the other, with their numbers; a triangle at the largest, dashes around the true class."""

    def __init__(self, ax, left: float, top: float, length: float) -> None:
        self._left, self._top, self._length = left, top, length
        bottom = top - 10 * PITCH
        for share in (0, 0.5, 1):
            ax.plot([left + share * length] * 2, [bottom, top], color=GRID if share else MUTED, linewidth=1, zorder=0)
            ax.text(left + share * length, bottom - 0.03, short(share), ha="center", va="top", color=MUTED, fontsize=8)
        for k in range(10):
            ax.text(left - 0.2, self._at(k), str(k), ha="center", va="center", weight="bold")
        self._bars = [ax.add_patch(Rectangle((left, self._at(k) - 0.085), 0, 0.17, linewidth=0, facecolor=CLASSES[0],
                                             edgecolor=PAPER, animated=True)) for k in range(10)]
        self._truth = ax.add_patch(Rectangle((left, 0), length, 0.21, fill=False, edgecolor=TRUTH, linewidth=1.5,
                                             linestyle="--", animated=True))
        self._first, = ax.plot([], [], ">", color=POINT, markersize=7, animated=True)
        # One text for all: a text is dear, a line is not. Its lines stand as far apart as the bars.
        self._numbers = ax.text(left + length + 0.08, top - 5 * PITCH, "", va="center", fontsize=9, linespacing=1.0,
                                animated=True)
        self._numbers.set_linespacing(_spacing(ax, self._numbers))

    def _at(self, k: int) -> float:
        return self._top - (k + 0.5) * PITCH

    def show(self, p: np.ndarray, predicted: int | None, true: int | None = None) -> None:
        wrong = true is not None and predicted is not None and predicted != true
        for k, (bar, value) in enumerate(zip(self._bars, p, strict=True)):
            bar.set_width(0 if np.isnan(value) else float(np.clip(value, 0, 1)) * self._length)
            bar.set(facecolor=CLASSES[wrong and k == predicted], hatch=HATCHES[wrong and k == predicted])
        self._truth.set_visible(true is not None)
        if true is not None:
            self._truth.set_y(self._at(true) - 0.105)
        self._first.set_data(*([], []) if predicted is None else ([self._left - 0.36], [self._at(predicted)]))
        self._numbers.set_text("\n".join(_share(value) for value in p))


def _spacing(ax, text) -> float:
    """The line spacing at which the lines of a text are a PITCH apart; what matplotlib takes for 1, it measures."""
    text.set_text("0\n0")
    renderer = ax.figure.canvas.get_renderer() if hasattr(ax.figure.canvas, "get_renderer") else None
    two = text.get_window_extent(renderer).height
    text.set_text("0")
    return PITCH * ax.figure.dpi / (two - text.get_window_extent(renderer).height)


def _share(value: float) -> str:
    return f"{value:.3f}" if 0 <= value <= 1 else number(value, 3)


class _Sheet:
    """A picture, what each of its pixels says for one class, and the ten bars."""

    def __init__(self, ax, bottom: float, weights: np.ndarray, biases: np.ndarray, seen: str) -> None:
        self._weights, self._biases = weights, biases
        self.largest = scale_of(weights)
        ax.text(0.12, bottom + 2.12, seen)
        self._page = _Pixels(ax, 0.12, bottom, 2.0)
        self._title = ax.text(2.42, bottom + 2.12, "", animated=True)
        self._says = _Pixels(ax, 2.42, bottom, 2.0, signed=True)
        self._bars = _TenBars(ax, 5.05, bottom + 2.46, 2.3)

    def show(self, x: np.ndarray, p: np.ndarray, shown: int | None, true: int | None = None) -> str:
        """Show a picture, (64,), and p, (10,); returns them in words. ``shown`` is the class of the second panel."""
        predicted = int(p.argmax()) if np.isfinite(p).all() else None
        shown = predicted if shown is None else shown
        self._page.show(x)
        self._bars.show(p, predicted, true)
        says = np.full(SIDE**2, np.nan) if shown is None else self._weights[shown] * x
        self._says.show(says / self.largest)
        self._title.set_text("" if shown is None else f"w{'₀₁₂₃₄₅₆₇₈₉'[shown]}ᵢ xᵢ")
        if shown is None:
            row = _("no class has the largest p")
        else:
            w = self._weights[shown]
            row = _("class {k}: sum of w x {sum}, bias {bias}, weights from {low} to {high}").format(
                k=shown, sum=number(says.sum(), 3), bias=number(self._biases[shown], 3), low=_placed(w, w.argmin()),
                high=_placed(w, w.argmax()))
        named = _("none") if predicted is None else predicted
        return _("predicted class {predicted}, confidence {confidence}; p = [{p}], sum {total}; {row}; ink {ink}, by "
                 "row {rows}").format(predicted=named, confidence=_share(p.max()), p=", ".join(map(_share, p)),
                                      total=total(p), row=row, ink=number(x.sum(), 2),
                                      rows=vector(x.reshape(SIDE, SIDE).sum(axis=1), 1))


def _placed(weights: np.ndarray, i: int) -> str:
    return _("{value} (row {row}, column {column})").format(
        value=number(weights[i], 2), row=i // SIDE + 1, column=i % SIDE + 1)


def scale_of(weights: np.ndarray) -> float:
    """Return the size of a weight that has the full colour: all but one in fifty are smaller; 1 where there is none."""
    sizes = np.abs(weights[np.isfinite(weights)])
    size = float(np.quantile(sizes, 0.98)) if sizes.size else 0.0
    return size if size > 0 else 1.0


def _canvas(height: float):
    """A figure on which a unit is an inch, and its axes."""
    figure, (ax,) = picture(1, height=height)
    figure.set_layout_engine("none")     # nothing to lay out
    ax.set(xlim=(0, 8), ylim=(0, height), position=(0, 0, 1, 1))
    ax.set_axis_off()
    return figure, ax


def _asked(function: Callable) -> tuple[Callable, np.ndarray, np.ndarray]:
    """The learner's function, made safe, and the weights and biases behind it, nan where it is broken."""
    if function is probabilities:
        _model()     # trained here, where no limit runs: a busy machine may take longer than a learner's function may
    safe = learner.numbers(function, "probabilities", shape=lambda X: (len(X), 10))
    try:
        return safe, *rows_of_weights(safe)
    except learner.Trouble:     # the first frame tells
        return safe, np.full((10, SIDE**2), np.nan), np.full(10, np.nan)


# ---- browsing -----------------------------------------------------------------------------------------------------

@explorer
def explore_digits(probabilities: Callable = probabilities) -> Live:
    """The held-out digits, one at a time: picture, ten bars, what each pixel says for a class; and the rows of W.

    Parameters
    ----------
    probabilities : callable
        The learner's own function, such as the `predict_proba` of a model: pictures (N, 64) → probabilities (N, 10).
    """
    _X, _y, pictures, labels = digits()
    probabilities, weights, biases = _asked(probabilities)
    count = len(labels)
    try:
        with np.errstate(all="ignore"):
            right = probabilities(pictures).argmax(axis=1) == labels
    except learner.Trouble:
        right = np.ones(count, dtype=bool)
    orders = {"all": np.arange(count), "wrong": np.argsort(right, kind="stable")}

    figure, ax = _canvas(4.05)
    sheet = _Sheet(ax, 1.55, weights, biases, _("picture x"))
    verdict = ax.text(2.12, 3.67, "", ha="right", weight="bold", animated=True)
    frame = ax.add_patch(Rectangle((0, 0.2), 0.74, 0.74, fill=False, edgecolor=POINT, linewidth=2, animated=True,
                                   zorder=5))
    _show_rows(ax, weights, sheet.largest)

    def follow(position, order, row):
        index = int(orders[order][int(position)])
        x, true = pictures[index], int(labels[index])
        p = probabilities(x[np.newaxis])[0]
        shown = None if row == "predicted" else int(row)
        words = sheet.show(x, p, shown, true)
        known = bool(np.isfinite(p).all())
        predicted = int(p.argmax()) if known else -1
        verdict.set(text="✓" if predicted == true else "✗", color=CLASSES[2] if predicted == true else CLASSES[1])
        marked = predicted if shown is None else shown
        frame.set(x=0.09 + 0.79 * marked, visible=marked >= 0)
        return _("digits: position {position}, {order} → held-out example {index}, true class {true}, {verdict}: "
                 "{words}").format(position=short(position), order=names[order], index=index, true=true, words=words,
                          verdict=_("right") if predicted == true else _("wrong"))

    names = {"all": _("all in turn"), "wrong": _("wrong ones first")}
    wrong = int((~right).sum())
    return Live("digits", figure, follow, [
        Slider("position", _("position"), 0, 0, count - 1, 1),
        Choice("order", _("order"), "all", names),
        Choice("row", _("row of W"), "predicted", {**{str(k): str(k) for k in range(10)}, "predicted": _("predicted")}),
    ], {_("The first"): {"position": 0, "order": "all", "row": "predicted"},
        _("The wrong ones"): {"position": 0, "order": "wrong", "row": "predicted"},
        _("The last wrong one"): {"position": max(wrong - 1, 0), "order": "wrong", "row": "predicted"}})


def _show_rows(ax, weights: np.ndarray, largest: float) -> None:
    """The ten rows of W as pictures, and the scale of their colours."""
    ax.text(0.12, 1.2, _("rows of W:"), va="center")
    ax.plot([0, 8], [1.4, 1.4], color=GRID, linewidth=1)
    for k in range(10):
        left = 0.12 + 0.79 * k
        _Pixels(ax, left, 0.23, 0.68, signed=True, animated=False).show(weights[k] / largest)
        ax.text(left + 0.34, 0.1, str(k), ha="center", va="center", weight="bold")
    for place, value in enumerate((-1, -0.5, 0, 0.5, 1)):
        left = 1.3 + 1.05 * place
        ax.add_patch(Rectangle((left, 1.11), 0.18, 0.18, facecolor=CLASSES[value < 0], linewidth=0, snap=True,
                               alpha=abs(value)))
        ax.add_patch(Rectangle((left, 1.11), 0.18, 0.18, facecolor="none", edgecolor=MUTED, linewidth=0.8, snap=True))
        if value < 0:
            ax.add_patch(Rectangle((left, 1.11), 0.18, 0.18, facecolor="none", edgecolor=INK, linewidth=0, alpha=0.55,
                                   hatch=HATCHES[1]))
        end = {-1: "≤ ", 1: "≥ "}.get(value, "")
        ax.text(left + 0.25, 1.2, end + f"{value * largest:+.2f}".replace("-", "−") if value else "0", va="center",
                fontsize=9)


# ---- drawing ------------------------------------------------------------------------------------------------------

@explorer
def explore_drawing(probabilities: Callable = probabilities) -> Live:
    """A page to draw a digit on: what the model sees of it, and its ten bars.

    Parameters
    ----------
    probabilities : callable
        The learner's own function, such as the `predict_proba` of a model: pictures (N, 64) → probabilities (N, 10).
    """
    _X, _y, pictures, labels = digits()
    probabilities, weights, biases = _asked(probabilities)
    figure, ax = _canvas(2.72)
    sheet = _Sheet(ax, 0.22, weights, biases, _("what the model sees"))

    def follow(page, right, down, fit):
        seen = np.array(page).reshape(SIDE, SIDE)
        x = moved(fitted(seen) if fit == "fitted" else seen, right, down).ravel()
        p = probabilities(x[np.newaxis])[0]
        return _("drawing: ink {drawn} on the page, {fit}, moved right {right}, down {down} → {words}").format(
            drawn=number(seen.sum(), 2), fit=names[fit], right=short(right), down=short(down),
            words=sheet.show(x, p, None))

    names = {"fitted": _("enlarged and centred"), "as drawn": _("as drawn")}
    some = {k: tuple(pictures[np.flatnonzero(labels == k)[0]].tolist()) for k in (0, 3, 7)}
    ready = {"right": 0, "down": 0, "fit": "as drawn"}
    return Live("drawing", figure, follow, [
        Pad("page", _("page"), some[3], SIDE, SIDE),
        Slider("right", _("move right"), 0, -3, 3, 0.1),
        Slider("down", _("move down"), 0, -3, 3, 0.1),
        Choice("fit", _("the model sees it"), "fitted", names),
    ], {**{_("A {digit} of the data").format(digit=k): {**ready, "page": page} for k, page in some.items()},
        _("The 3, one pixel to the right"): {**ready, "page": some[3], "right": 1},
        _("The 3, light on dark"): {**ready, "page": tuple(1 - v for v in some[3])}})
