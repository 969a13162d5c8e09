"""Five ways to a picture that follows a slider, as a notebook's cell would run them; the benchmark drags each.

All show the same: softmax's shares as bars beside a curve, from four sliders, of which the benchmark moves z₀ over the
same 201 positions. The value that is on display has to be read in the page (see ``sampler.js``): each candidate shows
it in its own way, so that reading it costs none of them anything to speak of.
"""

from pathlib import Path

import anywidget
import ipywidgets
import matplotlib.pyplot as plt
import numpy as np
import traitlets
from IPython import get_ipython
from IPython.display import display
from matplotlib.patches import Rectangle

from helpers import activations
from helpers.live import Live, Slider, explorer
from helpers.style import CLASSES, CURVE, HATCHES, Bars, picture, short, vector

LOW, HIGH, STEP = -5, 5, 0.05
START = {"z0": -5.0, "z1": 0.75, "z2": 1.65, "T": 1.0}
FIGURE = 8, 3.2                    # inches, at 100 pixels each
SETTING = {**START, "low": LOW, "high": HIGH, "step": STEP, "width": 250, "colours": CLASSES}     # for the pages' own


def curve(x, z0, T):
    """The logistic function, moved to z₀."""
    return activations.logistic((x - z0) / T)


def shares(z0, z1, z2, T, bars=3):
    """Softmax of the three net inputs, and of as many more as there are to be bars."""
    return activations.softmax(np.array([z0, z1, z2, *np.sin(np.arange(3, bars))]), temperature=T)


def _prepare(left, right, bars=3) -> None:
    left.set(xlim=(LOW, HIGH), ylim=(0, 1.1), xlabel="x", title="φ((x − z₀) / T)")
    right.set(xlim=(-0.6, bars - 0.4), ylim=(0, 1.1), title="softmax", xticks=range(0, bars, -(-bars // 10)))


def _sliders() -> dict[str, ipywidgets.FloatSlider]:
    return {name: ipywidgets.FloatSlider(value, min=0.1 if name == "T" else LOW, max=10 if name == "T" else HIGH,
                                         step=STEP, description=name, layout={"width": "450px"})
            for name, value in START.items()}


def interact() -> None:
    """What most courses do: a fresh figure at each change. The text above it states the value that it shows."""
    get_ipython().run_line_magic("matplotlib", "inline")
    x = np.linspace(LOW, HIGH, 200)

    def draw(z0, z1, z2, T):
        print(f"z0 = {z0:.2f}")
        _, (left, right) = plt.subplots(1, 2, figsize=FIGURE)
        _prepare(left, right)
        left.plot(x, curve(x, z0, T), color=CURVE, linewidth=2)
        bars = right.bar(range(3), shares(z0, z1, z2, T), color=CLASSES, hatch=HATCHES)
        right.bar_label(bars, fmt="%.4f")
        plt.show()

    ipywidgets.interact(draw, **_sliders())


def ipympl() -> None:
    """One figure whose artists are changed in place. The grey of its first pixels tells the value: 0 is the lowest."""
    get_ipython().run_line_magic("matplotlib", "widget")
    plt.close("all")     # what an earlier run of the cell left
    x, sliders = np.linspace(LOW, HIGH, 200), _sliders()
    with plt.ioff():
        figure, (left, right) = plt.subplots(1, 2, figsize=FIGURE)
    figure.canvas.header_visible = figure.canvas.footer_visible = figure.canvas.toolbar_visible = False
    _prepare(left, right)
    line, = left.plot(x, x, color=CURVE, linewidth=2)
    bars = right.bar(range(3), [0, 0, 0], color=CLASSES, hatch=HATCHES)
    labels = [right.text(i, 0, "", ha="center", va="bottom") for i in range(3)]
    grey = figure.add_artist(Rectangle((0, 0.97), 0.01, 0.03, linewidth=0, antialiased=False))

    def update(_=None):
        values = {name: slider.value for name, slider in sliders.items()}
        line.set_ydata(curve(x, values["z0"], values["T"]))
        for i, (bar, label, share) in enumerate(zip(bars, labels, shares(**values), strict=True)):
            bar.set_height(share)
            label.set(position=(i, share + 0.02), text=f"{share:.4f}")
        grey.set_facecolor(str(round((values["z0"] - LOW) / STEP) / 255))
        figure.canvas.draw_idle()

    for slider in sliders.values():
        slider.observe(update, "value")
    update()
    display(ipywidgets.VBox([*sliders.values(), figure.canvas]))


@explorer
def ours(points: int = 200, bars: int = 3) -> Live:
    """The live picture. Its line of numbers states the value."""
    figure, (left, right) = picture(2)
    _prepare(left, right, bars)
    x = np.linspace(LOW, HIGH, points)
    line, = left.plot(x, x, color=CURVE, animated=True)
    heights = Bars(right, bars)

    def follow(z0, z1, z2, T):
        p = shares(z0, z1, z2, T, bars)
        line.set_ydata(curve(x, z0, T))
        heights.show(p)
        return f"picture: z = {vector([z0, z1, z2], None)}, T = {short(T)} → p = {vector(p[:3])}"

    return Live("picture", figure, follow, [
        *(Slider(f"z{i}", f"z{'₀₁₂'[i]}", START[f"z{i}"], LOW, HIGH, STEP) for i in range(3)),
        Slider("T", "T", START["T"], 0.1, 10, STEP)])


class Floor(anywidget.AnyWidget):
    """The least that a kernel can do: its callback returns a number, which the page shows as text."""

    _esm = Path(__file__).with_name("floor.js")
    setting = traitlets.Dict(SETTING).tag(sync=True)
    value = traitlets.Float(START["z0"]).tag(sync=True)
    answer = traitlets.Float(START["z0"]).tag(sync=True)

    @traitlets.observe("value")
    def _answer(self, change) -> None:
        self.answer = self.value


class Limit(anywidget.AnyWidget):
    """The same picture, computed and drawn by the page alone; the canvas keeps the value that it shows."""

    _esm = Path(__file__).with_name("limit.js")
    setting = traitlets.Dict(SETTING).tag(sync=True)
