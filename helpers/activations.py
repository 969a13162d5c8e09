"""From net inputs to activations: what lessons 01 to 05 build, in NumPy alone.

Common to all functions: floating-point numbers keep their dtype (float16, float32, float64), integers, booleans and
lists become float64. The input is never changed, no warning is printed, nan goes in and nan comes out, and what is no
array of real numbers is answered with a `TypeError` (or, for rows of different lengths, a `ValueError`).
"""

from __future__ import annotations  # so that help() shows `ArrayLike`, not what it stands for

from math import inf

import numpy as np
from numpy.typing import ArrayLike

from helpers._inputs import Numbers, check_axis, check_features, real_array
from helpers.words import _

# ---------------------------------------------------------------------------------------------- net input


# divide: some builds of BLAS raise that flag without any division
@np.errstate(over="ignore", under="ignore", invalid="ignore", divide="ignore")
def net_input(x: ArrayLike, w: ArrayLike) -> Numbers:
    """Net input z = wᵀx of one unit or of K units, for one example or for many: X Wᵀ.

    Parameters
    ----------
    x : array_like, shape (m + 1,) or (N, m + 1), in general (..., m + 1)
        One example, or one per row, with the bias input x₀ = 1 in front.
    w : array_like, shape (m + 1,) or (K, m + 1)
        Weights of one unit, or of K units, one per row, with the bias weight in front.

    Returns
    -------
    scalar, or ndarray of shape (N,), (K,) or (N, K), in general (...) or (..., K)
        In the dtype that NumPy finds for both together.

    Raises
    ------
    ValueError
        If `x` and `w` do not have the same number of features, or one of them has no axis, or `w` more than two.

    References
    ----------
    F. Rosenblatt, "The perceptron", Psychological Review 65 (1958), 386-408.

    Examples
    --------
    >>> x = [1, 1.4, 2.5]
    >>> print(net_input(x, [0.4, 0.3, 0.5]).round(2))
    2.07
    >>> net_input([x, x], [[0.4, 0.3, 0.5], [0, 0, 1]])
    array([[2.07, 2.5 ],
           [2.07, 2.5 ]])
    """
    x, w = real_array("x", x), real_array("w", w)
    check_features("x", x, "w", w)
    return x @ w.T


# ---------------------------------------------------------------------------------------------- elementwise


def linear(z: ArrayLike) -> Numbers:
    """Linear activation, the net input itself (the unit of Adaline).

    Parameters
    ----------
    z : array_like, any shape
        Net inputs.

    Returns
    -------
    scalar or ndarray, shape of `z`
        A copy of `z`.

    References
    ----------
    B. Widrow, M. E. Hoff, "Adaptive switching circuits", IRE WESCON Convention Record 4 (1960), 96-104.

    Examples
    --------
    >>> linear([-1, 2.5])
    array([-1. ,  2.5])
    """
    return np.positive(real_array("z", z))


def linear_derivative(z: ArrayLike) -> Numbers:
    """Derivative of the linear activation: 1 everywhere.

    Parameters
    ----------
    z : array_like, any shape
        Net inputs.

    Returns
    -------
    scalar or ndarray, shape of `z`

    Examples
    --------
    >>> linear_derivative([-1, 2.5])
    array([1., 1.])
    """
    z = real_array("z", z)
    return np.where(np.isnan(z), z, 1)[()]


@np.errstate(under="ignore")
def logistic(z: ArrayLike) -> Numbers:
    """Logistic function φ(z) = 1 / (1 + exp(−z)), P(y = 1 | x) of logistic regression.

    Parameters
    ----------
    z : array_like, any shape
        Net inputs.

    Returns
    -------
    scalar or ndarray, shape of `z`
        Between 0 and 1; φ(−inf) = 0, φ(inf) = 1.

    References
    ----------
    D. R. Cox, "The regression analysis of binary sequences", J. R. Stat. Soc. B 20 (1958), 215-242.

    Examples
    --------
    >>> print(logistic(2.07).round(3))
    0.888
    >>> logistic([-1000, 0, 1000])
    array([0. , 0.5, 1. ])
    """
    z = real_array("z", z)
    e = np.exp(-np.abs(z))   # the exponent is never positive, so nothing overflows
    return np.where(z < 0, e, 1) / (1 + e)


@np.errstate(under="ignore")
def logistic_derivative(z: ArrayLike) -> Numbers:
    """Derivative of the logistic function: φ′(z) = φ(z) φ(−z), at most 0.25.

    Parameters
    ----------
    z : array_like, any shape
        Net inputs.

    Returns
    -------
    scalar or ndarray, shape of `z`

    Examples
    --------
    >>> logistic_derivative([-1000, 0, 1000])
    array([0.  , 0.25, 0.  ])
    """
    e = np.exp(-np.abs(real_array("z", z)))   # φ (1 − φ) would round to 0 as soon as φ rounds to 1
    return e / (1 + e) ** 2


def tanh(z: ArrayLike) -> Numbers:
    """Hyperbolic tangent, tanh(z) = 2 φ(2z) − 1.

    Parameters
    ----------
    z : array_like, any shape
        Net inputs.

    Returns
    -------
    scalar or ndarray, shape of `z`
        Between −1 and 1.

    References
    ----------
    Y. LeCun, L. Bottou, G. B. Orr, K.-R. Müller, "Efficient BackProp", LNCS 1524 (1998), 9-50: why it is preferred
    to the logistic function in hidden layers.

    Examples
    --------
    >>> tanh([-1000, 0, 1000])
    array([-1.,  0.,  1.])
    """
    return np.tanh(real_array("z", z))


@np.errstate(under="ignore")
def tanh_derivative(z: ArrayLike) -> Numbers:
    """Derivative of the hyperbolic tangent: 1 − tanh²(z) = 4 φ(2z) φ(−2z), at most 1.

    Parameters
    ----------
    z : array_like, any shape
        Net inputs.

    Returns
    -------
    scalar or ndarray, shape of `z`

    Examples
    --------
    >>> tanh_derivative([-1000, 0, 1000])
    array([0., 1., 0.])
    """
    e = np.exp(-np.abs(real_array("z", z))) ** 2   # squared afterwards, because 2 |z| may overflow
    return 4 * e / (1 + e) ** 2


def relu(z: ArrayLike) -> Numbers:
    """Rectified linear unit, max(0, z).

    Parameters
    ----------
    z : array_like, any shape
        Net inputs.

    Returns
    -------
    scalar or ndarray, shape of `z`

    References
    ----------
    V. Nair, G. E. Hinton, "Rectified linear units improve restricted Boltzmann machines", ICML 2010, 807-814.

    Examples
    --------
    >>> relu([-1, 0, 2.5])
    array([0. , 0. , 2.5])
    """
    return np.maximum(real_array("z", z), 0)


def relu_derivative(z: ArrayLike) -> Numbers:
    """Derivative of the rectified linear unit: 0 below 0, 1 above; at 0, where there is none, 0 by convention.

    Parameters
    ----------
    z : array_like, any shape
        Net inputs.

    Returns
    -------
    scalar or ndarray, shape of `z`

    Examples
    --------
    >>> relu_derivative([-1, 0, 2.5])
    array([0., 0., 1.])
    """
    return np.heaviside(real_array("z", z), 0)


@np.errstate(divide="ignore", invalid="ignore", under="ignore")
def logit(p: ArrayLike) -> Numbers:
    """Log-odds ln(p / (1 − p)), the inverse of the logistic function.

    Parameters
    ----------
    p : array_like, any shape
        Probabilities, from 0 to 1.

    Returns
    -------
    scalar or ndarray, shape of `p`
        In nats; −inf at 0 and inf at 1.

    Raises
    ------
    ValueError
        If an entry is below 0 or above 1.

    References
    ----------
    J. Berkson, "Application of the logistic function to bio-assay", J. Am. Stat. Assoc. 39 (1944), 357-365.

    Examples
    --------
    >>> logit([0, 0.5, 1])
    array([-inf,   0.,  inf])
    >>> print(logit(logistic(2.07)).round(12))
    2.07
    """
    p = real_array("p", p)
    if ((p < 0) | (p > 1)).any():
        raise ValueError(
            _("p has shape {shape} and entries from {low} to {high}; probabilities are from 0 to 1").format(
                shape=p.shape, low=np.nanmin(p), high=np.nanmax(p)
            )
        )
    # Around one half the two logarithms nearly cancel; 2p − 1 is exact there, and 2 artanh(2p − 1) is the same.
    return np.where(np.abs(p - 0.5) < 0.25, 2 * np.arctanh(2 * p - 1), np.log(p) - np.log1p(-p))[()]


# ---------------------------------------------------------------------------------------------- over the classes

_BLOCK = 2**15   # so many numbers fit into a processor's second-level cache, with all that is computed from them
_FEW = 64        # with up to so many classes, it is quicker to reduce class after class than example after example


def _blocks(z: np.ndarray, out: np.ndarray, axis: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return matching pieces of two arrays, with the class axis in front and at most about `_BLOCK` numbers in one."""
    z, out = z.swapaxes(0, axis), out.swapaxes(0, axis)
    if 0 < z.size <= _BLOCK or z.ndim == 1:
        return [(z, out)]
    longest = 1 + int(np.argmax(z.shape[1:]))
    z, out = z.swapaxes(1, longest), out.swapaxes(1, longest)
    step = max(1, _BLOCK * z.shape[1] // max(1, z.size))
    starts = range(0, z.shape[1] if z.size else 0, step)
    return [(z[:, start : start + step], out[:, start : start + step]) for start in starts]


def _work_copy(z: np.ndarray, temperature: float = 1.0) -> np.ndarray:
    """Return a copy of a piece from `_blocks` to compute in.

    Its dtype: float16 has too little range for a sum, and float32 too little for any temperature. Its order in memory:
    NumPy is slow at adding up many short runs, hence few classes are laid out class by class; many classes, example by
    example, so that NumPy adds in pairs and the error does not grow with their number.
    """
    if temperature == 1 and z.dtype.char != "e":
        dtype = z.dtype
    else:
        dtype = np.promote_types(z.dtype, np.float32 if temperature == 1 else np.float64)
    return z.astype(dtype, "C" if len(z) <= _FEW else "F")


def _checked(z: ArrayLike, axis: int, temperature: float) -> tuple[np.ndarray, float]:
    # A call with one example takes some 6 µs in all, so what is right is let through with as few steps as possible.
    z = real_array("z", z)
    if type(axis) is not int or not -z.ndim <= axis < z.ndim or not z.shape[axis]:
        check_axis("z", z, axis)
    if type(temperature) is not float:
        number = real_array("temperature", temperature)
        if number.ndim:
            raise ValueError(
                _("temperature has shape {shape}; one number, shape (), is expected").format(shape=number.shape)
            )
        temperature = float(number)
    if not temperature > 0:   # nan is not above 0 either
        raise ValueError(_("temperature has to be above 0, not {value}").format(value=temperature))
    return z, temperature


def _below_maximum(z: np.ndarray, temperature: float) -> np.ndarray:
    """Return (z − max z) / temperature over the first axis, as a new array."""
    d = _work_copy(z, temperature)
    if temperature > 1:   # a difference may overflow that, divided, would not; half of each is exact
        d /= 2
        temperature /= 2
    top = np.maximum.reduce(d, axis=0)
    if not top.item(top.argmax()) < inf:   # inf or nan somewhere; for few numbers argmax is far quicker than max
        # inf − inf is nan. One inf alone is infinitely far above the others, and they are infinitely far below.
        infinite = d == inf
        alone = (top == inf) & (np.add.reduce(infinite, axis=0, dtype=int) == 1)
        d[~infinite & alone] = -inf
        d[infinite & alone] = 0
        top = np.where(alone, 0, top)
    d -= top
    if temperature != 1:
        d /= temperature
    return d


@np.errstate(over="ignore", under="ignore", invalid="ignore")
def softmax(z: ArrayLike, axis: int = -1, temperature: float = 1.0) -> np.ndarray:
    """Softmax: exp(zᵢ / T) / Σₖ exp(zₖ / T), the probabilities of one choice among K classes.

    Parameters
    ----------
    z : array_like, shape (K,) or (N, K), in general any with K classes along `axis`
        Net inputs.
    axis : int, default −1
        The class axis.
    temperature : float, default 1
        T > 0: below 1 the largest class gains, above 1 all become more alike; inf gives all the same.

    Returns
    -------
    ndarray, shape of `z`
        Sums to 1 along `axis`. Where one net input is inf, its class has probability 1; where it is −inf, 0. Where
        more than one is inf, or all are −inf, or one is nan, there is no answer, and the row in question is nan.

    Raises
    ------
    TypeError
        If `axis` or `temperature` is not a number of the kind expected.
    ValueError
        If `z` is a single number, has no such axis or no class, or the temperature is not above 0.

    Notes
    -----
    The largest net input is subtracted first, which changes nothing but keeps exp from overflowing. Large arrays are
    worked through in small blocks, so that beside the result hardly any memory is used.

    References
    ----------
    J. S. Bridle, "Probabilistic interpretation of feedforward classification network outputs", in Neurocomputing,
    NATO ASI Series F 68 (1990), 227-236. On the stable form: P. Blanchard, D. J. Higham, N. J. Higham, "Accurately
    computing the log-sum-exp and softmax functions", IMA J. Numer. Anal. 41 (2021), 2311-2330.

    Examples
    --------
    >>> softmax([1.78, 0.76, 1.65])
    array([0.44668973, 0.16107406, 0.39223621])
    >>> softmax([[1000, 1000], [0, -1000]])
    array([[0.5, 0.5],
           [1. , 0. ]])
    """
    z, temperature = _checked(z, axis, temperature)
    p = np.empty(z.shape, z.dtype)
    for part, p_part in _blocks(z, p, axis):
        e = _below_maximum(part, temperature)
        np.exp(e, out=e)
        np.divide(e, np.add.reduce(e, axis=0), out=p_part)
    return p


@np.errstate(over="ignore", under="ignore", invalid="ignore")
def log_softmax(z: ArrayLike, axis: int = -1, temperature: float = 1.0) -> np.ndarray:
    """Logarithm of softmax: zᵢ / T − ln Σₖ exp(zₖ / T), finite also where softmax itself rounds to 0.

    Parameters
    ----------
    z : array_like, shape (K,) or (N, K), in general any with K classes along `axis`
        Net inputs.
    axis : int, default −1
        The class axis.
    temperature : float, default 1
        T > 0, as in `softmax`.

    Returns
    -------
    ndarray, shape of `z`
        Log-probabilities in nats, at most 0; the logarithm of what `softmax` says of infinite net inputs and nan. That
        of an all but certain class is exact to the dtype's precision absolutely, not relatively, and may round to 0.

    Raises
    ------
    TypeError, ValueError
        As `softmax`.

    References
    ----------
    As `softmax`.

    Examples
    --------
    >>> log_softmax([1.78, 0.76, 1.65]).round(8)
    array([-0.80589104, -1.82589104, -0.93589104])
    >>> log_softmax([0, -1000])
    array([    0., -1000.])
    """
    z, temperature = _checked(z, axis, temperature)
    log_p = np.empty(z.shape, z.dtype)
    for part, log_p_part in _blocks(z, log_p, axis):
        d = _below_maximum(part, temperature)
        log_p_part[...] = d   # kept here, so that the exponentials need no array of their own
        np.exp(d, out=d)
        log_p_part -= np.log(np.add.reduce(d, axis=0))
    return log_p


@np.errstate(over="ignore", under="ignore", invalid="ignore", divide="ignore")
def log_sum_exp(z: ArrayLike, axis: int = -1, keepdims: bool = False) -> Numbers:
    """Log-sum-exp: ln Σₖ exp(zₖ), a smooth maximum.

    Parameters
    ----------
    z : array_like, shape (K,) or (N, K), in general any with K classes along `axis`
        Net inputs.
    axis : int, default −1
        The class axis.
    keepdims : bool, default False
        Keep the class axis, with length 1.

    Returns
    -------
    scalar or ndarray, shape of `z` without `axis`
        Between max z and max z + ln K. inf where one net input is inf; −inf where all are −inf.

    Raises
    ------
    TypeError
        If `axis` is not an integer.
    ValueError
        If `z` is a single number, or has no such axis or no class.

    References
    ----------
    As `softmax`.

    Examples
    --------
    >>> print(log_sum_exp([1.78, 0.76, 1.65]).round(8))
    2.58589104
    >>> log_sum_exp([[1000, 1000], [-1000, -1000]]).round(6)
    array([1000.693147, -999.306853])
    """
    z, _temperature = _checked(z, axis, 1.0)
    shape = list(z.shape)
    shape[axis] = 1
    total = np.empty(shape, z.dtype)
    for part, total_part in _blocks(z, total, axis):
        e = _work_copy(part)
        top = np.maximum.reduce(e, axis=0)
        top = np.where(np.isfinite(top), top, 0)   # inf − inf is nan, while exp and log take infinities as they are
        e -= top
        np.exp(e, out=e)
        np.add(top, np.log(np.add.reduce(e, axis=0)), out=total_part[0] if part.ndim > 1 else total_part)
    return total if keepdims else total.squeeze(axis)[()]
