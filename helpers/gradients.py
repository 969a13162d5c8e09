"""From a loss to its gradient: what lesson 08 derives, in NumPy alone, and the means to check it.

As in `helpers.activations`, floating-point numbers keep their dtype, nothing is changed, no warning is printed, and nan
goes in and nan comes out.
"""

from __future__ import annotations  # so that help() shows `ArrayLike`, not what it stands for

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from helpers._inputs import check_axis, check_features, check_same_shape, real_array, targets
from helpers.activations import net_input, softmax
from helpers.words import _


@np.errstate(under="ignore")
def softmax_jacobian(z: ArrayLike) -> np.ndarray:
    """Jacobian of softmax, ∂pᵢ/∂zⱼ = pᵢ (δᵢⱼ − pⱼ): diag(p) − ppᵀ.

    Parameters
    ----------
    z : array_like, shape (K,) or (N, K), in general (..., K)
        Net inputs.

    Returns
    -------
    ndarray, shape (K, K) or (N, K, K), in general (..., K, K)
        Symmetric, positive semi-definite, with rows that sum to 0.

    Raises
    ------
    TypeError, ValueError
        As `softmax`.

    References
    ----------
    C. M. Bishop, "Pattern Recognition and Machine Learning", Springer 2006, equation (4.106).

    Examples
    --------
    >>> softmax_jacobian([0, 0])
    array([[ 0.25, -0.25],
           [-0.25,  0.25]])
    """
    p = softmax(z)
    jacobian = -p[..., :, None] * p[..., None, :]
    # The diagonal pᵢ (1 − pᵢ) is pᵢ times the sum of all others: 1 − pᵢ itself would round to 0 for pᵢ close to 1.
    i = np.arange(p.shape[-1])
    jacobian[..., i, i] = 0
    jacobian[..., i, i] = 0 - jacobian.sum(axis=-1)
    jacobian[np.isnan(p).any(axis=-1)] = np.nan   # K = 1 has no others that a nan could come from
    return jacobian


@np.errstate(under="ignore")
def cross_entropy_gradient(z: ArrayLike, y: ArrayLike) -> np.ndarray:
    """Gradient of the mean cross-entropy in the net inputs, ∂L/∂z = (softmax(z) − y) / N.

    Parameters
    ----------
    z : array_like, shape (K,) or (N, K), in general (..., K)
        Net inputs.
    y : array_like
        True classes, as for `helpers.losses.cross_entropy`.

    Returns
    -------
    ndarray, shape of `z`
        Each row sums to 0. N is the number of examples, 1 for a single one.

    Raises
    ------
    TypeError, ValueError
        As `helpers.losses.cross_entropy`.

    References
    ----------
    C. M. Bishop, "Pattern Recognition and Machine Learning", Springer 2006, equation (4.109).

    Examples
    --------
    >>> cross_entropy_gradient([1.78, 0.76, 1.65], 0)
    array([-0.55331027,  0.16107406,  0.39223621])
    """
    z = real_array("z", z)
    check_axis("z", z, -1)
    y = targets(z, y, -1)
    difference = softmax(z) - y
    examples = max(1, z.size // z.shape[-1])
    dtype = np.promote_types(difference.dtype, np.float32)   # N may be more than the 65504 that float16 can hold
    return np.divide(difference, examples, dtype=dtype).astype(z.dtype, copy=False)


@np.errstate(over="ignore", under="ignore", invalid="ignore", divide="ignore")
def cross_entropy_weight_gradient(X: ArrayLike, W: ArrayLike, y: ArrayLike) -> np.ndarray:
    """Gradient of the mean cross-entropy in the weights, ∂L/∂W = (P − Y)ᵀX / N with P = softmax(XWᵀ).

    Parameters
    ----------
    X : array_like, shape (N, m + 1), or (m + 1,) for a single example
        Examples, one per row, with the bias input x₀ = 1 in front.
    W : array_like, shape (K, m + 1)
        Weights, one row per class.
    y : array_like
        True classes, as for `helpers.losses.cross_entropy`.

    Returns
    -------
    ndarray, shape (K, m + 1)

    Raises
    ------
    TypeError, ValueError
        As `net_input` and `helpers.losses.cross_entropy`, and if `W` does not have a row per class.

    References
    ----------
    C. M. Bishop, "Pattern Recognition and Machine Learning", Springer 2006, equation (4.109).

    Examples
    --------
    >>> cross_entropy_weight_gradient([1, 2], [[0, 0], [0, 0]], 0)
    array([[-0.5, -1. ],
           [ 0.5,  1. ]])
    """
    X, W = real_array("X", X), real_array("W", W)
    if W.ndim != 2:
        raise ValueError(_("W has shape {shape}; one row per class, (K, m + 1), is expected").format(shape=W.shape))
    check_features("X", X, "W", W)
    dtype = np.promote_types(X.dtype, W.dtype)
    X = X.astype(np.promote_types(dtype, np.float32), copy=False)   # in float16, parts of 1/N would round to 0
    gradient = cross_entropy_gradient(net_input(X, W), y)
    sums = gradient.reshape(-1, gradient.shape[-1]).T @ X.reshape(-1, X.shape[-1])
    return sums.astype(dtype, copy=False)


@np.errstate(over="ignore", under="ignore", invalid="ignore")
def cross_entropy_weight_hessian(X: ArrayLike, W: ArrayLike) -> np.ndarray:
    """Hessian of the mean cross-entropy in the weights: (1/N) Σₙ (diag(pₙ) − pₙpₙᵀ)ₖⱼ xₙᵢ xₙₗ. No label is in it.

    Parameters
    ----------
    X : array_like, shape (N, m + 1)
        Examples, one per row, with the bias input x₀ = 1 in front; N ≥ 1.
    W : array_like, shape (K, m + 1)
        Weights, one row per class.

    Returns
    -------
    ndarray, shape (K (m + 1), K (m + 1))
        Row k (m + 1) + i and column j (m + 1) + l belong to wₖᵢ and wⱼₗ, as in ``W.ravel()``. Symmetric, positive
        semi-definite.

    Raises
    ------
    TypeError, ValueError
        As `net_input`.

    References
    ----------
    C. M. Bishop, "Pattern Recognition and Machine Learning", Springer 2006, equation (4.110).

    Examples
    --------
    >>> cross_entropy_weight_hessian([[1.0]], [[0.0], [0.0]])
    array([[ 0.25, -0.25],
           [-0.25,  0.25]])
    """
    X, W = real_array("X", X), real_array("W", W)
    jacobians = softmax_jacobian(net_input(X, W))
    # One row per example, with all products xᵢ xₗ: the sum over the examples is then one matrix product.
    products = (X[:, :, None] * X[:, None, :]).reshape(len(X), -1)
    sums = jacobians.reshape(len(X), -1).T @ products / len(X)
    classes, inputs = W.shape
    return sums.reshape(classes, classes, inputs, inputs).swapaxes(1, 2).reshape(W.size, W.size)


def numerical_gradient(f: Callable[[np.ndarray], ArrayLike], x: ArrayLike, step: float = 6e-6) -> np.ndarray:
    """Gradient by central differences, (f(x + h) − f(x − h)) / 2h for one entry of x after the other.

    Parameters
    ----------
    f : callable
        Takes an array in the shape of `x`, returns a number, or an array: then the answer is its Jacobian.
    x : array_like, any shape
        Where to take the gradient.
    step : float, default 6e-6
        h > 0. The error is about h² from truncation plus 1e-16 / h from round-off, least near the cube root of
        1e-16, for entries of x around 1; much larger entries need a larger step.

    Returns
    -------
    ndarray, shape of `x`, or shape of f(x) followed by that of `x`
        In float64 whatever the dtype of `x`: in a narrower one, differences so small would be all round-off.

    Raises
    ------
    TypeError
        If `x` or f(x) does not hold real numbers, or `step` is not a number.
    ValueError
        If `step` is not above 0, or f(x) changes its shape.

    References
    ----------
    W. H. Press et al., "Numerical Recipes", 3rd ed., Cambridge 2007, section 5.7.

    Examples
    --------
    >>> numerical_gradient(lambda x: x[0] ** 2 * x[1], [3.0, 5.0]).round(6)
    array([30.,  9.])
    """
    x = np.array(real_array("x", x), dtype=np.float64)
    if real_array("step", step).ndim or not 0 < step < np.inf:
        raise ValueError(_("step has to be one number above 0, not {step}").format(step=step))
    h = float(step)
    columns = []
    for index in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[index] += h
        down[index] -= h
        # Copies, since f may hand out the same array twice.
        above, below = (np.array(real_array("f(x)", f(argument)), dtype=np.float64) for argument in (up, down))
        if above.shape != below.shape:
            raise ValueError(
                _("f(x) has shape {above} here and {below} there; the same shape is expected everywhere").format(
                    above=above.shape, below=below.shape
                )
            )
        with np.errstate(over="ignore", invalid="ignore"):   # not around f, whose warnings are the caller's
            columns.append((above - below) / (2 * h))
    if not columns:
        return np.empty(x.shape)
    return np.stack(columns, axis=-1).reshape(columns[0].shape + x.shape)


@np.errstate(over="ignore", under="ignore", invalid="ignore")
def relative_error(a: ArrayLike, b: ArrayLike) -> np.floating:
    """Largest difference of two arrays, relative to their largest entry: max |a − b| / max(|a|, |b|).

    Parameters
    ----------
    a, b : array_like, any shape, the same for both
        For example a gradient by formula and one by `numerical_gradient`; below 1e-7 they agree.

    Returns
    -------
    scalar
        From 0, where both are the same, to 2. An entry near 0 does no harm, as it would in the quotient entry by entry.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If the shapes differ.

    References
    ----------
    N. J. Higham, "Accuracy and Stability of Numerical Algorithms", 2nd ed., SIAM 2002, section 1.2 (normwise).

    Examples
    --------
    >>> print(relative_error([1.0, 0.0], [1.0, 0.01]))
    0.01
    """
    a, b = real_array("a", a), real_array("b", b)
    check_same_shape("b", b, "a", a)
    largest = max(np.abs(a).max(initial=0), np.abs(b).max(initial=0))
    return np.abs(a / largest - b / largest).max(initial=0) if largest else largest
