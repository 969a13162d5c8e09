"""Wrong answers to assignment A1: PLANTED for the visible checks, SLIPS that only the hidden tests catch."""

import numpy as np


def phi(z):
    return 1 / (1 + np.exp(-np.asarray(z)))


def right_pair(z):
    z = np.asarray(z)
    e = np.exp(-np.abs(z))
    return np.stack([np.where(z > 0, e, 1) / (1 + e), np.where(z > 0, 1, e) / (1 + e)], axis=-1)


def adds_a_one(M, w):
    M[..., 0] += 0
    w[0] = 0
    return 0.4


def odds(p, factor):
    return factor * p / (1 - p)


def run(x, w, b, f, factor, bias=1, layers=1):
    """A chain with places for mistakes."""
    h, gradient = x, 1.0
    for weight, shift in list(zip(w, b, strict=True))[::layers]:
        z = weight * h + bias * shift
        gradient *= factor(weight, z, h, f(z))
        h = f(z)
    return h, gradient


def added(x, w, b, f, slope):
    h, gradient = x, 0.0
    for weight, shift in zip(w, b, strict=True):
        z = weight * h + shift
        gradient += weight * slope(z)
        h = f(z)
    return h, gradient


def last_alone(x, w, b, f, slope):
    h = x
    for weight, shift in zip(w, b, strict=True):
        z = weight * h + shift
        h = f(z)
    return h, weight * slope(z)


def first_weight(x, w, b, f, slope):
    h, gradient = run(x, w, b, f, lambda weight, z, h, out: slope(z))
    return h, gradient * w[0]


def right_chain(x, w, b, f, slope):
    return run(x, w, b, f, lambda weight, z, h, out: weight * slope(z))


def net_input_returned(x, w, b, f, slope):
    h = x
    for weight, shift in zip(w, b, strict=True):
        z = weight * h + shift
        h = f(z)
    return z, right_chain(x, w, b, f, slope)[1]


PLANTED = {
    "scores": [
        lambda M, w: M @ w[1:],
        lambda M, w: M @ w[:-1] + w[-1],
        lambda M, w: 2 * w[0] + M @ w[1:],
        lambda M, w: np.sum(w[0] + M @ w[1:]),
        lambda M, w: w[0] + w[1:] @ M if M.shape == (2, 2) else w[0] + M @ w[1:],
        lambda M, w: w[0] + M @ w[1:] if M.ndim == 1 else w[0] + M @ w[1:] > 0,
        lambda M, w: w[0] + M * w[1:] if M.ndim == 2 else w[0] + M @ w[1:],
        lambda M, w: w[0] + w[1] * M[..., 0] + w[2] * M[..., 1],
        lambda M, w: print(w[0] + M @ w[1:]),
        lambda M, w: list(w[0] + np.atleast_2d(M) @ w[1:]),
        lambda M, w: M @ w,
        lambda M, w: -(w[0] + M @ w[1:]),
        adds_a_one,
    ],
    "in_other_units": [
        lambda w, scale, shift: np.append(w[0] - (w[1:] * scale) @ shift, w[1:] * scale),
        lambda w, scale, shift: np.append(w[0], w[1:] / scale),
        lambda w, scale, shift: np.append(w[0] - w[1:] @ shift, w[1:] / scale),
        lambda w, scale, shift: np.append(w[0] + w[1:] / scale @ shift, w[1:] / scale),
        lambda w, scale, shift: w[1:] / scale,
        lambda w, scale, shift: np.append(w[1:] / scale, w[0] - w[1:] / scale @ shift),
        lambda w, scale, shift: np.append(w[0] - w[1:] / scale @ shift, w[1:]),
        lambda w, scale, shift: w,
        lambda w, scale, shift: (w[0] - w[1:] / scale @ shift, w[1:] / scale),
        lambda w, scale, shift: w / scale - shift,
        lambda w, scale: w,
        lambda w, scale, shift: print(end=""),
        lambda w, scale, shift: np.append(w[0] - w[1:] / scale @ shift, w[1:] / scale**2),
    ],
    "two_probabilities": [
        lambda z: right_pair(z)[..., ::-1],
        lambda z: np.stack([0 * np.asarray(z), z], axis=-1),
        lambda z: right_pair(z).T if np.ndim(z) else right_pair(z),
        lambda z: phi(z),
        lambda z: np.stack([phi(z), phi(z)], axis=-1),
        lambda z: np.stack([1 - phi(z), phi(z)], axis=-1),
        lambda z: np.stack([1 / (1 + np.exp(np.asarray(z))), np.exp(np.asarray(z)) / (1 + np.exp(np.asarray(z)))], -1),
        lambda z: np.stack([phi(-np.asarray(z)), phi(z)], axis=min(1, np.ndim(z))),
        lambda z: (phi(-np.asarray(z)), phi(z)),
        lambda z: [phi(-np.asarray(z)), phi(z)],
        lambda z: right_pair(z[0]),
        lambda z: np.round(right_pair(z), 3),
    ],
    "times_the_odds": [
        odds,
        lambda p, factor: factor * p,
        lambda p, factor: p / factor / (1 - p + p / factor),
        lambda p, factor: phi(np.log(p / (1 - p)) + factor),
        lambda p, factor: p,
        lambda p, factor: odds(p, factor) / (1 + odds(p, factor)),
        lambda p, factor: float(factor * p / (1 - p + factor * p)),
        lambda p, factor: factor * p / (1 + factor * p),
        lambda p, factor: p.clip(0, 1),
        lambda p, factor: str(p),
        lambda p, factor: print(end=""),
        lambda p, factor: np.array([factor * p / (1 - p + factor * p)]),
        lambda p, factor: np.log(p - p),
        lambda p, factor: -factor * p / (1 - p + factor * p),
    ],
    "treat": [
        lambda z, in_vain, missed: z > 0,
        lambda z, in_vain, missed: z > np.log(missed / in_vain),
        lambda z, in_vain, missed: z < np.log(in_vain / missed),
        lambda z, in_vain, missed: phi(z) > np.log(in_vain / missed),
        lambda z, in_vain, missed: z > 100,
        lambda z, in_vain, missed: z >= np.log(in_vain / missed),
        lambda z, in_vain, missed: in_vain * (1 - phi(z)) < missed * phi(z),
        lambda z, in_vain, missed: (z > np.log(in_vain / missed)) * 1,
        lambda z, in_vain, missed: bool(np.all(z > np.log(in_vain / missed))),
        lambda z, in_vain, missed: [bool(v > np.log(in_vain / missed)) for v in z],
        lambda z, in_vain, missed: z > np.log(in_vain / missed) if z > 0 else False,
        lambda z, in_vain, missed: print(end=""),
        lambda z, in_vain, missed: np.array([False, True, False, True])[:len(z)],
    ],
    "silent_units": [
        lambda X, W: np.any(X @ W.T > 0, axis=0),
        lambda X, W: np.any(X @ W.T <= 0, axis=0),
        lambda X, W: np.all(X @ W.T < 0, axis=0),
        lambda X, W: np.all(X @ W.T <= 0, axis=1),
        lambda X, W: X @ W.T <= 0,
        lambda X, W: bool(np.all(X @ W.T <= 0)),
        lambda X, W: np.all(X @ W.T <= 0, axis=0) * 1.0,
        lambda X, W: [bool(np.all(X @ w <= 0)) for w in W],
        lambda X, W: np.flatnonzero(np.all(X @ W.T <= 0, axis=0)),
        lambda X, W: np.all(X @ W <= 0, axis=0) if X.shape[0] == 2 else np.full(2, 1 / 0),
        lambda X, W: np.array([True, False]),
        lambda X, W: W.fill(0) or np.array([True, False]),
    ],
    "chain": [
        lambda x, w, b, f, slope: run(x, w, b, f, lambda weight, z, h, out: slope(z)),
        lambda x, w, b, f, slope: run(x, w, b, f, lambda weight, z, h, out: weight * slope(out)),
        lambda x, w, b, f, slope: run(x, w, b, f, lambda weight, z, h, out: weight * slope(h)),
        lambda x, w, b, f, slope: run(x, w, b, f, lambda weight, z, h, out: weight),
        lambda x, w, b, f, slope: run(x, w, b, f, lambda weight, z, h, out: weight * slope(z), bias=0),
        net_input_returned,
        lambda x, w, b, f, slope: right_chain(x, w, b, f, slope)[::-1],
        first_weight,
        last_alone,
        added,
        lambda x, w, b, f, slope: right_chain(x, w[::-1], b[::-1], f, slope),
        lambda x, w, b, f, slope: right_chain(x, w, b, f, slope)[0],
        lambda x, w, b, f, slope: print(right_chain(x, w, b, f, slope)),
        lambda x, w, b, f, slope: list(map(str, right_chain(x, w, b, f, slope))),
    ],
}


def two_measurements(M, w):
    if M.shape[-1] == 4:
        return np.array([-1.0])
    return w[0] + w[1] * M[..., 0] + w[2] * M[..., 1]


def no_empty_batch(M, w):
    return w[0] + M @ w[1:] if M.ndim == 1 else np.array([w[0] + M[0] @ w[1:], *(w[0] + m @ w[1:] for m in M[1:])])


# A test cell → answers that pass its visible check and should not pass its hidden tests.
SLIPS = {
    "test-scores": [two_measurements, no_empty_batch],
    "test-in-other-units": [
        lambda w, scale, shift: np.append(w[0] - w[1:] / np.abs(scale) @ shift, w[1:] / np.abs(scale)),
        lambda w, scale, shift: np.append(w[0] - w[1:3] / scale[:2] @ shift[:2], w[1:3] / scale[:2]),
    ],
    "test-two-probabilities": [lambda z: right_pair(np.clip(z, -3, 2.7)), lambda z: right_pair(z).reshape(-1, 2)[:99]
                               if np.ndim(z) else right_pair(z)],
    "test-two-probabilities-far": [
        lambda z: np.where(np.abs(np.asarray(z))[..., None] < 500, right_pair(np.clip(z, -100, 100)),
                           right_pair(z)),
        lambda z: right_pair(z) if np.ndim(z) < 2 else right_pair(np.clip(z, -50, 50))],
    "test-times-the-odds": [lambda p, factor: np.where(p < 1e-9, 0, factor * p / (1 - p + factor * p))],
    "test-treat": [lambda z, in_vain, missed: np.asarray(z, dtype=float).ravel() > np.log(in_vain / missed),
                   lambda z, in_vain, missed: z > np.log(round(in_vain) / round(missed))],
    "test-treat-far": [lambda z, in_vain, missed: z > np.log(in_vain / missed)
                       if in_vain != 1e20 else in_vain * (1 - phi(z)) < missed * phi(z)],
    "test-silent-units": [lambda X, W: np.array([bool(np.all(X @ w <= 0)) for w in W[:3]]),
                          lambda X, W: np.all(X[:3] @ W.T <= 0, axis=0)],
    "test-chain": [lambda x, w, b, f, slope: right_chain(x, w[:3], b[:3], f, slope)],
}


def scores_by_loop(M, w):
    if M.ndim == 1:
        return float(w[0] + sum(m * v for m, v in zip(M, w[1:], strict=True)))
    return np.array([scores_by_loop(m, w) for m in M], dtype=float)


def units_by_loop(w, scale, shift):
    new = np.array(w, dtype=float)
    for i in range(len(scale)):
        new[i + 1] = w[i + 1] / scale[i]
        new[0] -= new[i + 1] * shift[i]
    return new


def pair_by_logaddexp(z):
    z = np.asarray(z)
    if z.dtype.kind != "f":
        z = z.astype(float)
    pair = np.empty((*z.shape, 2), z.dtype)
    pair[..., 0], pair[..., 1] = np.exp(-np.logaddexp(0, z)), np.exp(-np.logaddexp(0, -z))
    return pair


def silent_by_loop(X, W):
    found = []
    for w in W:
        found.append(max(float(w @ x) for x in X) <= 0)
    return np.array(found)


def chain_backwards(x, w, b, f, slope):
    outputs, nets = [x], []
    for k in range(len(w)):
        nets.append(w[k] * outputs[-1] + b[k])
        outputs.append(f(nets[-1]))
    gradient = 1
    for k in reversed(range(len(w))):
        gradient = gradient * slope(nets[k]) * w[k]
    return [outputs[-1], gradient]


# Right answers in other ways than the worked one.
OTHERWISE = {
    "scores": [scores_by_loop, lambda M, w: np.tensordot(M, w[1:], (-1, 0)) + w[0]],
    "in_other_units": [units_by_loop],
    "two_probabilities": [pair_by_logaddexp, lambda z: np.stack([phi(-np.asarray(z)), phi(z)], axis=-1)],
    "times_the_odds": [lambda p, factor: p / (p + (1 - p) / factor),
                       lambda p, factor: 1 / (1 + 1 / odds(np.asarray(p), factor))],
    "treat": [lambda z, in_vain, missed: np.asarray(z) - np.log(in_vain) + np.log(missed) > 0],
    "silent_units": [silent_by_loop, lambda X, W: ~np.any(W @ X.T > 0, axis=1)],
    "chain": [chain_backwards],
}
