"""The live picture: a matplotlib figure that follows sliders, drawn by the kernel and replayed by the browser.

An explorer states three things: its controls, its artists (those that move are ``animated=True``), and `follow`, which
sets the artists from the controls' values and returns the line of numbers. All else lives here and in ``live.js``:

1. What stands still is recorded once as a draw list (see `helpers.draw_list`), what moves anew at each change.
2. The browser replays both on a canvas, sharp at any density, in the colours of a light or a dark page.
3. While a hand is on a slider, or a pointer over it, the frames along it are drawn ahead (see `helpers.sweeps`), so
   that none has to wait.
4. The line of numbers is shown under the picture, is announced, and is the picture's text alternative.
5. What the learner's own function does wrong is shown beneath the picture, which keeps its last good frame.
"""

import contextlib
import functools
import html
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import anywidget
import numpy as np
import traitlets
from IPython import get_ipython
from IPython.display import display
from matplotlib.axis import Axis
from matplotlib.backend_bases import FigureCanvasBase
from matplotlib.figure import Figure

from helpers import style
from helpers.draw_list import Recorder, hatch_tile, join, to_png
from helpers.learner import Trouble
from helpers.sweeps import Sweep, grid
from helpers.words import _

PROBE = 1.0       # seconds that may go by to find out what a picture remembers
CLAUSE = "; "     # between the clauses of a line of numbers


@dataclass(frozen=True)
class Slider:
    """A number between two limits, on a slider and in a field beside it.

    ``name`` is the argument of `follow`, ``label`` what the learner reads, ``step`` what an arrow key moves.

    Examples
    --------
    >>> Slider("z0", "z₀", 1.78, low=-5, high=5).take("9")
    5.0
    """

    name: str
    label: str
    value: float
    low: float
    high: float
    step: float = 0.01
    kind: str = "slider"

    @property
    def grid(self) -> float:
        """The distance between the positions for a mouse; arrow keys and typing know finer ones."""
        return grid(self.low, self.high, self.step)

    def take(self, value: Any) -> float:
        """Return the value as a number within the limits; raise ValueError where it is none."""
        try:
            value = float(value)
        except (TypeError, ValueError, OverflowError):     # the last: an int with hundreds of digits
            value = float("nan")
        if np.isnan(value):
            raise ValueError(_("{label} needs a number from {low} to {high}.").format(
                label=self.label, low=style.short(self.low), high=style.short(self.high)))
        return min(max(value, self.low), self.high) + 0.0     # no -0


@dataclass(frozen=True)
class Choice:
    """One of a few named values: ``options`` maps each value (a str) to what the learner reads."""

    name: str
    label: str
    value: str
    options: Mapping[str, str]
    kind: str = "choice"

    def take(self, value: Any) -> str:
        """Return the value if it is one of the options; raise ValueError where it is not."""
        if not isinstance(value, str) or value not in self.options:
            raise ValueError(_("{label} is one of {options}.").format(
                label=self.label, options=", ".join(self.options)))
        return value


@dataclass(frozen=True)
class Pad:
    """A sheet of cells to draw on, by mouse, finger or keyboard: each from 0, empty, to 1, full of ink.

    The value is a tuple of all cells, row by row.

    Examples
    --------
    >>> Pad("page", "page", (0.0,) * 4, rows=2, columns=2).take([0, 0.5, 1, 2])
    (0.0, 0.5, 1.0, 1.0)
    """

    name: str
    label: str
    value: Sequence[float]
    rows: int = 8
    columns: int = 8
    kind: str = "pad"

    def take(self, value: Any) -> tuple[float, ...]:
        """Return the value as numbers from 0 to 1, one for each cell; raise ValueError where it is none."""
        try:
            cells = np.array(value, dtype=float)
        except (TypeError, ValueError, OverflowError):
            cells = np.array(np.nan)
        if cells.shape != (self.rows * self.columns,) or np.isnan(cells).any():
            raise ValueError(_("{label} needs {count} numbers from 0 to 1.").format(
                label=self.label, count=self.rows * self.columns))
        return tuple((np.clip(cells, 0, 1) + 0.0).tolist())     # no -0


class Live(anywidget.AnyWidget):
    """A figure that follows its controls.

    Parameters
    ----------
    name : str
        What is explored, e.g. ``"softmax"``; the line of numbers begins with it.
    figure : matplotlib.figure.Figure
        The figure, as `helpers.style.picture` makes it. Artists with ``animated=True`` move, all others stand still.
    follow : callable
        ``follow(**values) -> str``: sets the moving artists for these values of the controls and returns the line of
        numbers. It sets *all* of them, from the values alone: it reads no widget, no clock, no random number.
    controls : sequence of Slider, Choice or Pad
        In the order in which they are shown. Their names are the arguments of `follow`.
    presets : mapping of str to mapping, optional
        A name for the button, and the values it sets; controls that are not named keep theirs.
    remember : callable, optional
        For what accumulates, a track or a best result: ``remember(memory, **values) -> memory`` is called at each
        change, first with None, and again with None after Reset; `follow` then gets an argument ``memory`` too.
        It returns a new object and leaves the old one as it was. Where the line of numbers tells of it, it does so in
        clauses of their own, set off by ``"; "``: while a slider is dragged, they come from the kernel's last frame.

    Attributes
    ----------
    text : str
        The line of numbers of the frame shown.
    trouble : dict or None
        ``sentence`` and ``where`` of what went wrong at the controls' values, if anything did.

    Examples
    --------
    >>> figure, (axes,) = style.picture()
    >>> point, = axes.plot([], [], "o", animated=True)
    >>> def follow(x):
    ...     point.set_data([x], [x**2])
    ...     return f"square: x = {x:g} → {x**2:g}"
    >>> live = Live("square", figure, follow, [Slider("x", "x", 1, -2, 2)])
    >>> live.move(x=1.5)
    >>> live.text
    'square: x = 1.5 → 2.25'
    """

    # As texts: of a Path, anywidget keeps a list of all the widgets that it made, and with them every closed picture.
    _esm = Path(__file__).with_name("live.js").read_text(encoding="utf-8")
    _css = Path(__file__).with_name("live.css").read_text(encoding="utf-8")

    controls = traitlets.List().tag(sync=True)
    presets = traitlets.List().tag(sync=True)
    # A view that sent these is not sent them back; others learn them from `of`.
    values = traitlets.Dict().tag(sync=True, echo_update=False)
    resets = traitlets.Int(0).tag(sync=True, echo_update=False)      # how often Reset was pressed
    size = traitlets.List().tag(sync=True)         # width and height in pixels
    still = traitlets.Dict().tag(sync=True)        # the draw list of what stands still
    frame = traitlets.Dict().tag(sync=True)        # the draw list of what moves, with the text and any trouble
    # The view that moved the controls last, its count of moves, and how fast the hand was, a second
    by = traitlets.List(["", 0, 0.0]).tag(sync=True, echo_update=False)
    of = traitlets.Dict().tag(sync=True)           # the values, resets and moves of the frame, and what was last asked
    answers = traitlets.Int(0).tag(sync=True)      # counts frames drawn: two may be equal, and are then sent once
    tiles = traitlets.Dict().tag(sync=True)        # the hatches in use, by pattern
    words = traitlets.Dict().tag(sync=True)
    dark = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        name: str,
        figure: Figure,
        follow: Callable[..., str],
        controls: Sequence[Slider | Choice | Pad],
        presets: Mapping[str, Mapping[str, Any]] | None = None,
        remember: Callable[..., Any] | None = None,
    ) -> None:
        self.name, self.figure = name, figure
        self._follow, self._remember = follow, remember
        self._controls = {control.name: control for control in controls}
        self._start = {control.name: control.take(control.value) for control in controls}
        self._memory = None
        self._memory_shows: tuple[set[int], set[int]] | None = None      # in which layers and clauses
        self._asked: str | None = None
        self.sweep: Sweep | None = None
        self._took: deque[float] = deque(maxlen=3)       # seconds for each of the last frames
        # A slider may be answered in a thread beside the one of a running cell, which may move the same picture.
        self.one_at_a_time = threading.RLock()
        self._shown: tuple[int, dict] | None = None      # the resets and values of the frame shown
        FigureCanvasBase(figure)
        self._moving = _moving_artists(figure)
        self._recorder = Recorder(figure)
        still = self._recorder.record(figure)
        figure.set_layout_engine("none")     # it is laid out now, once and for all
        super().__init__(
            controls=[{**asdict(control), **({"grid": control.grid} if control.kind == "slider" else {})}
                      for control in controls],
            presets=[{"label": label, "values": {n: self._controls[n].take(v) for n, v in values.items()}}
                     for label, values in (presets or {}).items()],
            values=self._start,
            size=[float(v) for v in figure.bbox.size],
            still=still,
            words={
                "presets": _("Settings"), "reset": _("Reset"), "play": _("Play {label}"), "typed": _("{label}, typed"),
                "limits": _("{label} goes from {low} to {high}; {value} became {taken}."),
                "no number": _("{label} needs a number from {low} to {high}."),
                "cell": _("row {row}, column {column}: {value}"), "clear": _("Clear"), "erase": _("Erase"),
                "keys": _("Draw with the mouse or a finger. Keys: arrows move, with Shift they draw, Space or Enter "
                          "draws, Delete or Backspace erases."),
                "silent": _("No answer from the kernel yet. Is it busy? If it was restarted, run this cell again "
                            "(Shift+Enter)."),
            },
            dark=style.DARK,
        )
        self.observe(self._on_change, ["values", "resets", "by"])
        self.on_msg(self._on_message)
        self._send_new_tiles(self.still)
        self._draw_and_send()
        _retire_earlier_run(self)

    @property
    def text(self) -> str:
        return self.frame["text"]

    @property
    def trouble(self) -> dict | None:
        return self.frame["trouble"]

    def move(self, **values: Any) -> None:
        """Set controls from code, as a hand on the sliders would.

        Raises
        ------
        ValueError
            If there is no such control, the value is none of its, or the picture is closed.
        """
        if self.comm is None:
            raise ValueError(_closed())
        for name, value in values.items():
            if name not in self._controls:
                raise ValueError(_("There is no control {name!r}; there are {names}.").format(
                    name=name, names=", ".join(self._controls)))
            values[name] = self._controls[name].take(value)
        self.values = {**self.values, **values}

    def reset(self) -> None:
        """Go back to the values at the start, and forget what was remembered."""
        with self.hold_trait_notifications():
            self.resets += 1
            self.values = self._start

    def close(self) -> None:
        """Close the picture: it moves no more, and lets go of all that it was drawn with.

        IPython keeps whatever a cell ended with, as ``Out[1]``, and so the pictures of all its earlier runs.
        """
        if self.comm is None:
            return
        with self.one_at_a_time:
            super().close()
            self.unobserve_all()
            self.figure = self.sweep = self._recorder = self._follow = self._remember = self._memory = None
            self._moving, self.still, self.tiles = [], {}, {}

    @traitlets.validate("values")
    def _take(self, proposal):
        """Keep to the controls' limits, whatever a front end sends; what is no value leaves the control where it is."""
        # Not from self.values: while a front end's message is taken in, that is what it sent.
        taken = dict(self._shown[1] if self._shown else self._start)
        for name, value in proposal["value"].items():
            if name in self._controls:
                try:
                    taken[name] = self._controls[name].take(value)
                except ValueError:
                    continue
        return taken

    def _on_change(self, change) -> None:
        if (self.resets, self.values) != self._shown:     # Reset changes both at once: that is one frame
            with self.one_at_a_time:
                if self.sweep is not None:
                    self.sweep.seen(self.values[self.sweep.slider.name], _finite(*self.by[2:3]))
                self._draw_and_send()
        elif self.by != self.of["by"]:     # back where it was before anything was sent
            self._answer(self.frame)

    def _draw_and_send(self) -> None:
        """Draw the frame for the controls' values and send it, or send what went wrong."""
        if self._shown is None or self._shown[0] != self.resets:
            self._memory = None
        self._shown = self.resets, self.values
        begun = time.perf_counter()
        try:
            self._memory = self._remembered(self.values)
            layers, text = self._draw(self.values, self._memory)
            frame = {**join(layers), "text": text, "trouble": None}
            self._send_new_tiles(frame)
        except Trouble as trouble:
            frame = self._with_trouble(trouble.sentence, trouble.where)
        except KeyboardInterrupt:
            frame = self._with_trouble(_("The drawing was interrupted."), "")
        except Exception:
            frame = self._with_trouble(_("This explorer itself has a fault. Please report it with the lines below."),
                                       traceback.format_exc())
        self._took.append(time.perf_counter() - begun)
        self._answer(frame)
        if self.sweep is not None:
            self.sweep.go_on()

    def _answer(self, frame: dict) -> None:
        with self.hold_sync():
            self.frame = frame
            self.of = {"values": self.values, "resets": self.resets, "by": self.by, "asked": self._asked}
            self.answers += 1

    def _remembered(self, values: dict) -> Any:
        """What is remembered once the controls have come to these values."""
        if self._remember is None:
            return None
        with np.errstate(all="ignore"):
            return self._remember(self._memory, **values)

    def _draw(self, values: dict, memory: Any) -> tuple[list[dict], str]:
        """The layers and the line of numbers for some values of the controls; nothing else changes."""
        with np.errstate(all="ignore"):
            text = self._follow(**values) if self._remember is None else self._follow(**values, memory=memory)
            return [self._recorder.record(artist) for artist in self._moving], text

    # What the sweeps need -------------------------------------------------------------------------------------------

    @property
    def seconds(self) -> float:
        """What a frame takes; the quickest of the last few, since a machine is now and then busy with other things."""
        return min(self._took)

    def draw_ahead(self, values: dict) -> tuple[list[dict | None], list[str | None]]:
        """Return the layers and the clauses of the line of numbers at some values; what is shown stays as it is.

        A layer or clause that shows what is remembered is None: it is the one of the frame shown last.
        """
        with self.one_at_a_time:
            layers, text = self._draw(values, self._remembered(values))
            for layer in layers:
                self._send_new_tiles(layer)
        parts = layers, text.split(CLAUSE)
        return tuple([None if i in kept else part for i, part in enumerate(whole)]
                     for whole, kept in zip(parts, self._memory_shows or (set(), set()), strict=True))

    def _on_message(self, _widget, content, _buffers) -> None:
        """A view says which slider is held, if any, which slices of a sweep have arrived, and what was not answered."""
        with self.one_at_a_time:
            self._take_in(content, content.get("view"), self.sweep)

    def _take_in(self, content: dict, view: str | None, sweep: Sweep | None) -> None:
        if "hold" in content:
            control, by_keys = self._controls.get(str(content["hold"])), bool(content.get("by_keys"))
            if not isinstance(control, Slider):
                if sweep is not None and sweep.view == view:
                    self.sweep = None
                return
            if sweep is None or (sweep.slider, sweep.by_keys, sweep.view) != (control, by_keys, view):
                self.sweep = Sweep(self, control, by_keys, view)
            self.sweep.grabbed()
        elif "values" in content:     # sent past ipywidgets, where nothing was heard for long: something may be lost
            answers, self._asked = self.answers, content.get("asked")
            self.send_state(["frame"])
            self.set_state({name: content[name] for name in ("values", "resets", "by")})
            if self.answers == answers:
                self._answer(self.frame)
        elif "got" in content and sweep is not None and sweep.view == view:
            with contextlib.suppress(ValueError):
                sweep.seen(sweep.slider.take(content.get("at")), _finite(content.get("speed")))
            sweep.got(content["got"])

    def can_draw_ahead(self) -> bool:
        """Whether it is known which parts of a frame show what is remembered, if anything is.

        Each end of each slider is drawn as if the hand had come there at once, and as if it had been at all the others
        before. The track of a point differs then, and so does a best result, but for the one end that is the best.
        """
        if self._remember is None or self._memory_shows is not None:
            return True
        ends = [self.values, *({**self.values, control.name: end} for control in self._controls.values()
                               if isinstance(control, Slider) for end in (control.low, control.high))]
        differ, begun = (set(), set()), time.perf_counter()
        with self.one_at_a_time:
            kept = self._memory
            try:
                self._memory = None
                for values in ends:
                    self._memory = everywhere = self._remembered(values)
                for values in ends:
                    if time.perf_counter() - begun > PROBE:
                        return False
                    drawn = []
                    for self._memory in (None, everywhere):
                        layers, text = self._draw(values, self._remembered(values))
                        drawn.append((layers, text.split(CLAUSE)))
                    for found, one, other in zip(differ, *drawn, strict=True):
                        found |= {i for i, pair in enumerate(zip(one, other, strict=True)) if pair[0] != pair[1]}
            except (Trouble, ValueError):     # at one of the ends it has no frame, or another number of clauses
                return False
            finally:
                self._memory = kept
        self._memory_shows = differ
        return True

    def _send_new_tiles(self, draw_list: dict) -> None:
        patterns = {command[-1][0] for command in draw_list["commands"] if command[0] == "path" and command[-1]}
        if not patterns <= self.tiles.keys():
            self.tiles = {pattern: hatch_tile(pattern, self.figure.dpi) for pattern in {*patterns, *self.tiles}}

    def _with_trouble(self, sentence: str, where: str) -> dict:
        trouble = {"sentence": sentence, "where": where}
        if self.frame and self.frame["commands"]:
            return {**self.frame, "trouble": trouble}
        return {**join([]), "text": f"{self.name}: {sentence}", "trouble": trouble}

    def png(self) -> bytes:
        """Return the picture that is shown, for a saved notebook."""
        with style.look():     # whatever style the notebook has set
            return to_png(self.figure, join([self.still, self.frame]))

    def _repr_mimebundle_(self, **kwargs):
        data, metadata = super()._repr_mimebundle_(**kwargs)
        data["text/plain"] = self.text
        data["image/png"] = self.png()
        metadata["image/png"] = {"alt": self.text}
        return data, metadata

    def _ipython_display_(self, **kwargs) -> None:
        """Show the picture and, for where no widget can be shown, its numbers as text and the remedy.

        ``live.css`` hides these where the widget is alive.
        """
        if self.comm is None:
            return print(_closed())
        data, metadata = self._repr_mimebundle_()
        display(data, metadata=metadata, raw=True)
        remedy = _("No sliders here? Run this cell (Shift+Enter) in JupyterLab, Notebook 7 or VS Code.")
        display({"text/html": f'<p class="live-remedy">{html.escape(self.text)}<br>{remedy}</p>',
                 "text/plain": remedy}, raw=True)


def explorer(function: Callable[..., Live]) -> Callable[..., Live]:
    """Mark a function as an explorer: it draws in the course's look, whatever style the notebook has set.

    The tests find the explorers by it. See ``helpers/explorers`` for how it is used.
    """

    @functools.wraps(function)
    def explore(*args, **kwargs) -> Live:
        with style.look():
            return function(*args, **kwargs)

    explore.is_explorer = True
    return explore


def _closed() -> str:
    return _("This picture is closed, for its cell was run again. Use the new one.")


def _finite(number: Any = None) -> float:
    """A number that a front end sent; 0 where it is none."""
    return float(number) if isinstance(number, int | float) and np.isfinite(number) else 0.0


def _moving_artists(figure: Figure) -> list:
    """What moves, in the order in which it is drawn; none of it takes part in the layout."""

    def within(artist):
        for child in artist.get_children():
            if not isinstance(child, Axis):     # an axis stands still, and would have to lay out its ticks to list them
                yield from within(child)
        if artist.get_animated():
            yield artist

    moving = list(within(figure))
    for artist in moving:
        artist.set_in_layout(False)
    return sorted(moving, key=lambda artist: artist.get_zorder())


_runs: dict[str, tuple[str, list[Live]]] = {}


def _retire_earlier_run(widget: Live) -> None:
    """Close the pictures that an earlier run of the same cell made, so that memory does not grow with use."""
    kernel = getattr(get_ipython(), "kernel", None)
    parent = kernel.get_parent("shell") if kernel is not None else {}
    cell = parent.get("metadata", {}).get("cellId")
    if cell is None:
        return
    run = parent["header"]["msg_id"]
    earlier, pictures = _runs.get(cell, (run, []))
    if earlier != run:
        for picture in pictures:
            picture.close()
        pictures = []
    _runs[cell] = (run, [*pictures, widget])
