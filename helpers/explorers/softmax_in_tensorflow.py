"""The explorer of lesson 06, softmax in TensorFlow: what a second softmax does to the loss."""

from collections.abc import Callable

import numpy as np

from helpers import activations, learner
from helpers.live import Live, Slider, explorer
from helpers.style import CLASSES, CURVE, GRID, INK, MUTED, PAPER, TRUTH, Bars, number, picture, short
from helpers.words import _

MARGINS = np.linspace(-10, 10, 201)
MOST = 100      # classes
COUNTS = np.arange(2, MOST + 1)


def floor(classes: float) -> float:
    """The loss that a doubled softmax never falls below, ln(1 + (K − 1) / e), in nats.

    The first softmax leaves probabilities, which are at most 1 apart. To the second one these are net inputs, and of
    such the true class gets most where it has 1 and all others 0: e / (e + K − 1).

    Examples
    --------
    >>> print(f"{floor(3):.3f} {floor(10):.3f}")
    0.551 1.461
    """
    return np.log1p((classes - 1) / np.e)


@explorer
def explore_doubled(softmax: Callable = activations.softmax) -> Live:
    """The loss over the lead of the true class, with one softmax and with two, and the floor of the second.

    Parameters
    ----------
    softmax : callable
        The learner's own function: net inputs (K,) → probabilities (K,). It is called with the margin of the true
        class and K − 1 zeros, and once more with what it returned. The curves are the course's own: where the two
        part, the points leave them.
    """
    softmax = learner.numbers(softmax, "softmax")
    figure, (over, shares, floors) = picture(3, height=3.5, width_ratios=[1.75, 1, 1.1])

    over.set(xlim=(-10, 10), ylim=(-0.5, 15), xlabel=_("margin"), title=_("loss over the margin"),
             xticks=[-10, -5, 0, 5, 10], yticks=[0, 5, 10, 15])
    over.axhline(0, color=GRID, linewidth=1)
    once, = over.plot([], [], color=CURVE, animated=True)
    twice, = over.plot([], [], "--", color=CLASSES[1], animated=True)
    bound, = over.plot([], [], ":", color=TRUTH, linewidth=1.8, animated=True)
    bound_number = over.text(-8.8, 0, "", color=TRUTH, va="bottom", fontsize=9, animated=True)
    line, = over.plot([], [], color=MUTED, linewidth=1, animated=True)
    at_once, at_twice = (over.plot([], [], marker, color=colour, markersize=size, markeredgecolor=PAPER, animated=True,
                                   zorder=6, clip_on=False)[0]
                         for marker, colour, size in (("o", CURVE, 9), ("s", CLASSES[1], 8)))
    over.legend(handles=[over.plot([], [], "-o", color=CURVE, label=_("once"))[0],
                         over.plot([], [], "--s", color=CLASSES[1], label=_("twice"))[0],
                         over.plot([], [], ":", color=TRUTH, label=_("floor"))[0]],
                loc="upper right", frameon=False, handlelength=2.8)

    shares.set(xlim=(-0.6, 1.6), ylim=(0, 1.2), xticks=range(2), xticklabels=[_("once"), _("twice")],
               yticks=[0, 0.5, 1], title=_("p of the true class"))
    shares.axhline(1, color=GRID, linewidth=1)
    bars = Bars(shares, 2, colours=(CURVE, CLASSES[1]), hatches=("", "///"))
    cap, = shares.plot([], [], ":", color=TRUTH, linewidth=1.8, animated=True)

    floors.set(xlim=(0, MOST), ylim=(0, 5), xlabel="K", title=_("floor over K"), xticks=[2, 50, 100], yticks=range(6))
    floors.plot(COUNTS, floor(COUNTS), color=TRUTH)
    floors.plot(COUNTS, np.log(COUNTS), "-.", color=MUTED, linewidth=1.4)
    floors.text(60, np.log(60) + 0.12, "ln K", color=MUTED, ha="center", va="bottom", fontsize=9)
    mark, = floors.plot([], [], "D", color=TRUTH, markersize=8, markeredgecolor=PAPER, animated=True, zorder=6,
                        clip_on=False)
    mark_number = floors.text(98, 0.3, "", color=INK, ha="right", fontsize=9, animated=True)

    def follow(margin, K):
        classes = max(2, round(K))     # a field takes any number
        z = np.zeros(classes)
        z[0] = margin
        p = softmax(z)
        again = softmax(p)
        losses = [float(-np.log(values[0])) + 0.0 for values in (p, again)]
        least = float(floor(classes))
        first, second = _curves(classes)
        once.set_data(MARGINS, first)
        twice.set_data(MARGINS, second)
        bound.set_data([-10, 10], [least, least])
        bound_number.set(position=(-8.8, least + 0.1), text=number(least, 3))
        line.set_data([margin, margin], [-0.5, 15])
        at_once.set_data([margin], losses[:1])
        at_twice.set_data([margin], losses[1:])
        bars.show([p[0], again[0]])
        most = np.exp(-least)
        cap.set_data([0.6, 1.4], [most, most])
        bars.labels[1].set_y(np.fmax(bars.labels[1].get_position()[1], most + 0.024 if again[0] <= most else 0))
        mark.set_data([classes], [least])
        mark_number.set_text(f"ln(1 + {classes - 1}/e) = {number(least, 3)}")
        return _("doubled: margin = {margin}, K = {K} → once p = {p}, loss {once}; twice p = {again}, loss {twice}, "
                 "floor {floor}").format(
            margin=short(margin), K=classes, p=number(p[0]), once=number(losses[0]), again=number(again[0]),
            twice=number(losses[1]), floor=number(least))

    controls = [Slider("margin", _("margin"), 2, -10, 10), Slider("K", _("K classes"), 3, 2, MOST, 1)]
    return Live("doubled", figure, follow, controls, {
        _("Undecided"): {"margin": 0},
        _("Sure and right"): {"margin": 10},
        _("Sure and wrong"): {"margin": -10},
        "K = 3": {"K": 3},
        "K = 10": {"K": 10},
        "K = 100": {"K": 100},
    })


def _curves(classes: int) -> tuple[np.ndarray, np.ndarray]:
    """The losses of the true class over `MARGINS`, with one softmax and with two."""
    # The others are all alike: two columns say it, and so 100 classes cost no more than 3.
    others = classes - 1
    once = np.logaddexp(MARGINS, np.log(others)) - MARGINS
    p = np.exp(-once)
    q = (1 - p) / others
    return once, np.log1p(others * np.exp(q - p))
