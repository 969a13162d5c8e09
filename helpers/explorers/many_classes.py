"""The explorers of lesson 04, from two classes to many."""

from collections.abc import Callable

import numpy as np
from matplotlib.patches import Rectangle

from helpers import activations, learner
from helpers.live import Live, Slider, explorer
from helpers.style import (
    CLASSES,
    GRID,
    HATCHES,
    INK,
    MUTED,
    PAPER,
    POINT,
    SOFT,
    Bars,
    number,
    picture,
    short,
    top,
    vector,
)
from helpers.words import _

W = np.array([[1.1, 1.2, 0.8, 0.4], [0.2, 0.4, 1.0, 0.2], [0.6, 1.5, 1.2, 0.7]])     # the thread
THREAD = {"x1": 0.1, "x2": 0.4, "x3": 0.6, "w0": 1.1, "w1": 1.2, "w2": 0.8, "w3": 0.4}
REACH = 4.0      # the bars of the net inputs go from -REACH to REACH


def outputs(x: np.ndarray, W: np.ndarray) -> np.ndarray:
    """Outputs of K logistic units for one example.

    Parameters
    ----------
    x : ndarray, shape (m + 1,)
        One example, with the bias input x₀ = 1 in front.
    W : ndarray, shape (K, m + 1)
        One row of weights for each unit.

    Returns
    -------
    ndarray, shape (K,)
        φ(Wx), each between 0 and 1.

    Examples
    --------
    >>> outputs(np.array([1, 0.1, 0.4, 0.6]), W)
    array([0.85569687, 0.68135373, 0.83889105])
    """
    return activations.logistic(W @ x)


def divided(phi: np.ndarray) -> np.ndarray:
    """Outputs divided by their sum.

    Parameters
    ----------
    phi : ndarray, shape (K,)
        Outputs of K units.

    Returns
    -------
    ndarray, shape (K,)
        Numbers that sum to 1.

    Examples
    --------
    >>> divided(np.array([0.85569687, 0.68135373, 0.83889105]))
    array([0.36015062, 0.28677208, 0.35307729])
    """
    return phi / phi.sum()


def _prediction(values: np.ndarray) -> str:
    best = top(values)
    if not best.size:
        return _("no argmax")
    if best.size > 1:
        return _("tie of classes {classes}").format(classes=", ".join(map(str, best)))
    return _("argmax {i}").format(i=best[0])


def _yes(phi: np.ndarray) -> str:
    yes = np.flatnonzero(phi > 0.5)
    return _("yes: {units}").format(units=", ".join(map(str, yes))) if yes.size else _("yes: none")


def _bars(ax, letter: str, title: str) -> tuple:
    """Three bars from 0 to 1, and the mark of the largest."""
    ax.set(ylim=(0, 1.3), xlim=(-0.6, 2.6), xticks=range(3), xticklabels=[f"{letter}{i}" for i in "₀₁₂"],
           yticks=[0, 0.5, 1], title=title)
    ax.axhline(1, color=GRID, linewidth=1)
    mark, = ax.plot([], [], "^", color=PAPER, markeredgecolor=INK, markersize=8, zorder=5, animated=True)
    return Bars(ax, 3), mark


def _mark(mark, values: np.ndarray) -> None:
    """Put the triangle into the largest bar, or over the number of a low one; in a tie, at each of them."""
    best = top(values)
    inside = (values[best] > 0.12) & (values[best] <= 1)
    mark.set_data(best, np.where(inside, 0.06, np.clip(values[best], 0, 0.98) + 0.16))


# ---- three units on one example -----------------------------------------------------------------------------------

@explorer
def explore_outputs(outputs: Callable = outputs) -> Live:
    """Three units on one example: their net inputs, their outputs and the sum of these, over inputs and one row of W.

    Rows 1 and 2 of W are those of the thread. A small triangle stands in the largest bar, in a tie in each of them;
    the meter stacks the three outputs up to their sum.

    Parameters
    ----------
    outputs : callable
        The learner's own function: one example x, shape (4,), with x₀ = 1, and weights W, shape (3, 4) → outputs (3,).
        The net inputs are computed from x and W by themselves.
    """
    name = getattr(outputs, "__name__", "outputs")
    outputs = learner.numbers(outputs, name, shape=lambda x, W: (3,))
    figure, (left, middle, right) = picture(3, width_ratios=[2.6, 3, 1.7])
    left.set(ylim=(-REACH, REACH), xlim=(-0.6, 2.6), xticks=range(3), xticklabels=["z₀", "z₁", "z₂"],
             yticks=[-4, -2, 0, 2, 4], title="z = Wx")
    left.axhline(0, color=MUTED, linewidth=1)
    nets = Bars(left, 3, digits=2)
    bars, mark = _bars(middle, "φ", _("outputs φ(z)"))
    middle.axhline(0.5, color=MUTED, linewidth=1, linestyle="--", zorder=3)
    words = [middle.text(i, 1.2, "", ha="center", va="center", weight="bold", animated=True) for i in range(3)]
    show_meter = _meter(right)

    def follow(x1, x2, x3, w0, w1, w2, w3):
        x = np.array([1, x1, x2, x3])
        weights = np.vstack([[w0, w1, w2, w3], W[1:]])
        z = weights @ x
        phi = outputs(x, weights)
        nets.show(z)
        bars.show(phi)
        _mark(mark, phi)
        for word, value in zip(words, phi, strict=True):
            word.set_text(_("yes") if value > 0.5 else _("no") if value < 0.5 else _("even") if value == 0.5 else "")
        show_meter(phi)
        return _("outputs: x = {x}, row 0 of W = {row} → z = {z}, φ = {phi}, sum {sum}, {yes}, {argmax}").format(
            x=vector(x, None), row=vector(weights[0], None), z=vector(np.round(z, 4) + 0.0, None), phi=vector(phi),
            sum=number(phi.sum()), yes=_yes(phi), argmax=_prediction(phi))

    controls = [*(Slider(f"x{i}", f"x{'₀₁₂₃'[i]}", THREAD[f"x{i}"], -2, 2) for i in range(1, 4)),
                Slider("w0", _("w₀₀ (bias)"), THREAD["w0"], -2, 2),
                *(Slider(f"w{i}", f"w₀{'₀₁₂₃'[i]}", THREAD[f"w{i}"], -2, 2) for i in range(1, 4))]
    return Live("outputs", figure, follow, controls, {
        _("The thread"): THREAD,
        _("The average tomato"): {"x1": 0, "x2": 0, "x3": 0},
        _("Row 0 all 0"): {"w0": 0, "w1": 0, "w2": 0, "w3": 0},
        _("Two tie"): {**THREAD, "w0": 0.97},
        _("Three tie"): {**THREAD, "x1": -0.5, "x2": 0.75, "x3": 0, "w0": 0.75},
    })


def _meter(ax):
    """A column from 0 to 3 into which the outputs are stacked; returns the function that shows them."""
    ax.set(xlim=(-0.7, 1.1), ylim=(0, 3.25), xticks=[], yticks=range(4), title=_("sum of φ"))
    ax.spines["bottom"].set_visible(False)
    ax.add_patch(Rectangle((-0.3, 0), 0.6, 3, facecolor="none", edgecolor=MUTED, linewidth=1))
    ax.plot([-0.5, 0.5], [1, 1], color=INK, linestyle="--", linewidth=1.5, zorder=4)
    parts = [Rectangle((-0.3, 0), 0.6, 0, facecolor=colour, hatch=hatch, edgecolor=PAPER, linewidth=0, animated=True)
             for colour, hatch in zip(CLASSES, HATCHES, strict=True)]
    for part in parts:
        ax.add_patch(part)
    hand, = ax.plot([], [], "<", color=POINT, markersize=9, clip_on=False, animated=True)
    value = ax.text(0.55, 0, "", va="center", color=POINT, weight="bold", animated=True)

    def show(phi):
        ends = np.clip(np.cumsum([0.0, *np.nan_to_num(phi, posinf=3, neginf=0)]), 0, 3)
        for part, start, end in zip(parts, ends, ends[1:], strict=False):
            part.set(y=min(start, end), height=abs(end - start))
        total = float(phi.sum())
        hand.set_data([0.42] if np.isfinite(total) else [], [ends[-1]] if np.isfinite(total) else [])
        value.set(text=number(total, 3), y=ends[-1] if ends[-1] > 0.1 else 0.1)

    return show


# ---- outputs divided by their sum, beside the truth ---------------------------------------------------------------

SIZES = np.linspace(-3, 3, 241)


def truth(x: np.ndarray, c: float, s: float) -> np.ndarray:
    """Probabilities of a small, a medium and a large crate, in the made-up world of the lesson.

    Parameters
    ----------
    x : ndarray, any shape
        Sizes, relative to the average.
    c : float
        Medium reaches from −c to c.
    s : float
        How sharply people sort.

    Returns
    -------
    ndarray, shape of `x` and one axis of 3
        Not negative, with sum 1.

    Examples
    --------
    >>> truth(np.array([0.0, 2.5]), 1, 3).round(4)
    array([[0.0474, 0.9051, 0.0474],
           [0.    , 0.011 , 0.989 ]])
    """
    small, large = activations.logistic(s * (-x - c)), activations.logistic(s * (x - c))
    return np.stack([small, np.maximum(1 - small - large, 0), large], axis=-1)


def share_of_medium(c: float, s: float) -> float:
    """Share of medium tomatoes where all sizes from −3 to 3 are equally frequent: the mean of `truth`.

    Parameters
    ----------
    c, s : float
        As for `truth`.

    Examples
    --------
    >>> round(share_of_medium(1, 3), 4)
    0.3331
    """
    area = np.logaddexp(0, s * (3 - c)) - np.logaddexp(0, s * (-3 - c))     # the integral of φ is ln(1 + exp)
    return float(1 - area / (3 * s))


def best_units(x: np.ndarray, c: float, s: float) -> np.ndarray:
    """Outputs of the three units that answer their own question best, by mean log loss.

    Units 0 and 2 say the true probability. The mean log loss of unit 1 has one minimum, and it is the same for weights
    w and −w, since the sizes are the same on both sides of 0. So its best weight is 0 and its output the share.

    Parameters
    ----------
    x, c, s
        As for `truth`.

    Returns
    -------
    ndarray, shape of `x` and one axis of 3

    Examples
    --------
    >>> best_units(np.array([0.0]), 1, 3).round(4)
    array([[0.0474, 0.3331, 0.0474]])
    """
    phi = truth(x, c, s)
    phi[..., 1] = share_of_medium(c, s)
    return phi


@explorer
def explore_division(divided: Callable = divided) -> Live:
    """A world whose truth is known: small, medium, large by one measurement, with the best unit for each question.

    On the left the three outputs over the size, with the true probability of medium and, on top, how many units say
    yes; on the right, at one size: the truth, the outputs, and the outputs divided by their sum.

    Parameters
    ----------
    divided : callable
        The learner's own function: three outputs (3,) → three numbers (3,). It makes the bars q.
    """
    name = getattr(divided, "__name__", "divided")
    divided = learner.numbers(divided, name)
    figure, (plane, *right) = picture(4, height=3.4, width_ratios=[3.4, 2, 2, 2])
    show_curves = _curves(plane)
    rows = [_bars(ax, letter, title) for ax, letter, title in zip(
        right, ("P", "φ", "q"), (_("the truth P"), _("the units φ"), _("q, made of φ")), strict=True)]
    totals = [ax.text(1, 1, "", transform=ax.transAxes, ha="right", va="top", animated=True) for ax in right]

    def follow(x, c, s):
        phi = best_units(np.array(x), c, s)
        shown = truth(np.array(x), c, s), phi, divided(phi)
        show_curves(x, c, s, phi)
        for (bars, mark), total, values in zip(rows, totals, shown, strict=True):
            bars.show(values)
            total.set_text(f"Σ = {number(values.sum(), 3)}")
            _mark(mark, values)
        P, _phi, q = shown
        return _("division: x = {x}, c = {c}, s = {s} → truth P = {P}, {P_argmax}; units φ = {phi}, sum {phi_sum}, "
                 "{yes}, {phi_argmax}; q = {q}, sum {q_sum}, at most {off} from P").format(
            x=short(x), c=short(c), s=short(s), P=vector(P), P_argmax=_prediction(P), phi=vector(phi),
            phi_sum=number(phi.sum()), yes=_yes(phi), phi_argmax=_prediction(phi), q=vector(q),
            q_sum=number(q.sum()), off=number(np.abs(q - P).max()))

    controls = [Slider("x", _("size x"), 0, -3, 3), Slider("c", _("c: medium from −c to c"), 1, 0.2, 2.6),
                Slider("s", _("sharpness s"), 3, 1, 10, 0.1)]
    return Live("division", figure, follow, controls, {
        _("In the middle"): {"x": 0, "c": 1, "s": 3},
        _("Large"): {"x": 2.5, "c": 1, "s": 3},
        _("Just inside"): {"x": 0.9, "c": 1, "s": 3},
        _("Mostly medium"): {"x": 2.5, "c": 2, "s": 3},
        _("Few medium"): {"x": 0, "c": 0.2, "s": 3},
    })


def _curves(ax):
    """The outputs over the size; returns the function that shows them, and where the slider stands."""
    ax.set(xlim=(-3, 3), ylim=(0, 1.62), xticks=range(-3, 4), yticks=[0, 0.5, 1, 1.16],
           yticklabels=["0", "0.5", "1", _("yes")], xlabel=_("size x"), title=_("over all sizes"))
    ax.axhline(1, color=GRID, linewidth=1)
    ax.axhline(0.5, color=MUTED, linewidth=1, linestyle="--")
    looks = [(INK, (0, (1, 1)), 1.2, "P₁"),
             *zip(CLASSES, ("-", "--", "-."), (2, 2, 2), ("φ₀", "φ₁", "φ₂"), strict=True)]
    curves, handles = [], []
    for colour, dashes, width, label in looks:
        style = {"color": colour, "linestyle": dashes, "linewidth": width}
        curves += ax.plot([], [], animated=True, **style)
        handles += ax.plot([], [], label=label, **style)
    ax.legend(handles=[*handles[1:], handles[0]], loc="upper center", ncols=4, frameon=False, handlelength=1.7,
              columnspacing=1, handletextpad=0.4, borderpad=0.1, fontsize=9)
    now, = ax.plot([], [], color=POINT, linewidth=1, animated=True)
    dots, = ax.plot([], [], "o", color=POINT, markersize=6, markeredgecolor=PAPER, zorder=6, animated=True)
    zones = [Rectangle((0, 1.06), 0, 0.2, facecolor=colour, edgecolor=MUTED, linewidth=1, animated=True)
             for colour in (SOFT[0], PAPER, SOFT[0])]
    for zone in zones:
        ax.add_patch(zone)
    counts = [ax.text(0, 1.16, "", ha="center", va="center", fontsize=9, animated=True) for _zone in zones]

    def show(x, c, s, phi):
        for curve, values in zip(curves, (truth(SIZES, c, s)[:, 1], *best_units(SIZES, c, s).T), strict=True):
            curve.set_data(SIZES, values)
        now.set_data([x, x], [0, 1])
        dots.set_data([x] * 3, phi)
        always = int(phi[1] > 0.5)     # unit 1 says the same to all
        for i, (zone, count) in enumerate(zip(zones, counts, strict=True)):
            low, high = ((-3, -c), (-c, c), (c, 3))[i]
            zone.set(x=low, width=high - low)
            zone.set_facecolor(SOFT[0] if always + (i != 1) else PAPER)
            count.set(x=(low + high) / 2, text=str(always + (i != 1)))

    return show
