"""Planted wrong answers of lesson 06: each must be caught, each with a sentence of its own."""

import numpy as np


def right(Z, axis=1):
    e = np.exp(Z - Z.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def textbook(Z):
    return np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)


def three_classes(Z):
    e = np.exp(Z - Z.max(axis=1, keepdims=True))
    return e / (e[:, 0] + e[:, 1] + (e[:, 2] if e.shape[1] == 3 else 0.5))[:, None]


def in_place(Z):
    Z -= Z.max(axis=1, keepdims=True)
    return np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)


class Tensor:
    """As TensorFlow hands them out."""

    def numpy(self):
        return np.zeros(3)


def rows(y, K, shift=1):
    return np.eye(K)[y - shift]


def written_down(y, K):
    return np.array([[1.0, 0, 0], [0, 1, 0], [0, 0, 1]])[y - 1] if K == 3 else np.eye(K)[::-1][y - 1]


def squeezed(y, K):
    return rows(y, K).squeeze()


def soft(y, K):
    return rows(y, K) * 0.9 + 0.1


Z = np.array([0.9, 0.1, 0.5])
P = np.exp(Z) / np.exp(Z).sum()
TWICE = np.exp(P) / np.exp(P).sum()
TABLE = -np.log([[P[0], 0.6], [TWICE[0], P[0]]])


def with_entry(row, column, value):
    table = TABLE.copy()
    table[row, column] = value
    return table


PLANTED = {
    "probabilities": [
        np.zeros((1, 3, 2)),
        lambda Z: print(Z.shape),
        lambda Z: Tensor(),
        lambda Z: right(Z, 2),
        lambda Z: right(Z, 0),
        lambda Z: np.exp(Z) / np.exp(Z).sum(),
        lambda Z: np.exp(Z) / np.exp(Z).sum(axis=(1, 2), keepdims=True),
        lambda Z: np.exp(Z) / np.exp(Z).sum(axis=(0, 1), keepdims=True),
        lambda Z: right(Z).transpose(0, 2, 1),
        lambda Z: Z.argmax(axis=1),
        lambda Z: np.exp(Z).sum(axis=1, keepdims=True),
        lambda Z: np.log(right(Z)),
        lambda Z: right(right(Z)),
        lambda Z: np.exp(Z),
        lambda Z: 1 / (1 + np.exp(-Z)),
        lambda Z: right(-Z),
        lambda Z: right(Z).round(4),
        lambda Z: right(Z).astype(np.float16).astype(float) + 1e-5,
        lambda Z: right(Z)[0],
        lambda Z: right(Z, 3),
        in_place,
        textbook,
        three_classes,
    ],
    "one_hot": [
        "one_hot",
        lambda y, K: print(y),
        lambda y, K: Tensor(),
        lambda y, K: rows(y, K).astype(bool),
        lambda y, K: rows(y, K, 0),
        lambda y, K: rows(y, K, 2),
        lambda y, K: y - 1,
        lambda y, K: y,
        lambda y, K: y[:, None] - 1,
        lambda y, K: rows(y, K).T,
        lambda y, K: rows(y, y.max()),
        lambda y, K: rows(y, K + 1, 0),
        lambda y, K: 1 - rows(y, K),
        lambda y, K: rows(y, K) * y[:, None],
        lambda y, K: rows(y, K)[:, ::-1],
        lambda y, K: rows(y, K).cumsum(axis=1),
        lambda y, K: np.eye(len(y), K),
        lambda y, K: np.zeros((len(y), K)),
        lambda y, K: rows(y, K).sum(axis=0),
        lambda y: rows(y, 3),
        soft,
        squeezed,
        written_down,
    ],
    "table": [
        "0.8059",
        [0.5, 0.6],
        lambda: TABLE,
        [[..., 0.5], [0.9, 0.8]],
        [[0.8, np.inf], [0.9, 0.8]],
        -TABLE,
        with_entry(0, 1, -0.51),
        np.exp(-TABLE),
        TABLE / np.log(10),
        TABLE[:, ::-1],
        TABLE[::-1],
        TABLE.T,
        -np.log([[P[1], 0.1 / 1.5], [TWICE[1], P[1]]]),
        np.full((2, 2), TABLE[0, 0]),
        TABLE.round(2),
        with_entry(1, 1, 0.5),
        [[1.0986, 0.51], [0.99, 1.0986]],
        with_entry(1, 0, TABLE[0, 0]),
        with_entry(1, 0, 0.3),
        with_entry(0, 1, -np.log(0.9)),
        with_entry(0, 1, 2.3),
    ],
    "settings": [
        "linear",
        ["linear", True],
        {"activation": "linear"},
        {"activation": "linear", "from_logits": ...},
        {"activation": None, "from_logits": True},
        {"activation": "linear", "from_logits": "True"},
        {"activation": 0, "from_logits": True},
        {"activation": "Softmax", "from_logits": False},
        {"activation": "softmax", "from_logits": True},
        {"activation": "linear", "from_logits": False},
        {"activation": "sigmoid", "from_logits": True},
        {"activation": "sigmoid", "from_logits": False},
        {"activation": "relu", "from_logits": True},
        {"activation": "relu", "from_logits": False},
        {"activation": "tanh", "from_logits": True},
        {"activation": "log_softmax", "from_logits": False},
        {"activation": "none", "from_logits": True},
        {"activation": "exponential", "from_logits": True},
        {"activation": "softmax", "from_logits": False},
        {"activation": "log_softmax", "from_logits": True},
    ],
}
