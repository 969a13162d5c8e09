"""The explorer of lesson 00: a first taste."""

from collections.abc import Callable

import numpy as np

from helpers import activations, learner
from helpers.explorers.thread import THREAD, net_inputs
from helpers.live import Live, explorer
from helpers.style import CLASSES, GRID, HATCHES, INK, MUTED, PAPER, Bars, picture, total, vector
from helpers.words import _


@explorer
def explore_three_bars(probabilities: Callable = activations.softmax) -> Live:
    """Three numbers on sliders, three probability bars, and the three stacked upon each other.

    Parameters
    ----------
    probabilities : callable
        The learner's own function: three numbers (3,) → three probabilities (3,).
    """
    probabilities = learner.numbers(probabilities, "probabilities")
    figure, (beside, above) = picture(2, width_ratios=[3.2, 1])
    beside.set(ylim=(0, 1.1), xlim=(-0.6, 2.6), xticks=range(3), xticklabels=["p₀", "p₁", "p₂"],
               yticks=[0, 0.5, 1], yticklabels=["0", "1/2", "1"], title=_("three bars"))
    beside.axhline(1, color=GRID, linewidth=1)
    bars = Bars(beside, 3, digits=2)

    above.set(ylim=(0, 1.1), xlim=(-0.6, 0.6), xticks=[], yticks=[0, 0.5, 1], yticklabels=["0", "1/2", "1"],
              title=_("stacked"))
    above.axhline(1, color=INK, linewidth=1.5, linestyle="--")
    parts = above.bar([0] * 3, [0.0] * 3, width=0.7, animated=True, edgecolor=PAPER, linewidth=1)
    names = [above.text(0, 0, "", ha="center", va="center", animated=True, fontsize=9,
                        bbox={"facecolor": PAPER, "edgecolor": "none", "boxstyle": "round,pad=0.15"}) for i in range(3)]
    for i, part in enumerate(parts):
        part.set(facecolor=CLASSES[i], hatch=HATCHES[i])
    sum_of_all = above.text(1, 1, "", transform=above.transAxes, ha="right", va="top", animated=True, color=MUTED)

    def follow(z0, z1, z2):
        z = np.array([z0, z1, z2])
        p = probabilities(z)
        bars.show(p)
        # Only what is a height can be stacked; what is outside of the axes ends at their edge.
        heights = np.where(np.isfinite(p) & (p > 0), p, 0)
        ends = np.clip(np.cumsum(heights), 0, 1.1)
        for i, (part, name, low, high) in enumerate(zip(parts, names, [0, *ends[:2]], ends, strict=True)):
            part.set(y=low, height=high - low)
            name.set(position=(0, (low + high) / 2), text=f"p{'₀₁₂'[i]}" if high - low > 0.09 else "")
        sum_of_all.set_text(f"Σ = {total(p)}")
        return _("three bars: z = {z} → p = {p}, sum {sum}").format(z=vector(z, None), p=vector(p), sum=total(p))

    return Live("three bars", figure, follow, net_inputs(), {
        _("The thread"): THREAD,
        _("All at 2"): {"z0": 2, "z1": 2, "z2": 2},
        _("All at −4"): {"z0": -4, "z1": -4, "z2": -4},
        _("One far ahead"): {"z0": 5, "z1": 0, "z2": 0},
        _("Two against one"): {"z0": 3, "z1": 3, "z2": 0},
    })
