"""Lesson 02's explorers: the numbers they tell are the mathematics, computed here by SciPy and scikit-learn."""

import math
import re

import numpy as np
import pytest
from scipy import optimize, special
from sklearn.linear_model import LogisticRegression

from helpers.datasets import practice_hours
from helpers.explorers.logistic import explore_family, explore_fit, explore_unit, optimum

NUMBER = r"(-?inf|nan|-?\d[\d.]*(?:e[+-]\d+)?)"


def told(text: str, pattern: str) -> tuple[float, ...]:
    """The numbers in the text where the pattern has a #."""
    found = re.search(re.escape(pattern).replace(r"\#", NUMBER), text)
    assert found, f"{pattern} is not in {text}"
    return tuple(map(float, found.groups()))


# ---------------------------------------------------------------------------------------------- the family

RAW = (special.expit, np.tanh, np.arctan, special.erf)
TO_RANGE = (special.expit, lambda z: special.expit(2 * z), lambda z: np.arctan(z) / np.pi + 0.5,
            lambda z: (1 + special.erf(z)) / 2)
SAME_SLOPE = (special.expit, special.expit, lambda z: np.arctan(np.pi * z / 4) / np.pi + 0.5,
              lambda z: special.ndtr(z * math.sqrt(np.pi / 8)))


@pytest.mark.parametrize(("scale", "functions", "words"),
                         [("range", TO_RANGE, "from 0 to 1"), ("slope", SAME_SLOPE, "with slope 1/4 at 0")])
def test_family(scale, functions, words):
    picture = explore_family()
    for z in [2.07, -6, 0, 6, *np.random.default_rng(1).uniform(-6, 6, 20).round(2)]:
        picture.move(z=z, scale=scale)
        assert told(picture.text, "→ φ #, tanh #, arctan #, erf #;") == pytest.approx([f(z) for f in RAW], abs=6e-5)
        assert told(picture.text, f"{words}: φ #, tanh #, arctan #, erf #") == \
            pytest.approx([f(z) for f in functions], abs=6e-5)


def test_same_slope_is_one_quarter():
    for function in SAME_SLOPE:
        assert (function(1e-6) - function(-1e-6)) / 2e-6 == pytest.approx(0.25)


# ---------------------------------------------------------------------------------------------- one unit

def test_unit_tells_the_thread():
    text = explore_unit().text
    assert "z = 2.07, P(y = 1) = 0.8880 (88.8 %), odds 7.925 to 1, log-odds 2.0700" in text
    assert "slope 0.0995 in z, 0.0497 in x; boundary at x = -1.6400; says y = 1" in text


def test_one_more_z_multiplies_the_odds_by_e():
    picture = explore_unit()
    before, = told(picture.text, "odds #")
    picture.move(b=1.82)
    after, = told(picture.text, "odds #")
    assert after / before == pytest.approx(math.e, rel=2e-4)


def test_unit_on_a_random_walk():
    picture, random = explore_unit(), np.random.default_rng(2)
    for _step in range(200):
        w, b, x, t = random.uniform([-10, -30, -5, 0.01], [10, 30, 5, 0.99]).round(2)
        picture.move(w=w, b=b, x=x, t=t)
        assert picture.trouble is None
        z = w * x + b
        p = special.expit(z)
        slope = p * (1 - p)
        values = told(picture.text, "z = #, P(y = 1) = # (# %), odds # to 1, log-odds #; slope # in z, # in x; "
                                    "boundary at x = #")
        expected = z, p, 100 * p, np.exp(z), z, slope, w * slope, (special.logit(t) - b) / w
        last_digits = 1e-4, 1e-4, 0.1, 1e-3, 1e-4, 1e-4, 1e-4, 1e-4
        for value, right, last_digit in zip(values, expected, last_digits, strict=True):
            assert value == pytest.approx(right, rel=6e-4, abs=0.6 * last_digit)
        assert picture.text.endswith(f"says y = {int(p > t)}")


def test_unit_without_weight_has_no_boundary():
    picture = explore_unit()
    picture.move(w=0, b=0)
    assert "no boundary, since w = 0" in picture.text and picture.text.endswith("on the boundary")


def test_unit_of_exercise_3():
    picture = explore_unit()
    picture.move(w=8, b=-24, x=3)
    assert "2.0000 in x; boundary at x = 3.0000" in picture.text


def test_unit_shows_a_nan_as_nan():
    picture = explore_unit(lambda z: np.full_like(z, np.nan))
    assert picture.trouble is None and "P(y = 1) = nan" in picture.text and picture.text.endswith("says nothing")


# ---------------------------------------------------------------------------------------------- fitting by hand

def mean_log_loss(w, b):
    hours, passed = practice_hours()
    return -special.log_expit(np.where(passed == 1, 1, -1) * (w * hours + b)).mean()


def test_optimum_is_that_of_scikit_learn_and_scipy():
    hours, passed = practice_hours()
    w, b = optimum(hours, passed)
    model = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000).fit(hours[:, None], passed)
    assert (w, b) == pytest.approx((model.coef_[0, 0], model.intercept_[0]), rel=1e-5)
    found = optimize.minimize(lambda weights: mean_log_loss(*weights), [0, 0], tol=1e-10)
    assert (w, b) == pytest.approx(found.x, rel=1e-4)


def test_optimum_of_groups_that_do_not_overlap():
    with pytest.raises(ValueError):
        optimum(np.array([1.0, 2.0, 3.0, 4.0]), np.array([0, 0, 1, 1]))


def test_the_groups_overlap():
    hours, passed = practice_hours()
    assert hours.shape == passed.shape == (20,) and set(passed) == {0, 1}
    assert hours[passed == 1].min() < hours[passed == 0].max()


def test_fit_on_a_random_walk():
    picture, random = explore_fit(), np.random.default_rng(3)
    best = mean_log_loss(0, 0), 0, 0
    for _step in range(100):
        w, b = random.uniform([-2, -12], [4, 6]).round(2)
        picture.move(w=w, b=b)
        loss = mean_log_loss(w, b)
        best = min(best, (loss, w, b))
        assert told(picture.text, "mean log loss #,") == pytest.approx([loss], abs=6e-5)
        assert told(picture.text, "best so far # at w = #, b = #") == pytest.approx(best, abs=6e-5)


def test_no_setting_is_better_than_the_preset_optimum():
    picture = explore_fit()
    picture.move(**{p["label"]: p["values"] for p in picture.presets}["Optimum"])
    lowest, = told(picture.text, "mean log loss #")
    losses = [mean_log_loss(w, b) for w in np.linspace(-2, 4, 61) for b in np.linspace(-12, 6, 91)]
    assert lowest <= min(losses) + 6e-5 and f"best so far {lowest:.4f}" in picture.text


def test_reset_forgets_the_best():
    picture = explore_fit()
    picture.move(w=1.5, b=-4.8)
    picture.move(w=0, b=0)
    assert f"best so far {mean_log_loss(1.5, -4.8):.4f} at w = 1.5, b = -4.8" in picture.text
    picture.reset()
    assert "best so far 0.6931 at w = 0, b = 0" in picture.text


def test_a_nan_is_never_the_best():
    picture = explore_fit(lambda z: np.where(np.abs(z) > 3, np.nan, special.expit(z)))
    picture.move(w=4)
    assert "mean log loss nan" in picture.text and "best so far 0.6931" in picture.text
