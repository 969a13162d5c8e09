"""Sweeps: a frame drawn ahead is the frame itself, for every slider of every explorer; and they keep their bounds."""

import gc
import itertools
import sys

import numpy as np
import pytest

from helpers import activations, live, sweeps
from helpers.explorers.logistic import explore_fit
from helpers.explorers.softmax import explore_softmax, explore_triangle
from helpers.live import Live, Slider
from helpers.sweeps import grid, positions

from .test_every_explorer import EXPLORERS, walk


def layers_of(draw_list: dict) -> list[tuple]:
    """A draw list as its layers, cut up as the front end does it."""
    points = np.frombuffer(draw_list["points"], "<f4")
    layers, begin, point, pixel = [], 0, 0, 0
    for length in draw_list["layers"]:
        commands = draw_list["commands"][begin:begin + length]
        begin += length
        ends = point, pixel
        for command in commands:
            if command[0] in ("path", "clippath"):
                point += 2 * sum(command[1])
            elif command[0] == "image":
                pixel += 4 * command[1] * command[2]
        layers.append((commands, points[ends[0]:point].tobytes(), draw_list["pixels"][ends[1]:pixel]))
    assert begin == len(draw_list["commands"]) and point == len(points) and pixel == len(draw_list["pixels"])
    return layers


class View:
    """The other end: it takes what a picture sends and keeps it as the front end does."""

    def __init__(self, picture: Live) -> None:
        self.picture, self.slices, self.bytes = picture, [], 0
        self._sweep = None
        self.frames: dict[float, tuple] = {}
        self._layers: list = []
        picture.send = self._take

    def _take(self, content, buffers) -> None:
        if self._sweep != (content["view"], content["sweep"]):
            self._sweep = content["view"], content["sweep"]
            self.frames, self._layers = {}, []
        self.slices.append(content)
        self.bytes += sum(map(len, buffers)) + len(repr(content["commands"]))
        assert content["first"] == len(self._layers)
        self._layers += layers_of({**content, "points": buffers[0], "pixels": buffers[1]})
        for value, clauses, layers in content["frames"]:
            self.frames[value] = clauses, [None if i < 0 else self._layers[i] for i in layers]

    def got(self) -> None:
        """The first slice that asked to be confirmed has arrived, and with it all before."""
        asked = [piece["slice"] for piece in self.slices if piece["confirm"]]
        assert [*self.picture.sweep._sent] == asked[len(asked) - len(self.picture.sweep._sent):]
        self.say(got=min(self.picture.sweep._sent))

    def drag(self, name: str, value: float, speed: float) -> None:
        """Move a slider as the front end does, which tells how fast the hand is."""
        self.picture.set_state({"values": {**self.picture.values, name: value}, "by": ["mine", 1, speed]})

    def say(self, **content) -> None:
        self.picture._on_message(self.picture, {"view": "mine", **content}, [])

    def hold(self, name: str, by_keys: bool = False) -> None:
        self.say(hold=name, by_keys=by_keys)

    def all(self, most: int = 10_000) -> None:
        """Let the kernel draw all that it would draw, as if every slice arrived at once."""
        for _ in range(most):
            if not self.picture.sweep.step():
                if not self.picture.sweep._sent:
                    return
                self.got()


@pytest.fixture
def quick(monkeypatch):
    """Few positions, no machine is too slow for them, and no line is full."""
    monkeypatch.setattr(sweeps, "monotonic", lambda: 0.0)
    monkeypatch.setattr(sweeps, "POSITIONS", 8)
    monkeypatch.setattr(sweeps, "SLOW", 60.0)
    monkeypatch.setattr(sweeps, "HURRY", 3.0)


@pytest.mark.parametrize("explore", EXPLORERS.values(), ids=EXPLORERS)
def test_a_frame_drawn_ahead_is_the_frame_itself(explore, quick):
    picture, other = explore(), explore()
    view = View(picture)
    for values in [{}, *walk(picture, 2, seed=5)]:
        picture.move(**values)
        for control in picture._controls.values():
            if not isinstance(control, Slider):
                continue
            for by_keys in (False, True):
                view.hold(control.name, by_keys)
                view.all()
                places = positions(control, picture.values[control.name], by_keys)
                assert places == view.frames.keys()
                for value in [control.low, control.high, sorted(places)[len(places) // 2]]:
                    other.move(**{**picture.values, control.name: value})
                    clauses, layers = view.frames[value]
                    exact = layers_of(other.frame)
                    assert len(layers) == len(exact)
                    assert all(ours in (None, theirs) for ours, theirs in zip(layers, exact, strict=True))
                    told = other.text.split("; ")
                    assert all(ours in (None, theirs) for ours, theirs in zip(clauses, told, strict=True))
                    if not picture._remember:
                        assert None not in layers and None not in clauses


@pytest.mark.parametrize("explore", [explore_fit, explore_triangle])
def test_only_what_is_remembered_is_left_to_the_kernels_answers(explore, quick):
    """Two ways to the same values differ in nothing else, and they do differ in it."""
    picture, other = explore(), explore()
    view = View(picture)
    name = next(iter(picture._controls))
    view.hold(name)
    view.all()
    for values in walk(other, 20, seed=6):
        other.move(**values)
    differ = 0
    for value, (clauses, layers) in view.frames.items():
        other.move(**{**picture.values, name: value})
        parts = [*zip(layers, layers_of(other.frame), strict=True),
                 *zip(clauses, other.text.split("; "), strict=True)]
        assert all(ours in (None, theirs) for ours, theirs in parts)
        differ += other.frame != picture.frame
    assert differ
    assert 0 < layers.count(None) < len(layers) / 2


def test_nearest_first(quick):
    picture = explore_softmax()
    view = View(picture)
    view.hold("z1")
    view.all()
    order = drawn(view)
    away = [abs(value - 0.76) for value in order]
    assert away == sorted(away) and set(order) == {-5, -4, -2, 0, 2, 4, 5} and len(order) == 7


def test_the_hand_that_moved_on_is_followed(quick):
    picture = explore_softmax()
    view = View(picture)
    view.hold("z1")
    for _ in ("looks whether it can", "draws"):
        assert picture.sweep.step()
    picture.move(z1=5)
    picture.sweep.step()
    picture.sweep._send()
    assert [frame[0] for piece in view.slices for frame in piece["frames"]] == [0, 5]
    assert len({piece["sweep"] for piece in view.slices}) == 1     # the slider itself makes nothing stale


@pytest.fixture
def clock(quick, monkeypatch):
    """A clock that stands still unless it is moved: its only entry is the time."""
    clock = [0.0]
    monkeypatch.setattr(sweeps, "monotonic", lambda: clock[0])
    return clock


def drawn(view) -> list[float]:
    return [frame[0] for piece in view.slices for frame in piece["frames"]]


@pytest.mark.parametrize(("speed", "order"), [
    (0.2, [-2, 0, 2, 4, 5, -4, -5]),       # a slow hand is still at -2 when a frame gets there
    (-0.2, [-2, -4, -5, 0, 2, 4, 5]),
    (-100, [-4, -5, -2, 0, 2, 4, 5]),      # a faster one has left it,
    (-180, [-5, -4, -2, 0, 2, 4, 5]),      # and the fastest has passed -4 too
])
@pytest.mark.parametrize("told_by", ["a move", "a slice that has arrived"])
def test_a_moving_hand_has_drawn_first_what_lies_where_it_will_be(clock, speed, order, told_by):
    picture = explore_softmax()
    view = View(picture)
    picture.move(z1=-2)
    view.hold("z1")
    if told_by == "a move":
        picture.move(z1=0)
        view.drag("z1", -2, speed)
    else:
        view.say(got=0, at=-2, speed=speed)
    view.all()
    assert drawn(view) == order


def test_a_hand_that_rests_has_what_is_nearest_drawn_first(clock):
    picture = explore_softmax()
    view = View(picture)
    picture.move(z1=5)
    view.hold("z1")
    view.drag("z1", 2, -30.0)
    assert picture.sweep._next() == 0     # on its way down
    clock[0] += sweeps.LEAD
    view.all()
    assert drawn(view)[:2] == [2, 0]


@pytest.mark.parametrize("content", [
    {}, {"at": None, "speed": 1}, {"at": "here", "speed": "fast"}, {"at": [], "speed": None},
    {"at": 1e400, "speed": 1e400}])
def test_a_hand_of_which_nonsense_is_told_stays_within_the_slider(clock, content):
    picture = explore_softmax()
    view = View(picture)
    view.hold("z1")
    view.say(got=0, **content)
    picture.set_state({"values": {**picture.values, "z1": 2}, "by": ["mine", 1, content.get("speed")]})
    picture.set_state({"values": {**picture.values, "z1": 0.76}, "by": []})
    view.all()
    assert len(view.frames) == 7


def test_another_control_or_reset_makes_it_stale(quick):
    picture = explore_softmax()
    view = View(picture)
    view.hold("z1")
    view.all()
    before = view.slices[-1]
    assert before["base"]["values"]["z0"] == 1.78 and before["name"] == "z1"
    picture.move(z0=3)
    view.all()
    after = view.slices[-1]
    assert after["sweep"] > before["sweep"] and after["base"]["values"]["z0"] == 3
    assert "z = [3, 5, 1.65]" in view.frames[5][0][0]
    picture.reset()
    view.all()
    assert view.slices[-1]["sweep"] > after["sweep"] and view.slices[-1]["base"]["resets"] == 1


def test_what_is_shown_and_stored_stays(quick):
    picture = explore_triangle()
    picture.move(z0=3)
    frame, png = picture.frame, picture.png()
    view = View(picture)
    view.hold("z1")
    view.all()
    assert view.frames
    assert picture.frame is frame
    assert picture.png() == png
    picture.move(z0=2)
    assert "z = [2, 0.76, 1.65]" in picture.text


def test_most_artists_do_not_move_with_every_slider_and_are_sent_once(quick):
    picture = explore_triangle()
    view = View(picture)
    view.hold("T")
    view.all()
    assert sum(len(piece["layers"]) for piece in view.slices) < 0.7 * len(view.frames) * len(picture._moving)


def test_few_slices_are_under_way(monkeypatch, quick):
    monkeypatch.setattr(sweeps, "SLICE_SECONDS", (0.0, 0.0))     # each frame is a slice
    monkeypatch.setattr(sweeps, "POSITIONS", 50)
    picture = explore_softmax()
    view = View(picture)
    view.hold("z1")
    while picture.sweep.step():
        pass
    for turn in range(10):
        view.got()
        while picture.sweep.step():
            pass
        confirmed = [piece["confirm"] for piece in view.slices]
        assert confirmed == [i % sweeps.CONFIRMED == 0 for i in range(len(confirmed))]
        assert len(picture.sweep._sent) == sweeps.UNDER_WAY
        arrived = turn * sweeps.CONFIRMED + 1
        assert len(view.slices) - arrived == sweeps.UNDER_WAY * sweeps.CONFIRMED     # as the README says


def test_a_full_line_gets_one_slice_at_a_time(monkeypatch, clock):
    monkeypatch.setattr(sweeps, "SLICE_SECONDS", (0.0, 0.0))
    monkeypatch.setattr(sweeps, "POSITIONS", 50)
    picture = explore_softmax()
    view = View(picture)
    view.hold("z1")

    def arrives_after(seconds):
        clock[0] += seconds
        view.got()
        while picture.sweep.step():
            pass

    while picture.sweep.step():
        pass
    for _ in range(4):
        arrives_after(0.01)
    assert len(picture.sweep._sent) == sweeps.UNDER_WAY
    for _ in range(sweeps.UNDER_WAY):
        arrives_after(1.0)
    for _ in range(3):
        before = len(view.slices)
        arrives_after(1.0)
        assert len(picture.sweep._sent) == 1
        assert len(view.slices) == before + 1 and view.slices[-1]["confirm"]
    arrives_after(0.01)
    assert len(picture.sweep._sent) == sweeps.UNDER_WAY


def test_a_line_of_which_nothing_is_known_gets_little(monkeypatch, quick):
    monkeypatch.setattr(sweeps, "SLICE_SECONDS", (0.0, 0.0))
    monkeypatch.setattr(sweeps, "SLICE_BYTES", 9_000)
    monkeypatch.setattr(sweeps, "POSITIONS", 50)
    picture = explore_softmax()
    view = View(picture)
    view.hold("z1")

    def draw():
        while picture.sweep.step():
            pass
        return len(view.slices)

    assert draw() <= sweeps.CONFIRMED     # else a second confirmation would be under way
    view.hold("z1")                       # grabbed again: what was sent is taken for lost, and it goes on
    before = len(view.slices)
    assert draw() > before
    view.got()
    draw()
    assert len(picture.sweep._sent) == sweeps.UNDER_WAY


def test_bytes_are_bounded(monkeypatch, quick):
    monkeypatch.setattr(sweeps, "MOST_BYTES", 60_000)
    monkeypatch.setattr(sweeps, "POSITIONS", 200)
    picture = explore_softmax()
    view = View(picture)
    view.hold("z1")
    view.all()
    assert 60_000 <= view.bytes + 60_000 < 200_000
    assert len(view.frames) < 200


def test_keys_that_go_on_for_ever_begin_a_new_sweep(monkeypatch, quick):
    monkeypatch.setattr(sweeps, "MOST_FRAMES", 30)
    picture = explore_softmax()
    view = View(picture)
    view.hold("z1", by_keys=True)
    for i in range(100):
        picture.move(z1=round(0.76 + i / 100, 2))
        view.all()
        assert len(view.frames) <= 30
        assert picture.values["z1"] in view.frames


def test_a_slow_picture_is_not_drawn_ahead(quick, monkeypatch):
    monkeypatch.setattr(sweeps, "SLOW", 0.0)
    picture = explore_softmax()
    view = View(picture)
    view.hold("z1")
    assert not picture.sweep.step()
    assert not view.slices


def test_three_slow_frames_end_a_sweep(monkeypatch, quick):
    """So that a function that is slow only elsewhere holds up nothing for long."""
    calls = []
    picture = explore_softmax()
    view = View(picture)
    monkeypatch.setattr(picture, "draw_ahead", lambda values: calls.append(values) or ([], [""]))
    ticks = iter(range(0, 10_000, 100))
    monkeypatch.setattr(sweeps, "perf_counter", lambda: float(next(ticks)))
    view.hold("z1")
    view.all()
    assert len(calls) == sweeps.STRIKES
    view.hold("z1")      # grabbed again, it is tried again
    view.all()
    assert len(calls) == 2 * sweeps.STRIKES


def test_where_the_learners_function_fails_nothing_is_drawn_ahead(quick):
    def softmax(z):
        if z[1] > 2:
            raise ValueError("planted")
        return activations.softmax(z)

    picture = explore_softmax(softmax)
    view = View(picture)
    view.hold("z1")
    view.all()
    assert view.frames and max(view.frames) == 2
    assert picture.trouble is None


def test_a_loop_without_end_elsewhere_is_stopped_early(monkeypatch, quick):
    monkeypatch.setattr(sweeps, "HURRY", 0.02)

    def softmax(z):
        while z[1] > 2:
            pass
        return activations.softmax(z)

    picture = explore_softmax(softmax)
    view = View(picture)
    view.hold("z1")
    view.all()
    assert view.frames and max(view.frames) <= 2
    assert picture.trouble is None


def test_a_hand_that_lets_go_ends_it(quick):
    picture = explore_softmax()
    view = View(picture)
    view.hold("z1")
    picture._on_message(picture, {"view": "another", "hold": None}, [])
    assert picture.sweep is not None
    view.say(hold=None)
    assert picture.sweep is None
    view.say(got=1)


def test_the_last_hand_counts(quick):
    picture = explore_softmax()
    view = View(picture)
    view.hold("z1")
    first = picture.sweep
    view.hold("z1")
    assert picture.sweep is first
    view.hold("z2")
    view.all()
    assert {piece["name"] for piece in view.slices} == {"z2"}
    picture._on_message(picture, {"view": "another", "hold": "z2"}, [])
    view.say(got=1)
    view.all()
    assert view.slices[-1]["view"] == "another"


@pytest.mark.parametrize("content", [
    {}, {"hold": 3}, {"hold": []}, {"hold": "dtype"}, {"hold": "unknown", "by_keys": "x"}, {"got": None}])
def test_a_front_end_that_sends_nonsense_changes_nothing(content):
    picture = EXPLORERS["softmax.explore_overflow"]()
    frame = picture.frame
    picture._on_message(picture, content, [])
    assert picture.sweep is None and picture.frame is frame


def test_outside_a_kernel_nothing_is_drawn_ahead():
    """There is no loop that would draw, and no one to see it."""
    picture = explore_softmax()
    view = View(picture)
    view.hold("z1")
    picture.move(z1=3)
    assert not view.slices


def test_a_picture_that_was_closed_is_not_drawn_ahead(quick):
    picture = explore_softmax()
    view = View(picture)
    view.hold("z1")
    sweep = picture.sweep
    picture.close()
    assert not sweep.step() and picture.sweep is None


def test_an_interrupt_ends_the_sweep_and_nothing_else(quick, monkeypatch):
    picture = explore_softmax()
    view = View(picture)
    view.hold("z1")

    def interrupted(values):
        raise KeyboardInterrupt

    monkeypatch.setattr(picture, "draw_ahead", interrupted)
    picture.sweep._turn()
    assert not view.slices
    picture.move(z1=3)
    assert picture.trouble is None


def test_memory_is_flat(quick):
    picture = explore_triangle()
    view = View(picture)
    blocks = []
    for i in range(1, 41):
        view.hold("z1" if i % 2 else "z2")
        view.all()
        view.slices.clear()
        view.frames.clear()
        view._layers.clear()
        if i % 10 == 0:
            gc.collect()
            blocks.append(sys.getallocatedblocks())
    # A leak grows in each part; caches that fill, and what else this process does, not in all of them.
    assert min(after - before for before, after in itertools.pairwise(blocks)) < 100


@pytest.mark.parametrize(("low", "high", "step", "wide"), [
    (-5, 5, 0.01, 0.05), (-3, 3, 0.1, 0.1), (0, 800, 0.01, 5), (0.01, 10, 0.01, 0.05), (0, 1, 0.001, 0.005),
    (0, 9, 1, 1), (-12, 6, 0.01, 0.1), (0, 100_000, 1, 500)])
def test_the_grid_is_round_and_no_wider_than_a_hand_is_fine(low, high, step, wide):
    assert grid(low, high, step) == wide
    assert (high - low) / wide <= sweeps.POSITIONS


def test_positions():
    slider = Slider("T", "T", 1, 0.01, 10)
    dragged = positions(slider, 1.0, by_keys=False)
    assert {0.01, 0.05, 0.95, 1.0, 1.05, 10.0} <= dragged and len(dragged) <= sweeps.POSITIONS + 2
    keys = positions(slider, 1.783, by_keys=True)
    assert {0.01, 1.773, 1.783, 1.793, 10.0} <= keys and len(keys) <= sweeps.POSITIONS + 3


def test_a_picture_whose_memory_cannot_be_told_apart_is_not_drawn_ahead(quick):
    """Where the number of clauses depends on what is remembered, a line cannot be put together from two."""
    from helpers.style import picture as figure_of
    figure, (ax,) = figure_of()
    point, = ax.plot([0], [0], "o", animated=True)

    def follow(x, memory):
        point.set_data([x], [x])
        return "; ".join(["clauses: x", *map(str, memory)])

    picture = Live("clauses", figure, follow, [Slider("x", "x", 1, 0, 3)],
                   remember=lambda memory, x: [*(memory or []), x])
    view = View(picture)
    view.hold("x")
    view.all()
    assert not view.slices
    assert picture.text == "clauses: x; 1.0"


@pytest.mark.parametrize("patience", [0.0, 60.0], ids=["too long", "fails at an end"])
def test_what_is_remembered_is_looked_for_once_a_grab(quick, monkeypatch, patience):
    monkeypatch.setattr(live, "PROBE", patience)
    calls = []

    def softmax(z):
        calls.append(z)
        if patience and z[0] == 5:
            raise ValueError("planted")
        return activations.softmax(z)

    picture = explore_triangle(softmax)
    view = View(picture)
    view.hold("z1")
    view.all()
    looked = len(calls)
    view.all()
    assert len(calls) == looked and not view.slices
    assert "z = [1.78, 0.76, 1.65]" in picture.text
