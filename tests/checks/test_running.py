"""Running a learner's function: whatever it does, one plain sentence comes back, in time."""

import signal
import threading
import time
from contextlib import suppress

import numpy as np
import pytest

from helpers import limit
from helpers.learner import Trouble, call, numbers
from helpers.limit import TooLong, within

SHORT = 0.05
WAYS = [True, False] if hasattr(signal, "setitimer") else [False]


def for_ever():
    while True:
        pass


def catches_all():
    while True:
        try:  # noqa: SIM105
            sum(range(1000))
        except:  # noqa: E722
            pass


@pytest.mark.parametrize("by_signal", WAYS)
@pytest.mark.parametrize("function", [for_ever, catches_all])
def test_endless_loop_is_stopped(function, by_signal, monkeypatch):
    monkeypatch.setattr(limit, "REPEAT", 0.01)
    with pytest.raises(TooLong):
        within(SHORT, function, by_signal=by_signal)


def test_the_other_way_is_taken_in_other_threads():
    found = []

    def work():
        try:
            call(for_ever, name="f", seconds=SHORT)
        except Trouble as trouble:
            found.append(trouble.sentence)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join(20)
    assert found == ["`f` did not return within 0.05 seconds and was stopped. Look at its loops: does each of them "
                     "come to an end?"]


@pytest.mark.skipif(True not in WAYS, reason="no timer signals here")
def test_a_sleep_is_woken():
    begin = time.monotonic()
    with pytest.raises(TooLong):
        within(SHORT, time.sleep, (30,))
    assert time.monotonic() - begin < 10


@pytest.mark.parametrize("by_signal", WAYS)
def test_no_exception_arrives_late(by_signal):
    """Calls that end just about when the limit strikes: stopped or not, nothing may be raised afterwards."""
    late = 0
    for turn in range(300):
        until = time.perf_counter() + 0.002 + (turn % 10 - 5) * 1e-5

        def busy(until=until):
            while time.perf_counter() < until:
                pass
        try:
            with suppress(TooLong):
                within(0.002, busy, by_signal=by_signal)
            for _step in range(200):  # here it would arrive
                abs(_step)
        except TooLong:
            late += 1
    assert late == 0


@pytest.mark.parametrize("by_signal", WAYS)
def test_nested_limits(by_signal):
    def inner():
        with pytest.raises(TooLong):
            within(SHORT, for_ever, by_signal=by_signal)
        return "inner stopped"
    assert within(30, inner, by_signal=by_signal) == "inner stopped"

    def inner_is_longer():
        within(30, for_ever, by_signal=by_signal)
    with pytest.raises(TooLong):
        within(SHORT, inner_is_longer, by_signal=by_signal)


@pytest.mark.skipif(True not in WAYS, reason="no timer signals here")
def test_an_earlier_timer_is_restored():
    rung = []
    before = signal.signal(signal.SIGALRM, lambda *_: rung.append(1))
    signal.setitimer(signal.ITIMER_REAL, 100, 7)
    try:
        assert within(1, abs, (-2,)) == 2
        left, interval = signal.getitimer(signal.ITIMER_REAL)
        assert 90 < left <= 100 and interval == 7
        signal.raise_signal(signal.SIGALRM)
        assert rung == [1]
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("by_signal", WAYS)
def test_what_cannot_be_stopped_is_announced(by_signal, monkeypatch, capsys):
    announced = threading.Event()
    say = limit._say

    def say_and_tell(one):
        say(one)
        announced.set()
    monkeypatch.setattr(limit, "_say", say_and_tell)
    monkeypatch.setattr(limit, "PATIENCE", SHORT)

    def stubborn():
        while not announced.is_set():
            with suppress(TooLong):
                announced.wait(20)
    with suppress(TooLong):
        within(SHORT, stubborn, name="f", by_signal=by_signal)
    assert capsys.readouterr().out == (
        "`f` still runs after 0.1 seconds and cannot be stopped from here. Choose Kernel → Interrupt, and "
        "Kernel → Restart if that does not help.\n")


def test_interrupt_passes_through():
    def interrupted():
        raise KeyboardInterrupt
    with pytest.raises(KeyboardInterrupt):
        call(interrupted, name="f")


@pytest.mark.parametrize(("function", "sentence", "last"), [
    (3, "a number, not the function `f`", ""),
    (lambda: 1 / 0, "`f` stops with an error in line", "ZeroDivisionError: division by zero"),
    (lambda: exit(), "SystemExit", "SystemExit"),
    (lambda x: x, "does not accept the arguments", "TypeError"),
    (lambda: [][object()], "<object object>", "TypeError"),
    (lambda: (_ for _ in ()).throw(ValueError("long" * 1000)), "longlong", "…"),
])
def test_call_says_what_happened(function, sentence, last):
    with pytest.raises(Trouble) as caught:
        call(function, name="f")
    assert sentence in caught.value.sentence or sentence == "<object object>"
    assert str(caught.value) == caught.value.sentence
    assert last in caught.value.where
    assert " at 0x" not in caught.value.where and len(caught.value.where) < 700


def test_where_names_cell_lines_only():
    source = "def f(z):\n    return g(z)\n\ndef g(z):\n    return z @ np.ones(7)\n"
    names = {"np": np}
    exec(compile(source, "/tmp/ipykernel_1/2345.py", "exec"), names)
    with pytest.raises(Trouble) as caught:
        call(names["f"], np.ones(3), name="f")
    lines = caught.value.where.splitlines()
    assert lines[:2] == ["line 2 of your cell, in `f`", "line 5 of your cell, in `g`"]
    assert lines[2].startswith("ValueError: matmul") and len(lines) == 3
    assert caught.value.sentence.startswith("`f` stops with an error in line 5 of your cell. Look at that line: ")


@pytest.mark.parametrize(("returned", "piece"), [
    (None, "Did you forget `return`"), (..., "placeholder"), ("text", "returned a text"), ([1, "a"], "real numbers"),
    ([[1], [1, 2]], "real numbers"), (object(), "type `object`"), (1j, "real numbers"), (np.ones(3) * 1j, "complex128"),
    (np.array([None] * 3), "type object"), (1.0, "a single number, where shape (3,)"), (np.ones((1, 3)), "(1, 3)"),
])
def test_numbers_says_what_is_wrong(returned, piece):
    with pytest.raises(Trouble) as caught:
        numbers(lambda z: returned, "f")(np.ones(3))
    assert piece in caught.value.sentence


def test_numbers_returns_floats_of_the_shape_asked_for():
    result = numbers(lambda z: [1, 2, True], "f")(np.ones(3))
    assert result.dtype == float and result.tolist() == [1, 2, 1]
    assert numbers(lambda z: z.sum(), "f", shape=lambda z: ())(np.ones(3)) == 3.0
    assert np.isnan(numbers(lambda z: np.inf * z, "f")(np.zeros(3))).all()  # and no warning
    with pytest.raises(Trouble, match="where shape"):
        numbers(lambda z: z.sum(), "f")(np.ones(3))


def test_numbers_hands_over_copies():
    z = np.ones(3)

    def vandal(z):
        z += 1
        return z
    assert numbers(vandal, "f")(z).tolist() == [2, 2, 2]
    assert z.tolist() == [1, 1, 1]


def test_numbers_hands_over_copies_of_what_goes_by_keyword():
    z = np.ones(3)

    def vandal(x, z):
        z += 1
        return z
    assert numbers(vandal, "f")(np.ones(3), z=z).tolist() == [2, 2, 2]
    assert z.tolist() == [1, 1, 1]


def test_numbers_keeps_what_a_function_writes_over_later():
    own = np.zeros(3)

    def reuses(z):
        own[:] = z
        return own
    f = numbers(reuses, "f")
    first = f(np.ones(3))
    f(np.zeros(3))
    assert first.tolist() == [1, 1, 1]


def test_what_a_function_does_with_seterr_ends_with_it():
    before = np.geterr()
    call(lambda: np.seterr(all="raise"), name="f")
    assert np.geterr() == before


def test_a_message_of_several_lines_becomes_one():
    def raises():
        raise ValueError("one\n  two\nthree")
    with pytest.raises(Trouble) as caught:
        call(raises, name="f")
    assert caught.value.sentence.endswith("ValueError: one two three")
