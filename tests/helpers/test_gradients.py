"""Gradients against SymPy, central differences, extremes and the sentences of errors."""

import math

import numpy as np
import pytest
import sympy
from numpy.testing import assert_allclose, assert_array_equal

from helpers.activations import log_sum_exp, logistic, net_input, softmax
from helpers.gradients import (
    cross_entropy_gradient,
    cross_entropy_weight_gradient,
    cross_entropy_weight_hessian,
    numerical_gradient,
    relative_error,
    softmax_jacobian,
)
from helpers.losses import cross_entropy

FLOATS = [np.float16, np.float32, np.float64, np.longdouble]
inf, nan = math.inf, math.nan
RNG = np.random.default_rng(0)
X = np.column_stack([np.ones(8), RNG.normal(size=(8, 3))])
W = RNG.normal(size=(5, 4))
INDEX = RNG.integers(0, 5, 8)
LABELS = [INDEX, np.eye(5)[INDEX], RNG.dirichlet(np.ones(5), 8)]


# ------------------------------------------------------------------------------------------ values


@pytest.mark.parametrize("classes", [2, 3])
def test_jacobian_and_gradient_are_those_of_sympy(classes):
    symbols = sympy.symbols(f"z:{classes}", real=True)
    terms = [sympy.exp(s) for s in symbols]
    p = sympy.Matrix([t / sum(terms) for t in terms])
    jacobian = p.jacobian(symbols)
    claim = sympy.Matrix(classes, classes, lambda i, j: p[i] * (int(i == j) - p[j]))
    assert sympy.simplify(jacobian - claim) == sympy.zeros(classes, classes)
    for values in RNG.integers(-30, 30, (5, classes)):
        at = {s: sympy.Rational(int(v), 10) for s, v in zip(symbols, values, strict=True)}
        z = values / 10
        exact = np.array(jacobian.subs(at).evalf(30).tolist(), float)
        assert_allclose(softmax_jacobian(z), exact, rtol=1e-13)
        for y in range(classes):
            loss = -sympy.log(p[y])
            slope = np.array([loss.diff(s).subs(at).evalf(30) for s in symbols], float)
            assert_allclose(cross_entropy_gradient(z, y), slope, rtol=1e-12, atol=1e-15)


def test_hessian_is_the_derivative_of_the_gradient():
    hessian = cross_entropy_weight_hessian(X, W)
    for y in LABELS:     # whatever the labels are
        numerical = numerical_gradient(lambda V, y=y: cross_entropy_weight_gradient(X, V, y), W)
        assert_allclose(hessian, numerical.reshape(20, 20), atol=1e-9)
    assert_allclose(hessian, hessian.T, atol=1e-17)
    assert np.linalg.eigvalsh(hessian).min() > -1e-15
    with pytest.raises(ValueError, match="is the bias input missing"):
        cross_entropy_weight_hessian(X[:, 1:], W)


def test_jacobian_has_the_properties_that_the_lesson_names():
    z = RNG.normal(0, 3, (20, 6))
    p, jacobian = softmax(z), softmax_jacobian(z)
    assert jacobian.shape == (20, 6, 6)
    assert_allclose(jacobian, p[:, :, None] * (np.eye(6) - p[:, None, :]), rtol=1e-11)
    assert_array_equal(jacobian, jacobian.swapaxes(1, 2))
    assert_allclose(jacobian.sum(-1), 0, atol=1e-16)
    assert np.linalg.eigvalsh(jacobian).min() > -1e-15
    assert_array_equal(softmax_jacobian(z[3]), jacobian[3])
    for row, at in zip(jacobian, z, strict=True):
        assert relative_error(row, numerical_gradient(softmax, at)) < 1e-7


def test_jacobian_keeps_its_digits_where_a_class_is_all_but_certain():
    small = math.exp(-50)
    assert_allclose(softmax_jacobian([50, 0]), [[small, -small], [-small, small]], rtol=1e-14)


@pytest.mark.parametrize("y", LABELS)
def test_gradients_agree_with_central_differences(y):
    z = net_input(X, W)
    assert relative_error(cross_entropy_gradient(z, y), numerical_gradient(lambda v: cross_entropy(v, y), z)) < 1e-8
    numerical = numerical_gradient(lambda v: cross_entropy(net_input(X, v), y), W)
    assert relative_error(cross_entropy_weight_gradient(X, W, y), numerical) < 1e-8
    assert_allclose(cross_entropy_gradient(z, y).sum(-1), 0, atol=1e-16)


def test_gradient_is_the_chain_of_its_parts():
    z = RNG.normal(size=4)
    y = np.eye(4)[2]
    assert_allclose(cross_entropy_gradient(z, 2), softmax_jacobian(z) @ (-y / softmax(z)), rtol=1e-13)
    assert_allclose(numerical_gradient(log_sum_exp, z), softmax(z), rtol=1e-8)


def test_two_classes_are_the_logistic_unit():
    w, y = W[0], INDEX % 2
    both = np.stack([np.zeros_like(w), w])
    expected = ((logistic(X @ w) - y)[:, None] * X).mean(0)
    assert_allclose(cross_entropy_weight_gradient(X, both, y)[1], expected, rtol=1e-12)


def test_one_example_and_further_axes():
    assert_allclose(cross_entropy_weight_gradient(X[0], W, 1), np.outer(softmax(W @ X[0]) - np.eye(5)[1], X[0]))
    folded = cross_entropy_weight_gradient(X.reshape(2, 4, 4), W, INDEX.reshape(2, 4))
    assert_allclose(folded, cross_entropy_weight_gradient(X, W, INDEX), rtol=1e-13)
    z = net_input(X, W)
    assert_array_equal(
        cross_entropy_gradient(z.reshape(2, 4, 5), INDEX.reshape(2, 4)),
        cross_entropy_gradient(z, INDEX).reshape(2, 4, 5),
    )


def test_no_example_has_no_gradient():
    assert cross_entropy_gradient(np.empty((0, 3)), []).shape == (0, 3)
    assert softmax_jacobian(np.empty((0, 3))).shape == (0, 3, 3)
    assert_array_equal(cross_entropy_weight_gradient(np.empty((0, 4)), W, []), np.zeros((5, 4)))


# ------------------------------------------------------------------------------------------ extremes, dtypes, input


@pytest.mark.parametrize("dtype", FLOATS)
def test_dtype_is_kept(dtype):
    z, x, w = RNG.normal(size=(3, 4)).astype(dtype), X.astype(dtype), W.astype(dtype)
    assert softmax_jacobian(z).dtype == dtype
    for y in ([0, 1, 2], np.eye(4)[:3]):
        assert cross_entropy_gradient(z, y).dtype == dtype
    for y in LABELS:
        assert cross_entropy_weight_gradient(x, w, y).dtype == dtype
    assert softmax_jacobian([0, 1]).dtype == cross_entropy_gradient([0, 1], 1).dtype == np.float64
    assert numerical_gradient(log_sum_exp, z[0]).dtype == np.float64


@pytest.mark.parametrize("dtype", FLOATS[:3])
def test_extremes(dtype):
    big = np.finfo(dtype).max
    z = np.array([[big, -big, 0], [inf, 0, 0], [nan, 0, 0], [-inf, 0, 0]], dtype)
    gradient = cross_entropy_gradient(z, [1, 0, 0, 1]) * 4
    assert_array_equal(gradient, [[1, -1, 0], [0, 0, 0], [nan] * 3, [0, -0.5, 0.5]])
    jacobian = softmax_jacobian(z)
    assert_array_equal(jacobian[:2], np.zeros((2, 3, 3)))
    assert np.isnan(jacobian[2]).all()
    assert_array_equal(jacobian[3], [[0, 0, 0], [0, 0.25, -0.25], [0, -0.25, 0.25]])
    assert np.isnan(softmax_jacobian(np.array([nan], dtype))).all()


def test_a_long_batch_of_float16():
    n = 200_000   # 1/n is below the normal numbers of float16, n beyond its largest
    x = np.ones((n, 2), np.float16)
    w = np.zeros((2, 2), np.float16)
    assert_allclose(cross_entropy_weight_gradient(x, w, np.zeros(n, int)), [[-0.5] * 2, [0.5] * 2], rtol=1e-3)
    gradient = cross_entropy_gradient(np.zeros((n, 2), np.float16), np.zeros(n, int))
    assert_allclose(gradient[0], [-2.5e-6, 2.5e-6], rtol=0.02)


def test_input_is_never_changed():
    z, x, w = net_input(X, W), X.copy(), W.copy()
    z_before = z.copy()
    for y in LABELS:
        y_before = y.copy()
        cross_entropy_gradient(z, y)
        cross_entropy_weight_gradient(x, w, y)
        assert_array_equal(y, y_before)
    softmax_jacobian(z)
    relative_error(z, z)

    def spoils(v):
        v *= 2
        return v.sum()

    assert_allclose(numerical_gradient(spoils, z), np.full(z.shape, 2.0), rtol=1e-6)
    for now, before in ((z, z_before), (x, X), (w, W)):
        assert_array_equal(now, before)


def test_no_floating_point_error_even_where_all_are_raised():
    with np.errstate(all="raise"):
        z = [[1e308, -1e308], [inf, 0], [nan, 1], [-800, 0]]
        softmax_jacobian(z)
        cross_entropy_gradient(z, [1, 0, 0, 0])
        cross_entropy_weight_gradient([[1, 1e308], [1, inf]], [[1, 10], [1, 0]], [0, 1])
        relative_error([1e308, 0], [-1e308, 1e-310])
        numerical_gradient(lambda v: inf, [1.0])


# ------------------------------------------------------------------------------------------ the means to check


def test_numerical_gradient_of_a_number_an_array_and_a_jacobian():
    assert_allclose(numerical_gradient(np.sin, 0.3), math.cos(0.3), rtol=1e-9)
    A = RNG.normal(size=(3, 2))
    assert_allclose(numerical_gradient(lambda v: A @ v, [0.1, 0.2]), A, rtol=1e-8)
    assert numerical_gradient(lambda v: np.outer(v, v), np.ones(3)).shape == (3, 3, 3)
    assert_allclose(numerical_gradient(lambda v: (v**2).sum(), X), 2 * X, rtol=1e-8, atol=1e-10)
    assert numerical_gradient(np.sum, []).shape == (0,)


def test_step_has_a_best_size():
    errors = [abs(numerical_gradient(np.exp, 1.0, step=h) - math.e) for h in (1e-2, 6e-6, 1e-12)]
    assert errors[1] < 1e-9 < min(errors[0], errors[2])
    assert numerical_gradient(np.exp, 1.0, step=1e-20) == 0   # 1 + h is 1: all is round-off


def test_numerical_gradient_finds_a_planted_error():
    z = RNG.normal(size=4)
    wrong = cross_entropy_gradient(z, 1)
    wrong[2] *= 1.01
    assert relative_error(wrong, numerical_gradient(lambda v: cross_entropy(v, 1), z)) > 1e-4


def test_warnings_of_the_learners_own_function_are_theirs():
    with pytest.warns(RuntimeWarning, match="divide by zero"):
        numerical_gradient(lambda v: np.log(v * 0).sum(), [1.0])


def test_relative_error():
    assert relative_error([1.0, 2.0], [1.0, 2.0]) == relative_error([0.0], [0.0]) == relative_error([], []) == 0
    assert_allclose(relative_error([1.0, 1e-12], [1.0, 0.0]), 1e-12)
    assert_allclose(relative_error([1.0, -1.0], [1.0, 1.0]), 2)
    assert relative_error(1e308, -1e308) == 2
    assert_allclose(relative_error(3, 4), relative_error(4, 3))
    for a, b in (([nan, 1], [1, 1]), ([1, 1], [1, nan]), ([5, 1], [nan, 1])):
        assert np.isnan(relative_error(a, b))


# ------------------------------------------------------------------------------------------ errors


def test_wrong_arguments_are_explained():
    with pytest.raises(ValueError, match=r"W has shape \(4,\); one row per class, \(K, m \+ 1\)"):
        cross_entropy_weight_gradient(X, W[0], INDEX)
    with pytest.raises(ValueError, match=r"X has shape \(8, 3\) and W has shape \(5, 4\).*bias input missing"):
        cross_entropy_weight_gradient(X[:, 1:], W, INDEX)
    with pytest.raises(ValueError, match=r"X is a single number"):
        cross_entropy_weight_gradient(1, W, 0)
    with pytest.raises(ValueError, match=r"y has shape \(3,\), z has shape \(8, 5\)"):
        cross_entropy_weight_gradient(X, W, [0, 1, 2])
    with pytest.raises(ValueError, match=r"y has shape \(8,\) and indices from 0 to 5"):
        cross_entropy_gradient(net_input(X, W), [0, 1, 2, 3, 4, 5, 0, 0])
    with pytest.raises(TypeError, match="have to be integers"):
        cross_entropy_gradient([1, 2], 0.0)
    with pytest.raises(ValueError, match="z is a single number"):
        softmax_jacobian(1)
    with pytest.raises(ValueError, match="class axis -1 is empty"):
        cross_entropy_gradient([], 0)
    for step in (0, -1, nan, inf, [1e-5]):
        with pytest.raises(ValueError, match="step has to be one number above 0"):
            numerical_gradient(np.sum, [1.0], step=step)
    with pytest.raises(TypeError, match="step has to hold real numbers"):
        numerical_gradient(np.sum, [1.0], step=None)
    with pytest.raises(TypeError, match=r"f\(x\) has to hold real numbers; it is NoneType"):
        numerical_gradient(lambda v: None, [1.0])
    with pytest.raises(ValueError, match=r"f\(x\) has shape \(1,\) here and \(0,\) there"):
        numerical_gradient(lambda v: v[v > 1], [1.0])
    with pytest.raises(ValueError, match=r"b has shape \(3,\), a has shape \(2,\); the same shape"):
        relative_error([1, 2], [1, 2, 3])
    for name, function in (("z", softmax_jacobian), ("x", lambda v: numerical_gradient(np.sum, v))):
        with pytest.raises(TypeError, match=f"^{name} has to hold real numbers"):
            function("text")
