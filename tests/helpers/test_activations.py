"""Values against SciPy and mpmath, extremes, dtypes, shapes and the sentences of errors."""

import inspect
import math
import tracemalloc

import mpmath
import numpy as np
import pytest
import scipy.special
from numpy.testing import assert_allclose, assert_array_equal

from helpers import activations as act
from helpers.activations import log_softmax, log_sum_exp, logistic, logit, net_input, softmax

FLOATS = [np.float16, np.float32, np.float64, np.longdouble]
IN_THREE = pytest.mark.parametrize("dtype", FLOATS[:3])
ELEMENTWISE = [
    act.linear, act.linear_derivative, act.logistic, act.logistic_derivative, act.tanh, act.tanh_derivative,
    act.relu, act.relu_derivative,
]  # fmt: skip
OVER_CLASSES = [softmax, log_softmax, log_sum_exp]
inf, nan = math.inf, math.nan


def eps(dtype):
    return float(np.finfo(dtype).eps)


def normal(*shape, scale=3.0, seed=0):
    return np.random.default_rng(seed).normal(0, scale, shape)


# ------------------------------------------------------------------------------------------ values


@IN_THREE
@pytest.mark.parametrize("axis", [0, 1, 2, -1, -2, -3])
def test_over_classes_agrees_with_scipy_on_any_axis(dtype, axis):
    z = normal(4, 5, 6).astype(dtype)
    wide = z.astype(np.float64)
    tolerance = 4 * eps(dtype)
    assert_allclose(softmax(z, axis), scipy.special.softmax(wide, axis), rtol=tolerance, atol=tolerance)
    assert_allclose(log_softmax(z, axis), scipy.special.log_softmax(wide, axis), rtol=tolerance, atol=tolerance)
    for keepdims in (False, True):
        assert_allclose(
            log_sum_exp(z, axis, keepdims),
            scipy.special.logsumexp(wide, axis, keepdims=keepdims),
            rtol=tolerance,
            atol=tolerance,
        )


@pytest.mark.parametrize(
    ("shape", "axis"),
    [
        ((30_000, 10), 1), ((10, 30_000), 0), ((50_000, 2), 1), ((2, 50_000), 0), ((3, 40_000), 1), ((40_000, 3), 0),
        ((100_000,), 0), ((7, 30, 500), 1), ((500, 7, 30), 2), ((500, 7, 30), 0), ((1, 100_000), 0), ((100_000, 1), 1),
        ((65, 1000), 0), ((1000, 65), 1), ((2, 3, 4, 5000), 2),
    ],
)  # fmt: skip
def test_blocks_fit_together(shape, axis):
    z = normal(*shape)
    assert_allclose(softmax(z, axis), scipy.special.softmax(z, axis), rtol=1e-13)
    assert_allclose(log_softmax(z, axis), scipy.special.log_softmax(z, axis), rtol=1e-13, atol=1e-15)
    assert_allclose(log_sum_exp(z, axis), scipy.special.logsumexp(z, axis), rtol=1e-13, atol=1e-15)


def test_any_layout_in_memory():
    z = normal(300, 400)
    for view in (z.T, z[::2, ::-3], np.asfortranarray(z), z.astype(">f8"), z[None, ::2]):
        for axis in (0, -1):
            assert_allclose(softmax(view, axis), scipy.special.softmax(np.array(view, float), axis), rtol=1e-13)
    read_only = normal(3)
    read_only.flags.writeable = False
    assert softmax(read_only).flags.writeable


def test_logistic_and_logit_agree_with_scipy():
    z = np.concatenate([normal(1000, scale=20), [0, 700, -700, 745, -745, 1e300, -1e300, inf, -inf]])
    assert_allclose(logistic(z), scipy.special.expit(z), rtol=1e-14, atol=5e-324)
    p = np.concatenate([np.random.default_rng(0).random(1000), 10.0 ** -np.arange(0, 300, 7), [0, 0.5, 0.5 + 1e-12, 1]])
    assert_allclose(logit(p), scipy.special.logit(p), rtol=1e-14)
    assert_allclose(logit(logistic(z[np.abs(z) < 10])), z[np.abs(z) < 10], rtol=1e-11)


def test_against_fifty_digits():
    with mpmath.workdps(50):
        for z in (0.0, 1e-9, 0.3, -2.07, 5.0, -30.0, 40.0, -300.0, 350.0):
            exact = mpmath.mpf(z)
            phi = 1 / (1 + mpmath.exp(-exact))
            assert_allclose(logistic(z), float(phi), rtol=1e-15)
            assert_allclose(act.logistic_derivative(z), float(phi * (1 / (1 + mpmath.exp(exact)))), rtol=1e-15)
            assert_allclose(act.tanh(z), float(mpmath.tanh(exact)), rtol=1e-15)
            assert_allclose(act.tanh_derivative(z), float(mpmath.sech(exact) ** 2), rtol=1e-13)
        for z in ([1e8, 1e8 - 1, 3.0], [-700.0, -701.5, -1e4], [1e308, 0.0, -1e308], [1e-300, 0.0, -1e-300]):
            for temperature in (0.01, 1.0, 37.0, 1e300):
                terms = [mpmath.exp((mpmath.mpf(v) - max(z)) / mpmath.mpf(temperature)) for v in z]
                p = [t / mpmath.fsum(terms) for t in terms]
                log_p = [(mpmath.mpf(v) - max(z)) / mpmath.mpf(temperature) - mpmath.log(mpmath.fsum(terms)) for v in z]
                assert_allclose(softmax(z, temperature=temperature), [float(v) for v in p], rtol=1e-13, atol=1e-300)
                log_p = [float(v) for v in log_p]
                assert_allclose(log_softmax(z, temperature=temperature), log_p, rtol=1e-13, atol=1e-16)


def test_tanh_is_a_stretched_logistic():
    z = normal(100)
    assert_allclose(act.tanh(z), 2 * logistic(2 * z) - 1, atol=1e-15)
    assert_allclose(act.tanh_derivative(z), 4 * act.logistic_derivative(2 * z), rtol=1e-13)


@pytest.mark.parametrize("name", ["linear", "logistic", "tanh", "relu"])
def test_derivatives_agree_with_central_differences(name):
    z = np.array([-3.1, -1, -0.2, 0.1, 0.7, 2.5])
    function, derivative = getattr(act, name), getattr(act, f"{name}_derivative")
    h = 6e-6
    assert_allclose(derivative(z), (function(z + h) - function(z - h)) / (2 * h), rtol=1e-8, atol=1e-10)


def test_corners_of_the_elementwise_functions():
    assert_array_equal(act.relu([-inf, -1, 0, 2, inf]), [0, 0, 0, 2, inf])
    assert_array_equal(act.relu_derivative([-inf, -1, -0.0, 0, 2, inf]), [0, 0, 0, 0, 1, 1])
    assert_array_equal(act.linear_derivative([-inf, 0, inf]), [1, 1, 1])
    assert_array_equal(act.logistic_derivative([-inf, 0, inf]), [0, 0.25, 0])
    assert_array_equal(act.tanh_derivative([-inf, -1e308, 0, 1e308, inf]), [0, 0, 1, 0, 0])
    assert_array_equal(act.tanh([-inf, inf]), [-1, 1])
    z = np.array([1.0, 2.0])
    assert not np.shares_memory(act.linear(z), z)


# ------------------------------------------------------------------------------------------ net input


def test_net_input_has_one_body_for_all_shapes():
    x, X = normal(4), normal(5, 4)
    w, W = normal(4, seed=1), normal(3, 4, seed=1)
    assert_allclose(net_input(x, w), sum(a * b for a, b in zip(x, w, strict=True)), rtol=1e-13)
    assert net_input(x, w).shape == ()
    for many, weights in ((X, w), (x, W), (X, W), (normal(2, 5, 4), W), (np.empty((0, 4)), W)):
        z = net_input(many, weights)
        assert z.shape == many.shape[:-1] + weights.shape[:-1]
        assert_allclose(z, np.einsum("...j,kj->...k", many, np.atleast_2d(weights)).reshape(z.shape), rtol=1e-13)


@pytest.mark.parametrize(
    ("x", "w", "words"),
    [
        (np.ones((5, 3)), np.ones((2, 4)), ["x has shape (5, 3)", "w has shape (2, 4)", "bias input missing"]),
        (np.ones(4), np.ones(3), ["x has shape (4,)", "w has shape (3,)", "bias weight w₀ missing"]),
        (np.ones(6), np.ones(3), ["x has shape (6,)", "w has shape (3,)"]),
        (1.0, np.ones(3), ["x is a single number", "(N, m + 1)"]),
        (np.ones(3), 1.0, ["w has shape ()", "(K, m + 1)"]),
        (np.ones(3), np.ones((2, 2, 3)), ["w has shape (2, 2, 3)", "(K, m + 1)"]),
        ([[1, 2], [1]], np.ones(2), ["x is ragged"]),
    ],
)
def test_net_input_explains_shapes_that_do_not_fit(x, w, words):
    with pytest.raises(ValueError) as error:
        net_input(x, w)
    for word in words:
        assert word in str(error.value)
    assert ("missing" in str(error.value)) == any("missing" in word for word in words)


def test_net_input_of_huge_numbers_is_inf_without_a_warning():
    assert net_input([1e308, 1e308], [10, 10]) == inf
    assert net_input(np.full(2, 60000, np.float16), np.ones(2, np.float16)) == inf
    assert np.isnan(net_input([inf, inf], [1, -1]))


# ------------------------------------------------------------------------------------------ extremes


@pytest.mark.parametrize("dtype", FLOATS)
def test_the_largest_numbers_of_a_dtype(dtype):
    big = np.finfo(dtype).max
    z = np.array([[big, 0, -big], [big, big, -big], [-big, -big, -big], [big, big, big]], dtype)
    half, third = dtype(0.5), dtype(1) / dtype(3)
    assert_allclose(softmax(z), [[1, 0, 0], [half, half, 0], [third] * 3, [third] * 3], rtol=eps(dtype))
    log_p = log_softmax(z)
    assert log_p.dtype == dtype
    assert_array_equal(log_p[0, :2], [0, -big])
    assert log_p[0, 2] == -inf   # −2 · big is beyond the dtype
    assert_allclose(log_p[2], [-np.log(dtype(3))] * 3, rtol=2 * eps(dtype))
    assert_array_equal(log_sum_exp(z)[:2], [big, big])
    assert_array_equal(logistic(z[0]), [1, 0.5, 0])


@IN_THREE
def test_a_wide_range_at_a_high_temperature(dtype):
    big = float(np.finfo(dtype).max)
    z = np.array([big, -big], dtype)
    p = logistic(np.array([2.0, -2.0]))
    assert_allclose(softmax(z, temperature=big), p, rtol=2 * eps(dtype))
    assert_allclose(log_softmax(z, temperature=big), np.log(p), rtol=2 * eps(dtype))
    for hot in (1e300, inf):
        assert_allclose(softmax(np.array([1, 2], dtype), temperature=hot), [0.5, 0.5])
    for cold in (1e-300, 5e-324):
        assert_array_equal(softmax(np.array([1, 2, 2], dtype), temperature=cold), [0, 0.5, 0.5])


@IN_THREE
def test_infinite_net_inputs(dtype):
    z = [[inf, 1, 2], [-inf, 0, 0], [inf, -inf, 5], [inf, inf, 1], [-inf] * 3, [nan, 1, inf], [0, 0, 0]]
    z = np.array(z, dtype)
    p = [[1, 0, 0], [0, 0.5, 0.5], [1, 0, 0], [nan] * 3, [nan] * 3, [nan] * 3, [1 / 3] * 3]
    assert_allclose(softmax(z), p, rtol=eps(dtype))
    with np.errstate(divide="ignore"):
        assert_allclose(log_softmax(z), np.log(p), rtol=2 * eps(dtype))
    assert_allclose(log_sum_exp(z), [inf, np.log(2), inf, inf, -inf, nan, np.log(3)], rtol=eps(dtype))
    for row, expected in zip(z, p, strict=True):   # the same for one example as in a batch
        assert_allclose(softmax(row), expected, rtol=eps(dtype))
        assert_allclose(softmax(row[None], temperature=0.5), [expected], rtol=eps(dtype))
    assert_array_equal(softmax([inf]), [1])


@IN_THREE
def test_nan_stays_in_its_own_row(dtype):
    z = normal(40_000, 3).astype(dtype)
    clean = {f: f(z) for f in OVER_CLASSES}
    z[20_000, 1] = nan
    others = np.arange(len(z)) != 20_000
    for function in OVER_CLASSES:
        result = function(z)
        assert np.isnan(result[20_000]).all()
        assert_array_equal(result[others], clean[function][others])
    for function in (*ELEMENTWISE, logit):
        result = function(np.array([0.25, nan, 0.5], dtype))
        assert_array_equal(np.isnan(result), [False, True, False])
    assert_array_equal(np.isnan(net_input([[1, nan], [1, 2]], np.ones((3, 2)))), [[True] * 3, [False] * 3])


def test_many_terms_of_float16():
    z = np.zeros(200_000, np.float16)   # their sum is beyond 65504
    assert_allclose(log_sum_exp(z), np.float16(math.log(200_000)))
    assert_allclose(log_softmax(z)[0], np.float16(-math.log(200_000)))
    assert_allclose(softmax(z)[0], np.float16(1 / 200_000))
    assert_allclose(log_sum_exp(np.full((200_000, 2), 100, np.float16), axis=0), np.float16(100 + math.log(200_000)))


def test_many_terms_of_float32_keep_their_digits():
    z = normal(1_000_000, 2).astype(np.float32)
    assert_allclose(log_sum_exp(z, axis=0), scipy.special.logsumexp(z.astype(float), axis=0), rtol=1e-6)


def test_softmax_falls_to_zero_and_its_logarithm_does_not():
    assert_array_equal(softmax([0, -1000]), [1, 0])
    assert_array_equal(log_softmax([0, -1000]), [0, -1000])


# ------------------------------------------------------------------------------------------ dtypes, shapes, input


@pytest.mark.parametrize("function", [*ELEMENTWISE, *OVER_CLASSES, logit])
@pytest.mark.parametrize("dtype", FLOATS)
def test_dtype_is_kept(function, dtype):
    assert function(np.array([[0.25, 0.5]], dtype)).dtype == dtype
    assert function(np.array([0.25, 0.5], dtype)).dtype == dtype


def test_dtype_is_kept_with_a_temperature():
    for dtype in FLOATS:
        assert softmax(np.ones(3, dtype), temperature=2).dtype == dtype
        assert log_softmax(np.ones(3, dtype), temperature=np.float64(2)).dtype == dtype


@pytest.mark.parametrize("function", [*ELEMENTWISE, *OVER_CLASSES, logit])
@pytest.mark.parametrize("z", [[0, 1], (False, True), np.array([0, 1], np.uint8), np.array([0, 1]), [0.0, 1]])
def test_integers_booleans_and_lists_become_float64(function, z):
    assert function(z).dtype == np.float64
    assert_array_equal(function(z), function(np.array([0.0, 1.0])))


def test_net_input_takes_the_dtype_of_both():
    one, two = np.ones(3, np.float16), np.ones((2, 3), np.float32)
    assert net_input(one, one).dtype == np.float16
    assert net_input(one, two).dtype == np.float32
    assert net_input([1, 2, 3], one).dtype == np.float64


@pytest.mark.parametrize("function", [*ELEMENTWISE, logit])
def test_a_number_gives_a_number(function):
    assert isinstance(function(0.5), np.float64)
    assert isinstance(function(np.array(0.5)), np.float64)
    assert function(np.empty((0, 3))).shape == (0, 3)


def test_one_example_gives_one_log_sum_exp():
    assert isinstance(log_sum_exp([1, 2]), np.float64)
    assert log_sum_exp([1, 2], keepdims=True).shape == (1,)


@pytest.mark.parametrize("shape", [(0, 3), (0, 2, 3), (2, 0, 3)])
def test_no_example_is_a_batch_too(shape):
    z = np.empty(shape, np.float32)
    assert softmax(z).shape == log_softmax(z).shape == shape
    assert log_sum_exp(z).shape == shape[:-1]
    assert log_sum_exp(z, keepdims=True).shape == (*shape[:-1], 1)
    assert softmax(z).dtype == np.float32


def test_a_single_class_is_certain():
    assert_array_equal(softmax([[3.0], [-1e300]]), [[1], [1]])
    assert_array_equal(log_softmax([[3.0], [-1e300]]), [[0], [0]])


@pytest.mark.parametrize("function", [*ELEMENTWISE, *OVER_CLASSES])
def test_input_is_never_changed_nor_handed_back(function):
    for z in (normal(5, 3), normal(5), np.array([[inf, 1], [nan, 2]]), normal(30_000, 3)):
        before = z.copy()
        assert not np.shares_memory(function(z), z)
        assert_array_equal(z, before)
    if function is not log_sum_exp and function in OVER_CLASSES:
        function(before, temperature=3)
        assert_array_equal(z, before)


def test_no_floating_point_error_even_where_all_are_raised():
    z = np.array([[1e308, -1e308, 0], [inf, 0, 1], [inf, inf, 0], [-inf] * 3, [nan, 0, 1], [-800, 0, 0]])
    with np.errstate(all="raise"):
        for dtype in FLOATS[:3]:
            with np.errstate(over="ignore"):
                narrow = z.astype(dtype)
            for function in (*ELEMENTWISE, *OVER_CLASSES):
                if function is not act.tanh:   # NumPy's own may underflow
                    function(narrow)
            softmax(narrow, temperature=1e-300)
            log_softmax(narrow, temperature=1e300)
        logit([0, 1, 0.5, 1e-320])


# ------------------------------------------------------------------------------------------ errors


PUBLIC = [
    function
    for name, function in inspect.getmembers(act, inspect.isfunction)
    if function.__module__ == act.__name__ and not name.startswith("_")
]
ONE_ARGUMENT = [f for f in PUBLIC if f is not net_input]


def test_all_names_are_there():
    assert {f.__name__ for f in PUBLIC} == {
        "net_input", "linear", "logistic", "tanh", "relu", "softmax", "log_softmax", "log_sum_exp", "logit",
        "linear_derivative", "logistic_derivative", "tanh_derivative", "relu_derivative",
    }  # fmt: skip


@pytest.mark.parametrize("function", ONE_ARGUMENT)
@pytest.mark.parametrize("value", [["a"], [1j, 2], None, [None, 1], [{}, 1], [10**400], np.array(["2020"], "M8")])
def test_no_real_numbers_is_a_type_error_that_names_the_argument(function, value):
    name = "p" if function is logit else "z"
    with pytest.raises(TypeError, match=f"^{name} has to hold real numbers.*dtype.*shape"):
        function(value)
    with pytest.raises(TypeError, match=r"^w has to hold real numbers"):
        net_input([1, 2], value)


@pytest.mark.parametrize("function", ONE_ARGUMENT)
def test_ragged_rows_are_named(function):
    with pytest.raises(ValueError, match=r"^[zp] is ragged"):
        function([[0.1, 0.2], [0.3]])


@pytest.mark.parametrize("function", OVER_CLASSES)
def test_an_axis_that_is_none(function):
    with pytest.raises(ValueError, match=r"^z is a single number, shape \(\).*\(K,\)"):
        function(1.5)
    with pytest.raises(ValueError, match=r"^z has shape \(2, 0\).*class axis -1 is empty"):
        function(np.empty((2, 0)))
    with pytest.raises(ValueError, match=r"class axis 0 is empty"):
        function(np.empty((0, 2)), axis=0)
    for axis in (2, -3):
        with pytest.raises(ValueError, match=rf"^z has shape \(2, 3\).*from -2 to 1, not {axis}"):
            function(np.ones((2, 3)), axis=axis)
    for axis in (None, 1.0, (0, 1), True, "1"):
        with pytest.raises(TypeError, match="axis has to be one integer"):
            function(np.ones((2, 3)), axis=axis)
    assert_array_equal(function(normal(2, 3), axis=np.int64(0)), function(normal(2, 3), axis=0))


@pytest.mark.parametrize("function", [softmax, log_softmax])
def test_a_temperature_that_is_none(function):
    for wrong in (0, 0.0, -1, -inf, nan, np.float32(-1), np.longdouble(0)):
        with pytest.raises(ValueError, match="temperature has to be above 0, not"):
            function([1, 2], temperature=wrong)
    for wrong in ([1.0], np.ones((2, 1))):
        with pytest.raises(ValueError, match=r"temperature has shape \(.*\); one number"):
            function([1, 2], temperature=wrong)
    for wrong in ("1", None, 1j):
        with pytest.raises(TypeError, match="temperature has to hold real numbers"):
            function([1, 2], temperature=wrong)
    assert_array_equal(function([1, 2], temperature=np.array(2)), function([1, 2], temperature=2.0))


def test_logit_wants_probabilities():
    for wrong in (-0.1, 1.5, [nan, 2], -inf):
        with pytest.raises(ValueError, match=r"^p has shape .* probabilities are from 0 to 1"):
            logit(wrong)


# ------------------------------------------------------------------------------------------ memory


def temporaries(function, z, axis, temperature):
    """Return the peak memory of a call beside its result, in bytes."""
    function(z[:10], axis, temperature)
    tracemalloc.start()
    try:
        result = function(z, axis, temperature)
        return tracemalloc.get_traced_memory()[1] - result.nbytes
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("dtype", FLOATS[:3])
@pytest.mark.parametrize("function", [softmax, log_softmax])
@pytest.mark.parametrize("temperature", [1.0, 2.0])
def test_at_most_one_temporary_of_the_size_of_the_input(dtype, function, temperature):
    for shape, axis in (((200_000, 10), 1), ((10, 200_000), 0), ((2000, 1000), 1), ((20, 10, 10_000), 1)):
        z = np.ones(shape, dtype)
        assert temporaries(function, z, axis, temperature) < 0.5 * z.nbytes
    z = np.ones(500_000, dtype)   # one row is one block, computed in one array of at least float32
    width = 8 if temperature != 1 else max(4, z.itemsize)
    buffers = 4 * 8 * np.getbufsize()   # NumPy's own, where dtypes differ
    assert temporaries(function, z, 0, temperature) < z.size * width + buffers
