"""The numbers of lesson 08's explorers equal the mathematics, computed by SciPy and by complex steps."""

import math
import re

import numpy as np
import pytest
from scipy.special import log_softmax
from scipy.special import softmax as scipy_softmax

from helpers import activations, gradients
from helpers.explorers import gradient as lesson
from helpers.live import Choice
from tests.explorers.test_every_explorer import settings


def numbers(text: str, name: str) -> np.ndarray:
    """The numbers in brackets after a name, as the learner reads them."""
    found = re.search(rf"(?<![a-z]){name} (?:= )?(\[[^;]*?\])(?=[;,] [a-zLΣ]| [=≠?]|$)", text)
    return np.array([float(v) for v in re.findall(r"[-\d.e+naif]+(?=[,\]])", found[1])])


def net_inputs(values) -> np.ndarray:
    return np.array([values[f"z{i}"] for i in range(3)])


def in_complex(f, z: np.ndarray) -> np.ndarray:
    """Derivatives of f at z by complex steps, which know neither a formula nor round-off; a row for each entry of f."""
    return np.stack([np.imag(f(z + 1e-30j * e)) / 1e-30 for e in np.eye(len(z))], axis=-1)


def plain(z):
    return np.exp(z) / np.exp(z).sum()


# ---- the derivation -----------------------------------------------------------------------------------------------

def test_thread_reads_as_in_the_curriculum():
    picture = lesson.explore_derivation()
    picture.move(line="6")
    assert picture.text.startswith(
        "derivation: line 6, the collapse: z = [1.78, 0.76, 1.65], true class 0 → left side [-0.5533, 0.1611, 0.3922] "
        "= right side [-0.5533, 0.1611, 0.3922]; p = [0.4467, 0.1611, 0.3922], L = 0.8059; lines 1 to 7: = = = = = = =")


@pytest.mark.parametrize("line", range(1, 8))
def test_both_sides_of_each_line_are_its_derivative(line):
    for values in settings(lesson.explore_derivation(), 60):
        z, true = net_inputs(values), int(values["y"])
        y, p = np.eye(3)[true], scipy_softmax(net_inputs(values))
        jacobian = in_complex(plain, z)
        by_z = in_complex(lambda z, true=true: -np.log(plain(z)[true]), z)
        off = np.where(np.eye(3), np.nan, 0)
        expected = [-y / p, np.diag(jacobian), jacobian + off, jacobian, by_z, by_z, np.outer(by_z, lesson.X)][line - 1]
        for side in lesson.sides(activations.softmax, z, true)[line - 1]:
            np.testing.assert_allclose(side, expected, rtol=1e-6, atol=1e-8)


def test_with_softmax_every_line_holds_everywhere():
    picture = lesson.explore_derivation()
    for _values in settings(picture, 200):
        assert picture.text.endswith("lines 1 to 7: = = = = = = =")


def test_with_base_two_lines_break_as_the_lesson_says():
    picture = lesson.explore_derivation(lambda z: 2.0**z / np.sum(2.0**z))
    for _values in settings(picture, 100):
        assert picture.text.endswith("lines 1 to 7: = ≠ ≠ ≠ ≠ = ≠")


def test_each_line_has_its_name():
    picture = lesson.explore_derivation()
    for line, name in enumerate(lesson.line_names(), start=1):
        picture.move(line=str(line))
        assert picture.text.startswith(f"derivation: line {line}, {name}: ")


def test_picture_shows_the_line_and_its_numbers():
    picture = lesson.explore_derivation()
    axes = picture.figure.axes[0]
    for line in range(1, 8):
        picture.move(line=str(line))
        shown = [text.get_text() for text in axes.texts if text.get_visible()]
        assert [formula for formula in lesson.FORMULAS if formula in shown] == [lesson.FORMULAS[line - 1]]
        left, right = lesson.sides(activations.softmax, np.array([1.78, 0.76, 1.65]), 0)[line - 1]
        for side in (left, right):
            for column in np.reshape(side, (3, -1)).T:
                words = [f"{v:.4f}" if not math.isnan(v) else "·" for v in column + 0.0]
                assert any(text.split("\n")[1:] == words for text in shown), (line, words)


def test_nan_and_no_probability_are_told_apart_from_unequal():
    assert lesson.agree(np.array([np.nan]), np.array([1.0])) == "?"
    assert lesson.agree(np.array([np.inf]), np.array([np.inf])) == "?"
    assert lesson.agree(np.array([np.nan, 1.0]), np.array([np.nan, 1.0])) == "="
    picture = lesson.explore_derivation(lambda z: np.array([0.0, 0.5, 0.5]))
    assert picture.trouble is None and "≠" in picture.text and "?" in picture.text


# ---- the push -----------------------------------------------------------------------------------------------------

def test_push_numbers():
    picture = lesson.explore_push()
    for values in settings(picture, 150):
        z, true = net_inputs(values), int(values["y"])
        p, y = scipy_softmax(z), np.eye(3)[true]
        assert numbers(picture.text, "p − y") == pytest.approx(p - y, rel=1e-3, abs=5.1e-5)
        assert numbers(picture.text, "J").reshape(3, 3) == pytest.approx(in_complex(plain, z), rel=1e-3, abs=5.1e-5)
        assert "sum 0, " in picture.text and picture.text.endswith("sums of its rows [0, 0, 0]")
        loss = float(re.search(r"L = ([^;]*);", picture.text)[1])
        assert loss == pytest.approx(-log_softmax(z)[true], rel=1e-3, abs=5.1e-5)


def test_arrows_go_from_y_to_p():
    picture = lesson.explore_push()
    stems = [line for line in picture.figure.axes[0].lines if line.get_animated()][:3]
    heads = [line for line in picture.figure.axes[0].lines if line.get_animated()][3:]
    for values in settings(picture, 60):
        p, true = scipy_softmax(net_inputs(values)), int(values["y"])
        for k, (stem, head) in enumerate(zip(stems, heads, strict=True)):
            y = float(k == true)
            assert stem.get_ydata()[0] == y
            assert head.get_ydata()[0] == pytest.approx(p[k], abs=0.031)
            assert head.get_marker() == ("v" if k == true else "^")


def test_push_shows_the_learners_functions():
    picture = lesson.explore_push(lambda z, y: y - z, lambda z: np.arange(9.0).reshape(3, 3))
    assert "p − y = [-0.7800, -0.7600, -1.6500], sum -3.1900" in picture.text
    assert "sums of its rows [3.0000, 12.0000, 21.0000]" in picture.text


# ---- the step -----------------------------------------------------------------------------------------------------

def errors(picture):
    """h and the error of the learner's curve and of the one-sided one."""
    moving = [line for line in picture.figure.axes[0].lines if line.get_animated()]
    one_sided, curve = moving[0], moving[1]
    return np.array(curve.get_data()), np.array(one_sided.get_data())


def test_the_loss_of_the_step_is_the_cross_entropy():
    for c in (0, 3.5, 1000):
        z = np.array([1.78, 0.76, 1.65]) + c
        assert lesson.thread_loss(z) == pytest.approx(-log_softmax(z)[0], rel=1e-12)
        narrow = lesson.thread_loss(z.astype(np.float32))
        assert narrow.dtype == np.float32 and narrow == pytest.approx(-log_softmax(z)[0], rel=1e-5, abs=1e-4)


def test_step_falls_as_h_squared_and_grows_as_one_over_h():
    (h, central), (_h, one_sided) = errors(lesson.explore_step())

    def slope(curve, low, high):
        part = (h >= low * 0.99) & (h <= high * 1.01)
        return np.polyfit(np.log10(h[part]), np.log10(curve[part]), 1)[0]

    assert slope(central, 1e-3, 1e-1) == pytest.approx(2, abs=0.02)
    assert slope(one_sided, 1e-5, 1e-1) == pytest.approx(1, abs=0.02)
    assert slope(central, 1e-12, 1e-7) == pytest.approx(-1, abs=0.3)
    assert 1e-6 < h[central.argmin()] < 1e-4
    assert 1e-9 < h[one_sided.argmin()] < 1e-6


def test_step_of_float32_and_far_from_0_are_as_the_lesson_says():
    picture = lesson.explore_step()
    picture.move(dtype="float32")
    (h, curve), _one_sided = errors(picture)
    assert 3e-3 < h[curve.argmin()] < 1e-1 and 1e-7 < curve.min() < 1e-4
    picture.move(dtype="float64")
    near = errors(picture)[0][1].min()
    picture.move(c=1000)
    assert errors(picture)[0][1].min() > 10 * near


def test_step_point_lies_on_the_curve():
    picture = lesson.explore_step()
    for values in settings(picture, 40):
        (h, curve), _one_sided = errors(picture)
        point = next(line for line in picture.figure.axes[0].lines if line.get_marker() == "o")
        at = int(np.argmin(np.abs(np.log10(h) - values["e"])))
        if math.isclose(math.log10(h[at]), values["e"], abs_tol=1e-6):
            assert point.get_xdata()[0] == pytest.approx(h[at])
            assert point.get_ydata()[0] == pytest.approx(np.clip(curve[at], 1.5e-13, 2), rel=1e-6)


def test_step_measures_with_the_learners_function():
    seen = []

    def measure(f, at, h):
        seen.append((at.dtype.name, h, f(at)))
        return np.zeros(3)

    picture = lesson.explore_step(measure)
    picture.move(dtype="float32", e=-3)
    assert {dtype for dtype, _h, _loss in seen} == {"float64", "float32"}
    assert seen[0][2] == pytest.approx(0.8058910391)
    assert "h = 0.001, measured [0.00000000, 0.00000000, 0.00000000]" in picture.text
    assert "largest error 0.55" in picture.text


def test_stored_numbers_do_not_hang_on_round_off():
    """At the start the truncation is far larger, so that another machine stores the same."""
    picture = lesson.explore_step()
    third = scipy_softmax([1.78, 0.76, 1.65])
    third = third * (1 - third) * (1 - 2 * third)
    error = float(re.search(r"largest error (.*)", picture.text)[1])
    assert error == pytest.approx(np.abs(third).max() / 6 * 1e-4, rel=0.05)


def test_defaults_are_the_courses_own():
    z = np.array([0.3, -1.0, 2.0])
    picture = lesson.explore_push()
    picture.move(**{f"z{i}": value for i, value in enumerate(z)}, y="1")
    assert numbers(picture.text, "p − y") == pytest.approx(gradients.cross_entropy_gradient(z, 1), abs=5.1e-5)
    assert lesson.central(lambda v: lesson.thread_loss(v), z, 1e-5) == pytest.approx(
        gradients.cross_entropy_gradient(z, 0), abs=1e-9)
    assert all(isinstance(picture._controls["y"], Choice) for picture in
               (lesson.explore_derivation(), lesson.explore_push()))
