"""`SoftmaxRegression` against scikit-learn: its own checks, `LogisticRegression` and central differences. See also
`test_tensorflow.py`, where it meets Keras.
"""

import tracemalloc
import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.datasets import load_digits, load_iris
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator

from helpers import classifier
from helpers.classifier import SoftmaxRegression, steepest_curvature
from helpers.gradients import numerical_gradient

IRIS, SPECIES = load_iris(return_X_y=True)
SCALED = StandardScaler().fit_transform(IRIS)


def made(examples=200, features=3, classes=4, seed=0):
    random = np.random.default_rng(seed)
    X = random.normal(size=(examples, features))
    W = random.normal(size=(classes, features))
    return X, (X @ W.T + random.gumbel(size=(examples, classes))).argmax(axis=1)


@pytest.mark.filterwarnings("ignore")     # some data of scikit-learn's are too hard for 1000 epochs, and it warns
def test_keeps_all_conventions_of_scikit_learn():
    results = check_estimator(SoftmaxRegression(), on_skip=None, on_fail=None)
    failed = {result["check_name"]: str(result["exception"]) for result in results if result["status"] == "failed"}
    assert failed == {}
    assert sum(result["status"] == "passed" for result in results) > 40


# ---- agreement ----------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("C", [0.1, 1.0, 10.0])
def test_iris_as_logistic_regression(C):
    theirs = LogisticRegression(C=C, tol=1e-10, max_iter=10_000).fit(SCALED, SPECIES)
    ours = SoftmaxRegression(l2=1 / (C * 150), tol=1e-8, max_iter=50_000).fit(SCALED, SPECIES)
    assert_allclose(ours.coef_, theirs.coef_, atol=1e-4)
    assert_allclose(ours.intercept_, theirs.intercept_, atol=1e-4)
    assert_allclose(ours.predict_proba(SCALED), theirs.predict_proba(SCALED), atol=1e-5)
    assert_array_equal(ours.predict(SCALED), theirs.predict(SCALED))


def test_two_classes_are_the_logistic_unit():
    """Its weights are the difference of ours; a penalty on two rows that are each other's opposite counts half."""
    X, y = SCALED[50:], SPECIES[50:]
    theirs = LogisticRegression(C=1, tol=1e-10, max_iter=10_000).fit(X, y)
    ours = SoftmaxRegression(l2=2 / 100, tol=1e-8, max_iter=50_000).fit(X, y)
    assert ours.coef_.shape == (2, 4)
    assert_allclose(ours.coef_[1] - ours.coef_[0], theirs.coef_[0], atol=1e-4)
    assert_allclose(ours.intercept_[1] - ours.intercept_[0], theirs.intercept_[0], atol=1e-4)


@pytest.mark.parametrize("l2", [0.0, 0.3])
@pytest.mark.parametrize("block", [1, 7, 4096])
def test_gradient_is_that_of_central_differences_in_blocks_of_any_size(l2, block, monkeypatch):
    monkeypatch.setattr(classifier, "BLOCK", block)
    X, y = made(20)
    W = np.random.default_rng(1).normal(size=(4, 4))
    loss, slope = classifier._loss_and_gradient(W, X, y, l2)
    assert_allclose(slope, numerical_gradient(lambda V: classifier._loss_and_gradient(V, X, y, l2)[0], W), atol=1e-8)
    z = X @ W[:, 1:].T + W[:, 0]
    by_hand = np.mean(np.log(np.exp(z).sum(axis=1)) - z[np.arange(20), y]) + l2 / 2 * (W[:, 1:] ** 2).sum()
    assert loss == pytest.approx(by_hand)


def test_loss_curve_begins_with_ln_k_and_falls_to_the_end():
    X, y = made()
    model = SoftmaxRegression(l2=0.01).fit(X, y)
    assert model.loss_curve_[0] == pytest.approx(np.log(4))
    assert (np.diff(model.loss_curve_) < 0).all()
    assert len(model.loss_curve_) == model.n_iter_ + 1
    assert model.loss_curve_[-1] == pytest.approx(model.loss(X, y) + 0.005 * (model.coef_**2).sum())
    assert np.abs(classifier._loss_and_gradient(
        np.column_stack([model.intercept_, model.coef_]), X, y, 0.01)[1]).max() <= 1e-4


@pytest.mark.parametrize("labels", [["b", "a", "c", "d"], [7, -3, 2, 0], [0.0, 1.0, 2.0, 3.0]])
def test_labels_of_any_kind(labels):
    X, y = made()
    model = SoftmaxRegression(l2=0.1).fit(X, np.array(labels)[y])
    assert_array_equal(model.classes_, sorted(labels))
    assert set(model.predict(X)) <= set(labels)
    assert model.score(X, np.array(labels)[y]) > 0.5
    assert_allclose(model.predict_proba(X).sum(axis=1), 1)


# ---- the learning rate --------------------------------------------------------------------------------------------

def test_steepest_curvature_bounds_every_hessian():
    X, _y = made(50)
    inputs = np.column_stack([np.ones(50), X])
    for size in (0, 0.5, 5):
        W = size * np.random.default_rng(2).normal(size=(4, 4))
        e = np.exp(inputs @ W.T)
        p = e / e.sum(axis=1, keepdims=True)
        jacobians = p[:, :, None] * (np.eye(4) - p[:, None, :])
        hessian = np.einsum("nij,na,nb->iajb", jacobians, inputs, inputs).reshape(16, 16) / 50
        assert np.linalg.eigvalsh(hessian)[-1] <= steepest_curvature(X)
    assert steepest_curvature(X, 0.3) == pytest.approx(steepest_curvature(X) + 0.3)


def test_the_rate_it_finds_never_raises_the_loss_on_data_as_they_come():
    for X, y in ((IRIS, SPECIES), (1e4 * IRIS, SPECIES), load_digits(return_X_y=True)):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            model = SoftmaxRegression(max_iter=30).fit(X, y)
        assert (np.diff(model.loss_curve_) <= 0).all()


@pytest.mark.parametrize("batch_size", [None, 10])
def test_a_rate_that_diverges_is_told(batch_size):
    with pytest.raises(ValueError, match="learning rate 1000 is too large"):
        SoftmaxRegression(learning_rate=1000, batch_size=batch_size).fit(1e3 * IRIS, SPECIES)
    with pytest.raises(ValueError, match=r"went from 1.099 to .* in \d+ epochs: the learning rate 5 is too large"):
        SoftmaxRegression(learning_rate=5, l2=1.0, batch_size=batch_size).fit(SCALED, SPECIES)


def test_a_rate_that_neither_settles_nor_explodes_is_told_in_a_warning():
    with pytest.warns(ConvergenceWarning, match="learning rate 2 is too large"):
        SoftmaxRegression(learning_rate=2, max_iter=3).fit(IRIS, SPECIES)
    with pytest.warns(ConvergenceWarning, match="After 3 epochs the largest entry of the gradient is"):
        SoftmaxRegression(max_iter=3).fit(SCALED, SPECIES)


# ---- batches and seeds --------------------------------------------------------------------------------------------

def test_batches_come_near_the_same_minimum():
    X, y = made(1000)
    full = SoftmaxRegression(l2=0.01, tol=1e-6, max_iter=5000).fit(X, y)
    with pytest.warns(ConvergenceWarning):
        some = SoftmaxRegression(l2=0.01, learning_rate=0.05, batch_size=50, max_iter=60, random_state=0).fit(X, y)
    assert some.loss_curve_[-1] == pytest.approx(full.loss_curve_[-1], abs=1e-3)


def test_a_batch_of_all_is_the_full_batch():
    X, y = made()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        full, shuffled = (SoftmaxRegression(learning_rate=0.5, max_iter=20, batch_size=size).fit(X, y)
                          for size in (None, 200))
    assert_allclose(shuffled.coef_, full.coef_, rtol=1e-10)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_the_same_seed_gives_the_same_weights_and_another_one_others():
    X, y = made()
    one, same, other = (SoftmaxRegression(batch_size=7, max_iter=5, random_state=seed).fit(X, y) for seed in (1, 1, 2))
    assert_array_equal(one.coef_, same.coef_)
    assert np.abs(one.coef_ - other.coef_).max() > 1e-6
    assert_array_equal(clone(one).fit(X, y).coef_, one.coef_)


# ---- callback and interrupt ---------------------------------------------------------------------------------------

def test_callback_sees_each_epoch_and_may_end_it():
    X, y = made()
    seen = []

    def callback(model):
        seen.append((model.n_iter_, model.loss_curve_[-1], model.coef_, model.loss(X, y)))
        return model.n_iter_ == 12

    model = SoftmaxRegression().fit(X, y, callback=callback)
    assert [n for n, *_ in seen] == list(range(1, 13)) and model.n_iter_ == 12
    assert [loss for _n, loss, *_ in seen] == model.loss_curve_[1:] == pytest.approx([loss for *_, loss in seen])
    assert not np.array_equal(seen[0][2], seen[1][2])     # each epoch's own weights, not one array that changes


@pytest.mark.parametrize("batch_size", [None, 20])
def test_interrupt_keeps_what_was_learnt(batch_size):
    X, y = made()

    def interrupt(model):
        if model.n_iter_ == 7:
            raise KeyboardInterrupt

    with pytest.warns(ConvergenceWarning, match="interrupted after 7 epochs; what was learnt by then is kept"):
        model = SoftmaxRegression(batch_size=batch_size, random_state=0).fit(X, y, callback=interrupt)
    with pytest.warns(ConvergenceWarning):
        same = SoftmaxRegression(batch_size=batch_size, random_state=0, max_iter=7).fit(X, y)
    assert_array_equal(model.coef_, same.coef_)
    assert model.n_iter_ == 7 and model.score(X, y) > 0.5


def test_interrupt_within_an_epoch_goes_back_to_its_start(monkeypatch):
    X, y = made()
    real, calls = classifier._loss_and_gradient, []

    def interrupted(*args):
        calls.append(args)
        if len(calls) == 40:     # one before training, then eleven an epoch: within the fourth
            raise KeyboardInterrupt
        return real(*args)

    monkeypatch.setattr(classifier, "_loss_and_gradient", interrupted)
    with pytest.warns(ConvergenceWarning, match="after 3 epochs"):
        model = SoftmaxRegression(batch_size=20, random_state=0).fit(X, y)
    assert len(model.loss_curve_) == 4
    assert real(np.column_stack([model.intercept_, model.coef_]), X, y, 0)[0] == model.loss_curve_[-1]


# ---- bad input ----------------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("X", "y", "sentence"), [
    ([[1.0], [np.nan]], [0, 1], "X holds nan .* in row 1, column 0; every entry has to be a finite number"),
    ([[1.0, -np.inf], [2.0, 3.0]], [0, 1], "X holds -inf .* in row 0, column 1"),
    ([[1.0], [2.0]], [3, 3], "y holds one class only, 3; at least two are needed, since with K = 1 softmax gives 1"),
    ([[1.0]], ["a"], "y holds one class only, a"),
    (np.empty((0, 3)), [], "X holds no example, N = 0; at least one is needed"),
    ([[1.0], [2.0]], [0, 1, 1], "inconsistent numbers of samples"),
    ([[1.0], [2.0]], [0.1, 0.7], "Unknown label type"),
    ([[1e200], [-1e200]], [0, 1], "features are so large, up to 1e[+]200, that no learning rate can be found"),
])
def test_bad_data_are_told_in_a_sentence(X, y, sentence):
    with pytest.raises(ValueError, match=sentence) as error:
        SoftmaxRegression().fit(X, y)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(("parameters", "sentence"), [
    ({"learning_rate": 0}, "learning_rate is 0; expected is a number above 0, or None"),
    ({"learning_rate": np.nan}, "learning_rate is nan"),
    ({"learning_rate": "fast"}, "learning_rate is 'fast'"),
    ({"l2": -1}, "l2 is -1; expected is a number of at least 0"),
    ({"batch_size": 0}, "batch_size is 0; expected is an integer of at least 1, or None"),
    ({"batch_size": 2.5}, "batch_size is 2.5"),
    ({"max_iter": 0}, "max_iter is 0; expected is an integer of at least 1"),
    ({"max_iter": True}, "max_iter is True"),
    ({"tol": -1e-3}, "tol is -0.001"),
])
def test_bad_parameters_are_told_in_a_sentence(parameters, sentence):
    with pytest.raises(ValueError, match=sentence):
        SoftmaxRegression(**parameters).fit(SCALED, SPECIES)


def test_later_data_have_to_fit():
    model = SoftmaxRegression(l2=0.1).fit(SCALED, SPECIES)
    with pytest.raises(ValueError, match="y holds the label 7, which was not among those of the training: 0, 1, 2"):
        model.loss(SCALED[:2], [0, 7])
    with pytest.raises(ValueError, match="X holds nan"):
        model.predict([[1.0, np.nan, 0, 0]])
    with pytest.raises(ValueError, match="no example, N = 0"):
        model.predict_proba(np.empty((0, 4)))
    with pytest.raises(ValueError, match="3 features"):
        model.predict([[1.0, 2.0, 3.0]])
    with pytest.raises(NotFittedError):
        SoftmaxRegression().loss(SCALED, SPECIES)
    named = SoftmaxRegression(l2=0.1).fit(SCALED, np.array(["a", "b", "c"])[SPECIES])
    with pytest.raises(ValueError, match="label zebra"):
        named.loss(SCALED[:2], ["a", "zebra"])


def test_data_stay_as_they_are():
    X, y = made()
    before = X.copy(), y.copy()
    SoftmaxRegression(l2=0.1, batch_size=13, random_state=0, max_iter=50, tol=10.0).fit(X, y)
    assert_array_equal(X, before[0])
    assert_array_equal(y, before[1])


# ---- memory, company ----------------------------------------------------------------------------------------------

@pytest.mark.parametrize("batch_size", [None, 1000])
def test_memory_stays_within_three_times_the_data(batch_size):
    X, y = made(50_000, 20, 10)
    model = SoftmaxRegression(max_iter=2, batch_size=batch_size, random_state=0)
    tracemalloc.start()
    try:
        with pytest.warns(ConvergenceWarning):
            model.fit(X, y)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert X.nbytes + peak < 3 * X.nbytes, peak / X.nbytes     # the data themselves were there before


def test_in_a_pipeline():
    model = make_pipeline(StandardScaler(), SoftmaxRegression(l2=0.01)).fit(IRIS, SPECIES)
    assert model.score(IRIS, SPECIES) > 0.95
