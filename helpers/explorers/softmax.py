"""The explorers of lesson 05, softmax."""

from collections.abc import Callable

import numpy as np
from matplotlib.patches import Wedge

from helpers import activations, learner, losses
from helpers.live import Live, Slider, explorer
from helpers.style import GRID, POINT, Bars, picture, short, vector
from helpers.words import _

THREAD = {"z0": 1.78, "z1": 0.76, "z2": 1.65}


@explorer
def explore_softmax(softmax: Callable = activations.softmax) -> Live:
    """Three net inputs on sliders: the bars of softmax beside the logistic outputs and those divided by their sum.

    Parameters
    ----------
    softmax : callable
        The learner's own function: net inputs (3,) → probabilities (3,). It is called with (z + c) / T.
    """
    softmax = learner.numbers(softmax, "softmax")
    figure, axes = picture(4, width_ratios=[3, 3, 3, 2.2])
    titles = (_("softmax"), _("logistic φ"), _("q = φ / sum of φ"))
    bars, sums = [], []
    for ax, title, letter in zip(axes[:3], titles, ("p", "φ", "q"), strict=True):
        ax.set(ylim=(0, 1.15), xticks=range(3), xticklabels=[f"{letter}{i}" for i in "₀₁₂"],
               yticks=[0, 0.5, 1], title=title)
        ax.axhline(1, color=GRID, linewidth=1)
        bars.append(Bars(ax, 3))
        sums.append(ax.text(1, 0.985, "", transform=ax.transAxes, ha="right", va="top", animated=True))
    needle, dial = _dial(axes[3])

    def follow(z0, z1, z2, T, c):
        z = np.array([z0, z1, z2])
        p = softmax((z + c) / T)
        phi = activations.logistic(z + c)
        rows = (p, phi, phi / phi.sum())
        for bar, label, row in zip(bars, sums, rows, strict=True):
            bar.show(row)
            label.set_text(f"Σ = {short(round(float(row.sum()), 4))}")
        entropy = float(losses.entropy(p)) if np.all(p >= 0) and abs(p.sum() - 1) < 1e-6 else float("nan")
        turn = np.pi * (1 - entropy / np.log(3))
        needle.set_data([0, 0.85 * np.cos(turn)], [0, 0.85 * np.sin(turn)])
        dial.set_text(f"{entropy:.3f}")
        return _("softmax: z = {z}, T = {T}, c = {c} → p = {p}, sum {sum}; logistic φ = {phi}, sum {phi_sum}; "
                 "divided by it q = {divided}; entropy {entropy} nats").format(
            z=vector(z, None), T=short(T), c=short(c), p=vector(p), sum=short(round(float(p.sum()), 4)),
            phi=vector(phi), phi_sum=short(round(float(phi.sum()), 4)), divided=vector(rows[2]), entropy=f"{entropy:.4f}")

    controls = [*(Slider(f"z{i}", f"z{'₀₁₂'[i]}", THREAD[f"z{i}"], -5, 5) for i in range(3)),
                Slider("T", _("temperature T"), 1, 0.05, 10, 0.05), Slider("c", _("add c to every z"), 0, -10, 10, 0.1)]
    return Live("softmax", figure, follow, controls, {
        _("The thread"): {**THREAD, "T": 1, "c": 0},
        _("All equal"): {"z0": 1, "z1": 1, "z2": 1},
        _("One far ahead"): {"z0": 5, "z1": 0, "z2": -5},
        _("Cold, T = 0.1"): {"T": 0.1},
        _("Hot, T = 10"): {"T": 10},
    })


def _dial(ax):
    """A half-circle from 0 to ln 3 with a needle for the entropy; returns the needle and the number below it."""
    ax.set(xlim=(-1.15, 1.15), ylim=(-0.4, 1.2), aspect="equal", title=_("entropy"))
    ax.set_axis_off()
    ax.add_patch(Wedge((0, 0), 1, 0, 180, width=0.12, color=GRID))
    ax.text(-1, -0.08, "0", ha="center", va="top", fontsize=9)
    ax.text(1, -0.08, "ln 3", ha="center", va="top", fontsize=9)
    needle, = ax.plot([0, 0], [0, 0.85], color=POINT, linewidth=3, solid_capstyle="round", animated=True)
    return needle, ax.text(0, -0.08, "", ha="center", va="top", animated=True)
