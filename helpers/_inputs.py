"""What the functions of the mathematics accept, and the sentence they answer with otherwise."""

from __future__ import annotations  # so that help() shows `ArrayLike`, not what it stands for

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from helpers.words import _

Numbers = np.ndarray | np.floating
"""An array of floating-point numbers or, without dimensions, a single one."""


def real_array(name: str, value: ArrayLike) -> np.ndarray:
    """Return the value as an array of real floating-point numbers.

    Parameters
    ----------
    name : str
        What the argument is called, for the sentence of an error.
    value : array_like
        Floating-point numbers keep their dtype; integers and booleans become float64.

    Returns
    -------
    ndarray
        The very same array where it is one of floating-point numbers: it is the caller's, and not to be changed.

    Raises
    ------
    TypeError
        If the value holds anything but real numbers.
    ValueError
        If the value is a nested list with rows of different lengths.
    """
    if type(value) is np.ndarray and value.dtype.kind == "f":   # the usual case, fast
        return value
    try:
        array = np.asarray(value)
    except ValueError:
        raise ValueError(
            _("{name} is ragged: its rows have different lengths; all rows of an array have to be equally long").format(
                name=name
            )
        ) from None
    if array.dtype.kind in "biu":
        return array.astype(np.float64)
    if array.dtype.kind != "f":
        raise TypeError(
            _("{name} has to hold real numbers; it is {kind} with dtype {dtype} and shape {shape}").format(
                name=name, kind=type(value).__name__, dtype=array.dtype, shape=array.shape
            )
        )
    return array


def check_axis(name: str, array: np.ndarray, axis: Any) -> None:
    """Refuse an axis that the array does not have, or along which there is no class.

    Raises
    ------
    TypeError
        If the axis is not an integer.
    ValueError
        If the array has no such axis, or the axis is empty.
    """
    if isinstance(axis, bool) or not isinstance(axis, int | np.integer):
        raise TypeError(_("axis has to be one integer, not {axis!r}").format(axis=axis))
    if array.ndim == 0:
        raise ValueError(
            _("{name} is a single number, shape (); expected is at least the axis of the K classes, (K,)").format(
                name=name
            )
        )
    if not -array.ndim <= axis < array.ndim:
        raise ValueError(
            _("{name} has shape {shape}, so axis is expected from {low} to {high}, not {axis}").format(
                name=name, shape=array.shape, low=-array.ndim, high=array.ndim - 1, axis=axis
            )
        )
    if array.shape[axis] == 0:
        raise ValueError(
            _("{name} has shape {shape}: its class axis {axis} is empty; at least one class is expected").format(
                name=name, shape=array.shape, axis=axis
            )
        )


def check_same_shape(name: str, array: np.ndarray, other_name: str, other: np.ndarray) -> None:
    """Refuse two arrays of different shapes, where broadcasting would pair what does not belong together.

    Raises
    ------
    ValueError
        If the shapes differ.
    """
    if array.shape != other.shape:
        raise ValueError(
            _("{name} has shape {shape}, {other_name} has shape {other}; the same shape is expected for both").format(
                name=name, shape=array.shape, other_name=other_name, other=other.shape
            )
        )


def check_features(x_name: str, x: np.ndarray, w_name: str, w: np.ndarray) -> None:
    """Refuse examples and weights that do not have the same number of features.

    Raises
    ------
    ValueError
        If they do not, with a hint where it is the bias that seems to be missing.
    """
    if x.ndim == 0:
        raise ValueError(_("{x} is a single number, shape (); expected is (m + 1,) or (N, m + 1)").format(x=x_name))
    if w.ndim not in (1, 2):
        raise ValueError(
            _("{w} has shape {shape}; expected is (m + 1,) or (K, m + 1)").format(w=w_name, shape=w.shape)
        )
    given, expected = x.shape[-1], w.shape[-1]
    if given == expected:
        return
    sentence = _("{x} has shape {x_shape} and {w} has shape {w_shape}; their last axes have to be as long").format(
        x=x_name, x_shape=x.shape, w=w_name, w_shape=w.shape
    )
    if given == expected - 1:
        sentence += " " + _("(is the bias input missing? Put x₀ = 1 in front of each example)")
    elif given == expected + 1:
        sentence += " " + _("(is the bias weight w₀ missing in front of the weights?)")
    raise ValueError(sentence)


def probabilities(name: str, value: ArrayLike, axis: int) -> np.ndarray:
    """Return the value as an array of probabilities, which are not negative and sum to 1 along the axis.

    A nan is let through, for it has to come out again; the sum may miss 1 by the square root of the dtype's precision
    (1.5e-8 in float64, 3e-4 in float32, 0.03 in float16).

    Raises
    ------
    TypeError, ValueError
        As `real_array` and `check_axis`, and if the value is no such array.
    """
    array = real_array(name, value)
    check_axis(name, array, axis)
    if (array < 0).any():
        raise ValueError(
            _("{name} has shape {shape} and a negative entry, {least}; probabilities are from 0 to 1").format(
                name=name, shape=array.shape, least=np.nanmin(array)
            )
        )
    total = np.atleast_1d(array.sum(axis=axis, dtype=np.promote_types(array.dtype, np.float64)))
    wrong = np.abs(total - 1) > np.finfo(array.dtype).eps ** 0.5
    if wrong.any():
        raise ValueError(
            _("{name} has shape {shape} and has to sum to 1 along axis {axis}; a sum of {total:.6g} was found").format(
                name=name, shape=array.shape, axis=axis, total=total[wrong][0]
            )
        )
    return array


def targets(z: np.ndarray, y: ArrayLike, axis: int) -> np.ndarray:
    """Return labels of any of the three forms as probabilities, in the shape of the net inputs.

    Parameters
    ----------
    z : ndarray
        Net inputs, checked already: K classes along `axis`.
    y : array_like
        Class indices (integers from 0 to K − 1, in the shape of `z` without `axis`), or one-hot or soft labels (in the
        shape of `z`).
    axis : int
        The class axis of `z`.

    Raises
    ------
    TypeError
        If the labels are not numbers, or class indices are not integers.
    ValueError
        If the shape is neither of the two, an index is out of range, or a soft label is no probability distribution.
    """
    axis = axis % z.ndim
    classes = z.shape[axis]
    index_shape = z.shape[:axis] + z.shape[axis + 1 :]
    labels = real_array("y", y)
    if labels.shape == z.shape:
        return probabilities("y", labels, axis)
    if labels.shape != index_shape:
        raise ValueError(
            _(
                "y has shape {shape}, z has shape {z}; expected is {index} for class indices, "
                "or {z} for one-hot or soft labels"
            ).format(shape=labels.shape, z=z.shape, index=index_shape)
        )
    indices = np.asarray(y)
    if indices.dtype.kind not in "iu" and labels.size:
        raise TypeError(
            _("y has shape {shape}, that of class indices, which have to be integers; its dtype is {dtype}").format(
                shape=labels.shape, dtype=indices.dtype
            )
        )
    if ((indices < 0) | (indices >= classes)).any():
        raise ValueError(
            _("y has shape {shape} and indices from {low} to {high}; z has shape {z}: expected is 0 to {last}").format(
                shape=indices.shape, low=indices.min(), high=indices.max(), z=z.shape, last=classes - 1
            )
        )
    each_class = np.arange(classes).reshape((-1,) + (1,) * (z.ndim - axis - 1))
    return (np.expand_dims(indices, axis) == each_class).astype(z.dtype)
