"""The checks of graded assignments: the feedback of the lessons' checks, and an exception where there are no points.

They run in the student version, and a grader runs them again, with hidden tests behind them. Here are no worked
solutions: what is right is stored as numbers, by `Stored`.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from helpers import learner
from helpers.checks.checking import Answer, Fragile, Function, Given, Lesson, When, close
from helpers.words import _

__all__ = ["Given", "NotYet", "Stored", "called", "graded", "hidden", "returns"]


class NotYet(AssertionError):
    """An answer that gets no points. A notebook shows its sentences alone, without a traceback."""

    def _render_traceback_(self) -> list[str]:
        return str(self).splitlines()


class Stored:
    """Examples with their right values: a reference that knows nothing else, and so gives no method away.

    Examples
    --------
    >>> right = Stored()
    >>> right.given([1.0, 2.0], gives=[2.0, 4.0]).args
    (array([1., 2.]),)
    >>> right(np.array([1.0, 2.0]))
    array([2., 4.])
    """

    def __init__(self) -> None:
        self._known: list[tuple[Given, Any]] = []

    def given(self, *args: Any, gives: Any, **keywords: Any) -> Given:
        """Return the example and remember its value; lists become arrays, in tuples too."""
        example = Given(*args, **keywords)
        self._known.append((example, _arrays(gives)))
        return example

    def __call__(self, *args: Any, **keywords: Any) -> Any:
        """Return the value that was stored for these arguments."""
        return next(value for example, value in self._known
                    if _alike(example.args, args) and _alike(example.keywords, keywords))


def _arrays(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(map(_arrays, value))
    return np.array(value) if isinstance(value, list) else value


def _alike(one: Any, other: Any) -> bool:
    if isinstance(one, (tuple, list)):
        return len(one) == len(other) and all(map(_alike, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_alike(one[key], other[key]) for key in one)
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other)
    return one is other or (type(one) is type(other) and one == other)


def returns(value: Any, sentence: str, rtol: float = 1e-5) -> When:
    """Return a known mistake by the value that it leads to on one of the examples."""
    return When(lambda returned, *_args, **_keywords: close(returned, _arrays(value), rtol), sentence)


def graded(lesson: Lesson, number: str) -> Callable[[Callable[[], Function | Answer]], Callable[..., None]]:
    """Make a declaration ``check_NAME()`` the public check ``check_NAME(answer)`` of a part; number as in "3".

    The check prints that the answer is right, or raises `NotYet` with the feedback. With ``extremes=False`` an answer
    passes that is right and fails in extreme cases only; the feedback says so.
    """
    def register(declare: Callable[[], Function | Answer]) -> Callable[..., None]:
        lesson.exercise(number)(declare)
        key = declare.__name__.removeprefix("check_")

        def check(answer: Any = None, *, extremes: bool = True) -> None:
            verdict, said = lesson.report(key, answer)
            if verdict.status not in (("right",) if extremes else ("right", "fragile")):
                raise NotYet(said)
            print(said)

        check.__name__ = check.__qualname__ = declare.__name__
        check.__module__, check.__doc__ = declare.__module__, declare.__doc__
        return check
    return register


def hidden(answer: Any, reference: Callable[..., Any], examples: Sequence[Given], what: str, *, dtype: bool = False,
           **options: Any) -> None:
    """Compare an answer with a reference on further examples; raise `NotYet` with one line that shows no numbers.

    Parameters
    ----------
    answer, reference : callable
        The function handed in, and a right one.
    examples : sequence of Given
        The arguments of each call.
    what : str
        What these examples have in common, as in "large numbers".
    dtype : bool
        Whether the answer must also have the reference's dtype.
    **options
        Further arguments of `Function`: tolerances, a judge, the seconds that a call may take.

    Examples
    --------
    >>> hidden(lambda z: 2 * z, lambda z: z + z, [Given([1.0, 2.0])], "other numbers")
    >>> hidden(lambda z: z**2, lambda z: z + z, [Given([1.0, 2.0])], "other numbers")
    Traceback (most recent call last):
    helpers.coursework.NotYet: ✗ A hidden test fails: other numbers.
    """
    if dtype:
        declared = Function(reference, [], fragile=[Fragile(examples, what, dtype=True)], **options)
    else:
        declared = Function(reference, examples, **options)
    if Lesson({"hidden": lambda: declared}).diagnose("hidden", answer).status != "right":
        raise NotYet(_("✗ A hidden test fails: {what}.").format(what=what))


def called(answer: Any) -> Any:
    """Return what a function without arguments returns; None, which is no answer, where it returns nothing in time.

    For hidden tests of answers that are no functions of anything.

    Examples
    --------
    >>> called(lambda: {"A": "right"}), called(lambda: 1 / 0)
    ({'A': 'right'}, None)
    """
    try:
        return learner.call(answer, name="answer")
    except learner.Trouble:
        return None
