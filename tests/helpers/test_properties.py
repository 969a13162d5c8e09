"""What holds for any net inputs, tried on many by hypothesis (the same ones on each run)."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.testing import assert_allclose, assert_array_equal

from helpers.activations import log_softmax, log_sum_exp, logistic, relu, softmax, tanh
from helpers.gradients import cross_entropy_gradient, softmax_jacobian
from helpers.losses import cross_entropy, entropy, kl_divergence

EVERY_RUN_THE_SAME = settings(derandomize=True, deadline=None, max_examples=60, database=None)
WIDTH = {np.float16: 16, np.float32: 32, np.float64: 64}
IN_THREE = pytest.mark.parametrize("dtype", WIDTH)


def batches(dtype, low=None, high=None):
    """Batches of one to three axes: by default of all finite numbers of the dtype, with subnormals and extremes."""
    numbers = st.floats(low, high, width=WIDTH[dtype], allow_nan=False, allow_infinity=False)
    return arrays(dtype, array_shapes(min_dims=1, max_dims=3, max_side=6), elements=numbers)


def eps(dtype):
    return float(np.finfo(dtype).eps)


@IN_THREE
@EVERY_RUN_THE_SAME
@given(st.data())
def test_any_finite_net_inputs(dtype, data):
    z = data.draw(batches(dtype))
    axis = data.draw(st.integers(-z.ndim, z.ndim - 1))
    temperature = data.draw(st.floats(1e-300, 1e300))
    before = z.copy()
    classes = z.shape[axis]
    for t in (1.0, temperature):
        p, log_p = softmax(z, axis, t), log_softmax(z, axis, t)
        assert p.dtype == log_p.dtype == dtype
        assert p.shape == log_p.shape == z.shape
        assert ((p >= 0) & (p <= 1)).all() and (log_p <= 0).all()
        assert_allclose(p.sum(axis, dtype=float), 1, atol=2 * classes * eps(dtype))
        assert_allclose(np.exp(log_p), p, rtol=16 * eps(dtype), atol=4 * eps(dtype))
        # A larger net input never gets less, and the largest gets at least its share.
        order = np.argsort(z, axis, kind="stable")
        assert (np.diff(np.take_along_axis(p, order, axis), axis=axis) >= 0).all()
        assert (p.max(axis) >= dtype(1 / classes) * (1 - 2 * eps(dtype))).all()
    total, largest = log_sum_exp(z, axis), z.max(axis)
    finite = np.isfinite(total)   # max + ln K may be beyond the dtype
    assert (total >= largest).all()
    highest = largest.astype(float) + np.log(classes)
    assert_allclose(total[finite], np.clip(total, largest, highest)[finite], rtol=eps(dtype))
    assert_array_equal(z, before)


@IN_THREE
@EVERY_RUN_THE_SAME
@given(st.data())
def test_order_of_classes_and_of_examples_does_not_matter(dtype, data):
    z = data.draw(batches(dtype))
    axis = data.draw(st.integers(0, z.ndim - 1))
    along = data.draw(st.integers(0, z.ndim - 1))
    order = np.array(data.draw(st.permutations(range(z.shape[along]))))
    for function in (softmax, log_softmax):
        permuted = function(z.take(order, along), axis)
        assert_allclose(permuted, function(z, axis).take(order, along), rtol=4 * eps(dtype), atol=2 * eps(dtype))


@EVERY_RUN_THE_SAME
@given(batches(np.float64, -100, 100), st.floats(-1e3, 1e3))
def test_the_same_added_to_all_changes_nothing(z, c):
    assert_allclose(softmax(z + c), softmax(z), rtol=1e-11, atol=1e-15)
    assert_allclose(log_softmax(z + c), log_softmax(z), rtol=1e-11, atol=1e-11)
    assert_allclose(log_sum_exp(z + c), log_sum_exp(z) + c, rtol=1e-11, atol=1e-11)


@EVERY_RUN_THE_SAME
@given(batches(np.float64, -100, 100), st.floats(0.01, 100))
def test_temperature_divides_net_inputs(z, temperature):
    assert_allclose(softmax(z, temperature=temperature), softmax(z / temperature), rtol=1e-11, atol=1e-15)
    sharper, softer = softmax(z, temperature=temperature / 2), softmax(z, temperature=temperature)
    assert (entropy(sharper) <= entropy(softer) + 1e-9).all()


@EVERY_RUN_THE_SAME
@given(st.data())
def test_raising_one_net_input_lowers_all_other_probabilities(data):
    z = data.draw(arrays(np.float64, st.integers(2, 6), elements=st.floats(-10, 10)))
    k = data.draw(st.integers(0, len(z) - 1))
    raised = z.copy()
    raised[k] += data.draw(st.floats(0.01, 10))
    change = softmax(raised) - softmax(z)
    assert change[k] > 0
    assert (np.delete(change, k) < 0).all()


@IN_THREE
@EVERY_RUN_THE_SAME
@given(st.data())
def test_bounds_and_symmetry_of_the_elementwise_functions(dtype, data):
    z = data.draw(batches(dtype))
    assert_allclose(logistic(z) + logistic(-z), np.ones_like(z), rtol=2 * eps(dtype))
    assert ((logistic(z) >= 0) & (logistic(z) <= 1)).all()
    assert_array_equal(tanh(-z), -tanh(z))
    assert_array_equal(relu(z) - relu(-z), z)


@IN_THREE
@EVERY_RUN_THE_SAME
@given(st.data())
def test_losses_of_any_finite_net_inputs(dtype, data):
    z = data.draw(batches(dtype))
    y = data.draw(arrays(np.int64, z.shape[:-1], elements=st.integers(0, z.shape[-1] - 1)))
    losses = cross_entropy(z, y, reduction="none")
    assert (losses >= 0).all()
    one_hot = np.eye(z.shape[-1])[y]
    assert_array_equal(cross_entropy(z, one_hot, reduction="none"), losses)
    gradient = cross_entropy_gradient(z, y)
    assert (np.abs(gradient) <= 1).all()
    assert_allclose(gradient.sum(-1, dtype=float), 0, atol=4 * z.shape[-1] * eps(dtype))
    assert (gradient[one_hot == 1] <= 0).all() and (gradient[one_hot == 0] >= 0).all()
    jacobian = softmax_jacobian(z)
    assert np.isfinite(jacobian).all()
    assert_array_equal(jacobian, jacobian.swapaxes(-1, -2))


@EVERY_RUN_THE_SAME
@given(batches(np.float64, -50, 50), st.data())
def test_cross_entropy_is_entropy_and_divergence(z, data):
    y = softmax(data.draw(arrays(np.float64, z.shape, elements=st.floats(-50, 50))))
    whole = cross_entropy(z, y, reduction="none")
    assert_allclose(whole, entropy(y) + kl_divergence(y, softmax(z)), rtol=1e-9, atol=1e-12)
    assert (kl_divergence(y, softmax(z)) >= 0).all()
