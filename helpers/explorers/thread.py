"""The thread's three net inputs and its true class, as controls: the same in every lesson that moves them."""

from helpers.live import Choice, Slider
from helpers.words import _

THREAD = {"z0": 1.78, "z1": 0.76, "z2": 1.65}


def net_inputs() -> list[Slider]:
    """Return the sliders z₀, z₁ and z₂, which stand where the thread has them."""
    return [Slider(name, f"z{'₀₁₂'[i]}", value, -5, 5) for i, (name, value) in enumerate(THREAD.items())]


def true_class() -> Choice:
    """Return the choice of the true class y, 0 at first."""
    return Choice("y", _("true class"), "0", {str(i): _("class {i}").format(i=i) for i in range(3)})
