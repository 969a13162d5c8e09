"""A time limit for code that may never return, such as a learner's loop without an end.

Two ways, because no single one works everywhere:

* In the main thread on Linux and macOS a timer signal raises `TooLong` in the running code. It also wakes a sleep.
* In other threads, and on Windows, a watching thread asks the interpreter to raise `TooLong` there.

Both raise again and again, and in the end at every line, because a bare ``except: pass`` swallows an exception.
Neither can stop one long call of compiled code (a giant matrix product); about that the watching thread prints a line
that says how to interrupt.
"""

import contextlib
import ctypes
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from time import monotonic
from types import FrameType
from typing import Any

from helpers.words import _

REPEAT = 0.1  # seconds between two attempts to stop the same call
PATIENCE = 2.0  # seconds after the limit until the line about interrupting appears
STUBBORN = 3  # attempts after which every further line of the code raises


class TooLong(BaseException):
    """Raised in code that runs longer than its limit; no `Exception`, so that ``except Exception`` lets it pass."""


class _Limit:
    """One running call: until when, in which thread, and how often it was told to stop."""

    __slots__ = ("due", "name", "running", "said", "seconds", "stream", "strikes", "thread", "when")

    def __init__(self, seconds: float, name: str, by_signal: bool) -> None:
        self.seconds = seconds
        self.name = name
        self.running = True
        self.strikes = 0
        self.said = False
        self.thread = None if by_signal else threading.get_ident()
        self.due = monotonic() + seconds
        self.when = self.due + PATIENCE if by_signal else self.due  # when the watching thread has to look at it
        # A check holds back what the learner's code prints; the line about interrupting must get past that.
        self.stream = getattr(sys.stdout, "beyond", sys.stdout)


def within(seconds: float, function: Callable[..., Any], args: tuple = (), keywords: dict | None = None,
           name: str = "", by_signal: bool | None = None) -> Any:
    """Call a function and return what it returns, or raise `TooLong` when it takes longer than the limit.

    Parameters
    ----------
    seconds : float
        The limit, above 0.
    function : callable
        What to call.
    args, keywords : tuple, dict
        Its arguments.
    name : str
        How to call it in the line that is printed when it cannot be stopped.
    by_signal : bool, optional
        Which of the two ways; by default the signal where there is one.

    Raises
    ------
    TooLong
        If the limit was reached. Whatever the function itself raises passes through unchanged.

    Examples
    --------
    >>> within(1.0, max, (2, 3))
    3
    """
    seconds = min(seconds, getattr(_hurry, "seconds", seconds))
    if by_signal is None:
        by_signal = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    limit = _Limit(seconds, name, by_signal)
    return (_by_signal if by_signal else _by_thread)(limit, function, args, keywords or {})


_hurry = threading.local()


@contextlib.contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Shorten the limits of all calls that this thread makes meanwhile.

    Examples
    --------
    >>> with at_most(0.01):
    ...     within(3.0, lambda: [None for _ in iter(int, 1)])
    Traceback (most recent call last):
    helpers.limit.TooLong
    """
    _hurry.seconds = seconds
    try:
        yield
    finally:
        del _hurry.seconds


# --- by a timer signal --------------------------------------------------------------------------------------------

_innermost: _Limit | None = None  # the limit that the timer now serves; calls may be nested


def _ring(_signum: int, frame: FrameType | None) -> None:
    limit = _innermost
    if limit is None or not limit.running:  # a late ring means nobody
        return
    limit.strikes += 1
    if limit.strikes > STUBBORN:
        _insist(limit, frame)
    raise TooLong


def _insist(limit: _Limit, frame: FrameType | None) -> None:
    """Make every further line of the running code raise, those of its ``except`` blocks too: it catches everything."""
    def trace(frame: FrameType, event: str, _argument: object) -> Callable | None:
        if not limit.running or frame.f_globals is globals():
            return None
        if event == "line":
            raise TooLong
        return trace

    if not limit.running:
        return
    sys.settrace(trace)
    while frame is not None and frame.f_globals is not globals():
        frame.f_trace = trace
        frame = frame.f_back


def _by_signal(limit: _Limit, function: Callable, args: tuple, keywords: dict) -> Any:
    global _innermost
    outer, tracer = _innermost, sys.gettrace()
    _watch(limit)
    begin = monotonic()
    handler = signal.signal(signal.SIGALRM, _ring)
    left, interval = signal.getitimer(signal.ITIMER_REAL)
    _innermost = limit
    try:
        # The limit around this one may come first.
        due = min(left, limit.seconds) if outer is not None and left else limit.seconds
        signal.setitimer(signal.ITIMER_REAL, due, REPEAT)
        return function(*args, **keywords)
    finally:
        limit.running = False  # first of all: no ring can raise from here on
        if limit.strikes > STUBBORN:
            sys.settrace(tracer)
        signal.setitimer(signal.ITIMER_REAL, 0)
        _innermost = outer
        if handler is not None:  # None: a handler that Python did not install
            signal.signal(signal.SIGALRM, handler)
        if left:
            signal.setitimer(signal.ITIMER_REAL, max(left - (monotonic() - begin), 1e-6), interval)
        _leave(limit)


# --- by the watching thread ---------------------------------------------------------------------------------------

_changed = threading.Condition(threading.Lock())
_watched: set[_Limit] = set()
_wakes = float("inf")  # when the watching thread looks next; only an earlier limit has to wake it
_watcher: threading.Thread | None = None


def _interrupt(thread: int | None, exception: type[BaseException] | None) -> None:
    """Make a thread raise an exception at its next step; None takes back one that it has not yet raised."""
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread or 0), ctypes.py_object(exception)
                                               if exception else None)


def _strike(limit: _Limit) -> None:
    limit.strikes += 1
    if limit.strikes <= STUBBORN:
        return _interrupt(limit.thread, TooLong)

    class Insistent(TooLong):
        def __init__(self) -> None:  # runs in the thread that is to stop, which alone can trace its lines
            _insist(limit, sys._getframe(1))

    return _interrupt(limit.thread, Insistent)


def _by_thread(limit: _Limit, function: Callable, args: tuple, keywords: dict) -> Any:
    tracer = sys.gettrace()
    try:
        try:
            _watch(limit)
            return function(*args, **keywords)
        finally:
            limit.running = False  # under the lock the watching thread looks at this before it interrupts
            if limit.strikes > STUBBORN:
                sys.settrace(tracer)
            _leave(limit)
    except TooLong:
        _leave(limit)  # the exception may have come in the midst of the first attempt to leave
        raise


def _leave(limit: _Limit) -> None:
    with _changed:
        _watched.discard(limit)
        if limit.strikes and limit.thread is not None:
            _interrupt(limit.thread, None)  # nothing may arrive late


def _watch(limit: _Limit) -> None:
    global _watcher
    with _changed:
        _watched.add(limit)
        if _watcher is None or not _watcher.is_alive():  # not yet, or lost in a fork
            _watcher = threading.Thread(target=_keep_watch, name="time limit", daemon=True)
            _watcher.start()
        elif limit.when < _wakes:
            _changed.notify()


def _keep_watch() -> None:
    global _wakes
    while True:
        late = []
        with _changed:
            _watched.difference_update([limit for limit in _watched if not limit.running])
            now = monotonic()
            for limit in _watched:
                if limit.when > now:
                    continue
                if limit.thread is not None:
                    _strike(limit)
                if now >= limit.due + PATIENCE and not limit.said:
                    limit.said = True
                    late.append(limit)
                limit.when = now + REPEAT if limit.thread is not None else float("inf")
            if not late:
                _wakes = min((limit.when for limit in _watched), default=float("inf"))
                _changed.wait(None if _wakes == float("inf") else max(_wakes - now, 0))
                _wakes = 0.0  # awake: nobody needs to wake it
        for limit in late:
            _say(limit)


def _say(limit: _Limit) -> None:
    line = _("`{name}` still runs after {seconds:g} seconds and cannot be stopped from here. "
             "Choose Kernel → Interrupt, and Kernel → Restart if that does not help.")
    print(line.format(name=limit.name, seconds=limit.seconds + PATIENCE), file=limit.stream, flush=True)
