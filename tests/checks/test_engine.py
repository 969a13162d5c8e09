"""The engine of the checks, on a made-up lesson: every kind of wrong answer gets its own sentence, and only that."""

import asyncio
import functools

import numpy as np
import pytest

from helpers.checks.checking import Answer, Function, Given, Lesson, Like, Verdict, is_stub, readable, wrong_value
from tests.checks.made_up import lesson, share

MADE = lesson()
calls = 0  # what a function that remembers changes outside of itself


def stops(x, axis=-1):
    return x / undefined  # noqa: F821


def loops(x, axis=-1):
    return loops(x, axis)  # with its default left out, CPython 3.13 does not count the depth (python/cpython#132744)


def changes(x, axis=-1):
    result = share(x, axis)
    x -= 1
    return result


def remembers(x, axis=-1):
    global calls
    calls += 1
    return share(x, axis) * (1 if calls <= 3 else calls)


def yields(x, axis=-1):
    yield x


async def waits(x, axis=-1):
    return x


def flips(x, axis=-1):
    return share(x, axis) if x.ndim < 2 else share(x, axis).T


def leaves(x, axis=-1):
    raise SystemExit


class Shares:
    def __init__(self, x):
        self.x = x


def plain(x, axis=-1):
    return x / x.sum(axis=axis, keepdims=True)


# Each wrong answer with its status and a piece of the sentence that it has to get.
WRONG = {
    "an array": (share(np.ones(2)), "wrong", "without parentheses"),
    "a text": ("share", "wrong", "without quotation marks"),
    "a number": (3.5, "wrong", "a number, not the function"),
    "a class": (Shares, "wrong", "is a class"),
    "a name that is not defined": (stops, "wrong", "NameError: name 'undefined'"),
    "no such argument": (lambda: 1, "wrong", "does not accept the arguments"),
    "endless recursion": (loops, "wrong", "calls itself without end"),
    "leaves Python": (leaves, "wrong", "SystemExit"),
    "nothing": (lambda x: None if x.sum() else 1, "wrong", "Did you forget `return`"),
    "the placeholder": (lambda x: ... if x.sum() else 1, "wrong", "still returns the placeholder"),
    "a list": (lambda x: list(x), "wrong", "returned a list, where"),
    "a tuple": (lambda x: tuple(x), "wrong", "returned a tuple, where"),
    "text returned": (lambda x: str(x), "wrong", "returned a text"),
    "complex numbers": (lambda x: x + 1j, "wrong", "type complex128"),
    "objects": (lambda x: x.astype(object), "wrong", "type object"),
    "truth values": (lambda x: x > 1, "wrong", "returned an array of shape (2,), where real"),
    "a generator": (yields, "wrong", "`yield`"),
    "a coroutine": (waits, "wrong", "`async def`"),
    "a function returned": (lambda x: x.sum, "wrong", "parentheses missing"),
    "one number": (lambda x: x.sum(), "wrong", "returned a single number, where shape (2,)"),
    "a surplus axis": (lambda x: x[None] / x.sum(), "wrong", "returned shape (1, 2)"),
    "changes its input": (changes, "wrong", "changes its input"),
    "a known mistake by its values": (lambda x: x / x.max(), "wrong", "divide by the largest"),
    "a known mistake by a predicate": (lambda x: -x**2, "wrong", "A share is negative"),
    "nan": (lambda x: x * np.nan, "wrong", "returned nan"),
    "inf": (lambda x: x / 0, "wrong", "infinite"),
    "a factor": (lambda x: 100 * share(x), "wrong", "100 times"),
    "an offset": (lambda x: share(x) + 1, "wrong", "off by 1 everywhere"),
    "another order": (lambda x: share(x)[::-1], "wrong", "another order"),
    "one wrong number": (lambda x: np.append(share(x)[:-1], 7), "wrong", "wrong number at index 1"),
    "the batch transposed": (flips, "wrong", "another order"),
    "the sum of the batch": (lambda x, axis=-1: x / x.sum(), "wrong", "wrong number at index (0, 0)"),
    "a memory": (remembers, "wrong", "when it is called again"),
    "overflow": (plain, "fragile", "overflows for huge"),
    "no axis": (lambda x, axis=-1: share(x), "fragile", "ignores `axis`"),
    "no keyword": (lambda x: share(x), "fragile", "ignores `axis`"),
    "another dtype": (lambda x, axis=-1: share(x.astype(float), axis), "fragile", "loses float32"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_wrong_function_gets_its_sentence(kind, capfd):
    global calls
    calls = 0
    answer, status, piece = WRONG[kind]
    verdict = MADE.diagnose("share", answer)
    assert (verdict.status, piece in verdict.sentence) == (status, True), verdict
    assert "Traceback" not in "\n".join(verdict.details)
    assert capfd.readouterr() == ("", "")


def test_sentences_differ_where_mistakes_do():
    sentences = {MADE.diagnose("share", answer).sentence for answer, _status, _piece in WRONG.values()}
    assert len(sentences) >= 30


@pytest.mark.parametrize("answer", [share, functools.partial(share), lambda x, axis=-1: share(x, axis)])
def test_right_function(answer):
    verdict = MADE.diagnose("share", answer)
    assert (verdict.status, verdict.sentence) == ("right", "Its outputs sum to 1.")


def test_a_list_that_is_right_by_its_values_gets_no_known_mistake():
    made = Lesson()

    @made.exercise("1.1")
    def check_largest_first() -> Function:
        return Function(lambda x: np.sort(x)[::-1], examples=[Given([2.0, 1.0]), Given([1.0, 3.0, 2.0])],
                        mistakes=[Like(lambda x: x, "Nothing was sorted.")])

    assert "returned a list" in made.diagnose("largest_first", lambda x: sorted(x, reverse=True)).sentence
    assert made.diagnose("largest_first", lambda x: x).sentence == "Nothing was sorted."


def test_compiled_function_is_judged_by_its_values():
    assert MADE.diagnose("share", np.negative).sentence == "A share is negative. Look at the signs."


def stub_with_docstring(x):
    """What it should do."""


def stub_with_ellipsis(x, axis=-1):
    """What it should do."""
    ...


def stub_with_pass(x):
    pass


def stub_that_returns_nothing(x):
    return None


def stub_not_implemented(x):
    raise NotImplementedError


def stub_not_implemented_with_words(x):
    raise NotImplementedError("write me")


def stub_with_a_gap(x):
    result = ...
    return result


STUBS = [None, ..., stub_with_docstring, stub_with_ellipsis, stub_with_pass, stub_that_returns_nothing, lambda x: ...,
         stub_not_implemented, stub_not_implemented_with_words, stub_with_a_gap, functools.partial(stub_with_pass, 1)]


@pytest.mark.parametrize("answer", STUBS)
def test_stub_is_not_started(answer):
    assert is_stub(answer)
    assert MADE.diagnose("share", answer).status == "not started"


@pytest.mark.parametrize("answer", [lambda x: x, lambda x: 0, lambda x: "text", lambda x: None if x else 1, yields,
                                    waits, np.exp, share, len, str, 0, "", lambda x: (None, x), asyncio.sleep])
def test_work_is_no_stub(answer):
    assert not is_stub(answer)


ANSWERS = {
    "slope": [
        (None, "not started", "Give your answer"), ({"w": None, "b": ...}, "not started", "Give your answer"),
        ((1, -3), "wrong", "is a tuple with 2 entries, where"), ({"w": 1.0}, "wrong", "has the keys 'w'"),
        ({"w": 1, "b": None}, "wrong", "`slope['b']` is still empty"),
        ({"w": 1, "b": "3"}, "wrong", "`slope['b']` is a text, where a number"),
        ({"w": 1, "b": np.nan}, "wrong", "nan"), ({"w": 0, "b": -3}, "wrong", "the line is flat"),
        ({"w": 2, "b": 6}, "wrong", "It crosses at -3.00"), ({"w": -1, "b": 3}, "fragile", "but falls"),
        ({"w": [1.0], "b": -3}, "wrong", "an array of shape (1,), where a number"),
        ({"w": True, "b": -3}, "wrong", "a truth value"), (lambda w, b: w, "wrong", "is a function"),
        ({"w": np.float64(1), "b": -3}, "right", ""),
    ],
    "kinds": [
        (["...", None], "not started", ""), (["one"], "wrong", "with 1 entries"), ("one", "wrong", "is a text"),
        (["one", 3], "wrong", "`kinds[1]` is a number, where a text"), (["many", "one"], "wrong", "The first"),
        (["one", "one"], "wrong", "The second"), (("one", "many"), "right", ""),
    ],
    "weights": [
        (..., "not started", ""), ([1, 2], "wrong", "an array of shape (2,), where an array of shape (3,)"),
        ([1, None, 2], "wrong", "`weights[1]` is still empty"),
        ([1, "2", 2], "wrong", "`weights[1]` is a text, where a number"), ([1, 2], "wrong", "an array of shape (2,)"),
        ([1, np.nan, 2], "wrong", "`weights[1]` holds nan"), ([[1, 2], [3]], "wrong", "a list or array of numbers"),
        ((1, -2, 0), "wrong", "The second"), (np.array([1, 2, 0]), "right", ""), (7, "wrong", "a number, where"),
    ],
    "split": [
        (lambda x: x.sum(), "wrong", "a number, where 2 values"), (lambda x: (1.0, None), "wrong", "split(…)[1]"),
        (lambda x: (2.0, x[:1]), "wrong", "The sum is wrong"), (lambda x: (-1.0, x), "wrong", "`split(…)[1]` returned"),
        (lambda x: (x.sum(), x[:1]), "right", ""),
    ],
}


@pytest.mark.parametrize(("key", "answer", "status", "piece"),
                         [(key, *case) for key, cases in ANSWERS.items() for case in cases])
def test_other_answers(key, answer, status, piece):
    verdict = MADE.diagnose(key, answer)
    assert (verdict.status, piece in verdict.sentence) == (status, True), verdict


def test_what_is_printed(capsys):
    made = lesson()
    check = _public(made, "share")
    check()
    check(lambda x: 2 * share(x))
    check(plain)
    check(share)
    assert capsys.readouterr().out == """\
○ 1.1 share – not started
  Write your function `share`, run its cell, then run this one again.
✗ 1.1 share – not yet right
  `share` returned 2 times what is expected. Look for a factor that is missing or too many.
    share([1, 3])
    returned  [0.5, 1.5]
    expected  [0.25, 0.75]
△ 1.1 share – right but fragile
  It overflows for huge numbers. Look at the sum.
    share([1e+308, 1e+308])
    returned  [0, 0]
    expected  [0.5, 0.5]
✓ 1.1 share – right
  Its outputs sum to 1.
"""


def test_error_names_the_own_line():
    details = MADE.diagnose("share", stops).details
    assert details[1].startswith("line ") and details[1].endswith("of test_engine.py, in `stops`")
    assert details[2].strip() == "return x / undefined  # noqa: F821"
    assert details[-1] == "NameError: name 'undefined' is not defined"


def test_what_the_function_prints_is_shown_briefly(capsys):
    def chatty(x, axis=-1):
        for number in range(1000):
            print("line", number)
        return share(x, axis)
    made = lesson()
    _public(made, "share")(chatty)
    assert capsys.readouterr().out.splitlines()[1:] == [
        "  Its outputs sum to 1.", "  What your function printed meanwhile:",
        "    | line 0", "    | line 1", "    | line 2", "    | …"]


def test_declared_examples_survive_a_vandal():
    def vandal(x, axis=-1):
        x[:] = 0
        np.seterr(all="raise")
        return share(np.ones(2))
    before = np.geterr()
    for _time in range(2):
        assert "changes its input" in MADE.diagnose("share", vandal).sentence
    assert np.geterr() == before


def test_progress_tells_the_latest(capsys):
    made = lesson()
    made.progress()
    assert capsys.readouterr().out.splitlines()[-1] == "Exercises right: 0 of 5. Predictions answered: 0 of 2."
    _public(made, "share")(share)
    _public(made, "slope")({"w": -1, "b": 3})
    made.predict("total").answer("1")
    made.predict("half").answer("no number")
    capsys.readouterr()
    made.progress()
    assert capsys.readouterr().out == """\
✓ 1.1 share – right
△ 1.2 A line through 3 – right but fragile
○ 1.3 kinds – not started
○ 1.4 split – not started
○ 1.5 weights – not started
Exercises right: 1 of 5. Predictions answered: 1 of 2.
"""
    _public(made, "share")(None)
    capsys.readouterr()
    made.progress()
    assert capsys.readouterr().out.startswith("○ 1.1 share – not started\n")


def test_long_arrays_are_abbreviated():
    assert readable(np.zeros((1000, 1000))) == "an array of shape (1000, 1000)"
    assert max(map(len, MADE.diagnose("share", lambda x: np.zeros(10**6)).details)) < 100
    assert readable([0.5] * 100).endswith(", …]")


def test_small_differences_are_written_out():
    details = MADE.diagnose("share", lambda x: share(x) * np.array([1, 1.00001])).details
    assert details[1:] == ("returned  [0.25, 0.750008]", "expected  [0.25, 0.75]")


def _public(made, key):
    """The public check of a made-up lesson, as its module would export it."""
    declare = made.checks[key]
    return made.exercise(made._numbers[key])(declare)


def test_a_row_half_filled_is_still_empty():
    rows = Answer(like=[[0.0] * 3] * 2, tests=[])
    verdict = rows.diagnose([[1, 2, 3], [4, ..., ...]], "rows")
    assert verdict == Verdict("wrong", "`rows[1][1]` is still empty. Fill it in as well.")
    assert "`rows[1]` is still empty" in rows.diagnose([[1, 2, 3], ...], "rows").sentence
    assert "`rows[0][2]` is a text" in rows.diagnose([[1, 2, "3"], [4, 5, 6]], "rows").sentence
    assert "shape (3, 2)" in rows.diagnose([[1, 2], [3, 4], [5, 6]], "rows").sentence
    assert rows.diagnose([[..., ..., ...], [..., ..., ...]], "rows").status == "not started"


def test_a_factor_that_rounds_to_one_is_no_factor():
    expected = np.array([0.0, 1.0, 2.0]) + 1
    sentence = wrong_value(expected * (1 + 2e-6), expected, "f")
    assert sentence.startswith("`f` returned a wrong number at index 0.")
    assert wrong_value(expected * [1, 1, 1 + 2e-6], expected, "f").startswith("`f` returned a wrong number at index 2.")
