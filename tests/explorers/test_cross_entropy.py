"""The numbers of lesson 07's explorers equal the mathematics, computed by SciPy."""

import re

import numpy as np
import pytest
from scipy.special import expit, log_expit, rel_entr
from scipy.special import log_softmax as scipy_log_softmax
from scipy.special import softmax as scipy_softmax
from scipy.stats import entropy

from helpers.explorers import cross_entropy as lesson
from tests.explorers.test_every_explorer import settings

CLOSE = {"rel": 1e-3, "abs": 5.1e-5}


def one(text: str, before: str) -> float:
    """The number after some words, as the learner reads it."""
    return float(re.search(rf"{re.escape(before)} ?([-+.e\dinfa]+)", text)[1])


def several(text: str, before: str) -> np.ndarray:
    """The numbers in brackets after some words."""
    return np.array([float(v) for v in re.search(rf"{re.escape(before)} ?\[([^]]*)\]", text)[1].split(", ")])


def net_inputs(values) -> np.ndarray:
    return np.array([values[f"z{i}"] for i in range(3)])


def moving(axes, kind="lines"):
    return [artist for artist in getattr(axes, kind) if artist.get_animated()]


# ---- the surprise -------------------------------------------------------------------------------------------------

def test_surprise_thread_reads_as_in_the_curriculum():
    assert lesson.explore_surprise().text == (
        "surprise: z = [1.78, 0.76, 1.65], true class 0 → p = [0.4467, 0.1611, 0.3922]; p of the true class 0.4467, "
        "its surprise 0.8059; from z alone, lse(z) − z of the true class: 0.8059")


def test_surprise_numbers_two_ways():
    picture = lesson.explore_surprise()
    for values in settings(picture, 150):
        true, log_p = int(values["y"]), scipy_log_softmax(net_inputs(values))
        assert f"true class {true} →" in picture.text
        assert several(picture.text, "p =") == pytest.approx(np.exp(log_p), **CLOSE)
        assert one(picture.text, "its surprise") == pytest.approx(-log_p[true], **CLOSE)
        assert one(picture.text, "of the true class:") == pytest.approx(-log_p[true], **CLOSE)


def test_surprise_point_bar_and_mark_stand_where_the_numbers_say():
    picture = lesson.explore_surprise()
    bars, curve_axes, loss_axes = picture.figure.axes
    for values in settings(picture, 60):
        true, log_p = int(values["y"]), scipy_log_softmax(net_inputs(values))
        mark, = moving(bars)
        point = moving(curve_axes)[-1]
        assert mark.get_xdata() == [true]
        assert point.get_xdata()[0] == pytest.approx(np.exp(log_p[true]))
        assert point.get_ydata()[0] == pytest.approx(min(-log_p[true], lesson.MOST))
        assert point.get_marker() == ("^" if -log_p[true] > lesson.MOST else "o")
        assert moving(loss_axes, "patches")[0].get_height() == pytest.approx(min(-log_p[true], lesson.MOST))
        hollow = [line.get_visible() for line in moving(curve_axes)[2:5]]
        assert hollow == [i != true for i in range(3)]


def test_surprise_points_that_meet_share_a_name():
    picture = lesson.explore_surprise()

    def names():
        return {text.get_text() for text in moving(picture.figure.axes[1], "texts") if text.get_visible()}

    assert names() == {"p₀", "p₁", "p₂"}
    picture.move(z0=5, z1=0, z2=0)
    assert names() == {"p₀", "p₁ p₂"}
    picture.move(z0=0)
    assert names() == {"p₀ p₁ p₂"}


def test_surprise_shows_the_learners_function():
    picture = lesson.explore_surprise(lambda p: 1 - p)
    assert "its surprise 0.5533; from z alone, lse(z) − z of the true class: 0.8059" in picture.text
    curve = moving(picture.figure.axes[1])[0]
    assert curve.get_ydata() == pytest.approx(1 - curve.get_xdata())
    picture = lesson.explore_surprise(np.log)      # without the minus: below the picture, and said so
    assert "its surprise -0.8059" in picture.text and moving(picture.figure.axes[1])[-1].get_marker() == "v"


# ---- entropy and divergence ---------------------------------------------------------------------------------------

def test_divergence_thread():
    text = lesson.explore_divergence().text
    assert "y = [0.7000, 0.1000, 0.2000]; z = [1.78, 0.76, 1.65], p = [0.4467, 0.1611, 0.3922]" in text
    assert "H(y) = 0.8018, KL(y‖p) = 0.1321, together 0.9339;" in text and text.endswith("sum 0.9339; H(y, p) = 0.9339")


def votes_of(values) -> np.ndarray:
    return np.array([values[f"v{i}"] for i in range(3)])


def test_divergence_numbers_two_ways():
    picture = lesson.explore_divergence()
    for values in settings(picture, 200):
        votes, log_p = votes_of(values), scipy_log_softmax(net_inputs(values))
        if not votes.any():
            continue
        y = votes / votes.sum()
        whole = -(y * log_p).sum()
        assert several(picture.text, "y =") == pytest.approx(y, **CLOSE)
        assert several(picture.text, "by class") == pytest.approx(-y * log_p, **CLOSE)
        assert one(picture.text, "H(y) =") == pytest.approx(entropy(y), **CLOSE)
        assert one(picture.text, "KL(y‖p) =") == pytest.approx(rel_entr(y, np.exp(log_p)).sum(), **CLOSE)
        for words in ("together", "sum", "H(y, p) ="):
            assert one(picture.text, words) == pytest.approx(whole, **CLOSE)


def test_divergence_stacks_are_as_high_as_the_line():
    picture = lesson.explore_divergence()
    axes = picture.figure.axes[1]
    for values in settings(picture, 100):
        votes, log_p = votes_of(values), scipy_log_softmax(net_inputs(values))
        if not votes.any():
            continue
        whole = min(-(votes / votes.sum() * log_p).sum(), lesson.HIGH)
        segments = moving(axes, "patches")
        tops = [segments[i].get_y() + segments[i].get_height() for i in (2, 4)]     # the last of each stack
        assert tops == pytest.approx([whole, whole])
        assert moving(axes)[0].get_ydata() == pytest.approx([whole, whole])


def test_divergence_presets_do_what_their_names_say():
    picture = lesson.explore_divergence()
    presets = {preset["label"]: preset["values"] for preset in picture.presets}
    picture.move(**presets["p of 7 : 1 : 2"])
    assert scipy_softmax(net_inputs(picture.values)) == pytest.approx([0.7, 0.1, 0.2], abs=2e-3)
    assert one(picture.text, "KL(y‖p) =") < 1e-4
    picture.move(**presets["One-hot"])
    assert "H(y) = 0.0000," in picture.text
    picture.move(**presets["A split vote"])
    assert "H(y) = 1.0986," in picture.text


def test_divergence_without_a_vote_is_nan_and_not_zero():
    picture = lesson.explore_divergence()
    picture.move(v0=0, v1=0, v2=0)
    assert picture.trouble is None
    assert "no votes and so no label, y = [nan, nan, nan]" in picture.text
    assert picture.text.endswith("sum nan; H(y, p) = nan")
    picture.move(v1=0.1)
    assert "y = [0.0000, 1.0000, 0.0000]" in picture.text


def test_divergence_shows_the_learners_function():
    picture = lesson.explore_divergence(lambda y, p: np.sum(y * np.log(p)))
    assert picture.text.endswith("sum 0.9339; H(y, p) = -0.9339")
    assert moving(picture.figure.axes[1])[1].get_marker() == "v"
    assert "shape (3,)" in lesson.explore_divergence(lambda y, p: -y * np.log(p)).trouble["sentence"]


# ---- squared error against log loss -------------------------------------------------------------------------------

def test_squared_error_thread():
    assert lesson.explore_squared_error().text == (
        "squared error: z = 2.07, y = 1 → φ = 0.8880; squared error 0.0126, slope -0.0223 (by formula -0.0223); "
        "log loss 0.1188, slope -0.1120 (by formula -0.1120)")


def expected(z, y):
    """Both losses and both slopes."""
    phi, log_phi = expit(z), log_expit(z if y else -z)
    error = -expit(-z) if y else phi
    return error**2, 2 * error * phi * expit(-z), -log_phi, error


def test_squared_error_numbers_two_ways():
    picture = lesson.explore_squared_error()
    for values in settings(picture, 150):
        square, slope, log_loss, log_slope = expected(values["z"], int(values["y"]))
        found = re.search(r"; squared error (\S+), slope (\S+) \(by formula (\S+)\); "
                          r"log loss (\S+), slope (\S+) \(by formula (\S+)\)$", picture.text)
        assert [float(v) for v in found.groups()] == pytest.approx(
            [square, slope, slope, log_loss, log_slope, log_slope], **CLOSE)
        assert found[2] == found[3] and found[5] == found[6], picture.text


def test_squared_error_slope_dies_and_the_other_does_not():
    picture = lesson.explore_squared_error()
    for z, y in ((-10, "1"), (10, "0")):
        picture.move(z=z, y=y)
        points = [point.get_ydata()[0] for point in moving(picture.figure.axes[1])[-2:]]
        assert abs(points[0]) < 1e-4 and abs(points[1]) > 0.9999


def test_squared_error_points_lie_on_their_curves():
    picture = lesson.explore_squared_error()
    for values in [{"z": -3.0, "y": "1"}, {"z": 1.25, "y": "0"}, {"z": 0.0, "y": "1"}]:
        picture.move(**values)
        for axes in picture.figure.axes[:2]:
            curves = moving(axes)[-4:]
            for curve, point in zip(curves[:2], curves[2:], strict=True):
                z, height = point.get_xdata()[0], point.get_ydata()[0]
                assert np.interp(z, *curve.get_data()) == pytest.approx(height, abs=2e-3)


def test_squared_error_measures_the_learners_own_function():
    picture = lesson.explore_squared_error(log_loss=lambda z, y: -np.log(np.where(y == 1, expit(z), expit(-z)) + 0.01))
    picture.move(z=-10)
    assert one(picture.text, "log loss") == pytest.approx(-np.log(0.01 + expit(-10)), abs=1e-4)
    assert re.search(r"log loss \S+, slope -0.0045 \(by formula -1.0000\)", picture.text)
