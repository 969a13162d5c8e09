"""From net inputs and labels to a loss: what lesson 07 builds, in NumPy alone.

All losses are in nats (natural logarithm). As in `helpers.activations`, floating-point numbers keep their dtype (that
of the first argument), nothing is changed, no warning is printed, and nan goes in and nan comes out.
"""

from __future__ import annotations  # so that help() shows `ArrayLike`, not what it stands for

import numpy as np
from numpy.typing import ArrayLike

from helpers._inputs import Numbers, check_axis, check_same_shape, probabilities, real_array, targets
from helpers.activations import log_softmax
from helpers.words import _


def _wide(array: np.ndarray) -> np.ndarray:
    """Return the array in at least float64, where sums of float16 and float32 neither overflow nor lose digits."""
    return array.astype(np.promote_types(array.dtype, np.float64), copy=False)


def _reduced(losses: np.ndarray, reduction: str, dtype: np.dtype) -> Numbers:
    """Return the mean or the sum of the losses or the losses themselves, in the dtype."""
    if reduction == "none":
        return losses.astype(dtype)[()]
    if reduction == "sum":
        return losses.sum().astype(dtype)
    if reduction != "mean":
        raise ValueError(_('reduction has to be "mean", "sum" or "none", not {value!r}').format(value=reduction))
    if not losses.size:
        raise ValueError(
            _("there is no example, shape {shape}, and so no mean; at least one is expected").format(shape=losses.shape)
        )
    mean = losses.mean()
    if np.isinf(mean):   # perhaps only the sum overflowed; dividing first loses a digit at most
        mean = (losses / losses.size).sum()
    return mean.astype(dtype)


def _weighted(weight: np.ndarray, value: np.ndarray) -> np.ndarray:
    """Return the product, where weight 0 gives 0 whatever the value: 0 · inf is nan, the limit of p ln p is 0."""
    return np.multiply(weight, value, out=np.zeros_like(value), where=weight != 0)


@np.errstate(over="ignore", under="ignore", invalid="ignore")
def cross_entropy(z: ArrayLike, y: ArrayLike, axis: int = -1, reduction: str = "mean") -> Numbers:
    """Cross-entropy −Σₖ yₖ ln softmax(z)ₖ of labels and the probabilities that net inputs stand for.

    Parameters
    ----------
    z : array_like, shape (K,) or (N, K), in general any with K classes along `axis`
        Net inputs, not probabilities.
    y : array_like
        True classes, as indices (integers from 0 to K − 1, shape () or (N,), in general that of `z` without `axis`), or
        as one-hot or soft labels (shape of `z`, not negative, sum 1 along `axis`).
    axis : int, default −1
        The class axis.
    reduction : {"mean", "sum", "none"}, default "mean"
        Mean or sum over all examples, or one loss for each.

    Returns
    -------
    scalar, or with ``reduction="none"`` an ndarray in the shape of `z` without `axis`
        In nats. A net input of −inf costs nothing where its label is 0, and inf elsewhere.

    Raises
    ------
    TypeError
        If class indices are not integers, or as `log_softmax`.
    ValueError
        If labels have another shape, are out of range or no probabilities, if there is no example to take the mean of,
        or as `log_softmax`.

    References
    ----------
    C. M. Bishop, "Pattern Recognition and Machine Learning", Springer 2006, section 4.3.4.

    Examples
    --------
    >>> z = [1.78, 0.76, 1.65]
    >>> print(cross_entropy(z, 0).round(10))
    0.8058910391
    >>> print(cross_entropy(z, [1, 0, 0]).round(10))
    0.8058910391
    >>> cross_entropy([z, [0, 0, 0]], [0, 2], reduction="none").round(4)
    array([0.8059, 1.0986])
    """
    z = real_array("z", z)
    check_axis("z", z, axis)
    y = targets(z, y, axis)
    losses = 0 - _weighted(_wide(y), _wide(log_softmax(z, axis))).sum(axis)   # 0 − 0 is 0, while −0 looks odd
    return _reduced(losses, reduction, z.dtype)


@np.errstate(over="ignore", under="ignore", invalid="ignore")
def binary_cross_entropy(z: ArrayLike, y: ArrayLike, reduction: str = "mean") -> Numbers:
    """Cross-entropy −y ln φ(z) − (1 − y) ln φ(−z) of yes/no labels and the net inputs of one logistic unit.

    Parameters
    ----------
    z : array_like, any shape
        Net inputs, not probabilities.
    y : array_like, shape of `z`
        Labels, 0 or 1 or between them.
    reduction : {"mean", "sum", "none"}, default "mean"
        Mean or sum over all entries, or one loss for each.

    Returns
    -------
    scalar, or with ``reduction="none"`` an ndarray in the shape of `z`
        In nats.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If the shapes differ, a label is not from 0 to 1, or there is no entry to take the mean of.

    References
    ----------
    C. M. Bishop, "Pattern Recognition and Machine Learning", Springer 2006, section 4.3.2.

    Examples
    --------
    >>> print(binary_cross_entropy(2.07, 1).round(4))
    0.1188
    >>> binary_cross_entropy([-1000, 0, 1000], [1, 1, 1], reduction="none").round(4)
    array([1.000e+03, 6.931e-01, 0.000e+00])
    """
    z, y = real_array("z", z), real_array("y", y)
    check_same_shape("y", y, "z", z)
    if ((y < 0) | (y > 1)).any():
        raise ValueError(
            _("y has shape {shape} and labels from {low} to {high}; labels from 0 to 1 are expected").format(
                shape=y.shape, low=np.nanmin(y), high=np.nanmax(y)
            )
        )
    wide, y = _wide(z), _wide(y)
    # −ln φ(z) = ln(1 + exp(−z)) = max(−z, 0) + ln(1 + exp(−|z|)), in which no exponent is positive
    rest = np.log1p(np.exp(-np.abs(wide)))
    losses = _weighted(y, np.maximum(-wide, 0) + rest) + _weighted(1 - y, np.maximum(wide, 0) + rest)
    return _reduced(losses, reduction, z.dtype)


@np.errstate(over="ignore", under="ignore", invalid="ignore")
def squared_error(prediction: ArrayLike, target: ArrayLike, reduction: str = "mean") -> Numbers:
    """Squared error (prediction − target)², without a factor one half.

    Parameters
    ----------
    prediction : array_like, any shape
        What the model says.
    target : array_like, shape of `prediction`
        What is true.
    reduction : {"mean", "sum", "none"}, default "mean"
        Mean or sum over all entries, or one error for each.

    Returns
    -------
    scalar, or with ``reduction="none"`` an ndarray in the shape of `prediction`
        In the square of the target's unit.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If the shapes differ, or there is no entry to take the mean of.

    References
    ----------
    C. M. Bishop, "Pattern Recognition and Machine Learning", Springer 2006, section 1.1 (there with a factor one half).

    Examples
    --------
    >>> print(squared_error([0.5, 1.0], [1, 1]))
    0.125
    """
    prediction, target = real_array("prediction", prediction), real_array("target", target)
    check_same_shape("target", target, "prediction", prediction)
    return _reduced((_wide(prediction) - _wide(target)) ** 2, reduction, prediction.dtype)


@np.errstate(divide="ignore", invalid="ignore", under="ignore")
def entropy(p: ArrayLike, axis: int = -1) -> Numbers:
    """Entropy −Σₖ pₖ ln pₖ, the mean surprise of a choice among K classes.

    Parameters
    ----------
    p : array_like, shape (K,) or (N, K), in general any with K classes along `axis`
        Probabilities, not negative, sum 1 along `axis`.
    axis : int, default −1
        The class axis.

    Returns
    -------
    scalar or ndarray, shape of `p` without `axis`
        In nats, from 0 to ln K; probability 0 contributes 0.

    Raises
    ------
    TypeError
        If `p` does not hold real numbers, or `axis` is not an integer.
    ValueError
        If `p` holds no probabilities, or has no such axis or no class.

    References
    ----------
    C. E. Shannon, "A mathematical theory of communication", Bell Syst. Tech. J. 27 (1948), 379-423.

    Examples
    --------
    >>> entropy([[0.5, 0.5], [1, 0]]).round(6)
    array([0.693147, 0.      ])
    """
    p = probabilities("p", p, axis)
    wide = _wide(p)
    return (0 - _weighted(wide, np.log(wide)).sum(axis)).astype(p.dtype)


@np.errstate(divide="ignore", invalid="ignore", under="ignore")
def kl_divergence(p: ArrayLike, q: ArrayLike, axis: int = -1) -> Numbers:
    """Kullback-Leibler divergence Σₖ pₖ ln(pₖ / qₖ), the surprise that believing q costs beyond the entropy of p.

    Parameters
    ----------
    p, q : array_like, shape (K,) or (N, K), in general any with K classes along `axis`
        Probabilities, not negative, sum 1 along `axis`, both of the same shape.
    axis : int, default −1
        The class axis.

    Returns
    -------
    scalar or ndarray, shape of `p` without `axis`
        In nats, not negative; 0 where both are the same, inf where q is 0 and p is not.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers, or `axis` is not an integer.
    ValueError
        If an argument holds no probabilities, or has no such axis or no class, or the shapes differ.

    References
    ----------
    S. Kullback, R. A. Leibler, "On information and sufficiency", Ann. Math. Stat. 22 (1951), 79-86.

    Examples
    --------
    >>> kl_divergence([[0.5, 0.5], [0.5, 0.5]], [[0.5, 0.5], [1, 0]])
    array([ 0., inf])
    """
    p, q = probabilities("p", p, axis), probabilities("q", q, axis)
    check_same_shape("q", q, "p", p)
    wide_p, wide_q = _wide(p), _wide(q)
    # Two logarithms, because the ratio may overflow.
    total = _weighted(wide_p, np.log(wide_p) - np.log(wide_q)).sum(axis)
    return np.maximum(total, 0).astype(p.dtype)   # round-off may leave it a little below 0
