"""The same numbers as TensorFlow. This module alone imports it, for that takes seconds."""

import os
import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.datasets import load_iris
from sklearn.preprocessing import StandardScaler

from helpers.activations import log_softmax, log_sum_exp, logistic, relu, softmax, tanh
from helpers.classifier import SoftmaxRegression
from helpers.explorers.softmax_in_tensorflow import floor
from helpers.gradients import cross_entropy_gradient, cross_entropy_weight_gradient, softmax_jacobian
from helpers.losses import binary_cross_entropy, cross_entropy, kl_divergence

RNG = np.random.default_rng(0)
Z = RNG.normal(0, 5, (20, 4))
INDEX = RNG.integers(0, 4, 20)
SOFT = RNG.dirichlet(np.ones(4), 20)
IN_THREE = pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])


@pytest.fixture(scope="module")
def tf():
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")   # its own, at import
        return pytest.importorskip("tensorflow", reason="TensorFlow is not installed (no wheel for some platforms)")


@IN_THREE
def test_activations(tf, dtype):
    z = Z.astype(dtype)
    close = {"rtol": 8 * float(np.finfo(dtype).eps), "atol": 4 * float(np.finfo(dtype).eps)}
    assert_allclose(softmax(z), tf.nn.softmax(z).numpy(), **close)
    assert_allclose(softmax(z, axis=0), tf.keras.activations.softmax(tf.constant(z), axis=0).numpy(), **close)
    assert_allclose(log_softmax(z), tf.nn.log_softmax(z).numpy(), **close)
    assert_allclose(log_sum_exp(z), tf.reduce_logsumexp(z, axis=-1).numpy(), **close)
    assert_allclose(logistic(z), tf.math.sigmoid(z).numpy(), **close)
    assert_allclose(tanh(z), tf.math.tanh(z).numpy(), **close)
    assert_allclose(relu(z), tf.nn.relu(z).numpy(), **close)


def test_losses(tf):
    sparse = tf.nn.sparse_softmax_cross_entropy_with_logits(INDEX, Z).numpy()
    assert_allclose(cross_entropy(Z, INDEX, reduction="none"), sparse, rtol=1e-12)
    assert_allclose(cross_entropy(Z, INDEX), tf.reduce_mean(sparse).numpy(), rtol=1e-12)
    soft = tf.nn.softmax_cross_entropy_with_logits(SOFT, Z).numpy()
    assert_allclose(cross_entropy(Z, SOFT, reduction="none"), soft, rtol=1e-12)
    binary = tf.nn.sigmoid_cross_entropy_with_logits(SOFT, Z).numpy()
    assert_allclose(binary_cross_entropy(Z, SOFT, "none"), binary, rtol=1e-12)
    assert_allclose(kl_divergence(SOFT, softmax(Z)), tf.keras.losses.kld(SOFT, softmax(Z)).numpy(), rtol=1e-5)


def test_gradients(tf):
    X = np.column_stack([np.ones(20), RNG.normal(size=(20, 2))])
    W = tf.Variable(RNG.normal(size=(4, 3)))
    with tf.GradientTape(persistent=True) as tape:
        z = tf.constant(X) @ tf.transpose(W)
        tape.watch(z)
        loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(SOFT, z))
        through_w = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(SOFT, tf.constant(X) @ tf.transpose(W)))
        p = tf.nn.softmax(z)
    assert_allclose(cross_entropy_gradient(z.numpy(), SOFT), tape.gradient(loss, z).numpy(), rtol=1e-10, atol=1e-15)
    assert_allclose(cross_entropy_weight_gradient(X, W.numpy(), SOFT), tape.gradient(through_w, W).numpy(), rtol=1e-10)
    assert_allclose(softmax_jacobian(z.numpy()), tape.batch_jacobian(p, z).numpy(), rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize("z", [[1.78, 0.76, 1.65], [0.9, 0.1, 0.5]])
def test_the_four_losses_of_lesson_06(tf, z):
    z = np.array([z])
    p, cut = softmax(z), np.minimum(z, 1)
    once, twice = -np.log(p[0, 0]), -np.log(softmax(p)[0, 0])
    for loss, label, read_wrongly in (
        (tf.keras.losses.SparseCategoricalCrossentropy, [0], cut / cut.sum()),
        (tf.keras.losses.CategoricalCrossentropy, [[1.0, 0, 0]], z / z.sum()),
    ):
        four = [[loss(from_logits=says)(np.array(label), of).numpy() for says in (True, False)] for of in (z, p)]
        assert_allclose(four, [[once, -np.log(read_wrongly[0, 0])], [twice, once]], rtol=1e-6)


@pytest.mark.parametrize("classes", [2, 3, 10, 100])
def test_the_floor_of_a_doubled_softmax(tf, classes):
    loss = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)(np.array([0]), np.eye(classes)[:1])
    assert_allclose(floor(classes), loss.numpy(), rtol=1e-6)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")   # a few epochs are enough to compare
def test_classifier_as_a_dense_layer(tf):
    X, y = load_iris(return_X_y=True)
    X = StandardScaler().fit_transform(X)
    ours = SoftmaxRegression(learning_rate=0.5, l2=0.01, max_iter=100, tol=0).fit(X, y)
    layer = tf.keras.layers.Dense(3, kernel_initializer="zeros", kernel_regularizer=tf.keras.regularizers.l2(0.01 / 2))
    theirs = tf.keras.Sequential([tf.keras.Input((4,)), layer])
    theirs.compile(tf.keras.optimizers.SGD(0.5), tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    theirs.fit(X, y, batch_size=150, epochs=100, verbose=0)
    assert_allclose(ours.loss_curve_[-1], theirs.evaluate(X, y, batch_size=150, verbose=0), atol=1e-3)
    kernel, bias = layer.get_weights()
    assert_allclose(ours.coef_, kernel.T, atol=1e-4)
    assert_allclose(ours.intercept_, bias, atol=1e-4)
