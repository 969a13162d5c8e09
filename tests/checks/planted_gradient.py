"""Planted wrong answers of lesson 08: each must be caught, each with a sentence of its own."""

from functools import partial

import numpy as np

from helpers.gradients import numerical_gradient

measured = partial(numerical_gradient, step=1e-5)


def softmax(z, axis=-1):
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def naive(z, axis=-1):
    return np.exp(z) / np.exp(z).sum(axis=axis, keepdims=True)


def logistic(z):
    return 1 / (1 + np.exp(-z))


def one_hot(Z, y):
    return np.eye(Z.shape[1])[y]


# ---- 8.1 -----------------------------------------------------------------------------------------------------------

def of_p(wrong, of=softmax):
    return lambda z: wrong(of(z))


def full(p):
    return np.diag(p) - np.outer(p, p)


def in_place(z):
    z -= z.max()
    np.exp(z, out=z)
    z /= z.sum()
    return full(z)


def like_z(z):
    p = softmax(z)
    J = np.zeros((len(z), len(z)), dtype=z.dtype)
    J[:] = full(p)
    return J


def four_at_most(z):
    J = np.zeros((len(z), len(z)))
    J[:4, :4] = full(softmax(z))[:4, :4]
    return J


# ---- 8.3 -----------------------------------------------------------------------------------------------------------

def columns(Z, y):
    P = softmax(Z)
    P[:, y] -= 1
    return P / len(Z)


def overwritten(Z, y):
    Z -= Z.max(axis=1, keepdims=True)
    np.exp(Z, out=Z)
    Z /= Z.sum(axis=1, keepdims=True)
    Z[np.arange(len(Z)), y] -= 1
    return Z / len(Z)


def like_Z(Z, y):
    G = np.zeros_like(Z)
    G[:] = (softmax(Z) - one_hot(Z, y)) / len(Z)
    return G


def three_classes(Z, y):
    return (softmax(Z)[:, :3] - np.eye(3)[:, :Z.shape[1]][np.minimum(y, 2)]) / min(len(Z), 3)


def loss(Z, y):
    return -np.log(softmax(Z)[np.arange(len(Z)), y]).mean()


# ---- 8.4 -----------------------------------------------------------------------------------------------------------

def error(f, gradient, at, h=1e-5):
    return np.abs(numerical_gradient(f, at, h) - gradient(at)).max() / np.abs(gradient(at)).max()


def shifted_in_place(f, gradient, at):
    slopes = np.zeros(at.shape)
    for place in np.ndindex(at.shape):
        at[place] += 1e-5
        up = f(at)
        at[place] -= 2e-5
        slopes[place] = (up - f(at)) / 2e-5
    return bool(np.allclose(slopes, gradient(at), rtol=1e-3))


def directions(f, gradient, at):
    a, b = measured(f, at), gradient(at)
    return bool((a * b).sum() > 0.999 * np.linalg.norm(a) * np.linalg.norm(b))


def not_wrong(f, gradient, at):
    return not error(f, gradient, at) > 1e-6 if np.abs(gradient(at)).max() != 0 else True


PLANTED = {
    "softmax_jacobian": [
        "jacobian",
        lambda z: print(z.shape),
        lambda z: full(softmax(z)).tolist(),
        lambda z: full(softmax(z))[:-1],
        in_place,
        of_p(lambda p: p * (1 - p)),
        of_p(lambda p: np.diag(p * (1 - p))),
        of_p(np.diag),
        of_p(lambda p: -np.outer(p, p)),
        of_p(lambda p: np.outer(p, p)),
        of_p(lambda p: np.diag(p) + np.outer(p, p)),
        of_p(lambda p: np.outer(p, p) - np.diag(p)),
        of_p(lambda p: np.eye(len(p)) - np.outer(p, p)),
        of_p(lambda p: np.diag(p) - p @ p.T),
        of_p(lambda p: np.diag(p) - p * p),
        of_p(lambda p: p[:, np.newaxis] * (1 - p)),
        lambda z: full(z),
        of_p(full, logistic),
        softmax,
        of_p(full, naive),
        like_z,
        four_at_most,
    ],
    "cross_entropy_gradient": [
        np.zeros((2, 3)),
        lambda Z, y: print(Z.shape),
        lambda Z, y: softmax(Z)[0, 0] - 1 + Q,  # noqa: F821
        overwritten,
        lambda Z, y: softmax(Z) - one_hot(Z, y),
        lambda Z, y: (one_hot(Z, y) - softmax(Z)) / len(Z),
        lambda Z, y: (softmax(Z) - one_hot(Z, y)) / Z.shape[1],
        lambda Z, y: (softmax(Z) - one_hot(Z, y)) / Z.size,
        lambda Z, y: (softmax(Z) - one_hot(Z, y)).mean(axis=0),
        lambda Z, y: (softmax(Z) - one_hot(Z, y)).sum(axis=0),
        lambda Z, y: softmax(Z) / len(Z),
        columns,
        lambda Z, y: (softmax(Z, 0) - one_hot(Z, y)) / len(Z),
        lambda Z, y: (np.exp(Z) / np.exp(Z).sum() - one_hot(Z, y)) / len(Z),
        lambda Z, y: -one_hot(Z, y) / softmax(Z) / len(Z),
        lambda Z, y: -one_hot(Z, y) * (1 - softmax(Z)) / len(Z),
        lambda Z, y: (Z - one_hot(Z, y)) / len(Z),
        lambda Z, y: (logistic(Z) - one_hot(Z, y)) / len(Z),
        lambda Z, y: (softmax(Z) - y[:, np.newaxis]) / len(Z),
        loss,
        lambda Z, y: (naive(Z) - one_hot(Z, y)) / len(Z),
        like_Z,
        three_classes,
    ],
    "agrees": [
        True,
        lambda f, gradient, at: print(at),
        error,
        lambda f, gradient, at: np.isclose(measured(f, at), gradient(at), rtol=1e-5),
        lambda f, gradient: True,
        shifted_in_place,
        lambda f, gradient, at: error(f, gradient, at) > 1e-6,
        lambda f, gradient, at: at.shape == gradient(at).shape,
        lambda f, gradient, at: error(f, gradient, at, h=0.1) < 1e-6,
        lambda f, gradient, at: bool(np.allclose(np.abs(measured(f, at)), np.abs(gradient(at)), rtol=1e-5)),
        directions,
        lambda f, gradient, at: bool(abs(measured(f, at).flat[0] - gradient(at).flat[0]) < 1e-5),
        lambda f, gradient, at: bool(abs((measured(f, at) - gradient(at)).sum()) < 1e-5),
        lambda f, gradient, at: error(f, gradient, at) < 0.01,
        lambda f, gradient, at: bool(np.abs(measured(f, at) - gradient(at)).max() < 1e-6),
        lambda f, gradient, at: bool(np.abs(measured(f, at) - gradient(at)).max()
                                     < 1e-7 + 1e-12 * np.abs(gradient(at)).max()) and np.abs(gradient(at)).max() > 1e-7,
        lambda f, gradient, at: error(f, gradient, at) < 1e-6,
        not_wrong,
    ],
    "broken_lines": [
        "A",
        5,
        {"A": 5, "B": 3},
        {"A": 5, "B": 3, "C": ...},
        {"A": 5, "B": 3, "C": "one"},
        {"A": 5, "B": 3, "C": 8},
        {"A": 6, "B": 3, "C": 1},
        {"A": 3, "B": 3, "C": 1},
        {"A": 5, "B": 4, "C": 1},
        {"A": 5, "B": 6, "C": 1},
        {"A": 5, "B": 1, "C": 1},
        {"A": 5, "B": 2, "C": 1},
        {"A": 5, "B": 3, "C": 2},
        {"A": 5, "B": 3, "C": 5},
    ],
}
