"""Losses against SciPy and scikit-learn, labels of all forms, extremes and the sentences of errors."""

import math

import numpy as np
import pytest
import scipy.special
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.metrics import log_loss

from helpers.activations import logistic, softmax
from helpers.losses import binary_cross_entropy, cross_entropy, entropy, kl_divergence, squared_error

IN_THREE = pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
inf, nan = math.inf, math.nan
RNG = np.random.default_rng(0)
Z = RNG.normal(0, 3, (50, 4))
INDEX = RNG.integers(0, 4, 50)
ONE_HOT = np.eye(4)[INDEX]
SOFT = RNG.dirichlet(np.ones(4), 50)


def eps(dtype):
    return float(np.finfo(dtype).eps)


# ------------------------------------------------------------------------------------------ cross-entropy


def test_agrees_with_scikit_learn():
    p = scipy.special.softmax(Z, axis=1)
    assert_allclose(cross_entropy(Z, INDEX), log_loss(INDEX, p, labels=range(4)), rtol=1e-12)
    assert_allclose(cross_entropy(Z, INDEX, reduction="sum"), log_loss(INDEX, p, labels=range(4), normalize=False))
    z = Z[:, 0]
    expected = log_loss(INDEX > 1, scipy.special.expit(z), labels=[False, True])
    assert_allclose(binary_cross_entropy(z, INDEX > 1), expected, rtol=1e-12)


def test_agrees_with_scipy_for_soft_labels():
    log_p = scipy.special.log_softmax(Z, axis=1)
    assert_allclose(cross_entropy(Z, SOFT, reduction="none"), -(SOFT * log_p).sum(1), rtol=1e-13)
    assert_allclose(entropy(SOFT), scipy.special.entr(SOFT).sum(1), rtol=1e-13)
    q = softmax(Z)
    assert_allclose(kl_divergence(SOFT, q), scipy.special.rel_entr(SOFT, q).sum(1), rtol=1e-12)
    assert_allclose(cross_entropy(Z, SOFT, reduction="none"), entropy(SOFT) + kl_divergence(SOFT, q), rtol=1e-13)


@pytest.mark.parametrize(
    "y", [INDEX, INDEX.tolist(), INDEX.astype(np.uint8), ONE_HOT, ONE_HOT.astype(int), ONE_HOT.astype(bool)]
)
def test_all_forms_of_a_label_mean_the_same(y):
    expected = -scipy.special.log_softmax(Z, axis=1)[np.arange(50), INDEX]
    assert_allclose(cross_entropy(Z, y, reduction="none"), expected, rtol=1e-13)
    assert_allclose(cross_entropy(Z, y), expected.mean(), rtol=1e-13)


def test_any_axis():
    z = RNG.normal(size=(3, 4, 5))
    for axis in (0, 1, 2, -1, -2, -3):
        classes_last = np.moveaxis(z, axis, -1)
        index = RNG.integers(0, z.shape[axis], classes_last.shape[:-1])
        one_hot = np.moveaxis(np.eye(z.shape[axis])[index], -1, axis)
        expected = cross_entropy(classes_last, index, reduction="none")
        assert expected.shape == index.shape
        assert_allclose(cross_entropy(z, index, axis=axis, reduction="none"), expected, rtol=1e-14)
        assert_allclose(cross_entropy(z, one_hot, axis=axis, reduction="none"), expected, rtol=1e-14)
        p = softmax(z, axis)
        assert_allclose(entropy(p, axis), scipy.special.entr(p).sum(axis), rtol=1e-13)
        assert_allclose(kl_divergence(p, p, axis), np.zeros(index.shape))


def test_one_example():
    for y in (2, np.int8(2), np.array(2), [0, 0, 1], [0.0, 0.0, 1.0]):
        loss = cross_entropy([1.0, 2.0, 3.0], y)
        assert isinstance(loss, np.float64)
        assert_allclose(loss, scipy.special.logsumexp([1, 2, 3]) - 3, rtol=1e-14)
    assert isinstance(cross_entropy([1, 2], 0, reduction="none"), np.float64)


def test_two_classes_are_the_binary_case():
    z = RNG.normal(0, 4, 30)
    y = RNG.integers(0, 2, 30)
    both = np.stack([z, np.zeros(30)], axis=1)
    assert_allclose(cross_entropy(both, 1 - y), binary_cross_entropy(z, y), rtol=1e-13)


def test_not_knowing_costs_ln_k():
    for classes in (1, 2, 3, 10):
        assert_allclose(cross_entropy(np.zeros(classes), 0), math.log(classes))
        assert_allclose(entropy(np.full(classes, 1 / classes)), math.log(classes), atol=1e-15)
    assert str(cross_entropy([0.0], 0)) == str(entropy([1.0])) == "0.0"   # not −0


@IN_THREE
def test_infinite_net_inputs(dtype):
    z = np.array([[-inf, 0, 0], [-inf, 0, 0], [inf, 0, 0], [inf, 0, 0], [nan, 0, 0], [0, 0, 0]], dtype)
    losses = cross_entropy(z, [1, 0, 0, 2, 1, 1], reduction="none")
    assert_allclose(losses, [math.log(2), inf, 0, inf, nan, math.log(3)], rtol=2 * eps(dtype))
    soft = np.array([0, 0.5, 0.5], dtype)
    assert_allclose(cross_entropy(z[0], soft), math.log(2), rtol=2 * eps(dtype))
    assert cross_entropy(z[1], [0.5, 0.5, 0]) == inf
    binary = binary_cross_entropy(np.array([inf, inf, -inf, -inf, inf, nan], dtype), [1, 0, 0, 1, 0.5, 1], "none")
    assert_array_equal(binary, [0, inf, 0, inf, inf, nan])


@IN_THREE
def test_any_magnitude(dtype):
    big = np.finfo(dtype).max / dtype(2)
    z = np.array([[big, 0]] * 3, dtype)
    assert cross_entropy(z, [0, 0, 0]) == 0
    mean = cross_entropy(z, [1, 1, 1])
    assert_allclose(mean, big, rtol=eps(dtype))   # although the sum of the three is beyond the dtype
    assert cross_entropy(z, [1, 1, 1], reduction="sum") == inf
    assert cross_entropy(np.array([big, -big * dtype(1.5)], dtype), 1) == inf
    assert binary_cross_entropy(z[:2, 0], np.zeros(2)) == big
    assert squared_error(np.array([big, 0], dtype), [0, 0]) == inf


def test_a_long_batch_of_float16():
    z = np.tile(np.array([10, 0], np.float16), (100_000, 1))
    loss = cross_entropy(z, np.ones(100_000, int))
    assert loss.dtype == np.float16
    assert_allclose(loss, np.float16(10))
    assert_allclose(squared_error(np.full(100_000, 200, np.float16), np.zeros(100_000)), 40_000, rtol=1e-3)


def test_a_confident_logistic_unit_keeps_its_digits():
    assert_allclose(binary_cross_entropy(50.0, 1), math.exp(-50), rtol=1e-14)
    assert_allclose(binary_cross_entropy(-50.0, 0.0), math.exp(-50), rtol=1e-14)
    assert_allclose(binary_cross_entropy(1000.0, 0.25), 750)


# ------------------------------------------------------------------------------------------ the others


def test_squared_error():
    a, b = RNG.normal(size=(2, 5, 3))
    assert_allclose(squared_error(a, b), ((a - b) ** 2).mean())
    assert_allclose(squared_error(a, b, "sum"), ((a - b) ** 2).sum())
    assert_array_equal(squared_error(a, b, "none"), (a - b) ** 2)
    assert squared_error(3, 1) == 4
    assert np.isnan(squared_error([inf, nan], [inf, 0], "none")).all()


def test_corners_of_entropy_and_divergence():
    assert_array_equal(entropy([[1, 0, 0], [0, 0, 1]]), [0, 0])
    assert_array_equal(kl_divergence([[0.5, 0.5], [1, 0], [0, 1]], [[1, 0], [0.5, 0.5], [0, 1]]), [inf, math.log(2), 0])
    assert_allclose(kl_divergence([1, 0], [1e-320, 1]), -math.log(1e-320))   # the ratio would overflow
    assert_array_equal(np.isnan(entropy([[nan, 0.5], [0.5, 0.5]])), [True, False])
    assert_array_equal(np.isnan(kl_divergence([[0.5, 0.5]] * 2, [[nan, 0.5], [0.5, 0.5]])), [True, False])
    p = RNG.dirichlet(np.ones(5), 200)
    assert (kl_divergence(p, p * (1 + 1e-9)) >= 0).all()


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_dtype_is_kept(dtype, reduction):
    z = Z.astype(dtype)
    for y in (INDEX, ONE_HOT, SOFT):
        assert cross_entropy(z, y, reduction=reduction).dtype == dtype
    assert binary_cross_entropy(z, ONE_HOT, reduction).dtype == dtype
    assert squared_error(z, ONE_HOT, reduction).dtype == dtype
    p = softmax(z)
    assert entropy(p).dtype == kl_divergence(p, p).dtype == dtype
    assert cross_entropy([[0, 1]], [1]).dtype == binary_cross_entropy([0], [True]).dtype == np.float64


@IN_THREE
def test_own_probabilities_pass_as_soft_labels(dtype):
    p = softmax(RNG.normal(0, 2, (500, 100)).astype(dtype))
    assert np.isfinite(cross_entropy(np.zeros_like(p), p))
    assert np.isfinite(entropy(p)).all()


def test_input_is_never_changed():
    z, y, soft = Z.copy(), INDEX.copy(), SOFT.copy()
    cross_entropy(z, y)
    cross_entropy(z, soft)
    binary_cross_entropy(z, soft)
    squared_error(z, soft)
    entropy(soft)
    kl_divergence(soft, softmax(z))
    for now, before in ((z, Z), (y, INDEX), (soft, SOFT)):
        assert_array_equal(now, before)


def test_batches_without_an_example():
    none = np.empty((0, 3))
    assert cross_entropy(none, [], reduction="none").shape == entropy(none).shape == (0,)
    assert kl_divergence(none, none).shape == (0,)
    assert cross_entropy(none, np.empty(0, int), reduction="sum") == squared_error([], [], "sum") == 0
    for call in (lambda: cross_entropy(none, []), lambda: binary_cross_entropy([], []), lambda: squared_error([], [])):
        with pytest.raises(ValueError, match=r"no example, shape \(0,\)"):
            call()


def test_no_floating_point_error_even_where_all_are_raised():
    z = np.array([[1e308, -1e308, 0], [inf, 0, 1], [-inf] * 3, [nan, 0, 1], [-800, 0, 0]])
    with np.errstate(all="raise"):
        for reduction in ("mean", "sum", "none"):
            cross_entropy(z, [0, 1, 2, 0, 0], reduction=reduction)
            cross_entropy(z, np.eye(3)[[0, 1, 2, 0, 0]], reduction=reduction)
            binary_cross_entropy(z, np.ones((5, 3)), reduction)
            squared_error(z, -z, reduction)
        entropy([1e-310, 1, 0])
        kl_divergence([1, 0, 0], [1e-310, 0, 1])


# ------------------------------------------------------------------------------------------ errors


@pytest.mark.parametrize(
    ("y", "error", "words"),
    [
        ([0, 3], ValueError, ["y has shape (2,)", "from 0 to 3", "z has shape (2, 3)", "expected is 0 to 2"]),
        ([-1, 0], ValueError, ["y has shape (2,)", "from -1 to 0", "0 to 2"]),
        ([0.0, 1.0], TypeError, ["y has shape (2,)", "class indices", "integers", "float64"]),
        ([True, False], TypeError, ["y has shape (2,)", "integers", "bool"]),
        ([0, 1, 2], ValueError, ["y has shape (3,)", "z has shape (2, 3)", "(2,) for class indices", "(2, 3) for"]),
        ([[0], [1]], ValueError, ["y has shape (2, 1)", "(2,) for class indices"]),
        (1, ValueError, ["y has shape ()", "(2,) for class indices"]),
        (np.ones((3, 2)) / 2, ValueError, ["y has shape (3, 2)", "(2, 3) for"]),
        ([[1, 0, 0], [1, 1, 0]], ValueError, ["y has shape (2, 3)", "sum to 1", "a sum of 2"]),
        ([[1, 0, 0], [0, 0, 0]], ValueError, ["y has shape (2, 3)", "a sum of 0"]),
        ([[1, 0, 0], [2, -1, 0]], ValueError, ["y has shape (2, 3)", "negative", "-1"]),
        ([[1, 0, 0], [1, 0]], ValueError, ["y is ragged"]),
        (["a", "b"], TypeError, ["y has to hold real numbers", "list", "(2,)"]),
        (None, TypeError, ["y has to hold real numbers", "NoneType"]),
    ],
)
def test_wrong_labels_are_explained(y, error, words):
    with pytest.raises(error) as caught:
        cross_entropy(np.zeros((2, 3)), y)
    text = str(caught.value)
    for word in words:
        assert word in text


def test_a_label_of_one_example_out_of_range():
    with pytest.raises(ValueError, match=r"y has shape \(\) and indices from 3 to 3"):
        cross_entropy([1, 2, 3], 3)
    with pytest.raises(ValueError, match=r"y has shape \(3,\).*a sum of 1.5"):
        cross_entropy([1, 2, 3], [0.5, 0.5, 0.5])


def test_a_soft_label_with_nan_gives_nan():
    losses = cross_entropy(np.zeros((2, 2)), [[nan, 1], [1, 0]], reduction="none")
    assert_array_equal(np.isnan(losses), [True, False])
    assert np.isnan(binary_cross_entropy(1.0, nan))


@pytest.mark.parametrize("loss", [cross_entropy, binary_cross_entropy, squared_error])
def test_unknown_reduction(loss):
    with pytest.raises(ValueError, match='reduction has to be "mean", "sum" or "none", not \'average\''):
        loss([0.5, 0.5], [0, 1], reduction="average")


def test_shapes_have_to_be_the_same():
    column, row = np.ones((3, 1)), np.ones(3)
    with pytest.raises(ValueError, match=r"y has shape \(3, 1\), z has shape \(3,\); the same shape"):
        binary_cross_entropy(row, column)
    with pytest.raises(ValueError, match=r"target has shape \(3,\), prediction has shape \(3, 1\)"):
        squared_error(column, row)
    with pytest.raises(ValueError, match=r"q has shape \(2,\), p has shape \(3,\)"):
        kl_divergence(row / 3, [0.5, 0.5])
    with pytest.raises(ValueError, match=r"y has shape \(2,\) and labels from 0.0 to 2.0; labels from 0 to 1"):
        binary_cross_entropy([1, 1], [0, 2])


def test_probabilities_have_to_be_some():
    for function, arguments in ((entropy, 1), (kl_divergence, 2)):
        with pytest.raises(ValueError, match=r"^p has shape \(2,\) and a negative entry, -0.5"):
            function(*[[1.5, -0.5]] * arguments)
        with pytest.raises(ValueError, match=r"^p has shape \(2, 2\) and has to sum to 1 along axis -1; a sum of 1.1"):
            function(*[[[0.5, 0.5], [0.5, 0.6]]] * arguments)
        with pytest.raises(ValueError, match=r"^p is a single number"):
            function(*[1] * arguments)
        with pytest.raises(ValueError, match=r"^p has shape \(2, 0\): its class axis -1 is empty"):
            function(*[np.empty((2, 0))] * arguments)
    with pytest.raises(ValueError, match=r"^q has shape \(2,\) and has to sum to 1"):
        kl_divergence([0.5, 0.5], logistic([0.5, 0.5]))


def test_net_inputs_are_checked_too():
    with pytest.raises(ValueError, match="z is a single number"):
        cross_entropy(1, 0)
    with pytest.raises(ValueError, match="class axis -1 is empty"):
        cross_entropy(np.empty((2, 0)), [0, 0])
    with pytest.raises(TypeError, match="z has to hold real numbers"):
        cross_entropy(["a"], 0)
    for first, function in (("z", binary_cross_entropy), ("prediction", squared_error), ("p", entropy)):
        with pytest.raises(TypeError, match=f"^{first} has to hold real numbers"):
            function(*["text", [1]][: 1 if function is entropy else 2])
