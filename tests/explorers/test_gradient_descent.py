"""The numbers of lesson 09's explorer equal the mathematics: SciPy's minimiser, and gradient descent written out."""

import re
import time

import numpy as np
import pytest
from matplotlib.patches import Polygon
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax

from helpers.explorers import gradient_descent as lesson
from tests.explorers.test_every_explorer import settings


def number(text: str, before: str) -> float:
    """The number that stands behind some words."""
    return float(re.search(re.escape(before) + r" (-?[\d.e+-]+|nan|inf)", text)[1])


def weights(text: str) -> np.ndarray:
    return np.array([float(v) for v in re.findall(r"-?[\d.]+(?:e[+-]?\d+)?", re.search(r"W = (\[\[.*\]\])", text)[1])]
                    ).reshape(3, 3)


def plain(X, y, eta, epochs, l2):
    """The loop as the lesson writes it."""
    path = [np.zeros((3, X.shape[1]))]
    for _ in range(epochs):
        W = path[-1]
        slope = (softmax(X @ W.T, axis=1) - np.eye(3)[y]).T @ X / len(y)
        path.append(W - eta * (slope + l2 * W * (np.arange(X.shape[1]) > 0)))
    return np.array(path)


def losses_of(path, X, y, l2):
    return np.array([-log_softmax(X @ W.T, axis=1)[np.arange(len(y)), y].mean() + l2 / 2 * (W[:, 1:] ** 2).sum()
                     for W in path])


def test_numbers_along_a_walk():
    picture = lesson.explore_descent(plain)
    for values in settings(picture, 60, seed=9):
        _points, X, y = lesson._data(values["data"])
        with np.errstate(all="ignore"):
            path = plain(X, y, values["eta"], lesson.EPOCHS, values["l2"])
            losses = losses_of(path, X, y, values["l2"])
        epoch = int(values["epoch"])
        W = path[epoch]
        assert number(picture.text, "loss") == pytest.approx(losses[epoch], rel=1e-3, abs=1e-4)
        if np.abs(W).max() < 1e6:     # beyond, two ways of rounding go different ways
            assert weights(picture.text) == pytest.approx(W, abs=0.0051)
            right = (np.argmax(X @ W.T, axis=1) == y).sum()
            assert f"right {right} of 90" in picture.text
            penalty = values["l2"] / 2 * (W[:, 1:] ** 2).sum()
            assert number(picture.text, "penalty") == pytest.approx(penalty, rel=1e-3, abs=1e-4)


@pytest.mark.parametrize(("data", "l2"), [("overlapping", 0.0), ("overlapping", 0.3), ("separable", 0.001),
                                          ("separable", 1.0), ("stretched", 0.0), ("stretched", 0.01)])
def test_minimum_is_that_of_scipy(data, l2):
    _points, X, y = lesson._data(data)
    found = minimize(lambda w: losses_of(w.reshape(1, 3, 3), X, y, l2)[0], np.zeros(9), tol=1e-12)
    lowest, bound, W = lesson.minimum(data, l2)
    assert lowest == pytest.approx(found.fun, abs=1e-7)
    assert np.allclose(W, found.x.reshape(3, 3), rtol=0, atol=2e-2 * max(1, np.abs(W).max()))
    p = softmax(X @ W.T, axis=1)
    hessian = np.mean([np.kron(np.diag(row) - np.outer(row, row), np.outer(x, x)) for row, x in zip(p, X, strict=True)],
                      axis=0) + l2 * np.diag([0, 1, 1] * 3)
    assert bound == pytest.approx(2 / np.linalg.eigvalsh(hessian)[-1])


def test_every_penalty_of_the_slider_has_a_minimum():
    for data in lesson.DATA:
        for l2 in (0.001, 0.002, 0.01, 0.1, 0.5, 1.0):
            lowest, bound, W = lesson.minimum(data, l2)
            assert 0 < lowest < np.log(3) and np.isfinite(bound) and np.isfinite(W).all()


def test_separable_data_have_no_minimum_without_a_penalty():
    picture = lesson.explore_descent()
    picture.move(data="separable", eta=4, epoch=100)
    assert "the data are separable: no W is the best" in picture.text and "right 90 of 90" in picture.text
    assert "2/λ" not in picture.text
    picture.move(l2=0.01)
    assert number(picture.text, "minimum") == pytest.approx(number(picture.text, "loss"), abs=1e-4)


@pytest.mark.parametrize(("eta", "settles"), [(0.95, True), (1.1, False)])
def test_the_bound_decides_whether_it_settles(eta, settles):
    _points, X, y = lesson._data("overlapping")
    lowest, bound, _best = lesson.minimum("overlapping", 0.0)
    path = plain(X, y, eta * bound, 3000, 0.0)
    assert (losses_of(path[-1:], X, y, 0.0)[0] - lowest < 1e-9) == settles


def test_the_courses_own_run_is_the_plain_loop():
    _points, X, y = lesson._data("overlapping")
    for eta, l2 in ((0.5, 0.0), (4.0, 0.1), (20.0, 0.0)):
        ours, theirs = lesson.train(X, y, eta, 40, l2), plain(X, y, eta, 40, l2)
        assert ours.shape == (41, 3, 3)
        # Where the run jumps about, a difference in the last digit grows.
        assert ours[:10] == pytest.approx(theirs[:10], abs=1e-9)


def test_divergence_is_shown_as_what_it_is_and_reset_recovers():
    for train in (lesson.train, plain):
        picture = lesson.explore_descent(train)
        first = picture.frame
        picture.move(eta=20, l2=0.2, epoch=9)
        assert picture.trouble is None
        loss = number(picture.text, "loss")
        assert loss > 1e6 if train is plain else np.isnan(loss)
        picture.move(eta=20, l2=1, epoch=100)
        assert picture.trouble is None
        picture.reset()
        assert picture.frame == first and "loss 0.4722" in picture.text


def test_a_setting_is_trained_once():
    calls = []

    def train(*args):
        calls.append(args[2:])
        return plain(*args)

    picture = lesson.explore_descent(train)
    for epoch in range(0, 101, 10):
        picture.move(epoch=epoch)
    assert calls == [(1, 100, 0)]
    picture.move(eta=2)
    picture.move(eta=1)
    picture.move(eta=2)
    assert calls == [(1, 100, 0), (2, 100, 0)]


def test_what_is_kept_is_bounded(monkeypatch):
    monkeypatch.setattr(lesson, "RUNS", 3)
    calls = []

    def train(*args):
        calls.append(args[2])
        return plain(*args)

    picture = lesson.explore_descent(train)
    for eta in (2, 3, 4, 1):
        picture.move(eta=eta)
    assert calls == [1, 2, 3, 4, 1]


def test_the_loop_upside_down_climbs():
    picture = lesson.explore_descent(lambda X, y, eta, epochs, l2: plain(X, y, -eta, epochs, l2))
    assert number(picture.text, "loss") > np.log(3)


def regions(picture):
    return [patch for patch in picture.figure.axes[0].patches if isinstance(patch, Polygon)]


def test_regions_are_where_the_class_wins():
    picture = lesson.explore_descent()
    random = np.random.default_rng(0)
    points = random.uniform(-lesson.EDGE, lesson.EDGE, (2000, 2))
    for data, eta in (("overlapping", 4), ("separable", 4), ("stretched", 0.5)):
        picture.move(data=data, eta=eta, epoch=30)
        _points, X, y = lesson._data(data)
        W = plain(X, y, eta, 30, 0.0)[-1] * [1, 1, lesson.DATA[data][1]]
        Z = np.column_stack([np.ones(2000), points]) @ W.T
        ordered = np.sort(Z, axis=1)
        clear = ordered[:, 2] - ordered[:, 1] > 1e-6
        for k, patch in enumerate(regions(picture)):
            inside = patch.get_path().contains_points(points)
            assert (inside == (Z.argmax(axis=1) == k))[clear].mean() > 0.999
    picture.move(epoch=0)
    assert not any(patch.get_visible() for patch in regions(picture))


def test_lines_of_the_rows_are_where_z_is_0_and_labels_where_it_is_positive():
    picture = lesson.explore_descent()
    picture.move(eta=4, epoch=50)
    _points, X, y = lesson._data("overlapping")
    W = plain(X, y, 4, 50, 0.0)[-1]
    lines = [line for line in picture.figure.axes[0].lines if line.get_animated()][:3]
    labels = [text for text in picture.figure.axes[0].texts if text.get_animated()]
    for w, line, label in zip(W, lines, labels, strict=True):
        x1, x2 = line.get_data()
        assert w[0] + w[1] * np.array(x1) + w[2] * np.array(x2) == pytest.approx(0, abs=1e-9)
        assert np.isclose(np.abs([x1, x2]).max(axis=0), lesson.EDGE).all()
        assert w @ [1, *label.get_position()] > 0


@pytest.mark.parametrize("w", [[0, 0, 0], [5, 0, 0], [100, 1, 1], [np.nan, 1, 1], [0, np.inf, 1],
                               [1e300, 1e300, -1e300], [0, 1, 0], [0, 0, -2], [-3.2, 1, 0]])
def test_any_row_can_be_drawn(w):
    picture = lesson.explore_descent(lambda X, y, eta, epochs, l2: np.full((epochs + 1, 3, 3), w, dtype=float))
    assert picture.trouble is None
    assert np.isfinite(np.frombuffer(picture.frame["points"], "<f4")).all()


def test_level_lines_have_the_loss_that_they_say():
    picture = lesson.explore_descent()
    picture.move(eta=2, epoch=20, l2=0.01)
    _points, X, y = lesson._data("overlapping")
    W = plain(X, y, 2, 20, 0.01)[-1]
    segments = picture.figure.axes[2].collections[0].get_segments()
    assert len(segments) > 5
    for segment in segments:
        at = np.repeat(W[np.newaxis], len(segment), axis=0)
        at[:, 0, 1:] = segment
        losses = losses_of(at, X, y, 0.01)
        level = min(lesson.LEVELS, key=lambda level: abs(level - np.median(losses)))
        assert losses == pytest.approx(level, rel=0.03)


def test_a_frame_of_a_run_that_is_kept_is_cheap():
    """Much above the 15 ms that it should take on a quiet machine, so that a busy one does not fail it."""
    picture = lesson.explore_descent()
    times = []
    for epoch in range(100):
        begun = time.process_time()
        picture.move(epoch=epoch)
        times.append(time.process_time() - begun)
    assert np.median(times) < 0.05
