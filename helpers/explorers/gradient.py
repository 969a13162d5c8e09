"""The explorers of lesson 08, the gradient."""

import functools
import math
from collections.abc import Callable

import numpy as np
from matplotlib.patches import Rectangle

from helpers import activations, gradients, learner
from helpers.explorers.thread import THREAD, net_inputs, true_class
from helpers.live import Choice, Live, Slider, explorer
from helpers.style import (
    CLASSES,
    CURVE,
    GRID,
    HATCHES,
    INK,
    MUTED,
    PAPER,
    POINT,
    SOFT,
    TRUTH,
    number,
    picture,
    short,
    vector,
)
from helpers.words import _

X = np.array([1, 0.1, 0.4, 0.6])     # the example behind the thread's net inputs
STEP = 1e-5                          # of the central differences in the stepper


def _matrix(rows: np.ndarray) -> str:
    return "[" + ", ".join(vector(row) for row in rows) + "]" if np.ndim(rows) == 2 else vector(rows)


# ---- the derivation, line by line ---------------------------------------------------------------------------------

FORMULAS = (
    r"$\dfrac{\partial L}{\partial p_i} \;=\; -\,\dfrac{y_i}{p_i}$",
    r"$\dfrac{\partial p_i}{\partial z_i} \;=\; \dfrac{e^{z_i}\,S - e^{z_i}\,e^{z_i}}{S^{\,2}} \;=\; p_i\,(1 - p_i)$",
    r"$\dfrac{\partial p_i}{\partial z_j} \;=\; \dfrac{0 - e^{z_i}\,e^{z_j}}{S^{\,2}} \;=\; -\,p_i\,p_j"
    r"\qquad (i \neq j)$",
    r"$J \;=\; \mathrm{diag}(p) - p\,p^{\mathsf{T}}$",
    r"$\dfrac{\partial L}{\partial z_j} \;=\; \sum_i\;\dfrac{\partial L}{\partial p_i}\;"
    r"\dfrac{\partial p_i}{\partial z_j}$",
    r"$\sum_i \left(-\dfrac{y_i}{p_i}\right)\,p_i\,(\delta_{ij} - p_j) \;=\; p_j - y_j$",
    r"$\dfrac{\partial L}{\partial W} \;=\; (p - y)\;x^{\mathsf{T}}$",
)


def line_names() -> list[str]:
    """Return the names of the seven lines of the derivation, in the language in use.

    Examples
    --------
    >>> line_names()[3]
    'the Jacobian'
    """
    return [_("the loss"), _("case i = j"), _("case i ≠ j"), _("the Jacobian"), _("the chain"), _("the collapse"),
            _("the weights")]


def sides(softmax: Callable, z: np.ndarray, true: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return both sides of each of the seven lines: (3,), (3, 3) or (3, 4) numbers, nan where there is none.

    On the left stand derivatives, measured by central differences of `softmax` and of the loss that is made of it; in
    line 6, the sum of line 5. On the right stand the formulas.

    Parameters
    ----------
    softmax : callable
        Net inputs (3,) → probabilities (3,), perhaps the learner's own.
    z : ndarray, shape (3,)
        Net inputs.
    true : int
        The true class.

    Examples
    --------
    >>> left, right = sides(activations.softmax, np.array([1.78, 0.76, 1.65]), 0)[4]
    >>> left.round(8), right.round(8)
    (array([-0.55331027,  0.16107406,  0.39223621]), array([-0.55331027,  0.16107406,  0.39223621]))
    """
    y, p, unit = np.eye(3)[true], softmax(z), np.eye(3)
    off = np.where(unit, np.nan, 0)

    def loss(at):
        return -np.log(softmax(at)[true])

    there, back = (np.stack([softmax(z + way * unit[j]) for j in range(3)], axis=1) for way in (STEP, -STEP))
    by_p = np.zeros(3)      # the other two do not appear in L
    by_p[true] = -(np.log(p[true] * (1 + STEP)) - np.log(p[true] * (1 - STEP))) / (2 * STEP * p[true])
    measured = (there - back) / (2 * STEP)
    by_z = -(np.log(there[true]) - np.log(back[true])) / (2 * STEP)
    by_w = np.array([[(loss(z + STEP * x * unit[k]) - loss(z - STEP * x * unit[k])) / (2 * STEP) for x in X]
                     for k in range(3)])

    by_p_right = np.zeros(3)
    by_p_right[true] = -1 / p[true]
    jacobian = np.diag(p) - np.outer(p, p)
    chain = jacobian.T @ by_p_right
    return [(by_p, by_p_right), (np.diag(measured), p * (1 - p)), (measured + off, -np.outer(p, p) + off),
            (measured, jacobian), (by_z, chain), (chain, p - y), (by_w, np.outer(p - y, X))]


def agree(left: np.ndarray, right: np.ndarray) -> str:
    """Return "=" where both sides are equal but for the errors of measuring, "≠" where not, "?" where one is nan.

    Examples
    --------
    >>> agree(np.array([0.5]), np.array([0.5 + 1e-9])), agree(np.array([0.5]), np.array([0.501]))
    ('=', '≠')
    """
    there = ~(np.isnan(left) & np.isnan(right))
    if not (np.isfinite(left[there]).all() and np.isfinite(right[there]).all()) or not there.any():
        return "?"
    return "=" if np.allclose(left[there], right[there], rtol=1e-6, atol=1e-8) else "≠"


def _cell(value: float) -> str:
    return number(value) if not abs(value) >= 100 else f"{value:.1f}" if abs(value) < 1e6 else f"{value:.0e}"


PITCH = {"linespacing": 2.5, "va": "center"}     # of lines that stand beside each other: a text is dear, a line is not


class _Table:
    """Up to three rows and four columns of numbers, with the columns' names over them."""

    def __init__(self, ax, left: float, to_the_right: bool) -> None:
        self._left, self._to_the_right = left, to_the_right
        self._columns = [ax.text(left + 0.67 * (column + 1), 1.44, "", ha="right", fontsize=9, animated=True, **PITCH)
                         for column in range(4)]
        self._names = [ax.text(left, 1.44, "\n" * (i + 1) + str(i) + "\n" * (2 - i), color=colour, weight="bold",
                               ha="right", fontsize=9, animated=True, **PITCH) for i, colour in enumerate(CLASSES)]

    def show(self, values: np.ndarray, heads: list[str], empty: np.ndarray) -> None:
        """Show numbers, (3,) or (3, columns); a dot where the line says nothing of that place."""
        words = [[_cell(value) for value in row] for row in (values[:, np.newaxis] if values.ndim == 1 else values)]
        for i, j in np.argwhere(empty):
            words[i][j] = "·"
        columns = ["\n".join(lines) for lines in zip(heads, *words, strict=True)]
        skipped = 4 - len(columns) if self._to_the_right else 0
        for name in self._names:
            name.set_x(self._left + 0.67 * skipped + 0.04)
        for place, column in enumerate(self._columns):
            column.set_text(columns[place - skipped] if 0 <= place - skipped < len(columns) else "")


@explorer
def explore_derivation(softmax: Callable = activations.softmax) -> Live:
    """The derivation in seven lines, one at a time: its formula and the numbers on both of its sides.

    On the left of the list stand all seven lines, each with "=" where its two sides agree at these net inputs and "≠"
    where they do not.

    Parameters
    ----------
    softmax : callable
        The learner's own function: net inputs (3,) → probabilities (3,). The left sides are measured on it.
    """
    softmax = learner.numbers(softmax, "softmax")
    figure, (ax,) = picture(1, height=3.5)
    figure.set_layout_engine("none")     # nothing to lay out: a unit is an inch
    ax.set(xlim=(0, 8), ylim=(0, 3.5), position=(0, 0, 1, 1))
    ax.set_axis_off()
    names, middle, pitch = line_names(), 2.2, 0.347
    ax.text(0.12, middle, "\n".join("1234567"), weight="bold", **PITCH)
    ax.text(0.32, middle, "\n".join(names), **PITCH)
    ax.plot([1.98, 1.98], [1.0, 3.4], color=GRID, linewidth=1)
    ax.text(4.9, 2.3, _("left side"), color=MUTED, ha="right", va="center")
    ax.text(5.24, 2.3, _("right side"), color=MUTED, va="center")
    frame = ax.add_patch(Rectangle((0.02, 0), 1.86, 0.33, facecolor="none", edgecolor=POINT, linewidth=1.8,
                                   animated=True))
    signs = [ax.text(1.76, middle, "", weight="bold", ha="center", color=colour, animated=True, **PITCH)
             for colour in (INK, POINT)]
    formulas = [ax.text(2.24, 2.92, formula, fontsize=15, va="center", animated=True, visible=False)
                for formula in FORMULAS]
    tables = _Table(ax, 2.2, True), _Table(ax, 5.3, False)
    sign = ax.text(5.05, 1.27, "", fontsize=16, ha="center", va="center", color=POINT, animated=True)
    given = [ax.text(0.12, height, "", va="center", animated=True) for height in (0.58, 0.26)]

    def follow(line, z0, z1, z2, y):
        z, true = np.array([z0, z1, z2]), int(y)
        now = int(line) - 1
        p, all_sides = softmax(z), sides(softmax, z, true)
        found = [agree(*both) for both in all_sides]
        frame.set_y(middle + (3 - now) * pitch - 0.175)
        for mark, kinds in zip(signs, ("=", "≠?"), strict=True):
            mark.set_text("\n".join(word if word in kinds else " " for word in found))
        for i, formula in enumerate(formulas):
            formula.set_visible(i == now)
        heads = [""] if all_sides[now][0].ndim == 1 else [f"x{j}" for j in "₀₁₂₃"] if now == 6 else ["z₀", "z₁", "z₂"]
        empty = np.eye(3, dtype=bool) if now == 2 else np.array(False)
        for table, values in zip(tables, all_sides[now], strict=True):
            table.show(values, heads, empty)
        sign.set_text(found[now])
        loss = -np.log(p[true])
        given[0].set_text(f"z = {vector(z, None)}    y = {vector(np.eye(3)[true], None)}    x = {vector(X, None)}")
        given[1].set_text(f"p = {vector(p)}    L = {number(loss)}")
        left, right = (values[~empty] if empty.ndim else values for values in all_sides[now])
        return _("derivation: line {line}, {name}: z = {z}, true class {y} → left side {left} {sign} right side "
                 "{right}; p = {p}, L = {loss}; lines 1 to 7: {signs}").format(
            line=now + 1, name=names[now], z=vector(z, None), y=y, left=_matrix(left), sign=found[now],
            right=_matrix(right), p=vector(p), loss=number(loss), signs=" ".join(found))

    # Buttons in a row: an arrow key goes to the next line or to the previous one.
    lines = Choice("line", _("line"), "1", {str(i): str(i) for i in range(1, 8)})
    controls = [lines, *net_inputs(), true_class()]
    return Live("derivation", figure, follow, controls, {
        _("The thread"): {**THREAD, "y": "0"},
        _("Knows nothing"): {"z0": 0, "z1": 0, "z2": 0},
        _("Sure and right"): {"z0": 5, "z1": 0, "z2": 0, "y": "0"},
        _("Sure and wrong"): {"z0": 5, "z1": 0, "z2": 0, "y": "1"},
    })


# ---- what the gradient says, and the Jacobian ---------------------------------------------------------------------

@explorer
def explore_push(gradient: Callable = gradients.cross_entropy_gradient,
                 jacobian: Callable = gradients.softmax_jacobian) -> Live:
    """The bars p beside the labels y, with arrows p − y from y to p; and the Jacobian of softmax as a heat map.

    Parameters
    ----------
    gradient : callable
        The learner's own function: net inputs (3,) and a one-hot label (3,) → ∂L/∂z, (3,).
    jacobian : callable
        The learner's own function: net inputs (3,) → ∂p/∂z, (3, 3), a row for each p.
    """
    gradient = learner.numbers(gradient, "gradient")
    jacobian = learner.numbers(jacobian, "jacobian", shape=lambda z: (3, 3))
    figure, (ax, heat) = picture(2, height=3.5, width_ratios=[1.1, 1])
    ax.set(xlim=(-0.5, 2.65), ylim=(-0.04, 1.2), xticks=range(3), yticks=[0, 0.5, 1],
           xticklabels=[f"z{i}" for i in "₀₁₂"], title=_("p, y dashed, and ▲▼ p − y"))
    ax.axhline(0, color=MUTED, linewidth=1, zorder=0)
    ax.axhline(1, color=GRID, linewidth=1, zorder=0)
    bars = ax.bar(np.arange(3) - 0.25, [0.0] * 3, width=0.32, animated=True, linewidth=0, edgecolor=PAPER)
    for bar, colour, hatch in zip(bars, CLASSES, HATCHES, strict=True):
        bar.set(facecolor=colour, hatch=hatch)
    labels = [ax.text(i - 0.25, 0, "", ha="center", va="bottom", fontsize=9, animated=True) for i in range(3)]
    truth = ax.bar([0.08], [1], width=0.28, fill=False, edgecolor=TRUTH, linewidth=1.5, linestyle="--",
                   animated=True)[0]
    stems = [ax.plot([], [], color=POINT, linewidth=3, solid_capstyle="butt", animated=True)[0] for _i in range(3)]
    heads = [ax.plot([], [], "^", color=POINT, markersize=9, animated=True, zorder=5)[0] for _i in range(3)]
    pushes = [ax.text(i + 0.15, 0, "", color=POINT, va="center", fontsize=9, animated=True, zorder=6,
                      bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 0.4}) for i in range(3)]

    heat.set(xlim=(-0.62, 4.1), ylim=(2.6, -1.05), aspect="equal", title=_("J: row i, column j, sum of the row"))
    heat.set_axis_off()
    tiles, numbers = [], []
    for i in range(3):
        heat.text(-0.56, i, f"p{'₀₁₂'[i]}", ha="right", va="center", color=CLASSES[i], weight="bold")
        heat.text(i, -0.56, f"z{'₀₁₂'[i]}", ha="center", va="bottom", color=CLASSES[i], weight="bold")
        for j in range(3):
            tiles.append(heat.add_patch(Rectangle((j - 0.48, i - 0.48), 0.96, 0.96, linewidth=0, edgecolor=PAPER,
                                                  animated=True)))
            heat.add_patch(Rectangle((j - 0.48, i - 0.48), 0.96, 0.96, fill=False, edgecolor=GRID, linewidth=1))
            numbers.append(heat.text(j, i, "", ha="center", va="center", fontsize=9, animated=True, zorder=6))
    sums = [heat.text(2.72, i, "", va="center", fontsize=9, color=MUTED, animated=True) for i in range(3)]

    def follow(z0, z1, z2, y):
        z, true = np.array([z0, z1, z2]), int(y)
        p, label = activations.softmax(z), np.eye(3)[true]
        g, J = gradient(z, label), jacobian(z)
        for i, (bar, words) in enumerate(zip(bars, labels, strict=True)):
            bar.set_height(p[i])
            words.set(text=number(p[i], 3), y=p[i] + 0.015)
        truth.set_x(true - 0.06)
        for i, (stem, head, push) in enumerate(zip(stems, heads, pushes, strict=True)):
            _arrow(stem, head, push, i, label[i], g[i])
        for tile, words, value in zip(tiles, numbers, J.ravel(), strict=True):
            _tile(tile, words, value)
        for words, total in zip(sums, J.sum(axis=1), strict=True):
            words.set_text(f"Σ = {_sum(total)}")
        return _("push: z = {z}, true class {y} → p = {p}, y = {label}, p − y = {g}, sum {sum}, L = {loss}; "
                 "J = {J}, sums of its rows [{sums}]").format(
            z=vector(z, None), y=y, p=vector(p), label=vector(label, None), g=vector(g), sum=_sum(g.sum()),
            loss=number(-activations.log_softmax(z)[true]), J=_matrix(J),
            sums=", ".join(_sum(total) for total in J.sum(axis=1)))

    return Live("push", figure, follow, [*net_inputs(), true_class()], {
        _("The thread"): {**THREAD, "y": "0"},
        _("Knows nothing"): {"z0": 0, "z1": 0, "z2": 0},
        _("Sure and right"): {"z0": 5, "z1": 0, "z2": 0, "y": "0"},
        _("Sure and wrong"): {"z0": 5, "z1": 0, "z2": 0, "y": "1"},
        _("Two in doubt"): {"z0": 2, "z1": 2, "z2": -5, "y": "0"},
    })


def _sum(total: float) -> str:
    """A sum, with what round-off has left of a 0 taken for the 0 that it is."""
    return "0" if abs(total) < 5e-13 else number(total)


def _arrow(stem, head, words, place: float, start: float, length: float) -> None:
    """Draw an arrow upright at a class, from y as far as the gradient goes; what leaves the axes ends at their edge."""
    there = np.isfinite(length)
    end = float(np.clip(start + length, -0.02, 1.17)) if there else start
    up = there and length > 0
    tip = end - 0.03 if up else end + 0.03
    long = abs(end - start) > 0.06
    stem.set_data([place + 0.08] * 2, [start, tip if long else start])
    head.set_data([place + 0.08], [tip if long else end])
    head.set_marker("^" if up else "v")
    head.set_visible(bool(there and abs(length) > 5e-4))
    words.set_text(f"{float(length):+.3f}" if abs(length) < 100 else number(length, 0))
    words.set_y(min(max((start + end) / 2, 0.05), 1.12))


def _tile(tile: Rectangle, words, value: float) -> None:
    """Shade a field of the heat map: blue and plain above 0, orange and hatched below, the stronger the larger."""
    strength = min(abs(value) / 0.25, 1.0) if np.isfinite(value) else 0.0
    colour = CLASSES[1] if value < 0 else CLASSES[0]
    tile.set(facecolor=SOFT[1] if value < 0 else SOFT[0], hatch=HATCHES[1] if value < 0 else HATCHES[0],
             edgecolor=colour, visible=strength > 0, alpha=strength)
    words.set_text(_cell(value))


# ---- the step of a central difference -----------------------------------------------------------------------------

EXPONENTS = np.round(np.arange(-13, 0.01, 0.2), 10)
TYPES = {"float64": np.float64, "float32": np.float32}
_Z = np.array([*THREAD.values()])


def central(f: Callable, at: np.ndarray, h: float) -> np.ndarray:
    """Slope of f in each entry of an array, measured by central differences, in the type of number of the array.

    Parameters
    ----------
    f : callable
        Takes an array in the shape of `at`, returns a number.
    at : ndarray
        Where to measure.
    h : float
        How far to step to either side.

    Returns
    -------
    ndarray, shape of `at`

    Examples
    --------
    >>> central(lambda v: v[0] * v[1], np.array([3.0, 5.0]), 0.5)
    array([5., 3.])
    """
    slopes = np.zeros_like(at)
    for place in np.ndindex(at.shape):
        step = np.zeros_like(at)
        step[place] = h
        slopes[place] = (f(at + step) - f(at - step)) / (2 * h)
    return slopes


def _exp(v):
    """Exponential of a number from -30 to 1, in its own type, by nothing but + − × ÷."""
    power = math.floor(v / 0.6931471805599453 + 0.5)
    r, series = v - power * type(v)(0.6931471805599453), type(v)(1)
    for n in range(13, 0, -1):
        series = 1 + r * series / n
    return series * type(v)(2.0**power)


def thread_loss(z: np.ndarray) -> np.floating:
    """Cross-entropy of three net inputs and true class 0, computed in the type of number that they have.

    It uses nothing but + − × ÷, which every machine rounds alike: with `np.exp` and `np.log`, the round-off that the
    picture shows would be another on another machine, and so would be the stored picture.

    Parameters
    ----------
    z : ndarray, shape (3,)
        Net inputs in float64 or float32, less than 30 apart.

    Examples
    --------
    >>> print(thread_loss(np.array([1.78, 0.76, 1.65])).round(10))
    0.8058910391
    """
    a, b, c = z.tolist() if z.dtype == np.float64 else z     # Python's own numbers are the same, and quicker
    top = max(a, b, c)
    total = _exp(a - top) + _exp(b - top) + _exp(c - top)
    logarithm = (total - 1) / 2
    for _step in range(6):     # Newton's method for exp(logarithm) = total
        logarithm = logarithm - 1 + total * _exp(-logarithm)
    return z.dtype.type(top + logarithm - a)


def _one_sided(at: np.ndarray, h: float) -> np.ndarray:
    slopes, here = np.zeros_like(at), thread_loss(at)
    for i in range(at.size):
        step = np.zeros_like(at)
        step[i] = h
        slopes[i] = (thread_loss(at + step) - here) / h
    return slopes


def _power(exponent: float) -> float:
    """A power of 10 to six digits: in the last ones, machines differ."""
    return float(f"{10.0**exponent:.6g}")


@explorer
def explore_step(central: Callable = central) -> Live:
    """How far a measured gradient is from p − y, over the size h of the step, on logarithmic axes.

    From the right the truncation error falls as h² (for a one-sided difference as h); from the left the round-off
    grows as 1 / h.

    Parameters
    ----------
    central : callable
        The learner's own function: a function f of an array, the array (3,) and the step h → the slopes of f, (3,).
    """
    central = learner.numbers(central, "central", shape=lambda f, at, h: np.shape(at))
    figure, (ax, digits) = picture(2, height=3.5, width_ratios=[1.5, 1])
    powers, rows = [1e-12, 1e-9, 1e-6, 1e-3, 1], (0.74, 0.61, 0.48)
    ax.set(xscale="log", yscale="log", xlim=(1e-13, 1), ylim=(1e-13, 3), xlabel="h",
           title=_("largest error of ∂L/∂z"), xticks=powers, yticks=powers)
    ax.xaxis.minorticks_off()
    ax.yaxis.minorticks_off()
    ax.grid(True)
    one, = ax.plot([], [], "--", color=MUTED, linewidth=1.3, animated=True)
    curve, = ax.plot([], [], "-", color=CURVE, linewidth=1.6, animated=True)
    guides = [ax.plot([], [], ":", color=INK, linewidth=1.6, animated=True)[0] for _i in range(2)]
    point, = ax.plot([], [], "o", color=POINT, markersize=10, markeredgecolor=PAPER, animated=True, zorder=6)
    ax.legend(handles=[ax.plot([], [], style, color=colour, label=label)[0] for style, colour, label in (
        ("-", CURVE, _("yours")), ("--", MUTED, _("one-sided")), (":", INK, "h² ↗, ε/h ↘"))],
        loc="lower left", frameon=True, facecolor=PAPER, edgecolor="none", framealpha=1, fontsize=9)

    digits.set(xlim=(0, 1), ylim=(0, 1))
    digits.set_axis_off()
    digits.text(0.14, 0.88, _("measured"), color=POINT)
    digits.text(0.58, 0.88, "p − y", color=MUTED)
    for i, height in enumerate(rows):
        digits.text(0.04, height, f"z{'₀₁₂'[i]}", color=CLASSES[i], weight="bold", va="center")
    measured_words = [digits.text(0.14, height, "", va="center", fontsize=9, animated=True) for height in rows]
    exact_words = [digits.text(0.58, height, "", va="center", fontsize=9, color=MUTED, animated=True)
                   for height in rows]
    shown_h, shown_error = (digits.text(0.04, height, "", va="center", animated=True) for height in (0.28, 0.15))

    steps = [_power(e) for e in EXPONENTS]

    def errors(at, slopes):
        exact = activations.softmax(at.astype(np.float64)) - np.eye(3)[0]
        return float(np.abs(slopes - exact).max()), exact

    @functools.lru_cache(maxsize=16)    # dragging h leaves the curves where they are
    def curves(dtype, c):
        at = (_Z + c).astype(TYPES[dtype])
        return [np.array([errors(at, way(at, h))[0] for h in steps])
                for way in (lambda at, h: central(thread_loss, at, h), _one_sided)]

    def follow(e, c, dtype):
        at, h = (_Z + c).astype(TYPES[dtype]), _power(e)
        slopes = central(thread_loss, at, h)
        error, exact = errors(at, slopes)
        for line, values in zip((curve, one), curves(dtype, c), strict=True):
            line.set_data(steps, np.clip(values, 1e-14, 1e3))
        p = activations.softmax(at.astype(np.float64))
        third = np.abs(p * (1 - p) * (1 - 2 * p)).max()
        guides[0].set_data([1e-13, 1], [third / 6 * 1e-26, third / 6])
        epsilon = float(np.finfo(TYPES[dtype]).eps) * float(np.abs(at).max())
        guides[1].set_data([1e-13, 1], [epsilon / 1e-13, epsilon])
        point.set_data([h], [float(np.clip(error, 1.5e-13, 2))])
        for words, value in zip(measured_words, slopes, strict=True):
            words.set_text(number(value, 10))
        for words, value in zip(exact_words, exact, strict=True):
            words.set_text(number(value, 10))
        shown_h.set_text(f"h = {h:.2g}")
        shown_error.set_text(_("error {error}").format(error=f"{error:.2g}"))
        return _("step: log₁₀ h = {e}, c = {c}, {dtype} → h = {h}, measured {slopes}, p − y = {exact}, largest error "
                 "{error}").format(e=short(e), c=short(c), dtype=dtype, h=f"{h:.3g}", slopes=vector(slopes, 8),
                                   exact=vector(exact, 8), error=f"{error:.2g}")

    controls = [Slider("e", _("log₁₀ h"), -2, -13, 0, 0.2),
                Choice("dtype", _("type of number"), "float64", {name: name for name in TYPES}),
                Slider("c", _("add c to every z"), 0, -1000, 1000, 1)]
    return Live("step", figure, follow, controls, {
        _("h = 0.1"): {"e": -1},
        _("h = 0.00001"): {"e": -5},
        _("h = 10⁻¹²"): {"e": -12},
        _("float32, h = 0.01"): {"e": -2, "dtype": "float32"},
        _("float64, far from 0"): {"e": -5, "c": 1000, "dtype": "float64"},
    })
