"""Planted wrong answers of lesson 03: each must be caught, each with a sentence of its own."""

import math

import numpy as np


def phi(z):
    e = np.exp(-np.abs(z))
    return np.where(z < 0, e, 1) / (1 + e)


def on_top(W):
    first = np.zeros((1, W.shape[1]))
    first[0, 0] = 1
    return np.vstack([first, W])


def right(W, V):
    return V @ on_top(W)


def in_place(W, V):
    W[:] = W * 1.5
    return V @ on_top(W)


def bias_subtracted(W, V):
    one = V[:, 1:] @ W
    one[:, 0] -= V[:, 0]
    return one


def without_hidden_bias(W, V):
    one = V[:, 1:] @ W
    one[:, 0] = V[:, 0]
    return one


def up_to_four_inputs(W, V):
    return V @ np.vstack([np.eye(1, 4)[:, :min(W.shape[1], 4)], W])


def up_to_three_units(W, V):
    one = np.zeros((len(V), W.shape[1]))
    one[:, 0] = V[:, 0]
    for unit in range(min(len(W), 3)):
        one += V[:, [unit + 1]] * W[unit]
    return one


def both(z):
    p = phi(2 * z)
    return 2 * p - 1, 4 * p * (1 - p)


def t(z):
    return 2 * phi(2 * z) - 1


def overflowing(z):
    e = np.exp(2 * z)
    return (e - 1) / (e + 1), 4 * e / (e + 1) ** 2


def one_by_one(z):
    pairs = [both(float(v)) for v in z] if np.ndim(z) == 1 else [both(float(np.ravel(z)[0]))] * len(z)
    return np.array([float(a) for a, _ in pairs]), np.array([float(b) for _, b in pairs])


def no_single_number(z):
    return both(z[:])


PLANTED = {
    "collapse": [
        np.ones((1, 3)),
        "V @ W",
        lambda W, V: print(W.shape),
        lambda W, V: V @ W,
        lambda W, V: right(W, V).tolist(),
        lambda W: W,
        lambda W, V: undefined @ W,  # noqa: F821
        in_place,
        lambda W, V: V[:, 1:] @ W,
        lambda W, V: V[:, 1:] @ W + V[:, :1],
        bias_subtracted,
        lambda W, V: V[:, :-1] @ W,
        lambda W, V: V @ np.vstack([W, np.eye(1, W.shape[1])]),
        without_hidden_bias,
        lambda W, V: np.tanh(right(W, V)),
        lambda W, V: V @ on_top(np.tanh(W)),
        lambda W, V: V @ on_top(W[::-1]),
        lambda W, V: right(W, V).ravel(),
        lambda W, V: right(W, V).T,
        lambda W, V: on_top(W),
        lambda W, V: float(right(W, V).sum()),
        lambda W, V: 2 * right(W, V),
        lambda W, V: -right(W, V),
        up_to_four_inputs,
        up_to_three_units,
    ],
    "tanh_from_logistic": [
        0.97,
        "tanh",
        lambda z: print(z),
        lambda z: t(z),
        lambda z: (t(z), None),
        lambda z: (t(z)[:-1], both(z)[1]),
        lambda: (0.0, 1.0),
        lambda z: (phi(z), both(z)[1]),
        lambda z: (phi(2 * z), both(z)[1]),
        lambda z: (2 * phi(z) - 1, both(z)[1]),
        lambda z: (2 * phi(2 * z), both(z)[1]),
        lambda z: (phi(2 * z) - 1, both(z)[1]),
        lambda z: (1 - 2 * phi(2 * z), both(z)[1]),
        lambda z: (t(z), phi(z) * (1 - phi(z))),
        lambda z: (t(z), phi(2 * z) * (1 - phi(2 * z))),
        lambda z: (t(z), 2 * phi(2 * z) * (1 - phi(2 * z))),
        lambda z: (t(z), t(z) * (1 - t(z))),
        lambda z: (t(z), 1 - t(z)),
        lambda z: (t(z), t(z) ** 2 - 1),
        lambda z: both(z)[::-1],
        lambda z: (t(z), t(z)),
        overflowing,
        one_by_one,
        no_single_number,
        lambda z: (np.tanh(z), 1 - np.tanh(z) ** 2),
    ],
    "initial_scale": [
        "one", [1.2], lambda: 1.2, math.nan, True, 0, -1.2, 1e9, 0.25, 4, 1.0, 0.5, 0.9, 3.0, 2.0,
    ],
}
