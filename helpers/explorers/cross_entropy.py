"""The explorers of lesson 07, cross-entropy."""

import math
from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from helpers import activations, learner, losses
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
    Bars,
    number,
    picture,
    pin,
    short,
    vector,
)
from helpers.words import _

VOTES = {"v0": 7, "v1": 1, "v2": 2}
MOST = 6.0     # how far the axes of the surprise go
HIGH = 2.0     # how far those of the stacked bars go


# ---- the surprise of the true class -------------------------------------------------------------------------------

def surprise(p: np.ndarray) -> np.ndarray:
    """Surprise −ln p of an event of probability p, in nats.

    Parameters
    ----------
    p : ndarray, any shape
        Probabilities.

    Returns
    -------
    ndarray, shape of `p`
        From 0, where p is 1, to inf, where it is 0.

    Examples
    --------
    >>> surprise(np.array([1, 0.5, 0.1])).round(4) + 0.0
    array([0.    , 0.6931, 2.3026])
    """
    return -np.log(p)


@explorer
def explore_surprise(surprise: Callable = surprise) -> Live:
    """Three net inputs and the true class: the bars of softmax, the curve −ln p with the moving point, the loss.

    The hollow points are what the loss would be if another class were the true one.

    Parameters
    ----------
    surprise : callable
        The learner's own function: probabilities (n,) → surprises (n,).
    """
    surprise = learner.numbers(surprise, "surprise")
    figure, (bars_ax, ax, loss_ax) = picture(3, height=3.3, width_ratios=[3, 4, 1.5])
    bars_ax.set(ylim=(0, 1.28), xlim=(-0.6, 2.6), xticks=range(3), xticklabels=["p₀", "p₁", "p₂"], yticks=[0, 0.5, 1],
                title=_("p, and ▼ the true class"))
    bars_ax.axhline(1, color=GRID, linewidth=1, zorder=0)
    ax.set(xlim=(0, 1.04), ylim=(0, MOST), xlabel="p", xticks=[0, 0.5, 1], title=_("surprise"))
    loss_ax.set(ylim=(0, MOST), xticks=[0], xticklabels=[_("loss")], yticks=[0, math.log(3), 3, 6],
                yticklabels=["0", "ln 3", "3", "6"], xlim=(-0.7, 0.7))
    ax.axhline(math.log(3), color=GRID, linewidth=1, zorder=0)

    bars = Bars(bars_ax, 3)
    truth = bars_ax.bar([0], [1], width=0.84, fill=False, edgecolor=TRUTH, linewidth=1.5, linestyle="--",
                        animated=True)[0]
    mark, = bars_ax.plot([0], [1.2], "v", color=TRUTH, markersize=9, clip_on=False, animated=True)
    curve, = ax.plot([], [], color=CURVE, animated=True)
    guide, = ax.plot([], [], ":", color=POINT, linewidth=1.5, animated=True)
    others = [ax.plot([], [], "o", markerfacecolor=PAPER, markeredgecolor=colour, markeredgewidth=1.8, markersize=7,
                      clip_on=False, animated=True, zorder=5)[0] for colour in CLASSES]
    point, = ax.plot([], [], "o", color=POINT, markersize=10, markeredgecolor=PAPER, clip_on=False, animated=True,
                     zorder=6)
    names = [ax.text(0, 0, "", fontsize=9, va="bottom", animated=True, zorder=7) for _i in range(3)]
    loss_bar = Bars(loss_ax, 1, colours=(POINT,), width=0.8)
    grid = np.concatenate([np.geomspace(1e-5, 0.1, 80, endpoint=False), np.linspace(0.1, 1, 91)])

    def follow(z0, z1, z2, y):
        z, true = np.array([z0, z1, z2]), int(y)
        p = activations.softmax(z)
        heights = surprise(p)
        loss = float(heights[true])
        bars.show(p)
        truth.set_x(true - 0.42)
        mark.set_xdata([true])
        curve.set_data(grid, surprise(grid))
        guide.set_data([p[true], p[true], 1.04], [0, loss, loss])
        for i, other in enumerate(others):
            pin(other, p[i], heights[i])
            other.set_visible(i != true)
        _name_points(names, p, np.clip(np.nan_to_num(heights), 0, MOST - 0.5))
        pin(point, p[true], loss)
        loss_bar.show([loss])
        return _("surprise: z = {z}, true class {y} → p = {p}; p of the true class {p_true}, its surprise {loss}; "
                 "from z alone, lse(z) − z of the true class: {from_z}").format(
            z=vector(z, None), y=y, p=vector(p), p_true=number(p[true]), loss=number(loss),
            from_z=number(-activations.log_softmax(z)[true]))

    return Live("surprise", figure, follow, [*net_inputs(), true_class()], {
        _("The thread"): {**THREAD, "y": "0"},
        _("Knows nothing"): {"z0": 0, "z1": 0, "z2": 0},
        _("Sure and right"): {"z0": 5, "z1": 0, "z2": 0, "y": "0"},
        _("Sure and wrong"): {"z0": 5, "z1": 0, "z2": 0, "y": "1"},
        _("Surest and wrong"): {"z0": 5, "z1": -5, "z2": -5, "y": "1"},
    })


def _name_points(names: list, p: np.ndarray, heights: np.ndarray) -> None:
    """Write p₀, p₁ and p₂ beside their points; points that lie on one another share one name."""
    texts, places = [], []
    for i, place in enumerate(zip(p, heights, strict=True)):
        near = next((j for j, (x, y) in enumerate(places) if abs(x - place[0]) < 0.05 and abs(y - place[1]) < 0.4),
                    None)
        if near is None:
            texts.append(f"p{'₀₁₂'[i]}")
            places.append(place)
        else:
            texts[near] += f" p{'₀₁₂'[i]}"
    for i, name in enumerate(names):
        name.set_visible(i < len(texts))
        if i < len(texts):
            x, y = places[i]
            name.set(text=texts[i], position=(x - 0.025 if x > 0.9 else x + 0.025, y + 0.1),
                     ha="right" if x > 0.9 else "left")


# ---- entropy, divergence, cross-entropy ---------------------------------------------------------------------------

def mean_surprise(y: np.ndarray, p: np.ndarray) -> np.floating:
    """Cross-entropy H(y, p) = −Σₖ yₖ ln pₖ: the mean surprise of who believes p, where y tells how often each class is.

    Parameters
    ----------
    y, p : ndarray, shape (K,)
        Label and probabilities, each not negative with sum 1.

    Returns
    -------
    scalar
        In nats. A class that y gives 0 contributes 0, whatever its p.

    Examples
    --------
    >>> print(mean_surprise(np.array([1, 0]), np.array([0.5, 0.5])).round(4))
    0.6931
    """
    happens = y > 0
    return 0 - np.sum(y[happens] * np.log(p[happens]))


@explorer
def explore_divergence(mean_surprise: Callable = mean_surprise) -> Live:
    """A soft label from votes, and three net inputs: cross-entropy as a stack by class and as entropy + divergence.

    The line across both stacks is the cross-entropy that the learner's function gives.

    Parameters
    ----------
    mean_surprise : callable
        The learner's own function: label (3,) and probabilities (3,) → cross-entropy, a number.
    """
    mean_surprise = learner.numbers(mean_surprise, "mean_surprise", shape=lambda y, p: ())
    figure, (bars_ax, ax) = picture(2, height=3.5, width_ratios=[1.15, 1])
    bars_ax.set(ylim=(0, 1.2), xlim=(-0.7, 5.7), xticks=range(6), yticks=[0, 0.5, 1],
                xticklabels=["y₀", "p₀", "y₁", "p₁", "y₂", "p₂"], title=_("label y beside p"))
    bars_ax.axhline(1, color=GRID, linewidth=1, zorder=0)
    for between in (1.5, 3.5):
        bars_ax.axvline(between, color=GRID, linewidth=1)
    bars = Bars(bars_ax, 6, colours=[colour for c in CLASSES for colour in (TRUTH, c)],
                hatches=[hatch for h in HATCHES for hatch in ("xx", h)])

    ax.set(ylim=(0, HIGH), xlim=(-0.6, 2.35), xticks=[0, 1], xticklabels=[_("by class"), "H + KL"],
           yticks=[0, math.log(3), 2], yticklabels=["0", "ln 3", "2"], title="H(y, p) = H(y) + KL(y‖p)")
    ax.axhline(math.log(3), color=GRID, linewidth=1, zorder=0)
    by_class = _Stack(ax, 0, [f"−y{i} ln p{i}" for i in "₀₁₂"], CLASSES, HATCHES)
    in_two = _Stack(ax, 1, ["H", "KL"], (TRUTH, POINT), ("xx", ""))
    line, = ax.plot([], [], "--", color=INK, linewidth=1.5, animated=True, zorder=6)
    ends, = ax.plot([], [], "D", color=INK, markersize=6, clip_on=False, animated=True, zorder=6)
    total = ax.text(1.62, 0, "", va="center", animated=True, zorder=7)

    def follow(v0, v1, v2, z0, z1, z2):
        votes, z = np.array([v0, v1, v2]), np.array([z0, z1, z2])
        p, log_p = activations.softmax(z), activations.log_softmax(z)
        y = votes / votes.sum()
        whole = float(mean_surprise(y, p)) if votes.any() else math.nan
        parts = -y * log_p + 0.0
        entropy, divergence = float(losses.entropy(y)), float(losses.kl_divergence(y, p))
        bars.show(np.column_stack([y, p]))
        by_class.show(parts)
        in_two.show([entropy, divergence])
        at = float(np.clip(whole, 0, HIGH))
        line.set_data([-0.45, 1.5], [at, at])
        ends.set_data([1.5], [at])
        ends.set_marker("^" if whole > HIGH else "v" if whole < 0 else "D")
        total.set(position=(1.62, float(np.clip(np.nan_to_num(at), 0.1, HIGH - 0.1))),
                  text=number(whole) if "e" not in number(whole) else f"{whole:.0e}")
        label = _("y = {y}").format(y=vector(y)) if votes.any() else _("no votes and so no label, y = {y}").format(
            y=vector(y))
        return _("divergence: votes {votes}, {label}; z = {z}, p = {p} → H(y) = {entropy}, KL(y‖p) = {divergence}, "
                 "together {sum}; by class {parts}, sum {whole_by_class}; H(y, p) = {whole}").format(
            votes=vector(votes, None), label=label, z=vector(z, None), p=vector(p), entropy=number(entropy),
            divergence=number(divergence), sum=number(entropy + divergence), parts=vector(parts),
            whole_by_class=number(parts.sum()), whole=number(whole))

    controls = [*(Slider(f"v{i}", _("votes for class {i}").format(i=i), VOTES[f"v{i}"], 0, 10, 0.1) for i in range(3)),
                *net_inputs()]
    return Live("divergence", figure, follow, controls, {
        _("The thread"): {**VOTES, **THREAD},
        _("One-hot"): {"v0": 10, "v1": 0, "v2": 0},
        _("A split vote"): {"v0": 1, "v1": 1, "v2": 1},
        _("p knows nothing"): {"z0": 0, "z1": 0, "z2": 0},
        _("p of 7 : 1 : 2"): {"z0": 1.95, "z1": 0, "z2": 0.69},   # the logarithms, so that p is all but y
        _("Sure and wrong"): {"z0": -4, "z1": 4, "z2": 0},
    })


class _Stack:
    """Moving segments, one on the other, each with its name where it is high enough; cut off where the axes end."""

    def __init__(self, ax: Axes, at: int, names: list[str], colours, hatches) -> None:
        self._top = ax.get_ylim()[1]
        self._segments = [ax.bar([at], [0], width=0.9, color=colour, hatch=hatch, edgecolor=PAPER, linewidth=0,
                                 animated=True)[0] for colour, hatch in zip(colours, hatches, strict=True)]
        self._names = [ax.text(at, 0, name, ha="center", va="center", fontsize=9, animated=True, zorder=5,
                               bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 0.8}) for name in names]
        self._empty = ax.text(at, 0.02 * self._top, "nan", ha="center", va="bottom", fontsize=9, animated=True)

    def show(self, heights) -> None:
        """Show these heights; a stack with a nan in it is empty and says so."""
        unknown = bool(np.isnan(heights).any())
        self._empty.set_visible(unknown)
        bottom = 0.0
        for segment, name, height in zip(self._segments, self._names, heights, strict=True):
            top = bottom if unknown else min(bottom + max(float(height), 0.0), self._top)
            segment.set(y=bottom, height=top - bottom)
            name.set_y((bottom + top) / 2)
            name.set_visible(top - bottom > 0.06 * self._top)
            bottom = top


# ---- squared error against cross-entropy --------------------------------------------------------------------------

def squared(z: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Squared error (φ(z) − y)² of one logistic unit, for each net input.

    Parameters
    ----------
    z : ndarray, any shape
        Net inputs.
    y : ndarray, shape of `z`
        Labels, 0 or 1.

    Returns
    -------
    ndarray, shape of `z`

    Examples
    --------
    >>> squared(np.array([0.0, 2.07]), np.array([1, 1])).round(4)
    array([0.25  , 0.0126])
    """
    return losses.squared_error(activations.logistic(z), y, reduction="none")


def log_loss(z: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Log loss of one logistic unit, for each net input: −ln φ(z) where y is 1, −ln φ(−z) where it is 0.

    Parameters
    ----------
    z : ndarray, any shape
        Net inputs.
    y : ndarray, shape of `z`
        Labels, 0 or 1.

    Returns
    -------
    ndarray, shape of `z`
        In nats.

    Examples
    --------
    >>> log_loss(np.array([0.0, 2.07]), np.array([1, 1])).round(4)
    array([0.6931, 0.1188])
    """
    return losses.binary_cross_entropy(z, y, reduction="none")


STEP = 1e-4     # of the central difference: its error is far below the digits shown


@explorer
def explore_squared_error(squared: Callable = squared, log_loss: Callable = log_loss) -> Live:
    """One logistic unit at a moving z: squared error and log loss, and the slope of each.

    The slopes are measured on the functions handed over, by central differences; the line of numbers has those of the
    formulas beside them.

    Parameters
    ----------
    squared, log_loss : callable
        The learner's own functions: net inputs (n,) and labels (n,) → losses (n,).
    """
    squared, log_loss = learner.numbers(squared, "squared"), learner.numbers(log_loss, "log_loss")
    figure, (loss_ax, slope_ax) = picture(2, height=3.4)
    loss_ax.set(ylim=(0, 5), title=_("loss"), yticks=range(6))
    slope_ax.set(ylim=(-1.15, 1.15), title=_("slope of the loss"), yticks=[-1, 0, 1])
    for ax in (loss_ax, slope_ax):
        ax.set(xlim=(-10, 10), xlabel="z", xticks=range(-10, 11, 5))
        ax.grid(True)
    looks = ((CLASSES[1], "--", "s"), (CURVE, "-", "o"))     # squared error, log loss
    wrong = [ax.axvspan(0, 1, facecolor=SOFT[1], edgecolor=SOFT[1], linewidth=0, animated=True)
             for ax in (loss_ax, slope_ax)]
    words = [ax.text(0, 0, "", ha="center", va="center", animated=True, zorder=4,
                     bbox={"facecolor": SOFT[1], "edgecolor": "none", "pad": 2}) for ax in (loss_ax, slope_ax)]
    slope_ax.axhline(0, color=MUTED, linewidth=1, animated=True)     # moves with the shade, or it would be beneath it
    here = [ax.axvline(0, color=POINT, linewidth=1, animated=True) for ax in (loss_ax, slope_ax)]
    curves = [[ax.plot([], [], style, color=colour, animated=True)[0] for colour, style, _marker in looks]
              for ax in (loss_ax, slope_ax)]
    points = [[ax.plot([], [], marker, color=POINT, markersize=8, markeredgecolor=PAPER, clip_on=False, animated=True,
                       zorder=6)[0] for _colour, _style, marker in looks] for ax in (loss_ax, slope_ax)]
    figure.legend(handles=[Line2D([], [], color=colour, linestyle=style, marker=marker, label=name)
                           for (colour, style, marker), name in zip(looks, (_("squared error"), _("log loss")),
                                                                    strict=True)],
                  loc="outside lower center", ncols=2, frameon=False, handlelength=4)
    grid = np.linspace(-10, 10, 201)

    def follow(z, y):
        true = int(y)
        label = np.full(len(grid) + 1, float(true))
        all_z = np.append(grid, z)          # the last is the one of the slider
        values, slopes = [], []
        for loss in (squared, log_loss):
            values.append(loss(all_z, label))
            slopes.append((loss(all_z + STEP, label) - loss(all_z - STEP, label)) / (2 * STEP))
        for lines, marks, rows in zip(curves, points, (values, slopes), strict=True):
            for line, mark, row, (_c, _s, marker) in zip(lines, marks, rows, looks, strict=True):
                line.set_data(grid, row[:-1])
                pin(mark, z, row[-1], marker)
        for line in here:
            line.set_xdata([z, z])
        left = -10.0 if true else 0.0
        for area, word, height in zip(wrong, words, (2.5, 0.6 if true else -0.6), strict=True):   # clear of the curves
            area.set(x=left, width=10)
            word.set(position=(-7.5 if true else 7.5, height), text="φ < ½" if true else "φ > ½")
        phi, against = (float(v) for v in activations.logistic(np.array([z, -z])))
        error = -against if true else phi       # φ − y, with the digits that 1 − φ would lose
        return _("squared error: z = {z}, y = {y} → φ = {phi}; squared error {squared}, slope {slope} (by formula "
                 "{formula}); log loss {log_loss}, slope {log_slope} (by formula {log_formula})").format(
            z=short(z), y=y, phi=number(phi), squared=number(values[0][-1]), slope=number(slopes[0][-1]),
            formula=number(2 * error * phi * against), log_loss=number(values[1][-1]),
            log_slope=number(slopes[1][-1]), log_formula=number(error))

    controls = [Slider("z", "z", 2.07, -10, 10), Choice("y", _("true class"), "1", {"0": "y = 0", "1": "y = 1"})]
    return Live("squared error", figure, follow, controls, {
        _("The thread"): {"z": 2.07, "y": "1"},
        _("Undecided"): {"z": 0},
        _("Sure and right"): {"z": 8, "y": "1"},
        _("Sure and wrong"): {"z": -8, "y": "1"},
        _("Sure and wrong, y = 0"): {"z": 8, "y": "0"},
    })
