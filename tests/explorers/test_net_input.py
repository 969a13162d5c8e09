"""The numbers of lesson 01's explorer against the mathematics, computed in another way."""

import re

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from helpers.explorers.net_input import explore_net_input

NUMBER = r"(-?[\d.]+(?:e[+-]?\d+)?)"


@pytest.fixture
def picture():
    return explore_net_input()


def numbers_of(text: str) -> list[float]:
    """All numbers after the arrow: the terms, z, (0,) and the two distances."""
    return [float(n) for n in re.findall(NUMBER, text.split("→")[1].replace("z = 0:", ":"))]


def assert_right(picture) -> None:
    v = picture.values
    x, w = [1.0, v["x1"], v["x2"]], [v["w0"], v["w1"], v["w2"]]
    terms = [a * b for a, b in zip(x, w, strict=True)]
    z = sum(terms)
    shown = numbers_of(picture.text)
    np.testing.assert_allclose(shown[:4], [*terms, z], atol=6e-5)
    assert ("> 0" in picture.text) == (z > 1e-12) and ("< 0" in picture.text) == (z < -1e-12)
    if w[1] == w[2] == 0:
        assert f"no line, for z is {shown[-1]:g} everywhere" in picture.text
        assert shown[-1] == pytest.approx(w[0])
        return
    for point, distance in zip(((v["x1"], v["x2"]), (0.0, 0.0)), shown[-2:], strict=True):
        assert abs(distance) == pytest.approx(nearest(w, point), abs=1e-4)
        assert distance == 0 or (distance > 0) == (w[0] + w[1] * point[0] + w[2] * point[1] > 0)


def nearest(w: list[float], point: tuple[float, float]) -> float:
    """The smallest distance from a point to the points of the line, found by search."""
    if abs(w[2]) >= abs(w[1]):
        on_line = lambda t: (t, -(w[0] + w[1] * t) / w[2])  # noqa: E731
    else:
        on_line = lambda t: (-(w[0] + w[2] * t) / w[1], t)  # noqa: E731
    found = minimize_scalar(lambda t: sum((a - b) ** 2 for a, b in zip(on_line(t), point, strict=True)))
    return float(found.fun) ** 0.5


def test_thread(picture):
    picture.reset()
    assert picture.text == (
        "net input: x = [1, 1.4, 2.5], w = [0.4, 0.3, 0.5] → terms [0.4, 0.42, 1.25], z = 2.07 > 0; "
        "signed distance to the line z = 0: from x 3.55, from the origin 0.686")


def test_presets(picture):
    for preset in picture.presets:
        picture.move(**preset["values"])
        assert_right(picture)


def test_random_walk(picture):
    random = np.random.default_rng(1)
    for _ in range(60):
        values = {name: round(float(random.uniform(c.low, c.high)), 1) for name, c in picture._controls.items()}
        picture.move(**values)
        assert_right(picture)


def artists(picture):
    plane = picture.figure.axes[2]
    sides = plane.patches[:2]
    line, square, *_ = plane.lines
    return sides, line, square


def area(polygon) -> float:
    x, y = polygon.get_xy()[:-1].T
    return abs(float(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1)))) / 2


def test_sides_and_line_are_where_they_belong(picture):
    random = np.random.default_rng(2)
    grid = np.stack(np.meshgrid(np.linspace(-3.99, 3.99, 41), np.linspace(-3.99, 3.99, 41)), axis=-1).reshape(-1, 2)
    for _ in range(40):
        w = random.uniform(-1.5, 1.5, 3).round(2)
        picture.move(w0=w[0], w1=w[1], w2=w[2])
        sides, line, square = artists(picture)
        z = w[0] + grid @ w[1:]
        for side, sign in zip(sides, (1, -1), strict=True):
            inside = side.get_path().contains_points(grid) if side.get_visible() else np.zeros(len(grid), bool)
            np.testing.assert_array_equal(inside, sign * z > 0)
        assert sum(area(s) for s in sides if s.get_visible()) == pytest.approx(64)
        assert line.get_visible() == all(s.get_visible() for s in sides)
        if line.get_visible():
            ends = line.get_xydata()
            np.testing.assert_allclose(w[0] + ends @ w[1:], 0, atol=1e-12)
            np.testing.assert_allclose(np.abs(ends).max(axis=1), 4)      # from edge to edge of the view
            corner = square.get_xydata()
            assert (corner[1] - corner[0]) @ (corner[1] - corner[2]) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(("weights", "visible", "words"), [
    ((0, 0, 0), (False, False), "no line, for z is 0 everywhere"),
    ((0.4, 0, 0), (True, False), "no line, for z is 0.4 everywhere"),
    ((-0.4, 0, 0), (False, True), "no line, for z is -0.4 everywhere"),
    ((1.5, 0.1, 0.2), (True, False), "(the line is outside the picture)"),
    ((-1.5, 0.1, 0.2), (False, True), "(the line is outside the picture)"),
    ((1.5, 0.1, 0), (True, False), "(the line is outside the picture)"),
    ((1e-5, 1e-5, 0), (True, True), "from the origin 1"),
    ((0, 5e-324, 0), (True, True), "from the origin 0"),
])
def test_special_weights(picture, weights, visible, words):
    picture.reset()
    picture.move(**dict(zip(("w0", "w1", "w2"), weights, strict=True)))
    assert picture.trouble is None
    assert words in picture.text
    sides, line, _ = artists(picture)
    assert tuple(side.get_visible() for side in sides) == visible
    assert line.get_visible() == all(visible)


def test_bars_stack_up_to_z(picture):
    picture.move(x1=-1.5, x2=2, w0=0.5, w1=1, w2=-0.4)
    bars = picture.figure.axes[1].patches
    spans = [sorted((bar.get_x(), bar.get_x() + bar.get_width())) for bar in bars]
    np.testing.assert_allclose(spans, [(0, 0.5), (-1, 0.5), (-1.8, -1), (-1.8, 0)], atol=1e-12)
    assert [bar.get_hatch() for bar in bars] == ["", "///", "///", "///"]


def test_a_bar_that_goes_on_outside_is_marked(picture):
    left, right = picture.figure.axes[1].lines[-2:]
    picture.reset()
    assert len(left.get_xdata()) == len(right.get_xdata()) == 0
    picture.move(x1=3, x2=3, w0=1.5, w1=1.5, w2=1.5)        # 1.5, 4.5, 4.5
    assert (list(left.get_ydata()), list(right.get_ydata())) == ([], [2, 1, 0])
    picture.move(w0=-1.5, w1=-1.5, w2=1.5)                  # -1.5, -4.5, 4.5: only the stack leaves the view
    assert (list(left.get_ydata()), list(right.get_ydata())) == ([2, 1], [])


def test_a_function_that_forgets_the_bias_is_told_from_the_sum_of_the_terms():
    picture = explore_net_input(lambda x, w: np.sum(w[1:] * x[1:]))
    assert "z = 1.67 > 0; but the terms add up to 2.07;" in picture.text


def test_terms_instead_of_their_sum_get_a_sentence_with_the_functions_own_name():
    def weighted_sum(x, w):
        return w * x

    picture = explore_net_input(weighted_sum)
    assert picture.trouble["sentence"].startswith("`weighted_sum` returned shape (3,)")
