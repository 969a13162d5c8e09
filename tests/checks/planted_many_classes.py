"""Planted wrong answers of lesson 04: each must be caught, each with a sentence of its own."""

import numpy as np


def logistic(z):
    return 1 / (1 + np.exp(-z))


def right(X, W):
    return logistic(X @ W.T)


def first_row_only(X, W):
    if X.ndim == 2:
        for row in X:
            return right(row, W)
    return right(X, W)


def batch_of_one(X, W):
    return right(np.atleast_2d(X), W)


def squeezed(X, W):
    return np.squeeze(right(X, W)) if len(X) == 1 else right(X, W)


def one_unit_squeezed(X, W):
    out = right(X, W)
    return out[..., 0] if len(W) == 1 else out


def stacked(X, W):
    return np.stack([right(row, W) for row in X]) if X.ndim == 2 else right(X, W)


def second_form(X, W):
    return np.exp(X @ W.T) / (1 + np.exp(X @ W.T))


def bias_set(X, W):
    X[..., 0] = 1
    X *= 1
    X += 0.5
    return right(X - 0.5, W)


def square_w(X, W):
    return logistic(X @ W) if X.ndim == 2 and X.shape[1] == W.shape[0] else right(X, W)


def filled(phi):
    phi[1] = 1 - phi[0] - phi[2]
    return phi


C, L = "multi-class", "multi-label"
RIGHT = [C, L, L, C, L]

PLANTED = {
    "forward": [
        np.ones((2, 3)),
        lambda X: X,
        lambda X, W: print(X.shape),
        lambda X, W: X @ W.T,
        lambda X, W: logistic(W @ X.T),
        lambda X, W: logistic(X @ W),
        square_w,
        lambda X, W: logistic(X[..., 1:] @ W[:, 1:].T),
        lambda X, W: logistic(W[:, 0] + X @ W.T),
        lambda X, W: right(X, W).round(),
        lambda X, W: logistic(-X @ W.T),
        lambda X, W: right(X, W) / right(X, W).sum(axis=-1, keepdims=True),
        lambda X, W: np.tanh(X @ W.T),
        lambda X, W: np.exp(X @ W.T),
        first_row_only,
        lambda X, W: right(X, W).sum(axis=-1),
        lambda X, W: right(X, W).max(axis=-1),
        lambda X, W: np.argmax(X @ W.T, axis=-1),
        lambda X, W: logistic(X[..., np.newaxis, :] * W),
        batch_of_one,
        squeezed,
        lambda X, W: right(X, W).round(2),
        lambda X, W: right(X, W).tolist(),
        bias_set,
        one_unit_squeezed,
        stacked,
        second_form,
    ],
    "all_no": [
        "all",
        {"x": [1, -1, -1, -1]},
        {"x": [1, -1, ..., -1], "argmax": 0},
        {"x": [-1, -1, -1], "argmax": 0},
        {"x": [0, -1, -1, -1], "argmax": 0},
        {"x": [1, 0, 0, 0], "argmax": 0},
        {"x": [1, 0.1, 0.4, 0.6], "argmax": 0},
        {"x": [1, -1, 0.5, 0], "argmax": 1},
        {"x": [1, -1, 0.15, 0], "argmax": 0},
        {"x": [1, -2, 0.9, 0], "argmax": 1},
        {"x": [1, -3.5, -0.6, 8], "argmax": 2},
        {"x": [1, -1.05, 0.2, 0], "argmax": 0},
        {"x": [1, -1, -1, -1], "argmax": -1},
        {"x": [1, -1, -1, -1], "argmax": 0.21},
        {"x": [1, -1, -1, -1], "argmax": 3},
        {"x": [1, -1, -1, -1], "argmax": 2},
        {"x": [1, -1, -1, -1], "argmax": 1},
        {"x": [1, -2, 0, 0], "argmax": 0},
    ],
    "situations": [
        "multi-class",
        [C, L, L, C],
        [C, L, ..., C, L],
        [C, L, L, C, 2],
        [C, L, L, C, "multilabel"],
        [L, C, C, L, C],
        [C] * 5,
        [L] * 5,
        [L, C, C, C, L],
        [L, C, L, C, L],
        *([(C if answer == L else L) if i == wrong else answer for i, answer in enumerate(RIGHT)]
          for wrong in range(5)),
    ],
    "right_shares": [
        [0.25, 0.625, 0.125],
        lambda phi: print(phi),
        lambda phi: 1 - phi[0] - phi[2],
        lambda phi: [phi[0], 1 - phi[0] - phi[2], phi[2]],
        filled,
        lambda phi: phi,
        lambda phi: phi / phi.sum(),
        lambda phi: phi + (1 - phi.sum()) / 3,
        lambda phi: np.array([phi[0], phi[1], 1 - phi[0] - phi[1]]),
        lambda phi: np.array([1 - phi[1] - phi[2], phi[1], phi[2]]),
        lambda phi: np.array([phi[0], (1 - phi[0]) * (1 - phi[2]), phi[2]]),
        lambda phi: np.array([phi[0], 1 - phi[0], phi[2]]),
        lambda phi: np.array([phi[0], 1 - phi[2], phi[2]]),
        lambda phi: np.array([phi[0], 1 - phi.sum(), phi[2]]),
        lambda phi: np.array([phi[0], phi[0] + phi[2], phi[2]]),
        lambda phi: np.array([phi[0], 1 - phi[1], phi[2]]),
        lambda phi: np.array([phi[2], 1 - phi[0] - phi[2], phi[0]]),
        lambda phi: np.eye(3)[np.argmax(phi)],
        lambda phi: np.array([phi[0], 0.625, phi[2]]),
        lambda phi: np.array([phi[0] / 2, 1 - phi[0] / 2 - phi[2], phi[2]]),
    ],
}
