"""The engine of the checks: feedback on an exercise in the order in which a person would diagnose.

A lesson's module declares what is right and which mistakes are worth a sentence of their own; everything else lives
here. Every declaration is a function, called when its check runs, so that its sentences are in the language in use::

    lesson = Lesson()
    predict, progress = lesson.predict, lesson.progress

    @lesson.exercise("0.1")
    def check_double():
        return Function(
            lambda z: 2 * z,
            examples=[Given([1.0, 2.0])],
            mistakes=[Like(lambda z: z**2, _("That is the square. Look at what doubling means."))],
        )

makes ``check_double(answer)``, which prints one of

    ○ not started    ✗ not yet right    △ right but fragile    ✓ right
"""

import contextlib
import copy
import dis
import functools
import inspect
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from types import CodeType
from typing import Any

import numpy as np

from helpers import learner
from helpers.checks.predicting import Choice, Number, Question, Reply
from helpers.learner import Trouble
from helpers.words import _

__all__ = ["Answer", "Choice", "Fragile", "Function", "Given", "Lesson", "Like", "Number", "Verdict", "When"]

SIGNS = {"not started": "○", "wrong": "✗", "fragile": "△", "right": "✓"}
_PRINTED = 3  # how many lines of what the learner's function prints are shown


def _in_words(status: str) -> str:
    return {"not started": _("not started"), "wrong": _("not yet right"), "fragile": _("right but fragile"),
            "right": _("right")}[status]


@dataclass(frozen=True)
class Verdict:
    """What a check found.

    Attributes
    ----------
    status : str
        "not started", "wrong", "fragile" or "right".
    sentence : str
        One or two plain sentences: what, and what to look at.
    details : tuple of str
        Lines beneath it: the example, the values returned and expected, the learner's own line.
    """

    status: str
    sentence: str = ""
    details: tuple[str, ...] = ()


# --- what a lesson declares ---------------------------------------------------------------------------------------

class Given:
    """The arguments of one example; lists become arrays, everything else stays as it is."""

    def __init__(self, *args: Any, **keywords: Any) -> None:
        self.args = tuple(np.array(a) if isinstance(a, list) else a for a in args)
        self.keywords = {k: np.array(a) if isinstance(a, list) else a for k, a in keywords.items()}

    def copies(self) -> tuple[tuple, dict]:
        """Return the arguments as copies, so that nobody can change the example."""
        return copy.deepcopy((self.args, self.keywords))

    def text(self, name: str) -> str:
        """Write the call as the learner would."""
        args = [*map(readable, self.args), *(f"{k}={readable(a)}" for k, a in self.keywords.items())]
        return f"{name}({', '.join(args)})"


@dataclass(frozen=True)
class Like:
    """A known mistake: the answer returns what this wrong function returns (shape and values)."""

    wrong: Callable[..., Any]
    sentence: str

    def fits(self, returned: Any, expected: Any, given: Given, close: Callable[[Any, Any], bool]) -> bool:
        """Whether the mistake was made on this example, and shows there: a wrong function may be right by chance."""
        args, keywords = given.copies()
        value = self.wrong(*args, **keywords)
        return close(returned, value) and not close(value, expected)


@dataclass(frozen=True)
class When:
    """A known mistake: this function of what was returned, and of the example's arguments, is true."""

    holds: Callable[..., bool]
    sentence: str

    def fits(self, returned: Any, expected: Any, given: Given, close: Callable[[Any, Any], bool]) -> bool:
        """Whether the mistake was made on this example."""
        args, keywords = given.copies()
        return bool(self.holds(returned, *args, **keywords))


@dataclass(frozen=True)
class Fragile:
    """Examples on which a right idea may break, and the sentence for an answer that fails on them alone.

    With ``dtype=True`` the answer must also be of the reference's dtype.
    """

    given: Given | Sequence[Given]
    sentence: str
    dtype: bool = False

    @property
    def examples(self) -> Sequence[Given]:
        """The examples as a sequence."""
        return [self.given] if isinstance(self.given, Given) else self.given


@dataclass(frozen=True)
class Function:
    """An exercise whose answer is a function.

    Parameters
    ----------
    reference : callable
        A right function. May return a number, an array, a text, a truth value, or a tuple of these.
    examples : sequence of Given
        Plain examples, the smallest first.
    mistakes : sequence of Like or When
        Known mistakes; the first that fits the smallest failing example is told.
    fragile : sequence of Fragile
        What is tried when all plain examples are right.
    judge : callable, optional
        Where more than one value is right: called with what was returned and the example's arguments, returns None if
        that is right, else a sentence. The reference then gives the type and shape only.
    name : str, optional
        How to call the learner's function; by default the check's name without ``check_``.
    title : str, optional
        What the exercise is called; by default the name.
    right : str
        What to say when it is right.
    rtol, atol : float
        Relative and absolute tolerance; for float16 and float32 results the relative one is widened.
    """

    reference: Callable[..., Any]
    examples: Sequence[Given]
    mistakes: Sequence[Like | When] = ()
    fragile: Sequence[Fragile] = ()
    judge: Callable[..., str | None] | None = None
    name: str = ""
    title: str = ""
    right: str = ""
    rtol: float = 1e-6
    atol: float = 1e-9
    seconds: float = learner.SECONDS

    def diagnose(self, answer: Any, name: str) -> Verdict:
        """Find out what there is to say about a function."""
        name = self.name or name
        if is_stub(answer):
            return Verdict("not started", _("Write your function `{name}`, run its cell, then run this one "
                                            "again.").format(name=name))
        if not callable(answer) or isinstance(answer, type):
            return Verdict("wrong", learner.not_callable(answer, name))
        for given in self.examples:
            found = self._try(answer, given, name)
            if found:
                return Verdict("wrong", *found)
        found = self._try_again(answer, name)
        if found:
            return Verdict("wrong", *found)
        for case in self.fragile:
            for given in case.examples:
                found = self._try(answer, given, name, case.dtype)
                if found:
                    return Verdict("fragile", case.sentence, found[1] or (given.text(name), found[0]))
        return Verdict("right", self.right)

    def _try(self, answer: Callable, given: Given, name: str, dtype: bool = False) -> tuple[str, tuple] | None:
        """Try one example; None if all is well, else the sentence and its details."""
        args, keywords = given.copies()
        expected = self.reference(*args, **keywords)  # before the answer runs: it may change more than its input
        args, keywords = given.copies()
        try:
            returned = learner.call(answer, *args, name=name, keywords=keywords, seconds=self.seconds)
            self._compare_kinds(returned, expected, given, name)
        except Trouble as trouble:
            return trouble.sentence, (given.text(name), *trouble.where.splitlines())
        if not _same((args, keywords), (given.args, given.keywords)):
            return _("`{name}` changes its input. Look at assignments such as `z -= …` or `z[0] = …`, which write into "
                     "the caller's array.").format(name=name), (given.text(name),)
        values = (given.text(name), *_side_by_side(returned, expected))
        if self.judge is not None:
            args, keywords = given.copies()
            sentence = self.judge(returned, *args, **keywords)
            return (sentence, (given.text(name), _("returned  {value}").format(value=readable(returned)))) \
                if sentence else None
        if not self._close(returned, expected):
            return self._mistake(returned, expected, given) or wrong_value(returned, expected, name), values
        if dtype and np.result_type(returned) != np.result_type(expected):
            kinds = np.result_type(returned), np.result_type(expected)
            return "", (given.text(name), _("returned  {value}").format(value=kinds[0]),
                        _("expected  {value}").format(value=kinds[1]))
        return None

    def _compare_kinds(self, returned: Any, expected: Any, given: Given, name: str) -> None:
        """Raise `Trouble` where nothing, the wrong type or the wrong shape was returned."""
        if returned is None or returned is ...:
            raise Trouble(learner.nothing_returned(returned, name))
        try:
            _kinds(returned, expected, name)
        except Trouble as trouble:
            raise Trouble(self._mistake(returned, expected, given) or trouble.sentence) from None

    def _mistake(self, returned: Any, expected: Any, given: Given) -> str | None:
        for mistake in self.mistakes:
            with contextlib.suppress(Exception):  # a mistake need not make sense for every example
                if mistake.fits(returned, expected, given, self._close):
                    return mistake.sentence
        return None

    def _try_again(self, answer: Callable, name: str) -> tuple[str, tuple] | None:
        if self.judge is not None or not self.examples:
            return None
        given = self.examples[0]
        found = self._try(answer, given, name)
        if found is None:
            return None
        return _("`{name}` is right at first, but not when it is called again. Look at what it changes outside of "
                 "itself.").format(name=name), found[1]

    def _close(self, one: Any, other: Any) -> bool:
        return close(one, other, self.rtol, self.atol)


@dataclass(frozen=True)
class Answer:
    """An exercise whose answer is not a function: a number, an array, settings of sliders, a text, a list of texts.

    Parameters
    ----------
    like : object
        An example of the form (it need not be right): a number; a (nested) list of numbers, for any array of that
        shape; a text, truth value or list of these; a tuple or dict of such things.
    tests : sequence of (callable, str or callable)
        What must hold, and the sentence where it does not; the first that fails is told. Each gets the answer; a tuple
        is handed over as several arguments, a dict as keywords. A sentence may be such a function too.
    fragile : sequence of (callable, str or callable)
        The same, for what makes a right answer better.
    """

    like: Any
    tests: Sequence[tuple[Callable[..., bool], str | Callable[..., str]]]
    fragile: Sequence[tuple[Callable[..., bool], str | Callable[..., str]]] = ()
    name: str = ""
    title: str = ""
    right: str = ""

    def diagnose(self, answer: Any, name: str) -> Verdict:
        """Find out what there is to say about an answer."""
        name = self.name or name
        if _empty(answer):
            return Verdict("not started", _("Give your answer to `{name}`, run its cell, then run this one "
                                            "again.").format(name=name))
        try:
            value = _formed(answer, self.like, name)
        except Trouble as trouble:
            return Verdict("wrong", trouble.sentence)
        for status, tests in (("wrong", self.tests), ("fragile", self.fragile)):
            for holds, sentence in tests:
                if not _hand_over(holds, value):
                    return Verdict(status, _hand_over(sentence, value) if callable(sentence) else sentence,
                                   (_("your answer  {value}").format(value=readable(value)),))
        return Verdict("right", self.right)


# --- the lesson ---------------------------------------------------------------------------------------------------

@dataclass
class Lesson:
    """The exercises and predictions of one lesson, and how far the learner has come with them."""

    checks: dict[str, Callable[[], Function | Answer]] = field(default_factory=dict)
    predictions: dict[str, Callable[[], Choice | Number]] = field(default_factory=dict)
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    replies: dict[str, Reply] = field(default_factory=dict)
    _numbers: dict[str, str] = field(default_factory=dict)
    _questions: dict[str, Question] = field(default_factory=dict)

    def exercise(self, number: str) -> Callable[[Callable[[], Function | Answer]], Callable[..., None]]:
        """Make a declaration ``check_NAME()`` the public check ``check_NAME(answer)``; number as in "5.1"."""
        def register(declare: Callable[[], Function | Answer]) -> Callable[..., None]:
            key = declare.__name__.removeprefix("check_")
            self.checks[key] = declare
            self._numbers[key] = number

            def check(answer: Any = None) -> None:
                print(self.report(key, answer)[1])

            check.__name__ = check.__qualname__ = declare.__name__
            check.__module__, check.__doc__ = declare.__module__, declare.__doc__
            return check
        return register

    def diagnose(self, key: str, answer: Any) -> Verdict:
        """Return the verdict on an answer; nothing is printed or remembered."""
        return self._diagnose(key, answer)[0]

    def report(self, key: str, answer: Any) -> tuple[Verdict, str]:
        """Return the verdict on an answer, which is remembered, and the feedback that its check prints."""
        verdict, printed = self._diagnose(key, answer)
        self.verdicts[key] = verdict
        return verdict, "\n".join([self._head(key, verdict), *_body(verdict), *printed])

    def prediction(self, declare: Callable[[], Choice | Number]) -> Callable[[], Choice | Number]:
        """Register a prediction under the name of its declaration."""
        self.predictions[declare.__name__] = declare
        return declare

    def predict(self, key: str) -> Question:
        """Show a prediction; shown a second time, it is the same question with the same answer.

        Raises
        ------
        ValueError
            If the lesson has no such prediction.
        """
        if key not in self.predictions:
            raise ValueError(_("there is no prediction {key!r} in this lesson, but these: {keys}").format(
                key=key, keys=", ".join(self.predictions)))
        shown = self._questions.get(key)
        if shown is None or shown.comm is None:  # closed, with all widgets of the notebook
            shown = Question(self.predictions[key](), functools.partial(self._remember, key))
            self._questions[key] = shown
        else:
            shown.ask(self.predictions[key]())
        return shown

    def progress(self) -> None:
        """Print which exercises are done and how many predictions are answered."""
        lines = [self._head(key, self.verdicts.get(key, Verdict("not started"))) for key in self.checks]
        done = sum(verdict.status == "right" for verdict in self.verdicts.values())
        lines.append(_("Exercises right: {done} of {all}. Predictions answered: {answered} of {asked}.").format(
            done=done, all=len(self.checks), answered=len(self.replies), asked=len(self.predictions)))
        print("\n".join(lines))

    def _remember(self, key: str, reply: Reply) -> None:
        if reply.right is not None:
            self.replies[key] = reply

    def _diagnose(self, key: str, answer: Any) -> tuple[Verdict, list[str]]:
        with _quiet() as printed:
            verdict = self.checks[key]().diagnose(answer, key)
        return verdict, printed.lines()

    def _head(self, key: str, verdict: Verdict) -> str:
        declared = self.checks[key]()
        title = declared.title or declared.name or key
        return f"{SIGNS[verdict.status]} {self._numbers[key]} {title} – {_in_words(verdict.status)}"


def _body(verdict: Verdict) -> list[str]:
    return [f"  {verdict.sentence}"] * bool(verdict.sentence) + [f"    {line}" for line in verdict.details]


# --- running an answer --------------------------------------------------------------------------------------------

class _Held:
    """A stream that keeps the first lines written to it and counts the rest."""

    encoding = "utf-8"

    def __init__(self, beyond: Any) -> None:
        self.beyond = beyond  # where a line that must be seen now can go
        self._text = ""
        self._more = False

    def write(self, text: str) -> int:
        room = 400 - len(self._text)
        self._text += text[:room]
        self._more |= len(text) > room
        return len(text)

    def flush(self) -> None:
        pass

    def isatty(self) -> bool:
        return False

    def lines(self) -> list[str]:
        lines = self._text.splitlines()
        if not lines:
            return []
        shown = [f"    | {line[:100]}" for line in lines[:_PRINTED]]
        if self._more or len(lines) > _PRINTED:
            shown.append("    | …")
        return ["  " + _("What your function printed meanwhile:"), *shown]


@contextlib.contextmanager
def _quiet() -> Iterator[_Held]:
    """Hold back what the answer prints, and its warnings: nan and inf are diagnosed by the check itself."""
    held = _Held(getattr(sys.stdout, "beyond", sys.stdout))
    with (contextlib.redirect_stdout(held), contextlib.redirect_stderr(_Held(sys.stderr)), warnings.catch_warnings(),
          np.errstate(all="ignore")):
        warnings.simplefilter("ignore")
        yield held


_NO_WORK = {"RESUME", "NOP", "CACHE", "EXTENDED_ARG", "POP_TOP", "RETURN_VALUE", "PRECALL", "CALL", "PUSH_NULL",
            "RAISE_VARARGS", "NOT_TAKEN", "COPY_FREE_VARS", "MAKE_CELL"}


def is_stub(answer: Any) -> bool:
    """Whether nothing has been written yet: None, ``...``, or a function that holds nothing but ``...`` or ``pass``.

    A function that only raises ``NotImplementedError``, or returns nothing but a placeholder, is a stub too. Read off
    the compiled code, since the source of a cell is not always at hand.

    Examples
    --------
    >>> def unwritten(z):
    ...     '''Its description.'''
    ...     ...
    >>> is_stub(unwritten), is_stub(lambda z: z), is_stub(None)
    (True, False, True)
    """
    if answer is None or answer is ...:
        return True
    while isinstance(answer, functools.partial):
        answer = answer.func
    code = getattr(inspect.unwrap(answer) if inspect.isroutine(answer) else answer, "__code__", None)
    return isinstance(code, CodeType) and not code.co_flags & (inspect.CO_GENERATOR | inspect.CO_COROUTINE) and \
        _no_work(code)


def _no_work(code: CodeType) -> bool:
    steps = list(dis.get_instructions(code))
    unfinished = any(step.argval == "NotImplementedError" for step in steps)
    parameters = code.co_varnames[:code.co_argcount + code.co_kwonlyargcount]
    for step in steps:
        name = step.opname
        if name in ("LOAD_CONST", "RETURN_CONST"):
            if step.argval is not None and step.argval is not ... and not (unfinished and isinstance(step.argval, str)):
                return False
        elif name.startswith(("LOAD_FAST", "STORE_FAST")):
            # A placeholder may be kept in a variable and returned; the parameters are somebody's work already.
            variables = step.argval if isinstance(step.argval, tuple) else (step.argval,)
            if set(variables) & set(parameters):
                return False
        elif name == "LOAD_GLOBAL":
            if step.argval != "NotImplementedError":
                return False
        elif name not in _NO_WORK:
            return False
    return True


# --- comparing ----------------------------------------------------------------------------------------------------

def close(one: Any, other: Any, rtol: float = 1e-6, atol: float = 1e-9) -> bool:
    """Whether two values are the same in type, shape and (within the tolerances) numbers; nan equals nan.

    Examples
    --------
    >>> close(np.array([1.0, 2.0]), [1.0, 2.0 + 1e-9]), close(np.ones(3), np.ones((3, 1)))
    (True, False)
    """
    if isinstance(other, tuple) or isinstance(one, tuple):
        return (isinstance(one, (tuple, list)) and isinstance(other, (tuple, list)) and len(one) == len(other)
                and all(close(a, b, rtol, atol) for a, b in zip(one, other, strict=True)))
    if not _numeric(other) or not _numeric(one):
        return type(one) is type(other) and bool(one == other)
    a, b = np.asarray(one), np.asarray(other)
    if a.shape != b.shape:
        return False
    for array in (a, b):
        if array.dtype.kind == "f":
            rtol = max(rtol, 8 * float(np.finfo(array.dtype).eps))
    with np.errstate(all="ignore"):
        return bool(np.allclose(a.astype(float), b.astype(float), rtol, atol, equal_nan=True))


def _numeric(value: Any) -> bool:
    if not isinstance(value, (np.ndarray, np.generic, int, float, list)):
        return False
    try:
        return np.asarray(value).dtype.kind in "biuf"
    except ValueError:  # rows of different lengths
        return False


def _same(one: Any, other: Any) -> bool:
    """Whether nothing at all has changed."""
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()
    if type(one) is not type(other):
        return False
    if isinstance(one, (tuple, list)):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(_same(one[k], other[k]) for k in one)
    # Numbers and texts cannot change; a random generator, say, may.
    return True


def _kinds(returned: Any, expected: Any, name: str) -> None:
    """Raise `Trouble` where type or shape of what a function returned are not those expected."""
    if isinstance(expected, tuple):
        if not isinstance(returned, (tuple, list)) or len(returned) != len(expected):
            raise Trouble(_("`{name}` returned {what}, where {count} values are expected. Look at what stands behind "
                            "`return`.").format(name=name, what=learner.what_is(returned), count=len(expected)))
        for index, (part, other) in enumerate(zip(returned, expected, strict=True)):
            if part is None or part is ...:
                raise Trouble(learner.nothing_returned(part, f"{name}(…)[{index}]"))
            _kinds(part, other, f"{name}(…)[{index}]")
    elif not _numeric(expected):
        if type(returned) is not type(expected):
            raise Trouble(_("`{name}` returned {what}, where {expected} is expected. Look at what stands behind "
                            "`return`.").format(name=name, what=learner.what_is(returned),
                                                expected=learner.what_is(expected)))
    else:
        if isinstance(returned, (list, tuple)) and not isinstance(expected, list):
            raise Trouble(_("`{name}` returned {what}, where a NumPy array or number is expected. Look at what stands "
                            "behind `return`.").format(name=name, what=learner.what_is(returned)))
        truth = np.asarray(expected).dtype.kind == "b"
        if not _numeric(returned) or (np.asarray(returned).dtype.kind == "b") != truth:
            raise Trouble(learner.wrong_type(returned, name))
        if np.shape(returned) != np.shape(expected):
            raise Trouble(learner.wrong_shape(name, np.shape(returned), np.shape(expected)))


def wrong_value(returned: Any, expected: Any, name: str) -> str:
    """Say what is wrong with a value of the right type and shape, as precisely as the numbers alone allow."""
    if isinstance(expected, tuple):
        for index, (part, other) in enumerate(zip(returned, expected, strict=True)):
            if not close(part, other):
                return wrong_value(part, other, f"{name}(…)[{index}]")
    if not _numeric(expected) or np.asarray(expected).dtype.kind == "b":
        return _("`{name}` returned another answer than expected. Go through the example below by hand.").format(
            name=name)
    with np.errstate(all="ignore"):
        a, b = np.asarray(returned, float), np.asarray(expected, float)
        if np.isnan(a).any() and not np.isnan(b).any():
            return _("`{name}` returned nan. Look for 0/0, inf − inf or the logarithm of a negative number.").format(
                name=name)
        if np.isinf(a).any() and not np.isinf(b).any():
            return _("`{name}` returned an infinite number. Look for a division by 0, the logarithm of 0 or a large "
                     "exponent.").format(name=name)
        if close(a, -b):
            return _("`{name}` returned the right size with the wrong sign. Look for a minus sign.").format(name=name)
        if b.size > 1 and np.all(b != 0) and np.all(np.isfinite(b)):
            factor = float((a / b).flat[0])
            if f"{factor:.4g}" not in ("0", "1") and close(a, factor * b):
                return _("`{name}` returned {factor:.4g} times what is expected. Look for a factor that is missing or "
                         "too many.").format(name=name, factor=factor)
        if b.size > 1 and np.all(np.isfinite(b)):
            offset = float((a - b).flat[0])
            if close(a, b + offset):
                return _("`{name}` is off by {offset:.4g} everywhere. Look for a term that is missing or too "
                         "many.").format(name=name, offset=offset)
            if close(np.sort(a, axis=None), np.sort(b, axis=None)):
                return _("`{name}` returned the right numbers in another order. Look at axes and indices.").format(
                    name=name)
        if b.ndim:
            wrong = np.argwhere(~np.isclose(a, b, rtol=1e-6, atol=1e-9, equal_nan=True))
            index = tuple(map(int, wrong[0])) if len(wrong) else (0,) * b.ndim
            return _("`{name}` returned a wrong number at index {index}. Go through the example below by hand.").format(
                name=name, index=index if len(index) > 1 else index[0])
    return _("`{name}` returned a wrong number. Go through the example below by hand.").format(name=name)


# --- answers that are no functions --------------------------------------------------------------------------------

def _empty(answer: Any) -> bool:
    """Whether nothing has been filled in."""
    if isinstance(answer, dict):
        return _empty(list(answer.values()))
    if isinstance(answer, (list, tuple)):
        return all(map(_empty, answer))
    if isinstance(answer, str):
        return answer.strip() in ("", "...", "…")
    return answer is None or answer is ... or (inspect.isfunction(answer) and is_stub(answer))


def _formed(answer: Any, like: Any, name: str) -> Any:
    """Return the answer in the form of the example, numbers as float or float array, or raise `Trouble`."""
    if isinstance(like, dict):
        if not isinstance(answer, dict):
            raise Trouble(_not(answer, name, _("a dict with the keys {keys}").format(keys=", ".join(map(repr, like)))))
        if set(answer) != set(like):
            raise Trouble(_("`{name}` has the keys {keys}, where {expected} are expected. Look for one that is missing "
                            "or misspelt.").format(name=name, keys=", ".join(map(repr, answer)),
                                                   expected=", ".join(map(repr, like))))
        return {key: _formed(answer[key], like[key], f"{name}[{key!r}]") for key in like}
    if answer is None or answer is ...:
        raise Trouble(_("`{name}` is still empty. Fill it in as well.").format(name=name))
    if isinstance(like, tuple) or (isinstance(like, list) and not _numeric(like)):
        if not isinstance(answer, (tuple, list)) or len(answer) != len(like):
            raise Trouble(_not(answer, name, _("a list of {count} entries").format(count=len(like))))
        return type(like)(_formed(part, other, f"{name}[{index}]")
                          for index, (part, other) in enumerate(zip(answer, like, strict=True)))
    if isinstance(like, (str, bool)):
        if type(answer) is not type(like):
            raise Trouble(_not(answer, name, learner.what_is(like)))
        return answer
    expected = np.shape(like)
    if expected and isinstance(answer, (list, tuple)):
        for place, entry in _entries(answer, name):
            _formed(entry, 0.0, place)  # names the one entry that is no number
    if isinstance(answer, bool) or not (_numeric(list(answer)) if isinstance(answer, tuple) else _numeric(answer)):
        raise Trouble(_not(answer, name, _("a list or array of numbers") if expected else _("a number")))
    array = np.asarray(answer, dtype=float)
    if array.shape != expected:
        raise Trouble(_not(array if array.ndim else answer, name,
                           _("an array of shape {shape}").format(shape=expected) if expected else _("a number")))
    if not np.isfinite(array).all():
        raise Trouble(_("`{name}` holds nan or an infinite number. Look at how it was computed.").format(name=name))
    return array if expected else float(array)


def _entries(answer: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Each entry of nested lists, with the name by which the learner reaches it."""
    if isinstance(answer, (list, tuple)):
        for index, part in enumerate(answer):
            yield from _entries(part, f"{name}[{index}]")
    elif not isinstance(answer, np.ndarray):
        yield name, answer


def _not(answer: Any, name: str, expected: str) -> str:
    if callable(answer):
        return _("`{name}` is a function, where {expected} is expected. Hand over what it returns.").format(
            name=name, expected=expected)
    what = learner.what_is(answer)
    if isinstance(answer, (list, tuple)):
        what = _("{what} with {count} entries").format(what=what, count=len(answer))
    return _("`{name}` is {what}, where {expected} is expected. Look at how the exercise writes it.").format(
        name=name, what=what, expected=expected)


def _hand_over(function: Callable[..., Any], value: Any) -> Any:
    if isinstance(value, dict):
        return function(**value)
    return function(*value) if isinstance(value, tuple) else function(value)


# --- writing values -----------------------------------------------------------------------------------------------

def readable(value: Any, digits: int = 4) -> str:
    """Write a value briefly: numbers with a few digits, large arrays as their shape.

    Examples
    --------
    >>> readable(np.array([1.78, 0.76, 1 / 3])), readable(np.zeros((100, 3))), readable(0.1 + 0.2)
    ('[1.78, 0.76, 0.3333]', 'an array of shape (100, 3)', '0.3')
    """
    if isinstance(value, np.ndarray):
        if value.size > 30 or value.dtype.kind not in "biuf":
            return learner.what_is(value)
        return _nested(value.tolist(), digits)
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return f"{value:.{digits}g}"
    if isinstance(value, (list, tuple)):
        inner = ", ".join(readable(part, digits) for part in value[:8]) + ", …" * (len(value) > 8)
        return f"[{inner}]" if isinstance(value, list) else f"({inner})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k!r}: {readable(v, digits)}" for k, v in list(value.items())[:8]) + "}"
    if isinstance(value, (str, int, bool)) or value is None:
        text = repr(value)
        return text if len(text) <= 80 else text[:79] + "…"
    return getattr(value, "__name__", None) or learner.what_is(value)


def _nested(value: Any, digits: int) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_nested(part, digits) for part in value) + "]"
    return f"{value:.{digits}g}" if isinstance(value, float) else str(value)


def _side_by_side(returned: Any, expected: Any) -> tuple[str, str]:
    """Write both with as many digits as it takes to see the difference."""
    for digits in (4, 6, 9, 17):
        lines = readable(returned, digits), readable(expected, digits)
        if lines[0] != lines[1]:
            break
    return _("returned  {value}").format(value=lines[0]), _("expected  {value}").format(value=lines[1])
