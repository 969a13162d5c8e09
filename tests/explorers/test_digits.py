"""The numbers of lesson 10's explorers equal the mathematics: a training loop and pictures of the test's own."""

import io
import re
import time
from functools import cache
from pathlib import Path

import nbformat
import numpy as np
import pytest
from matplotlib.image import imread
from scipy.ndimage import shift as moved_by_scipy
from scipy.special import log_softmax, softmax
from sklearn.datasets import load_digits

from helpers import limit
from helpers.datasets import digits
from helpers.explorers import digits as lesson
from tests.explorers.test_every_explorer import preset, settings

LESSON = Path(__file__).parents[2] / "notebooks" / "10_digits.ipynb"


@cache
def trained() -> np.ndarray:
    """W of the lesson, (10, 65), biases in column 0, by a loop that is written out."""
    X, y, _X_held, _y_held = digits()
    X = np.column_stack([np.ones(len(X)), X])
    W, random = np.zeros((10, 65)), np.random.RandomState(0)
    for _epoch in range(30):
        order = random.permutation(len(X))
        for start in range(0, len(X), 20):
            part = order[start:start + 20]
            P = softmax(X[part] @ W.T, axis=1)
            W -= 0.5 * (P - np.eye(10)[y[part]]).T @ X[part] / len(part)
    return W


def own(X):
    return softmax(X @ trained()[:, 1:].T + trained()[:, 0], axis=1)


def number(text: str, before: str) -> float:
    """The number that stands behind some words."""
    return float(re.search(re.escape(before) + r" (-?[\d.e+-]+|nan|inf)", text)[1].rstrip("."))


def bars(text: str) -> np.ndarray:
    return np.array([float(v) for v in re.search(r"p = \[(.*?)\]", text)[1].split(", ")])


def assert_model(text: str, x: np.ndarray) -> None:
    """What a line of numbers says of a picture is what the loop and the formulas of this file say."""
    W, p = trained(), own(x[np.newaxis])[0]
    assert bars(text) == pytest.approx(p, abs=0.00051)
    assert number(text, "confidence") == pytest.approx(p.max(), abs=0.00051)
    assert f"predicted class {p.argmax()}," in text and "sum 1;" in text
    k = int(number(text, "; class"))
    centred = W - W.mean(axis=0)
    assert number(text, "sum of w x") == pytest.approx(centred[k, 1:] @ x, abs=0.00051)
    assert number(text, "bias") == pytest.approx(centred[k, 0], abs=0.00051)
    assert number(text, "weights from") == pytest.approx(centred[k, 1:].min(), abs=0.0051)
    assert number(text, "; ink") == pytest.approx(x.sum(), abs=0.0051)


def test_the_split_is_the_lessons():
    cells = {cell.id: cell.source for cell in nbformat.read(LESSON, as_version=4).cells}
    names = {"np": np, "load_digits": load_digits}
    for cell in ("pictures-code", "split"):
        exec(cells[cell], names)
    for ours, theirs in zip(digits(), (names[n] for n in ("X", "y", "X_held", "y_held")), strict=True):
        assert np.array_equal(ours, theirs)


def test_the_courses_own_model_is_the_plain_loop():
    X_held = digits()[2]
    assert lesson.probabilities(X_held) == pytest.approx(own(X_held), abs=1e-9)


@pytest.mark.parametrize("explore", [lesson.explore_digits, lesson.explore_drawing])
def test_the_courses_own_model_is_trained_while_no_limit_runs(explore, monkeypatch):
    """A busy machine may take longer for it than a learner's function is given."""
    fit, limits = lesson.SoftmaxRegression.fit, []
    monkeypatch.setattr(lesson.SoftmaxRegression, "fit",
                        lambda *args, **keywords: limits.append(limit._innermost) or fit(*args, **keywords))
    lesson._model.cache_clear()
    explore()
    assert limits == [None]


def test_weights_are_found_from_probabilities_alone():
    W, b = lesson.rows_of_weights(own)
    centred = trained() - trained().mean(axis=0)
    assert pytest.approx(centred[:, 1:], abs=1e-9) == W and b == pytest.approx(centred[:, 0], abs=1e-9)
    spare = np.random.default_rng(0).normal(size=65)      # lesson 05: it changes no probability
    shifted = trained() + spare
    V, c = lesson.rows_of_weights(lambda X: softmax(X @ shifted[:, 1:].T + shifted[:, 0], axis=1))
    assert pytest.approx(W, abs=1e-9) == V and c == pytest.approx(b, abs=1e-9)


# ---- browsing -----------------------------------------------------------------------------------------------------

def test_numbers_along_a_walk():
    _X, _y, X_held, y_held = digits()
    picture = lesson.explore_digits(own)
    predicted = own(X_held).argmax(axis=1)
    for values in settings(picture, 60, seed=10):
        index = int(number(picture.text, "held-out example"))
        right = predicted[index] == y_held[index]
        assert f"true class {y_held[index]}, {'right' if right else 'wrong'}:" in picture.text
        assert_model(picture.text, X_held[index])
        if values["order"] == "all":
            assert index == values["position"]
        if values["row"] != "predicted":
            assert f"; class {values['row']}: sum" in picture.text


def test_the_wrong_ones_come_first_and_each_example_once():
    _X, _y, X_held, y_held = digits()
    wrong = np.flatnonzero(own(X_held).argmax(axis=1) != y_held)
    picture = preset(lesson.explore_digits(own), "The wrong ones")
    seen = []
    for position in range(len(y_held)):
        picture.move(position=position)
        seen.append(int(number(picture.text, "held-out example")))
        assert (": predicted" in picture.text) and ("wrong:" in picture.text) == (position < len(wrong))
    assert seen[:len(wrong)] == wrong.tolist() and sorted(seen) == list(range(len(y_held)))
    preset(picture, "The last wrong one")
    assert int(number(picture.text, "held-out example")) == wrong[-1]


def grey(picture, left: float, bottom: float) -> np.ndarray:
    """How dark the middle of each of 8 × 8 fields is in the stored picture, from 0 to 1; places in inches."""
    image = imread(io.BytesIO(picture.png()))[..., :3].mean(axis=2)
    places = (np.arange(8) + 0.5) / 4
    rows, columns = len(image) - 100 * (bottom + 2 - places), 100 * (left + places)
    return 1 - image[np.ix_(rows.astype(int), columns.astype(int))]


@pytest.mark.parametrize("example", [0, 2, 333])
def test_the_picture_is_the_example(example):
    X_held = digits()[2]
    picture = lesson.explore_digits()
    picture.move(position=example)
    darkness = X_held[example].reshape(8, 8) * (1 - 27 / 255)      # full ink is #1b1b1b
    assert grey(picture, 0.12, 1.55) == pytest.approx(darkness, abs=0.03)


def test_bars_are_as_long_as_p_and_the_wrong_one_is_hatched():
    _X, _y, X_held, y_held = digits()
    picture = lesson.explore_digits(own)
    for example in (0, 333):
        picture.move(position=example)
        p = own(X_held[example:example + 1])[0]
        found = [patch for patch in picture.figure.axes[0].patches
                 if hasattr(patch, "get_width") and patch.get_height() == pytest.approx(0.17)]
        assert [bar.get_width() / 2.3 for bar in found] == pytest.approx(p.tolist(), abs=1e-9)
        wrong = p.argmax() != y_held[example]
        assert [bool(bar.get_hatch()) for bar in found] == [bool(wrong and k == p.argmax()) for k in range(10)]


def test_the_learners_function_draws_every_frame():
    calls = []

    def counted(X):
        calls.append(X.shape)
        return own(X)

    picture = lesson.explore_digits(counted)
    calls.clear()
    for position in range(1, 6):
        picture.move(position=position)
    assert calls == [(1, 64)] * 5


@pytest.mark.parametrize("explore", [lesson.explore_digits, lesson.explore_drawing])
def test_a_model_of_nine_classes_is_told(explore):
    picture = explore(lambda X: own(X)[:, :9])
    assert "shape (1, 9)" in picture.trouble["sentence"] and "(1, 10)" in picture.trouble["sentence"]


@pytest.mark.parametrize("explore", [lesson.explore_digits, lesson.explore_drawing])
def test_sure_to_the_last_digit(explore):
    """Probabilities of exactly 0 and 1, whose logarithms are infinite."""
    picture = explore(lambda X: np.eye(10)[own(X).argmax(axis=1)])
    assert picture.trouble is None and "confidence 1.000" in picture.text
    assert np.isfinite(np.frombuffer(picture.frame["points"], "<f4")).all()


# ---- drawing ------------------------------------------------------------------------------------------------------

def test_numbers_of_drawings_along_a_walk():
    picture = lesson.explore_drawing(own)
    for values in settings(picture, 60, seed=11):
        page = np.array(values["page"]).reshape(8, 8)
        assert number(picture.text, "drawing: ink") == pytest.approx(page.sum(), abs=0.0051)
        seen = lesson.fitted(page) if values["fit"] == "fitted" else page
        # Between pixels it is linear, and what comes in from outside is empty: that is SciPy's too.
        seen = moved_by_scipy(seen, (values["down"], values["right"]), order=1, mode="grid-constant")
        assert_model(picture.text, seen.ravel())


def test_the_picture_is_what_the_model_sees():
    picture = lesson.explore_drawing()
    page = np.array(picture.values["page"]).reshape(8, 8)
    for values, seen in (({"fit": "as drawn"}, page), ({"fit": "fitted"}, lesson.fitted(page)),
                         ({"fit": "as drawn", "right": 1}, np.pad(page, ((0, 0), (1, 0)))[:, :8])):
        picture.reset()
        picture.move(**values)
        assert grey(picture, 0.12, 0.22) == pytest.approx(seen * (1 - 27 / 255), abs=0.035)     # half a shade


def test_a_page_that_is_fitted_fills_the_rows_and_stands_in_the_middle():
    for rows, columns in ((slice(0, 4), slice(0, 3)), (slice(5, 8), slice(4, 8)), (slice(2, 4), slice(3, 5))):
        page = np.zeros((8, 8))
        page[rows, columns] = 1
        seen = lesson.fitted(page)
        assert seen.min() >= 0 and seen.max() <= 1 + 1e-9
        tall = (rows.stop - rows.start) * min(8 / (rows.stop - rows.start), 2)
        assert (seen.max(axis=1) > 0.2).sum() >= tall - 1e-9
        assert seen.sum(axis=0) @ np.arange(8) / seen.sum() == pytest.approx(lesson.MIDDLE, abs=0.05)
        assert seen.sum(axis=1) @ np.arange(8) / seen.sum() == pytest.approx(3.5, abs=0.05)


def test_an_empty_page_and_a_single_cell():
    assert not lesson.fitted(np.zeros((8, 8))).any()
    for i in range(64):
        assert np.isfinite(lesson.fitted(np.eye(64)[i].reshape(8, 8))).all()
    picture = lesson.explore_drawing(own)
    picture.move(page=[0] * 64)
    assert bars(picture.text) == pytest.approx(softmax(trained()[:, 0]), abs=0.00051)


def test_centring_brings_back_what_a_shift_has_cost():
    """The figures that the lesson gives, and why the page is centred at all."""
    _X, _y, X_held, y_held = digits()
    grid = X_held.reshape(-1, 8, 8)
    beside = np.array([lesson.moved(page, 1, 0) for page in grid])
    assert np.array_equal(beside, np.pad(grid, ((0, 0), (0, 0), (1, 0)))[:, :, :8])
    share = {name: np.mean(own(pages.reshape(-1, 64)).argmax(axis=1) == y_held) for name, pages in (
        ("as they are", grid), ("moved", beside), ("fitted", np.array([lesson.fitted(page) for page in grid])),
        ("moved and fitted", np.array([lesson.fitted(page) for page in beside])))}
    assert share["as they are"] > 0.97 and share["moved"] < 0.45
    assert min(share["fitted"], share["moved and fitted"]) > 0.95


def test_presets_of_the_data_are_read_as_what_they_are():
    picture = lesson.explore_drawing(own)
    for digit in (0, 3, 7):
        assert f"predicted class {digit}," in preset(picture, f"A {digit} of the data").text
    page = np.array(picture.presets[1]["values"]["page"])
    preset(picture, "The 3, light on dark")
    assert_model(picture.text, 1 - page)
    assert log_softmax(trained() @ [1, *(1 - page)])[3] < np.log(0.1)


@pytest.mark.parametrize(("explore", "control", "places"), [
    (lesson.explore_digits, "position", range(1, 101)), (lesson.explore_drawing, "right", np.linspace(-3, 3, 100)),
    (lesson.explore_drawing, "page", [tuple(np.eye(64)[i % 64]) for i in range(100)])])
def test_a_frame_is_cheap(explore, control, places):
    """Much above the 15 ms that it should take on a quiet machine, so that a busy one does not fail it."""
    picture, times = explore(), []
    for place in places:
        begun = time.process_time()
        picture.move(**{control: place})
        times.append(time.process_time() - begun)
    assert np.median(times) < 0.05
