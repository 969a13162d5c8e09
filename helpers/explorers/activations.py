"""The explorers of lesson 03, activations."""

from collections.abc import Callable

import numpy as np
from contourpy import FillType, contour_generator
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from helpers import activations, learner
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

FUNCTIONS = {
    "linear": (activations.linear, activations.linear_derivative),
    "logistic": (activations.logistic, activations.logistic_derivative),
    "tanh": (activations.tanh, activations.tanh_derivative),
    "ReLU": (activations.relu, activations.relu_derivative),
}
"""Each activation function with its derivative."""

_STYLES = ((INK, ":"), (CURVE, "-"), (CLASSES[1], "--"), (CLASSES[2], "-."))


def _choice(value: str) -> Choice:
    return Choice("activation", _("activation"), value, {
        "linear": _("linear"), "logistic": _("logistic"), "tanh": "tanh", "ReLU": "ReLU"})


# ---- function and derivative --------------------------------------------------------------------------------------

FLAT = 0.1           # a unit counts as saturated where its slope is below this part of its largest
STEP = 1e-5          # to either side of z, to measure a slope
_KINK = 0.01         # by so much the slopes from left and right differ only where there is a kink
_Z = np.linspace(-6, 6, 241)


@explorer
def explore_activations(linear: Callable = activations.linear, logistic: Callable = activations.logistic,
                        tanh: Callable = activations.tanh, relu: Callable = activations.relu) -> Live:
    """Four activation functions and their derivatives side by side, at one moving z; where the unit is saturated.

    The slopes drawn are measured: the function a small step to the right of z less that to the left, divided by both
    steps. The numbers put the derivative of the course's own function beside them. The hatched part is where the slope
    of the function chosen is below a tenth of its largest.

    Parameters
    ----------
    linear, logistic, tanh, relu : callable
        The learner's own functions: net inputs (n,) → activations (n,).
    """
    functions = {name: learner.numbers(function, word) for name, word, function in zip(
        FUNCTIONS, ("linear", "logistic", "tanh", "relu"), (linear, logistic, tanh, relu), strict=True)}
    figure, (left, right) = picture(2, height=3.5)
    left.set(xlim=(-6, 6), ylim=(-1.6, 3.1), xlabel="z", title="f(z)", yticks=[-1, 0, 1, 2, 3])
    right.set(xlim=(-6, 6), ylim=(-0.06, 1.16), xlabel="z", title="f′(z)", yticks=[0, 0.25, 0.5, 1],
              yticklabels=["0", "0.25", "0.5", "1"])
    flat = []
    for ax in (left, right):
        ax.grid(True)
        area = ax.fill_between(_Z, *ax.get_ylim(), where=_Z < 0, facecolor="none", hatch="///", edgecolor=GRID,
                               linewidth=0, animated=True, zorder=0.5)
        flat.append(area)
    curves = {name: [ax.plot([], [], dashes, color=colour, animated=True)[0] for ax in (left, right)]
              for name, (colour, dashes) in zip(FUNCTIONS, _STYLES, strict=True)}
    figure.legend(handles=[left.plot([], [], dashes, color=colour, label=label)[0]
                           for label, (colour, dashes) in zip(_choice("tanh").options.values(), _STYLES, strict=True)],
                  loc="outside upper left", ncols=4, frameon=False, handlelength=3)
    tangent, = left.plot([], [], color=POINT, linewidth=1.5, animated=True)
    here = [ax.axvline(0, color=POINT, linewidth=1, animated=True) for ax in (left, right)]
    points = [ax.plot([], [], "o", color=POINT, markersize=8, clip_on=False, animated=True, zorder=6)[0]
              for ax in (left, right)]
    notes = [ax.text(1, 1.03, "", transform=ax.transAxes, ha="right", va="baseline", color=POINT, animated=True)
             for ax in (left, right)]
    flag = right.text(0.97, 0.95, _("saturated"), transform=right.transAxes, ha="right", va="top", weight="bold",
                      animated=True, zorder=7, bbox={"facecolor": PAPER, "edgecolor": INK, "pad": 3})

    def follow(activation, z):
        values, slopes = {}, {}
        for name, function in functions.items():
            at = np.append(_Z, z)
            middle, above, below = np.split(function(np.concatenate([at, at + STEP, at - STEP])), 3)
            rise, fall = (above - middle) / STEP, (middle - below) / STEP      # to the right, from the left
            slope = np.where(np.abs(rise - fall) > _KINK, np.nan, (rise + fall) / 2)
            values[name], slopes[name] = middle[-1], slope[-1]
            for curve, heights in zip(curves[name], (middle, slope), strict=True):
                curve.set_data(_Z, heights[:-1])
                curve.set_linewidth(3 if name == activation else 1)
            if name == activation:
                sides, largest = (fall[-1], rise[-1]), _largest(slope)
                with np.errstate(invalid="ignore"):
                    part = np.abs(slope) / largest
        kink = abs(sides[1] - sides[0]) > _KINK
        saturated = bool(part[-1] < FLAT)
        for area, ax in zip(flat, (left, right), strict=True):
            bottom, top = ax.get_ylim()
            area.set_data(_Z, np.full(241, bottom), np.full(241, top), where=part[:-1] < FLAT)
        value, slope = values[activation], slopes[activation]
        reach = np.array([-1.3, 1.3]) / np.hypot(1, slope)
        tangent.set_data(z + reach, value + slope * reach)
        for line in here:
            line.set_xdata([z, z])
        for point, height in zip(points, (value, slope), strict=True):
            pin(point, z, height)
        notes[0].set_text(f"f = {number(value)}")
        notes[1].set_text(_("no slope") if kink else f"f′ = {number(slope)}")
        flag.set_visible(saturated)

        formula = float(FUNCTIONS[activation][1](z))
        if kink:
            told = _("no slope at a kink: {left} from the left, {right} from the right; the course takes {formula}")
        elif saturated:
            told = _("slope {formula} by formula, {slope} measured, {part} % of the largest: saturated")
        else:
            told = _("slope {formula} by formula, {slope} measured, {part} % of the largest: not saturated")
        told = told.format(formula=number(formula), slope=number(slope), part=number(100 * part[-1], 1),
                           left=number(sides[0], 2), right=number(sides[1], 2))
        return _("activations: {name}, z = {z} → f(z) = {value}, {told}; all four at this z: {values}").format(
            name=activation, z=short(z), value=number(value), told=told,
            values=", ".join(f"{name} {number(v)}" for name, v in values.items()))

    return Live("activations", figure, follow, [_choice("logistic"), Slider("z", "z", 2.07, -6, 6)], {
        _("The thread"): {"activation": "logistic", "z": 2.07},
        _("Logistic, steepest"): {"activation": "logistic", "z": 0},
        _("Logistic, saturated"): {"activation": "logistic", "z": -5},
        _("tanh, steepest"): {"activation": "tanh", "z": 0},
        _("tanh, saturated"): {"activation": "tanh", "z": 2.07},
        _("ReLU, kink"): {"activation": "ReLU", "z": 0},
        _("ReLU, off"): {"activation": "ReLU", "z": -2},
        _("Linear, z = −1"): {"activation": "linear", "z": -1},
    })


def _largest(slopes: np.ndarray) -> float:
    """The largest of some slopes in size, nan left out; nan where there is none, or all are 0."""
    sizes = np.abs(slopes[np.isfinite(slopes)])
    return float(sizes.max()) if sizes.any() else float("nan")


# ---- the gradient through many layers -----------------------------------------------------------------------------

MOST_LAYERS = 20
LOWEST, HIGHEST = 1e-14, 1e6     # of the picture's logarithmic axis
_MEASURABLE = 1e-7               # below it, differences are lost in the rounding
UNIT = {"w": 0.5, "b": 0.82, "x": 2.5}      # the unit of lesson 02: its net input is 2.07


def chain_slopes(x: float, w: float, b: float, n: int, f: Callable, slope: Callable) -> np.ndarray:
    """Slopes f′(z) of n units in a row, of which each gets z = wh + b from the output h of the one before.

    Parameters
    ----------
    x : float
        What the first unit gets.
    w, b : float
        Weight and bias, the same for all.
    n : int
        How many units.
    f, slope : callable
        Activation function and derivative.

    Returns
    -------
    ndarray, shape (n,)

    Examples
    --------
    >>> chain_slopes(2.5, 0.5, 0.82, 2, activations.logistic, activations.logistic_derivative).round(4)
    array([0.0995, 0.1718])
    """
    h, slopes = x, np.empty(n)
    for k in range(n):
        z = w * h + b
        slopes[k] = slope(z)
        h = f(z)
    return slopes


@explorer
def explore_gradient(chain_slopes: Callable = chain_slopes) -> Live:
    """A chain of 1 to 20 units: the product of their slopes and the gradient, layer by layer, and the bound 0.25ⁿ.

    On the right is the derivative of the activation with the net input of each layer on it.

    Parameters
    ----------
    chain_slopes : callable
        The learner's own function: x, w, b, n, the activation f and its derivative → the slopes f′(z) of the n layers,
        shape (n,).
    """
    chain_slopes = learner.numbers(chain_slopes, "chain_slopes", shape=lambda x, w, b, n, f, slope: (n,))
    figure, (over, curve_ax) = picture(2, height=3.6, width_ratios=[1.55, 1])
    layers = np.arange(MOST_LAYERS + 1)
    over.set(xlim=(-0.5, MOST_LAYERS + 0.7), yscale="log", ylim=(LOWEST, HIGHEST), xticks=range(0, 21, 5),
             xlabel=_("layer"), yticks=[1e-12, 1e-9, 1e-6, 1e-3, 1, 1e3, 1e6])
    over.yaxis.minorticks_off()
    over.grid(True)
    handles = over.plot(layers, 0.25**layers, "--", color=TRUTH, linewidth=1.5, label="0.25ⁿ")
    looks = (("s", CURVE, _("product of the slopes")), ("o", POINT, _("gradient, with the weights")))
    for marker, colour, label in looks:
        handles += over.plot([], [], "-" + marker, color=colour, label=label, markersize=5, linewidth=1)
    figure.legend(handles=handles, loc="outside upper left", ncols=3, frameon=False, handlelength=2.5)
    lines = [over.plot([], [], "-", color=colour, linewidth=1, animated=True)[0] for _marker, colour, _label in looks]
    dots = [over.plot([], [], marker, color=colour, markersize=5, clip_on=False, animated=True)[0]
            for marker, colour, _label in looks]
    beyond = [[over.plot([], [], marker, color=colour, markersize=6, clip_on=False, animated=True)[0]
               for marker in "v^"] for _marker, colour, _label in looks]
    note = over.text(1, 1.03, "", transform=over.transAxes, ha="right", va="baseline", color=POINT, animated=True)

    curve_ax.set(xlim=(-6, 6), ylim=(-0.06, 1.16), xlabel="z", title="f′(z)", yticks=[0, 0.25, 0.5, 1],
                 yticklabels=["0", "0.25", "0.5", "1"])
    curve_ax.grid(True)
    curve, = curve_ax.plot([], [], color=CURVE, animated=True)
    inside, = curve_ax.plot([], [], "o", color=POINT, markersize=6, alpha=0.6, clip_on=False, animated=True)
    outside = [curve_ax.plot([], [], marker, color=POINT, markersize=6, clip_on=False, animated=True)[0]
               for marker in "<>"]

    def follow(activation, n, w, b, x):
        asked, n = n, int(n)      # any number can be typed
        f, slope = FUNCTIONS[activation]
        slopes = chain_slopes(x, w, b, n, f, slope)
        gradients = np.cumprod(np.append(1.0, w * slopes))
        products = np.cumprod(np.append(1.0, slopes))
        for line, dot, (down, up), values in zip(lines, dots, beyond, (products, gradients), strict=True):
            sizes, at = np.abs(values), layers[:n + 1]
            shown = (sizes >= LOWEST) & (sizes <= HIGHEST)
            line.set_data(at, np.where(np.isnan(sizes), np.nan, np.clip(sizes, LOWEST, HIGHEST)))
            dot.set_data(at[shown], sizes[shown])
            down.set_data(at[sizes < LOWEST], np.full((sizes < LOWEST).sum(), LOWEST))
            up.set_data(at[sizes > HIGHEST], np.full((sizes > HIGHEST).sum(), HIGHEST))
        nets = _net_inputs(x, w, b, n, f)
        apart = np.where(_Z == 0, np.nan, slope(_Z)) if activation == "ReLU" else slope(_Z)    # ReLU: a jump at 0
        curve.set_data(_Z, apart)
        within = np.abs(nets) <= 6
        heights = np.clip(slopes, -0.06, 1.16)
        inside.set_data(nets[within], heights[within])
        for triangles, side, edge in zip(outside, (nets < -6, nets > 6), (-6, 6), strict=True):
            triangles.set_data(np.full(side.sum(), edge), heights[side])
        note.set_text(f"n = {n}: {gradients[-1]:.4g}")

        bound = _("the bound 0.25^{n} = {bound}") if activation == "logistic" else _("0.25^{n} = {bound}")
        return _("gradient: {name}, n = {n}, w = {w}, b = {b}, x = {x} → product of the slopes {product}, {bound}; "
                 "product of the weights {weights}; gradient {gradient}, {measured}").format(
            name=activation, n=n if asked == n else _("{asked} (taken as {n})").format(asked=short(asked), n=n),
            w=short(w), b=short(b), x=short(x), product=f"{products[-1]:.4g}",
            bound=bound.format(n=n, bound=f"{0.25**n:.4g}"), weights=f"{w**n:.4g}", gradient=f"{gradients[-1]:.4g}",
            measured=_measured(activation, x, w, b, n, nets, gradients[-1]))

    controls = [_choice("logistic"), Slider("n", _("layers n"), 10, 1, MOST_LAYERS, 1),
                Slider("w", _("weight w"), UNIT["w"], -5, 5), Slider("b", _("bias b"), UNIT["b"], -5, 5),
                Slider("x", _("input x"), UNIT["x"], -5, 5)]
    return Live("gradient", figure, follow, controls, {
        _("The thread"): {"activation": "logistic", "n": 10, **UNIT},
        _("On the bound"): {"activation": "logistic", "n": 10, "w": 1, "b": -0.5, "x": 0.5},
        _("Weights of 4"): {"activation": "logistic", "n": 10, "w": 4, "b": -2, "x": 0.5},
        _("tanh, w = 1"): {"activation": "tanh", "n": 10, "w": 1, "b": 0, "x": 0.1},
        _("tanh, saturated"): {"activation": "tanh", "n": 10, "w": 3, "b": 0, "x": 0.1},
        _("ReLU, w = 1"): {"activation": "ReLU", "n": 10, "w": 1, "b": 0, "x": 0.5},
        _("ReLU, exploding"): {"activation": "ReLU", "n": 10, "w": 2, "b": 0, "x": 0.5},
        _("ReLU, off"): {"activation": "ReLU", "n": 10, "w": 1, "b": 0, "x": -0.5},
        _("Linear, w = 0.8"): {"activation": "linear", "n": 10, "w": 0.8, "b": 0, "x": 0.5},
    })


def _net_inputs(x: float, w: float, b: float, n: int, f: Callable) -> np.ndarray:
    """The net inputs of the n layers."""
    nets = np.empty(n)
    for k in range(n):
        nets[k] = w * x + b
        x = f(nets[k])
    return nets


def _measured(activation: str, x: float, w: float, b: float, n: int, nets: np.ndarray, gradient: float) -> str:
    """Say what a small step of x does to the last output, where that can be told from the rounding."""
    if activation == "ReLU" and (nets == 0).any():
        return _("a net input at the kink of ReLU, where its slope is taken as 0")
    if abs(gradient) < _MEASURABLE:
        return _("too small to be measured by differences")
    f = FUNCTIONS[activation][0]
    ends = [f(_net_inputs(x + side * STEP, w, b, n, f)[-1]) for side in (1, -1)]
    return _("measured {gradient}").format(gradient=f"{float(ends[0] - ends[1]) / (2 * STEP):.4g}")


# ---- XOR with two hidden units ------------------------------------------------------------------------------------

SWITCHES = np.array([[1, 0, 0], [1, 0, 1], [1, 1, 0], [1, 1, 1]], float)     # x₀ = 1, and the two switches
LAMP = np.array([0, 1, 1, 0])                                                # XOR: on if exactly one is up
_SIDE = np.linspace(-0.5, 1.5, 41)
_PLANE = np.column_stack([np.ones(_SIDE.size**2), *(axis.ravel() for axis in np.meshgrid(_SIDE, _SIDE))])
_HIDDEN = np.array([-2.0, 2.0])              # how far the plane of the hidden outputs is shown, both ways
_ENDLESS = 1e6                               # what is larger is drawn as this


def two_layers(X: np.ndarray, W: np.ndarray, v: np.ndarray, f: Callable) -> np.ndarray:
    """Net inputs of an output unit behind one hidden layer.

    Parameters
    ----------
    X : ndarray, shape (N, m + 1)
        Examples, one per row, with x₀ = 1.
    W : ndarray, shape (H, m + 1)
        Weights of the hidden units, one per row.
    v : ndarray, shape (H + 1,)
        Weights of the output unit, with the bias in front.
    f : callable
        Activation of the hidden units.

    Returns
    -------
    ndarray, shape (N,)

    Examples
    --------
    >>> W, v = np.array([[-0.5, 1, 1], [-1.5, 1, 1]]), np.array([-2, 3, -3])
    >>> two_layers(SWITCHES, W, v, np.tanh).round(2)
    array([-0.67,  0.77,  0.77, -0.67])
    """
    hidden = f(X @ W.T)
    return np.column_stack([np.ones(len(X)), hidden]) @ v


@explorer
def explore_xor(network: Callable = two_layers) -> Live:
    """Two inputs, two hidden units, one output unit, all nine weights on sliders: can it compute XOR?

    On the left is the plane of the inputs with the decision regions and the lines z = 0 of the hidden units; in the
    middle the same four examples in the plane of the hidden outputs, where the output unit draws a straight line; on
    the right its net input for each. A square marks an example on the wrong side.

    Parameters
    ----------
    network : callable
        The learner's own function: examples X (N, 3), weights W (2, 3) of the hidden units, weights v (3,) of the
        output unit and the activation f → net inputs z (N,) of the output unit.
    """
    network = learner.numbers(network, getattr(network, "__name__", "network"), shape=lambda X, W, v, f: (len(X),))
    figure, (plane, hidden_ax, bar_ax) = picture(3, height=3.2, width_ratios=[1, 1, 0.95])
    plane.set(xlim=(-0.5, 1.5), ylim=(-0.5, 1.5), aspect="equal", xlabel="x₁", ylabel="x₂", xticks=[0, 1],
              yticks=[0, 1], title="× y = 0,  ● y = 1")
    hidden_ax.set(xlim=_HIDDEN, ylim=_HIDDEN, aspect="equal", xlabel="h₁", ylabel="h₂", xticks=range(-2, 3),
                  yticks=range(-2, 3), title=_("behind the hidden layer"))
    bar_ax.set(xlim=(-0.6, 3.6), ylim=(-3.4, 3.4), xticks=range(4), xticklabels=["0 0", "0 1", "1 0", "1 1"],
               yticks=[-2, 0, 2], xlabel="x₁ x₂", title="z", box_aspect=1)
    bar_ax.axhline(0, color=INK, linewidth=1)
    areas = [[_area(ax, y) for y in (0, 1)] for ax in (plane, hidden_ax)]
    own = [plane.plot([], [], dashes, color=MUTED, linewidth=1.5, animated=True)[0] for dashes in ("--", ":")]
    names = [plane.text(0, 0, word, color=INK, fontsize=9, ha="center", va="center", animated=True, zorder=4,
                        bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 1}) for word in ("h₁", "h₂")]
    cut, = hidden_ax.plot([], [], color=INK, linewidth=1.5, animated=True)
    marks = [[ax.plot([], [], "xo"[y], color=CLASSES[y], markersize=9, markeredgewidth=2.5, clip_on=False,
                      animated=True, zorder=5)[0] for y in (0, 1)] for ax in (plane, hidden_ax)]
    wrong = [ax.plot([], [], "s", color="none", markeredgecolor=POINT, markersize=17, markeredgewidth=2, clip_on=False,
                     animated=True, zorder=6)[0] for ax in (plane, hidden_ax)]
    beyond = [hidden_ax.plot([], [], marker, color=INK, markersize=6, clip_on=False, animated=True, zorder=7)[0]
              for marker in "<>v^"]
    bars = Bars(bar_ax, 4, colours=[CLASSES[y] for y in LAMP], hatches=[HATCHES[y] for y in LAMP], digits=2)
    count = bar_ax.text(1, 1.03, "", transform=bar_ax.transAxes, ha="right", va="baseline", weight="bold",
                        animated=True)

    def follow(activation, w10, w11, w12, w20, w21, w22, v0, v1, v2):
        W, v = np.array([[w10, w11, w12], [w20, w21, w22]]), np.array([v0, v1, v2])
        f = FUNCTIONS[activation][0]
        z, everywhere = np.split(network(np.vstack([SWITCHES, _PLANE]), W, v, f), [4])
        h = f(SWITCHES @ W.T)
        right = np.where(np.isnan(z), False, (z > 0) == LAMP)

        _shade(areas[0], _SIDE, everywhere.reshape(_SIDE.size, _SIDE.size))
        for line, name, weights in zip(own, names, W, strict=True):
            ends = _segment(weights, -0.5, 1.5)
            line.set(visible=ends is not None)
            name.set(visible=ends is not None)
            if ends is not None:
                line.set_data(*ends.T)
                name.set_position(0.85 * ends[0] + 0.15 * ends[1])
        corners = v[0] + v[1] * _HIDDEN + v[2] * _HIDDEN[:, np.newaxis]
        _shade(areas[1], _HIDDEN, corners)
        ends = _segment(v, *_HIDDEN)
        cut.set_data(*([], []) if ends is None else ends.T)
        shown = np.clip(h, *_HIDDEN)
        for (cross, disc), missed, places in zip(marks, wrong, (SWITCHES[:, 1:], shown), strict=True):
            cross.set_data(*places[LAMP == 0].T)
            disc.set_data(*places[LAMP == 1].T)
            missed.set_data(*places[~right].T)
        for triangles, out in zip(beyond, (h[:, 0] < -2, h[:, 0] > 2, h[:, 1] < -2, h[:, 1] > 2), strict=True):
            triangles.set_data(*(1.1 * shown[out]).T)
        bars.show(z)
        total = int(right.sum())
        count.set_text(f"{total} / 4")
        text = _("xor: {name}, W = [{w1}, {w2}], v = {v} → z = {z} at 00, 01, 10, 11; {total} of 4 right").format(
            name=activation, w1=vector(W[0], None), w2=vector(W[1], None), v=vector(v, None), z=vector(z),
            total=total)
        if activation == "linear":
            one = v @ np.vstack([[1, 0, 0], W])
            text += "; " + _("one unit with weights {weights}: z = {z}").format(
                weights=vector(one, None) if np.allclose(one, one.round(4)) else vector(one), z=vector(SWITCHES @ one))
        return text

    def settings(activation, W, v):
        names = ("w10", "w11", "w12", "w20", "w21", "w22", "v0", "v1", "v2")
        return {"activation": activation, **dict(zip(names, [*W, *v], strict=True))}

    plain, steep = [-0.5, 1, 1, -1.5, 1, 1], [-2, 4, 4, -6, 4, 4]
    start = settings("linear", plain, [-2, 3, -3])
    labels = {"w10": _("w₁₀ (bias)"), "w11": "w₁₁", "w12": "w₁₂", "w20": _("w₂₀ (bias)"), "w21": "w₂₁", "w22": "w₂₂",
              "v0": _("v₀ (bias)"), "v1": "v₁", "v2": "v₂"}
    controls = [_choice("linear"), *(Slider(name, label, start[name], -6, 6, 0.1) for name, label in labels.items())]
    return Live("xor", figure, follow, controls, {
        _("Linear layers"): start,
        _("Linear, 3 of 4"): settings("linear", plain, [0, 1, 0]),
        _("XOR by tanh"): settings("tanh", plain, [-2, 3, -3]),
        _("XOR by logistic"): settings("logistic", steep, [-2, 5, -5]),
        _("XOR by ReLU"): settings("ReLU", [0, 1, 1, -1, 1, 1], [-0.5, 1, -2]),
        _("All weights 0"): settings("tanh", [0] * 6, [0] * 3),
    })


def _area(ax: Axes, y: int) -> PathPatch:
    area = PathPatch(Path(np.zeros((0, 2))), facecolor=SOFT[y], hatch=HATCHES[y], edgecolor=PAPER, linewidth=0,
                     animated=True, zorder=0.5)
    ax.add_patch(area)
    return area


def _shade(areas: list[PathPatch], side: np.ndarray, z: np.ndarray) -> None:
    """Fill where z ≤ 0 and where z > 0; what is nan stays empty. Outlines are few numbers, and follow the palette."""
    z = np.clip(np.ma.masked_invalid(np.clip(z, -_ENDLESS, _ENDLESS)), -_ENDLESS, _ENDLESS)
    regions = contour_generator(side, side, z, fill_type=FillType.OuterCode)
    for area, limits in zip(areas, ((-np.inf, 0), (0, np.inf)), strict=True):
        points, codes = regions.filled(*limits)
        whole = Path(np.concatenate(points), np.concatenate(codes)) if points else Path(np.zeros((0, 2)))
        area.set_path(whole)


def _segment(weights: np.ndarray, low: float, high: float) -> np.ndarray | None:
    """The ends, (2, 2), of the part of a unit's line z = 0 that lies in a square; None where there is none."""
    norm = float(np.hypot(*weights[1:]))
    if not norm > 0:
        return None
    normal = weights[1:] / norm
    foot, along = -weights[0] / norm * normal, np.array([normal[1], -normal[0]])
    begin, end = -np.inf, np.inf
    for start, step in zip(foot, along, strict=True):
        if abs(step) > 1e-12:
            to_edges = sorted([(low - start) / step, (high - start) / step])
            begin, end = max(begin, to_edges[0]), min(end, to_edges[1])
        elif not low <= start <= high:
            return None
    return foot + np.outer([begin, end], along) if begin < end else None
