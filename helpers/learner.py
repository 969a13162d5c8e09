"""Running a learner's own function safely: whatever it does, the caller gets a value or one plain sentence."""

import copy
import functools
import inspect
import linecache
import re
import sysconfig
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from helpers.limit import TooLong, within
from helpers.words import _

SECONDS = 3.0  # how long a learner's function may take

_HELPERS = str(Path(__file__).parent)
_NOT_THE_LEARNERS = (_HELPERS, "<frozen", "<__array_function__",
                     *{sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")})


class Trouble(Exception):
    """A learner's function did not give what it should.

    Attributes
    ----------
    sentence : str
        One or two plain sentences in the learner's language: what happened, and what to look at.
    where : str
        A short traceback of the learner's own lines, ending with the error itself; "" where there is none.
    """

    def __init__(self, sentence: str, where: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.where = where


def call(function: Callable[..., Any], *args: Any, name: str, seconds: float = SECONDS,
         keywords: dict[str, Any] | None = None) -> Any:
    """Call a learner's function and return what it returns.

    Parameters
    ----------
    function : callable
        The learner's function.
    *args
        Its arguments, handed over as they are.
    name : str
        How the sentences call the function.
    seconds : float
        How long it may take.
    keywords : dict, optional
        Arguments by keyword.

    Raises
    ------
    Trouble
        If it is not callable, raises anything, recurses too deep or does not return in time. Only
        ``KeyboardInterrupt`` passes through, so that the learner can always interrupt.

    Examples
    --------
    >>> call(lambda z: 2 * z, 3, name="double")
    6
    >>> call(lambda z: z / 0, 3, name="double")
    Traceback (most recent call last):
    helpers.learner.Trouble: `double` stops with an error in line 1 of your cell. Look at that line: ...
    """
    if not callable(function):
        raise Trouble(not_callable(function, name))
    try:
        with np.errstate():  # what the function does with np.seterr ends with it
            return within(seconds, function, args, keywords, name=name)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise _trouble(error, function, args, keywords or {}, name, seconds) from None


def numbers(function: Callable[..., Any], name: str, shape: Callable[..., tuple[int, ...]] | None = None,
            seconds: float = SECONDS) -> Callable[..., np.ndarray]:
    """Wrap a learner's function so that it returns a float array of the right shape, or raises `Trouble`.

    Parameters
    ----------
    function : callable
        The learner's function. It gets copies of its arguments, so it cannot change the caller's.
    name : str
        How the sentences call the function.
    shape : callable, optional
        Called with the same arguments, gives the shape expected. By default that of the first argument.
    seconds : float
        How long each call may take.

    Returns
    -------
    callable
        Takes the same arguments and returns a float array of the shape expected, () included. The values nan and
        inf pass through.

    Examples
    --------
    >>> double = numbers(lambda z: 2 * z, "double")
    >>> double(np.array([1, 2]))
    array([2., 4.])
    >>> numbers(lambda z: None, "double")(1.0)
    Traceback (most recent call last):
    helpers.learner.Trouble: `double` returned nothing. Did you forget `return`?
    """
    def wrapped(*args: Any, **keywords: Any) -> np.ndarray:
        given, named = copy.deepcopy((args, keywords))
        with np.errstate(all="ignore"):  # nan and inf are seen in the picture; a warning besides says nothing new
            returned = call(function, *given, name=name, seconds=seconds, keywords=named)
        array = np.array(as_numbers(returned, name))  # a copy: the function may write into its own again
        expected = np.shape(args[0]) if shape is None else tuple(shape(*args, **keywords))
        if array.shape != expected:
            raise Trouble(wrong_shape(name, array.shape, expected))
        return array
    return wrapped


def as_numbers(returned: Any, name: str) -> np.ndarray:
    """Turn what a function returned into a float array, or raise `Trouble` that says what it is instead."""
    if returned is None or returned is ...:
        raise Trouble(nothing_returned(returned, name))
    if isinstance(returned, (np.ndarray, np.generic, int, float, list, tuple)):
        try:
            array = np.asarray(returned)
        except Exception:  # rows of different lengths, or a list of things that cannot be an array
            raise Trouble(wrong_type(returned, name)) from None
        if array.dtype.kind in "biuf":
            return array.astype(np.float64, copy=False)
    raise Trouble(wrong_type(returned, name))


# --- the sentences ------------------------------------------------------------------------------------------------

def not_callable(answer: Any, name: str) -> str:
    """Say that something is not a function, and what was perhaps meant."""
    if isinstance(answer, str):
        return _("That is a text, not the function `{name}`. Write its name without quotation marks.").format(name=name)
    if isinstance(answer, type):
        return _("`{kind}` is a class, not the function `{name}`. Write a function with `def`.").format(
            kind=answer.__name__, name=name)
    return _("That is {what}, not the function `{name}`. Hand over the function itself: its name without "
             "parentheses.").format(what=what_is(answer), name=name)


def nothing_returned(returned: Any, name: str) -> str:
    """Say that a function returned nothing."""
    if returned is ...:
        return _("`{name}` still returns the placeholder `...`. Put your own expression in its place.").format(
            name=name)
    return _("`{name}` returned nothing. Did you forget `return`?").format(name=name)


def wrong_type(returned: Any, name: str) -> str:
    """Say that a function returned something else than real numbers."""
    if inspect.isgenerator(returned):
        return _("`{name}` returned a generator, not numbers. Did you write `yield` instead of `return`?").format(
            name=name)
    if inspect.iscoroutine(returned):
        returned.close()  # or Python would warn that nobody awaited it
        return _("`{name}` returned a coroutine, not numbers. Write `def` instead of `async def`.").format(name=name)
    if callable(returned):
        return _("`{name}` returned a function, not numbers. Are parentheses missing in a call?").format(name=name)
    return _("`{name}` returned {what}, where real numbers are expected. Look at what stands behind "
             "`return`.").format(name=name, what=what_is(returned))


def wrong_shape(name: str, shape: tuple[int, ...], expected: tuple[int, ...]) -> str:
    """Say which shape was returned and which one is expected."""
    return _("`{name}` returned {shape}, where {expected} is expected. Look at the axes that you sum over or "
             "multiply along.").format(name=name, shape=_in_words(shape), expected=_in_words(expected))


def what_is(thing: Any) -> str:
    """Name the kind of a thing, as in "a list"."""
    if isinstance(thing, np.ndarray):
        if thing.dtype.kind in "biuf":
            return _("an array of shape {shape}").format(shape=thing.shape)
        return _("an array of type {dtype}").format(dtype=thing.dtype)
    if isinstance(thing, str):
        return _("a text")
    if isinstance(thing, bool):
        return _("a truth value")
    if isinstance(thing, (int, float, np.number)) and not isinstance(thing, np.complexfloating):
        return _("a number")
    for kind, name in ((list, _("a list")), (tuple, _("a tuple")), (dict, _("a dict")), (set, _("a set"))):
        if type(thing) is kind:
            return name
    return _("an object of type `{kind}`").format(kind=type(thing).__name__)


def _in_words(shape: tuple[int, ...]) -> str:
    return _("shape {shape}").format(shape=shape) if shape else _("a single number")


def _trouble(error: BaseException, function: Callable, args: tuple, keywords: dict, name: str,
             seconds: float) -> Trouble:
    frames = _own_frames(error.__traceback__)
    if isinstance(error, TooLong):
        sentence = _("`{name}` did not return within {seconds:g} seconds and was stopped. Look at its loops: does each "
                     "of them come to an end?").format(name=name, seconds=seconds)
        return Trouble(sentence, "\n".join(lines for _place, lines in frames[-2:]))
    message = re.sub(r" at 0x[0-9a-fA-F]+", "", str(error))  # addresses differ from run to run
    message = " ".join(message.split())  # on one line
    last = f"{type(error).__name__}: {message}" if message else type(error).__name__
    last = last if len(last) <= 300 else last[:299] + "…"
    if isinstance(error, RecursionError):
        sentence = _("`{name}` calls itself without end. Look at the case in which it should stop.").format(name=name)
    elif not frames and isinstance(error, TypeError) and not _accepts(function, args, keywords):
        sentence = _("`{name}` does not accept the arguments that it gets. Look at the names in the parentheses of its "
                     "`def` line.").format(name=name)
    elif not frames:
        sentence = _("`{name}` stops with an error. Look at the last line: {error}").format(name=name, error=last)
    else:
        sentence = _("`{name}` stops with an error in {place}. Look at that line: {error}").format(
            name=name, place=frames[-1][0], error=last)
    shown = [lines for _place, lines in frames]
    if len(shown) > 4:
        shown = [shown[0], "…", *shown[-2:]]
    return Trouble(sentence, "\n".join([*shown, last]))


def _accepts(function: Callable, args: tuple, keywords: dict) -> bool:
    try:
        inspect.signature(function).bind(*args, **keywords)
    except TypeError:
        return False
    except ValueError:  # a compiled function without a signature
        return True
    return True


def _own_frames(trace: TracebackType | None) -> list[tuple[str, str]]:
    """The learner's own lines of a traceback, outermost first: the place alone, and place, function and source."""
    frames = []
    while trace is not None:
        code = trace.tb_frame.f_code
        if not code.co_filename.startswith(_NOT_THE_LEARNERS):
            source = linecache.getline(code.co_filename, trace.tb_lineno).strip()
            place = _line(code.co_filename, trace.tb_lineno)
            lines = place if code.co_name.startswith("<") else _("{place}, in `{function}`").format(
                place=place, function=code.co_name)
            frames.append((place, f"{lines}\n    {source}" if source else lines))
        trace = trace.tb_next
    return frames


@functools.lru_cache(maxsize=256)
def _is_file(path: str) -> bool:
    return Path(path).is_file()


def _line(path: str, number: int) -> str:
    # A cell is compiled under an invented file name, which never exists on the disk.
    if _is_file(path):
        return _("line {number} of {file}").format(number=number, file=Path(path).name)
    return _("line {number} of your cell").format(number=number)
