"""The numbers of lesson 06's explorer equal the mathematics, computed by SciPy."""

import re

import numpy as np
import pytest
from scipy.special import log_softmax, softmax

from helpers.explorers import softmax_in_tensorflow as lesson
from helpers.style import number
from tests.explorers.test_every_explorer import walk


def shown(text: str) -> list[float]:
    """The probability and the loss, once and twice, and the floor, as the learner reads them."""
    return [float(v) for v in re.findall(r"(?:p =|loss|floor) ([^,;]+)", text)]


def expected(values) -> list[float]:
    z = np.zeros(int(values["K"]))
    z[0] = values["margin"]
    p = softmax(z)
    floor = -log_softmax(np.eye(len(z))[0])[0]
    return [p[0], -log_softmax(z)[0], softmax(p)[0], -log_softmax(p)[0], floor]


def artists(picture):
    """The curves, the floor, the line at the margin and the two points, each as an array of x and y."""
    moving = [line for line in picture.figure.axes[0].lines if line.get_animated()]
    return [np.column_stack(line.get_data()) for line in moving]


@pytest.mark.parametrize(("classes", "floor"), [(3, 0.551), (10, 1.461)])
def test_floor_as_in_the_curriculum(classes, floor):
    assert lesson.floor(classes) == pytest.approx(floor, abs=5e-4)
    assert lesson.floor(classes) == pytest.approx(-log_softmax(np.eye(classes)[0])[0])


def test_numbers_at_presets_and_along_a_walk():
    picture = lesson.explore_doubled()
    for values in [{}, *(preset["values"] for preset in picture.presets), *walk(picture, 200, seed=6)]:
        picture.move(**values)
        assert shown(picture.text) == pytest.approx(expected(picture.values), rel=1e-3, abs=5.1e-5)


def test_curves_pass_through_the_points():
    picture = lesson.explore_doubled()
    for classes in (2, 3, 10, 100):
        picture.move(K=classes)
        for margin in lesson.MARGINS[::20]:
            picture.move(margin=margin)
            once, twice, floor, _line, at_once, at_twice = artists(picture)
            assert np.interp(margin, *once.T) == pytest.approx(at_once[0, 1])
            assert np.interp(margin, *twice.T) == pytest.approx(at_twice[0, 1])
            assert (floor[:, 1] < at_twice[0, 1]).all()
            assert at_once[0, 0] == at_twice[0, 0] == margin


def test_no_probabilities_are_below_the_floor():
    """The bound itself, tried on many p: the floor, and less than 1 above it where all are equal."""
    random = np.random.default_rng(6)
    for classes in (2, 3, 10, 100):
        p = np.vstack([random.dirichlet(np.full(classes, a), 500) for a in (0.01, 0.1, 1)])
        losses = -log_softmax(p, axis=1)[:, 0]
        assert losses.min() >= lesson.floor(classes) - 1e-12
        assert losses.max() <= lesson.floor(classes) + 1 + 1e-12
        assert 0 < np.log(classes) - lesson.floor(classes) < 1


def test_the_learners_function_moves_the_points_and_not_the_curves():
    def sharper(z):
        return softmax(5 * z)

    ours, theirs = lesson.explore_doubled(), lesson.explore_doubled(sharper)
    for picture in (ours, theirs):
        picture.move(margin=10)
    for one, other in zip(artists(ours)[:3], artists(theirs)[:3], strict=True):
        assert (one == other).all()
    assert artists(theirs)[5][0, 1] == pytest.approx(-log_softmax(5 * np.eye(3)[0])[0])
    assert artists(theirs)[5][0, 1] < lesson.floor(3)      # which the lesson asks to find out


def test_a_number_of_classes_between_two_is_rounded():
    picture = lesson.explore_doubled()
    picture.move(K=2.6)
    assert picture.trouble is None and "K = 3 " in picture.text


@pytest.mark.parametrize("given", [np.nan, np.inf, -1.0, 0.0, 1e300])
def test_whatever_is_returned_is_shown_as_what_it_is(given):
    picture = lesson.explore_doubled(lambda z: np.full(len(z), given))
    assert picture.trouble is None
    assert f"once p = {number(given)}," in picture.text
    assert picture.png()
