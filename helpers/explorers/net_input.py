"""The explorer of lesson 01, net input."""

from collections.abc import Callable

import numpy as np
from matplotlib.patches import FancyArrowPatch, Polygon

from helpers import activations, learner
from helpers.live import Live, Slider, explorer
from helpers.style import CLASSES, HATCHES, INK, MUTED, PAPER, POINT, SOFT, picture, short, vector
from helpers.words import _

THREAD = {"x1": 1.4, "x2": 2.5, "w0": 0.4, "w1": 0.3, "w2": 0.5}
EDGE = 4.0      # the plane is shown from -EDGE to EDGE, both ways
REACH = 5.0     # the bars, from -REACH to REACH
FLAT = 1e-12    # a net input as small as this is zero but for rounding


@explorer
def explore_net_input(net_input: Callable = activations.net_input) -> Live:
    """One unit with two inputs: signed bars that stack up to z, and the plane with its line z = 0.

    Parameters
    ----------
    net_input : callable
        The learner's own function: one example x, shape (3,), with x₀ = 1, and weights w, shape (3,) → a single number.
        The bar of z and the sign of x are its; the line z = 0 is drawn from the weights.
    """
    name = getattr(net_input, "__name__", "net_input")
    net_input = learner.numbers(net_input, name, shape=lambda x, w: ())
    figure, (left, middle, right) = picture(3, height=3.3, width_ratios=[1.8, 2.4, 2.8])
    show_sum = _sum(left, middle)
    show_plane = _plane(right)

    def follow(x1, x2, w0, w1, w2):
        x, w = np.array([1, x1, x2]), np.array([w0, w1, w2])
        z = float(net_input(x, w))
        show_sum(x, w, z)
        where = show_plane(x, w, z)
        total = float(np.sum(w * x))
        if not abs(z - total) < 1e-6:     # so that nan is told too
            where = _("but the terms add up to {total}; {where}").format(total=_short(total), where=where)
        return _("net input: x = {x}, w = {w} → terms {terms}, {z}; {where}").format(
            x=vector(x, None), w=vector(w, None), terms="[" + ", ".join(map(_short, w * x)) + "]", z=_which_side(z),
            where=where)

    controls = [Slider("x1", "x₁", THREAD["x1"], -3, 3, 0.1), Slider("x2", "x₂", THREAD["x2"], -3, 3, 0.1),
                Slider("w0", _("w₀ (bias)"), THREAD["w0"], -1.5, 1.5, 0.1),
                Slider("w1", "w₁", THREAD["w1"], -1.5, 1.5, 0.1), Slider("w2", "w₂", THREAD["w2"], -1.5, 1.5, 0.1)]
    return Live("net input", figure, follow, controls, {
        _("The thread"): THREAD,
        _("No bias"): {**THREAD, "w0": 0},
        _("Doubled weights"): {**THREAD, "w0": 0.8, "w1": 0.6, "w2": 1},
        _("Opposite weights"): {**THREAD, "w0": -0.4, "w1": -0.3, "w2": -0.5},
        _("On the line"): {**THREAD, "x1": -3, "x2": 1},
        _("Line out of view"): {**THREAD, "w0": 1.5, "w1": 0.1, "w2": 0.2},
        _("Bias only"): {**THREAD, "w1": 0, "w2": 0},
        _("All weights 0"): {**THREAD, "w0": 0, "w1": 0, "w2": 0},
    })


def _short(value: float) -> str:
    """Up to four decimals; a number too small for them keeps its size, unless it is zero but for rounding."""
    value = float(value)
    return f"{value:.4g}" if FLAT < abs(value) < 0.00005 else short(round(value, 4) + 0.0)


def _which_side(z: float) -> str:
    text = f"z = {_short(z)}"
    return text + (" > 0" if z > FLAT else " < 0" if z < -FLAT else "")


def _look(value: float) -> dict:
    """The colour and the hatch of a positive or a negative number."""
    i = int(value < 0)
    return {"facecolor": CLASSES[i], "hatch": HATCHES[i]}


def _sum(left, right):
    """The terms as a written sum in the left axes, as bars in the right; returns the function that shows them."""
    rows = (3, 2, 1, 0)
    left.set(xlim=(0, 1), ylim=(-0.6, 3.6))
    left.set_axis_off()
    left.axhline(0.5, color=INK, linewidth=1)
    right.set(xlim=(-REACH, REACH), ylim=(-0.6, 3.6), yticks=[], xticks=range(-4, 5, 2))
    right.spines["left"].set_visible(False)
    right.axvline(0, color=MUTED, linewidth=1)
    right.axhline(0.5, color=INK, linewidth=1)
    bars = right.barh(rows, [0.0] * 4, height=0.62, edgecolor=PAPER, linewidth=0, animated=True)
    # A thin line leads from each bar's end to the row where the next one begins.
    steps = [right.plot([0, 0], [row + 0.31, row - 1.31], color=MUTED, linewidth=1, animated=True)[0]
             for row in rows[:3]]
    # Triangles at the edges, beside the rows whose bar goes on outside.
    more = [right.plot([], [], marker, color=INK, markersize=6, clip_on=False, animated=True)[0] for marker in "<>"]
    terms = [left.text(0, row, "", va="center", animated=True) for row in rows]
    values = [left.text(0.95, row, "", va="center", ha="right", animated=True) for row in rows]
    values[3].set_fontweight("bold")

    def show(x, w, z):
        parts = [*(w * x), z]
        ends = np.cumsum(w * x)
        starts = [0.0, *ends[:2], 0.0]
        outside = [[], []]
        for i, (bar, part, start) in enumerate(zip(bars, parts, starts, strict=True)):
            ends_at = start if np.isnan(part) else float(np.clip(start + part, -2 * REACH, 2 * REACH))
            bar.set(x=min(start, ends_at), width=abs(ends_at - start), **_look(part))
            for side, beyond in enumerate((min(start, ends_at) < -REACH, max(start, ends_at) > REACH)):
                if beyond:
                    outside[side].append(rows[i])
            terms[i].set_text(f"w{'₀₁₂'[i]}x{'₀₁₂'[i]} = {short(w[i])} · {_factor(x[i])}" if i < 3 else "z")
            values[i].set_text(("+" if part > FLAT else "") + _short(part))
        for step, end in zip(steps, ends, strict=True):
            step.set_xdata([end, end])
        for triangles, edge, beyond in zip(more, (-REACH, REACH), outside, strict=True):
            triangles.set_data([1.05 * edge] * len(beyond), beyond)

    return show


def _factor(value: float) -> str:
    return f"({short(value)})" if value < 0 else short(value)


def _plane(ax):
    """The plane of x₁ and x₂; returns the function that shows line, sides and point, and says where they are."""
    ax.set(xlim=(-EDGE, EDGE), ylim=(-EDGE, EDGE), aspect="equal", xlabel="x₁", ylabel="x₂", xticks=range(-4, 5, 2),
           yticks=range(-4, 5, 2))
    corners = EDGE * np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]])
    sides = [Polygon(corners, facecolor=soft, hatch=hatch, edgecolor=PAPER, linewidth=0, animated=True)
             for soft, hatch in zip(SOFT[:2], HATCHES[:2], strict=True)]
    for side in sides:
        ax.add_patch(side)
    names = [ax.text(0, 0, word, animated=True) for word in ("z > 0", "z < 0", "z = 0")]
    line, = ax.plot([], [], color=INK, animated=True)
    square, = ax.plot([], [], color=INK, linewidth=1, animated=True)
    plumb, = ax.plot([], [], color=POINT, linewidth=1.5, linestyle=":", animated=True)
    arrow = FancyArrowPatch((0, 0), (1, 1), arrowstyle="-|>", mutation_scale=12, shrinkA=0, shrinkB=0, linewidth=2,
                            color=INK, animated=True)
    ax.add_patch(arrow)
    tip = ax.text(0, 0, "(w₁, w₂)", fontsize=9, va="center", animated=True, clip_on=True)
    point, = ax.plot([0], [0], "o", color=POINT, markersize=8, markeredgecolor=PAPER, animated=True)
    label = ax.text(0, 0, "x", color=POINT, fontweight="bold", animated=True)

    def show(x, w, z):
        heights = w[0] + corners @ w[1:]
        for side, sign in zip(sides, (1, -1), strict=True):
            area = _part_above(corners, sign * heights)
            side.set_visible(len(area) > 2)
            side.set_xy(area if len(area) > 2 else corners)
        # Each side is named in the corner that is farthest on that side.
        for name, corner in zip(names[:2], (np.argmax(heights), np.argmin(heights)), strict=True):
            right, top = corners[corner] > 0
            name.set(position=0.93 * corners[corner], ha="right" if right else "left", va="top" if top else "bottom")
        names[0].set_visible(heights.max() > FLAT)
        names[1].set_visible(heights.min() < -FLAT)
        names[2].set(position=(0, 0.93 * EDGE), ha="center", va="top", visible=not np.any(w))

        point.set_data([x[1]], [x[2]])
        # Above the point, or below it where the names of the sides may stand.
        high = x[2] > EDGE - 1.25
        label.set(position=(x[1] + 0.25, x[2] + (-0.25 if high else 0.25)), va="top" if high else "baseline")
        norm = float(np.hypot(w[1], w[2]))
        segment = _segment(w, norm)
        for artist in (line, square, arrow, tip):
            artist.set_visible(segment is not None)
        plumb.set_visible(norm > 0)
        if norm == 0:
            return _("no line, for z is {z} everywhere").format(z=_short(w[0]))
        normal = w[1:] / norm
        distance = float(np.sum(w * x)) / norm
        plumb.set_data(*np.transpose([x[1:], x[1:] - distance * normal]))
        where = _("signed distance to the line z = 0: from x {distance}, from the origin {origin}").format(
            distance=_short(distance), origin=_short(w[0] / norm))
        if segment is None:
            return where + " " + _("(the line is outside the picture)")
        ends, foot = segment
        along = np.array([-normal[1], normal[0]])
        line.set_data(*ends.T)
        square.set_data(*np.transpose([foot + 0.25 * along, foot + 0.25 * (along + normal), foot + 0.25 * normal]))
        arrow.set_positions(foot, foot + w[1:])
        # Beside the tip, on the side to which the arrow leans, the label keeps clear of the line and of x's dotted way.
        way = 1 if w[1] >= 0 else -1
        tip.set(position=foot + w[1:] + np.array([0.25 * way, 0]), ha="left" if way > 0 else "right")
        return where

    return show


def _part_above(corners, heights):
    """The part of a convex polygon where a linear function, given by its values at the corners, is above zero."""
    area = []
    for i in range(len(corners)):
        a, b, ha, hb = corners[i - 1], corners[i], heights[i - 1], heights[i]
        if (ha > 0) != (hb > 0):
            area.append(a + (b - a) * ha / (ha - hb))
        if hb > 0:
            area.append(b)
    return np.array(area)


def _segment(w, norm):
    """The ends of the line z = 0 within the view, (2, 2), and its point nearest to the origin, (2,); or None."""
    if norm == 0:
        return None
    normal = w[1:] / norm
    foot, along = -w[0] / norm * normal, np.array([-normal[1], normal[0]])
    low, high = -np.inf, np.inf
    for start, step in zip(foot, along, strict=True):
        if abs(step) > FLAT:
            to_edges = sorted([(-EDGE - start) / step, (EDGE - start) / step])
            low, high = max(low, to_edges[0]), min(high, to_edges[1])
        elif abs(start) > EDGE:
            return None
    if low > high:
        return None
    return foot + np.outer([low, high], along), foot + np.clip(0, low, high) * along
