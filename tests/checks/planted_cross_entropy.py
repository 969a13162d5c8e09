"""Planted wrong answers of lesson 07: each must be caught, each with a sentence of its own."""

import numpy as np

FIRST = {"A": "right", "B": "base 2", "C": "sum", "D": "right", "E": "large weights"}


def phi(z):
    return 1 / (1 + np.exp(-z))


def softmax(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def lse(z):
    top = z.max(axis=-1, keepdims=True)
    return (top + np.log(np.exp(z - top).sum(axis=-1, keepdims=True)))[:, 0]


def one_hot(z, y):
    return y if y.ndim == 2 else np.eye(z.shape[1])[y]


def of_true(values, y):
    return (one_hot(values, y) * values).sum(axis=-1)


def each(z, y):
    """The right losses, one for each example."""
    Y = one_hot(z, y)
    return Y.sum(axis=-1) * lse(z) - (Y * z).sum(axis=-1)


def through_p(z, y):
    return -np.mean(np.log(of_true(softmax(z), y)))


def textbook(z, y):
    return np.mean(np.log(np.exp(z).sum(axis=-1)) - of_true(z, y))


def one_maximum(z, y):
    d = z - z.max()
    return np.mean(np.log(np.exp(d).sum(axis=-1)) - of_true(d, y))


def by_length(z, y):
    return np.mean(each(z, y if len(y) != z.shape[1] else np.argmax(np.atleast_2d(y), axis=-1)))


def by_argmax(z, y):
    return np.mean(each(z, y.argmax(axis=-1) if y.ndim == 2 else y))


def indices_only(z, y):
    return np.mean(lse(z) - z[np.arange(len(z)), y])


def in_place(z, y):
    z -= z.max(axis=-1, keepdims=True)
    return np.mean(each(z, y))


def binary(z, y):
    """The right losses, one for each example."""
    rest = np.log1p(np.exp(-np.abs(z)))
    return y * (np.maximum(-z, 0) + rest) + (1 - y) * (np.maximum(z, 0) + rest)


def one_minus(z, y):
    p = phi(z)
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


def where_one(z, y):
    return np.mean(np.where(y == 1, np.logaddexp(0, -z), np.logaddexp(0, z)))


def textbook_binary(z, y):
    return np.mean(y * np.log(1 + np.exp(-z)) + (1 - y) * np.log(1 + np.exp(z)))


def with_a_loop(z, y):
    return sum(float(binary(a, b)) for a, b in zip(z, y, strict=True)) / len(z)


PLANTED = {
    "initial_losses": [
        "right",
        {**FIRST, "A": ...},
        {"A": "right", "B": "right"},
        {**FIRST, "C": 32},
        {**FIRST, "B": "two", "C": "total"},
        dict.fromkeys("ABCDE", "right"),
        {**FIRST, "A": "base 10"},
        {**FIRST, "B": "right"},
        {**FIRST, "B": "base 10"},
        {**FIRST, "B": "sum"},
        {**FIRST, "C": "right"},
        {**FIRST, "C": "large weights"},
        {**FIRST, "D": "large weights"},
        {**FIRST, "E": "right"},
        {**FIRST, "E": "base 2"},
        {**FIRST, "E": "sum"},
    ],
    "cross_entropy": [
        0.8058910391,
        lambda z, y: print(z.shape),
        lambda z, y: [0.8058910391],
        lambda z: z,
        each,
        lambda z, y: -np.log(softmax(z)),
        in_place,
        lambda z, y: each(z, y).sum(),
        lambda z, y: -np.mean(each(z, y)),
        lambda z, y: -np.mean(one_hot(z, y) * np.log(softmax(z))),
        lambda z, y: -np.mean(np.log2(of_true(softmax(z), y))),
        lambda z, y: -np.mean(np.log10(of_true(softmax(z), y))),
        lambda z, y: np.mean(of_true(softmax(z), y)),
        lambda z, y: np.mean(1 - of_true(softmax(z), y)),
        lambda z, y: -np.log(np.mean(of_true(softmax(z), y))),
        lambda z, y: -np.mean(np.log(of_true(softmax(softmax(z)), y))),
        lambda z, y: np.mean(lse(z) + of_true(z, y)),
        lambda z, y: np.mean(lse(z)),
        lambda z, y: -np.mean(of_true(z, y)),
        lambda z, y: -np.mean(np.log(phi(of_true(z, y)))),
        lambda z, y: np.mean(z.max(axis=-1) - of_true(z, y)),
        lambda z, y: np.mean(lse(z)[:, None] - z[:, y]),
        lambda z, y: -np.mean((y.reshape(len(y), -1) * np.log(softmax(z))).sum(axis=-1)),
        lambda z, y: np.mean(lse(z) - z[:, 0]),
        lambda z, y: np.mean(lse(z) - z.max(axis=-1)),
        lambda z, y: -np.mean(np.log(of_true(softmax(z), y) + 1e-5)),
        indices_only,
        through_p,
        one_maximum,
        by_length,
        by_argmax,
    ],
    "binary_cross_entropy": [
        np.array([0.1188]),
        lambda z, y: None if len(z) else 0,
        lambda z, y: "0.1188",
        binary,
        lambda z, y: binary(z, y).sum(),
        lambda z, y: -binary(z, y).mean(),
        lambda z, y: binary(z, 1 - y).mean(),
        lambda z, y: -np.mean(y * np.log(phi(z))),
        lambda z, y: -np.mean((1 - y) * np.log(phi(-z))),
        lambda z, y: -np.mean(np.log(phi(z))),
        lambda z, y: np.mean((phi(z) - y) ** 2),
        lambda z, y: np.mean(np.abs(phi(z) - y)),
        lambda z, y: np.mean(binary(z, y)) / np.log(2),
        lambda z, y: np.mean(np.log1p(np.exp(-np.abs(z)))),
        lambda z, y: np.mean(np.maximum(np.where(y == 1, -z, z), 0)),
        lambda z, y: np.mean(binary(phi(z), y)),
        lambda z, y: -np.mean(y * phi(z) + (1 - y) * phi(-z)),
        lambda z, y: np.mean(np.log(1 + np.exp(-y * z))),
        lambda z, y: -np.mean(np.log(np.where(y == 1, phi(z), phi(-z)) + 1e-5)),
        one_minus,
        textbook_binary,
        where_one,
        with_a_loop,
    ],
    "hardest_pull": [
        "left", [-0.69], lambda z: z, float("nan"), 0, 0.693, 1 / 3, -0.2963, -0.5, -10, -6.0, 8.0, 1.5, -0.8, -0.6,
    ],
}
