"""The numbers of lesson 04's explorers equal the mathematics, computed by SciPy and scikit-learn."""

import re

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from helpers.explorers import many_classes as lesson
from tests.explorers.test_every_explorer import preset, settings

W = [[1.1, 1.2, 0.8, 0.4], [0.2, 0.4, 1.0, 0.2], [0.6, 1.5, 1.2, 0.7]]


def numbers(text: str, name: str) -> np.ndarray:
    """The numbers in brackets after a name, as the learner reads them."""
    found = re.search(rf"(?<![A-Za-z]){name} = \[([^]]*)\]", text)
    return np.array([float(v) for v in found[1].split(", ")])


def triangles(picture, axes: int) -> list[int]:
    """The classes at which the mark of the largest bar stands."""
    mark = next(line for line in picture.figure.axes[axes].lines if line.get_marker() == "^")
    return [int(i) for i in mark.get_xdata()]


# ---- three units on one example -----------------------------------------------------------------------------------

def test_outputs_thread_reads_as_in_the_curriculum():
    picture = lesson.explore_outputs()
    assert picture.text == ("outputs: x = [1, 0.1, 0.4, 0.6], row 0 of W = [1.1, 1.2, 0.8, 0.4] → z = [1.78, 0.76, "
                            "1.65], φ = [0.8557, 0.6814, 0.8389], sum 2.3759, yes: 0, 1, 2, argmax 0")
    assert triangles(picture, 1) == [0]


def test_outputs_numbers_meter_and_words():
    picture = lesson.explore_outputs()
    for values in settings(picture, 150):
        x = np.array([1] + [values[f"x{i}"] for i in (1, 2, 3)])
        z = np.array([sum(a * b for a, b in zip(row, x, strict=True))
                      for row in ([values[f"w{i}"] for i in range(4)], *W[1:])])
        phi = expit(z)
        assert numbers(picture.text, "z") == pytest.approx(z, abs=5.1e-5)
        assert numbers(picture.text, "φ") == pytest.approx(phi, rel=1e-3, abs=5.1e-5)
        assert float(re.search(r"sum ([\d.]+)", picture.text)[1]) == pytest.approx(phi.sum(), abs=5.1e-5)
        yes = ", ".join(str(i) for i in range(3) if phi[i] > 0.5) or "none"
        assert f"yes: {yes}, " in picture.text
        parts = [patch for patch in picture.figure.axes[2].patches if patch.get_animated()]
        assert [part.get_height() for part in parts] == pytest.approx(phi)
        assert parts[-1].get_y() + parts[-1].get_height() == pytest.approx(phi.sum())
        words = [text.get_text() for text in picture.figure.axes[1].texts][-3:]
        assert words == ["yes" if v > 0 else "no" if v < 0 else "even" for v in z] or np.abs(z).min() < 1e-12
        if len(set(np.round(z, 9))) == 3:
            assert triangles(picture, 1) == [np.argmax(z)] and picture.text.endswith(f"argmax {np.argmax(z)}")


@pytest.mark.parametrize(("label", "classes"), [("Two tie", [0, 2]), ("Three tie", [0, 1, 2])])
def test_ties_are_shown_as_ties_and_a_hundredth_decides(label, classes):
    picture = lesson.explore_outputs()
    preset(picture, label)
    assert triangles(picture, 1) == classes
    assert picture.text.endswith("tie of classes " + ", ".join(map(str, classes)))
    w0 = picture.values["w0"]
    picture.move(w0=w0 + 0.01)
    assert triangles(picture, 1) == [0]
    picture.move(w0=w0 - 0.01)
    assert triangles(picture, 1) == classes[1:]


def test_row_0_moves_one_bar_and_an_input_all():
    picture = lesson.explore_outputs()
    before = numbers(picture.text, "φ")
    picture.move(w2=-1.3)
    assert (numbers(picture.text, "φ") != before).tolist() == [True, False, False]
    picture.reset()
    picture.move(x2=-1.3)
    assert (numbers(picture.text, "φ") != before).all()


def test_unit_without_weights_says_even():
    picture = lesson.explore_outputs()
    preset(picture, "Row 0 all 0")
    assert numbers(picture.text, "φ")[0] == 0.5 and "yes: 1, 2," in picture.text
    assert [text.get_text() for text in picture.figure.axes[1].texts][-3:] == ["even", "yes", "yes"]


def test_outputs_shows_what_the_learners_function_says():
    picture = lesson.explore_outputs(lambda x, W: (W @ x > 0) * 1.0)
    assert triangles(picture, 1) == [0, 1, 2]
    assert picture.text.endswith("sum 3.0000, yes: 0, 1, 2, tie of classes 0, 1, 2")
    picture = lesson.explore_outputs(lambda x, W: W @ x)
    assert "φ = [1.7800, 0.7600, 1.6500], sum 4.1900" in picture.text
    picture.move(x1=-2, x2=-2, x3=-2)
    assert picture.trouble is None and "yes: none, argmax 1" in picture.text


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1000.0, -1000.0])
def test_strange_outputs_are_shown_as_what_they_are(value):
    picture = lesson.explore_outputs(lambda x, W: np.array([value, 0.5, 0.25]))
    assert picture.trouble is None
    assert np.isfinite(np.frombuffer(picture.frame["points"], "<f4")).all()
    assert f"φ = [{value:.4f}" in picture.text
    if not np.isfinite(value):
        assert triangles(picture, 1) == [] and picture.text.endswith("no argmax")


def test_a_function_for_a_batch_is_told_its_shape():
    picture = lesson.explore_outputs(lambda x, W: expit(x[np.newaxis] @ W.T))
    assert "shape (1, 3)" in picture.trouble["sentence"] and "shape (3,)" in picture.trouble["sentence"]


# ---- outputs divided by their sum ---------------------------------------------------------------------------------

def off_by(picture) -> float:
    return float(re.search(r"at most ([\de.-]+) from P", picture.text)[1])


def test_division_numbers():
    picture = lesson.explore_division()
    for values in settings(picture, 80):
        x, c, s = values["x"], values["c"], values["s"]
        small, large = expit(s * (-x - c)), expit(s * (x - c))
        medium = 1 - small - large
        share = quad(lambda v, c=c, s=s: 1 - expit(s * (-v - c)) - expit(s * (v - c)), -3, 3, points=[-c, c])[0] / 6
        phi = np.array([small, share, large])
        assert numbers(picture.text, "P") == pytest.approx([small, medium, large], rel=1e-3, abs=5.1e-5)
        assert numbers(picture.text, "φ") == pytest.approx(phi, rel=1e-3, abs=5.1e-5)
        assert numbers(picture.text, "q") == pytest.approx(phi / phi.sum(), rel=1e-3, abs=5.1e-5)
        off = np.abs(phi / phi.sum() - [small, medium, large]).max()
        assert off_by(picture) == pytest.approx(off, rel=1e-3, abs=5.1e-5)


def test_truth_is_a_probability_everywhere():
    x = np.linspace(-3, 3, 601)
    for c in (0.2, 1, 2.6):
        for s in (1, 3, 10):
            P = lesson.truth(x, c, s)
            assert P.shape == (601, 3) and (P >= 0).all()
            assert P.sum(axis=1) == pytest.approx(1)


@pytest.mark.parametrize(("c", "s"), [(1, 3), (2, 3), (0.2, 1)])
def test_the_best_unit_for_medium_is_the_one_that_scikit_learn_finds(c, s):
    sizes = np.linspace(-3, 3, 4001)
    medium = 1 - expit(s * (-sizes - c)) - expit(s * (sizes - c))
    # Each size once as medium and once as the rest, weighted with the probability of each.
    x, y = np.tile(sizes, 2)[:, np.newaxis], np.repeat([1, 0], sizes.size)
    unit = LogisticRegression(C=np.inf, tol=1e-8).fit(x, y, sample_weight=np.concatenate([medium, 1 - medium]))
    assert unit.coef_[0, 0] == pytest.approx(0, abs=1e-3)
    assert expit(unit.intercept_[0]) == pytest.approx(lesson.share_of_medium(c, s), abs=1e-3)


def test_strip_counts_the_units_that_say_yes():
    picture = lesson.explore_division()

    def strip():
        return [text.get_text() for text in picture.figure.axes[0].texts]

    assert strip() == ["1", "0", "1"]
    for values in settings(picture, 60):
        phi = lesson.best_units(np.array([-values["c"] - 0.1, 0.0, values["c"] + 0.1]), values["c"], values["s"])
        assert strip() == [str(n) for n in (phi > 0.5).sum(axis=1)]


def test_just_inside_the_truth_and_the_units_disagree():
    picture = lesson.explore_division()
    preset(picture, "Just inside")
    assert [triangles(picture, i) for i in (1, 2, 3)] == [[1], [2], [2]]


def test_division_shows_the_learners_function():
    picture = lesson.explore_division(lambda phi: np.array([phi[0], 1 - phi[0] - phi[2], phi[2]]))
    for _values in settings(picture, 40):
        assert off_by(picture) < 1e-12


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1000.0, -1000.0])
def test_strange_numbers_are_shown_as_what_they_are(value):
    picture = lesson.explore_division(lambda phi: np.array([0.25, value, 0.5]))
    assert picture.trouble is None
    assert np.isfinite(np.frombuffer(picture.frame["points"], "<f4")).all()
    assert f"q = [0.2500, {value:.4f}" in picture.text
