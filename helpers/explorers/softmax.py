"""The explorers of lesson 05, softmax."""

from collections.abc import Callable

import numpy as np
from matplotlib.patches import Polygon, Wedge

from helpers import activations, learner
from helpers.explorers.thread import THREAD, net_inputs
from helpers.live import Choice, Live, Slider, explorer
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
    total,
    vector,
)
from helpers.words import _


def _prediction(p: np.ndarray) -> str:
    best = top(p)
    if not best.size:
        return _("no predicted class")
    if best.size > 1:
        return _("tie of classes {classes}").format(classes=", ".join(map(str, best)))
    return _("predicted class {i}").format(i=best[0])


# ---- softmax beside its rivals ------------------------------------------------------------------------------------

@explorer
def explore_softmax(softmax: Callable = activations.softmax) -> Live:
    """Three net inputs on sliders: the bars of softmax beside the logistic outputs and those divided by their sum.

    A small triangle stands in the largest bar, or over it where it is low (in a tie, at each of them); the needle
    shows the entropy of softmax.

    Parameters
    ----------
    softmax : callable
        The learner's own function: net inputs (3,) → probabilities (3,). It is called with (z + c) / T.
    """
    softmax = learner.numbers(softmax, "softmax")
    figure, axes = picture(4, width_ratios=[3, 3, 3, 2.2])
    titles = (_("softmax"), _("logistic φ"), _("q = φ / sum of φ"))
    bars, sums, marks = [], [], []
    for ax, title, letter in zip(axes[:3], titles, ("p", "φ", "q"), strict=True):
        ax.set(ylim=(0, 1.2), xlim=(-0.6, 2.6), xticks=range(3), xticklabels=[f"{letter}{i}" for i in "₀₁₂"],
               yticks=[0, 0.5, 1], title=title)
        ax.axhline(1, color=GRID, linewidth=1)
        bars.append(Bars(ax, 3))
        sums.append(ax.text(1, 1, "", transform=ax.transAxes, ha="right", va="top", animated=True))
        marks += ax.plot([], [], "^", color=PAPER, markeredgecolor=INK, markersize=8, zorder=5, animated=True)
    needle, dial = _dial(axes[3])

    def follow(z0, z1, z2, T, c):
        z = np.array([z0, z1, z2])
        p = softmax((z + c) / T)
        phi = activations.logistic(z + c)
        rows = (p, phi, phi / phi.sum())
        for bar, label, mark, row in zip(bars, sums, marks, rows, strict=True):
            bar.show(row)
            label.set_text(f"Σ = {total(row)}")
            best = top(row)
            mark.set_data(best, np.where(row[best] > 0.12, 0.06, row[best] + 0.16))   # over the number of a low bar
        entropy = _entropy(p)
        turn = np.pi * (1 - entropy / np.log(3))
        needle.set_data([0, 0.85 * np.cos(turn)], [0, 0.85 * np.sin(turn)])
        dial.set_text(number(entropy, 3))
        return _("softmax: z = {z}, T = {T}, c = {c} → p = {p}, sum {p_sum}, {prediction}, entropy {entropy}; "
                 "logistic φ = {phi}, sum {phi_sum}; q = {q}, sum {q_sum}").format(
            z=vector(z, None), T=short(T), c=short(c), p=vector(p), p_sum=total(p), prediction=_prediction(p),
            entropy=number(entropy), phi=vector(phi), phi_sum=total(phi), q=vector(rows[2]), q_sum=total(rows[2]))

    # As cold as 0.01, so that a softmax without the maximum subtracted overflows within reach of the sliders.
    controls = [*net_inputs(), Slider("T", _("temperature T"), 1, 0.01, 10),
                Slider("c", _("add c to every z"), 0, -10, 10, 0.1)]
    return Live("softmax", figure, follow, controls, {
        _("The thread"): {**THREAD, "T": 1, "c": 0},
        _("All equal"): {"z0": 1, "z1": 1, "z2": 1},
        _("One far ahead"): {"z0": 5, "z1": 2, "z2": 1},
        _("Cold, T = 0.1"): {"T": 0.1},
        _("Hot, T = 10"): {"T": 10},
        _("Coldest, c = 10"): {"T": 0.01, "c": 10},
    })


def _entropy(p: np.ndarray) -> float:
    """Entropy in nats; nan where a learner's function gives no probabilities."""
    if not (np.all(p >= 0) and abs(p.sum() - 1) < 1e-6):
        return float("nan")
    return float(-np.sum(p * np.log(np.where(p > 0, p, 1)))) + 0.0


def _dial(ax):
    """A half-circle from 0 to ln 3 with a needle for the entropy; returns the needle and the number below it."""
    ax.set(xlim=(-1.15, 1.15), ylim=(-0.4, 1.2), aspect="equal", title=_("entropy"))
    ax.set_axis_off()
    ax.add_patch(Wedge((0, 0), 1, 0, 180, width=0.12, color=GRID))
    ax.text(-1, -0.08, "0", ha="center", va="top", fontsize=9)
    ax.text(1, -0.08, "ln 3", ha="center", va="top", fontsize=9)
    needle, = ax.plot([0, 0], [0, 0.85], color=POINT, linewidth=3, solid_capstyle="round", animated=True)
    return needle, ax.text(0, -0.08, "", ha="center", va="top", animated=True)


# ---- the probability triangle -------------------------------------------------------------------------------------

CORNERS = np.array([[0, 0], [1, 0], [0.5, np.sqrt(0.75)]])   # where p₀ = 1, p₁ = 1, p₂ = 1
TRACK = 400                                                  # so many points are remembered
TEMPERATURES = np.geomspace(0.05, 50, 121)
_COOLING = np.concatenate([[0], np.geomspace(0.02, 2e4, 100)])   # the spread of z, divided by T


@explorer
def explore_triangle(softmax: Callable = activations.softmax) -> Live:
    """All probabilities of three classes as one triangle: the point of these net inputs, its track, its path over T.

    A corner is certainty, the centre is ignorance; each third is where its class is predicted. The dashed path is
    softmax(z / T) from T → ∞, the centre, to T → 0; the right picture shows the same over T.

    Parameters
    ----------
    softmax : callable
        The learner's own function: net inputs (3,) → probabilities (3,). It is called with z / T. The path and the
        curves are the course's own: where the two part, the point leaves them.
    """
    softmax = learner.numbers(softmax, "softmax")
    figure, (plane, over) = picture(2, height=3.5, width_ratios=[1, 1.15])
    _draw_triangle(plane)
    path, = plane.plot([], [], "--", color=INK, linewidth=1.6, animated=True)
    end, = plane.plot([], [], "s", color=INK, markersize=6, animated=True)
    track, = plane.plot([], [], "-", color=POINT, linewidth=1, alpha=0.75, animated=True)
    point, = plane.plot([], [], "o", color=POINT, markersize=10, markeredgecolor=PAPER, animated=True, zorder=6)

    over.set(xscale="log", xlim=(0.05, 50), ylim=(0, 1.02), yticks=[0, 1 / 3, 1], yticklabels=["0", "1/3", "1"],
             xticks=[0.1, 1, 10], xticklabels=["0.1", "1", "10"], xlabel="T", title=_("p over temperature T"))
    over.xaxis.minorticks_off()
    over.axhline(1 / 3, color=GRID, linewidth=1)
    styles = ("-", "--", ":")
    curves = [over.plot([], [], style, color=colour, animated=True, label=f"p{i}")[0]
              for style, colour, i in zip(styles, CLASSES, "₀₁₂", strict=True)]
    over.legend(handles=[over.plot([], [], style, color=colour, label=f"p{i}")[0]
                         for style, colour, i in zip(styles, CLASSES, "₀₁₂", strict=True)],
                loc="upper right", frameon=False, handlelength=2.6)
    now, = over.plot([], [], color=MUTED, linewidth=1, animated=True)
    dots, = over.plot([], [], "o", color=POINT, markersize=6, markeredgecolor=PAPER, animated=True, zorder=6)

    def probabilities(z0, z1, z2, T):
        return softmax(np.array([z0, z1, z2]) / T)

    def remember(memory, **values):
        p = probabilities(**values)
        track = np.empty((0, 3)) if memory is None else memory
        if not np.all(np.isfinite(p)) or np.array_equal(p, track[-1:].ravel()):
            return track
        return np.vstack([track, p])[-TRACK:]

    def follow(z0, z1, z2, T, memory):
        z = np.array([z0, z1, z2])
        p = probabilities(z0, z1, z2, T)
        spread = np.ptp(z) or 1.0
        cooling = activations.softmax(np.outer(_COOLING / spread, z)) @ CORNERS
        path.set_data(*cooling.T)
        end.set_data(*cooling[-1:].T)
        track.set_data(*(memory @ CORNERS).T)
        point.set_data(*(p[np.newaxis] @ CORNERS).T)
        for curve, values in zip(curves, activations.softmax(z / TEMPERATURES[:, np.newaxis]).T, strict=True):
            curve.set_data(TEMPERATURES, values)
        now.set_data([T, T], [0, 1])
        dots.set_data([T] * 3, p)
        return _("triangle: z = {z}, T = {T} → p = {p}, sum {sum}, {prediction}").format(
            z=vector(z, None), T=short(T), p=vector(p), sum=total(p), prediction=_prediction(p))

    controls = [*net_inputs(), Slider("T", _("temperature T"), 1, 0.05, 10)]
    return Live("triangle", figure, follow, controls, {
        _("The thread"): {**THREAD, "T": 1},
        _("The thread, 2 more each"): {name: round(z + 2, 2) for name, z in THREAD.items()},
        _("All equal"): {"z0": 1, "z1": 1, "z2": 1},
        _("Two tie"): {"z0": 2, "z1": 2, "z2": 0},
        _("Cold, T = 0.1"): {"T": 0.1},
        _("Hot, T = 10"): {"T": 10},
    }, remember)


def _draw_triangle(ax) -> None:
    """The triangle and, in it, where each class is predicted: its corner, the centre and two middles of edges."""
    ax.set(xlim=(-0.2, 1.2), ylim=(-0.13, 1.0), aspect="equal")
    ax.set_axis_off()
    centre = CORNERS.mean(axis=0)
    for i in range(3):
        corner, after, before = CORNERS[i], CORNERS[(i + 1) % 3], CORNERS[(i + 2) % 3]
        third = Polygon([corner, (corner + after) / 2, centre, (corner + before) / 2])
        third.set(facecolor=SOFT[i], edgecolor=GRID, linewidth=1, hatch=HATCHES[i])
        ax.add_patch(third)
        ax.text(*(0.55 * corner + 0.45 * centre), str(i), color=CLASSES[i], weight="bold", ha="center", va="center",
                bbox={"facecolor": PAPER, "edgecolor": "none", "boxstyle": "circle,pad=0.2"})
    ax.add_patch(Polygon(CORNERS, fill=False, edgecolor=MUTED, linewidth=1.2))
    for (x, y), i in zip(CORNERS, "₀₁₂", strict=True):
        ax.text(x, y + (0.03 if y else -0.03), f"p{i} = 1", ha="center", va="bottom" if y else "top")


# ---- the overflow cliff -------------------------------------------------------------------------------------------

DTYPES = {"float16": np.float16, "float32": np.float32, "float64": np.float64}


def cliff(dtype: str) -> float:
    """The largest z whose exponential a floating-point type can hold: the logarithm of its largest number.

    Parameters
    ----------
    dtype : str
        "float16", "float32" or "float64".

    Examples
    --------
    >>> [round(cliff(dtype), 2) for dtype in DTYPES]
    [11.09, 88.72, 709.78]
    """
    return float(np.log(np.float64(np.finfo(DTYPES[dtype]).max)))


def textbook(z: np.ndarray) -> np.ndarray:
    """Softmax as the formula stands: right on paper, and nan as soon as an exponential overflows.

    Parameters
    ----------
    z : ndarray, shape (K,)
        Net inputs.

    Returns
    -------
    ndarray, shape (K,)

    Examples
    --------
    >>> textbook(np.array([1.78, 0.76, 1.65])).round(4)
    array([0.4467, 0.1611, 0.3922])
    """
    e = np.exp(z)
    return e / e.sum()


@explorer
def explore_overflow(naive: Callable = textbook, stable: Callable = activations.softmax) -> Live:
    """Net inputs s, s − 1, s − 2, whose softmax is the same for every s: where the formula as it stands breaks.

    The strips show how far exp reaches in each type of number: up to ln(largest number), from there on its result is
    inf, and softmax is nan.

    Parameters
    ----------
    naive, stable : callable
        The learner's own functions: net inputs (3,) of the type chosen → probabilities (3,).
    """
    naive, stable = learner.numbers(naive, "naive"), learner.numbers(stable, "stable")
    figure, axes = picture(3, height=3.3, width_ratios=[1, 1, 1.7])
    bars, states = [], []
    for ax, title in zip(axes[:2], (_("naive"), _("stable")), strict=True):
        ax.set(ylim=(0, 1.2), xlim=(-0.6, 2.6), xticks=range(3), xticklabels=["p₀", "p₁", "p₂"], yticks=[0, 0.5, 1],
               title=title)
        ax.axhline(1, color=GRID, linewidth=1)
        bars.append(Bars(ax, 3))
        states.append(ax.text(1, 1, "", transform=ax.transAxes, ha="right", va="top", animated=True))
    strips = axes[2]
    _draw_strips(strips)
    line, = strips.plot([], [], color=MUTED, linewidth=1, animated=True)
    point, = strips.plot([], [], "o", color=POINT, markersize=10, markeredgecolor=PAPER, animated=True, zorder=6)
    word = strips.text(0, 0, "", weight="bold", va="bottom", ha="center", animated=True, zorder=7)

    def follow(dtype, s):
        z = DTYPES[dtype](s) - np.arange(3, dtype=DTYPES[dtype])
        results = naive(z), stable(z)
        for bar, state, p in zip(bars, states, results, strict=True):
            bar.show(p)
            state.set_text(f"Σ = {total(p)}")
        row, at = list(DTYPES).index(dtype), max(s, 1.0)
        line.set_data([at, at], [-0.6, 2.6])
        point.set_data([at], [row])
        word.set(position=(min(max(at, 2.8), 350), row + 0.16), text=f"p₀ = {number(results[0][0])}")
        top = np.exp(z[0])
        return _("overflow: {dtype}, s = {s}, z = {z}, exp(z₀) = {top} (inf above {cliff}) → naive p = {naive}, "
                 "sum {naive_sum}; stable p = {stable}, sum {stable_sum}").format(
            dtype=dtype, s=short(s), z="[" + ", ".join(f"{v:.7g}" for v in z.astype(float)) + "]",
            top=f"{float(top):.4g}", cliff=f"{cliff(dtype):.2f}", naive=vector(results[0]), naive_sum=total(results[0]),
            stable=vector(results[1]), stable_sum=total(results[1]))

    controls = [Choice("dtype", _("type of number"), "float64", {name: name for name in DTYPES}),
                Slider("s", _("size s of z"), 2, 0, 800)]
    # Of each type the last s at which all is well, one at which the sum has overflowed, and the first nan.
    steps = {"float16": (10.68, 11.08, 11.09), "float32": (88.31, 88.72, 88.73), "float64": (709.37, 709.78, 709.79)}
    return Live("overflow", figure, follow, controls, {
        f"{dtype}, {s}": {"dtype": dtype, "s": s} for dtype in DTYPES for s in steps[dtype]})


def _draw_strips(ax) -> None:
    """One strip for each type: plain as far as exp is a number, hatched where it is inf."""
    ax.set(xscale="log", xlim=(1, 1000), ylim=(-0.6, 2.8), yticks=range(3), yticklabels=list(DTYPES), xlabel="s",
           xticks=[1, 10, 100, 1000], xticklabels=["1", "10", "100", "1000"], title=_("exp(s): a number, or inf"))
    ax.xaxis.minorticks_off()
    ax.tick_params(left=False)
    ax.spines["left"].set_visible(False)
    for row, dtype in enumerate(DTYPES):
        end = cliff(dtype)
        ax.barh(row, end - 1, left=1, height=0.28, color=SOFT[0])
        ax.barh(row, 1000 - end, left=end, height=0.28, color=SOFT[1], hatch="///", edgecolor=CLASSES[1], linewidth=0)
        ax.plot([end, end], [row - 0.2, row + 0.2], color=INK)
        if row < 2:
            ax.text(np.sqrt(1000 * end), row, "inf", ha="center", va="center", fontsize=9,
                    bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 1})
        ax.text(end, row - 0.22, f"{end:.2f}", ha="center" if end < 500 else "right", va="top", fontsize=9)
