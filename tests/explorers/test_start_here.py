"""The numbers of lesson 00's explorer equal the mathematics, computed by SciPy."""

import re

import numpy as np
import pytest
from scipy.special import softmax as scipy_softmax

from helpers.explorers.start_here import explore_three_bars
from tests.explorers.test_every_explorer import settings


def shown(picture) -> np.ndarray:
    """The probabilities as the learner reads them."""
    return np.array([float(v) for v in re.search(r"p = \[([^]]*)\]", picture.text)[1].split(", ")])


def parts(picture) -> np.ndarray:
    """Lower and upper end of each part of the stack, shape (3, 2)."""
    return np.array([[patch.get_y(), patch.get_y() + patch.get_height()] for patch in picture.figure.axes[1].patches])


def bars(picture) -> np.ndarray:
    return np.array([patch.get_height() for patch in picture.figure.axes[0].patches])


def test_thread():
    assert explore_three_bars().text == "three bars: z = [1.78, 0.76, 1.65] → p = [0.4467, 0.1611, 0.3922], sum 1"


def test_bars_stack_and_numbers():
    picture = explore_three_bars()
    for values in settings(picture, 150):
        p = scipy_softmax([values["z0"], values["z1"], values["z2"]])
        assert shown(picture) == pytest.approx(p, rel=1e-3, abs=5.1e-5)
        assert bars(picture) == pytest.approx(p)
        assert parts(picture)[:, 1] == pytest.approx(np.cumsum(p))
        assert parts(picture)[:, 0] == pytest.approx([0, *np.cumsum(p)[:2]], abs=1e-12)
        assert picture.text.endswith(", sum 1")


def test_one_up_both_others_down():
    """What the lesson asks before it shows it, and what it says afterwards."""
    picture = explore_three_bars()
    before = bars(picture)
    picture.move(z1=1.76)
    assert bars(picture)[1] > before[1] and (bars(picture)[[0, 2]] < before[[0, 2]]).all()
    assert picture.text.endswith("sum 1")


def test_nothing_vanishes_and_nothing_is_all():
    picture = explore_three_bars()
    picture.move(z0=5, z1=-5, z2=-5)
    assert (bars(picture) > 0).all() and bars(picture)[0] < 1
    assert shown(picture)[0] < 1     # also as it is written


@pytest.mark.parametrize("at", [2, -4])
def test_all_equal(at):
    picture = explore_three_bars()
    picture.move(z0=at, z1=at, z2=at)
    assert bars(picture) == pytest.approx([1 / 3] * 3)


def test_shows_the_learners_function():
    picture = explore_three_bars(lambda z: scipy_softmax(3 * z))
    assert shown(picture) == pytest.approx(scipy_softmax([5.34, 2.28, 4.95]), abs=5.1e-5)
    picture = explore_three_bars(lambda z: z / 2)
    assert picture.text.endswith("p = [0.8900, 0.3800, 0.8250], sum 2.095")
    assert parts(picture)[:, 1] == pytest.approx([0.89, 1.1, 1.1])     # the stack ends with the axes


def test_what_is_no_height_is_not_stacked():
    picture = explore_three_bars(lambda z: np.array([np.nan, -0.5, 0.25]))
    assert picture.trouble is None
    assert parts(picture) == pytest.approx(np.array([[0, 0], [0, 0], [0, 0.25]]))
    assert picture.text.endswith("p = [nan, -0.5000, 0.2500], sum nan")
