"""Sweeps: the frames along one slider, drawn ahead while a hand is on it, or a pointer over it.

The browser then shows the frame for the hand's position at once, however far away the kernel is; the kernel's answer
to the move itself follows. A sweep is drawn nearest first, where a moving hand will be when the frames get there, for
the browser tells how fast it is; a short turn at a time between the kernel's other work; and sent in slices, of
which only a few are under way at once. It ends when every position is drawn, when the hand is elsewhere, or at its
bounds. The kernel keeps none of its frames. Each message costs the page and the kernel several frames' worth of time:
so slices grow, and the browser confirms only those that ask for it.

A frame is a pure function of the controls' values (see `helpers.live`), so one that was drawn ahead is the frame
itself. It is stale when another control has moved, and after Reset. A sweep then begins anew; the browser leaves the
old one aside by itself. What an explorer remembers, as the track of a point, changes with every answer of the kernel:
the parts that show it are not drawn ahead, but taken from the last answer.
"""

import asyncio
import itertools
import math
from hashlib import blake2b
from time import monotonic, perf_counter
from typing import TYPE_CHECKING

import numpy as np

from helpers.draw_list import join
from helpers.limit import at_most

if TYPE_CHECKING:
    from helpers.live import Live, Slider

POSITIONS = 200           # a slider has no more for a mouse, whose hand is no finer; keys know every step
MOST_FRAMES = 400         # of one sweep; with keys, which may go on for ever, it then begins anew
MOST_BYTES = 4_000_000    # of one sweep, in the browser's memory and on the line
SLICE_BYTES = 128_000     # a slice is sent when it has so many, or took so many seconds: short at first, to be there
SLICE_SECONDS = 0.015, 0.2    # soon, and each twice as long as the last
CONFIRMED = 4             # one of so many slices asks the browser to confirm it
UNDER_WAY = 2             # confirmations for which a sweep does not wait yet
LATE = 0.25               # seconds above the fastest confirmation so far: the line is full
SLOW = 0.05               # seconds; a picture that takes longer is not drawn ahead, for it would hold up the moves
HURRY = 0.25              # seconds that a learner's function may take for a frame that nobody has asked for
TURN = 0.03               # seconds for which frames are drawn before the kernel looks what else there is
BREATH = 0.002            # seconds that it then has for it: a move that has arrived passes through several threads
LEAD = 0.5                # seconds by which a hand is at most forestalled, and after which one without a move rests
BEHIND = 100              # so many times as far counts a position from which the hand moves away
STRIKES = 3               # so many slow frames in a row end a sweep


def grid(low: float, high: float, step: float) -> float:
    """Return the distance between a slider's positions for a mouse: 1, 2 or 5 times a power of 10, at least its step.

    Examples
    --------
    >>> grid(-5, 5, 0.01), grid(-3, 3, 0.1), grid(0, 800, 0.01)
    (0.05, 0.1, 5.0)
    """
    least = (high - low) / POSITIONS
    if step >= least:
        return step
    power = 10.0 ** math.floor(math.log10(least))
    return next(round(factor * power, 10) for factor in (1, 2, 5, 10) if factor * power >= least * (1 - 1e-9))


def positions(slider: "Slider", value: float, by_keys: bool) -> set[float]:
    """Return where a slider may go from a value: along its grid, or with keys some steps to either side; and its ends.

    Examples
    --------
    >>> from helpers.live import Slider
    >>> sorted(positions(Slider("x", "x", 1, 0, 3, 1), 1.0, by_keys=False))
    [0.0, 1.0, 2.0, 3.0]
    """
    low, high, step = slider.low, slider.high, slider.step
    if by_keys:
        steps = (value + i * step for i in range(-POSITIONS // 2, POSITIONS // 2 + 1))
    else:
        wide = slider.grid
        steps = (i * wide for i in range(math.ceil(low / wide), math.floor(high / wide) + 1))
    return {*(round(v, 10) + 0.0 for v in steps if low < v < high), float(low), float(high)}


_numbers = itertools.count(1)     # of all sweeps and slices of this kernel, so that no view takes one for another


class Sweep:
    """The frames along one slider of a picture.

    Parameters
    ----------
    picture : Live
        Whose slider it is.
    slider : Slider
        Which one is held.
    by_keys : bool
        Whether it is moved by keys, a step at a time, or dragged over `positions` of its grid.
    view : str
        The view that holds it; others leave the frames aside.
    """

    def __init__(self, picture: "Live", slider: "Slider", by_keys: bool, view: str) -> None:
        self.slider, self.by_keys, self.view = slider, by_keys, view
        self._picture = picture
        self._sent: dict[int, float] = {}       # when each slice was sent whose confirmation is under way
        self._window = UNDER_WAY                # so many confirmations may be under way; 1 where the line is full
        self._fastest, self._trip = math.inf, 0.0      # seconds until a slice is confirmed: the least, and the last
        self._hand, self._speed, self._since = picture.values[slider.name], 0.0, monotonic()
        self._able: bool | None = None          # whether the picture can be drawn ahead at all, once that is known
        self._slices, self._scheduled = 0, False
        self._begin()

    def grabbed(self) -> None:
        """The view holds the slider, perhaps again; slices of which nothing was heard since are taken for lost."""
        self._sent.clear()
        self._strikes, self._able = 0, None
        self.go_on()

    def seen(self, hand: float, speed: float) -> None:
        """The hand is at a value and moves so fast, a second; below 0 where it goes down."""
        self._hand, self._speed, self._since = hand, speed, monotonic()
        if self.by_keys:
            self._look_around()

    def got(self, number: int) -> None:
        """A slice has arrived: there is room for another, and for fewer where the line is full."""
        if isinstance(number, int) and number in self._sent:
            self._trip = monotonic() - self._sent[number]
            self._sent = {later: sent for later, sent in self._sent.items() if later > number}     # the others are lost
            self._fastest = min(self._fastest, self._trip)
            self._window = 1 if self._trip > self._fastest + LATE else UNDER_WAY
        self.go_on()

    def go_on(self) -> None:
        """Draw on when the kernel has had a breath for what else there is to do."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:     # moved from code, outside a kernel: nobody waits for a sweep
            return
        if not self._scheduled:
            self._scheduled = True
            loop.call_later(BREATH, self._turn)

    def step(self) -> bool:
        """Draw one frame, and send a slice where one is full; return whether there is more to do now."""
        # The first messages of a page may come to another thread than all later ones.
        with self._picture.one_at_a_time:
            return self._step()

    def _step(self) -> bool:
        if self._picture.comm is None or self._picture.seconds > SLOW or self._able is False:
            return False
        if self._able is None:
            with at_most(HURRY):
                self._able = self._picture.can_draw_ahead()
            return self._able
        if self._base != self._basis() or len(self._done) >= MOST_FRAMES:
            self._begin()
        value = self._next()
        if value is None or self._strikes >= STRIKES or self._bytes >= MOST_BYTES or self._waits():
            self._send()
            return False
        begun = perf_counter()
        if not self._frames:
            self._slice_begun = begun
        self._draw(value)
        now = perf_counter()
        self._strikes = self._strikes + 1 if now - begun > SLOW else 0
        if self._slice_bytes >= SLICE_BYTES or now - self._slice_begun >= self._patience:
            self._send()
        return True

    def _waits(self) -> bool:
        """Whether enough is on the line: before the first confirmation little, for it may be a slow one."""
        much = self._fastest == math.inf and self._bytes >= SLICE_BYTES
        return len(self._sent) >= (1 if much else self._window)

    def _turn(self) -> None:
        self._scheduled = False
        until = perf_counter() + TURN
        try:
            while more := self._picture.sweep is self and self.step():
                if perf_counter() > until:
                    break
        except KeyboardInterrupt:    # it would end the kernel's loop
            self._strikes = STRIKES
            return
        if more:
            self.go_on()

    def _basis(self) -> dict:
        """What the frames depend on besides the slider."""
        others = {name: value for name, value in self._picture.values.items() if name != self.slider.name}
        return {"values": others, "resets": self._picture.resets}

    def _begin(self) -> None:
        self._number = next(_numbers)
        self._base = self._basis()
        self._done: set[float] = set()
        self._look_around()
        self._layers: dict[bytes, int] = {}      # by their digest: most artists do not move with every slider
        self._bytes = self._strikes = 0
        self._patience = SLICE_SECONDS[0]
        self._empty()

    def _look_around(self) -> None:
        """Find the positions that are left to draw."""
        self._left = np.array(sorted(positions(self.slider, self._hand, self.by_keys) - self._done))

    def _empty(self) -> None:
        self._frames, self._new, self._slice_bytes = [], [], 0

    def _next(self) -> float | None:
        # Where the hand will be when a frame that is drawn now gets there; what it has passed by then comes last.
        ago = monotonic() - self._since
        speed = self._speed if ago < LEAD else 0.0
        there = self._hand + speed * min(ago + self._patience + self._trip, LEAD)
        if not self._left.size:
            return None
        way = self._left - there
        far = np.where(way * speed < 0, BEHIND, 1) * np.abs(way)
        return float(self._left[far.argmin()])

    def _draw(self, value: float) -> None:
        self._done.add(value)
        self._left = self._left[self._left != value]
        try:
            with at_most(HURRY):
                layers, clauses = self._picture.draw_ahead({**self._picture.values, self.slider.name: value})
        except Exception:        # it is told when the hand gets there
            return
        self._frames.append([value, clauses, [-1 if layer is None else self._index(layer) for layer in layers]])
        self._slice_bytes += len(repr(clauses))

    def _index(self, layer: dict) -> int:
        """The number under which a layer is sent, once in a sweep."""
        commands = repr(layer["commands"]).encode()
        digest = blake2b(commands + layer["points"] + layer["pixels"], digest_size=16).digest()
        if digest not in self._layers:
            self._layers[digest] = len(self._layers)
            self._new.append(layer)
            self._slice_bytes += len(commands) + len(layer["points"]) + len(layer["pixels"])
        return self._layers[digest]

    def _send(self) -> None:
        if not self._frames:
            return
        drawn = join(self._new)
        buffers = [drawn.pop("points"), drawn.pop("pixels")]
        first = len(self._layers) - len(self._new)
        self._bytes += self._slice_bytes
        self._patience = min(2 * self._patience, SLICE_SECONDS[1])
        number = next(_numbers)
        if confirm := self._slices % CONFIRMED == 0 or self._window == 1:     # on a full line, each
            self._sent[number] = monotonic()
        self._slices += 1
        self._picture.send({"sweep": self._number, "slice": number, "confirm": confirm, "view": self.view,
                            "name": self.slider.name, "base": self._base, "frames": self._frames, "first": first,
                            **drawn}, buffers)
        self._empty()
