"""The explorers of lesson 02, logistic."""

import math
from collections.abc import Callable

import numpy as np
from matplotlib.patches import Rectangle

from helpers import activations, learner
from helpers.datasets import practice_hours
from helpers.live import Choice, Live, Slider, explorer
from helpers.style import CLASSES, CURVE, GRID, INK, MUTED, POINT, SOFT, TRUTH, Bars, number, picture, pin, short
from helpers.words import _

THREAD = {"w": 0.5, "b": 0.82, "x": 2.5, "t": 0.5}   # 0.82 = 0.4 + 0.3 · 1.4: bias and first feature, held fast
EDGE = 8.0                                           # how far the axes of z go


# ---------------------------------------------------------------------------------------------- the family

_erf = np.vectorize(math.erf, otypes=[float])

# Each as it is; brought to the range from 0 to 1; and the factor on z that then makes its slope at 0 that of φ, ¼.
_FAMILY: dict[str, tuple[Callable, Callable, float]] = {
    "φ": (activations.logistic, activations.logistic, 1.0),
    "tanh": (np.tanh, lambda z: (np.tanh(z) + 1) / 2, 1 / 2),
    "arctan": (np.arctan, lambda z: np.arctan(z) / np.pi + 1 / 2, np.pi / 4),
    "erf": (_erf, lambda z: (_erf(z) + 1) / 2, math.sqrt(np.pi) / 4),
}
_STYLES = ((CURVE, "-", "o"), (CLASSES[1], "--", "s"), (CLASSES[2], "-.", "^"), (INK, ":", "D"))


@explorer
def explore_family() -> Live:
    """Four sigmoid functions at one moving z: as they are, and brought to one range, on request with one slope at 0."""
    figure, (left, right) = picture(2)
    left.set(xlim=(-6, 6), ylim=(-1.75, 1.75), xlabel="z", title=_("as they are"), yticks=[-1, 0, 1])
    right.set(xlim=(-6, 6), ylim=(-0.04, 1.04), xlabel="z", title=_("from 0 to 1"), yticks=[0, 0.5, 1])
    for ax in (left, right):
        ax.grid(True)
    here = [ax.axvline(0, color=POINT, linewidth=1, animated=True) for ax in (left, right)]
    grid = np.linspace(-6, 6, 241)
    curves, points = [], []
    for (name, (plain, _scaled, _factor)), (colour, dashes, marker) in zip(_FAMILY.items(), _STYLES, strict=True):
        left.plot(grid, plain(grid), color=colour, linestyle=dashes)
        left.plot([], [], color=colour, linestyle=dashes, marker=marker, label=name)
        curves += right.plot(grid, grid, color=colour, linestyle=dashes, animated=True)
        points.append([ax.plot([0], [0], color=colour, marker=marker, markersize=7, clip_on=False, animated=True)[0]
                       for ax in (left, right)])
    left.legend(loc="lower right", frameon=False, handlelength=4)

    def follow(z, scale):
        plain, scaled = [], []
        for (function, to_range, factor), curve, (at_left, at_right) in zip(_FAMILY.values(), curves, points,
                                                                            strict=True):
            factor = factor if scale == "slope" else 1.0
            plain.append(function(z))
            scaled.append(to_range(factor * z))
            curve.set_ydata(to_range(factor * grid))
            at_left.set_data([z], [plain[-1]])
            at_right.set_data([z], [scaled[-1]])
        for line in here:
            line.set_xdata([z, z])
        names = list(_FAMILY)
        sentence = _("family: z = {z} → {plain}; from 0 to 1 with slope 1/4 at 0: {scaled}") if scale == "slope" else \
            _("family: z = {z} → {plain}; from 0 to 1: {scaled}")
        return sentence.format(z=short(z), plain=_named(names, plain), scaled=_named(names, scaled))

    controls = [Slider("z", "z", 2.07, -6, 6),
                Choice("scale", _("from 0 to 1"), "range",
                       {"range": _("as they come"), "slope": _("with the same slope at 0")})]
    return Live("family", figure, follow, controls, {
        _("The thread"): {"z": 2.07},
        _("The middle"): {"z": 0},
        _("Far out"): {"z": 6},
        _("Far out, same slope"): {"z": 6, "scale": "slope"},
    })


def _named(names: list[str], values: list[float]) -> str:
    return ", ".join(f"{name} {number(value)}" for name, value in zip(names, values, strict=True))


# ---------------------------------------------------------------------------------------------- one unit

@explorer
def explore_unit(logistic: Callable = activations.logistic) -> Live:
    """One unit with one input: from x to z, from z to P, and both in one; odds, slopes, boundary, threshold.

    Parameters
    ----------
    logistic : callable
        The learner's own function: net inputs (n,) → P(y = 1), (n,).
    """
    logistic = learner.numbers(logistic, "logistic")
    figure, (line_ax, curve_ax, both_ax) = picture(3, height=3.4)
    line_ax.set(xlim=(-5, 5), ylim=(-EDGE, EDGE), xlabel="x", title="z = w x + b", yticks=range(-8, 9, 4))
    curve_ax.set(xlim=(-EDGE, EDGE), ylim=(-0.1, 1.16), xlabel="z", title="φ(z)", yticks=[0, 0.5, 1])
    both_ax.set(xlim=(-5, 5), ylim=(-0.1, 1.16), xlabel="x", title="P(y = 1 | x)", yticks=[0, 0.5, 1])
    for ax in (line_ax, curve_ax, both_ax):
        ax.grid(True)

    says = both_ax.add_patch(Rectangle((0, -0.1), 0, 1.26, facecolor=SOFT[1], edgecolor=SOFT[1], animated=True))
    answers = [both_ax.text(0, 1.1, f"y = {y}", ha="center", va="center", fontsize=9, animated=True)
               for y in (0, 1)]
    thresholds = [ax.axhline(0, color=MUTED, linewidth=1, linestyle="--", animated=True)
                  for ax in (line_ax, curve_ax, both_ax)]
    boundaries = [ax.axvline(0, color=TRUTH, linewidth=1.5, linestyle=":", animated=True)
                  for ax in (line_ax, both_ax)]
    line, curve, both = (ax.plot([], [], color=CURVE, animated=True)[0] for ax in (line_ax, curve_ax, both_ax))
    tangents = [ax.plot([], [], color=POINT, linewidth=1.5, animated=True)[0] for ax in (curve_ax, both_ax)]
    points = [ax.plot([], [], "o", color=POINT, markersize=8, clip_on=False, animated=True)[0]
              for ax in (line_ax, curve_ax, both_ax)]
    notes = [ax.text(1, 1.03, "", transform=ax.transAxes, ha="right", va="baseline", color=POINT, animated=True)
             for ax in (line_ax, curve_ax, both_ax)]   # beside the titles: inside, a curve would cross them
    all_x, all_z = np.linspace(-5, 5, 301), np.linspace(-EDGE, EDGE, 241)

    def follow(w, b, x, t):
        z = w * x + b
        p, against = (float(v) for v in logistic(np.array([z, -z])))   # φ(−z) keeps the digits that 1 − φ(z) loses
        with np.errstate(all="ignore"):
            odds = float(np.divide(p, against))
            log_odds = float(np.log(odds))
        slope = p * (1 - p)
        boundary = (float(activations.logit(t)) - b) / w if w else math.nan

        line.set_data([-5, 5], [b - 5 * w, b + 5 * w])
        curve.set_data(all_z, logistic(all_z))
        both.set_data(all_x, logistic(w * all_x + b))
        for tangent, at, steepness in zip(tangents, (z, x), (slope, w * slope), strict=True):
            reach = np.array([-1.6, 1.6]) / math.hypot(0.5, 4 * steepness)   # about as long, however steep
            tangent.set_data(at + reach, p + steepness * reach)
        for point, at in zip(points, ((x, z), (z, p), (x, p)), strict=True):
            pin(point, *at)
        for threshold, height in zip(thresholds, (activations.logit(t), t, t), strict=True):
            threshold.set_ydata([height, height])
        for mark in boundaries:
            mark.set(xdata=[boundary, boundary], visible=bool(w))
        for note, words in zip(notes, (f"z = {short(round(z, 4))}", f"φ = {number(p, 3)}", f"P = {number(p, 3)}"),
                               strict=True):
            note.set_text(words)
        _divide(says, answers, w, b, t, boundary)

        where = _("boundary at x = {x}").format(x=number(boundary)) if w else _("no boundary, since w = 0")
        answer = _("says y = 1") if p > t else _("says y = 0") if p < t else \
            _("on the boundary") if p == t else _("says nothing")
        return _("unit: w = {w}, b = {b}, x = {x}, threshold {t} → z = {z}, P(y = 1) = {p} ({percent} %), odds {odds} "
                 "to 1, log-odds {log_odds}; slope {slope} in z, {slope_x} in x; {where}; {answer}").format(
            w=short(w), b=short(b), x=short(x), t=short(t), z=short(round(z, 4)), p=number(p),
            percent=number(100 * p, 1), odds=number(odds, 3), log_odds=number(log_odds), slope=number(slope),
            slope_x=number(w * slope), where=where, answer=answer)

    controls = [Slider("w", _("weight w"), THREAD["w"], -10, 10), Slider("b", _("bias b"), THREAD["b"], -30, 30),
                Slider("x", _("input x"), THREAD["x"], -5, 5),
                Slider("t", _("threshold on P"), THREAD["t"], 0.01, 0.99)]
    return Live("unit", figure, follow, controls, {
        _("The thread"): THREAD,
        _("One z more"): {**THREAD, "b": 1.82},
        _("Steep"): {"w": 5, "b": 0, "x": 0},
        _("Falling"): {"w": -2, "b": 2, "x": 1},
        _("No weight, w = 0"): {"w": 0, "b": 0.82},
    })


def _divide(says: Rectangle, answers: list, w: float, b: float, t: float, boundary: float) -> None:
    """Shade where P is above the threshold, and write the answer into each part that is wide enough."""
    if w:
        cut = float(np.clip(boundary, -5, 5))
        yes = (cut, 5.0) if w > 0 else (-5.0, cut)
        no = (-5.0, cut) if w > 0 else (cut, 5.0)
    else:
        everywhere, nowhere = (-5.0, 5.0), (0.0, 0.0)
        yes, no = (everywhere, nowhere) if b > activations.logit(t) else (nowhere, everywhere)
    says.set_x(yes[0])
    says.set_width(yes[1] - yes[0])
    says.set_visible(yes[1] > yes[0])
    for answer, (left, right) in zip(answers, (no, yes), strict=True):
        answer.set_x((left + right) / 2)
        answer.set_visible(right - left > 2)


# ---------------------------------------------------------------------------------------------- fitting by hand

@explorer
def explore_fit(logistic: Callable = activations.logistic) -> Live:
    """Fit a logistic unit to the practice hours by hand: curve, −ln p of each person, their mean, the best so far.

    Parameters
    ----------
    logistic : callable
        The learner's own function: net inputs (n,) → P(y = 1), (n,).
    """
    logistic = learner.numbers(logistic, "logistic")
    hours, passed = practice_hours()
    sign = 2.0 * passed - 1     # φ(z) is the probability of a pass, φ(−z) that of a fail
    best_w, best_b = optimum(hours, passed)

    figure, (ax, each_ax, mean_ax) = picture(3, height=3.4, width_ratios=[4, 3, 1.6])
    ax.set(xlim=(0, 6.5), ylim=(-0.08, 1.08), xlabel=_("hours"), yticks=[0, 0.5, 1],
           title="P(y = 1 | x);  × y = 0,  ● y = 1")
    each_ax.set(xlim=(0, 6.5), ylim=(0, 4), xlabel=_("hours"), title=_("−ln p of each"))
    mean_ax.set(ylim=(0, 1.75), xticks=[0, 1], xticklabels=[_("now"), _("best")], title=_("mean log loss"),
                yticks=[0, math.log(2), 1, 1.5], yticklabels=["0", "ln 2", "1", "1.5"])
    mean_ax.axhline(math.log(2), color=GRID, linewidth=1)
    for y, marker in enumerate("xo"):
        ax.plot(hours[passed == y], passed[passed == y], marker, color=CLASSES[y], markersize=7)

    gaps = ax.vlines(hours, 0, 0, colors=[CLASSES[y] for y in passed], linewidth=1.5, animated=True)
    stems = each_ax.vlines(hours, 0, 0, colors=[CLASSES[y] for y in passed], linewidth=1.5, animated=True)
    tops = [each_ax.plot([], [], marker, color=CLASSES[y], animated=True)[0] for y, marker in enumerate("xo")]
    beyond, = each_ax.plot([], [], "^", color=INK, clip_on=False, animated=True)
    boundary_line = ax.axvline(0, color=TRUTH, linewidth=1.5, linestyle=":", animated=True)
    curve, = ax.plot([], [], color=CURVE, animated=True)
    bars = Bars(mean_ax, 2, colours=(POINT, TRUTH), hatches=("", "///"), digits=3)
    grid = np.linspace(0, 6.5, 261)

    def losses(w, b):
        with np.errstate(all="ignore"):
            return -np.log(logistic(sign * (w * hours + b)))

    def remember(best, w, b):
        now = (float(losses(w, b).mean()), w, b)
        return now if best is None or math.isnan(best[0]) or now[0] < best[0] else best

    def follow(w, b, memory):
        p = logistic(w * hours + b)
        loss = losses(w, b)
        mean = float(loss.mean())
        boundary = -b / w if w else math.nan
        curve.set_data(grid, logistic(w * grid + b))
        boundary_line.set(xdata=[boundary, boundary], visible=bool(w))
        gaps.set_segments([[(x, y), (x, height)] for x, y, height in zip(hours, passed, p, strict=True)])
        stems.set_segments([[(x, 0), (x, min(height, 4.0))] for x, height in zip(hours, loss, strict=True)])
        for y, top in enumerate(tops):
            shown = (passed == y) & (loss <= 4)
            top.set_data(hours[shown], loss[shown])
        far = loss > 4
        beyond.set_data(hours[far], np.full(far.sum(), 4.0))
        best, its_w, its_b = memory
        bars.show([mean, best])
        where = _("boundary at {x} hours").format(x=number(boundary, 2)) if w else _("no boundary, since w = 0")
        return _("fit: w = {w}, b = {b} → mean log loss {mean}, {where}; best so far {best} at w = {best_w}, "
                 "b = {best_b}").format(w=short(w), b=short(b), mean=number(mean), where=where, best=number(best),
                                        best_w=short(its_w), best_b=short(its_b))

    controls = [Slider("w", _("weight w"), 0, -2, 4), Slider("b", _("bias b"), 0, -12, 6)]
    return Live("fit", figure, follow, controls, {
        _("Knows nothing"): {"w": 0, "b": 0},
        _("Too sure"): {"w": 4, "b": -12},
        _("Wrong way round"): {"w": -1, "b": 3},
        _("Optimum"): {"w": round(best_w, 2), "b": round(best_b, 2)},
    }, remember=remember)


def optimum(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Return the weight and the bias with the smallest mean log loss, by Newton's method from 0.

    Parameters
    ----------
    x : ndarray, shape (N,)
        One feature.
    y : ndarray, shape (N,)
        0 or 1; the two groups have to overlap, else there is no finite optimum.

    Returns
    -------
    w, b : float

    Raises
    ------
    ValueError
        If it does not settle within 50 steps.

    Examples
    --------
    >>> w, b = optimum(*practice_hours())
    >>> print(round(w, 4), round(b, 4))
    1.592 -5.0141
    """
    inputs, weights = np.column_stack([x, np.ones_like(x)]), np.zeros(2)
    for _step in range(50):
        z = inputs @ weights
        gradient = inputs.T @ (activations.logistic(z) - y)
        hessian = (inputs.T * activations.logistic_derivative(z)) @ inputs
        step = np.linalg.solve(hessian, gradient)
        weights = weights - step
        if np.abs(step).max() < 1e-10:
            return float(weights[0]), float(weights[1])
    raise ValueError(_("there is no finite optimum: the two groups do not overlap"))
