"""The small numbers that run through all lessons."""

import numpy as np
from numpy.testing import assert_allclose

from helpers.activations import log_softmax, logistic, net_input, softmax
from helpers.gradients import cross_entropy_gradient, cross_entropy_weight_gradient
from helpers.losses import cross_entropy

W = np.array([[1.1, 1.2, 0.8, 0.4], [0.2, 0.4, 1.0, 0.2], [0.6, 1.5, 1.2, 0.7]])
X = np.array([1, 0.1, 0.4, 0.6])
P = [0.44668973, 0.16107406, 0.39223621]


def to_eight_digits(actual, expected):
    assert_allclose(actual, expected, rtol=0, atol=5.1e-9)


def test_one_unit():
    z = net_input([1, 1.4, 2.5], [0.4, 0.3, 0.5])
    assert_allclose(z, 2.07, rtol=1e-15)
    assert f"{logistic(z):.3f}" == "0.888"


def test_three_units_answer_three_questions():
    z = net_input(X, W)
    assert_allclose(z, [1.78, 0.76, 1.65], rtol=1e-15)
    separate = logistic(z)
    to_eight_digits(separate, [0.85569687, 0.68135373, 0.83889105])
    to_eight_digits(separate.sum(), 2.37594165)
    to_eight_digits(separate / separate.sum(), [0.36015062, 0.28677208, 0.35307729])
    assert separate.argmax() == softmax(z).argmax() == 0


def test_softmax_loss_and_gradient():
    z = net_input(X, W)
    to_eight_digits(softmax(z), P)
    to_eight_digits(np.exp(log_softmax(z)), P)
    assert abs(softmax(z).sum() - 1) < 1e-15
    assert_allclose(cross_entropy(z, 0), 0.8058910391, rtol=0, atol=5.1e-11)
    slope = cross_entropy_gradient(z, 0)
    to_eight_digits(slope, [-0.55331027, 0.16107406, 0.39223621])
    assert abs(slope.sum()) < 1e-15
    assert_allclose(cross_entropy_weight_gradient(X, W, 0), np.outer(slope, X), rtol=1e-14)


def test_two_classes_are_the_logistic_function():
    z = np.random.default_rng(1).normal(0, 5, (100, 2))
    assert_allclose(softmax(z)[:, 0], logistic(z[:, 0] - z[:, 1]), rtol=1e-13)


def test_where_a_naive_softmax_overflows():
    for dtype, limit in ((np.float16, 11.09), (np.float32, 88.72), (np.float64, 709.78)):
        z = np.array([0, 2 * limit], dtype)
        with np.errstate(over="ignore", invalid="ignore"):
            naive = np.exp(z) / np.exp(z).sum()
        assert np.isnan(naive).any()
        assert np.isfinite(softmax(z)).all()
