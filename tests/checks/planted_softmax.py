"""Planted wrong answers of lesson 05: each must be caught, each with a sentence of its own."""

import numpy as np

P = np.array([0.7, 0.2, 0.1])
Z = np.log(P)


def logistic(z):
    return 1 / (1 + np.exp(-z))


def log_sum_exp(z, axis=-1):
    top = z.max(axis=axis, keepdims=True)
    return top + np.log(np.exp(z - top).sum(axis=axis, keepdims=True))


def right(z, axis=-1):
    return np.exp(z - log_sum_exp(z, axis))


def textbook(z, axis=-1):
    return np.exp(z) / np.exp(z).sum(axis=axis, keepdims=True)


def in_place(z, axis=-1):
    z -= z.max(axis=axis, keepdims=True)
    np.exp(z, out=z)
    z /= z.sum(axis=axis, keepdims=True)
    return z


def one_maximum_for_all(z, axis=-1):
    return textbook(z - z.max(), axis)


def divided_by_the_maximum(z, axis=-1):
    return textbook(z / z.max(axis=axis, keepdims=True), axis)


def largest_size_subtracted(z, axis=-1):
    return textbook(z - np.abs(z).max(axis=axis, keepdims=True), axis)


def without_keepdims(z, axis=-1):
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis)


def mean_subtracted(z, axis=-1):
    return textbook(z - z.mean(axis=axis, keepdims=True), axis)


def log_with_the_mean_subtracted(z, axis=-1):
    d = z - z.mean(axis=axis, keepdims=True)
    return d - np.log(np.exp(d).sum(axis=axis, keepdims=True))


def minimum_subtracted(z, axis=-1):
    d = z - z.min(axis=axis, keepdims=True)
    return d - np.log(np.exp(d).sum(axis=axis, keepdims=True))


def with_a_small_number(z, axis=-1):
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    return e / (e.sum(axis=axis, keepdims=True) + 1e-5)


PLANTED = {
    "stable_softmax": [
        np.array([0.4, 0.2, 0.4]),
        lambda z, axis=-1: print(z.shape),
        lambda z, axis=-1: list(right(z, axis)),
        lambda z: right(z)[:-1],
        without_keepdims,
        in_place,
        lambda z, axis=-1: np.exp(z),
        lambda z, axis=-1: np.exp(z - z.max(axis=axis, keepdims=True)),
        lambda z, axis=-1: logistic(z),
        lambda z, axis=-1: logistic(z) / logistic(z).sum(axis=axis, keepdims=True),
        lambda z, axis=-1: z / z.sum(axis=axis, keepdims=True),
        lambda z, axis=-1: z - log_sum_exp(z, axis),
        lambda z, axis=-1: right(-z, axis),
        divided_by_the_maximum,
        lambda z, axis=-1: np.exp(z - z.max(axis=axis, keepdims=True)) / np.exp(z).sum(axis=axis, keepdims=True),
        lambda z, axis=-1: 2**z / (2**z).sum(axis=axis, keepdims=True),
        lambda z, axis=-1: np.exp(z) / np.sqrt((np.exp(z) ** 2).sum(axis=axis, keepdims=True)),
        lambda z, axis=-1: 1.0 * (z == z.max(axis=axis, keepdims=True)),
        lambda z, axis=-1: np.exp(z) / np.exp(z).sum(),
        lambda z, axis=-1: right(z, 0),
        textbook,
        largest_size_subtracted,
        one_maximum_for_all,
        lambda z, axis=-1: right(z, -1),
        lambda z, axis=-1: right(z.astype(np.float64), axis),
        lambda z, axis=-1: right(z, axis) + 0.2,
        lambda z, axis=-1: right(z, axis) ** 2,
        mean_subtracted,
        with_a_small_number,
    ],
    "log_softmax": [
        "log_softmax",
        lambda z, axis=-1: print("log-probabilities"),
        lambda z, axis=-1: float(np.max(z)),
        lambda z, axis=-1: log_sum_exp(z, axis),
        right,
        lambda z, axis=-1: log_sum_exp(z, axis) - z,
        lambda z, axis=-1: np.log2(right(z, axis)),
        lambda z, axis=-1: np.log10(right(z, axis)),
        lambda z, axis=-1: np.log1p(right(z, axis)),
        lambda z, axis=-1: z - np.exp(z).sum(axis=axis, keepdims=True),
        lambda z, axis=-1: z - z.sum(axis=axis, keepdims=True),
        lambda z, axis=-1: z - z.max(axis=axis, keepdims=True),
        lambda z, axis=-1: z - np.log(np.exp(z - z.max(axis=axis, keepdims=True)).sum(axis=axis, keepdims=True)),
        lambda z, axis=-1: z - z.max(axis=axis, keepdims=True) - np.log(np.exp(z).sum(axis=axis, keepdims=True)),
        lambda z, axis=-1: np.log(logistic(z)),
        lambda z, axis=-1: z - np.log(np.exp(z).sum()),
        lambda z, axis=-1: z - log_sum_exp(z, 0),
        lambda z, axis=-1: np.log(right(z, axis)),
        lambda z, axis=-1: z - np.log(np.exp(z).sum(axis=axis, keepdims=True)),
        lambda z, axis=-1: z - z.max() - np.log(np.exp(z - z.max()).sum(axis=axis, keepdims=True)),
        lambda z, axis=-1: z - log_sum_exp(z, -1),
        lambda z, axis=-1: z + log_sum_exp(z, axis),
        lambda z, axis=-1: np.log(right(z, axis) + 1e-5),
        lambda z, axis=-1: (z - log_sum_exp(z, axis)).astype(np.float32),
        minimum_subtracted,
        log_with_the_mean_subtracted,
    ],
    "net_inputs": [
        "log",
        0.7,
        np.log,
        Z,
        [Z, [0.0, 1.0]],
        [Z, [0.0, 1.0, -np.inf]],
        [P, 2 * P],
        [np.log(P / (1 - P))] * 2,
        [np.log10(P), np.log10(P) + 1],
        [-Z, 1 - Z],
        [Z[::-1], Z[::-1] + 1],
        [[0.0, 0.0, 0.0], [1.0, 1.0, 1.0]],
        [Z, Z * 2],
        [Z.round(2), Z.round(2) + 1],
        [Z, Z],
    ],
    "temperature": [
        "cold", [0.06], lambda T: T, float("nan"), 0, -0.0592, 0.9, 16.9, 1e9, 3.0, 1.0, 0.3, 0.07, 0.01, 0.05,
    ],
}
