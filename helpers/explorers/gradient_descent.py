"""The explorer of lesson 09, gradient descent."""

import contextlib
import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from contourpy import contour_generator
from matplotlib.patches import PathPatch, Polygon
from matplotlib.path import Path

from helpers import learner
from helpers.activations import log_softmax
from helpers.classifier import SoftmaxRegression
from helpers.datasets import tomato_crates
from helpers.gradients import cross_entropy_weight_gradient, cross_entropy_weight_hessian
from helpers.live import Choice, Live, Slider, explorer
from helpers.losses import cross_entropy
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
    number,
    picture,
    pin,
    short,
    vector,
)
from helpers.words import _

EPOCHS = 100
RUNS = 256                                       # so many are kept: a sweep along a slider has 200
EDGE = 3.2                                       # how far the plane of the data goes
TOP = 2.2                                        # of the axis of the loss
SLICE = ((-8.0, 4.0), (-6.0, 6.0))               # where w₀₁ and w₀₂ go
LEVELS = (0.1, 0.2, 0.3, 0.4, 0.45, 0.5, 0.6, 0.8, 1.1, 1.5, 2, 3, 4, 6, 8, 11)
FINE = 25                                        # points along each axis of the slice
STYLES = ("-", "--", ":")

# Spread of the data, and the factor on x₂ before training; the picture of the data is that of factor 1.
DATA = {"overlapping": (0.9, 1.0), "separable": (0.3, 1.0), "stretched": (0.9, 3.0)}


def train(X: np.ndarray, y: np.ndarray, eta: float, epochs: int, l2: float) -> np.ndarray:
    """Train by gradient descent from W = 0 and return the weights before it and after each epoch.

    Parameters
    ----------
    X : ndarray, shape (N, m + 1)
        Examples with the bias input in front.
    y : ndarray, shape (N,)
        Class indices.
    eta : float
        Learning rate.
    epochs : int
        How many.
    l2 : float
        Strength of the penalty (l2 / 2) Σ wₖᵢ², biases left out.

    Returns
    -------
    ndarray, shape (epochs + 1, K, m + 1)
        nan from where the training was given up, since the loss grew without end.

    Examples
    --------
    >>> train(np.array([[1.0, 2.0], [1.0, -2.0]]), np.array([0, 1]), 1.0, 1, 0.0)[1]
    array([[ 0.,  1.],
           [ 0., -1.]])
    """
    path = [np.zeros((int(y.max()) + 1, X.shape[1]))]

    def record(model: SoftmaxRegression) -> bool:
        path.append(np.column_stack([model.intercept_, model.coef_]))
        return len(path) > epochs

    with contextlib.suppress(ValueError):     # it diverges, and says so; the picture does too
        SoftmaxRegression(learning_rate=eta, l2=l2, max_iter=epochs + 1, tol=0).fit(X[:, 1:], y, callback=record)
    return np.array(path + [np.full_like(path[0], np.nan)] * (epochs + 1 - len(path)))


@lru_cache(maxsize=len(DATA))
def _data(name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The points of the plane, the examples that the training gets, and the classes."""
    spread, factor = DATA[name]
    points, y = tomato_crates(spread)
    return points, np.column_stack([np.ones(len(y)), points * [1, factor]]), y


@explorer
def explore_descent(train: Callable = train) -> Live:
    """A training run, epoch by epoch: the data with the regions and the rows of W, the loss, the path of two weights.

    Parameters
    ----------
    train : callable
        The learner's own function: X (N, 3) with the bias input, y (N,), learning rate, number of epochs, penalty →
        the weights before training and after each epoch, (epochs + 1, 3, 3). Called once for each setting.
    """
    train = learner.numbers(train, "train", shape=lambda X, y, eta, epochs, l2: (epochs + 1, 3, X.shape[1]))

    @lru_cache(maxsize=RUNS)
    def run(data: str, eta: float, l2: float) -> tuple[np.ndarray, np.ndarray]:
        """The path of the weights and, at each epoch, what is minimised."""
        _points, X, y = _data(data)
        path = train(X, y, eta, EPOCHS, l2)
        losses = -log_softmax(X @ path.swapaxes(1, 2))[:, np.arange(len(y)), y].mean(axis=1)
        return path, losses + l2 / 2 * (path[:, :, 1:] ** 2).sum(axis=(1, 2))

    figure, (plane, curve, weights) = picture(3)
    draw_plane, draw_curve, draw_slice = _Plane(plane), _Curve(curve), _Slice(weights)

    def follow(epoch, eta, l2, data):
        epoch = int(epoch)
        points, X, y = _data(data)
        path, losses = run(data, eta, l2)
        W, loss = path[epoch], losses[epoch]
        with_penalty = l2 / 2 * float((W[:, 1:] ** 2).sum())
        draw_plane.show(points, y, W * [1, 1, DATA[data][1]])
        draw_curve.show(losses, epoch)
        draw_slice.show(X, y, W, path[:, 0, 1:], epoch, with_penalty - l2 / 2 * float((W[0, 1:] ** 2).sum()), l2)
        known = bool(np.isfinite(W).all())
        right = int((np.argmax(X @ W.T, axis=1) == y).sum()) if known else math.nan
        slope = cross_entropy_weight_gradient(X, W, y) + l2 * W * [0, 1, 1]
        lowest, bound, best = minimum(data, l2)
        draw_curve.note.set_text("" if best is None else f"2/λₘₐₓ = {number(bound, 2)}")
        draw_slice.aim.set_data(*([], []) if best is None else best[0, 1:, np.newaxis])
        if best is None:
            end = _("the data are separable: no W is the best, the loss falls for ever")
        else:
            side = _("η is below it") if eta < bound else _("η is not below it")
            end = _("minimum {lowest}, there 2/λₘₐₓ = {bound}, {side}").format(
                lowest=number(lowest), bound=number(bound, 2), side=side)
        return _("descent: {data}, η = {eta}, α = {l2}, epoch = {epoch} → loss {loss} (cross-entropy {cross_entropy}, "
                 "penalty {penalty}), largest gradient entry {slope}, right {right} of {count}; W = {W}; {end}").format(
            data=names[data], eta=short(eta), l2=short(l2), epoch=epoch, loss=number(loss),
            cross_entropy=number(loss - with_penalty), penalty=number(with_penalty),
            slope=number(np.abs(slope).max()), right=right, count=len(y),
            W="[" + ", ".join(vector(row, 2) for row in W) + "]", end=end)

    names = {"overlapping": _("overlapping"), "separable": _("separable"), "stretched": _("x₂ three times as large")}
    controls = [Slider("epoch", _("epoch"), 10, 0, EPOCHS, 1), Slider("eta", _("learning rate η"), 1, 0.01, 20),
                Slider("l2", _("penalty α"), 0, 0, 1, 0.001), Choice("data", _("data"), "overlapping", names)]
    return Live("descent", figure, follow, controls, {
        _("Before training"): {"epoch": 0},
        _("Too small, η = 0.02"): {"epoch": 100, "eta": 0.02, "l2": 0, "data": "overlapping"},
        _("Right, η = 4"): {"epoch": 100, "eta": 4, "l2": 0, "data": "overlapping"},
        _("Too large, η = 8"): {"epoch": 100, "eta": 8, "l2": 0, "data": "overlapping"},
        _("Far too large, η = 20"): {"epoch": 100, "eta": 20, "l2": 0, "data": "overlapping"},
        _("Diverges, η = 20, α = 0.2"): {"epoch": 8, "eta": 20, "l2": 0.2, "data": "overlapping"},
        _("Separable, α = 0"): {"epoch": 100, "eta": 4, "l2": 0, "data": "separable"},
        _("Separable, α = 0.01"): {"epoch": 100, "eta": 4, "l2": 0.01, "data": "separable"},
        _("x₂ three times as large, η = 1.5"): {"epoch": 10, "eta": 1.5, "l2": 0, "data": "stretched"},
    })


@lru_cache(maxsize=RUNS)
def minimum(data: str, l2: float) -> tuple[float, float, np.ndarray | None]:
    """The least loss, 2/λₘₐₓ of the Hessian there, and W there, by Newton's method; (0, inf, None) where none is best.

    Parameters
    ----------
    data : str
        One of `DATA`.
    l2 : float
        Strength of the penalty.

    Examples
    --------
    >>> lowest, bound, W = minimum("overlapping", 0.0)
    >>> print(round(lowest, 4), round(bound, 2))
    0.4177 6.75
    """
    _points, X, y = _data(data)
    if not l2 and data == "separable":
        return 0.0, math.inf, None
    weighted = np.tile([0.0, 1.0, 1.0], 3)     # which weights the penalty counts

    def value(w):
        return float(cross_entropy(X @ w.reshape(3, 3).T, y)) + l2 / 2 * float(weighted @ w**2)

    w = np.zeros(9)
    loss = value(w)
    for _step in range(100):
        hessian = cross_entropy_weight_hessian(X, w.reshape(3, 3)) + l2 * np.diag(weighted)
        slope = cross_entropy_weight_gradient(X, w.reshape(3, 3), y).ravel() + l2 * weighted * w
        if np.abs(slope).max() < 1e-10:
            break
        # A common shift of all rows changes no probability: the small diagonal keeps it at 0.
        way = np.linalg.solve(hessian + 1e-10 * np.eye(9), slope)
        while value(w - way) > loss and np.abs(way).max() > 1e-12:
            way = way / 2
        w = w - way
        loss = value(w)
    return loss, 2 / float(np.linalg.eigvalsh(hessian)[-1]), w.reshape(3, 3)


# A disc, a square, a triangle, each of radius 1.
_SHAPES = [np.column_stack([np.cos(turn), np.sin(turn)]) for turn in (
    np.linspace(0, 2 * np.pi, 13), np.pi / 4 + np.linspace(0, 2 * np.pi, 5), np.pi / 2 + np.linspace(0, 2 * np.pi, 4))]


def _marks(points: np.ndarray, shape: int, size: float) -> Path:
    """All markers of a class as one path, which is drawn at once; a `Line2D` would draw one after the other."""
    corners = _SHAPES[shape] * size
    vertices = (points[:, np.newaxis] + corners).reshape(-1, 2)
    codes = [Path.MOVETO, *[Path.LINETO] * (len(corners) - 2), Path.CLOSEPOLY]
    return Path(vertices, np.tile(np.array(codes, dtype=Path.code_type), len(points)))


class _Plane:
    """The data; where each class has the largest net input; and of each row of W the line z = 0 with its normal."""

    BOX = EDGE * np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])

    def __init__(self, ax) -> None:
        ax.set(xlim=(-EDGE, EDGE), ylim=(-EDGE, EDGE), aspect="equal", xlabel="x₁", ylabel="x₂", xticks=(-2, 0, 2),
               yticks=(-2, 0, 2), title=_("data, rows of W"))
        self.regions = [ax.add_patch(Polygon(self.BOX, closed=True, facecolor=SOFT[k], edgecolor=GRID, linewidth=0,
                                             hatch=HATCHES[k], animated=True)) for k in range(3)]
        self.points = [ax.add_patch(PathPatch(_marks(np.empty((0, 2)), k, 0.13), facecolor=CLASSES[k], zorder=2,
                                              edgecolor=PAPER, linewidth=0.6, animated=True)) for k in range(3)]
        self.lines = [ax.plot([], [], STYLES[k], color=CLASSES[k], linewidth=1.8, animated=True)[0] for k in range(3)]
        self.normals = [ax.plot([], [], "-", color=CLASSES[k], linewidth=1.8, animated=True)[0] for k in range(3)]
        self.labels = [ax.text(0, 0, str(k), color=CLASSES[k], weight="bold", ha="center", va="center", animated=True,
                               bbox={"facecolor": PAPER, "edgecolor": CLASSES[k], "boxstyle": "circle,pad=0.15",
                                     "linewidth": 0.8}) for k in range(3)]

    def show(self, points: np.ndarray, y: np.ndarray, W: np.ndarray) -> None:
        for k in range(3):
            self.points[k].set_path(_marks(points[y == k], k, 0.13))
            polygon = self.BOX
            for other in range(3):
                if other != k:
                    polygon = _cut(polygon, W[k] - W[other])
            # At W = 0 all tie, and no region is anybody's.
            ties = any(not np.any(W[k] - W[other]) for other in range(3) if other != k)
            shown = len(polygon) > 2 and not ties and bool(np.isfinite(W).all())
            self.regions[k].set_xy(polygon if shown else self.BOX)
            self.regions[k].set_visible(shown)
            self._show_row(k, W[k])

    def _show_row(self, k: int, w: np.ndarray) -> None:
        length = math.hypot(w[1], w[2])
        ends = _across(w) if math.isfinite(length) and length > 1e-9 and np.isfinite(w).all() else None
        self.labels[k].set_visible(ends is not None)
        if ends is None:
            self.lines[k].set_data([], [])
            self.normals[k].set_data([], [])
            return
        # Towards one end, where the lines of the rows are apart from each other.
        foot, normal = 0.85 * ends[0] + 0.15 * ends[1], w[1:] / length
        tip = np.clip(foot + 0.7 * normal, 0.3 - EDGE, EDGE - 0.3)
        self.lines[k].set_data(*ends.T)
        self.normals[k].set_data(*np.array([foot, tip]).T)
        self.labels[k].set_position(tip)


def _cut(polygon: np.ndarray, w: np.ndarray) -> np.ndarray:
    """The part of a convex polygon in which w₀ + w₁ x₁ + w₂ x₂ ≥ 0."""
    if not len(polygon) or not np.isfinite(w).all():
        return polygon[:0]
    largest = np.abs(w).max()
    z = w[0] / largest + polygon @ (w[1:] / largest) if largest else np.zeros(len(polygon))
    corners = []
    for here, there, z_here, z_there in zip(polygon, np.roll(polygon, -1, axis=0), z, np.roll(z, -1), strict=True):
        if z_here >= 0:
            corners.append(here)
        if z_here * z_there < 0:
            corners.append(here + (there - here) * z_here / (z_here - z_there))
    return np.array(corners).reshape(-1, 2)


def _across(w: np.ndarray) -> np.ndarray | None:
    """The two points at which the line w₀ + w₁ x₁ + w₂ x₂ = 0 enters and leaves the box, or None."""
    half = _cut(_Plane.BOX, w)
    w = w / np.abs(w).max()
    on = half[np.abs(w[0] + half @ w[1:]) < 1e-9] if len(half) else half
    if len(on) < 2:
        return None
    ends = np.array([on[0], on[np.argmax(((on - on[0]) ** 2).sum(axis=1))]])
    along = ends @ [-w[2], w[1]]
    return ends[np.argsort(along)]      # in the same order for every angle: no label jumps from one end to the other


class _Curve:
    """The loss over the epochs, and the epoch shown."""

    def __init__(self, ax) -> None:
        ax.set(xlim=(0, EPOCHS), ylim=(0, TOP), xlabel=_("epoch"), xticks=(0, 50, 100), title=_("loss"),
               yticks=(0, 0.5, 1, math.log(3), 1.5, 2), yticklabels=("0", "0.5", "", "ln 3", "1.5", "2"))
        ax.set_box_aspect(1)
        ax.axhline(math.log(3), color=GRID, linewidth=1)
        self.whole, = ax.plot([], [], "-", color=MUTED, linewidth=0.9, animated=True)
        self.until, = ax.plot([], [], "-", color=CURVE, animated=True)
        self.point, = ax.plot([], [], "o", color=POINT, markersize=8, markeredgecolor=PAPER, clip_on=False,
                              animated=True, zorder=6)
        self.text = ax.text(0.97, 0.96, "", transform=ax.transAxes, ha="right", va="top", color=POINT, animated=True,
                            zorder=7, bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 1.5})
        self.note = ax.text(1, 1.02, "", transform=ax.transAxes, ha="right", va="bottom", color=TRUTH, animated=True)

    def show(self, losses: np.ndarray, epoch: int) -> None:
        at = np.arange(len(losses))
        shown = np.where(np.isfinite(losses), np.clip(losses, 0, 10 * TOP), 10 * TOP)
        shown[np.isnan(losses)] = np.nan
        self.whole.set_data(at, shown)
        self.until.set_data(at[:epoch + 1], shown[:epoch + 1])
        pin(self.point, epoch, losses[epoch])
        self.text.set_text(number(losses[epoch]))


class _Slice:
    """The path of w₀₁ and w₀₂, over the level lines of the loss if only these two weights change from where W is.

    The diamond is where both are at the minimum.
    """

    def __init__(self, ax) -> None:
        ax.set(xlim=SLICE[0], ylim=SLICE[1], xlabel="w₀₁", ylabel="w₀₂", xticks=(-8, -4, 0, 4), yticks=(-4, 0, 4),
               title=_("two weights"), aspect="equal")
        self.levels = ax.vlines([], 0, 0, colors=MUTED, linewidth=0.8, animated=True)
        self.aim, = ax.plot([], [], "D", color=TRUTH, markersize=8, fillstyle="none", markeredgewidth=1.8,
                            animated=True, zorder=5)
        self.path, = ax.plot([], [], "-", color=POINT, linewidth=1, animated=True)
        self.stops = ax.add_patch(PathPatch(_marks(np.empty((0, 2)), 0, 0.12), facecolor=POINT, linewidth=0,
                                            animated=True, zorder=3))
        self.start, = ax.plot([], [], "s", color=INK, markersize=5, animated=True)
        self.point, = ax.plot([], [], "o", color=POINT, markersize=9, markeredgecolor=PAPER, clip_on=False,
                              animated=True, zorder=6)
        self.x, self.y = (np.linspace(*limits, FINE) for limits in SLICE)

    def show(self, X, y, W, path, epoch: int, other_penalty: float, l2: float) -> None:
        good = np.isfinite(path[:epoch + 1]).all(axis=1)
        so_far = path[:epoch + 1][good]
        # Far outside, a point is drawn nearer, in the same direction: float32 does not hold every pixel.
        so_far = so_far / np.maximum(np.abs(so_far).max(axis=1, keepdims=True, initial=0) / 1e4, 1)
        self.path.set_data(*so_far.T)
        self.stops.set_path(_marks(so_far, 0, 0.12))
        self.start.set_data(*so_far[:1].T)
        pin(self.point, *W[0, 1:])
        self.levels.set_segments(self._level_lines(X, y, W, other_penalty, l2) if np.isfinite(W).all() else [])

    def _level_lines(self, X, y, W, other_penalty, l2) -> list[np.ndarray]:
        Z = X @ W.T
        z0 = (Z[:, 0] - X[:, 1:] @ W[0, 1:])[:, None, None] + \
            X[:, 2, None, None] * self.y[:, None] + X[:, 1, None, None] * self.x
        others = np.logaddexp(Z[:, 1], Z[:, 2])[:, None, None]
        own = np.where((y == 0)[:, None, None], z0, Z[np.arange(len(y)), y][:, None, None])
        loss = (np.logaddexp(z0, others) - own).mean(axis=0) + other_penalty + \
            l2 / 2 * (self.y[:, None] ** 2 + self.x ** 2)
        if not np.isfinite(loss).all():
            return []
        lines = contour_generator(self.x, self.y, loss)
        return [line for level in LEVELS if loss.min() < level < loss.max() for line in lines.lines(level)]
