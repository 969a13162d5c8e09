"""The numbers of lesson 05's explorers equal the mathematics, computed by SciPy."""

import re

import numpy as np
import pytest
from scipy.special import expit
from scipy.special import softmax as scipy_softmax
from scipy.stats import entropy

from helpers.explorers import softmax as lesson
from helpers.style import number, vector
from tests.explorers.test_every_explorer import settings, walk


def numbers(text: str, name: str) -> np.ndarray:
    """The numbers in brackets after a name, as the learner reads them."""
    found = re.search(rf"(?<![a-z]){name} = \[([^]]*)\]", text)
    return np.array([float(v) for v in found[1].split(", ")])


def net_inputs(values) -> np.ndarray:
    return np.array([values[f"z{i}"] for i in range(3)])


def test_softmax_thread_reads_as_in_the_curriculum():
    text = lesson.explore_softmax().text
    assert text.startswith("softmax: z = [1.78, 0.76, 1.65], T = 1, c = 0 → p = [0.4467, 0.1611, 0.3922], sum 1,")
    assert "logistic φ = [0.8557, 0.6814, 0.8389], sum 2.3759; q = [0.3602, 0.2868, 0.3531], sum 1" in text


def test_softmax_numbers():
    picture = lesson.explore_softmax()
    for values in settings(picture, 150):
        z, T, c = net_inputs(values), values["T"], values["c"]
        p, phi = scipy_softmax(z / T), expit(z + c)
        assert numbers(picture.text, "p") == pytest.approx(p, rel=1e-3, abs=5.1e-5)
        assert numbers(picture.text, "φ") == pytest.approx(phi, rel=1e-3, abs=5.1e-5)
        assert numbers(picture.text, "q") == pytest.approx(phi / phi.sum(), rel=1e-3, abs=5.1e-5)
        shown = float(re.search(r"entropy ([^;]*);", picture.text)[1])
        assert shown == pytest.approx(entropy(p), rel=1e-3, abs=5.1e-5)


def test_softmax_names_the_class_and_ties():
    picture = lesson.explore_softmax()
    assert "predicted class 0" in picture.text
    picture.move(z1=4.0)
    assert "predicted class 1" in picture.text
    picture.move(z0=2.0, z1=2.0, z2=1.0)
    assert "tie of classes 0, 1" in picture.text


def test_softmax_shift_moves_only_the_logistic_outputs():
    picture = lesson.explore_softmax()
    before = picture.text
    picture.move(c=3.0)
    assert (numbers(picture.text, "p") == numbers(before, "p")).all()
    assert (numbers(picture.text, "φ") > numbers(before, "φ")).all()


def test_softmax_without_the_maximum_overflows_within_reach():
    picture = lesson.explore_softmax(lesson.textbook)
    picture.move(T=0.01, c=10)
    assert picture.trouble is None
    assert "p = [nan, nan, nan], sum nan, no predicted class, entropy nan" in picture.text


def test_softmax_shows_the_learners_function():
    picture = lesson.explore_softmax(lambda z: z / 10)
    assert "p = [0.1780, 0.0760, 0.1650], sum 0.419, predicted class 0, entropy nan" in picture.text


def triangle_artists(picture):
    """The path over T, its end, the track and the point."""
    moving = [line for line in picture.figure.axes[0].lines if line.get_animated()]
    return [np.column_stack(line.get_data()) for line in moving]


def test_triangle_numbers_and_point():
    picture = lesson.explore_triangle()
    for values in settings(picture, 150):
        p = scipy_softmax(net_inputs(values) / values["T"])
        assert numbers(picture.text, "p") == pytest.approx(p, rel=1e-3, abs=5.1e-5)
        path, end, track, point = triangle_artists(picture)
        x, y = p[1] + p[2] / 2, p[2] * np.sqrt(3) / 2
        assert point[0] == pytest.approx([x, y])
        assert track[-1] == pytest.approx([x, y])
        assert path[0] == pytest.approx([0.5, np.sqrt(3) / 6])     # T → ∞: the centre
        winners = scipy_softmax(net_inputs(values) * 1e6)          # T → 0: a corner or, in a tie, between corners
        assert end[0] == pytest.approx(winners @ lesson.CORNERS, abs=1e-4)


def test_triangle_path_passes_through_the_point_and_keeps_to_one_third():
    picture = lesson.explore_triangle()
    for values in walk(picture, 60, seed=6):
        picture.move(**values)
        path, _end, _track, point = triangle_artists(picture)
        steps = np.diff(path, axis=0)
        along = np.clip(((point - path[:-1]) * steps).sum(axis=1) / np.maximum((steps**2).sum(axis=1), 1e-300), 0, 1)
        assert np.linalg.norm(path[:-1] + along[:, None] * steps - point, axis=1).min() < 2e-3
        shares = np.column_stack([1 - path[:, 0] - path[:, 1] / np.sqrt(3), path[:, 0] - path[:, 1] / np.sqrt(3),
                                  path[:, 1] * 2 / np.sqrt(3)])
        winner = np.argmax(net_inputs(picture.values))
        assert (shares[:, winner] >= shares.max(axis=1) - 1e-9).all()


def test_triangle_shift_moves_nothing():
    picture = lesson.explore_triangle()
    before = triangle_artists(picture)
    picture.move(z0=3.78, z1=2.76, z2=3.65)
    after = triangle_artists(picture)
    assert [a == pytest.approx(b) for a, b in zip(after[:2], before[:2], strict=True)] == [True, True]
    assert after[3] == pytest.approx(before[3])


def test_triangle_track_is_bounded_and_forgets_at_reset():
    picture = lesson.explore_triangle()
    for z0 in np.linspace(-5, 5, lesson.TRACK + 50):
        picture.move(z0=z0)
    assert len(triangle_artists(picture)[2]) == lesson.TRACK
    picture.reset()
    assert len(triangle_artists(picture)[2]) == 1


def test_triangle_curves_over_temperature():
    picture = lesson.explore_triangle()
    picture.move(z0=2.0, z1=-1.0, z2=0.5)
    curves = [line for line in picture.figure.axes[1].lines if line.get_animated()][:3]
    for i, curve in enumerate(curves):
        T, p = curve.get_data()
        assert p == pytest.approx(scipy_softmax(np.array([2.0, -1.0, 0.5]) / T[:, np.newaxis], axis=1)[:, i])


@pytest.mark.parametrize(("dtype", "largest"), [("float16", 65504), ("float32", 3.4028234664e38),
                                                ("float64", 1.7976931348623157e308)])
def test_cliff(dtype, largest):
    assert lesson.cliff(dtype) == pytest.approx(np.log(largest), rel=1e-9)


@pytest.mark.parametrize(("dtype", "last_right", "last_number"), [
    ("float16", 10.68, 11.08), ("float32", 88.31, 88.72), ("float64", 709.37, 709.78)])
def test_overflow_has_its_steps_exactly_where_the_presets_are(dtype, last_right, last_number):
    picture = lesson.explore_overflow()

    def naive(s):
        picture.move(dtype=dtype, s=s)
        return numbers(picture.text, "naive p")

    tolerance = 1e-3 if dtype == "float16" else 1e-4
    assert naive(last_right) == pytest.approx(scipy_softmax([2, 1, 0]), abs=tolerance)
    assert (naive(round(last_right + 0.01, 2)) == 0).all()
    assert (naive(last_number) == 0).all()
    assert np.isnan(naive(round(last_number + 0.01, 2))[0])
    shown = {preset["values"]["s"] for preset in picture.presets if preset["values"]["dtype"] == dtype}
    assert shown == {last_right, last_number, round(last_number + 0.01, 2)}


def test_overflow_stable_is_the_same_at_every_size():
    picture = lesson.explore_overflow()
    for values in settings(picture, 150):
        tolerance = 1e-3 if values["dtype"] == "float16" else 1e-4
        assert numbers(picture.text, "stable p") == pytest.approx(scipy_softmax([2, 1, 0]), abs=tolerance)


def test_overflow_hands_over_the_type_chosen():
    seen = []

    def naive(z):
        seen.append(z.dtype.name)
        return z

    picture = lesson.explore_overflow(naive)
    for dtype in lesson.DTYPES:
        picture.move(dtype=dtype)
    assert set(seen) == set(lesson.DTYPES)
    assert f"naive p = {vector([2, 1, 0])}, sum {number(3, 0)};" in picture.text
